"""What every engine has in common: its answer to « is it there? », a session that converts, the verdict on a PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from pix_mailmerge.problems import Place, ProgramFailedError, error


@dataclass(frozen=True, slots=True)
class Program:
    """An outside program that was found. engine: our name for it; title: as users read it; path: None for a library."""

    engine: str
    title: str
    version: str
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """One file to convert: ``pdf`` must not exist yet."""

    docx: Path
    pdf: Path


Answer = int | ProgramFailedError
"""What a job of a batch gave: its pages, or why it gave none."""


class Session(Protocol):
    """An engine at work: started once, converts one file after the other.

    keeps_bookmarks: a Word bookmark becomes a named destination of the PDF.
    """

    keeps_bookmarks: bool

    def convert_batch(self, jobs: Sequence[Job], *, timeout: float | None = None) -> list[Answer]:
        """Convert all ``jobs`` and return the pages, or the error, of each: one bad file does not end the batch."""

    def convert(self, docx: Path, pdf: Path, *, timeout: float | None = None) -> int:
        """Write ``pdf`` (which must not exist) from ``docx`` and return its pages; raise ProgramFailedError."""

    def close(self) -> None:
        """End the program and remove what it left."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, cause: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def count_pages(pdf: Path, title: str, docx: Path) -> int:
    """Return the pages of the PDF that the engine ``title`` made from ``docx``: the verdict, read from the file alone.

    Raises ProgramFailedError: ``program.no-pdf`` where there is no file, ``program.bad-pdf`` where it cannot be opened
    as it stands (it is not repaired) or has no page.
    """
    import pikepdf  # 0.1 s that the child processes, which import this module too, need not pay

    if not pdf.exists():
        raise failed("program.no-pdf", f"{title} n’a pas écrit de PDF, sans dire pourquoi.", docx)
    try:
        with pikepdf.open(pdf, attempt_recovery=False, suppress_warnings=True) as opened:
            pages = len(opened.pages)
    except (pikepdf.PdfError, OSError, RuntimeError) as cause:
        raise failed("program.bad-pdf", f"{title} a écrit un PDF qui ne s’ouvre pas.", docx) from cause
    if pages == 0:
        raise failed("program.bad-pdf", f"{title} a écrit un PDF sans page.", docx)
    return pages


def converted(session: Session, jobs: Sequence[Job], timeout: float | None) -> list[Answer]:
    """Return the answers of an engine that knows no batches: one job after the other."""
    answers: list[Answer] = []
    for job in jobs:
        try:
            answers.append(session.convert(job.docx, job.pdf, timeout=timeout))
        except ProgramFailedError as cause:
            answers.append(cause)
    return answers


def failed(id: str, what: str, docx: Path, remedy: str = "") -> ProgramFailedError:
    """Return the error of an engine that did not convert ``docx``."""
    advice = remedy or "Recommencez avec un autre moteur (--engine), ou ouvrez le document dans Word et enregistrez-le."
    return ProgramFailedError(error(id, what, advice, Place(file=docx.name)))
