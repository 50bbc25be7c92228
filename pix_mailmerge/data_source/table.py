"""Table: the rows of one file or sheet as they lie in it, before anyone knows what they mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pix_mailmerge.data_source.record import Value
from pix_mailmerge.problems import Problem

Cells = Sequence[Value]
Row = tuple[int, Cells]
"""Line as Excel shows it (1 = first of the sheet), cells; blank rows are left out."""

HEADER_SEARCHED = 30
"""Rows in which the header is looked for: titles, filters and notes may stand above it."""


@dataclass(slots=True)
class Table:
    """The rows of one file or sheet; they can be gone through once.

    file: name as the user knows it. is_text: a CSV, every cell is text. ends_open: no line end follows its last row, as
    Pix writes a file, and as one ends that was cut; ends_quoted: that row has a quote that is not closed. is_odd: the
    file has one quote too many. problems: what was seen while it was opened. damaged: line -> what is wrong with a cell
    of it. hidden: lines that a filter or the user hides. Both fill while the rows are gone through.
    """

    file: str
    rows: Iterator[Row]
    is_text: bool = True
    ends_open: bool = False
    ends_quoted: bool = False
    is_odd: bool = False
    problems: list[Problem] = field(default_factory=list)
    damaged: dict[int, Problem] = field(default_factory=dict)
    hidden: list[int] = field(default_factory=list)


def count_filled(cells: Cells) -> int:
    """Return how many cells of a row hold more than spaces."""
    return sum(not is_blank((cell,)) for cell in cells)


def is_blank(cells: Cells) -> bool:
    """Tell whether no cell of a row holds anything but spaces."""
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells)
