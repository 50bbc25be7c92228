"""What is printed: problems, the outcome of a run, progress."""

from __future__ import annotations

import contextlib
import sys
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TextIO

from pix_mailmerge.problems import Problem

if TYPE_CHECKING:
    from pix_mailmerge.data_source.select import LeftOut
    from pix_mailmerge.mailmerge.model_fields import ModelFields
    from pix_mailmerge.mailmerge.order import Outcome, Progress
    from pix_mailmerge.mailmerge.verify import Verified


LONGEST_COMMENT = 80
"""Characters of what the jury says that are printed; Bilan.html has all of it."""


def prepare_console() -> None:
    """Have a console of any encoding print a question mark where it lacks a letter, rather than fail."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def version_line() -> str:
    """Return what ``--version`` prints."""
    from pix_mailmerge import __version__

    return f"pix-mailmerge {__version__}"


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
def shown_progress() -> Iterator[Progress]:
    """Yield a Progress that draws a bar on a terminal, and does nothing where stderr is a file or a pipe."""
    if not sys.stderr.isatty():
        yield lambda step, done, total: None
        return
    from rich import progress
    from rich.console import Console

    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TextColumn("reste"),
        progress.TimeRemainingColumn(compact=True),
    )
    with progress.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def report(step: str, done: int, total: int) -> None:
            bar.update(task, description=step, completed=done, total=total)

        yield report


def print_outcome(outcome: Outcome) -> None:
    """Print what was read, left out and why, made, and how long it took; problems on stderr."""
    print_problems(outcome.problems)
    double = f", dont {outcome.duplicates} en double" if outcome.duplicates else ""
    print(f"Lus        {counted(outcome.read, 'ligne')} dans {counted(outcome.sources, 'fichier')}{double}")
    print(f"Retenus    {counted(outcome.chosen, 'élève')}")
    if outcome.left_out:
        print(f"Écartés    {counted(len(outcome.left_out), 'élève')}")
        for left in outcome.left_out:
            print(f"  {left_out_line(left)}")
    if outcome.unchanged:
        print(f"Inchangés  {counted(outcome.unchanged_pupils, 'élève')}, {counted(len(outcome.unchanged), 'fichier')}")
    unchanged = frozenset(outcome.unchanged)
    made = [path for path in outcome.files if path not in unchanged]
    if outcome.files:
        kinds = Counter(path.suffix.removeprefix(".") for path in made)
        listed = ", ".join(f"{number} .{kind}" for kind, number in sorted(kinds.items())) or "tout y est déjà"
        title = "À faire" if outcome.dry_run else "Faits"
        print(f"{title:10} {counted(len(made), 'fichier')} dans « {outcome.folder} » : {listed}")
    if outcome.dry_run:
        print("Rien n’a été écrit (--dry-run).")
    if outcome.engine:
        print(outcome.engine)
    if outcome.checked:
        print(checked_line(outcome.checked, outcome.problems))
    print(f"Durée      {seconds(outcome.seconds)}")
    reports = [path for path in outcome.files if path.suffix == ".html"]
    if reports and not outcome.dry_run:
        print(f"Ensuite    ouvrez « {reports[0]} », qui dit tout ; les PDF sont à côté, prêts à imprimer")


def checked_line(files: int, problems: Sequence[Problem]) -> str:
    """Return how many documents were read back, and whether all is in its place."""
    wrong = sum(one.is_error and one.id.startswith("program.verify-") for one in problems)
    verdict = f"{counted(wrong, 'erreur')}, à voir avant de distribuer" if wrong else "tout est en place"
    return f"Relus      {counted(files, 'fichier')}, {verdict}"


def print_verified(verified: Verified) -> None:
    """Print what a reading back found; problems on stderr."""
    print_problems(verified.problems)
    print(checked_line(verified.files, verified.problems))
    print(f"Durée      {seconds(verified.seconds)}")


def left_out_line(left: LeftOut) -> str:
    """Return who was left out, where the row is, why, and what the jury said."""
    record = left.record
    name = f"{record.text('Nom')} {record.text('Prénom')}".strip() or "(sans nom)"
    comment = f" — « {textwrap.shorten(left.comment, LONGEST_COMMENT, placeholder=' …')} »" if left.comment else ""
    return f"{record.file}, ligne {record.line}, {name} : {left.reason}{comment}"


def print_check(problems: Sequence[Problem]) -> None:
    """Print the problems that a check found, or that there is none."""
    print_problems(problems, sys.stdout)
    errors = sum(problem.is_error for problem in problems)
    warnings = len(problems) - errors
    if not problems:
        print("Rien à signaler : tout peut être fait.")
    else:
        verdict = "à corriger avant de continuer" if errors else "rien n’empêche de continuer"
        print(f"{counted(errors, 'erreur')}, {counted(warnings, 'avertissement')} : {verdict}.")


def print_fields(found: ModelFields) -> None:
    """Print what a model may use and what it uses."""
    if found.file is not None:
        print(f"Champs que {found.file} utilise :")
        print("  " + (", ".join(found.used) or "aucun"))
        print()
    print("Champs qu’un modèle peut utiliser, écrits entre {{ }} :")
    width = max(len(one.name) for one in found.known)
    for one in found.known:
        mark = "*" if one.used else " "
        print(f"{mark} {one.name:{width}}  {one.origin}".rstrip())
    print("Toute autre colonne de la source se nomme sans accent, les espaces remplacés par _.")


def print_link(link: str) -> None:
    """Print the one-use link of the page, alone and at once: another program may be waiting for it."""
    print(link, flush=True)


def open_link(link: str) -> None:
    """Open the page in the browser of this machine, and say how to close it."""
    import threading
    import webbrowser

    print("La page s’ouvre dans le navigateur. « Quitter », sur la page, la ferme ; ici, Ctrl-C.")
    print(f"Si rien ne s’ouvre : {link}", flush=True)
    threading.Thread(target=webbrowser.open, args=(link,), daemon=True).start()  # a browser of text would not return
