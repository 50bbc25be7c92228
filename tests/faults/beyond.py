"""Give the program files beyond measure: what it says of each, how long that takes and how much memory.

python tests/faults/beyond.py
"""

from __future__ import annotations

import io
import random
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, count, islice, repeat
from pathlib import Path

import openpyxl

sys.path.insert(0, str(Path(__file__).parent))
import plant
import processes
from scenes import Scene

MOST_SECONDS = 60
MOST_MEGABYTES = 500


def cell_of_10_megabytes(source: Path) -> None:
    rows = _started(source)
    source.write_bytes(source.read_bytes().replace(rows[0][4].encode(), b"x" * 10_000_000))


def million_columns(source: Path) -> None:
    source.write_bytes(b";".join(b"c%d" % number for number in range(1_000_000)) + b"\n" + b";" * 999_999 + b"\n")


def gigabyte_of_nothing(source: Path) -> None:
    """Holes: takes no room on the disk."""
    _started(source)
    with source.open("ab") as opened:
        opened.truncate(1_000_000_000)


def gigabyte_of_rows(source: Path) -> None:
    _write_rows(source, 1_000_000_000)


def most_rows_of_a_file(source: Path) -> None:
    _write_rows(source, 99_000_000)


def largest_that_is_read(source: Path) -> None:
    _write_rows(source, 50_000_000)


def workbook_of_cells(source: Path) -> None:
    """Some 17 million numbers, all different, of 24 columns."""
    rows = (
        b"<row>%s</row>" % b"".join(b"<c><v>%d</v></c>" % (24 * row + cell) for cell in range(24)) for row in count()
    )
    _write_workbook(source, {_SHEET: chain([_SHEET_STARTS], islice(rows, 700_000), [_SHEET_ENDS])})


def workbook_of_texts(source: Path) -> None:
    """Some 14 million texts, all different, for a sheet of nothing."""
    texts = (b"<si><t>%d</t></si>" % number for number in range(14_000_000))
    _write_workbook(source, {"xl/sharedStrings.xml": chain([b'<sst xmlns="%s">' % _MAIN], texts, [b"</sst>"])})


def workbook_of_a_gigabyte(source: Path) -> None:
    rows = repeat(b"<row><c t='inlineStr'><is><t>A</t></is></c></row>", 20_000_000)
    _write_workbook(source, {_SHEET: chain([_SHEET_STARTS], rows, [_SHEET_ENDS])})


def _write_workbook(source: Path, parts: Mapping[str, Iterable[bytes]]) -> None:
    """Write a workbook, some of its parts as given."""
    small = io.BytesIO()
    openpyxl.Workbook().save(small)
    with zipfile.ZipFile(small) as own, zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for name in own.namelist():
            if name not in parts:
                made.writestr(name, own.read(name))
        for name, content in parts.items():
            with made.open(name, "w", force_zip64=True) as opened:
                pieces = iter(content)
                while some := b"".join(islice(pieces, 10_000)):
                    opened.write(some)


_SHEET = "xl/worksheets/sheet1.xml"
_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHEET_STARTS = b'<worksheet xmlns="%s"><sheetData>' % _MAIN
_SHEET_ENDS = b"</sheetData></worksheet>"


def _write_rows(source: Path, most: int) -> None:
    """Write rows as Pix does, each pupil's number another one."""
    _started(source)
    first, row = source.read_bytes().splitlines(keepends=True)[:2]
    number = row.partition(b";")[0]
    with source.open("wb") as opened:
        opened.write(first)
        lines = (row.replace(number, b"%d" % more, 1) for more in count(10_000_000))
        while opened.tell() < most:
            opened.writelines(islice(lines, 1_000))


FILES: dict[str, tuple[Callable[[Path], None], int]] = {
    "a cell of 10 MB": (cell_of_10_megabytes, 4),
    "a million columns": (million_columns, 4),
    "a gigabyte of nothing": (gigabyte_of_nothing, 4),
    "a gigabyte of rows": (gigabyte_of_rows, 4),
    "99 MB of rows": (most_rows_of_a_file, 4),
    "50 MB of rows": (largest_that_is_read, 0),
    "a workbook of 17 million cells": (workbook_of_cells, 4),
    "a workbook of 14 million texts": (workbook_of_texts, 4),
    "a workbook of a gigabyte": (workbook_of_a_gigabyte, 4),
}
"""What makes a file, and the code that its conversion ends with."""


@dataclass(frozen=True)
class Read:
    """How a conversion of a source ended. seconds: of a processor; megabytes: the most that the program took."""

    code: int
    seconds: float
    megabytes: float
    said: str


def read(folder: Path, what: str) -> Read:
    """Make a source beyond measure in a folder, and convert it."""
    make, _ = FILES[what]
    source = folder / f"20260612_resultats_3A.{'xlsx' if 'workbook' in what else 'csv'}"
    make(source)
    arguments = ["convert", str(source), "--to", str(folder / "r.xlsx")]
    before = processes.processor_seconds()
    done, megabytes = processes.run_in_memory(arguments, Scene(folder, 0).environment())
    said = " ".join(done.stderr.decode().split())
    return Read(done.returncode, processes.processor_seconds() - before, megabytes, said)


def _started(source: Path) -> list[list[str]]:
    rows = list(plant.pupils(2, random.Random(1)))
    plant.write_source(source, rows)
    return rows


def main() -> int:
    wrong = 0
    for what, (_, code) in FILES.items():
        with tempfile.TemporaryDirectory() as folder:
            ended = read(Path(folder), what)
        wrong += ended.code != code or ended.seconds > MOST_SECONDS or ended.megabytes > MOST_MEGABYTES
        took = f"{ended.seconds:5.1f} s of processor {ended.megabytes:4.0f} MB"
        print(f"{what:30} code {ended.code} {took}  {ended.said[:300]}", flush=True)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
