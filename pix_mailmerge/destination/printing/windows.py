"""Windows: SumatraPDF where it is installed, else the program that opens PDFs. Not tried on a real Windows.

The printers and their queues are read with PowerShell. The PDF handler of the system takes neither copies nor sides: it
is called once per copy, and two-sided printing is then what the printer is set to.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from pix_mailmerge.destination.printing.spooler import Job, JobState, Printer, PrinterState, Ticket
from pix_mailmerge.problems import ProgramFailedError, ProgramMissingError, error

TIMEOUT = 120.0
GRACE = 20.0
"""Seconds that a program may take from its start to the queue."""

Run = Callable[[Sequence[str], Mapping[str, str]], str]
"""Runs a command with these variables added and returns what it printed."""

_UTF8 = "[Console]::OutputEncoding = [Text.Encoding]::UTF8; "

_PRINTERS = (
    "ConvertTo-Json -Compress -InputObject "
    "@(Get-CimInstance Win32_Printer | Select-Object Name, Default, PrinterStatus, WorkOffline)"
)
_JOBS = (
    "ConvertTo-Json -Compress -InputObject "
    "@(Get-PrintJob -PrinterName $env:PIX_PRINTER | Select-Object Id, DocumentName, PagesPrinted, "
    "@{n='JobStatus';e={[string]$_.JobStatus}})"
)

_REASONS = (
    ("Offline", "elle est hors ligne"),
    ("PaperOut", "il n’y a plus de papier"),
    ("Paused", "elle est en pause"),
    ("UserIntervention", "elle attend que l’on s’occupe d’elle"),
    ("Blocked", "le pilote ne sait pas imprimer ce travail"),
    ("Error", "elle signale une erreur"),
)


class WindowsSpooler:
    """The print queues of Windows."""

    def __init__(self, run: Run | None = None) -> None:
        """``run``: stands for the machine in the tests."""
        self._run = run or _ran
        self._tickets: dict[str, Ticket] = {}
        self._sent: dict[str, float] = {}
        self._seen: set[str] = set()

    def find_printers(self) -> tuple[Printer, ...]:
        """Return the printers; raise ProgramMissingError where PowerShell does not answer."""
        try:
            rows = self._asked(_PRINTERS)
        except (OSError, ValueError, subprocess.SubprocessError) as cause:
            raise ProgramMissingError(
                error(
                    "missing.print-service",
                    "Les imprimantes de cet ordinateur n’ont pas pu être lues (PowerShell ne répond pas).",
                    "Ouvrez les PDF et imprimez-les depuis votre lecteur habituel.",
                )
            ) from cause
        return tuple(_printer(row) for row in rows)

    def submit(self, pdf: Path, ticket: Ticket) -> str:
        """Hand a PDF over and return the name by which its job is known; raise ProgramFailedError."""
        sumatra = find_sumatra()
        try:
            if sumatra is not None:
                self._run(sumatra_command(sumatra, pdf, ticket), {})
            else:
                for _ in range(ticket.copies):
                    _print_with_handler(pdf, ticket.printer)
        except (OSError, subprocess.SubprocessError) as cause:
            raise ProgramFailedError(
                error(
                    "program.printer-refuses",
                    f"Le programme qui ouvre les PDF n’a pas imprimé le travail « {ticket.title} » ({cause}).",
                    "Installez SumatraPDF, ou ouvrez les PDF et imprimez-les depuis votre lecteur habituel.",
                )
            ) from cause
        self._tickets[pdf.name], self._sent[pdf.name] = ticket, time.monotonic()
        return pdf.name

    def find_job(self, id: str) -> Job | None:
        """Return what the queue says of a job; one that has left it is done, for Windows keeps no memory of it.

        One that was never seen in it may still be on its way from the program that prints: GRACE is given to it.
        """
        ticket = self._tickets[id]
        try:
            rows = self._asked(_JOBS, {"PIX_PRINTER": ticket.printer})
        except (OSError, ValueError, subprocess.SubprocessError):
            return None
        mine = [row for row in rows if Path(id).stem in str(row.get("DocumentName", ""))]
        if mine:
            self._seen.add(id)
            return _job(id, mine[0])
        gone = id in self._seen or time.monotonic() - self._sent[id] > GRACE
        return Job(id, "done" if gone else "waiting")

    def _asked(self, script: str, environment: Mapping[str, str] | None = None) -> list[Mapping[str, object]]:
        """Return the rows that a line of PowerShell gives; values go by the environment, never into the line."""
        command = ["powershell", "-NoProfile", "-NonInteractive", "-Command", _UTF8 + script]
        said = self._run(command, environment or {})
        rows = json.loads(said or "[]")
        return rows if isinstance(rows, list) else [rows]


def find_sumatra() -> Path | None:
    """Return SumatraPDF, on PATH or in its usual places."""
    return next((path for path in _sumatra_places() if path.is_file()), None)


def sumatra_command(program: Path, pdf: Path, ticket: Ticket) -> list[str]:
    """Return the command that prints: copies, sides and paper are said."""
    settings = f"{ticket.copies}x,{'duplexlong' if ticket.duplex else 'simplex'},paper=A4,fit"
    options = ["-print-to", ticket.printer, "-print-settings", settings, "-silent", "-exit-when-done"]
    return [str(program), *options, str(pdf)]


def _sumatra_places() -> Iterator[Path]:
    found = shutil.which("SumatraPDF")
    if found:
        yield Path(found)
    for variable in ("LOCALAPPDATA", "ProgramFiles", "ProgramFiles(x86)"):
        if os.environ.get(variable):
            yield Path(os.environ[variable]) / "SumatraPDF" / "SumatraPDF.exe"


def _print_with_handler(pdf: Path, printer: str) -> None:
    if sys.platform == "win32":
        os.startfile(pdf, "printto", f'"{printer}"')
    else:
        raise OSError("the print verb is of Windows")


def _printer(row: Mapping[str, object]) -> Printer:
    offline = bool(row.get("WorkOffline")) or row.get("PrinterStatus") == 7
    states: dict[object, PrinterState] = {4: "printing", 5: "printing", 6: "stopped"}
    state: PrinterState = "stopped" if offline else states.get(row.get("PrinterStatus"), "ready")
    reason = "elle est hors ligne" if offline else ""
    return Printer(str(row.get("Name", "")), state, True, bool(row.get("Default")), reason)


def _job(id: str, row: Mapping[str, object]) -> Job:
    status = str(row.get("JobStatus", ""))
    reason = next((told for sign, told in _REASONS if sign in status), "")
    state: JobState = "printing" if "Printing" in status else "waiting"
    if "Printed" in status or "Complete" in status:
        state = "done"
    elif "Deleted" in status or "Deleting" in status:
        state = "cancelled"
    printed = row.get("PagesPrinted")
    return Job(id, state, printed if isinstance(printed, int) else 0, reason)


def _ran(command: Sequence[str], environment: Mapping[str, str]) -> str:
    done = subprocess.run(command, capture_output=True, check=True, timeout=TIMEOUT, env={**os.environ, **environment})
    return done.stdout.decode("utf-8", "replace")
