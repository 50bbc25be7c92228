"""What the fault commands share: made-up classes, the program in a process of its own, and what a folder holds.

The whole truth about a file is its bytes: the same input gives the same ones, so a file at a final name is the old one,
the new one, or broken.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import plant

ROOT = Path(__file__).parents[2]
OWN = ".pix-mailmerge"
KEPT = ("journal.json", "verrou", "modele-", "signature-")
"""How the names begin that a finished run keeps beside its journal."""

Held = dict[str, str]
"""Path in the folder -> SHA-256."""


@dataclass(frozen=True)
class Scene:
    """A folder with sources and an environment of its own, so that what is left anywhere is seen.

    temporary: what the program takes for the system's folder of temporary files. first: folders that come before all
    others where Python looks for modules.
    """

    work: Path
    pupils: int
    per_class: int = 30
    first: tuple[str, ...] = ()

    @property
    def temporary(self) -> Path:
        return self.work / "tmp"

    def prepare(self, seed: int = 1) -> Scene:
        rows = list(plant.pupils(self.pupils, random.Random(seed)))
        sources = self.work / "sources"
        sources.mkdir()
        self.temporary.mkdir()
        for number, start in enumerate(range(0, self.pupils, self.per_class)):
            plant.write_source(sources / f"20260612_resultats_3C{number:02d}.csv", rows[start : start + self.per_class])
        plant.write_signature(self.work / "signature.png")
        return self

    def command(self, out: Path, date: str = "24 juin 2026", *more: str) -> list[str]:
        """Return the command that makes everything in ``out``."""
        school = ("--school", "Collège Jean-Moulin", "--city", "Lyon", "--head", "Mme Claire Fontaine", "--date", date)
        given = ("--signature", str(self.work / "signature.png"), "--out", str(out), *more)
        return [sys.executable, "-m", "pix_mailmerge", "run", str(self.work / "sources"), *school, *given]

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PIX_MAILMERGE_")}
        found = {"PYTHONPATH": os.pathsep.join((*self.first, str(ROOT))), "PYTHONIOENCODING": "utf-8"}
        own = {"TMPDIR": self.temporary, "HOME": self.work, "XDG_CONFIG_HOME": self.work / "config"}
        return kept | found | {name: str(path) for name, path in own.items()} | more

    def run(self, out: Path, date: str = "24 juin 2026", *more: str, **environment: str) -> Ended:
        """Run the command to its end."""
        done = subprocess.run(
            self.command(out, date, *more), env=self.environment(**environment), capture_output=True, timeout=600
        )
        return Ended(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))

    def left_over(self, out: Path) -> list[str]:
        """Return what is left that a finished run leaves nowhere: beside the journal, in the temporary folder."""
        own = out / OWN
        found = [path for path in own.iterdir() if not path.name.startswith(KEPT)] if own.is_dir() else []
        found += out.rglob(".pix-*.tmp")
        return [str(path.relative_to(self.work)) for path in (*found, *self.temporary.iterdir())]


@dataclass(frozen=True)
class Ended:
    """How the program ended: its exit code and what it said."""

    code: int
    out: str
    err: str


def held(folder: Path) -> Held:
    """Return what stands at final names."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and OWN not in path.parts
    }


def broken(found: Mapping[str, str], *whole: Mapping[str, str]) -> list[str]:
    """Return the files that are none of those that a whole run makes; the report tells of the run itself."""
    return [
        path for path, digest in found.items() if not is_report(path) and all(one.get(path) != digest for one in whole)
    ]


def is_report(path: str) -> bool:
    return path in ("Bilan.html", "bilan.json")


def without_report(found: Mapping[str, str]) -> Held:
    return {path: digest for path, digest in found.items() if not is_report(path)}


def kill_group(process: subprocess.Popen[bytes]) -> bool:
    """Kill our own child and all that it started, at once; tell whether it was still at work."""
    alive = process.poll() is None
    if alive:
        os.killpg(process.pid, signal.SIGKILL)  # start_new_session made it the leader of its group
    process.wait()
    return alive


def describe(counted: Mapping[str, int] | Sequence[tuple[str, int]]) -> str:
    return "\n".join(f"{what:60} {number:6}" for what, number in dict(counted).items())
