"""Run models that ask for endless time or memory: seconds until each is told, and the most memory a process took.

Seconds are of a processor, of all processes, their loading included: those of the clock, printed beside, depend on what
else the machine does.

python tests/faults/bombs.py
"""

from __future__ import annotations

import sys
import tempfile
import time
import zipfile
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


def explode(scene: Scene, tag: str) -> Exploded:
    """Run the shipped model with one more tag."""
    model = scene.work / "modèle.docx"
    with zipfile.ZipFile(ROOT / "models/attestation-pix.docx") as own, zipfile.ZipFile(model, "w") as made:
        for name in own.namelist():
            content = own.read(name)
            if name == "word/document.xml":
                start = content.index(b"<w:body>") + len(b"<w:body>")
                paragraph = f"<w:p><w:r><w:t>{escape(tag)}</w:t></w:r></w:p>".encode()
                content = content[:start] + paragraph + content[start:]
            made.writestr(name, content)
    arguments = scene.command(scene.work / "out", "24 juin 2026", "--model", str(model))[3:]
    started, before = time.monotonic(), processes.processor_seconds()
    done, megabytes = processes.run_in_memory(arguments, scene.environment())
    seconds, clock = processes.processor_seconds() - before, time.monotonic() - started
    return Exploded(done.returncode, seconds, clock, megabytes, " ".join(done.stderr.decode().split()))


def main() -> int:
    wrong = 0
    with tempfile.TemporaryDirectory() as work:
        scene = Scene(Path(work), 30).prepare()
        for name, tag in BOMBS.items():
            ended = explode(scene, tag)
            wrong += ended.code != 5 or ended.seconds > MOST_SECONDS or ended.megabytes > MOST_MEGABYTES
            took = f"{ended.seconds:5.1f} s of processor ({ended.clock:.1f} on the clock) {ended.megabytes:4.0f} MB"
            print(f"{name:32} code {ended.code} {took}  {ended.said[:140]}", flush=True)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
