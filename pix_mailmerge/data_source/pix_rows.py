"""Rows of a Pix file -> records under the one header, each value in its one spelling."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from pix_mailmerge.data_source import columns, values
from pix_mailmerge.data_source.cells import LONGEST_CELL, as_text, excel_length, open_quote
from pix_mailmerge.data_source.class_names import find_class
from pix_mailmerge.data_source.layout import Layout
from pix_mailmerge.data_source.record import Header, Record
from pix_mailmerge.data_source.sections import PixSection
from pix_mailmerge.data_source.table import Cells, is_blank
from pix_mailmerge.data_source.text_files import holds_a_row
from pix_mailmerge.problems import Problem, error

KEPT_SPELLINGS = 20_000
"""Texts of one column that are cleaned once and shared by all records: classes, sessions, dates, levels repeat."""

_PIX = columns.HEADERS.index(columns.PIX)
_LEVEL = columns.HEADERS.index(columns.LEVEL)
_SCORE = columns.HEADERS.index(columns.SCORE)

MAY_BE_EMPTY = frozenset(
    {columns.BIRTH_PLACE, columns.EXTERNAL_ID, columns.COMMENT, columns.CENTRE, *columns.LAST_HEADERS}
)
"""Columns that Pix or the school may leave empty, so that a row may end before them."""

MAY_HAVE_LINES = frozenset(
    {columns.FIRST_NAME, columns.LAST_NAME, columns.BIRTH_PLACE, columns.EXTERNAL_ID, columns.COMMENT, columns.CENTRE}
)
"""Columns whose text may have several lines."""

_LINE_ENDS = frozenset("\r\n")

LONGEST_LINE = 200
"""Characters; a row of a Pix file is longer, so a cell beyond may have swallowed one."""

_LATER_LINES = re.compile(r"\n[^\n]+")

ABSENT = -1
"""Position of a column that the file lacks: an empty cell is put behind each row."""


def common_header(sections: Iterable[PixSection]) -> Header:
    """Return the headers that records of all ``sections`` share: those of Pix, complementary, unknown, last ones."""
    others: dict[str, str] = {}
    for section in sections:
        for header in section.layout.others:
            others.setdefault(columns.folded_header(header), header)
    complementary = [header for header in others.values() if columns.is_complementary(header)]
    unknown = [header for header in others.values() if not columns.is_complementary(header)]
    return Header((*columns.FIRST_HEADERS, *complementary, *unknown, *columns.LAST_HEADERS))


def make_records(
    section: PixSection, header: Header, class_name: str | None
) -> Iterator[tuple[Record, Problem | None]]:
    """Yield a record for each row of ``section``, with the problem of a row that could not be read whole.

    class_name: of all pupils, or None: what the row says, else what the file's name says. Empties ``section.rows`` on
    its way, so that 100,000 rows are not held twice.
    """
    layout, rows = section.layout, section.rows
    plan = _plan(layout, header)
    finish = _finisher(layout, header, class_name)
    rows.reverse()
    while rows:
        line, row = rows.pop()
        texts = [as_text(cell) for cell in row[: layout.width]]
        texts += [""] * (layout.width + 1 - len(texts))
        record = Record(layout.file, line, header, finish([clean[texts[position]] for position, clean in plan], texts))
        is_last = not rows
        yield record, section.damaged.get(line) or _find_problem(record, row, texts, section, is_last=is_last)


class _Cleaned(dict[str, str]):
    """Text -> cleaned text; remembers the spellings that repeat."""

    def __init__(self, clean: Callable[[str], str]) -> None:
        super().__init__()
        self._clean = clean

    def __missing__(self, text: str) -> str:
        cleaned = self._clean(text)
        if len(self) < KEPT_SPELLINGS:
            self[text] = cleaned
        return cleaned


def _plan(layout: Layout, header: Header) -> list[tuple[int, _Cleaned]]:
    """Return, for each header of a record, the position of its cell in a row and how its text is cleaned."""
    folded = {columns.folded_header(name): position for name, position in layout.others.items()}
    plan = []
    for name in header:
        column = columns.find_column(name)
        position = layout.positions.get(name, ABSENT) if column else folded.get(columns.folded_header(name), ABSENT)
        plan.append((position, _Cleaned(column.clean if column else values.clean_text)))
    return plan


def _finisher(
    layout: Layout, header: Header, class_name: str | None
) -> Callable[[list[str], list[str]], tuple[str, ...]]:
    """Return the function that puts into a record's cells what stands elsewhere: both scores, class, file."""
    class_position = header.positions[columns.CLASS]
    default_class = find_class(layout.file)
    file = re.split(r"[/\\]", layout.file)[-1]
    result = layout.result

    def finish(cells: list[str], texts: list[str]) -> tuple[str, ...]:
        if result is not None:
            level, score = values.split_result(texts[result])
            cells[_LEVEL] = cells[_LEVEL] or level
            cells[_PIX] = cells[_PIX] or score
        if not cells[_PIX]:
            cells[_PIX] = cells[_SCORE]
        elif not cells[_SCORE]:
            cells[_SCORE] = cells[_PIX]
        cells[class_position] = (cells[class_position] or default_class) if class_name is None else class_name
        cells[-1] = cells[-1] or file
        return tuple(cells)

    return finish


