"""What the ways to paper have in common: printers, jobs, and what may be asked of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

PrinterState = Literal["ready", "printing", "stopped"]
JobState = Literal["waiting", "printing", "done", "cancelled", "failed"]


@dataclass(frozen=True, slots=True)
class Printer:
    """A printer that this machine knows. accepting: it takes jobs, even when stopped. reason: in French, or ""."""

    name: str
    state: PrinterState = "ready"
    accepting: bool = True
    is_default: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Ticket:
    """How a job is to be printed; the paper is A4. title: seen by others in the queue, so without any pupil's name."""

    printer: str
    title: str
    copies: int = 1
    duplex: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """A job in the queue. sheets: printed so far, where the printer says so. reason: in French, or ""."""

    id: str
    state: JobState
    sheets: int = 0
    reason: str = ""


class Spooler(Protocol):
    """The print service of a system."""

    def find_printers(self) -> tuple[Printer, ...]:
        """Return the printers; raise ProgramMissingError where there is no print service."""

    def submit(self, pdf: Path, ticket: Ticket) -> str:
        """Hand a PDF over and return the job's id; raise ProgramFailedError where it is not taken."""

    def find_job(self, id: str) -> Job | None:
        """Return what the queue says of a job; None where it says nothing any more."""
