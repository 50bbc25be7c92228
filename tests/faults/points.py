"""Let each write, fsync, rename, open and mkdir of a run fail in its turn, in whichever of its processes it happens.

    python tests/faults/points.py [--every 1] [--pupils 6] [--again 5]

Each point is a run of its own over the results of another date, and fails in four ways: disk full, input/output
error, permission lost, disk full from there on. After it, each file at a final name must be, byte for byte, the old
or the new one; the program must end with 6 and say why in plain words, or with 0 where it could do without (a flush of
a folder) and everything is there. Every ``--again``-th time the run is made again without fault, and must make all.
"""

from __future__ import annotations

import argparse
import errno
import shutil
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from scenes import Ended, Scene, broken, describe, held, without_report

HOOK = str(Path(__file__).parent / "hook")
WAYS = ((errno.ENOSPC, False), (errno.EIO, False), (errno.EACCES, False), (errno.ENOSPC, True))
"""The error, and whether all that follow fail too."""
SAID = {
    errno.ENOSPC: "Le disque est plein",
    errno.EIO: "Le disque signale une erreur",
    errno.EACCES: "protégé en écriture",
}
DATES = ("1 juin 2026", "24 juin 2026")


@dataclass
class Points:
    """The runs of a scene, each with one fault."""

    scene: Scene
    counted: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.old = self.scene.work / "old"
        whole = self.scene.work / "whole"
        for folder, date in ((self.old, DATES[0]), (whole, DATES[1])):
            ended = self.run(folder, date)
            assert ended.code == 0, ended.err
        self.before, self.wanted = held(self.old), held(whole)
        shutil.copytree(self.old, self.scene.work / "count")
        counter = self.scene.work / "count.txt"
        ended = self.run(self.scene.work / "count", DATES[1], PIX_FAULT_COUNTER=str(counter))
        assert ended.code == 0, ended.err
        self.kinds = [line.split(" ", 1)[0] for line in counter.read_text("utf-8", "replace").splitlines()]

    def run(self, out: Path, date: str, **hook: str) -> Ended:
        return self.scene.run(out, date, PIX_FAULT_FOLDER=str(self.scene.work), **hook)

    def fail(self, number: int, error: int, *, lasts: bool, again: bool) -> None:
        """Make the run whose operation ``number`` fails, and judge it."""
        out = self.scene.work / f"out-{number}"
        shutil.copytree(self.old, out)
        counter = self.scene.work / f"count-{number}"
        hook = {"PIX_FAULT_COUNTER": str(counter), "PIX_FAULT_AT": str(number), "PIX_FAULT_ERRNO": str(error)}
        ended = self.run(out, DATES[1], **hook, **({"PIX_FAULT_LASTS": "1"} if lasts else {}))
        operations = counter.read_text("utf-8", "replace").splitlines()
        counter.unlink()
        name = f"{number}, {errno.errorcode[error]}{' from there on' if lasts else ''}"
        if len(operations) >= number:
            kind, _, path = operations[number - 1].strip().partition(" ")
            self.counted[f"fault at: {kind}"] += 1
            self.judge(out, ended, error, f"{name}, {kind} {path}")
        if again:
            self.again(out, name)
        shutil.rmtree(out)

    def judge(self, out: Path, ended: Ended, error: int, name: str) -> None:
        found = held(out)
        self.counted["runs with a fault"] += 1
        bad = broken(found, self.before, self.wanted)
        gone = [path for path in self.before if path not in found]
        self.counted["files that are neither the old nor the new one"] += len(bad) + len(gone)
        self.faults += [f"{name}: {path} is neither the old nor the new file" for path in (*bad, *gone)]
        self.counted[f"ended with {ended.code}"] += 1
        if ended.code == 0:
            if without_report(found) != without_report(self.wanted):
                self.faults.append(f"{name}: ended with 0, and not everything is made")
        elif ended.code != 6 or SAID[error] not in " ".join(ended.err.split()) or "Traceback" in ended.err:
            self.faults.append(f"{name}: ended with {ended.code}: {' '.join(ended.err.split())[-400:]}")

    def again(self, out: Path, name: str) -> None:
        ended = self.run(out, DATES[1])
        self.counted["runs after a fault"] += 1
        whole = ended.code == 0 and without_report(held(out)) == without_report(self.wanted)
        self.counted["that made everything, same bytes"] += whole
        left = self.scene.left_over(out)
        if not whole or left:
            self.faults.append(f"after {name}: ended with {ended.code}, left {left[:3]}: {ended.err[-300:]}")


def fail_at_points(scene: Scene, chosen: slice, again: int) -> Points:
    """Return what came of letting the operations of a run fail, each in each way, one after the other."""
    points = Points(scene)
    faults = [(number, *way) for way in WAYS for number in range(1, len(points.kinds) + 1)][chosen]
    kinds = ", ".join(f"{number} {kind}" for kind, number in Counter(points.kinds).items())
    print(f"a run has {len(points.kinds)} points ({kinds}); {len(faults)} faults", flush=True)
    for place, (number, error, lasts) in enumerate(faults):
        points.fail(number, error, lasts=lasts, again=again > 0 and place % again == 0)
    return points


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pupils", type=int, default=6)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--stop", type=int)
    parser.add_argument("--again", type=int, default=5, help="0: never")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        scene = Scene(Path(work).resolve(), given.pupils, 3, (HOOK,)).prepare()
        points = fail_at_points(scene, slice(given.start, given.stop, given.every), given.again)
    print(describe(points.counted))
    print("\n".join(points.faults) or "nothing went wrong")
    return int(bool(points.faults))


if __name__ == "__main__":
    sys.exit(main())
