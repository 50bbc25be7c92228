"""Microsoft Word on Windows and macOS, through docx2pdf.

docx2pdf joins the Word that the user has open and closes it, hangs every few hundred files, ends the interpreter with
``sys.exit`` and ``assert``, and may say nothing at all. So it runs in a child process with a time limit, in a private
folder that holds our copies only, one file at a time; the child is started again every 100 files; and only the PDF is
believed. Tested against a fake of Word, not on a real one.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from pix_mailmerge.destination.engines.child import (
    Child,
    ChildDiedError,
    ChildError,
    ChildRefusedError,
    ChildTimeoutError,
)
from pix_mailmerge.destination.engines.engine import Answer, Job, Program, converted, count_pages, failed
from pix_mailmerge.destination.private import private_folder
from pix_mailmerge.problems import ProgramFailedError, ProgramMissingError, error

NAME = "word"
TITLE = "Microsoft Word"
TIMEOUT = 120.0
"""Seconds for one document, Word's start included."""
FILES_PER_CHILD = 100
ATTEMPTS = 3
RETRY_SECONDS = 2.0
BUSY = ("-2147418111", "0x80010001", "-2147417846", "rejected by callee", "rejeté par l")
"""What COM says while Word is busy (a dialog, another program): RPC_E_CALL_REJECTED, RPC_E_SERVERCALL_RETRYLATER."""

_MAC_WORD = Path("/Applications/Microsoft Word.app")
_MAC_FOLDER = Path("Library/Group Containers/UBF8T346G9.Office")
"""In the home: the only place where Word of macOS opens and writes files without a dialog for each."""


def find_program() -> Program | None:
    """Return Word where it and docx2pdf are installed; None elsewhere, and always on Linux."""
    if importlib.util.find_spec("docx2pdf") is None or not _word_is_installed():
        return None
    return Program(NAME, TITLE, f"docx2pdf {importlib.metadata.version('docx2pdf')}")


