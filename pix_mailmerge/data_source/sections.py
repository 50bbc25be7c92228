"""Sections of a Pix file: the rows under each of its header rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.cells import as_text, listed_lines
from pix_mailmerge.data_source.layout import PIX_COLUMNS, Layout, count_known, read_layout
from pix_mailmerge.data_source.table import Cells, Row, Table, count_filled, is_blank
from pix_mailmerge.data_source.text_files import holds_a_row
from pix_mailmerge.problems import Place, Problem, error, warning

TITLE_CELLS = 2
"""A row with at most this many filled cells above a header is a title, not a pupil."""


_STARTS_A_ROW = re.compile(r"""\s*"?[0-9]+"?\s*(?:$|[;,\t|])""")
"""A certification number, alone or with the rest of the row behind it."""


@dataclass(slots=True)
class PixSection:
    """Rows under one header row; files pasted under each other have several. damaged: line -> problem.

    ends_open: no line end follows its last row, so that the file may have been cut there. ends_quoted: within a quote.
    """

    layout: Layout
    is_text: bool
    rows: list[Row]
    damaged: dict[int, Problem]
    ends_open: bool = False
    ends_quoted: bool = False


def split_sections(table: Table, first: int) -> list[PixSection]:
    """Return the rows of ``table`` under each header; ``first`` says which of its rows is the first header."""
    found: list[tuple[Row, list[Row]]] = []
    above: list[Row] = []
    for number, row in enumerate(table.rows):
        if number == first or (number > first and is_header(row[1])):
            if found:
                _drop_titles(*found[-1])
            found.append((row, []))
        elif number > first:
            found[-1][1].append(row)
        elif count_filled(row[1]) >= PIX_COLUMNS:
            above.append(row)
    if above:
        table.problems.append(_above(table.file, above, found[0][0][0]))
    sections = [_section(table, header, rows) for header, rows in found]
    sections[-1].ends_open, sections[-1].ends_quoted = table.ends_open, table.ends_quoted
    return sections


def _section(table: Table, header: Row, rows: list[Row]) -> PixSection:
    """Return the pupils under a header; a note among them (« Total : 28 ») is told and left out."""
    number = _number_position(header)
    pupils = [row for row in rows if not _is_note(row[1], number)]
    if len(pupils) < len(rows):
        kept = {line for line, _ in pupils}
        table.problems += [_note(table.file, row) for row in rows if row[0] not in kept]
    return PixSection(_layout(table, header, pupils), table.is_text, pupils, table.damaged)


def _is_note(cells: Cells, number: int | None) -> bool:
    """Tell whether a row is no pupil: one or two cells filled, no certification number, and no row within a cell."""
    if count_filled(cells) > TITLE_CELLS or any(holds_a_row(as_text(cell)) for cell in cells):
        return False
    return number is None or number >= len(cells) or not _STARTS_A_ROW.match(as_text(cells[number]))


def _note(file: str, row: Row) -> Problem:
    line, cells = row
    told = " ".join(text for cell in cells if (text := as_text(cell).strip()))
    return warning(
        "source.row-not-a-pupil",
        f"La ligne « {told[:60]} » n’est pas celle d’un élève : elle n’est pas lue.",
        "Rien à faire si c’est une note ajoutée au fichier.",
        Place(file=file, line=line),
    )


def _layout(table: Table, header: Row, rows: list[Row]) -> Layout:
    """Return the layout of a header; in a workbook, columns beyond it that hold something count too."""
    line, cells = header
    width = len(cells) if table.is_text else max([len(cells), *(len(row) for _, row in rows)])
    layout = read_layout(table.file, line, [*cells, *[None] * (width - len(cells))])
    filled = [
        position for position in layout.unnamed if any(not is_blank(row[position : position + 1]) for _, row in rows)
    ]
    return layout.with_unnamed(filled) if filled else layout


def is_header(cells: Cells) -> bool:
    """Tell whether a row is a header again. A bare whole number stands in every pupil's row, in no header."""
    if any(cell.isdigit() if isinstance(cell, str) else isinstance(cell, int) for cell in cells):
        return False
    return count_known(cells) >= PIX_COLUMNS


def _drop_titles(header: Row, rows: list[Row]) -> None:
    """Drop the titles that stand above the next header from the ``rows`` under ``header``."""
    number = _number_position(header)
    while rows and _is_note(rows[-1][1], number):
        rows.pop()


def _number_position(header: Row) -> int | None:
    return read_layout("", *header).positions.get(columns.NUMBER)


def _above(file: str, rows: Sequence[Row], header: int) -> Problem:
    lines = [line for line, _ in rows]
    told = f"La ligne {lines[0]} est" if len(lines) == 1 else f"Les lignes {listed_lines(lines)} sont"
    return error(
        "source.rows-above-titles",
        f"{told} au-dessus de la ligne des titres de colonnes (ligne {header}).",
        "Remettez la ligne des titres au-dessus des élèves : un tri l’a sans doute déplacée.",
        Place(file=file, line=lines[0]),
    )
