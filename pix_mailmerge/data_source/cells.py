"""Cells of any source: as text, and how a spreadsheet names their columns and lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from pix_mailmerge.data_source.record import Value
from pix_mailmerge.data_source.values import format_date
from pix_mailmerge.problems import Place, Problem, error

LONGEST_CELL = 32_767
"""Characters (UTF-16 units) that a cell of Excel holds."""

LINES_TOLD = 10
"""Lines told in one problem."""


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


def listed_lines(lines: Sequence[int]) -> str:
    """Return « 3, 7 et 12 », or the first of them and how many there are in all."""
    if len(lines) > LINES_TOLD:
        return f"{', '.join(map(str, lines[:LINES_TOLD]))}… : {len(lines)} en tout"
    return " et ".join(filter(None, (", ".join(map(str, lines[:-1])), str(lines[-1]))))


def excel_error(text: str, place: Place) -> Problem:
    """Return the problem of a cell that holds what a spreadsheet writes in place of a value."""
    return error(
        "source.formula-error",
        f"« {text.strip()[:20]} » est ce qu’un tableur écrit à la place d’une valeur.",
        "Remplacez-le par la valeur, ou téléchargez de nouveau le fichier.",
        place,
    )


def open_quote(place: Place) -> Problem:
    """Return the problem of a cell that holds other rows, because its quote is not closed."""
    return error(
        "source.quote-open",
        "Un guillemet n’est pas fermé : plusieurs lignes du fichier se trouvent dans cette cellule.",
        "Corrigez ce guillemet dans le fichier, ou téléchargez le fichier de nouveau.",
        place,
    )
