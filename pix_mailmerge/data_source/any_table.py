"""Any table with a header row, Pix or not: its headers become fields, its cells keep their type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.cells import LONGEST_CELL, column_letters, excel_error, excel_length, open_quote
from pix_mailmerge.data_source.file_kinds import Kind
from pix_mailmerge.data_source.layout import clean_header
from pix_mailmerge.data_source.record import Header, Record, Value
from pix_mailmerge.data_source.table import Row, Table, count_filled, is_blank
from pix_mailmerge.data_source.values import clean_text, is_excel_error
from pix_mailmerge.problems import Place, Problem, error, warning


@dataclass(slots=True)
class AnySection:
    """Rows under a header row that is not that of a Pix file."""

    file: str
    line: int
    headers: tuple[str, ...]
    is_text: bool
    rows: list[Row]
    damaged: dict[int, Problem]
    kind: Kind | None = None
    """What the table is known to be, where it is a list of people that somebody may drop by mistake."""


def find_header(rows: Sequence[Row]) -> int:
    """Return which of the first rows is the header: the first as wide as most, titles above it left out."""
    widths = [count_filled(cells) for _, cells in rows]
    usual = max(widths, key=lambda width: (widths.count(width), width), default=0)
    return next((number for number, width in enumerate(widths) if width >= max(usual, 1)), 0)


def make_section(table: Table, first: int) -> AnySection:
    """Return the rows under the header, which is row ``first``; a column without header is named for its letters."""
    (line, cells), *rows = islice(table.rows, first, None)
    headers = [clean_header(cell) for cell in cells]
    width = max([len(headers), *(len(row) for _, row in rows)])
    headers += [""] * (width - len(headers))
    for position in range(width):
        if not headers[position] and any(not is_blank(row[position : position + 1]) for _, row in rows):
            headers[position] = f"Colonne {column_letters(position)}"
    if table.is_odd:
        table.damaged.update(_find_swallowing(table.file, headers, rows[-1:]))
    return AnySection(table.file, line, tuple(headers), table.is_text, rows, table.damaged)


def check_headers(section: AnySection) -> list[Problem]:
    """Return the headers that stand twice: a field would not know which one is meant."""
    seen: set[str] = set()
    problems = []
    for header in section.headers:
        key = header.casefold()
        if key and key in seen:
            problems.append(
                error(
                    "source.column-twice",
                    f"La colonne « {header} » est là deux fois.",
                    "Renommez ou supprimez l’une des deux, puis recommencez.",
                    Place(file=section.file, line=section.line, column=header),
                )
            )
        seen.add(key)
    return problems


def looks_like_results(section: AnySection) -> bool:
    """Tell whether a table has the status and the score of Pix results, so that not all its pupils are certified."""
    known = {column.header for header in section.headers if (column := columns.find_column(header))}
    return columns.STATUS in known and bool(known & {columns.PIX, columns.SCORE})


def has_results(section: AnySection) -> bool:
    """Tell whether a table has a column of what Pix found: part of a damaged file of results, perhaps."""
    known = {column.header for header in section.headers if (column := columns.find_column(header))}
    return bool(known & {columns.NUMBER, columns.STATUS, columns.PIX, columns.SCORE, *columns.COMPETENCE_CODES})


def union(sections: Sequence[AnySection]) -> Header:
    """Return all headers in the order in which they are met."""
    found: dict[str, str] = {}
    for section in sections:
        for header in filter(None, section.headers):
            found.setdefault(columns.folded_header(header) or header, header)
    return Header(tuple(found.values()))


def make_any_records(section: AnySection, header: Header) -> Iterator[tuple[Record, Problem | None]]:
    """Yield a record for each row, with the problem of a cell that could not be read."""
    keys = {columns.folded_header(name) or name: position for position, name in enumerate(section.headers) if name}
    places = [keys.get(columns.folded_header(name) or name, len(section.headers)) for name in header]
    empty: Value = "" if section.is_text else None
    for line, row in section.rows:
        cells = [clean_text(cell) if isinstance(cell, str) else cell for cell in row]
        cells += [empty] * (len(section.headers) + 1 - len(cells))
        record = Record(section.file, line, header, tuple(cells[place] for place in places))
        yield record, section.damaged.get(line) or _find_problem(record)


def _find_swallowing(file: str, headers: Sequence[str], last: Sequence[Row]) -> Iterator[tuple[int, Problem]]:
    """Yield the line of the last row, and the problem, where its last cell goes on to the end of the file."""
    for line, cells in last:
        if cells and isinstance(cells[-1], str) and "\n" in cells[-1]:
            yield line, open_quote(Place(file=file, line=line, column=headers[len(cells) - 1]))


def _find_problem(record: Record) -> Problem | None:
    for name, cell in zip(record.header, record.cells, strict=True):
        if isinstance(cell, str) and is_excel_error(cell):
            return excel_error(cell, record.place(name))
        if isinstance(cell, str) and len(cell) * 2 > LONGEST_CELL and excel_length(cell) > LONGEST_CELL:
            return warning(
                "source.cell-too-long",
                f"La cellule a {len(cell)} caractères ; un classeur n’en garde que 32 767.",
                "Raccourcissez ce texte si vous voulez l’avoir entier dans un classeur.",
                record.place(name),
            )
    return None
