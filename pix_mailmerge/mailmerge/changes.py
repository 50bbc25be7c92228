"""What the folder holds already, just as an order would make it: that is not made again.

Judged by content. Each file's entry in the journal has the digest of all that it was made of (``inputs``), and the file
must still have the digest that it was delivered with. A class is the unit: one pupil who changed has it made again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pix_mailmerge import __version__
from pix_mailmerge._files import folded
from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.record import Record
from pix_mailmerge.data_source.results_xlsx import FILE_NAME
from pix_mailmerge.destination.journal import Entry, Journal, digest_of
from pix_mailmerge.mailmerge.order import Order
from pix_mailmerge.mailmerge.plan import ClassPlan, ModelPlan, Plan
from pix_mailmerge.mailmerge.prepare import Prepared
from pix_mailmerge.problems import Place, Problem, warning
from pix_mailmerge.settings import IMAGES, OPTION_NAMES

MAKERS = ("docxtpl", "jinja2", "dxpdf", "pikepdf", "openpyxl")
"""Packages whose next version may make other bytes."""
LISTED = 5


class Changes:
    """Compares an order with what the journal of its folder says; reads, and writes nothing."""

    def __init__(self, order: Order, prepared: Prepared, plan: Plan, journal: Journal) -> None:
        self._folder = order.out
        self._prepared = prepared
        self._plan = plan
        self._journal = journal
        self._last = _of_last_run(journal)
        self._duplex = order.duplex
        self._common = _digest(self._common_of(order))
        self._models = {one.model.path: digest_of(one.model.path) for one in plan.models}
        self.left_alone = self._wider() if order.is_narrowed else frozenset()

    def class_names(self, one: ModelPlan, part: ClassPlan) -> tuple[str, ...]:
        """Return the files of a class."""
        names: list[str] = []
        if not one.model.per_class:
            names += self._plan.pupil_names(part, one.suffix, (".docx", ".pdf"))
        if one.model.per_class or part.folder:
            names += (part.stem(one.suffix) + extension for extension in (".docx", ".pdf"))
        return tuple(names)

    def school_names(self, one: ModelPlan) -> tuple[str, ...]:
        """Return the files of the whole school; none for a model that lists a class."""
        if one.model.per_class or not one.classes:
            return ()
        names = (f"{one.school_stem}.docx", f"{one.school_stem}.pdf")
        return names if self._plan.has_school_docx else names[1:]

    def class_inputs(self, one: ModelPlan, part: ClassPlan) -> str:
        """Return the digest of all that the files of a class are made of."""
        return _digest([self._common, self._models[one.model.path], part.name, part.before, *map(_told, part.records)])

    def school_inputs(self, one: ModelPlan) -> str:
        return _digest([self.class_inputs(one, part) for part in one.classes])

    def workbook_inputs(self) -> str:
        selection = self._prepared.selection
        left = [(*_told(one.record), one.reason, one.comment) for one in selection.left_out]
        return _digest([_versions(), *map(_told, selection.chosen), "écartés", *left])

    def holds_class(self, one: ModelPlan, part: ClassPlan) -> bool:
        """Tell whether all files of a class are there as they would be made."""
        return self.holds(self.class_names(one, part), self.class_inputs(one, part))

    def holds_school(self, one: ModelPlan) -> bool:
        return self.holds(self.school_names(one), self.school_inputs(one))

    def holds(self, names: Iterable[str], inputs: str) -> bool:
        """Tell whether all of ``names`` are there, made of ``inputs`` and changed by nobody."""
        return all(name in self.left_alone or self._is_there(name, inputs) for name in names)

    def class_pages(self, one: ModelPlan, part: ClassPlan) -> tuple[int, ...] | None:
        """Return the pages of each document in the class's PDF; None where it cannot be part of the school's."""
        entry = self._entry(f"{part.stem(one.suffix)}.pdf")
        usable = entry is not None and part.folder and not self._duplex and len(entry.pages) == len(part.documents)
        return entry.pages if entry is not None and usable else None

    def to_make(self) -> Iterator[str]:
        """Yield the names of the files that a run would make."""
        if FILE_NAME not in self.left_alone and not self.holds([FILE_NAME], self.workbook_inputs()):
            yield FILE_NAME
        for one in self._plan.models if self._plan.pupils else ():
            groups = [(self.class_names(one, part), self.class_inputs(one, part)) for part in one.classes]
            for names, inputs in (*groups, (self.school_names(one), self.school_inputs(one))):
                if not self.holds(names, inputs):
                    yield from (name for name in names if name not in self.left_alone)

    def others(self) -> tuple[str, ...]:
        """Return the files of the last run that are there still, whomever they are of."""
        return tuple(one.path for one in self._last if (self._folder / one.path).is_file())

    def problems(self) -> list[Problem]:
        """Return the warning that tells which files hold other pupils too and stay as they are."""
        if not self.left_alone:
            return []
        names = sorted(self.left_alone)
        listed = ", ".join(f"« {name} »" for name in names[:LISTED]) + (" …" if len(names) > LISTED else "")
        verbs = (
            ("contient", "n’est donc pas refait") if len(names) == 1 else ("contiennent", "ne sont donc pas refaits")
        )
        what = f"{listed} : {verbs[0]} aussi d’autres élèves, et {verbs[1]} pour une partie d’entre eux."
        remedy = "Pour tout refaire, relancez sans --only ni --name ; ou choisissez un autre dossier avec --out."
        return [warning("destination.wider", what, remedy, Place(file=str(self._folder)))]

    def _wider(self) -> frozenset[str]:
        """Return the files of several pupils that hold others than the order is about: they are worth more."""
        asked = {(record.file, record.line) for record in self._prepared.selection.chosen}
        composed = {"class", "class-pdf", "school", "school-pdf", "workbook"}
        held = [self._entry(name) for name in self._plan.names()]
        return frozenset(
            entry.path
            for entry in held
            if entry is not None
            and entry.kind in composed
            and {(source.file, source.line) for source in entry.sources} - asked
            and (self._folder / entry.path).is_file()
        )

    def _entry(self, name: str) -> Entry | None:
        return self._journal.entries.get(folded(name))

    def _is_there(self, name: str, inputs: str) -> bool:
        entry = self._entry(name)
        if entry is None or entry.inputs != inputs:
            return False
        with contextlib.suppress(OSError):
            return digest_of(self._folder / name) == entry.sha256
        return False

    def _common_of(self, order: Order) -> list[object]:
        school = self._prepared.school
        images = {name: _image_digest(getattr(school, name)) for name in IMAGES}
        texts = {name: getattr(school, name, None) for name in OPTION_NAMES if name not in IMAGES}
        return [_versions(), texts, images, dict(school.champs), order.duplex, order.engine, order.pdfa]


def _told(record: Record) -> list[object]:
    """Return what a record says, wherever it says it: in the export of Pix or, under its number, in the workbook."""
    place = [] if record.text(columns.NUMBER).strip() else [record.file, record.line]
    return [*place, list(record.header), list(record.cells)]


def _versions() -> list[str]:
    found = [__version__]
    for name in MAKERS:
        with contextlib.suppress(PackageNotFoundError):
            found.append(version(name))
    return found


def _image_digest(path: Path | None) -> str:
    return digest_of(path) if path is not None and path.is_file() else ""


def _digest(content: Sequence[object]) -> str:
    text = json.dumps(content, ensure_ascii=True, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _of_last_run(journal: Journal) -> list[Entry]:
    """Return the files of the last run that left any."""
    last = max((one.run for one in journal.entries.values()), default=0)
    return [one for one in journal.entries.values() if one.run == last]
