"""What one user does, from the first file to « Quitter »: the desk, the job under way, what came of the last ones."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException

from pix_mailmerge.destination.printing.spooler import Printer
from pix_mailmerge.mailmerge.check import check
from pix_mailmerge.mailmerge.look import Look, look
from pix_mailmerge.mailmerge.order import Outcome, Progress
from pix_mailmerge.mailmerge.paper import Paper, find_printers, print_paths
from pix_mailmerge.mailmerge.preview import Preview, Shown, preview
from pix_mailmerge.mailmerge.run import run
from pix_mailmerge.problems import PixMailMergeError, Problem, raise_errors
from pix_mailmerge.settings import Settings
from pix_mailmerge.web.desk import Desk
from pix_mailmerge.web.job import Bench, Job, State
from pix_mailmerge.web.results import Results

IDLE = 15 * 60.0
"""Seconds without a sign of the user after which all is wiped."""
WORST = 5


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found, and the worst cases as pages. version: of the desk that was checked."""

    version: int
    problems: tuple[Problem, ...]
    worst: tuple[Shown, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """What a production made. outcome: None where it failed or was stopped; problems: why it failed.

    printers: those of this machine. printed: pages on their way to paper, None before; unprinted: why they are not.
    saved: the user's folder where all of it was made too; unsaved: why not.
    """

    version: int
    results: Results
    outcome: Outcome | None
    problems: tuple[Problem, ...] = ()
    printers: tuple[Printer, ...] = ()
    printed: int | None = None
    unprinted: tuple[Problem, ...] = ()
    saved: Path | None = None
    unsaved: tuple[Problem, ...] = ()


class Session:
    """All that the page shows. revision: grows whenever it would show something else."""

    def __init__(self, folder: Path, settings: Settings, problems: Sequence[Problem] = ()) -> None:
        self.folder = folder
        self.settings_problems = tuple(problems)
        self.place = place_of(settings)
        self.desk = Desk(folder, settings)
        self.bench = Bench()
        self.checked: Checked | None = None
        self.shown: tuple[Shown, ...] = ()
        self.shown_record: int | None = None
        self.made: Made | None = None
        self.over = False
        self._changes = 0
        self._previews = 0
        self._look: tuple[int, Look] | None = None
        self._looking = threading.Lock()
        self._noting = threading.RLock()
        self._seen = time.monotonic()

    @property
    def revision(self) -> int:
        return self._changes + self.desk.version

    def touch(self) -> None:
        """Note that the user is there."""
        self._seen = time.monotonic()

    def seconds_left(self, idle: float = IDLE) -> float:
        """Return how long until all is wiped if the user gives no sign."""
        if self.bench.is_busy:
            self.touch()
        return self._seen + idle - time.monotonic()

    def look(self) -> Look:
        """Return what is on the desk, recognised."""
        with self._looking:
            if self._look is None or self._look[0] != self.desk.version:
                version = self.desk.version
                self._look = version, look(self.desk.order(self.folder), self.desk.names)
            return self._look[1]

    def start_check(self) -> None:
        """Begin to look at everything that could go wrong, and to make the worst cases' pages."""
        self.bench.check_free()
        version, order = self.desk.version, self.desk.order(self._new_previews())
        self.checked, self.shown = None, ()

        def work(report: Progress) -> Checked:
            report("Contrôle", 0, 0)
            problems = check(order)
            raise_errors(problems)
            found = preview(order, worst=WORST, report=report)
            return Checked(version, tuple(dict.fromkeys([*problems, *found.problems])), found.shown)

        def ended(job: Job) -> None:
            self.checked = job.result or (Checked(version, job.problems) if job.problems else None)
            self._show(self.checked.worst if self.checked else (), None)

        self._start("controle", work, ended)

    def start_preview(self, record: int) -> None:
        """Begin to make the pages of the ``record``-th pupil."""
        version, order = self.desk.version, self.desk.order(self._new_previews())

        def ended(job: Job) -> None:
            found: Preview | None = job.result
            if found is not None:
                self._show(found.shown, record)
            elif job.problems:
                self.checked = Checked(version, job.problems)

        self._start("apercu", lambda report: preview(order, record=record, report=report), ended)

    def show_worst(self) -> None:
        """Show the worst cases again."""
        with self._noting:
            self._show(self.checked.worst if self.checked else (), None)
            self._changes += 1

    def start_production(self) -> None:
        """Begin to make everything; what an unfinished run of the same desk made is kept."""
        self.bench.check_free()
        version, before, self.made = self.desk.version, self.made, None
        goes_on = before is not None and before.version == version
        out = before.results.folder if before and goes_on else self.folder / f"production-{self._changes}"

        def ended(job: Job) -> None:
            self.made = Made(version, Results(out), job.result, job.problems, known_printers())
            if before is not None and not goes_on:
                shutil.rmtree(before.results.folder, ignore_errors=True)

        self._start("production", lambda report: run(self.desk.order(out), report), ended)

    def start_printing(self, path: str, paper: Paper) -> None:
        """Begin to print a PDF of the results, or the classes of all where ``path`` is empty."""
        self.bench.check_free()
        made = self.made
        file = made and (made.results.file(path) if path else made.results.folder)
        if made is None or file is None:
            raise HTTPException(404, "Ce document n’existe plus : produisez de nouveau.")

        def ended(job: Job) -> None:
            pages = None if job.result is None else sum(one.pages for one in job.result) * paper.copies
            self.made = replace(made, printed=pages, unprinted=job.problems)

        self._start("impression", lambda report: print_paths((str(file),), paper, report), ended)

    def start_saving(self, folder: Path) -> None:
        """Begin to make the same in a folder of the user's, where nothing of his own is replaced."""
        self.bench.check_free()
        made = self.made
        if made is None or made.outcome is None or made.version != self.desk.version:
            raise HTTPException(409, "Quelque chose a changé depuis : produisez de nouveau.")

        def ended(job: Job) -> None:
            self.made = replace(made, saved=folder if job.result else None, unsaved=job.problems)

        self._start("dossier", lambda report: run(self.desk.order(folder), report), ended)

    def close(self, patience: float) -> bool:
        """End the work; tell whether it did in time."""
        self.over = True
        return self.bench.close(patience)

    def _start(self, kind: Any, work: Any, ended: Any) -> None:
        def note(job: Job, state: State) -> None:
            with self._noting:
                ended(job)
                job.state = state
                self._changes += 1
                self.touch()

        self.bench.start(kind, work, note)
        self._changes += 1

    def _show(self, shown: tuple[Shown, ...], record: int | None) -> None:
        self.shown, self.shown_record = shown, record

    def _new_previews(self) -> Path:
        self._previews += 1
        return self.folder / f"apercus-{self._previews}"


def known_printers() -> tuple[Printer, ...]:
    """Return the printers of this machine; none where nothing can be printed."""
    try:
        return find_printers()
    except (PixMailMergeError, OSError):
        return ()


def place_of(settings: Settings) -> Path:
    """Return where the results may be kept: as the settings say, else among the user's documents."""
    if settings.out is not None:
        return settings.out.absolute()
    documents = Path.home() / "Documents"
    return (documents if documents.is_dir() else Path.home()) / "Attestations Pix"
