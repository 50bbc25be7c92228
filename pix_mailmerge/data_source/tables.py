"""Open a source as a table, whatever kind of file it is."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from pix_mailmerge.data_source.sources import Source
from pix_mailmerge.data_source.table import Row, Table
from pix_mailmerge.data_source.text_files import find_form, read_rows
from pix_mailmerge.data_source.workbooks import is_workbook, open_workbook
from pix_mailmerge.problems import DataSourceError, Place, error


def open_tables(source: Source) -> list[Table]:
    """Return the tables of ``source``; raise DataSourceError, naming what it is, where it holds none."""
    content = source.read_bytes()
    if is_workbook(content):
        return [open_workbook(source.name, content)]
    return [Table(source.name, _text_rows(source.name, content))]


def _text_rows(name: str, content: bytes) -> Iterator[Row]:
    try:
        yield from read_rows(content, find_form(content))
    except csv.Error as cause:
        raise DataSourceError(
            error(
                "source.cell-too-long",
                "Une cellule est si longue que le fichier ne peut pas être lu : un guillemet n’y est pas fermé.",
                "Téléchargez de nouveau le fichier dans Pix Orga.",
                Place(file=name),
            )
        ) from cause