class WordSession:
    """Word at work through a child process; one at a time, for there is one Word."""

    keeps_bookmarks = False
    """docx2pdf saves as PDF without Word's option to export bookmarks: documents are converted one by one."""

    def __init__(self, work: Path | None = None) -> None:
        """work: folder for the private copies, but on macOS, where Word asks before it reads anywhere but in its own.

        Raises ProgramMissingError.
        """
        if find_program() is None:
            raise ProgramMissingError(
                error(
                    "missing.word",
                    "Microsoft Word n’a pas été trouvé : il faut Windows ou macOS, et Word installé.",
                    "Choisissez --engine embedded ou --engine libreoffice.",
                )
            )
        self._kept = contextlib.ExitStack()
        self._folder = self._kept.enter_context(private_folder(_folder_of_word() or work)).absolute()
        self._child: Child | None = None
        self._count = 0
        self._others = _word_processes()

    def convert(self, docx: Path, pdf: Path, *, timeout: float | None = None) -> int:
        """Write ``pdf`` (which must not exist) from ``docx`` and return its pages; raise ProgramFailedError."""
        seconds = TIMEOUT if timeout is None else timeout
        self._count += 1
        copy = self._folder / f"lot-{self._count:03d}.docx"
        made = copy.with_suffix(".pdf")
        shutil.copyfile(docx, copy)
        try:
            self._convert(copy, made, docx, seconds)
            pages = count_pages(made, TITLE, docx)
            shutil.move(made, pdf)
        finally:
            for left in (copy, made):
                with contextlib.suppress(OSError):  # Word may hold it; the folder goes at the end
                    left.unlink()
        return pages

    def convert_batch(self, jobs: Sequence[Job], *, timeout: float | None = None) -> list[Answer]:
        """Convert all ``jobs``, ``timeout`` seconds each, and return the pages, or the error, of each."""
        return converted(self, jobs, timeout)

    def close(self) -> None:
        """End the child, and Word where we started it; a Word that the user had open stays."""
        if self._child is not None:
            with contextlib.suppress(ChildError):
                if not self._others:
                    self._child.call("leave", timeout=10)
            self._child.close()
        self._kept.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, cause: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _convert(self, copy: Path, made: Path, docx: Path, seconds: float) -> None:
        """Ask the child, again while Word is busy, and once more in a new child where it crashed or did nothing."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self._ready().call("convert", str(copy), str(made), timeout=seconds)
                if made.exists() or attempt == ATTEMPTS:
                    return
            except ChildTimeoutError as cause:
                self._end_our_word()
                raise self._too_slow(docx, seconds) from cause
            except ChildDiedError as cause:
                if attempt == ATTEMPTS:
                    raise failed("program.crashed", f"{TITLE} s’est arrêté brusquement.", docx) from cause
            except ChildRefusedError as cause:
                if attempt == ATTEMPTS or not any(sign in str(cause) for sign in BUSY):
                    raise failed("program.refused", f"{TITLE} n’a pas converti le document ({cause}).", docx) from cause
                time.sleep(RETRY_SECONDS)

    def _ready(self) -> Child:
        """Return the child, a new one every 100 files: a Word that has served many hangs."""
        if self._child is None or self._count % FILES_PER_CHILD == 0:
            if self._child is not None:
                self._child.close()
            self._child = Child(__name__)
        return self._child

    def _too_slow(self, docx: Path, seconds: float) -> ProgramFailedError:
        what = f"{TITLE} n’a pas répondu en {seconds:g} secondes."
        remedy = "Regardez si Word attend une réponse dans une fenêtre, fermez-le, puis recommencez."
        return failed("program.timeout", what, docx, remedy)

    def _end_our_word(self) -> None:
        """End a Word that hangs, by its process id, and only where none was open before we began."""
        if not self._others:
            for process in _word_processes():
                _end_process(process)


def _convert(docx: str, pdf: str) -> None:
    """Convert in this process, the child. Word stays open for the next file: the session ends it."""
    import docx2pdf  # needs Word, and writes a progress bar on stderr

    docx2pdf.convert(docx, pdf, keep_active=True)


def _leave() -> None:
    """Ask Word to close itself (in the child), unless someone opened a document in it meanwhile."""
    if sys.platform == "win32":
        import win32com.client

        word = win32com.client.Dispatch("Word.Application")
        if word.Documents.Count == 0:
            word.Quit()
    elif sys.platform == "darwin":
        script = 'tell application "Microsoft Word" to if (count of documents) is 0 then quit'
        subprocess.run(["/usr/bin/osascript", "-e", script], check=False, timeout=10)


CALLS = {"convert": _convert, "leave": _leave}


def _word_is_installed() -> bool:
    found = False
    if sys.platform == "win32":
        import winreg

        with contextlib.suppress(OSError):
            winreg.CloseKey(winreg.OpenKey(winreg.HKEY_CLASSES_ROOT, "Word.Application"))
            found = True
    elif sys.platform == "darwin":
        found = _MAC_WORD.exists()
    return found


def _folder_of_word() -> Path | None:
    folder = Path.home() / _MAC_FOLDER
    return folder if sys.platform == "darwin" and folder.is_dir() else None


def _word_processes() -> frozenset[int]:
    """Return the process ids of the Words that run now."""
    words: list[str] = []
    if sys.platform == "win32":
        rows = _said("tasklist", "/FI", "IMAGENAME eq WINWORD.EXE", "/FO", "CSV", "/NH").splitlines()
        words = [row.split('","')[1] for row in rows if row.upper().startswith('"WINWORD') and '","' in row]
    elif sys.platform == "darwin":
        words = _said("pgrep", "-x", "Microsoft Word").split()
    return frozenset(int(word) for word in words if word.isdigit())


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, check=False).stdout.decode(errors="replace")


def _end_process(process: int) -> None:
    if sys.platform == "win32":
        _said("taskkill", "/F", "/PID", str(process))
    else:
        with contextlib.suppress(OSError):
            os.kill(process, signal.SIGKILL)
