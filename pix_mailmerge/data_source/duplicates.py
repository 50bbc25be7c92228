"""The same certification in several rows: once where they agree, a conflict where they do not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.record import Record


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two rows of one certification that say different things under ``headers``."""

    first: Record
    second: Record
    headers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unique:
    """Records without those that an equal one stands for. duplicates: how many that were."""

    records: tuple[Record, ...]
    duplicates: int
    conflicts: tuple[Conflict, ...]


def without_duplicates(records: Iterable[Record]) -> Unique:
    """Return each certification once, in the order of the first row that tells of it.

    A cell that one file lacks (the centre, the class) is taken from the other; that is agreement. Rows in conflict
    both stay. Records without a certification number are never compared.
    """
    kept: list[Record] = []
    places: dict[str, int] = {}
    conflicts: list[Conflict] = []
    duplicates = 0
    for record in records:
        number = record.text(columns.NUMBER)
        place = places.setdefault(number, len(kept)) if number else len(kept)
        if place == len(kept):
            kept.append(record)
        elif headers := _differing(kept[place], record):
            conflicts.append(Conflict(kept[place], record, headers))
            kept.append(record)
        else:
            kept[place] = _completed(kept[place], record)
            duplicates += 1
    return Unique(tuple(kept), duplicates, tuple(conflicts))


def _differing(first: Record, second: Record) -> tuple[str, ...]:
    pairs = zip(first.header, first.cells, second.cells, strict=True)
    return tuple(name for name, one, other in pairs if one != other and one and other and name != columns.FILE)


def _completed(record: Record, other: Record) -> Record:
    cells = tuple(one or more for one, more in zip(record.cells, other.cells, strict=True))
    return record if cells == record.cells else Record(record.file, record.line, record.header, cells)
