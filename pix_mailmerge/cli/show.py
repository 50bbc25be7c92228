"""What is printed: problems, the outcome of a run, progress."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TextIO

from pix_mailmerge.problems import Problem

Progress = Callable[[str, int, int], None]
"""Called with the step's French name, how many are done, how many there are."""

LISTED_AT_MOST = 200


def prepare_console() -> None:
    """Have a console of any encoding print a question mark where it lacks a letter, rather than fail."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def print_problems(problems: Iterable[Problem], file: TextIO | None = None) -> None:
    """Print each problem as where, what, what to do, on stderr."""
    out = file or sys.stderr
    for problem in problems:
        kind = "Erreur" if problem.is_error else "Attention"
        place = str(problem.where)
        print(f"{kind} : {place} : {problem.what}" if place else f"{kind} : {problem.what}", file=out)
        if problem.remedy:
            print(f"  → {problem.remedy}", file=out)


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return the number with its noun: « 1 élève », « 28 élèves », « 1 204 élèves »."""
    noun = one if number < 2 else many or f"{one}s"
    return f"{number:,}".replace(",", "\u202f") + f" {noun}"


def seconds(duration: float) -> str:
    """Return a duration as the French write it: « 2,3 s », « 1 min 05 s »."""
    if duration >= 60:
        return f"{int(duration // 60)} min {int(duration % 60):02d} s"
    return f"{duration:.1f} s".replace(".", ",")


@contextlib.contextmanager
def shown_progress() -> Iterator[Progress | None]:
    """Yield a Progress that draws a bar on a terminal; None where stderr is a file or a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def report(step: str, done: int, total: int) -> None:
            bar.update(task, description=step, completed=done, total=total)

        yield report