def _find_problem(
    record: Record, row: Cells, texts: list[str], section: PixSection, *, is_last: bool
) -> Problem | None:
    """Return why a row could not be read whole; None when it could.

    is_last: nothing follows the row in its section.
    """
    layout = section.layout
    if len(max(texts, key=len)) > LONGEST_LINE and (problem := _find_long_cell(record)):
        return problem
    if section.is_text and (swallowing := _find_swallowing(texts, len(row), layout)):
        return open_quote(record.place(swallowing))
    if len(row) > layout.width and not is_blank(row[layout.width :]):
        return error(
            "source.row-too-long",
            f"La ligne a {len(row)} cellules au lieu de {layout.width} : elles sont décalées.",
            "Corrigez la ligne dans le fichier, ou téléchargez-le de nouveau dans Pix Orga.",
            record.place(),
        )
    if section.is_text and len(row) < layout.width and (missing := _first_missing(layout, len(row))):
        if is_last and section.ends_open and not any(map(holds_a_row, texts)):
            return _file_cut(record, missing)
        return _too_short(record, missing, len(row), texts)
    if is_last and section.ends_quoted:
        return _file_cut(record, None)
    return _find_lost_letter(record)


def _too_short(record: Record, missing: str, width: int, texts: Sequence[str]) -> Problem:
    what = f"La ligne n’a que {width} cellules sur {len(texts) - 1} : elle est coupée, ou un guillemet y manque."
    if any(map(holds_a_row, texts)):
        what = "La ligne tient dans une seule cellule : elle est écrite avec un autre séparateur que les titres."
    elif width == 1:
        what = "La ligne n’a qu’une cellule : elle est coupée, ou un guillemet y manque."
    remedy = "Corrigez la ligne dans le fichier, ou téléchargez-le de nouveau dans Pix Orga."
    return error("source.row-too-short", what, remedy, record.place(missing))


def _first_missing(layout: Layout, width: int) -> str | None:
    """Return the header of the first column beyond ``width`` that Pix never leaves empty."""
    missing = (header for header, position in layout.positions.items() if position >= width)
    return next((header for header in missing if header not in MAY_BE_EMPTY), None)


def _find_swallowing(texts: Sequence[str], width: int, layout: Layout) -> str | None:
    """Return the header of a cell that holds a line end because a quote was left open; None where there is none.

    A name or a comment may have a line end; a number, a date or a level has none, and in a row of a wrong length
    nothing has.
    """
    if "\n" not in (whole := "\f".join(texts)) and "\r" not in whole:
        return None
    may_have = MAY_HAVE_LINES if width == layout.width else frozenset()
    return next(
        (
            header
            for header, position in layout.positions.items()
            if header not in may_have and not _LINE_ENDS.isdisjoint(texts[position])
        ),
        None,
    )


def _file_cut(record: Record, header: str | None) -> Problem:
    return error(
        "source.file-cut",
        "Le fichier s’arrête au milieu de cette ligne : il a été coupé, et d’autres élèves manquent peut-être.",
        "Téléchargez de nouveau le fichier dans Pix Orga.",
        record.place(header),
    )


def _find_long_cell(record: Record) -> Problem | None:
    for name, text in zip(record.header, record.cells, strict=True):
        text = str(text)
        if any(holds_a_row(line[0]) for line in _LATER_LINES.finditer(text)):
            return open_quote(record.place(name))
        if excel_length(text) > LONGEST_CELL:
            return error(
                "source.cell-too-long",
                f"La cellule a {len(text)} caractères ; Excel n’en garde que 32 767.",
                "Raccourcissez ce texte dans le fichier, ou téléchargez le fichier de nouveau dans Pix Orga.",
                record.place(name),
            )
    return None


def _find_lost_letter(record: Record) -> Problem | None:
    for name, text in zip(record.header, record.cells, strict=True):
        if "\ufffd" in str(text):
            return error(
                "source.damaged-text",
                f"Des lettres ont été perdues quand le fichier a été enregistré : « {str(text)[:60]} ».",
                "Corrigez ce texte dans le fichier, ou téléchargez-le de nouveau dans Pix Orga.",
                record.place(name),
            )
    return None
