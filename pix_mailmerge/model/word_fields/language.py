"""What a language changes in a field's result: separators, names of days and months, the order of a date."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

DEFAULT = "fr-FR"
NBSP = "\N{NO-BREAK SPACE}"
_SPACES = frozenset({" ", NBSP, "\N{NARROW NO-BREAK SPACE}"})


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """Conventions of one language; hashed as one object, since there is one of each.

    code: as in ``w:lang`` (« fr-FR »). months, days (Monday first): full names, then short ones. date_order: the
    letters d, m and y as a short date has them. short_date: picture of a date that no switch formats.
    """

    code: str
    decimal: str
    group: str
    months: tuple[str, ...]
    months_short: tuple[str, ...]
    days: tuple[str, ...]
    days_short: tuple[str, ...]
    am: str
    pm: str
    date_order: str
    short_date: str

    @property
    def is_french(self) -> bool:
        return self.code[:2].lower() == "fr"

    @property
    def groups_with_spaces(self) -> bool:
        return self.group in _SPACES

    def with_decimal(self, symbol: str) -> Language:
        """Return this language with the decimal ``symbol`` that the model's settings declare."""
        if symbol == self.decimal or symbol not in {".", ","}:
            return self
        group = {",": ".", ".": ","}[symbol] if self.group == symbol else self.group
        return replace(self, decimal=symbol, group=group)


FRENCH = Language(
    code=DEFAULT,
    decimal=",",
    group=NBSP,
    months=(
        *("janvier", "février", "mars", "avril", "mai", "juin"),
        *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    ),
    months_short=(
        *("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."),
    ),
    days=("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    days_short=("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."),
    am="AM",
    pm="PM",
    date_order="dmy",
    short_date="dd/MM/yyyy",
)
"""As CLDR has it: nearly every model is French, and to load CLDR takes longer than to merge a class."""


@lru_cache(maxsize=32)
def language(code: str | None) -> Language:
    """Return the conventions of ``code`` (« fr », « fr-FR », « en_US »…); of French where nobody knows that code."""
    if code in {None, "", "fr", DEFAULT}:
        return replace(FRENCH, code=code or DEFAULT)
    return from_cldr(code)


def from_cldr(code: str | None) -> Language:
    """Return the conventions of a language as CLDR has them; as language does."""
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse((code or DEFAULT).replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError, TypeError):
        return language((code or "")[:2]) if len(code or "") > 2 else language(DEFAULT)
    # Word, as Windows, has « Sep » in every English; CLDR has « Sept » in British English
    names = Locale("en") if locale.language == "en" else locale
    symbols = locale.number_symbols["latn"]
    short = _four_digit_year(locale.date_formats["short"].pattern)
    periods = names.day_periods["format"]["abbreviated"]
    return Language(
        code=code or DEFAULT,
        decimal=symbols["decimal"],
        group=NBSP if symbols["group"] in _SPACES else symbols["group"],
        months=tuple(names.months["format"]["wide"][month] for month in range(1, 13)),
        months_short=tuple(names.months["format"]["abbreviated"][month] for month in range(1, 13)),
        days=tuple(names.days["format"]["wide"][day] for day in range(7)),
        days_short=tuple(names.days["format"]["abbreviated"][day] for day in range(7)),
        am=periods["am"].replace(NBSP, " "),
        pm=periods["pm"].replace(NBSP, " "),
        date_order="".join(dict.fromkeys(letter for letter in short.lower() if letter in "dmy")),
        short_date=short,
    )


def _four_digit_year(pattern: str) -> str:
    """Return CLDR's short ``pattern`` as a Word picture with the century, as Excel and Windows show a date."""
    year = "yyyy" if "y" in pattern else ""
    first, last = pattern.find("y"), pattern.rfind("y") + 1
    return pattern[:first] + year + pattern[last:] if year else pattern
