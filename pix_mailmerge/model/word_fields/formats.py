"""What a field's switches make of its value: ``\\#`` and ``\\@`` pictures, then each ``\\*`` format in turn."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from pix_mailmerge.model.word_fields.date_pictures import DatePicture, as_moment, plain_date
from pix_mailmerge.model.word_fields.language import Language
from pix_mailmerge.model.word_fields.number_pictures import NumberPicture
from pix_mailmerge.model.word_fields.number_words import amount_words, cardinal_words, ordinal_digits, ordinal_words
from pix_mailmerge.model.word_fields.numbers import FIFTEEN_DIGITS, as_number, parse_number, plain_number, round_half_up

TextFormat = Callable[[str], str]
_WORD_START = re.compile(r"(?<![^\s\-(\[«“\"/.])([^\W\d_])")
_FIRST_LETTER = re.compile(r"[^\W\d_]")
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
    (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_LARGEST_ROMAN = 32_767
_LARGEST_LETTER = 780
"""Word repeats a letter at most thirty times."""

KEPT_RUN = frozenset({"MERGEFORMAT", "MERGEFORMATINET", "CHARFORMAT"})
"""Formats that choose the run's look and leave the text as it is."""


@dataclass(frozen=True, slots=True)
class Formats:
    """The switches of a field that bear on its text, compiled."""

    language: Language
    number: NumberPicture | None = None
    moment: DatePicture | None = None
    texts: tuple[TextFormat, ...] = ()

    @property
    def is_plain(self) -> bool:
        return self.number is None and self.moment is None and not self.texts

    def write(self, value: object) -> str:
        """Return a value of a data source as the field shows it; "" for None and for text of spaces alone."""
        text = self._pictured(value)
        for change in self.texts:
            text = change(text)
        return text

    def write_text(self, text: str) -> str:
        """Return text that is already a field's result as the switches change it."""
        return text if self.is_plain else self.write(text)

    def _pictured(self, value: object) -> str:
        if value is None or value == "":
            return ""
        if self.moment is not None:
            moment = as_moment(value, self.language)
            if moment is not None:
                return self.moment.write(moment)
        if self.number is not None:
            number = as_number(value, self.language)
            if number is not None:
                return self.number.write(number)
        return plain_text(value, self.language)


def plain_text(value: object, language: Language) -> str:
    """Return a value of a data source as text, in the language's separators: 1234,5 · 12/05/2026 · "" for None."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, (list, tuple)):
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (float, Decimal)):
        number = as_number(value, language)
        return str(value) if number is None else plain_number(number, language)
    if isinstance(value, (date, time)):
        return plain_date(value, language)
    return str(value)


def text_format(name: str, language: Language) -> TextFormat | None:
    """Return what ``\\* name`` does to a text; None where nobody knows that name."""
    if name.casefold() in _CASED:
        return _numeric(_CASED[name.casefold()], language, str.lower if name == name.lower() else str.upper)
    if name.casefold() in _CASES:
        return _CASES[name.casefold()]
    if name.casefold() in _NUMBERS:
        return _numeric(_NUMBERS[name.casefold()], language, str)
    return None


def _numeric(
    write: Callable[[Decimal, Language], str | None], language: Language, case: Callable[[str], str]
) -> TextFormat:
    """Return a format of numbers: text that is not one, or is one that Word does not write so, stays as it is."""

    def change(text: str) -> str:
        number = parse_number(text, language)
        written = None if number is None else write(number, language)
        return text if written is None else case(written)

    return change


def _first_cap(text: str) -> str:
    """Capitalise the first letter; the others stay as they are (« RICHARD » needs Lower first)."""
    return _FIRST_LETTER.sub(lambda found: _upper(found[0]), text, count=1)


def _caps(text: str) -> str:
    return _WORD_START.sub(lambda found: _upper(found[1]), text)


def _upper(text: str) -> str:
    """Return ``text`` in capitals, as long as it was: Word leaves ß as it is."""
    return "".join(char.upper() if len(char.upper()) == 1 else char for char in text)


def _roman(number: Decimal, language: Language) -> str | None:
    whole = int(round_half_up(number, 0))
    if not 0 < whole <= _LARGEST_ROMAN:
        return None
    letters = ""
    for size, letter in _ROMAN:
        count, whole = divmod(whole, size)
        letters += letter * count
    return letters


def _alphabetic(number: Decimal, language: Language) -> str | None:
    whole = int(round_half_up(number, 0))
    if not 0 < whole <= _LARGEST_LETTER:
        return None
    return chr(ord("A") + (whole - 1) % 26) * ((whole - 1) // 26 + 1)


def _hexadecimal(number: Decimal, language: Language) -> str | None:
    whole = int(round_half_up(number, 0)) if abs(number) < 2**31 else -1
    return f"{whole:X}" if whole >= 0 else None


def _arabic(number: Decimal, language: Language) -> str:
    return plain_number(FIFTEEN_DIGITS.plus(number), language)


def _arabic_dash(number: Decimal, language: Language) -> str:
    return f"- {plain_number(round_half_up(number, 0), language)} -"


def _ordinal(number: Decimal, language: Language) -> str:
    return ordinal_digits(number, language)


_CASED: dict[str, Callable[[Decimal, Language], str | None]] = {"roman": _roman, "alphabetic": _alphabetic}
"""Formats whose own case is that of the result: ``roman`` iv, ``Roman`` and ``ROMAN`` IV."""

_CASES: dict[str, TextFormat] = {
    "upper": _upper,
    "lower": str.lower,
    "firstcap": _first_cap,
    "caps": _caps,
}

_NUMBERS: dict[str, Callable[[Decimal, Language], str | None]] = {
    "arabic": _arabic,
    "arabicdash": _arabic_dash,
    "hex": _hexadecimal,
    "ordinal": _ordinal,
    "ordtext": ordinal_words,
    "cardtext": cardinal_words,
    "dollartext": amount_words,
}
