"""Gaps: empty cells of columns that Pix fills in every row, where the file has the column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.layout import Layout
from pix_mailmerge.data_source.record import Record

ALWAYS_FILLED = (columns.NUMBER, columns.STATUS)
"""A file may lack these columns (no status in 2021, a number that the staff took out), but no row of one that has."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A record whose cell under ``header`` is empty although its file fills that column."""

    record: Record
    header: str


def find_gaps(layout: Layout, records: Sequence[Record]) -> Iterator[Gap]:
    """Yield the gaps in the records of one table.

    « Résultats Pix.xlsx » has every column, whatever its exports had: there, an export has a column that is filled in
    one of its rows.
    """
    is_ours = columns.FILE in layout.positions
    for header in ALWAYS_FILLED:
        if header not in layout.positions:
            continue
        empty = [record for record in records if not record.text(header).strip()]
        if empty and is_ours:
            filled = {record.text(columns.FILE) for record in records if record.text(header).strip()}
            empty = [record for record in empty if record.text(columns.FILE) in filled]
        yield from (Gap(record, header) for record in empty)
