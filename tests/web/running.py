"""A real server in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass
class Server:
    """A running page. link: as it was printed; temporary: the folder in which the private one is."""

    process: subprocess.Popen[str]
    link: str
    temporary: Path

    @property
    def origin(self) -> str:
        return "/".join(self.link.split("/")[:3])

    @property
    def work(self) -> list[Path]:
        """Return the files of work that are on the disk."""
        return [path for path in self.temporary.rglob("*") if path.is_file()]

    @property
    def work_of_user(self) -> list[Path]:
        """Return what the user gave or had made: all but the lock."""
        return [path for path in self.work if path.name != "verrou"]

    def end(self, how: int = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(how)
        return self.process.wait(timeout=30)


def start(folder: Path, *, code: str | None = None) -> Server:
    """Start a page whose settings and private folder are in ``folder``."""
    temporary = folder / "temporary"
    temporary.mkdir(exist_ok=True)
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(temporary), "PYTHONIOENCODING": "utf-8"}
    asked = ["-c", code] if code else ["-m", "pix_mailmerge", "serve", "--no-browser"]
    process = subprocess.Popen(
        [sys.executable, *asked], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return Server(process, process.stdout.readline().strip(), temporary)
