"""Kill a run and all its processes (SIGKILL) at random moments; see what stands in its folder, and run it again.

    python tests/faults/kills.py --count 200 [--pupils 300] [--seed 1] [--engine embedded|libreoffice]
                                  [--minutes 60]

Three situations in turns: an empty folder; a folder that holds the results of another date, being replaced; a folder in
which another run was killed just before. After each kill, every file at a final name must be, byte for byte, the old or
the new one; a second run must make what an undisturbed one makes, and leave nothing temporary anywhere. The moment is
a random share of the files that a run makes, and a random part of a second more: other work on the machine does not
change where in the run it falls.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from scenes import OWN, Held, Scene, broken, describe, held, kill_group, without_report

OTHER_DATE = "1 juin 2026"


def kill(
    scene: Scene, count: int, seed: int, engine: str = "embedded", minutes: float = float("inf")
) -> tuple[Counter[str], list[str]]:
    """Return what was counted and what went wrong, of ``count`` kills, or of those that so many minutes allow."""
    end = time.monotonic() + 60 * minutes
    options = ("--engine", engine)
    counted: Counter[str] = Counter()
    faults: list[str] = []
    chance = random.Random(seed)
    old, whole = scene.work / "old", scene.work / "whole"
    scene.run(old, OTHER_DATE, *options)
    started = time.monotonic()
    undisturbed = scene.run(whole, "24 juin 2026", *options)
    lasts = time.monotonic() - started
    assert undisturbed.code == 0, undisturbed.err
    before, wanted = held(old), held(whole)
    print(f"an undisturbed run: {len(wanted)} files in {lasts:.1f} s", flush=True)
    for number in range(count):
        if time.monotonic() > end:
            break
        out = scene.work / f"out-{number}"
        if number % 3 == 1:
            shutil.copytree(old, out)
        kills = 2 if number % 3 == 2 else 1
        for _ in range(kills):
            counted["kills"] += 1
            files = int(chance.uniform(-0.05, 1.1) * len(wanted))
            alive = killed(scene, out, files, chance.uniform(0, lasts / 20), options)
            counted["of which while it was at work"] += alive
            judge(scene, out, before, wanted, counted, faults, f"kill {number}")
        after(scene, out, wanted, options, counted, faults, f"run after kill {number}")
        shutil.rmtree(out)
    return counted, faults


def killed(scene: Scene, out: Path, files: int, seconds: float, options: tuple[str, ...]) -> bool:
    """Start a run, kill its group once it has begun so many files, and tell whether it was still at work."""
    process = subprocess.Popen(
        scene.command(out, "24 juin 2026", *options),
        env=scene.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while process.poll() is None and begun(out) < files:
        time.sleep(0.01)
    time.sleep(seconds)
    return kill_group(process)


def begun(out: Path) -> int:
    """Return the number of the last file that a run has begun: those that are not delivered yet are numbered."""
    aside = out / OWN / "en-cours"
    return max((int(path.stem) for path in aside.glob("*") if path.stem.isdecimal()), default=0)


def judge(
    scene: Scene, out: Path, before: Held, wanted: Held, counted: Counter[str], faults: list[str], name: str
) -> None:
    """Note each file at a final name that is neither the old nor the new one, and a journal that cannot be read."""
    found = held(out) if out.exists() else {}
    counted["files at final names after a kill"] += len(found)
    counted["kills that left part of the files"] += 0 < len(found) < len(wanted)
    bad = broken(found, before, wanted)
    counted["of these corrupt"] += len(bad)
    faults += [f"{name}: {path} is neither the old nor the new file" for path in bad]
    journal = out / ".pix-mailmerge/journal.json"
    if journal.exists():
        json.loads(journal.read_text("utf-8"))
    counted["kills that left temporary files"] += bool(out.exists() and scene.left_over(out))


def after(
    scene: Scene,
    out: Path,
    wanted: Held,
    options: tuple[str, ...],
    counted: Counter[str],
    faults: list[str],
    name: str,
) -> None:
    """Run again without being asked anything and compare with the undisturbed run."""
    again = scene.run(out, "24 juin 2026", *options)
    counted["runs after a kill"] += 1
    if again.code:
        faults.append(f"{name}: code {again.code}: {again.err.strip()[-300:]}")
        return
    found = held(out)
    counted["that made all pupils"] += len([path for path in found if path.count("/") and path.endswith(".pdf")]) == (
        scene.pupils
    )
    same = without_report(found) == without_report(wanted) and found.keys() == wanted.keys()
    counted["with the bytes of an undisturbed run"] += same
    left = scene.left_over(out)
    counted["with nothing temporary left"] += not left
    if not same:
        differing = [path for path in wanted if found.get(path) != wanted[path]] + [*(found.keys() - wanted.keys())]
        faults.append(f"{name}: other bytes: {differing[:5]}")
    if left:
        faults.append(f"{name}: left: {left[:5]}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--pupils", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", default="embedded")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop then, whatever the count")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        scene = Scene(Path(work), given.pupils).prepare()
        counted, faults = kill(scene, given.count, given.seed, given.engine, given.minutes)
    print(describe(counted))
    print("\n".join(faults) or "nothing went wrong")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
