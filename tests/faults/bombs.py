"""Run models that ask for endless time or memory: seconds until each is told, and the most memory a process took.

Seconds are of a processor, of all processes, their loading included: those of the clock, printed beside, depend on what
else the machine does.

The shipped models are run too: none may be taken for a bomb, however busy the machine.

python tests/faults/bombs.py [--busy PROCESSES]
"""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

sys.path.insert(0, str(Path(__file__).parent))
import processes
from scenes import ROOT, Scene

_ENDLESS = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
BOMBS = {
    "loops within loops": _ENDLESS,
    "a loop for one pupil only": "{% if numero == '9000007' %}" + _ENDLESS + "{% endif %}",
    "a text of a gigabyte": "{{ 'A' * 10**9 }}",
    "a text that doubles": (
        "{% set n = namespace(t='A') %}{% for a in range(99) %}{% set n.t = n.t ~ n.t %}{% endfor %}"
    ),
    "a list of a gigabyte": "{{ [0] * 10**9 }}",
    "a field a gigabyte wide": "{{ nom|center(10**9) }}",
    "a number of a million digits": "{{ '%1000000000d' % 1 }}",
    "all numbers in one text": "{{ (range(10**9)|join)|length }}",
}
MOST_SECONDS = 10
MOST_MEGABYTES = 500


@dataclass(frozen=True)
class Exploded:
    """How a run with a bomb ended. seconds: of a processor; clock: that passed. megabytes: of the largest process."""

    code: int
    seconds: float
    clock: float
    megabytes: float
    said: str

    @property
    def is_stopped(self) -> bool:
        return self.code == 5 and self.seconds <= MOST_SECONDS and self.megabytes <= MOST_MEGABYTES

    @property
    def is_given_up(self) -> bool:
        """Tell whether it was stopped after the time on the clock that a process may be silent, no model accused."""
        return self.code == 8 and "trop occupé" in self.said

    def told(self) -> str:
        took = f"{self.seconds:5.1f} s of processor ({self.clock:.1f} on the clock)"
        return f"code {self.code} {took} {self.megabytes:4.0f} MB"


def explode(scene: Scene, tag: str) -> Exploded:
    """Run the shipped attestation with one more tag."""
    model = scene.work / "modèle.docx"
    with zipfile.ZipFile(ROOT / "models/attestation-pix.docx") as own, zipfile.ZipFile(model, "w") as made:
        for name in own.namelist():
            content = own.read(name)
            if name == "word/document.xml":
                start = content.index(b"<w:body>") + len(b"<w:body>")
                paragraph = f"<w:p><w:r><w:t>{escape(tag)}</w:t></w:r></w:p>".encode()
                content = content[:start] + paragraph + content[start:]
            made.writestr(name, content)
    return merge(scene, model)


def merge(scene: Scene, model: Path) -> Exploded:
    """Run a model."""
    arguments = scene.command(scene.work / "out", "24 juin 2026", "--model", str(model), "--replace")[3:]
    started, before = time.monotonic(), processes.processor_seconds()
    done, megabytes = processes.run_in_memory(arguments, scene.environment())
    seconds, clock = processes.processor_seconds() - before, time.monotonic() - started
    return Exploded(done.returncode, seconds, clock, megabytes, " ".join(done.stderr.decode().split()))


@contextlib.contextmanager
def busy(processes: int) -> Iterator[None]:
    """Have so many processes compute for nothing meanwhile."""
    started = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)]
    try:
        yield
    finally:
        for one in started:
            one.kill()
            one.wait()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--busy", type=int, default=0)
    given = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as work, busy(given.busy):
        scene = Scene(Path(work), 30).prepare()
        for name, tag in BOMBS.items():
            ended = explode(scene, tag)
            print(f"{name:32} {ended.told()}  {ended.said[:140]}", flush=True)
            wrong += not (ended.is_stopped or (given.busy and ended.is_given_up))
        for model in sorted((ROOT / "models").glob("*.docx")):
            ended = merge(scene, model)
            print(f"{model.name:32} {ended.told()}", flush=True)
            wrong += ended.code != 0
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
