"""Damage that touches the whole table and can be undone: all columns in one, UTF-8 that was read as cp1252."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from itertools import chain, islice

from pix_mailmerge.data_source.cells import as_text
from pix_mailmerge.data_source.layout import count_known
from pix_mailmerge.data_source.record import Value
from pix_mailmerge.data_source.table import HEADER_SEARCHED, Cells, Row, Table

_DELIMITERS = (";", ",", "\t")


def mended(table: Table) -> Table:
    """Return ``table`` with such damage undone when that makes more headers of a Pix file known."""
    start = list(islice(table.rows, HEADER_SEARCHED))
    table.rows = chain(start, table.rows)
    as_it_is = _known(start, lambda cells: cells)
    if as_it_is >= max((len(cells) for _, cells in start), default=0):
        return table  # every column is known: nothing reads better
    mends: list[Callable[[Cells], Cells]] = [reread, *(_splitter(delimiter) for delimiter in _DELIMITERS)]
    best = max(mends, key=lambda mend: _known(start, mend))
    if _known(start, best) > as_it_is:
        table.rows = _applied(best, table.rows)
    return table


def reread(cells: Cells) -> list[Value]:
    """Return ``cells`` whose UTF-8 was once taken for cp1252 and saved: « PrÃ©nom » is « Prénom » again."""
    return [_reread(cell) if isinstance(cell, str) else cell for cell in cells]


def _reread(text: str) -> str:
    if text.isascii():
        return text
    try:
        return b"".join(_byte(char) for char in text).decode("utf-8")
    except UnicodeError:
        return text


def _byte(char: str) -> bytes:
    """Return the byte that ``char`` was; Windows reads the five that cp1252 leaves out as control characters."""
    try:
        return char.encode("cp1252")
    except UnicodeEncodeError:
        return char.encode("latin-1")


def _splitter(delimiter: str) -> Callable[[Cells], Cells]:
    """Return what splits a row that Excel, with another list separator, put into its first cell."""

    def split(cells: Cells) -> Cells:
        text = ",".join(as_text(cell) for cell in cells if cell not in {None, ""})
        if delimiter not in text:
            return cells
        try:
            return next(csv.reader([text], delimiter=delimiter), [])
        except csv.Error:
            return cells

    return split


def _known(rows: list[Row], mend: Callable[[Cells], Cells]) -> int:
    return max((count_known(mend(cells)) for _, cells in rows), default=0)


def _applied(mend: Callable[[Cells], Cells], rows: Iterator[Row]) -> Iterator[Row]:
    return ((line, mend(cells)) for line, cells in rows)
