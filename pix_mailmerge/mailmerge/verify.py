"""Read back a folder that was made: the journal says what is there, the workbook what should be in it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.cells import as_text
from pix_mailmerge.data_source.record import Record, Value
from pix_mailmerge.data_source.results_xlsx import read_workbook
from pix_mailmerge.data_source.values import parse_date
from pix_mailmerge.destination.journal import FOLDER, Entry, Journal, Origin, Source, digest_of, read_journal
from pix_mailmerge.destination.verification import told
from pix_mailmerge.destination.verification.expected import Expectations
from pix_mailmerge.destination.verify import Row, check_documents
from pix_mailmerge.mailmerge.check_merge import merge_for_nothing
from pix_mailmerge.mailmerge.lot_maker import LotMaker
from pix_mailmerge.mailmerge.order import Progress, silent
from pix_mailmerge.mailmerge.prepare import source_of
from pix_mailmerge.model.word_model import open_model
from pix_mailmerge.problems import (
    DestinationError,
    PixMailMergeError,
    Place,
    Problem,
    ProgramFailedError,
    error,
    exit_code,
)
from pix_mailmerge.settings import IMAGES, School

_TYPED = frozenset({".xlsx", ".xlsm", ".xls", ".ods"})
_DOCUMENTS = frozenset({"document", "pdf", "class", "class-pdf", "school", "school-pdf"})


@dataclass(frozen=True, slots=True)
class Verified:
    """What a reading back found. files: documents looked at; pupils: rows of the workbook."""

    folder: Path
    files: int
    pupils: int
    problems: tuple[Problem, ...]
    seconds: float

    @property
    def exit_code(self) -> int:
        return exit_code(self.problems)

    def as_json(self) -> dict[str, object]:
        """Return a mapping for ``--json``."""
        problems = [problem.as_json() for problem in self.problems]
        return {"files": self.files, "pupils": self.pupils, "problems": problems}


def verify(
    folder: Path,
    report: Progress = silent,
    *,
    journal: Journal | None = None,
    records: Sequence[Record] = (),
    alone: bool = False,
) -> Verified:
    """Read back every document of the last run in ``folder`` and compare it with the workbook there.

    journal: that of the folder, where it is known. records: the ones that the documents were made of, where they are
    still known: a workbook of any kind has numbers and dates that « Résultats Pix.xlsx » holds as text. alone: only
    their documents, with them and no workbook: it is not theirs. Raises DestinationError where the folder has no
    journal, ProgramFailedError where the workbook or a model is not there to compare with.
    """
    started = time.monotonic()
    journal = journal or _journal(folder)
    entries = [entry for entry in journal.current if entry.kind in _DOCUMENTS]
    workbook = next((entry for entry in journal.entries.values() if entry.kind == "workbook"), None)
    problems: list[Problem] = []
    if alone:
        rows = [Row(one, source_of(one)) for one in records]
    else:
        rows, problems = _rows(folder, workbook, records) if entries else ([], [])
    entries, strangers = _known(entries, rows)
    school = school_of(folder, journal.origin)
    done = 0
    by_model = _by_model(entries, journal.origin)
    if not records:  # else the run has merged them
        _try_models(folder, by_model, rows, school)
    for name, group in by_model.items():
        expectations = _expectations(folder, name, school)
        problems += _checked(folder, group, rows, expectations, journal.origin.duplex, report, done, len(entries))
        done += len(group)
    problems += [] if alone else _check_earlier(folder, [*_of_earlier_runs(journal), *strangers])
    return Verified(folder, len(entries), len(rows), tuple(problems), time.monotonic() - started)


def read_back(
    folder: Path,
    report: Progress = silent,
    *,
    journal: Journal | None = None,
    records: Sequence[Record] = (),
    alone: bool = False,
) -> Verified:
    """Return what verify finds, what keeps it from comparing being a problem like the others."""
    try:
        return verify(folder, report, journal=journal, records=records, alone=alone)
    except PixMailMergeError as cause:
        return Verified(folder, 0, 0, cause.problems, 0.0)


def school_of(folder: Path, origin: Origin) -> School:
    """Return the school as it was for the run that ``origin`` tells of, its images the copies that were kept."""
    known = {name: text for name, text in origin.settings.items() if name in School.__dataclass_fields__}
    champs = {name: text for name, text in origin.settings.items() if name not in known}
    images = {name: folder / FOLDER / file for name, file in origin.images.items() if name in IMAGES}
    return replace(School(**known), champs=MappingProxyType(champs), **images)  # type: ignore[arg-type]


def _journal(folder: Path) -> Journal:
    journal = read_journal(folder)
    if journal.run == 0:
        raise DestinationError(
            error(
                "destination.no-journal",
                "Ce dossier n’a pas de journal : rien n’y a été fait par « run », ou son sous-dossier a été effacé.",
                f"Donnez le dossier des résultats, celui qui contient {FOLDER} et « Résultats Pix.xlsx ».",
                Place(file=str(folder)),
            )
        )
    return journal


def _rows(folder: Path, workbook: Entry | None, records: Sequence[Record]) -> tuple[list[Row], list[Problem]]:
    """Return the pupils of the workbook, each with the line of the source that it was made of."""
    place = Place(file=workbook.path if workbook else None)
    if workbook is None or not (folder / workbook.path).is_file():
        raise ProgramFailedError(told.workbook(place, "Le classeur auquel comparer les documents n’est pas là."))
    file = folder / workbook.path
    reading = read_workbook(file)
    if len(reading.records) != len(workbook.sources):
        what = f"Le classeur a {len(reading.records)} lignes ; les documents ont été faits de {len(workbook.sources)}."
        raise ProgramFailedError(told.workbook(place, what))
    if digest_of(file) != workbook.sha256:
        return _matched(reading.records, workbook.sources), [told.modified_workbook(place)]
    wrong = _check_workbook(reading.records, records, place) if records else []
    known = records or (reading.records if reading.is_pix else _typed(reading.records, workbook.sources))
    return [Row(*one) for one in zip(known, workbook.sources, strict=True)], wrong


def _matched(records: Sequence[Record], sources: Sequence[Source]) -> list[Row]:
    """Return the rows of a workbook that was changed: by the certification's number, by position where it has none."""
    by_key = {record.text(columns.NUMBER).strip(): record for record in records}
    if len(by_key) == len(records) and all(source.key in by_key for source in sources):
        return [Row(by_key[source.key], source) for source in sources]
    return [Row(*one) for one in zip(records, sources, strict=True)]


