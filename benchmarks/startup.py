"""How long ``--help`` and ``--version`` take beside a bare typer program, measured in turns in one run.

python -m benchmarks.startup [ROUNDS]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

BARE = """
import typer
app = typer.Typer(rich_markup_mode=None)
@app.command()
def hello(name: str) -> None:
    "Say hello."
app()
"""
PROGRAMS = {
    "bare typer --help": [sys.executable, "-c", BARE, "--help"],
    "pix-mailmerge --help": [sys.executable, "-m", "pix_mailmerge", "--help"],
    "pix-mailmerge --version": [sys.executable, "-m", "pix_mailmerge", "--version"],
}


def main(rounds: int = 15) -> None:
    """Print the median of each program, in milliseconds, and its ratio to the bare one."""
    times: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for _ in range(rounds):
        for name, command in PROGRAMS.items():
            started = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            times[name].append(time.perf_counter() - started)
    medians = {name: statistics.median(found) for name, found in times.items()}
    bare = next(iter(medians.values()))
    for name, median in medians.items():
        print(f"{name:24} {1000 * median:6.0f} ms  {median / bare:.2f}×")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
