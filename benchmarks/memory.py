"""The most memory that a process, or one that it started, held while it was followed (Linux)."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from typing import Self


class Watch:
    """Follows a process and its descendants. peak_mb: the highest resident size (MiB) of one of them."""

    def __init__(self) -> None:
        self.peak_mb: float | None = None
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def follow(self, pid: int) -> None:
        """Begin to look, twenty times a second."""
        self._thread = threading.Thread(target=self._look, args=(pid,), daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_cause: object) -> None:
        self._ended.set()
        if self._thread:
            self._thread.join()

    def _look(self, pid: int) -> None:
        while not self._ended.wait(0.05):
            for one in _family(pid):
                with contextlib.suppress(OSError, IndexError):
                    told = Path(f"/proc/{one}/status").read_text().partition("VmHWM:")[2].split()
                    self.peak_mb = max(self.peak_mb or 0.0, int(told[0]) / 1024)


def _family(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{one}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found
