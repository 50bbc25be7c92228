"""What is on the desk: each file recognised, each model opened, what is still missing; nothing is rendered.

It is what a run would work on, read by the same ``prepare``; quick enough to be told again after every change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.record import Record
from pix_mailmerge.mailmerge.columns_used import name_of
from pix_mailmerge.mailmerge.order import Order
from pix_mailmerge.mailmerge.prepare import Prepared, missing_values, prepare
from pix_mailmerge.model.fields import ascii_name
from pix_mailmerge.model.images import open_image
from pix_mailmerge.model.word_model import Kind
from pix_mailmerge.problems import Problem, SettingsError
from pix_mailmerge.settings import IMAGES, School


@dataclass(frozen=True, slots=True)
class Pupil:
    """Someone who gets a document. record: as ``preview`` counts them, from 1; place: where the source tells of it."""

    record: int
    name: str
    class_name: str
    place: str


@dataclass(frozen=True, slots=True)
class FileLook:
    """A file of results. rows: read, duplicates apart; chosen: those that get a document."""

    name: str
    rows: int
    chosen: int
    classes: tuple[str, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class ModelLook:
    """A model that could be opened. per_class: it makes one document for a class."""

    name: str
    kind: Kind
    fields: tuple[str, ...]
    per_class: bool


@dataclass(frozen=True, slots=True)
class Look:
    """All of it.

    missing: settings that a model prints and nobody gave. custom: fields that only ``School.champs`` can give, those
    that it gives among them. images: what is wrong with those that cannot be printed. problems: all others, errors
    first.
    """

    files: tuple[FileLook, ...]
    models: tuple[ModelLook, ...]
    missing: tuple[str, ...]
    custom: tuple[str, ...]
    images: Mapping[str, tuple[Problem, ...]]
    problems: tuple[Problem, ...]
    pupils: tuple[Pupil, ...]
    left_out: int

    @property
    def has_errors(self) -> bool:
        """Tell whether something must be mended before anything is made."""
        problems = [*self.problems, *(one for file in self.files for one in file.problems)]
        return bool(self.images) or any(one.is_error for one in problems)

    @property
    def classes(self) -> tuple[str, ...]:
        """Return the classes of the pupils, in their order."""
        return tuple(dict.fromkeys(pupil.class_name for pupil in self.pupils))


def look(order: Order, names: Iterable[str]) -> Look:
    """Return what ``order`` would work on. names: of its files of results, no two alike, as the user knows them."""
    prepared = prepare(order)
    names = tuple(names)
    files = tuple(_file(name, prepared) for name in names)
    own = {problem for file in files for problem in file.problems}
    rest = [problem for problem in prepared.problems if problem not in own]
    if not names:
        rest = [problem for problem in rest if problem.family != "source"]
    return Look(
        files,
        tuple(ModelLook(one.path.name, one.kind, one.fields, one.per_class) for one in prepared.models),
        tuple(dict.fromkeys(_missing(prepared))),
        tuple(dict.fromkeys(_custom(prepared))),
        dict(_images(order.school)),
        tuple(sorted(rest, key=lambda problem: not problem.is_error)),
        tuple(_pupils(prepared.selection.chosen)),
        len(prepared.selection.left_out),
    )


def _file(name: str, prepared: Prepared) -> FileLook:
    rows = [record for record in prepared.reading.records if _is_of(name, record.file)]
    classes = dict.fromkeys(found for record in rows if (found := record.text(columns.CLASS).strip()))
    return FileLook(
        name,
        len(rows),
        sum(_is_of(name, record.file) for record in prepared.selection.chosen),
        tuple(classes),
        tuple(
            problem
            for problem in prepared.problems
            if problem.family == "source" and problem.where.file and _is_of(name, problem.where.file)
        ),
    )


def _is_of(name: str, file: str) -> bool:
    """Tell whether a problem or row of ``file`` comes from the file called ``name``, an archive perhaps."""
    return file == name or file.startswith(f"{name}/")


def _missing(prepared: Prepared) -> Iterator[str]:
    for model in prepared.models:
        yield from missing_values(model, prepared.school, prepared.reading.header)


def _custom(prepared: Prepared) -> Iterator[str]:
    """Yield the fields of the models that no column and no setting gives, by their ASCII form."""
    given = {ascii_name(name) for name in prepared.school.champs}
    for model in prepared.models if prepared.reading.records else ():
        unknown = model.check(prepared.reading.header, prepared.school).fields_without_column
        yield from (form for name in model.fields if (form := ascii_name(name)) in given or name in unknown)


def _images(school: School) -> Iterator[tuple[str, tuple[Problem, ...]]]:
    for name in IMAGES:
        path: Path | None = getattr(school, name)
        try:
            if path is not None:
                open_image(path)
        except SettingsError as cause:
            yield name, cause.problems


def _pupils(chosen: Iterable[Record]) -> Iterator[Pupil]:
    for number, record in enumerate(chosen, 1):
        place = f"{record.file}, ligne {record.line}"
        yield Pupil(number, name_of(record), record.text(columns.CLASS).strip(), place)