def _typed(records: Sequence[Record], sources: Sequence[Source]) -> list[Record]:
    """Return records with the numbers and dates of their sources, which « Résultats Pix.xlsx » holds as text."""
    return [
        replace(record, cells=tuple(map(_value, record.cells)))
        if Path(source.file).suffix.lower() in _TYPED
        else record
        for record, source in zip(records, sources, strict=True)
    ]


def _value(cell: Value) -> Value:
    """Return what as_text was given."""
    if not isinstance(cell, str):
        return cell
    if cell in {"VRAI", "FAUX"}:
        return cell == "VRAI"
    for parse in (int, float, parse_date):
        with suppress(ValueError):
            value: Value = parse(cell)
            if as_text(value) == cell:
                return value
    return cell or None


def _check_workbook(found: Sequence[Record], wanted: Sequence[Record], place: Place) -> list[Problem]:
    """Return a problem where the workbook does not say what its documents were made of."""
    wrong = [
        number
        for number, (one, other) in enumerate(zip(found, wanted, strict=True), 2)
        if [as_text(cell).strip() for cell in one.cells] != [as_text(cell).strip() for cell in other.cells]
    ]
    if not wrong:
        return []
    what = f"Le classeur ne dit pas ce qui a été lu (ligne {wrong[0]}, {len(wrong)} lignes en tout)."
    return [told.workbook(place, what)]


def _by_model(entries: Sequence[Entry], origin: Origin) -> Mapping[str, list[Entry]]:
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.model or origin.models[0], []).append(entry)
    return groups


def _try_models(folder: Path, names: Iterable[str], rows: Sequence[Row], school: School) -> None:
    """Merge the rows with each model, within the limits of a run: a folder may come from somebody else."""
    with LotMaker() as lots:
        for name in names:
            try:
                merge_for_nothing(open_model(folder / FOLDER / name), [row.record for row in rows], school, lots)
            except PixMailMergeError as cause:
                raise _unusable(name, cause) from cause


def _expectations(folder: Path, name: str, school: School) -> Expectations:
    try:
        return Expectations(open_model(folder / FOLDER / name), school)
    except PixMailMergeError as cause:
        raise _unusable(name, cause) from cause


def _checked(
    folder: Path,
    entries: Sequence[Entry],
    rows: Sequence[Row],
    expectations: Expectations,
    duplex: bool,
    report: Progress,
    done: int,
    total: int,
) -> list[Problem]:
    try:
        return check_documents(
            folder,
            entries,
            rows,
            expectations,
            duplex=duplex,
            report=lambda more: report("Relecture", done + more, total),
        )
    except PixMailMergeError as cause:
        raise _unusable(expectations.model.path.name, cause) from cause


def _unusable(name: str, cause: PixMailMergeError) -> ProgramFailedError:
    return ProgramFailedError(told.model(Place(file=f"{FOLDER}/{name}"), cause.problems[0].what))


def _known(entries: Iterable[Entry], rows: Sequence[Row]) -> tuple[list[Entry], list[Entry]]:
    """Return the files whose pupils are all among the rows, then the others."""
    sources = {row.source for row in rows}
    keys = {row.source.key for row in rows} - {""}
    known: list[Entry] = []
    strangers: list[Entry] = []
    for entry in entries:
        is_known = all(source in sources or source.key in keys for source in entry.sources)
        (known if is_known else strangers).append(entry)
    return known, strangers


def _check_earlier(folder: Path, entries: Iterable[Entry]) -> list[Problem]:
    """Return a warning where files of an earlier run are still there, which nobody compares with anything."""
    names = [entry.path for entry in entries if (folder / entry.path).is_file()]
    return [told.earlier(Place(file=str(folder)), names)] if names else []


def _of_earlier_runs(journal: Journal) -> Iterator[Entry]:
    return (entry for entry in journal.entries.values() if entry.run != journal.run and entry.kind in _DOCUMENTS)
