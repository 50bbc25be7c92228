"""Cells of any source: as text, and how a spreadsheet names their columns."""

from __future__ import annotations

from datetime import date, datetime, time

from pix_mailmerge.data_source.record import Value
from pix_mailmerge.data_source.values import format_date

LONGEST_CELL = 32_767
"""Characters (UTF-16 units) that a cell of Excel holds."""


def as_text(value: Value) -> str:
    """Return a cell as Pix would have written it: dates JJ/MM/AAAA, whole numbers without decimals, nothing as ""."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "VRAI" if value else "FAUX"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        moment = value.time()
        return format_date(value) if moment == time() else f"{format_date(value)} {moment:%H:%M}"
    if isinstance(value, date):
        return format_date(value)
    return str(value)


def column_letters(position: int) -> str:
    """Return the letters of a column, 0 = A."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def excel_length(text: str) -> int:
    """Return the length of ``text`` as Excel counts it: a character beyond U+FFFF counts twice."""
    return len(text) if text.isascii() else len(text) + sum(char > "\uffff" for char in text)
