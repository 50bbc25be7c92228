"""Read a workbook (.xlsx, .ods) as a table."""

from __future__ import annotations

import io
import zipfile

from pix_mailmerge.data_source.table import Table
from pix_mailmerge.data_source.xlsx_reader import read_sheets


def is_workbook(content: bytes) -> bool:
    """Tell whether ``content`` is a workbook in a zip."""
    if not content.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return "xl/workbook.xml" in package.namelist()
    except zipfile.BadZipFile:
        return False


def open_workbook(name: str, content: bytes) -> Table:
    """Return the first visible sheet of a workbook."""
    return read_sheets(name, content)[0].table
