"""Reading: what came out of the data sources, problems included."""

from __future__ import annotations

from dataclasses import dataclass

from pix_mailmerge.data_source.duplicates import Conflict
from pix_mailmerge.data_source.gaps import Gap
from pix_mailmerge.data_source.record import Header, Record
from pix_mailmerge.problems import Problem


@dataclass(frozen=True, slots=True)
class Damage:
    """A record whose row could not be read whole, and why."""

    record: Record
    problem: Problem


@dataclass(frozen=True, slots=True)
class Reading:
    """All records of all sources, in their order, under one header.

    is_pix: the sources are Pix results under the headers of columns.py; False: any other workbook or CSV. files: the
    names of those that were read. problems: of files and columns. damaged: rows (they are among the records) that
    could not be read whole. conflicts: certifications of which two rows (both among the records) say different things.
    gaps: cells that are empty though their file fills the column. Whether these three matter is known once it is known
    who gets a document (select.py). duplicates: rows left out because an equal one is there.
    """

    records: tuple[Record, ...]
    header: Header
    is_pix: bool
    files: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    damaged: tuple[Damage, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    gaps: tuple[Gap, ...] = ()
    duplicates: int = 0

    @property
    def rows_read(self) -> int:
        """Return how many rows the sources hold, headers and blank rows apart."""
        return len(self.records) + self.duplicates
