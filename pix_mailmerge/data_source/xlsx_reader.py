"""Read the sheets of an .xlsx row by row, with the type that each cell has.

Ours, because the readers at hand fail a staff's workbook: one asks for 550 GB when a stray cell stands in the last row
and column, none tells a formula without a value from an empty cell, or which rows a filter hides.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from posixpath import dirname, join, normpath

from lxml import etree

from pix_mailmerge.data_source.record import Value
from pix_mailmerge.data_source.sheet import (
    MOST_COLUMNS,
    MOST_ROWS,
    BeyondMeasureError,
    Sheet,
    cell_problem,
    freed,
    moment_of,
    read_elements,
)
from pix_mailmerge.data_source.table import Row, Table, is_blank

_RELATIONSHIP_ID = re.compile(r"\{[^}]*relationships\}id")
_BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_NOT_A_DATE_PART = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_ESCAPED = re.compile(r"_x(?![Dd][89A-Fa-f])([0-9A-Fa-f]{4})_")
"""Halves of a character are left as they stand: no text holds them alone."""


def read_xlsx_sheets(file: str, content: bytes) -> list[Sheet]:
    """Return the worksheets in their order; their rows are read as they are gone through.

    Raises zipfile.BadZipFile, KeyError or etree.XMLSyntaxError where the file is damaged.
    """
    package = zipfile.ZipFile(io.BytesIO(content))
    book = _parsed(package, "xl/workbook.xml")
    targets = _targets(package)
    is_1904 = any(found.get("date1904") in {"1", "true"} for found in book.iter("{*}workbookPr"))
    reader = _Reader(package, _shared_strings(package), _date_styles(package), is_1904)
    sheets = []
    for sheet in book.iter("{*}sheet"):
        key = next((value for name, value in sheet.attrib.items() if _RELATIONSHIP_ID.fullmatch(str(name))), "")
        kind, target = targets.get(str(key), ("", ""))
        if kind.endswith("/worksheet"):
            table = Table(file, iter(()), is_text=False)
            table.rows = reader.rows(target, table)
            sheets.append(Sheet(str(sheet.get("name", "")), sheet.get("state", "visible") == "visible", table))
    return sheets


def unescaped(text: str) -> str:
    """Return ``text`` without the ``_x000D_`` by which a workbook writes what XML cannot hold."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


MOST_STRINGS = 3_000_000
"""Different texts of a workbook; 100,000 pupils have some 600,000."""


@dataclass(slots=True)
class _Reader:
    package: zipfile.ZipFile
    strings: list[str]
    date_styles: frozenset[int]
    is_1904: bool

    def rows(self, part: str, table: Table) -> Iterator[Row]:
        line = 0
        with self.package.open(part) as stream:
            for number, (_, element) in enumerate(read_elements(stream, "{*}row")):
                if number >= MOST_ROWS:
                    raise BeyondMeasureError
                line = int(element.get("r", line + 1))
                cells = self._cells(element, line, table)
                if not is_blank(cells):
                    if element.get("hidden") in {"1", "true"}:
                        table.hidden.append(line)
                    yield line, cells
                freed(element)

    def _cells(self, row: etree._Element, line: int, table: Table) -> list[Value]:
        cells: list[Value] = []
        for cell in row:
            position = _position(cell.get("r"), len(cells))
            value, problem = self._value(cell)
            if problem and line not in table.damaged:
                table.damaged[line] = cell_problem(problem, table.file, line, position)
            if value is None or position >= MOST_COLUMNS:
                continue
            if position > len(cells):
                cells.extend([None] * (position - len(cells)))
            cells.append(value)
        return cells

    def _value(self, cell: etree._Element) -> tuple[Value, str]:
        kind = cell.get("t", "n")
        raw, has_formula = None, False
        for child in cell.iterchildren("*"):
            tag = child.tag
            if tag.endswith("}v"):
                raw = child.text
            elif tag.endswith("}is") and kind == "inlineStr":
                return unescaped(_string(child)), ""
            has_formula = has_formula or tag.endswith("}f")
        if raw is None:
            return (None, "formula") if has_formula and kind != "str" else (None, "")
        if kind == "s":
            return self.strings[int(raw)], ""
        if kind == "e":
            return raw, "error"
        if kind == "b":
            return raw == "1", ""
        if kind == "n":
            return self._number(raw, int(cell.get("s", "0"))), ""
        if kind == "d":
            return moment_of(datetime.fromisoformat(raw)), ""
        return unescaped(raw), ""

    def _number(self, raw: str, style: int) -> Value:
        number = float(raw)
        if style not in self.date_styles:
            return int(number) if number.is_integer() else number
        if 0 <= number < 1:
            return (datetime.min + timedelta(seconds=round(number * 86_400))).time()
        day_0 = datetime(1904, 1, 1) if self.is_1904 else datetime(1899, 12, 30 if number >= 60 else 31)
        return moment_of(day_0 + timedelta(seconds=round(number * 86_400)))


def _position(reference: str | None, following: int) -> int:
    """Return the position of the column in « AC12 », 0 = A; ``following`` where a cell has no reference."""
    return _column_position(reference.rstrip("0123456789")) if reference else following


@lru_cache(maxsize=1024)
def _column_position(letters: str) -> int:
    position = 0
    for letter in letters:
        position = position * 26 + "ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(letter) + 1
    return min(position, MOST_COLUMNS + 1) - 1


def _parsed(package: zipfile.ZipFile, part: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.fromstring(package.read(part), parser)


def _targets(package: zipfile.ZipFile) -> dict[str, tuple[str, str]]:
    """Return relationship id -> (type, part) of the workbook."""
    found = _parsed(package, "xl/_rels/workbook.xml.rels").iter("{*}Relationship")
    return {str(each.get("Id")): (str(each.get("Type")), _part(str(each.get("Target")))) for each in found}


def _part(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else normpath(join(dirname("xl/workbook.xml"), target))


def _shared_strings(package: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in package.namelist():
        return []
    strings: list[str] = []
    with package.open("xl/sharedStrings.xml") as stream:
        for _, element in read_elements(stream, "{*}si"):
            if len(strings) >= MOST_STRINGS:
                raise BeyondMeasureError
            strings.append(unescaped(_string(element)))
            freed(element)
    return strings


def _string(element: etree._Element) -> str:
    """Return the text of a string, plain or rich, without its phonetic reading."""
    texts = []
    for child in element.iterchildren("{*}t", "{*}r"):
        parts = child.iterchildren("{*}t") if child.tag.endswith("}r") else (child,)
        texts += [part.text or "" for part in parts]
    return "".join(texts)


def _date_styles(package: zipfile.ZipFile) -> frozenset[int]:
    """Return the cell styles that show a number as a date or a time."""
    if "xl/styles.xml" not in package.namelist():
        return frozenset()
    styles = _parsed(package, "xl/styles.xml")
    dates = set(_BUILT_IN_DATES)
    for own in styles.iter("{*}numFmt"):
        code = _NOT_A_DATE_PART.sub("", str(own.get("formatCode", "")))
        number = int(own.get("numFmtId", "0"))
        dates.discard(number)
        if re.search(r"[dmyhs]", code, re.IGNORECASE) and "general" not in code.casefold():
            dates.add(number)
    formats = [int(xf.get("numFmtId", "0")) for group in styles.iter("{*}cellXfs") for xf in group]
    return frozenset(style for style, number in enumerate(formats) if number in dates)
