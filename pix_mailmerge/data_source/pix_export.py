"""Read data sources: Pix Orga exports of every form, and any other table with a header row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pix_mailmerge.data_source.any_table import (
    AnySection,
    check_headers,
    find_header,
    has_results,
    looks_like_results,
    make_any_records,
    make_section,
    union,
)
from pix_mailmerge.data_source.duplicates import without_duplicates
from pix_mailmerge.data_source.file_kinds import EXPORT, Kind, problem_of
from pix_mailmerge.data_source.gaps import Gap, find_gaps
from pix_mailmerge.data_source.join import join_columns
from pix_mailmerge.data_source.layout import PIX_COLUMNS, check_layout, count_known
from pix_mailmerge.data_source.lookalikes import PEOPLE, find_lookalike
from pix_mailmerge.data_source.pix_rows import common_header, make_records
from pix_mailmerge.data_source.reading import Damage, Reading
from pix_mailmerge.data_source.record import Header, Record
from pix_mailmerge.data_source.sections import PixSection, is_header, split_sections
from pix_mailmerge.data_source.sources import Source, find_sources, place_of
from pix_mailmerge.data_source.table import Row, Table
from pix_mailmerge.data_source.tables import open_table
from pix_mailmerge.data_source.titles import check_titles
from pix_mailmerge.data_source.workbooks import hidden_problem
from pix_mailmerge.problems import DataSourceError, Place, Problem, error, warning


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """What a source holds, and what is wrong with its columns."""

    source: Source
    found: list[PixSection] | AnySection
    problems: list[Problem]

    @property
    def is_stray(self) -> bool:
        """Tell whether it only lies in a folder or zip that was given, and has nothing of results."""
        return not self.source.is_named and isinstance(self.found, AnySection) and not has_results(self.found)


def read_sources(
    paths: Iterable[str | Path],
    *,
    class_name: str | None = None,
    join: str | Path | None = None,
    pix_only: bool = False,
) -> Reading:
    """Return the records of all ``paths``: files, folders, zips, patterns with ``*`` and ``?``, « - » for stdin.

    class_name: class of all pupils, whatever the files are named. join: another list of the school, whose columns are
    added. pix_only: a table that is no Pix file is an error. Raises nothing for a bad file, column or row: each is a
    problem of the Reading.
    """
    sources, problems = find_sources(paths)
    if join is not None:  # it may lie in the folder of the exports
        sources = [source for source in sources if source.place != place_of(join)]
    read: list[_Read] = []
    for source in sources:
        told: list[Problem] = []
        try:
            read.append(_Read(source, _read_source(source, told), told))
        except DataSourceError as wrong:
            problems += [*told, *(wrong.problems if source.is_named else _passed_over(wrong))]
    pix = [section for one in read if not isinstance(one.found, AnySection) for section in one.found]
    strays = [one for one in read if pix and one.is_stray]
    read = [one for one in read if one not in strays]
    problems += [problem for one in read for problem in one.problems]
    problems += [replace(_not_results(section), severity="warning") for section in _tables(strays)]
    files = [one.source.name for one in read]
    others = _tables(read)
    if pix or pix_only:
        problems += [_not_results(section) for section in others]
        reading = _pix_reading(pix, files, problems, class_name)
    else:
        problems += [_other_list(section.file, section.kind) for section in others if section.kind]
        reading = _any_reading(others, files, problems)
    return reading if join is None else join_columns(reading, join, replaces_class=class_name is None)


def _tables(read: Iterable[_Read]) -> list[AnySection]:
    return [one.found for one in read if isinstance(one.found, AnySection)]


def _read_source(source: Source, problems: list[Problem]) -> list[PixSection] | AnySection:
    """Return the rows of ``source``; add what is wrong with its columns to ``problems``, raise where it has no rows."""
    start, table = open_table(source)
    lookalike = find_lookalike(cells for _, cells in start)
    if lookalike and not (source.is_named and lookalike.id in PEOPLE):
        raise DataSourceError(problem_of(lookalike, source.name))
    known = [count_known(cells) for _, cells in start]
    if max(known) >= PIX_COLUMNS:
        found: list[PixSection] | AnySection = _pix_sections(table, _find_first(start, known), problems)
    else:
        found = _any_section(table, start, problems)
        found.kind = lookalike
    problems += table.problems
    if hidden := hidden_problem(table):
        problems.append(hidden)
    has_rows = found.rows if isinstance(found, AnySection) else any(section.rows for section in found)
    if not has_rows and not any(problem.is_error for problem in table.problems):
        problems.append(_no_rows(source.name))
    return found


def _pix_sections(table: Table, first: int, problems: list[Problem]) -> list[PixSection]:
    sections = split_sections(table, first)
    problems += [problem for section in sections for problem in check_layout(section.layout)]
    return sections


def _any_section(table: Table, start: Sequence[Row], problems: list[Problem]) -> AnySection:
    first = find_header(start)
    if wrong := check_titles(table.file, start[first:]):
        raise DataSourceError(wrong)
    section = make_section(table, first)
    problems += check_headers(section)
    if looks_like_results(section):
        problems.append(_part_of_results(section))
    return section


def _passed_over(wrong: DataSourceError) -> list[Problem]:
    """Return as warnings what a folder or zip holds besides results, when it is known what it is."""
    return [
        replace(problem, severity="warning") if problem.id.startswith("source.is-") else problem
        for problem in wrong.problems
    ]


def _find_first(start: Sequence[Row], known: Sequence[int]) -> int:
    """Return which row is the first header: the first that can be one, or the one that knows most columns.

    Not the richest of all: an older form may stand above a newer one that was pasted under it.
    """
    return next((number for number, row in enumerate(start) if is_header(row[1])), known.index(max(known)))


def _pix_reading(
    sections: list[PixSection], files: list[str], problems: list[Problem], class_name: str | None
) -> Reading:
    header = common_header(sections)
    damaged: list[Damage] = []
    gaps: list[Gap] = []

    def records() -> Iterator[Record]:
        for section in sections:
            found = []
            for record, problem in make_records(section, header, class_name):
                if problem:
                    damaged.append(Damage(record, problem))
                found.append(record)
            gaps.extend(find_gaps(section.layout, found))
            yield from found

    unique = without_duplicates(records())
    return Reading(
        unique.records,
        header,
        is_pix=True,
        files=tuple(files),
        problems=tuple(problems),
        damaged=tuple(damaged),
        conflicts=unique.conflicts,
        gaps=tuple(gaps),
        duplicates=unique.duplicates,
    )


def _any_reading(sections: list[AnySection], files: list[str], problems: list[Problem]) -> Reading:
    header = union(sections) if sections else Header(())
    found = [found for section in sections for found in make_any_records(section, header)]
    return Reading(
        tuple(record for record, _ in found),
        header,
        is_pix=False,
        files=tuple(files),
        problems=tuple(problems),
        damaged=tuple(Damage(record, problem) for record, problem in found if problem),
    )


def _not_results(section: AnySection) -> Problem:
    if section.kind:
        return problem_of(section.kind, section.file)
    return error(
        "source.not-results",
        "Ce fichier n’est pas un export de résultats de certification.",
        EXPORT,
        Place(file=section.file, line=section.line),
    )


def _other_list(file: str, kind: Kind) -> Problem:
    """Return, as a warning, what a list is that somebody merges with a model of their own."""
    remedy = f"Rien à faire si votre modèle est fait pour cette liste. Sinon : {kind.remedy}"
    return replace(problem_of(kind, file), severity="warning", remedy=remedy)


def _part_of_results(section: AnySection) -> Problem:
    return warning(
        "source.part-of-results",
        "Il manque trop de colonnes de Pix à ce tableau pour le trier : tous les élèves sont pris, certifiés ou non.",
        "Pour ne prendre que les certifiés, donnez l’export de Pix Orga avec toutes ses colonnes.",
        Place(file=section.file, line=section.line),
    )


def _no_rows(file: str) -> Problem:
    return warning(
        "source.no-rows",
        "Ce fichier ne contient aucun élève.",
        f"Vérifiez la classe choisie. {EXPORT}",
        Place(file=file),
    )
