"""Record: one row of any data source, with the place it was read at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from pix_mailmerge.problems import Place

Value = str | int | float | date | datetime | time | None
"""What a cell may hold. A Pix file gives text only; a workbook of any kind keeps its numbers and dates."""


class Header(tuple[str, ...]):
    """The headers of a data source in their order, shared by all its records; knows the position of each."""

    positions: dict[str, int]

    def __new__(cls, headers: tuple[str, ...]) -> Header:
        header = super().__new__(cls, headers)
        header.positions = {name: position for position, name in enumerate(headers)}
        return header


class _Values(Mapping[str, Value]):
    """Header -> value, over a shared header and one tuple of cells."""

    __slots__ = ("_cells", "_header")

    def __init__(self, header: Header, cells: tuple[Value, ...]) -> None:
        self._header = header
        self._cells = cells

    def __getitem__(self, name: str) -> Value:
        return self._cells[self._header.positions[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._header)

    def __len__(self) -> int:
        return len(self._header)


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a data source, immutable.

    file: name of the file it came from, as the user knows it. line: as Excel shows it (1 = first row of the file).
    header, cells: of equal length; a cell that the file lacks is "" in a text source, None in a workbook.
    """

    file: str
    line: int
    header: Header
    cells: tuple[Value, ...] = field(repr=False)

    @property
    def values(self) -> Mapping[str, Value]:
        """Return header -> value, read only."""
        return _Values(self.header, self.cells)

    def text(self, name: str) -> str:
        """Return the cell under ``name`` as text; "" where there is no such header or no value."""
        position = self.header.positions.get(name)
        value = None if position is None else self.cells[position]
        return "" if value is None else str(value)

    def place(self, column: str | None = None) -> Place:
        """Return where this record (or its cell under ``column``) stands, for a problem."""
        return Place(file=self.file, line=self.line, column=column)
