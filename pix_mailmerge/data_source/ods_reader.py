"""Read the sheets of an .ods row by row, with the type that each cell has."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime, time
from typing import NamedTuple

from lxml import etree

from pix_mailmerge.data_source.record import Value
from pix_mailmerge.data_source.sheet import (
    MOST_COLUMNS,
    MOST_ROWS,
    Sheet,
    cell_problem,
    freed,
    moment_of,
    read_elements,
)
from pix_mailmerge.data_source.table import Row, Table, is_blank

_NS = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_TABLE, _TEXT, _OFFICE = (_NS % name for name in ("table", "text", "office"))
_ERROR_TYPE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
_DURATION = re.compile(r"PT(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S")


MOST_REPEATED_CELLS = 5_000_000
"""Cells that one row may stand for: nobody copies a row that often, but a few bytes can claim so."""


class _Cell(NamedTuple):
    value: Value
    problem: str


def read_ods_sheets(file: str, content: bytes) -> list[Sheet]:
    """Return the sheets in their order; their rows are read as they are gone through.

    Raises zipfile.BadZipFile, KeyError or etree.XMLSyntaxError where the file is damaged.
    """
    package = zipfile.ZipFile(io.BytesIO(content))
    sheets: list[Sheet] = []
    with package.open("content.xml") as stream:
        for event, element in read_elements(stream, f"{_TABLE}table", starts=True):
            if event == "end":
                continue
            table = Table(file, iter(()), is_text=False)
            table.rows = _rows(package, len(sheets), table)
            sheets.append(Sheet(str(element.get(f"{_TABLE}name", "")), is_visible=True, table=table))
    return sheets


def _rows(package: zipfile.ZipFile, number: int, table: Table) -> Iterator[Row]:
    line = 1
    for element in _row_elements(package, number):
        repeated = int(element.get(f"{_TABLE}number-rows-repeated", "1"))
        problems: list[tuple[int, str]] = []
        cells = _cells(element, problems)
        if is_blank(cells) and not problems:
            line += repeated
            continue
        if repeated * len(cells) > MOST_REPEATED_CELLS:
            raise ValueError("a row repeated beyond measure")
        is_hidden = element.get(f"{_TABLE}visibility") in {"collapse", "filter"}
        for row in range(line, min(line + repeated, MOST_ROWS + 1)):
            for position, problem in problems[:1]:
                table.damaged[row] = cell_problem(problem, table.file, row, position)
            if is_hidden:
                table.hidden.append(row)
            yield row, cells
        line += repeated


def _row_elements(package: zipfile.ZipFile, number: int) -> Iterator[etree._Element]:
    """Yield the row elements of the sheet with this number, 0 = first."""
    seen = -1
    tags = (f"{_TABLE}table", f"{_TABLE}table-row")
    with package.open("content.xml") as stream:
        for event, element in read_elements(stream, *tags, starts=True):
            is_row = element.tag == tags[1]
            if event == "start" and not is_row:
                seen += 1
            elif event == "end" and is_row:
                if seen == number:
                    yield element
                freed(element)
            elif event == "end" and seen == number:
                return


def _cells(row: etree._Element, problems: list[tuple[int, str]]) -> list[Value]:
    cells: list[Value] = []
    blank = 0
    for element in row.iter(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
        repeated = int(element.get(f"{_TABLE}number-columns-repeated", "1"))
        cell = _cell(element)
        if cell.problem:
            problems.append((len(cells) + blank, cell.problem))
        if cell.value is None:
            blank += repeated
        elif len(cells) + blank < MOST_COLUMNS:
            cells.extend([None] * blank)
            cells.extend([cell.value] * min(repeated, MOST_COLUMNS))
            blank = 0
    return cells


def _cell(element: etree._Element) -> _Cell:
    kind = element.get(f"{_OFFICE}value-type")
    if element.get(_ERROR_TYPE) == "error":
        return _Cell(_text(element), "error")
    if kind is None:
        return _Cell(None, "formula" if element.get(f"{_TABLE}formula") else "")
    return _Cell(_value(element, kind), "")


def _value(element: etree._Element, kind: str) -> Value:
    if kind in {"float", "percentage", "currency"}:
        number = float(element.get(f"{_OFFICE}value", "0"))
        return int(number) if number.is_integer() else number
    if kind == "date":
        return moment_of(datetime.fromisoformat(element.get(f"{_OFFICE}date-value", "")[:19]))
    if kind == "boolean":
        return element.get(f"{_OFFICE}boolean-value") == "true"
    if kind == "time" and (found := _DURATION.fullmatch(element.get(f"{_OFFICE}time-value", ""))):
        return time(int(found[1]) % 24, int(found[2]), int(found[3]))
    return element.get(f"{_OFFICE}string-value") or _text(element)


def _text(cell: etree._Element) -> str:
    """Return the paragraphs of a cell, a line each, without the comment that may hang on it."""
    return "\n".join("".join(_pieces(paragraph)) for paragraph in cell if paragraph.tag == f"{_TEXT}p")


def _pieces(element: etree._Element) -> Iterator[str]:
    yield element.text or ""
    for child in element.iterchildren("*"):
        if child.tag == f"{_TEXT}s":
            yield " " * min(int(child.get(f"{_TEXT}c", "1")), 32_767)
        elif child.tag == f"{_TEXT}tab":
            yield "\t"
        elif child.tag == f"{_TEXT}line-break":
            yield "\n"
        elif child.tag != f"{_OFFICE}annotation":
            yield from _pieces(child)
        yield child.tail or ""
