"""Which files an order makes, before any is made: the pupils by class, and every name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pix_mailmerge._files import safe_name
from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.record import Record
from pix_mailmerge.data_source.results_xlsx import FILE_NAME
from pix_mailmerge.destination.folder import REPORT_NAME, ROOM, SCHOOL_NAME, Placement, place_classes, place_documents
from pix_mailmerge.destination.name_pattern import Pattern
from pix_mailmerge.model.word_model import Model

REPORT_NAMES = (f"{REPORT_NAME}.html", f"{REPORT_NAME.lower()}.json")
MOST_IN_ONE_DOCX = 2_000
"""Pupils above which the school's single .docx is left out: Word opens no such file in a reasonable time."""


LONGEST_SUFFIX = 40
"""Characters of a model's name at the end of its documents' names."""


@dataclass(frozen=True, slots=True)
class ClassPlan:
    """One class: its name in the source, the name of its folder, its records and where each one's documents go."""

    name: str
    folder: str
    records: tuple[Record, ...]
    places: tuple[Placement, ...]

    def stem(self, suffix: str) -> str:
        """Return the name of the class's own documents, without extension."""
        return f"{self.folder or SCHOOL_NAME}{suffix}"


@dataclass(frozen=True, slots=True)
class ModelPlan:
    """A model and what the names of its documents end with: nothing for the first one that is filled per pupil."""

    model: Model
    suffix: str

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
            for one in self.classes:
                if not planned.model.per_class:
                    yield from self.pupil_names(one, planned.suffix, (".docx", ".pdf"))
                if planned.model.per_class or one.folder:
                    yield from (one.stem(planned.suffix) + extension for extension in (".docx", ".pdf"))
            if not planned.model.per_class:
                yield f"{planned.school_stem}.pdf"
                if self.has_school_docx:
                    yield f"{planned.school_stem}.docx"

    def documents(self) -> Iterator[str]:
        """Yield every file of ``merge --out``: one .docx per record, or per class where the model lists « eleves »."""
        for planned in self.models:
            for one in self.classes:
                if planned.model.per_class:
                    yield f"{one.stem(planned.suffix)}.docx"
                else:
                    yield from self.pupil_names(one, planned.suffix, (".docx",))

    def pupil_names(self, one: ClassPlan, suffix: str, extensions: Sequence[str]) -> Iterator[str]:
        """Yield the names of the documents of each pupil of a class."""
        for place in one.places:
            yield from (place.path(suffix + extension) for extension in extensions)


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
    suffixes = tuple(dict.fromkeys(one.suffix for one in suffixed)) or ("",)
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
    return Plan(classes, suffixed)


def _suffixed(models: Sequence[Model]) -> Iterator[ModelPlan]:
    """Yield each model; the first filled per pupil gives plain names, the others add their own."""
    plain = next((model for model in models if not model.per_class), None)
    for model in models:
        yield ModelPlan(model, "" if model is plain else f" - {safe_name(model.path.stem)[:LONGEST_SUFFIX].rstrip()}")
