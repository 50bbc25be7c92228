"""What goes to a printer: the PDFs named, or those that a folder of results holds, class by class in list order."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pix_mailmerge.destination.journal import FOLDER, Entry, Kind, read_journal
from pix_mailmerge.destination.printer import Printed, check_printer, find_printers, print_files
from pix_mailmerge.mailmerge.order import Order, Outcome, Progress, silent
from pix_mailmerge.problems import UsageError, error

__all__ = ["Paper", "check_printer", "find_printers", "print_outcome", "print_paths"]


@dataclass(frozen=True, slots=True)
class Paper:
    """How to print. printer: None = the default one. duplex: on both sides, each pupil beginning a sheet."""

    printer: str | None = None
    copies: int = 1
    duplex: bool = False


def print_paths(texts: Iterable[str], paper: Paper, report: Progress = silent) -> tuple[Printed, ...]:
    """Print the files named, ``*`` and ``?`` expanded; of a folder of results, its classes. Return the jobs printed.

    Raises UsageError, DataSourceError, ProgramMissingError, ProgramFailedError.
    """
    return _printed(tuple(dict.fromkeys(path for text in texts for path in _found(text))), paper, report)


def print_outcome(outcome: Outcome, order: Order, paper: Paper, report: Progress = silent) -> tuple[Printed, ...]:
    """Print what a run left: a document per class, or the pupils' own where the order was about some pupils only."""
    there = dict.fromkeys(outcome.files)
    kinds: tuple[Kind, ...] = ("pdf",) if order.is_narrowed else ("class-pdf", "school-pdf")
    files = [path for path in _of_kinds(outcome.folder, kinds) if path in there]
    return _printed(tuple(files), paper, report) if files else ()


def _printed(files: tuple[Path, ...], paper: Paper, report: Progress) -> tuple[Printed, ...]:
    if not files:
        remedy = "Donnez des PDF, ou le dossier des résultats (« attestations »)."
        raise UsageError(error("usage.nothing-to-print", "Il n’y a rien à imprimer.", remedy))
    return print_files(
        files,
        printer=paper.printer,
        copies=paper.copies,
        duplex=paper.duplex,
        report=lambda done, total: report("Impression", done, total),
    )


def _found(text: str) -> Iterator[Path]:
    """Yield the files that a word of the command line names."""
    matches = [text] if Path(text).exists() else sorted(glob.glob(text)) or [text]  # noqa: PTH207 - Path.glob takes no absolute pattern
    for path in map(Path, matches):
        if (path / FOLDER).is_dir():
            yield from _of_kinds(path, ("class-pdf", "school-pdf"))
        elif path.is_dir():
            yield from sorted(path.glob("*.pdf"))
        else:
            yield path


def _of_kinds(folder: Path, kinds: tuple[Kind, ...]) -> list[Path]:
    """Return the PDFs of the last run in ``folder`` of the first of these kinds that there is, model after model."""
    current = read_journal(folder).current
    for kind in kinds:
        entries: list[Entry] = [entry for entry in current if entry.kind == kind]
        if entries:
            models = list(dict.fromkeys(entry.model for entry in entries))
            return [folder / one.path for one in sorted(entries, key=lambda one: models.index(one.model))]
    return []
