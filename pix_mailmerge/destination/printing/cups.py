"""CUPS, on Linux and macOS: jobs go in by ``lp``, on its standard input, so that no file's name is an argument."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from pix_mailmerge.destination.printing import ipp
from pix_mailmerge.destination.printing.spooler import Job, JobState, Printer, PrinterState, Ticket
from pix_mailmerge.problems import Problem, ProgramFailedError, ProgramMissingError, error

MEDIUM = "iso_a4_210x297mm"
"""Said with every job: the default of many queues is Letter."""
TIMEOUT = 120.0

_PRINTER = ("printer-name", "printer-state", "printer-is-accepting-jobs", "printer-state-reasons")
_JOB = ("job-state", "job-state-reasons", "job-media-sheets-completed", "job-impressions-completed")
_JOB_PRINTER = ("job-printer-state-reasons", "job-printer-state-message")

_PRINTER_STATES: dict[object, PrinterState] = {3: "ready", 4: "printing", 5: "stopped"}
_JOB_STATES: dict[object, JobState] = {
    3: "waiting",
    4: "waiting",
    5: "printing",
    6: "waiting",
    7: "cancelled",
    8: "failed",
    9: "done",
}

_REASONS = {
    "paused": "elle est en pause",
    "offline": "elle est hors ligne",
    "connecting-to-device": "elle ne répond pas",
    "timed-out": "elle ne répond pas",
    "media-empty": "il n’y a plus de papier",
    "media-needed": "il n’y a plus de papier",
    "media-jam": "du papier est coincé",
    "cover-open": "un capot est ouvert",
    "door-open": "un capot est ouvert",
    "toner-empty": "il n’y a plus de toner",
    "marker-supply-empty": "il n’y a plus d’encre",
    "cups-missing-filter": "son pilote est incomplet",
}
"""Reasons of IPP (RFC 8011, 5.4.12), without their « -report », « -warning », « -error »."""


class Cups:
    """The CUPS that ``lp`` speaks to."""

    def __init__(self) -> None:
        self._found: str | None = None

    def find_printers(self) -> tuple[Printer, ...]:
        """Return the printers in the order of CUPS; raise ProgramMissingError where there is no print service."""
        try:
            server = self._server()
            printers = ipp.ask(server, ipp.CUPS_GET_PRINTERS, _PRINTER)
            default = ipp.ask(server, ipp.CUPS_GET_DEFAULT, ("printer-name",))
        except ipp.IppError as cause:
            raise ProgramMissingError(_no_service()) from cause
        named = [one.get("printer-name", ("",))[0] for one in default.of(ipp.PRINTER_GROUP)]
        return tuple(_printer(one, named) for one in printers.of(ipp.PRINTER_GROUP))

    def submit(self, pdf: Path, ticket: Ticket) -> str:
        """Hand a PDF over and return the job's id; raise ProgramFailedError where it is not taken."""
        sides = "two-sided-long-edge" if ticket.duplex else "one-sided"
        command = ["lp", "-d", ticket.printer, "-n", str(ticket.copies), "-t", ticket.title]
        for option in (f"sides={sides}", f"media={MEDIUM}", "collate=true", "document-format=application/pdf"):
            command += ["-o", option]
        with pdf.open("rb") as content:
            done = subprocess.run(
                command,
                stdin=content,
                capture_output=True,
                check=False,
                timeout=TIMEOUT,
                env={**os.environ, "LC_ALL": "C"},
            )
        number = _job_number(done.stdout.decode(errors="replace"))
        if done.returncode != 0 or number is None:
            said = done.stderr.decode(errors="replace").strip()
            raise ProgramFailedError(_not_taken(ticket, said))
        return number

    def find_job(self, id: str) -> Job | None:
        """Return what CUPS says of a job; None where it forgot it or does not answer."""
        try:
            answer = ipp.ask(self._server(), ipp.GET_JOB_ATTRIBUTES, (*_JOB, *_JOB_PRINTER), printer="", job=int(id))
        except (ipp.IppError, ProgramMissingError):
            return None
        jobs = answer.of(ipp.JOB_GROUP)
        return _job(id, jobs[0]) if jobs else None

    def _server(self) -> str:
        """Return where the print service listens, as ``lp`` finds it."""
        if shutil.which("lp") is None or shutil.which("lpstat") is None:
            raise ProgramMissingError(_no_service())
        if self._found is None:
            done = subprocess.run(["lpstat", "-H"], capture_output=True, check=False, timeout=TIMEOUT)
            self._found = done.stdout.decode(errors="replace").strip()
        return self._found


def _printer(attributes: ipp.Attributes, default: list[ipp.Value]) -> Printer:
    name = str(attributes.get("printer-name", ("",))[0])
    return Printer(
        name,
        _PRINTER_STATES.get(attributes.get("printer-state", (3,))[0], "ready"),
        bool(attributes.get("printer-is-accepting-jobs", (1,))[0]),
        name in default,
        _reason(attributes.get("printer-state-reasons", ())),
    )


def _job(id: str, attributes: ipp.Attributes) -> Job:
    sheets = (attributes.get(name, (0,))[0] for name in ("job-media-sheets-completed", "job-impressions-completed"))
    reasons = (*attributes.get("job-printer-state-reasons", ()), *attributes.get("job-state-reasons", ()))
    state = _JOB_STATES.get(attributes.get("job-state", (3,))[0], "waiting")
    return Job(id, state, max(int(sheet) for sheet in sheets), _reason(reasons))


def _reason(reasons: tuple[ipp.Value, ...]) -> str:
    """Return the first reason that a person can do something about, in French; "" where there is none."""
    for reason in reasons:
        word = str(reason)
        for ending in ("-report", "-warning", "-error"):
            word = word.removesuffix(ending)
        if word in _REASONS:
            return _REASONS[word]
    return ""


def _job_number(said: str) -> str | None:
    """Return the number from « request id is copieur-12 (1 file(s)) »."""
    words = said.split()
    number = words[3].rpartition("-")[2] if len(words) > 3 else ""
    return number if number.isdigit() else None


def _no_service() -> Problem:
    return error(
        "missing.print-service",
        "Le service d’impression de cet ordinateur (CUPS) ne répond pas, ou n’est pas installé.",
        "Ouvrez les PDF et imprimez-les depuis votre lecteur habituel, ou faites démarrer CUPS.",
    )


def _not_taken(ticket: Ticket, said: str) -> Problem:
    because = said or "sans dire pourquoi"
    return error(
        "program.printer-refuses",
        f"L’imprimante « {ticket.printer} » n’a pas pris le travail « {ticket.title} » ({because}).",
        "Regardez l’état de l’imprimante dans les réglages de l’ordinateur, ou choisissez-en une autre (--printer).",
    )
