"""Which files an order makes, before any is made: the pupils by class, and every name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from pix_mailmerge._files import safe_name
from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.record import Record
from pix_mailmerge.data_source.results_xlsx import FILE_NAME
from pix_mailmerge.destination.folder import REPORT_NAME, ROOM, SCHOOL_NAME, Placement, place_classes, place_documents
from pix_mailmerge.destination.name_pattern import Pattern
from pix_mailmerge.model.word_fields.state import NOTHING_BEFORE, Before
from pix_mailmerge.model.word_model import Model
from pix_mailmerge.problems import Problem, warning

REPORT_NAMES = (f"{REPORT_NAME}.html", f"{REPORT_NAME.lower()}.json")
MOST_IN_ONE_DOCX = 2_000
"""Pupils above which the school's single .docx is left out: Word opens no such file in a reasonable time."""


LONGEST_SUFFIX = 40
"""Characters of a model's name at the end of its documents' names."""


class DocumentPlan(NamedTuple):
    """One document: where it goes and the records that it holds, one unless the model says NEXT."""

    place: Placement
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class ClassPlan:
    """One class: its name in the source, the name of its folder, its records and where each one's documents go.

    spans: the first record of each document and the one after its last; None = a document for each record. before:
    what the model was merged with until this class.
    """

    name: str
    folder: str
    records: tuple[Record, ...]
    places: tuple[Placement, ...]
    spans: tuple[tuple[int, int], ...] | None = None
    before: Before = NOTHING_BEFORE

    @property
    def documents(self) -> tuple[DocumentPlan, ...]:
        """Return the documents of the class; one that holds several records has the name of the first."""
        if self.spans is None:
            return tuple(DocumentPlan(place, (one,)) for place, one in zip(self.places, self.records, strict=True))
        return tuple(DocumentPlan(self.places[start], self.records[start:end]) for start, end in self.spans)

    def parts(self, most: int) -> Iterator[ClassPlan]:
        """Yield the class cut between documents into parts of at most ``most`` records, or of one document."""
        spans = self.spans or tuple((start, start + 1) for start in range(len(self.records)))
        first = 0
        for number, (_, end) in enumerate(spans, 1):
            start = spans[first][0]
            if number == len(spans) or spans[number][1] - start > most:
                yield self._part(start, end, None if self.spans is None else spans[first:number], first)
                first = number

    def _part(self, start: int, end: int, spans: Sequence[tuple[int, int]] | None, documents: int) -> ClassPlan:
        before = Before(self.before.records + start, self.before.documents + documents)
        own = None if spans is None else tuple((one - start, other - start) for one, other in spans)
        return replace(self, records=self.records[start:end], places=self.places[start:end], spans=own, before=before)

    def stem(self, suffix: str) -> str:
        """Return the name of the class's own documents, without extension."""
        return f"{self.folder or SCHOOL_NAME}{suffix}"


@dataclass(frozen=True, slots=True)
class ModelPlan:
    """A model and what the names of its documents end with: nothing for the first one that is filled per pupil.

    classes: those that it makes documents of.
    """

    model: Model
    suffix: str
    classes: tuple[ClassPlan, ...]

    @property
    def school_stem(self) -> str:
        return f"{SCHOOL_NAME}{self.suffix}"


@dataclass(frozen=True, slots=True)
class Plan:
    """All classes, in the order of the source, and all models."""

    classes: tuple[ClassPlan, ...]
    models: tuple[ModelPlan, ...]

    @property
    def pupils(self) -> int:
        return sum(len(one.records) for one in self.classes)

    @property
    def has_class_documents(self) -> bool:
        """False where no record has a class: the school's documents say it all."""
        return any(one.folder for one in self.classes)

    @property
    def has_school_docx(self) -> bool:
        return self.pupils <= MOST_IN_ONE_DOCX

    def names(self) -> Iterator[str]:
        """Yield every file of ``run``, relative to the destination, with ``/``."""
        yield from (FILE_NAME, *REPORT_NAMES)
        for planned in self.models if self.pupils else ():
            for one in planned.classes:
                if not planned.model.per_class:
                    yield from self.pupil_names(one, planned.suffix, (".docx", ".pdf"))
                if planned.model.per_class or one.folder:
                    yield from (one.stem(planned.suffix) + extension for extension in (".docx", ".pdf"))
            if planned.classes and not planned.model.per_class:
                yield f"{planned.school_stem}.pdf"
                if self.has_school_docx:
                    yield f"{planned.school_stem}.docx"

    def documents(self) -> Iterator[str]:
        """Yield every file of ``merge --out``: a .docx per document, or per class for a model of « eleves »."""
        for planned in self.models:
            for one in planned.classes:
                if planned.model.per_class:
                    yield f"{one.stem(planned.suffix)}.docx"
                else:
                    yield from self.pupil_names(one, planned.suffix, (".docx",))

    def pupil_names(self, one: ClassPlan, suffix: str, extensions: Sequence[str]) -> Iterator[str]:
        """Yield the names of the documents of each pupil of a class."""
        for document in one.documents:
            yield from (document.place.path(suffix + extension) for extension in extensions)


def check_school_docx(plan: Plan) -> list[Problem]:
    """Return a warning for each document of the whole school that is left out, as there are too many pupils."""
    if plan.has_school_docx:
        return []
    left_out = [one for one in plan.models if one.classes and not one.model.per_class]
    return [_too_large(one.school_stem, plan) for one in left_out]


def _too_large(stem: str, plan: Plan) -> Problem:
    what = f"« {stem}.docx » n’est pas fait : au-delà de 2\u202f000 élèves, Word n’ouvre plus un tel document."
    classes = ", et chaque classe a son .docx" if plan.has_class_documents else ""
    remedy = f"« {stem}.pdf » contient tous les élèves{classes}."
    return warning("destination.school-too-large", what, remedy)


def plan_documents(
    records: Sequence[Record],
    models: Sequence[Model],
    *,
    everyone: Sequence[Record] | None = None,
    pattern: Pattern | None = None,
    room: int = ROOM,
) -> Plan:
    """Return what is to be made of ``records``, grouped by class in the order in which the classes appear.

    everyone: those of whom ``records`` are a part, in any order; a name is that which it has among them.
    """
    everyone = records if everyone is None else everyone
    suffixed = tuple(_suffixed(models))
    folders = place_classes((record.text(columns.CLASS) for record in everyone), room=room)
    suffixes = tuple(dict.fromkeys(suffix for _, suffix in suffixed)) or ("",)
    placed = place_documents(everyone, pattern, suffixes=suffixes, room=room)
    at = {(record.file, record.line): place for record, place in zip(everyone, placed, strict=True)}
    by_class: dict[str, list[int]] = {}
    for position, record in enumerate(records):
        by_class.setdefault(record.text(columns.CLASS).strip(), []).append(position)
    places = [at[record.file, record.line] for record in records]
    classes = tuple(
        ClassPlan(
            name,
            folders[name],
            tuple(records[position] for position in positions),
            tuple(places[position] for position in positions),
        )
        for name, positions in by_class.items()
    )
    return Plan(classes, tuple(ModelPlan(model, suffix, classes) for model, suffix in suffixed))


def _suffixed(models: Sequence[Model]) -> Iterator[tuple[Model, str]]:
    """Yield each model; the first filled per pupil gives plain names, the others add their own."""
    plain = next((model for model in models if not model.per_class), None)
    for model in models:
        yield model, "" if model is plain else f" - {safe_name(model.path.stem)[:LONGEST_SUFFIX].rstrip()}"
