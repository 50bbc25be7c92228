"""Sheet: one worksheet of a workbook, and what the readers of both formats share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import IO

from lxml import etree

from pix_mailmerge.data_source.cells import column_letters
from pix_mailmerge.data_source.table import Table
from pix_mailmerge.problems import Place, Problem, error

MOST_COLUMNS = 16_384
MOST_ROWS = 1_048_576


class BeyondMeasureError(ValueError):
    """A workbook that holds more than a table of pupils can."""


@dataclass(slots=True)
class Sheet:
    """A sheet of a workbook."""

    name: str
    is_visible: bool
    table: Table


def cell_problem(kind: str, file: str, line: int, position: int) -> Problem:
    """Return the problem of a cell whose formula has no value (« formula ») or a wrong one (« error »)."""
    place = Place(file=file, line=line, column=column_letters(position))
    if kind == "formula":
        return error(
            "source.formula-without-value",
            "La cellule contient une formule dont le résultat n’a pas été enregistré.",
            "Ouvrez le classeur dans Excel ou LibreOffice, enregistrez-le, puis recommencez.",
            place,
        )
    return error(
        "source.formula-error",
        "La formule de la cellule donne une erreur (#N/A, #REF!…).",
        "Corrigez la formule, ou remplacez-la par sa valeur, puis enregistrez le classeur.",
        place,
    )


def moment_of(moment: datetime) -> date | datetime:
    """Return a date alone for midnight: that is how a date without time is stored."""
    return moment.date() if moment.time() == time() else moment


def read_elements(stream: IO[bytes], *tags: str, starts: bool = False) -> Iterator[tuple[str, etree._Element]]:
    """Yield (« start » or « end », element) for the elements with these tags as they are met.

    Nothing outside the file is read, entities are not expanded, comments are not seen.
    """
    events = ("start", "end") if starts else ("end",)
    elements: Iterator[tuple[str, etree._Element]] = etree.iterparse(
        stream, events, tag=tags, resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    return elements


def freed(element: etree._Element) -> None:
    """Drop an element that was read, and those before it, so that memory stays flat."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
