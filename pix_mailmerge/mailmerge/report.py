"""Report: what a run made and of what, whom it left out and why, what was checked. Pure; report_files.py writes it.

The same input gives the same report: it holds no hour and no duration.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from pix_mailmerge._files import folded
from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.record import Record
from pix_mailmerge.data_source.select import LeftOut
from pix_mailmerge.destination.journal import Entry, Journal
from pix_mailmerge.destination.journal import Pupil as Of
from pix_mailmerge.mailmerge.columns_used import name_of
from pix_mailmerge.mailmerge.plan import Plan
from pix_mailmerge.mailmerge.prepare import Prepared, source_of
from pix_mailmerge.problems import Problem

SCHEMA = 1
"""Of bilan.json, told in docs/formats/bilan.md. It grows when a reader of the last one would be misled."""


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file of the folder. path: relative, with ``/``. pages: None for what is no PDF."""

    path: str
    sha256: str
    pages: int | None = None


@dataclass(frozen=True, slots=True)
class Pupil:
    """A pupil who got documents. line: as Excel shows it; pages: of the PDFs of his own."""

    name: str
    number: str
    file: str
    line: int
    pages: int
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Absent:
    """A pupil who got none. comment: of the jury, "" for none. failed: the row should have given a document."""

    name: str
    number: str
    file: str
    line: int
    reason: str
    comment: str
    failed: bool


@dataclass(frozen=True, slots=True)
class ClassReport:
    """A class: its pupils in the order of their pages, those left out, and the documents about all of it."""

    name: str
    pupils: tuple[Pupil, ...]
    left_out: tuple[Absent, ...]
    files: tuple[MadeFile, ...]

    @property
    def pages(self) -> int:
        """Return the pages of the PDFs of its pupils."""
        return sum(pupil.pages for pupil in self.pupils)


@dataclass(frozen=True, slots=True)
class Input:
    """What the run was made of. kind: source, modèle, signature… sha256: None for what came on standard input."""

    kind: str
    file: str
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """The whole. date: as it is printed on the documents. settings: the school's values that were printed.

    checked: None where the documents were not read back; else what was wrong, () = nothing. warnings: of the run.
    """

    version: str
    date: str
    settings: Mapping[str, str]
    inputs: tuple[Input, ...]
    read: int
    duplicates: int
    two_sided: bool
    engine: str
    classes: tuple[ClassReport, ...]
    files: tuple[MadeFile, ...]
    checked: tuple[Problem, ...] | None
    warnings: tuple[Problem, ...]

    @property
    def pupils(self) -> int:
        return sum(len(one.pupils) for one in self.classes)

    @property
    def left_out(self) -> tuple[Absent, ...]:
        return tuple(absent for one in self.classes for absent in one.left_out)

    @property
    def pages(self) -> int:
        return sum(one.pages for one in self.classes)

    def as_json(self) -> dict[str, object]:
        """Return the content of bilan.json."""
        return {
            "schema": SCHEMA,
            "program": {"name": "pix-mailmerge", "version": self.version},
            "date": self.date,
            "settings": dict(self.settings),
            "inputs": [asdict(one) for one in self.inputs],
            "totals": {
                "read": self.read,
                "duplicates": self.duplicates,
                "kept": self.pupils,
                "left_out": len(self.left_out),
                "failed": sum(one.failed for one in self.left_out),
                "pages": self.pages,
            },
            "two_sided": self.two_sided,
            "engine": self.engine,
            "classes": [asdict(one) for one in self.classes],
            "files": [asdict(one) for one in self.files],
            "checked": None if self.checked is None else [problem.as_json() for problem in self.checked],
            "warnings": [problem.as_json() for problem in self.warnings],
        }


def make_report(
    prepared: Prepared,
    plan: Plan,
    journal: Journal,
    inputs: Iterable[Input],
    *,
    engine: str = "",
    two_sided: bool = False,
    problems: Iterable[Problem] = (),
    checked: Sequence[Problem] | None = None,
) -> Report:
    """Return the report of a run: ``plan`` says what was to be made, ``journal`` what the folder holds."""
    from pix_mailmerge import __version__

    wanted = dict.fromkeys(map(folded, plan.names()))
    made = [journal.entries[name] for name in wanted if name in journal.entries]
    made = [entry for entry in made if entry.kind != "report"]
    school = prepared.school
    values = {name: getattr(school, name) for name in ("etablissement", "ville", "academie", "uai", "chef")}
    return Report(
        version=__version__,
        date=school.date or "",
        settings={name: value for name, value in values.items() if value},
        inputs=tuple(inputs),
        read=prepared.reading.rows_read,
        duplicates=prepared.reading.duplicates,
        two_sided=two_sided,
        engine=engine if plan.pupils else "",
        classes=tuple(_classes(plan, prepared.selection.left_out, made)),
        files=tuple(_file(entry) for entry in made if entry.kind in {"workbook", "school", "school-pdf"}),
        checked=None if checked is None else tuple(checked),
        warnings=tuple(problem for problem in problems if not problem.is_error),
    )


def _classes(plan: Plan, left_out: Sequence[LeftOut], made: Sequence[Entry]) -> list[ClassReport]:
    """Return the classes in the order of the plan, then those of which everyone was left out."""
    absent: dict[str, list[Absent]] = {}
    for left in left_out:
        absent.setdefault(left.record.text(columns.CLASS), []).append(_absent(left))
    chosen = {one.name: one.records for one in plan.classes}
    own = _by_pupil(entry for entry in made if entry.kind in {"document", "pdf"})
    shared = _by_pupil(entry for entry in made if entry.kind in {"class", "class-pdf"})
    return [
        ClassReport(
            name,
            tuple(_pupil(record, own.get(source_of(record).pupil, [])) for record in chosen.get(name, ())),
            tuple(absent.get(name, ())),
            tuple(map(_file, _entries(chosen.get(name, ()), shared))),
        )
        for name in dict.fromkeys([*chosen, *absent])
    ]


def _by_pupil(entries: Iterable[Entry]) -> dict[Of, list[Entry]]:
    """Return the entries by the pupils whom they are of."""
    found: dict[Of, list[Entry]] = {}
    for entry in entries:
        for source in entry.sources:
            found.setdefault(source.pupil, []).append(entry)
    return found


def _entries(records: Sequence[Record], by_pupil: Mapping[Of, list[Entry]]) -> Iterable[Entry]:
    """Return the entries that hold any of the records, each once."""
    return {one.path: one for record in records for one in by_pupil.get(source_of(record).pupil, [])}.values()


def _pupil(record: Record, entries: Sequence[Entry]) -> Pupil:
    own = [entry for entry in entries if entry.sources[0].pupil == source_of(record).pupil]
    pages = sum(sum(entry.pages) for entry in own)  # those of a document of several pupils count once
    files = tuple(entry.path for entry in entries)
    return Pupil(name_of(record), record.text(columns.NUMBER), record.file, record.line, pages, files)


def _absent(left: LeftOut) -> Absent:
    record = left.record
    comment = " ".join(left.comment.split())
    number = record.text(columns.NUMBER)
    return Absent(name_of(record), number, record.file, record.line, left.reason, comment, left.failed)


def _file(entry: Entry) -> MadeFile:
    return MadeFile(entry.path, entry.sha256, sum(entry.pages) if entry.pages else None)
