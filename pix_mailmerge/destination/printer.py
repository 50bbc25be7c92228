"""Paper: PDFs to a printer, one job per class in the order given, the queue watched until all is printed.

A job's title is seen by whoever looks at the queue: it holds no pupil's name. Pupils' own PDFs of one class are put
together first, for a printer takes long over many small jobs.
"""

from __future__ import annotations

import difflib
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from pix_mailmerge._files import folded
from pix_mailmerge.destination.join import join
from pix_mailmerge.destination.journal import FOLDER, Entry, read_journal
from pix_mailmerge.destination.printing.cups import Cups
from pix_mailmerge.destination.printing.spooler import Job, Printer, Spooler, Ticket
from pix_mailmerge.destination.printing.windows import WindowsSpooler
from pix_mailmerge.destination.private import private_folder
from pix_mailmerge.problems import (
    DataSourceError,
    Place,
    Problem,
    ProgramFailedError,
    ProgramMissingError,
    UsageError,
    error,
)

PATIENCE = 120.0
"""Seconds without any progress after which a printer is said to be silent. The jobs stay in its queue."""
INTERVAL = 1.0
MOST_COPIES = 99

Report = Callable[[int, int], None]
"""Called with how many jobs are printed, how many there are."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A job that was printed. files: what it held, in order; pages: per copy, blank ones included."""

    files: tuple[Path, ...]
    title: str
    pages: int
    job: str


def find_printers(spooler: Spooler | None = None) -> tuple[Printer, ...]:
    """Return the printers of this machine; raise ProgramMissingError where there is no print service."""
    return (spooler or _spooler()).find_printers()


def check_printer(name: str | None = None, copies: int = 1, spooler: Spooler | None = None) -> Printer:
    """Return the printer of that name, or the default one, that can print now.

    Raises UsageError, ProgramMissingError, ProgramFailedError as print_files does.
    """
    _raise_if(UsageError, _check_copies(copies))
    return _choose((spooler or _spooler()).find_printers(), name)


def print_files(
    files: Sequence[Path],
    *,
    printer: str | None = None,
    copies: int = 1,
    duplex: bool = False,
    patience: float = PATIENCE,
    report: Report | None = None,
    spooler: Spooler | None = None,
) -> tuple[Printed, ...]:
    """Print PDFs and return when all are printed.

    printer: None = the default one. duplex: on both sides, each pupil beginning a sheet. patience: see PATIENCE.
    Raises UsageError (unknown printer, none named and no default, number of copies), DataSourceError (a file that is
    not there or is no PDF), ProgramMissingError (no printer), ProgramFailedError (stopped, refusing, failed, cancelled,
    silent): then with a problem for each job.
    """
    _raise_if(UsageError, _check_copies(copies))
    _raise_if(DataSourceError, *(_check_file(file) for file in files))
    queue = spooler or _spooler()
    chosen = check_printer(printer, copies, queue)
    with private_folder() as folder:
        lots = list(_lots(files, duplex, folder))
        sent = []
        for number, lot in enumerate(lots, 1):
            title = f"Attestations {number} sur {len(lots)}"
            job = queue.submit(lot.pdf, Ticket(chosen.name, title, copies, duplex))
            sent.append(Printed(lot.files, title, lot.pages, job))
        _watch(queue, chosen.name, sent, patience, report or (lambda done, total: None))
    return tuple(sent)


@dataclass(frozen=True, slots=True)
class _Lot:
    """What one job prints. pdf: a copy under a neutral name."""

    files: tuple[Path, ...]
    pdf: Path
    pages: int


def _lots(files: Sequence[Path], duplex: bool, work: Path) -> Iterator[_Lot]:
    """Yield the jobs: a file each, but the pupils' own PDFs of one class together."""
    groups = (list(group) for _, group in groupby(files, key=lambda file: _class_folder(file) or file))
    for number, group in enumerate(groups, 1):
        pdf = work / f"lot-{number:03d}.pdf"
        entry, has_blanks = _noted(group[0]) if len(group) == 1 else (None, False)
        counts = entry.pages if entry is not None and duplex and not has_blanks else ()
        pages = join(group, pdf, counts=counts, duplex=duplex and (bool(counts) or len(group) > 1))
        yield _Lot(tuple(group), pdf, pages)


def _class_folder(file: Path) -> Path | None:
    """Return the class's folder where ``file`` is a pupil's own PDF of a run; None for any other."""
    folder = file.absolute().parent
    return folder if (folder.parent / FOLDER).is_dir() else None


def _noted(file: Path) -> tuple[Entry | None, bool]:
    """Return what the journal beside ``file`` says of it, and whether blank pages are in it already."""
    folder = file.absolute().parent
    if not (folder / FOLDER).is_dir():
        return None, False
    journal = read_journal(folder)
    return journal.entries.get(folded(file.name)), journal.origin.duplex


