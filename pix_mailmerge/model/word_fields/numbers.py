"""Text that looks like a number, and numbers as text, in a language's separators."""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

from pix_mailmerge.model.word_fields.language import NBSP, Language

FIFTEEN_DIGITS = Context(prec=15, rounding=ROUND_HALF_UP)
"""What Excel shows and Word reckons with: 0.1 + 0.2 is 0.3."""
_SPACES = f" {NBSP}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}"
_CURRENCY_CODE = re.compile(rf"[{_SPACES}]*[A-Z]{{3}}$")
_LONGEST = 60
"""Characters; a longer text is no number a person wrote."""


def parse_number(text: str, language: Language) -> Decimal | None:
    """Return the number that ``text`` shows (« 1 234,5 », « -3 », « 12,50 € »), None where it shows none.

    The language's separators are tried first; then a lone ``.`` or ``,`` is a decimal sign, so that values of a file
    made elsewhere are understood too.
    """
    if not 0 < len(text) <= _LONGEST:
        return None
    body = text.strip(_SPACES + "\t")
    negative = body[:1] in ("-", "\N{MINUS SIGN}")
    if negative or body[:1] == "+":
        body = body[1:].lstrip(_SPACES)
    body = _without_currency(body)
    if not negative and body[:1] in ("-", "\N{MINUS SIGN}"):  # « $-5 »
        negative, body = True, body[1:]
    if not body.isascii() or not body.isdigit():
        found = _digits(body, language)
        if found is None:
            return None
        body = found
    number = Decimal(body)
    return -number if negative else number


def as_number(value: object, language: Language) -> Decimal | None:
    """Return ``value`` (of a data source: int, float, Decimal, text…) as a number, None where it is not one."""
    if isinstance(value, str):
        return parse_number(value, language)
    if isinstance(value, int):  # a Score or a Level may print « – »: then it is no number
        return Decimal(value) if type(value) is int else parse_number(str(value), language)
    if isinstance(value, (float, Decimal)):
        number = FIFTEEN_DIGITS.create_decimal(repr(value) if isinstance(value, float) else value)
        return number if number.is_finite() else None
    return None


def plain_number(number: Decimal, language: Language, places: int | None = None) -> str:
    """Return ``number`` without grouping nor needless zeros, rounded half up to ``places`` decimals if given."""
    if places is not None:
        number = round_half_up(number, places)
    if number == 0:
        return "0"
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(".", language.decimal)


def round_half_up(number: Decimal, places: int) -> Decimal:
    """Return ``number`` rounded to ``places`` decimals, halves away from zero; a number too long is left alone."""
    if number.adjusted() + places > 60 or number == 0:
        return number
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, Context(prec=80))


def _without_currency(body: str) -> str:
    """Return ``body`` without currency signs and codes: Word reads « €180,000.00 EUR » as a number."""
    if body and unicodedata.category(body[0]) == "Sc":
        body = body[1:].lstrip(_SPACES)
    if body[-4:-3].isdigit() or body[-4:-3] in _SPACES:
        body = _CURRENCY_CODE.sub("", body)
    if body and unicodedata.category(body[-1]) == "Sc":
        body = body[:-1].rstrip(_SPACES)
    return body


def _digits(body: str, language: Language) -> str | None:
    """Return ``body`` with ``.`` for its decimal sign and no grouping, None where its form is no number's."""
    for pattern, group, decimal in _forms(language.decimal, language.group):
        if pattern.fullmatch(body):
            for char in group:
                body = body.replace(char, "")
            return body.replace(decimal, ".")
    return None


@lru_cache(maxsize=32)
def _forms(decimal: str, group: str) -> tuple[tuple[re.Pattern[str], str, str], ...]:
    """Return the forms a number may have: pattern, grouping characters, decimal sign; the language's own first."""
    other = "." if decimal == "," else ","
    groups = _SPACES + ("" if group in _SPACES else group) + "'\N{RIGHT SINGLE QUOTATION MARK}"
    return (
        (_form(groups, decimal), groups, decimal),
        (re.compile(rf"(?=.?[0-9])[0-9]*{re.escape(other)}[0-9]*"), "", other),
        (_form(_SPACES + other, decimal), _SPACES + other, decimal),
        (_form(_SPACES + decimal, other), _SPACES + decimal, other),
    )


def _form(groups: str, decimal: str) -> re.Pattern[str]:
    group, sign = f"[{re.escape(groups)}]", re.escape(decimal)
    return re.compile(rf"(?=.?[0-9])(?:[0-9]{{1,3}}(?:{group}[0-9]{{3}})+|[0-9]*)(?:{sign}[0-9]*)?")
