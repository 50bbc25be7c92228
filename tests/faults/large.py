"""Run a very large school, twice: everything is made, memory stays bounded, time grows with the pupils and no faster.

python tests/faults/large.py [--pupils 5000 20000]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import processes
from scenes import Scene

MOST_MEGABYTES = 500
MOST_OPEN_FILES = 256
"""What macOS lets a program have open."""


@dataclass(frozen=True)
class Measured:
    """A run. seconds: of a processor, of all its processes. megabytes, files: the most of one process."""

    code: int
    said: str
    seconds: float
    megabytes: float
    files: int

    def told(self, what: str, pupils: int) -> str:
        pace = f"{1_000 * self.seconds / pupils:.1f} s per 1,000"
        peaks = f"{self.megabytes:.0f} MB and {self.files} open files in one process"
        return f"{pupils} pupils, {what}: {self.seconds:.0f} s of processor ({pace}), {peaks}"

    def wrong(self) -> list[str]:
        wrong = [] if self.code == 0 else [f"code {self.code}: {self.said[-500:]}"]
        wrong += [f"{self.megabytes:.0f} MB in one process"] * (self.megabytes > MOST_MEGABYTES)
        return wrong + [f"{self.files} files open in one process"] * (self.files > MOST_OPEN_FILES)


def measured(scene: Scene, out: Path) -> Measured:
    memory: Counter[int] = Counter()
    files: Counter[int] = Counter()

    def look(pid: int) -> None:
        memory[pid] = max(memory[pid], processes.peak_memory(pid))
        files[pid] = max(files[pid], processes.open_files(pid))

    before = processes.processor_seconds()
    done = processes.watch(scene.command(out), scene.environment(), look, every=0.2)
    seconds = processes.processor_seconds() - before
    said = done.stdout.decode() + done.stderr.decode()
    return Measured(done.returncode, said, seconds, max(memory.values()) / 1024, max(files.values()))


def missing(scene: Scene, out: Path, said: str) -> list[str]:
    """Return what was promised and is not there."""
    pupils, classes = scene.pupils, -(-scene.pupils // scene.per_class)
    kinds = Counter(path.suffix for path in out.glob("3C*/*"))
    wrong = [] if kinds == {".docx": pupils, ".pdf": pupils} else [f"per pupil: {kinds}"]
    if len(list(out.glob("3C*.pdf"))) != classes or len(list(out.glob("3C*.docx"))) != classes:
        wrong.append("documents of classes are missing")
    if not (out / "Attestations.pdf").exists() or (out / "Attestations.docx").exists() != (pupils <= 2_000):
        wrong.append("the school's documents are not those that are promised")
    if pupils > 2_000 and "Attestations.docx" not in said:
        wrong.append("that the school's .docx is left out is not said")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pupils", type=int, nargs="+", default=[5_000, 20_000])
    given = parser.parse_args()
    wrong: list[str] = []
    for pupils in given.pupils:
        with tempfile.TemporaryDirectory() as work:
            scene = Scene(Path(work), pupils).prepare()
            out = scene.work / "out"
            first = measured(scene, out)
            print(first.told("all made", pupils), flush=True)
            again = measured(scene, out)
            print(again.told("all kept", pupils), flush=True)
            wrong += [*first.wrong(), *missing(scene, out, first.said), *again.wrong()]
    print("\n".join(wrong) or "nothing went wrong")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
