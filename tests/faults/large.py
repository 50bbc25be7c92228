"""Run a very large school: everything is made, memory stays bounded, time grows with the pupils and no faster.

python tests/faults/large.py [--pupils 5000 20000]
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import processes
from scenes import Scene


def make(work: Path, pupils: int) -> tuple[float, float, list[str]]:
    """Return the seconds of a processor, the most megabytes of one process, and what is wrong."""
    scene = Scene(work, pupils).prepare()
    out = work / "out"
    peaks: Counter[int] = Counter()

    def look(pid: int) -> None:
        peaks[pid] = max(peaks[pid], processes.peak_memory(pid))

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = processes.watch(scene.command(out), scene.environment(), look, every=0.2)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    kinds = Counter(path.suffix for path in out.glob("3C*/*"))
    classes = -(-pupils // scene.per_class)
    expected = {".docx": pupils, ".pdf": pupils}
    wrong = [] if done.returncode == 0 else [f"code {done.returncode}: {done.stderr.decode()[-500:]}"]
    if {kind: kinds[kind] for kind in expected} != expected:
        wrong.append(f"per pupil: {kinds}")
    if len(list(out.glob("3C*.pdf"))) != classes or len(list(out.glob("3C*.docx"))) != classes:
        wrong.append("documents of classes are missing")
    if not (out / "Attestations.pdf").exists() or (out / "Attestations.docx").exists() != (pupils <= 2_000):
        wrong.append("the school's documents are not those that are promised")
    if pupils > 2_000 and "Attestations.docx" not in done.stdout.decode() + done.stderr.decode():
        wrong.append("that the school's .docx is left out is not said")
    print("\n".join(done.stdout.decode().splitlines()[-8:]))
    return seconds, max(peaks.values()) / 1024, wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pupils", type=int, nargs="+", default=[5_000, 20_000])
    given = parser.parse_args()
    wrong: list[str] = []
    for pupils in given.pupils:
        with tempfile.TemporaryDirectory() as work:
            seconds, megabytes, told = make(Path(work), pupils)
        wrong += told
        pace = f"{1_000 * seconds / pupils:.1f} s per 1,000"
        print(f"{pupils} pupils: {seconds:.0f} s of processor ({pace}), {megabytes:.0f} MB in one process", flush=True)
    print("\n".join(wrong) or "nothing went wrong")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
