"""The title row of any table: whether it is one, and whether it names passwords.

Where it is missing, the first pupil would be taken for the titles, told in messages and printed. Nothing of the cells
is told here: they may be those of a list of passwords.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pix_mailmerge.data_source import columns, values
from pix_mailmerge.data_source.cells import as_text
from pix_mailmerge.data_source.file_kinds import problem_of
from pix_mailmerge.data_source.lookalikes import PASSWORDS
from pix_mailmerge.data_source.table import Row
from pix_mailmerge.problems import Place, Problem, error

PUPIL_DATES = 2
"""Dates in the row of a pupil: birth and exam."""

_USERNAME = re.compile(r"[^\W\d_][\w'’-]*\.[\w'’-]*[^\W\d_][0-9]{4,6}")
"""« lea.martin0102 »: how Pix names the account of a pupil, by name, day and month of birth."""

_EMAIL = re.compile(r"\S+@\S+\.\S+")


_SECRET = re.compile(r"(?:\w+ )?mots? de passe(?: \w+)?|mdp|passwords?|codes? secrets?")
"""Folded title of a column of passwords."""


def check_titles(file: str, rows: Sequence[Row]) -> Problem | None:
    """Return why the first of ``rows`` cannot be the titles of a table that anyone may have; None where it may.

    rows: the supposed titles and the first rows under them.
    """
    (line, titles), *below = [(line, [as_text(cell).strip() for cell in cells]) for line, cells in rows]
    if any(_SECRET.fullmatch(columns.folded_header(title)) for title in titles):
        return problem_of(PASSWORDS, file)
    if any(columns.find_column(title) and not columns.find_code(title) for title in titles):
        return None
    if any(map(_USERNAME.fullmatch, titles)):
        return problem_of(PASSWORDS, file)
    others = [cells for _, cells in below if cells != titles]
    if not (sum(map(_is_date, titles)) >= PUPIL_DATES or any(_is_value(n, titles, others) for n in range(len(titles)))):
        return None
    return error(
        "source.titles-missing",
        "La première ligne n’est pas une ligne de titres de colonnes, mais déjà celle d’un élève.",
        "Remettez la ligne des titres au-dessus des élèves, ou téléchargez de nouveau le fichier dans Pix Orga.",
        Place(file=file, line=line),
    )


def _is_value(position: int, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether a title is a value like those under it: equal to one, or a date or address above such."""
    title = titles[position]
    below = [row[position] for row in rows if position < len(row) and row[position]]
    if not title or not below:
        return False
    return title in below or any(all(map(form, [title, *below])) for form in (_is_date, _EMAIL.fullmatch))


def _is_date(text: str) -> bool:
    try:
        return not text.isdigit() and values.parse_date(text) is not None
    except ValueError:
        return False
