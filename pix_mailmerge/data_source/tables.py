"""Open a source as a table, whatever kind of file it is; name it for what it is when it holds none."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import chain, islice

from pix_mailmerge.data_source import file_kinds
from pix_mailmerge.data_source.mending import mended
from pix_mailmerge.data_source.sheet import MOST_COLUMNS
from pix_mailmerge.data_source.sources import Source
from pix_mailmerge.data_source.table import HEADER_SEARCHED, Row, Table
from pix_mailmerge.data_source.text_files import find_form, is_wide, read_rows
from pix_mailmerge.data_source.workbooks import open_workbook
from pix_mailmerge.problems import DataSourceError, Place, Problem, error

MOST_CELLS = 8_000_000
"""A quarter of a million pupils of 30 columns, in 400 MB of memory."""


def open_table(source: Source) -> tuple[list[Row], Table]:
    """Return the table of ``source``, and its first rows apart; raise DataSourceError where it holds none."""
    table = mended(_opened(source))
    start = list(islice(table.rows, HEADER_SEARCHED))
    if not start:
        raise DataSourceError(file_kinds.problem_of(file_kinds.EMPTY, source.name))
    if max(len(cells) for _, cells in start) > MOST_COLUMNS:
        raise DataSourceError(_too_wide(source.name))
    table.rows = _counted(source.name, chain(start, table.rows))
    return start, table


def _counted(name: str, rows: Iterator[Row]) -> Iterator[Row]:
    """Yield ``rows``; raise DataSourceError when their cells are more than memory should hold."""
    count = 0
    for row in rows:
        count += len(row[1])
        if count > MOST_CELLS:
            raise DataSourceError(_too_many_cells(name))
        yield row


def _opened(source: Source) -> Table:
    content = source.open()
    if content.startswith(b"PK"):
        kind = file_kinds.find_package_kind(content) or file_kinds.ARCHIVE
        if isinstance(kind, str):
            return open_workbook(source.name, content, kind)
        raise DataSourceError(file_kinds.problem_of(kind, source.name))
    wrong = file_kinds.find_kind(content)
    if wrong is None and not is_wide(content) and file_kinds.looks_binary(content):
        wrong = file_kinds.BINARY
    if wrong:
        raise DataSourceError(file_kinds.problem_of(wrong, source.name))
    last = re.split(rb"[\r\n]", content.rstrip(b"\0"))[-1]
    return Table(
        source.name,
        _text_rows(source.name, content),
        ends_open=bool(last),
        ends_quoted=last.count(b'"') % 2 == 1,
        is_odd=content.count(b'"') % 2 == 1,
    )


def _text_rows(name: str, content: bytes) -> Iterator[Row]:
    line = 0
    try:
        for line, cells in read_rows(content, find_form(content)):
            if len(cells) > MOST_COLUMNS:  # before anybody compares a million headers with ours
                raise DataSourceError(_too_wide(name))
            yield line, cells
    except csv.Error as cause:
        raise DataSourceError(
            error(
                "source.quote-open",
                "Une cellule est démesurée : un guillemet n’est sans doute pas fermé avant la fin du fichier.",
                "Corrigez ce guillemet dans le fichier, ou téléchargez-le de nouveau dans Pix Orga.",
                Place(file=name, line=line + 1),
            )
        ) from cause


def _too_many_cells(name: str) -> Problem:
    return error(
        "source.too-large",
        "Ce fichier contient plus de 8 millions de cellules : ce n’est pas un tableau de résultats.",
        "Vérifiez que c’est le bon fichier.",
        Place(file=name),
    )


def _too_wide(name: str) -> Problem:
    return error(
        "source.too-many-columns",
        "Ce fichier a plus de 16 384 colonnes : ce n’est pas un tableau de résultats.",
        "Vérifiez que c’est le bon fichier.",
        Place(file=name),
    )
