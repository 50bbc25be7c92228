"""dxpdf, the engine that installs with the package: no Office, about 270 pages per second on one core.

Only this module knows it. It runs in a child process: a panic or a hang does not end ours, fontconfig reads its
environment there, and what it prints on stderr (a warning per call on Debian 12) reaches nobody.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from pix_mailmerge.destination.engines.child import Child, ChildDiedError, ChildRefusedError, ChildTimeoutError
from pix_mailmerge.destination.engines.engine import Answer, Job, Program, converted, count_pages, failed
from pix_mailmerge.destination.engines.own_fonts import font_environment
from pix_mailmerge.problems import ProgramMissingError, error

NAME = "embedded"
TITLE = "Le moteur intégré (dxpdf)"
TIMEOUT = 120.0
"""Seconds for one document; 300 pages take one."""


def find_program() -> Program | None:
    """Return dxpdf and its version, None where it is not installed."""
    if importlib.util.find_spec("dxpdf") is None:
        return None
    from importlib.metadata import version  # loads the mail package, which the child has no use for

    return Program(NAME, TITLE, version("dxpdf"))


class EmbeddedSession:
    """dxpdf in a process of its own, started at once; one per core may run."""

    keeps_bookmarks = True

    def __init__(self, *, system_fonts: bool = False) -> None:
        """system_fonts: see the machine's fonts beside ours (0.5 s more per document, and other pages elsewhere).

        Raises ProgramMissingError where dxpdf is not installed.
        """
        if find_program() is None:
            raise ProgramMissingError(
                error(
                    "missing.embedded",
                    "Le moteur PDF intégré (dxpdf) n’est pas installé.",
                    "Réinstallez pix-mailmerge (pip install --force-reinstall pix-mailmerge).",
                )
            )
        self._child = Child(__name__, font_environment(system_fonts))

    def convert(self, docx: Path, pdf: Path, *, timeout: float | None = None) -> int:
        """Write ``pdf`` (which must not exist) from ``docx`` and return its pages.

        Raises ProgramFailedError, OSError.
        """
        seconds = TIMEOUT if timeout is None else timeout
        try:
            self._child.call("convert", str(docx), str(pdf), timeout=seconds)
        except ChildRefusedError as cause:
            if cause.errno is not None:  # the disk refused, not the engine
                raise OSError(cause.errno, os.strerror(cause.errno)) from cause
            raise failed("program.refused", f"{TITLE} n’a pas su lire le document ({cause}).", docx) from cause
        except ChildTimeoutError as cause:
            raise failed("program.timeout", f"{TITLE} n’a pas répondu en {seconds:g} secondes.", docx) from cause
        except ChildDiedError as cause:
            raise failed("program.crashed", f"{TITLE} s’est arrêté brusquement.", docx) from cause
        return count_pages(pdf, TITLE, docx)

    def convert_batch(self, jobs: Sequence[Job], *, timeout: float | None = None) -> list[Answer]:
        """Convert all ``jobs``, ``timeout`` seconds each, and return the pages, or the error, of each."""
        return converted(self, jobs, timeout)

    def close(self) -> None:
        """End the process."""
        self._child.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, cause: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def warm_up() -> None:
    """Load dxpdf, 30 MB, while the parent is still merging; where it is broken, the first request says so."""
    with contextlib.suppress(ImportError):
        importlib.import_module("dxpdf")


def _convert(docx: str, pdf: str) -> None:
    """Convert in this process, the child."""
    import dxpdf  # 30 MB that only the child needs

    Path(pdf).write_bytes(dxpdf.convert(Path(docx).read_bytes()))  # its convert_file does not tell a full disk apart


CALLS = {"convert": _convert}
