"""Read a workbook (.xlsx, .ods): which of its sheets is the table, and what stands in the way."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from itertools import chain, islice

from lxml import etree

from pix_mailmerge.data_source import file_kinds
from pix_mailmerge.data_source.layout import PIX_COLUMNS, count_known
from pix_mailmerge.data_source.ods_reader import read_ods_sheets
from pix_mailmerge.data_source.sheet import BeyondMeasureError, Sheet
from pix_mailmerge.data_source.table import HEADER_SEARCHED, Row, Table
from pix_mailmerge.data_source.xlsx_reader import read_xlsx_sheets
from pix_mailmerge.problems import DataSourceError, Place, Problem, error, warning

LARGEST_UNPACKED = 400_000_000
"""Bytes of all parts: « Résultats Pix.xlsx » of 100,000 pupils has 300 million."""

LEFT_OUT_SHEET = "Écartés"
"""The second sheet of « Résultats Pix.xlsx »: who gets no document; never read back."""

_BROKEN = (*file_kinds.BROKEN_PACKAGE, etree.LxmlError, LookupError, OverflowError)
"""What the readers raise for a file that is cut, altered or not what it says."""


def open_workbook(name: str, content: bytes, kind: str) -> Table:
    """Return the sheet of a workbook that holds the results, else its first visible sheet that holds anything.

    Raises DataSourceError where the file is damaged or holds nothing.
    """
    if _unpacked_size(content) > LARGEST_UNPACKED:
        raise DataSourceError(_too_large(name))
    try:
        sheets = read_xlsx_sheets(name, content) if kind == file_kinds.WORKBOOK else read_ods_sheets(name, content)
        filled = [(sheet, known) for sheet in sheets if sheet.is_visible and (known := _look_into(sheet)) is not None]
    except _BROKEN as cause:
        raise DataSourceError(_unread(name, cause)) from cause
    filled = [(sheet, known) for sheet, known in filled if sheet.name != LEFT_OUT_SHEET] or filled
    if not filled:
        raise DataSourceError(file_kinds.problem_of(file_kinds.EMPTY, name))
    results = [sheet for sheet, known in filled if known >= PIX_COLUMNS]
    chosen = results[0] if results else filled[0][0]
    table = chosen.table
    table.rows = _guarded(name, table.rows)
    if len(results) > 1:
        table.problems.append(_other_sheets(name, chosen, results[1:]))
    return table


def hidden_problem(table: Table) -> Problem | None:
    """Return, once the rows were gone through, that some of them are hidden: Word merges those too, and so do we."""
    if not table.hidden:
        return None
    return warning(
        "source.hidden-rows",
        f"Lignes masquées, lues comme les autres : {len(table.hidden)}.",
        "Pour ne pas les prendre, supprimez-les du classeur ; un filtre ne suffit pas (Word les fusionnerait aussi).",
        Place(file=table.file, line=table.hidden[0]),
    )


def _unpacked_size(content: bytes) -> int:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return sum(info.file_size for info in package.infolist())
    except file_kinds.BROKEN_PACKAGE:
        return 0


def _look_into(sheet: Sheet) -> int | None:
    """Return how many columns of a Pix file the first rows of a sheet name; None for an empty sheet."""
    start = list(islice(sheet.table.rows, HEADER_SEARCHED))
    sheet.table.rows = chain(start, sheet.table.rows)
    return max((count_known(cells) for _, cells in start), default=None)


def _guarded(name: str, rows: Iterator[Row]) -> Iterator[Row]:
    try:
        yield from rows
    except _BROKEN as cause:
        raise DataSourceError(_unread(name, cause)) from cause


def _unread(name: str, cause: BaseException) -> Problem:
    return _too_large(name) if isinstance(cause, BeyondMeasureError) else _damaged(name)


def _other_sheets(name: str, chosen: Sheet, others: list[Sheet]) -> Problem:
    told = ", ".join(f"« {sheet.name} »" for sheet in others)
    return warning(
        "source.several-sheets",
        f"Seule la feuille « {chosen.name} » est lue ; d’autres contiennent aussi des résultats : {told}.",
        "Réunissez les élèves sur une seule feuille, ou enregistrez chaque feuille dans un classeur.",
        Place(file=name),
    )


def _too_large(name: str) -> Problem:
    return error(
        "source.too-large",
        "Ce classeur est démesuré (plus de 400 Mo une fois décompressé, ou trop de lignes ou de textes).",
        "Vérifiez que c’est le bon fichier.",
        Place(file=name),
    )


def _damaged(name: str) -> Problem:
    return error(
        "source.workbook-damaged",
        "Ce classeur est abîmé ou incomplet.",
        "Ouvrez-le dans Excel ou LibreOffice, enregistrez-le sous un autre nom, puis recommencez.",
        Place(file=name),
    )
