"""CSV to « Résultats Pix.xlsx », beside openpyxl's bare write-only loop of the same text cells.

Ours reads the CSV, selects, and writes every cell as text; openpyxl is handed the finished cells. Each runs in a
process of its own, in turn, so that a busy machine slows both alike and the peak memory is theirs.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks import pupils
from benchmarks.report import machine

ROOT = Path(__file__).resolve().parent.parent
ROWS, QUICK_ROWS = 100_000, 10_000
ROUNDS, QUICK_ROUNDS = 3, 3
OURS, OPENPYXL = "pix_mailmerge", "openpyxl-write-only"


def main(quick: bool) -> dict[str, object]:
    """Return rows per second of both, ours as a ratio of openpyxl's in the same round, peak memory, bytes."""
    rows = QUICK_ROWS if quick else ROWS
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "20260615_resultats_3A.csv"
        write_source(source, rows)
        found = [
            {method: _measured(method, source) for method in METHODS} for _ in range(QUICK_ROUNDS if quick else ROUNDS)
        ]
    return {"benchmark": "convert", "machine": machine(), "rows": rows, "results": _results(found, rows), "absent": []}


def write_source(file: Path, rows: int) -> None:
    """Write a class file of ``rows`` pupils in the form of Pix."""
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(pupils.HEADER)
        writer.writerows(record.cells for record in pupils.records(rows))


def convert(source: Path, file: Path) -> float:
    """Convert as the command does; return the seconds it took."""
    from pix_mailmerge.data_source.pix_export import read_sources
    from pix_mailmerge.data_source.results_xlsx import write_results
    from pix_mailmerge.data_source.select import select

    start = perf_counter()
    reading = read_sources([source])
    select(reading)
    write_results(file, reading.records)
    return perf_counter() - start


def write_only(source: Path, file: Path) -> float:
    """Write the cells that ``convert`` writes with openpyxl's write-only workbook; return the seconds it took."""
    from openpyxl import Workbook

    from pix_mailmerge.data_source.pix_export import read_sources

    reading = read_sources([source])
    rows = [list(reading.header), *(list(record.cells) for record in reading.records)]
    start = perf_counter()
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Feuil1")
    for row in rows:
        sheet.append(row)
    book.save(file)
    return perf_counter() - start


METHODS: dict[str, Callable[[Path, Path], float]] = {OURS: convert, OPENPYXL: write_only}


def _measured(method: str, source: Path) -> dict[str, float]:
    """Return the figures of one method, run in a process of its own."""
    print(f"convert: {method}", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", "benchmarks.convert", method, str(source), str(source.with_name("out.xlsx"))]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


def _results(found: list[dict[str, dict[str, float]]], rows: int) -> list[dict[str, object]]:
    return [
        {
            "name": method,
            "rows_per_second": round(rows / median(turn[method]["seconds"] for turn in found)),
            "ratio_to_openpyxl": round(
                median(turn[OPENPYXL]["seconds"] / turn[method]["seconds"] for turn in found), 2
            ),
            "peak_mb": max((turn[method]["peak_mb"] for turn in found), key=lambda peak: peak or 0.0),
            "bytes": found[-1][method]["bytes"],
        }
        for method in METHODS
    ]


def _child(method: str, source: str, file: str) -> None:
    seconds = METHODS[method](Path(source), Path(file))
    print(json.dumps({"seconds": seconds, "peak_mb": _peak_mb(), "bytes": Path(file).stat().st_size}))


def _peak_mb() -> float | None:
    """Return the most memory (MiB) this process held; None where the system does not tell (Windows)."""
    status = Path("/proc/self/status")
    if status.is_file():  # ru_maxrss would count the memory of the process that started us, too
        line = next(line for line in status.read_text("ascii", "replace").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    try:
        import resource
    except ImportError:
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    _child(*sys.argv[1:])
