"""Run models that ask for endless time or memory: seconds until each is told, and the most memory a process took.

python tests/faults/bombs.py
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

sys.path.insert(0, str(Path(__file__).parent))
from scenes import ROOT, Scene

BOMBS = {
    "loops within loops": "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "a text of a gigabyte": "{{ 'A' * 10**9 }}",
    "a text that doubles": (
        "{% set n = namespace(t='A') %}{% for a in range(99) %}{% set n.t = n.t ~ n.t %}{% endfor %}"
    ),
    "a list of a gigabyte": "{{ [0] * 10**9 }}",
    "a field a gigabyte wide": "{{ nom|center(10**9) }}",
    "a number of a million digits": "{{ '%1000000000d' % 1 }}",
    "text to fill a library": "{{ lipsum(n=10**6) }}",
}
WATCHED = """
import json, resource, sys, time
from pix_mailmerge import cli
started = time.monotonic()
code = cli.exit_code(sys.argv[1:])
# its own ru_maxrss would count the memory of the process that started it, too
own = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
usage = max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
print(json.dumps([code, time.monotonic() - started, usage / 1024]))
"""


@dataclass(frozen=True)
class Exploded:
    """How a run with a bomb ended. megabytes: of the process that took most."""

    code: int
    seconds: float
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
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, *arguments], env=scene.environment(), capture_output=True, timeout=300
    )
    code, seconds, megabytes = json.loads(done.stdout.splitlines()[-1])
    return Exploded(code, seconds, megabytes, " ".join(done.stderr.decode().split()))


def main() -> int:
    wrong = 0
    with tempfile.TemporaryDirectory() as work:
        scene = Scene(Path(work), 30).prepare()
        for name, tag in BOMBS.items():
            ended = explode(scene, tag)
            wrong += ended.code != 5 or ended.seconds > 10 or ended.megabytes > 500
            print(f"{name:32} code {ended.code} {ended.seconds:6.1f} s {ended.megabytes:6.0f} MB  {ended.said[:140]}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
