"""The processor time of a document, method by method: what a busy machine changes least.

python -m benchmarks.cpu render|fallback|compose [--count N] [--rounds R]
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks import methods, peer_models, pupils
from benchmarks.rounds import ROOT, tell

COUNTS = {
    "render": {"pix_mailmerge": 2000, "docxtpl": 60, "docxtpl-reused": 60, "docx-mailmerge2": 100, "floor": 2000},
    "fallback": {"pix_mailmerge": 600, "docxtpl": 60},
    "compose": {"pix_mailmerge": 1000, "docx-mailmerge2": 1000, "floor": 1000},
}
"""Benchmark -> method -> pupils."""
GROUPS = {"render": "methods", "fallback": "methods", "compose": "composed"}


def main() -> None:
    """Print the median of each method in microseconds, and how many times ours it takes within each round."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cpu", description=__doc__)
    parser.add_argument("benchmark", choices=COUNTS)
    parser.add_argument("--count", type=int, metavar="N", help="pupils of a composed document")
    parser.add_argument("--rounds", type=int, metavar="R", default=5)
    order = parser.parse_args()
    counts = COUNTS[order.benchmark]
    if order.count:
        counts = dict.fromkeys(counts, order.count)
    times: dict[str, list[float]] = {name: [] for name in counts}
    with tempfile.TemporaryDirectory(prefix="pix-benchmark-") as name:
        peer_models.make_models(Path(name), 0)
        if order.benchmark == "fallback":
            peer_models.add_table_of_cells(Path(name) / peer_models.JINJA)
        for turn in range(order.rounds):
            for method, count in counts.items():
                tell(f"round {turn + 1}: {method}, {count} pupils")
                times[method].append(_asked(GROUPS[order.benchmark], method, name, count))
    for method, found in times.items():
        ratio = median(theirs / ours for theirs, ours in zip(found, times["pix_mailmerge"], strict=True))
        print(f"{method:16} {median(found):8.0f} µs  {ratio:6.2f}×  ({min(found):.0f} to {max(found):.0f} µs)")


def _asked(group: str, method: str, workshop: str, count: int) -> float:
    """Return what a new process answers."""
    command = [sys.executable, "-m", "benchmarks.cpu", "measure", group, method, workshop, str(count)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout)


def _measured(group: str, name: str, workshop: str, count: str) -> float:
    """Return the microseconds of processor time, the system's too, that a document takes in this process."""
    made = importlib.import_module(f"benchmarks.{group}").METHODS
    method = made[name](methods.Workshop(Path(workshop)))
    values = [method.values(record) for record in pupils.records(int(count))]
    gc.collect()
    gc.freeze()
    with tempfile.TemporaryDirectory(dir=workshop) as folder:
        before = os.times()
        method.run(values, Path(folder))
        after = os.times()
    return (after.user - before.user + after.system - before.system) / int(count) * 1e6


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        print(_measured(*sys.argv[2:]))
    else:
        main()
