"""« Résultats Pix.xlsx »: write it, read it back; read any workbook with a header row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.cells import as_text
from pix_mailmerge.data_source.pix_export import read_sources
from pix_mailmerge.data_source.reading import Reading
from pix_mailmerge.data_source.record import Header, Record
from pix_mailmerge.data_source.select import LeftOut
from pix_mailmerge.data_source.sheet import MOST_ROWS
from pix_mailmerge.data_source.workbooks import LEFT_OUT_SHEET
from pix_mailmerge.data_source.xlsx_writer import Cell, SheetContent, write_workbook
from pix_mailmerge.problems import DestinationError, Place, Problem, error

FILE_NAME = "Résultats Pix.xlsx"
SHEET = "Feuil1"
REASON = "Motif"

MOST_RECORDS = MOST_ROWS - 1

WIDEST = 40
MEASURED_ROWS = 200
"""How many rows say how wide a column without a width of its own is to be."""


def write_results(
    file: Path, records: Sequence[Record], left_out: Sequence[LeftOut] | None = None, *, typed: bool = False
) -> None:
    """Write ``records`` as a data source that Word, Excel and LibreOffice take as it is; raise DestinationError.

    Every cell is text, so that Word guesses no type. left_out: written on a second sheet, each with its reason; None:
    no such sheet. typed: numbers and dates as such, for those who compute.
    """
    left = left_out or ()
    if max(len(records), len(left)) > MOST_RECORDS:
        raise DestinationError(_too_many(file))
    header = next(
        (record.header for record in (*records[:1], *(out.record for out in left[:1]))), Header(columns.HEADERS)
    )
    rows = _rows(records, header, typed=typed)
    sheets = [SheetContent(SHEET, header, _widths(header, records), rows)]
    if left_out is not None:
        others = [out.record for out in left]
        reasons = ((out.reason, *row) for out, row in zip(left, _rows(others, header, typed=typed), strict=True))
        widths = (WIDEST, *_widths(header, others))
        sheets.append(SheetContent(LEFT_OUT_SHEET, (REASON, *header), widths, reasons))
    write_workbook(file, sheets, title=FILE_NAME.removesuffix(".xlsx"))


def read_workbook(path: Path) -> Reading:
    """Return the records of « Résultats Pix.xlsx », or of any workbook with a header row."""
    return read_sources([path])


def _too_many(file: Path) -> Problem:
    return error(
        "destination.too-many-rows",
        "Une feuille ne peut pas contenir plus de 1 048 575 élèves.",
        "Convertissez les fichiers en plusieurs fois.",
        Place(file=str(file)),
    )


def _rows(records: Iterable[Record], header: Header, *, typed: bool) -> Iterator[Sequence[Cell]]:
    if not typed:
        for record in records:
            yield [as_text(cell) for cell in record.cells]
        return
    parsers = [column.parse if (column := columns.find_column(name)) else str for name in header]
    for record in records:
        yield [_typed(as_text(cell), parse) for cell, parse in zip(record.cells, parsers, strict=True)]


def _typed(text: str, parse: Callable[[str], Cell | None]) -> Cell:
    """Return the value of ``text``; « - » and what cannot be understood stay text."""
    try:
        value = parse(text)
    except ValueError:
        return text
    return text if value is None else value


def _widths(header: Header, records: Sequence[Record]) -> list[int]:
    widths = []
    for position, name in enumerate(header):
        column = columns.find_column(name)
        texts = (as_text(record.cells[position]) for record in records[:MEASURED_ROWS])
        longest = max((len(text) for text in texts), default=0)
        widths.append(column.width if column else min(max(longest, len(name)), WIDEST))
    return widths
