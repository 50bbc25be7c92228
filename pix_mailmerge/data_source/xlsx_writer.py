"""Write an .xlsx in one pass: flat memory, the same bytes for the same rows, no cell that can become a formula.

Written directly because a library would date the file, keep a copy of pupils' names in the system's temporary folder,
and leave ``_x0041_`` and control characters to chance.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from pix_mailmerge._files import written_beside
from pix_mailmerge.data_source.cells import LONGEST_CELL, column_letters, excel_length

Cell = str | int | date

CHUNK_ROWS = 500
KEPT_CELLS = 20_000
"""Texts whose XML is kept: levels, dates and classes repeat."""

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)

_TEXT, _HEADER, _DATE, _WHOLE = 1, 2, 3, 4
"""Cell styles, in the order of ``_STYLES``."""

_SERIAL_DAY_0 = date(1899, 12, 30)
_FIRST_SERIAL_DAY = date(1900, 3, 1)
"""Excel believes in a 29 February 1900; a date before stays text."""

_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_SPACES_MATTER = re.compile(r"^\s|\s$|\s\s|[\n\t]")


@dataclass(frozen=True, slots=True)
class SheetContent:
    """A sheet to write: name, headers, width of each column in characters, rows of as many cells."""

    name: str
    headers: Sequence[str]
    widths: Sequence[int]
    rows: Iterable[Sequence[Cell]]


def write_workbook(file: Path, sheets: Sequence[SheetContent], title: str) -> None:
    """Write ``sheets`` at ``file``, whole or not at all: headers frozen, with a filter; raise DestinationError."""
    with written_beside(file) as beside, zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as package:
        _write_part(package, "[Content_Types].xml", _content_types(len(sheets)))
        _write_part(package, "_rels/.rels", _ROOT_RELATIONSHIPS)
        _write_part(package, "docProps/core.xml", _core_properties(title))
        _write_part(package, "xl/_rels/workbook.xml.rels", _book_relationships(len(sheets)))
        _write_part(package, "xl/styles.xml", _STYLES)
        ends = []
        for number, sheet in enumerate(sheets, start=1):
            with package.open(_entry(f"xl/worksheets/sheet{number}.xml"), "w") as part:
                ends.append(_write_sheet(part, sheet, is_first=number == 1))
        _write_part(package, "xl/workbook.xml", _book(sheets, ends))


def cell_text(text: str) -> str:
    """Return ``text`` as a cell of a workbook holds it: cut to Excel's limit, what XML cannot hold as ``_x001F_``."""
    if len(text) * 2 > LONGEST_CELL and excel_length(text) > LONGEST_CELL:
        text = _cut(text)
    if "_x" in text:
        text = _LOOKS_ESCAPED.sub("_x005F_", text)
    return escape(_NOT_IN_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", text))


def _cut(text: str) -> str:
    while excel_length(text) > LONGEST_CELL:
        text = text[: len(text) - (excel_length(text) - LONGEST_CELL + 1) // 2]
    return text


def _write_sheet(part: IO[bytes], sheet: SheetContent, *, is_first: bool) -> str:
    """Write one sheet; return the reference of its last cell."""
    part.write(_sheet_start(sheet, is_first=is_first).encode())
    columns = [f'<c r="{column_letters(position)}' for position in range(len(sheet.headers))]
    part.write(_row(columns, 1, [_text_cell(header, _HEADER) for header in sheet.headers]).encode())
    line = 1
    chunk: list[str] = []
    kept = _CellXml()
    for line, row in enumerate(sheet.rows, start=2):
        chunk.append(_row(columns, line, [kept[cell] for cell in row]))
        if len(chunk) >= CHUNK_ROWS:
            part.write("".join(chunk).encode())
            chunk.clear()
    part.write("".join(chunk).encode())
    end = f"{column_letters(len(sheet.headers) - 1)}{line}"
    part.write(_sheet_end(end).encode())
    return end


def _row(columns: Sequence[str], line: int, cells: Iterable[str]) -> str:
    middle = f'{line}" '
    return (
        f'<row r="{line}">{"".join([start + middle + cell for start, cell in zip(columns, cells, strict=True)])}</row>'
    )


class _CellXml(dict[Cell, str]):
    """Cell -> its XML behind the reference; remembers the ones that repeat."""

    def __missing__(self, cell: Cell) -> str:
        xml = _cell(cell)
        if len(self) < KEPT_CELLS:
            self[cell] = xml
        return xml


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return _text_cell(cell, _TEXT)
    if isinstance(cell, int):
        return f's="{_WHOLE}"><v>{cell}</v></c>'
    if cell < _FIRST_SERIAL_DAY:
        return _text_cell(f"{cell.day:02}/{cell.month:02}/{cell.year:04}", _TEXT)
    return f's="{_DATE}"><v>{(cell - _SERIAL_DAY_0).days}</v></c>'


def _text_cell(text: str, style: int) -> str:
    if not text:
        return f's="{style}"/>'
    space = ' xml:space="preserve"' if _SPACES_MATTER.search(text) else ""
    return f's="{style}" t="inlineStr"><is><t{space}>{cell_text(text)}</t></is></c>'


def _entry(name: str) -> zipfile.ZipInfo:
    """Return a zip entry that is the same on every day and system."""
    entry = zipfile.ZipInfo(name, _ZIP_EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 0
    return entry


def _write_part(package: zipfile.ZipFile, name: str, xml: str) -> None:
    package.writestr(_entry(name), xml.encode())


def _sheet_start(sheet: SheetContent, *, is_first: bool) -> str:
    widths = "".join(
        f'<col min="{number}" max="{number}" width="{width + 2}" style="{_TEXT}" customWidth="1"/>'
        for number, width in enumerate(sheet.widths, start=1)
    )
    selected = ' tabSelected="1"' if is_first else ""
    return (
        f'{_DECLARATION}<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView{selected} workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft"'
        ' state="frozen"/><selection pane="bottomLeft" activeCell="A2" sqref="A2"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{widths}</cols><sheetData>'
    )


def _sheet_end(end: str) -> str:
    return (
        f'</sheetData><autoFilter ref="A1:{end}"/>'
        '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
        f'<ignoredErrors><ignoredError sqref="A1:{end}" numberStoredAsText="1"/></ignoredErrors></worksheet>'
    )


def _book(sheets: Sequence[SheetContent], ends: Sequence[str]) -> str:
    entries = "".join(
        f'<sheet name={quoteattr(sheet.name)} sheetId="{number}" r:id="rId{number}"/>'
        for number, sheet in enumerate(sheets, start=1)
    )
    filters = "".join(
        f'<definedName name="_xlnm._FilterDatabase" localSheetId="{number}" hidden="1">'
        f"'{escape(sheet.name)}'!$A$1:{_absolute(end)}</definedName>"
        for number, (sheet, end) in enumerate(zip(sheets, ends, strict=True))
    )
    return (
        f'{_DECLARATION}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{entries}</sheets><definedNames>{filters}</definedNames></workbook>"
    )


def _absolute(reference: str) -> str:
    letters = reference.rstrip("0123456789")
    return f"${letters}${reference[len(letters) :]}"


def _numbers(sheets: int) -> Iterator[int]:
    return iter(range(1, sheets + 1))


def _content_types(sheets: int) -> str:
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_KIND}.worksheet+xml"/>'
        for number in _numbers(sheets)
    )
    return (
        f'{_DECLARATION}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>{parts}'
        '<Override PartName="/docProps/core.xml"'
        ' ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
    )


def _book_relationships(sheets: int) -> str:
    parts = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in _numbers(sheets)
    )
    return (
        f'{_DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">{parts}'
        f'<Relationship Id="rId{sheets + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    )


def _core_properties(title: str) -> str:
    """Return a title and nothing of who or when."""
    return (
        f'{_DECLARATION}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        f' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escape(title)}</dc:title></cp:coreProperties>'
    )


_ROOT_RELATIONSHIPS = (
    f'{_DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
    "</Relationships>"
)

_FONT = '<sz val="11"/><name val="Calibri"/><family val="2"/>'
_XF = '<xf numFmtId="{number_format}" fontId="{font}" fillId="{fill}" borderId="0" xfId="0" applyNumberFormat="1"/>'
_STYLES = (
    f'{_DECLARATION}<styleSheet xmlns="{_MAIN}">'
    f'<fonts count="2"><font>{_FONT}</font><font><b/>{_FONT}</font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFDDEBF7"/><bgColor indexed="64"/></patternFill></fill>'
    "</fills>"
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    + _XF.format(number_format=49, font=0, fill=0)
    + _XF.format(number_format=49, font=1, fill=2).replace("/>", ' applyFont="1" applyFill="1"/>')
    + _XF.format(number_format=14, font=0, fill=0)
    + _XF.format(number_format=1, font=0, fill=0)
    + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
