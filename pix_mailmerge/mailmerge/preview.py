"""A few pages before all of them: the worst cases, or one pupil, as PDF and as pictures.

Made by the same lots and the same engines as a run's. The names are neutral: « apercu-001.pdf », « apercu-001.png ».
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pix_mailmerge.data_source.record import Record
from pix_mailmerge.destination.converter import Converter
from pix_mailmerge.destination.delivery import Delivery, Made
from pix_mailmerge.destination.journal import Origin, digest_of, read_journal
from pix_mailmerge.destination.preflight.survey import survey_document
from pix_mailmerge.destination.private import private_folder
from pix_mailmerge.destination.writable import check_writable
from pix_mailmerge.mailmerge.inputs import inputs_of
from pix_mailmerge.mailmerge.lot_maker import LotMaker
from pix_mailmerge.mailmerge.order import Order, Progress, silent
from pix_mailmerge.mailmerge.prepare import prepare
from pix_mailmerge.mailmerge.preview_pages import Page, PageMaker
from pix_mailmerge.mailmerge.worst import Worst
from pix_mailmerge.problems import Problem, UsageError, error, raise_errors

FOLDER = "apercu"


@dataclass(frozen=True, slots=True)
class Shown:
    """One document of a preview. reasons: why it was chosen, in French. files: the .pdf, then a .png per page."""

    model: str
    who: str
    place: str
    reasons: tuple[str, ...]
    pages: int
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a preview shows. engine: the sentence that says what made the PDFs."""

    folder: Path
    shown: tuple[Shown, ...]
    problems: tuple[Problem, ...]
    engine: str


def preview(order: Order, *, record: int | None = None, worst: int = 5, report: Progress = silent) -> Preview:
    """Write the documents of each model's ``worst`` cases, of the ``record``-th pupil, or of whom the order names.

    Raises PixMailMergeError with all problems, nothing written: among them a user's file that is in the way.
    """
    prepared = prepare(order)
    raise_errors(prepared.problems)
    asked = _asked(prepared.selection.chosen, record, order.name)
    folder = _own_folder(order.out)
    problems = list(prepared.problems)
    made: list[Page] = []
    engines: dict[str, None] = {}
    with private_folder() as work, LotMaker() as lots:
        for number, model in enumerate(prepared.models, 1):
            own = work / str(number)
            own.mkdir()
            survey = survey_document(model.path)
            with Converter(order.engine, survey, work=own) as converter:
                made += PageMaker(prepared, own, lots, converter, worst, report).make(model, asked)
                problems += converter.told
                engines[converter.why] = None
        shown = _deliver(folder, made, order)
    return Preview(folder, shown, tuple(problems), " ".join(engines))


def _asked(chosen: Sequence[Record], record: int | None, name: str | None) -> tuple[Worst, ...] | None:
    """Return whom the user asks for; None = the worst cases. Raises UsageError where there is nobody."""
    if record is not None:
        if not 1 <= record <= len(chosen):
            what = f"Il n’y a pas d’élève numéro {record} : {len(chosen)} sont retenus."
            raise UsageError(error("usage.no-such-record", what, f"Donnez un nombre de 1 à {len(chosen)}."))
        return (Worst(chosen[record - 1], (f"élève numéro {record}, comme demandé",)),)
    if name is None:
        return None
    return tuple(Worst(one, (f"« {name} », comme demandé",)) for one in chosen)


def _own_folder(out: Path) -> Path:
    """Return ``out``, or a folder in it where ``out`` holds what a run made: its journal is left alone."""
    made = any(entry.kind != "preview" for entry in read_journal(out).entries.values())
    return out / FOLDER if made else out


def _deliver(folder: Path, made: Sequence[Page], order: Order) -> tuple[Shown, ...]:
    """Put the documents at their names and take away those of the last preview that nobody changed."""
    named = [tuple(_names(number, page)) for number, page in enumerate(made, 1)]
    raise_errors(
        check_writable(folder, (name for names in named for name in names), order.replace, inputs=inputs_of(order))
    )
    if not made:
        return ()
    with Delivery(folder) as delivery:
        for page, names in zip(made, named, strict=True):
            batch = []
            for name, file in zip(names, (page.pdf, *page.pictures), strict=True):
                staged = delivery.stage(name)
                shutil.copyfile(file, staged)
                batch.append(Made(name, staged, "preview"))
            delivery.deliver(batch)
        journal = delivery.finish(Origin())
    for entry in set(journal.entries.values()) - set(journal.current):
        old = folder / entry.path
        with contextlib.suppress(OSError):
            if digest_of(old) == entry.sha256:
                old.unlink()
    return tuple(
        Shown(
            page.model, page.who, page.place, page.reasons, len(page.pictures), tuple(folder / name for name in names)
        )
        for page, names in zip(made, named, strict=True)
    )


def _names(number: int, page: Page) -> Iterator[str]:
    yield f"{FOLDER}-{number:03d}.pdf"
    yield f"{FOLDER}-{number:03d}.png"
    yield from (f"{FOLDER}-{number:03d}-{page_number}.png" for page_number in range(2, len(page.pictures) + 1))