def _watch(queue: Spooler, printer: str, sent: Sequence[Printed], patience: float, report: Report) -> None:
    """Return when all jobs are printed; raise ProgramFailedError with what happened to each of the others."""
    left = {one.job: one for one in sent}
    problems: list[Problem] = []
    seen: object = None
    since = time.monotonic()
    while left:
        jobs = {id: queue.find_job(id) for id in left}
        for id, job in jobs.items():
            if job is not None and job.state in {"done", "cancelled", "failed"}:
                problems += _ended(left.pop(id), job, printer)
        report(len(sent) - len(left), len(sent))
        now = [(id, job and (job.state, job.sheets)) for id, job in jobs.items()]
        if now != seen:
            seen, since = now, time.monotonic()
        stopped = _check_stopped(queue, printer) if left else []
        if left and (stopped or time.monotonic() - since > patience):
            problems += stopped or [_silent(printer, jobs.values(), patience)]
            break
        if left:
            time.sleep(INTERVAL)
    _raise_if(ProgramFailedError, *problems)


def _check_stopped(queue: Spooler, printer: str) -> list[Problem]:
    found = next((one for one in queue.find_printers() if one.name == printer), None)
    return [_stopped(found)] if found is not None and found.state == "stopped" else []


def _choose(printers: Sequence[Printer], name: str | None) -> Printer:
    """Return the printer of that name, or the default one, able to print now."""
    if not printers:
        raise ProgramMissingError(
            error(
                "missing.printer",
                "Aucune imprimante n’est installée sur cet ordinateur.",
                "Installez une imprimante dans les réglages de l’ordinateur, ou imprimez les PDF depuis un autre.",
            )
        )
    default = printers[0] if len(printers) == 1 else next((one for one in printers if one.is_default), None)
    chosen = default if name is None else next((one for one in printers if one.name == name), None)
    if chosen is None:
        raise UsageError(_unknown(printers, name))
    if chosen.state == "stopped":
        raise ProgramFailedError(_stopped(chosen))
    if not chosen.accepting:
        raise ProgramFailedError(
            error(
                "program.printer-refuses",
                f"L’imprimante « {chosen.name} » n’accepte pas de travaux en ce moment.",
                "Changez cela dans les réglages de l’ordinateur, ou choisissez-en une autre (--printer).",
            )
        )
    return chosen


def _unknown(printers: Sequence[Printer], name: str | None) -> Problem:
    names = [one.name for one in printers]
    known = f"Imprimantes de cet ordinateur : {', '.join(names)}."
    if name is None:
        what = "Il y a plusieurs imprimantes et aucune n’est celle par défaut."
        return error("usage.printer", what, f"Dites laquelle (--printer). {known}")
    close = difflib.get_close_matches(name, names, 1)
    hint = f"Vouliez-vous dire « {close[0]} » ? " if close else ""
    return error("usage.printer", f"Aucune imprimante ne s’appelle « {name} ».", hint + known)


def _stopped(printer: Printer) -> Problem:
    because = f" : {printer.reason}" if printer.reason else ""
    return error(
        "program.printer-stopped",
        f"L’imprimante « {printer.name} » est arrêtée{because}.",
        "Remettez-la en marche ; les travaux déjà envoyés attendent dans sa file et s’imprimeront alors.",
    )


def _silent(printer: str, jobs: Iterable[Job | None], patience: float) -> Problem:
    reasons = [job.reason for job in jobs if job is not None and job.reason]
    because = f" ({reasons[0]})" if reasons else ""
    return error(
        "program.printer-silent",
        f"L’imprimante « {printer} » n’avance plus depuis {patience:g} secondes{because}.",
        "Regardez l’imprimante : papier, capot, réseau. Les travaux restent dans sa file ; n’imprimez pas deux fois.",
    )


def _ended(one: Printed, job: Job, printer: str) -> list[Problem]:
    where = Place(file=one.files[0].name if len(one.files) == 1 else f"{one.files[0].parent.name}/")
    if job.state == "cancelled":
        what = f"Le travail « {one.title} » a été annulé dans la file de l’imprimante « {printer} »."
        return [error("program.print-cancelled", what, "Relancez l’impression de ce fichier s’il le faut.", where)]
    if job.state == "failed":
        because = f" : {job.reason}" if job.reason else ""
        what = f"L’imprimante « {printer} » n’a pas pu imprimer le travail « {one.title} »{because}."
        remedy = "Regardez l’imprimante, puis relancez l’impression de ce fichier."
        return [error("program.print-failed", what, remedy, where)]
    return []


def _check_copies(copies: int) -> Problem | None:
    if 1 <= copies <= MOST_COPIES:
        return None
    what = f"{copies} exemplaires, ce n’est pas possible."
    return error("usage.copies", what, f"Donnez un nombre de 1 à {MOST_COPIES}.")


def _check_file(file: Path) -> Problem | None:
    where = Place(file=str(file))
    if not file.is_file():
        return error("source.not-found", "Ce fichier n’existe pas.", "Vérifiez son nom et son dossier.", where)
    with file.open("rb") as opened:
        if b"%PDF-" in opened.read(1024):
            return None
    remedy = "Faites-en d’abord un PDF : pix-mailmerge pdf FICHIER.docx --out DOSSIER."
    return error("source.not-pdf", "Ce fichier n’est pas un PDF.", remedy, where)


def _raise_if(kind: type[UsageError | DataSourceError | ProgramFailedError], *found: Problem | None) -> None:
    problems = [problem for problem in found if problem is not None]
    if problems:
        raise kind(problems)


def _spooler() -> Spooler:
    return WindowsSpooler() if sys.platform == "win32" else Cups()
