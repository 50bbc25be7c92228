"""Gaps: empty cells of columns that Pix fills in every row, where the file has the column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.layout import Layout
from pix_mailmerge.data_source.record import Record

ALWAYS_FILLED = ((columns.NUMBER,), (columns.STATUS,), columns.COMPETENCE_CODES)
"""Columns, one of each group always filled: a file may lack them (no status in 2021, no competences in a session of
Pix+, a number that the staff took out), but no row of a file that has them."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A record whose cell under ``header`` (the first of its group) is empty although its file fills that column."""

    record: Record
    header: str


def find_gaps(layout: Layout, records: Sequence[Record]) -> Iterator[Gap]:
    """Yield the gaps in the records of one table.

    « Résultats Pix.xlsx » has every column, whatever its exports had: there, an export has a column that is filled in
    one of its rows; a row that the staff added has those that any other row has.
    """
    is_ours = columns.FILE in layout.positions
    for headers in ALWAYS_FILLED:
        if headers[0] not in layout.positions:
            continue
        empty = [record for record in records if is_empty(record, headers)]
        if empty and is_ours:
            filled = {record.text(columns.FILE) for record in records if not is_empty(record, headers)}
            filled |= {PurePosixPath(layout.file).name} if filled else set()
            empty = [record for record in empty if record.text(columns.FILE) in filled]
        yield from (Gap(record, headers[0]) for record in empty)


def is_empty(record: Record, headers: Sequence[str]) -> bool:
    """Tell whether a record has nothing under any of ``headers``."""
    return not any(record.text(header).strip() for header in headers)
