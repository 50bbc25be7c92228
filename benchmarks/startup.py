"""How long ``--help`` and ``--version`` take beside a bare typer program, and a check of 300 pupils, in one run.

python -m benchmarks.startup [ROUNDS]
"""

from __future__ import annotations

import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.pupils import records

BARE = """
import typer
app = typer.Typer(rich_markup_mode=None)
@app.command()
def hello(name: str) -> None:
    "Say hello."
app()
"""
PUPILS, CLASSES = 300, 10
MODEL = Path(__file__).parents[1] / "models/attestation-pix.docx"
PROGRAM = [sys.executable, "-m", "pix_mailmerge"]


def main(rounds: int = 15) -> None:
    """Print the median of each program, in milliseconds, and its ratio to the bare one."""
    with tempfile.TemporaryDirectory() as folder:
        programs = {
            "bare typer --help": [sys.executable, "-c", BARE, "--help"],
            "pix-mailmerge --help": [*PROGRAM, "--help"],
            "pix-mailmerge --version": [*PROGRAM, "--version"],
            f"check of {PUPILS} pupils": [*PROGRAM, "check", *_classes(Path(folder)), "--model", str(MODEL), *SCHOOL],
        }
        times: dict[str, list[float]] = {name: [] for name in programs}
        for turn in range(rounds + 1):  # the first one compiles the modules, as an installation does
            for name, command in programs.items():
                spent = _seconds(command)
                if turn:
                    times[name].append(spent)
    medians = {name: statistics.median(found) for name, found in times.items()}
    bare = next(iter(medians.values()))
    for name, median in medians.items():
        print(f"{name:24} {1000 * median:6.0f} ms  {median / bare:.2f}×")


SCHOOL = ["--school", "Collège", "--city", "Lyon", "--head", "Mme Fontaine"]


def _seconds(command: list[str]) -> float:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return time.perf_counter() - started


def _classes(folder: Path) -> list[str]:
    """Write the pupils as the files of ten classes; return their paths."""
    files = []
    pupils = list(records(PUPILS))
    for number in range(CLASSES):
        file = folder / f"20260612_resultats_3{chr(ord('A') + number)}.csv"
        with file.open("w", encoding="utf-8-sig", newline="") as opened:
            rows = csv.writer(opened, delimiter=";", quoting=csv.QUOTE_ALL)
            rows.writerow(pupils[0].header)
            rows.writerows(one.cells for one in pupils[number::CLASSES])
        files.append(str(file))
    return files


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
