"""Run on real disks that are full, at many sizes, and on one that becomes read-only; mounts small ones (root, Linux).

    python tests/faults/full_disk.py [--sizes 30]

The disk holds the results of another date; so many kilobytes are left free. Then every file at a final name must be,
byte for byte, the old or the new one; the program must end with 6 and say that the disk is full. With more room, the
next run makes everything. Native code (the embedded engine, LibreOffice) fails like everything else.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from scenes import Ended, Held, Scene, broken, describe, held, without_report

OLD, NEW = "1 juin 2026", "24 juin 2026"


@contextmanager
def disk(folder: Path) -> Iterator[Path]:
    """Mount a disk of 64 MB of memory on a folder."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def change(folder: Path, option: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{option}", str(folder)], check=True)


def fill(folder: Path, kilobytes: int) -> Path:
    """Leave so many kilobytes free, and return the file that takes the rest."""
    ballast = folder / "ballast"
    with ballast.open("wb") as file:
        file.write(bytes(max(0, shutil.disk_usage(folder).free - 1024 * kilobytes)))
    return ballast


def judge(ended: Ended, found: Held, whole: tuple[Held, Held], said: str, name: str, faults: list[str]) -> None:
    faults += [f"{name}: {path} is neither the old nor the new file" for path in broken(found, *whole)]
    faults += [f"{name}: {path} is gone" for path in whole[0].keys() - found.keys()]
    if ended.code == 0 and without_report(found) != without_report(whole[1]):
        faults.append(f"{name}: ended with 0, and not everything is made")
    if ended.code not in (0, 6) or (ended.code == 6 and said not in ended.err):
        faults.append(f"{name}: ended with {ended.code}: {' '.join(ended.err.split())[-300:]}")


def run_full(scene: Scene, sizes: int, engine: str) -> tuple[Counter[str], list[str]]:
    """Return what was counted and what went wrong."""
    counted: Counter[str] = Counter()
    faults: list[str] = []
    options = ("--engine", engine)
    old, new = scene.work / "old", scene.work / "new"
    scene.run(old, OLD, *options)
    scene.run(new, NEW, *options)
    whole = held(old), held(new)
    weight = sum(path.stat().st_size for path in new.rglob("*") if path.is_file()) // 1024
    for number in range(sizes):
        free = 4 + number * weight * 2 // sizes
        with disk(scene.work / f"disk-{number}") as mounted:
            out = mounted / "out"
            shutil.copytree(old, out)
            ballast = fill(mounted, free)
            ended = scene.run(out, NEW, *options)
            counted[f"{engine}: full disks, ended with {ended.code}"] += 1
            judge(ended, held(out), whole, "disque est plein", f"{engine}, {free} KB free", faults)
            ballast.unlink()
            again = scene.run(out, NEW, *options)
            same = again.code == 0 and without_report(held(out)) == without_report(whole[1])
            counted[f"{engine}: runs with more room that made everything"] += same
            if not same or scene.left_over(out):
                faults.append(f"{engine}, {free} KB free: again {again.code}, {scene.left_over(out)[:3]}")
    with disk(scene.work / "disk") as mounted:
        out = mounted / "out"
        shutil.copytree(old, out)
        change(mounted, "ro")
        ended = scene.run(out, NEW, *options)
        counted[f"{engine}: read-only disks, ended with {ended.code}"] += 1
        judge(
            ended,
            held(out),
            whole,
            "en écriture" if "en écriture" in ended.err else "lecture seule",
            f"{engine}, read-only",
            faults,
        )
        change(mounted, "rw")
    return counted, faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, default=30)
    parser.add_argument("--engines", nargs="+", default=["embedded", "libreoffice"])
    given = parser.parse_args()
    wrong: list[str] = []
    for engine in given.engines:
        with tempfile.TemporaryDirectory() as work:
            counted, faults = run_full(Scene(Path(work), 6, 3).prepare(), given.sizes, engine)
        print(describe(counted), flush=True)
        wrong += faults
    print("\n".join(wrong) or "nothing went wrong")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
