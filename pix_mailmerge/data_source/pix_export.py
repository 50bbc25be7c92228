"""Read data sources: Pix Orga exports of every form, and any other table with a header row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

from pix_mailmerge.data_source.any_table import (
    AnySection,
    check_headers,
    find_header,
    make_any_records,
    make_section,
    union,
)
from pix_mailmerge.data_source.duplicates import without_duplicates
from pix_mailmerge.data_source.layout import PIX_COLUMNS, check_layout, count_known, read_layout
from pix_mailmerge.data_source.pix_rows import Section, common_header, make_records
from pix_mailmerge.data_source.reading import Damage, Reading
from pix_mailmerge.data_source.record import Header, Record
from pix_mailmerge.data_source.sources import Source, find_sources
from pix_mailmerge.data_source.table import HEADER_SEARCHED, Row, Table
from pix_mailmerge.data_source.tables import open_tables
from pix_mailmerge.problems import DataSourceError, Place, Problem, error

_TO_EXPORT = "Dans Pix Orga, ouvrez « Certifications », choisissez la classe et cliquez sur « Exporter les résultats »."


def read_sources(paths: Iterable[str | Path], *, class_name: str | None = None, pix_only: bool = False) -> Reading:
    """Return the records of all ``paths``: files, folders, zips, patterns with ``*`` and ``?``, « - » for stdin.

    class_name: class of all pupils, whatever the files are named. pix_only: a table that is no Pix file is an error.
    Raises nothing for a bad file, column or row: each is a problem of the Reading.
    """
    sources, problems = find_sources(paths)
    pix: list[Section] = []
    others: list[AnySection] = []
    for source in sources:
        try:
            for section in _read_sections(source, problems):
                (pix if isinstance(section, Section) else others).append(section)  # type: ignore[arg-type]
        except DataSourceError as wrong:
            problems += wrong.problems
    if pix or pix_only:
        problems += [_not_results(section) for section in others]
        return _pix_reading(pix, sources, problems, class_name)
    return _any_reading(others, sources, problems)


def _read_sections(source: Source, problems: list[Problem]) -> Iterator[Section | AnySection]:
    for table in open_tables(source):
        start = list(islice(table.rows, HEADER_SEARCHED))
        known = [count_known(cells) for _, cells in start]
        if known and max(known) >= PIX_COLUMNS:
            first = known.index(max(known))
            yield from _pix_sections(table, chain(start[first:], table.rows), problems)
        elif start:
            rows = start[find_header(start) :] + list(table.rows)
            section = make_section(table.file, rows, is_text=table.is_text, damaged=table.damaged)
            problems += check_headers(section)
            yield section
        problems += table.problems


def _pix_sections(table: Table, rows: Iterable[Row], problems: list[Problem]) -> Iterator[Section]:
    """Yield the rows under each header row of ``table``: a file that was pasted together repeats it."""
    section: Section | None = None
    for line, cells in rows:
        if section is None or _is_header(cells, section):
            if section is not None:
                yield section
            section = Section(read_layout(table.file, line, cells), table.is_text, [], table.damaged)
            problems += check_layout(section.layout)
        else:
            section.rows.append((line, cells))
    if section is not None:
        yield section


def _is_header(cells: object, section: Section) -> bool:
    return False


def _pix_reading(
    sections: list[Section], sources: list[Source], problems: list[Problem], class_name: str | None
) -> Reading:
    header = common_header(sections)
    damaged: list[Damage] = []

    def records() -> Iterator[Record]:
        for section in sections:
            for record, problem in make_records(section, header, class_name):
                if problem:
                    damaged.append(Damage(record, problem))
                yield record

    unique = without_duplicates(records())
    return Reading(
        unique.records,
        header,
        is_pix=True,
        files=tuple(source.name for source in sources),
        problems=tuple(problems),
        damaged=tuple(damaged),
        conflicts=unique.conflicts,
        duplicates=unique.duplicates,
    )


def _any_reading(sections: list[AnySection], sources: list[Source], problems: list[Problem]) -> Reading:
    header = union(sections) if sections else Header(())
    found = [found for section in sections for found in make_any_records(section, header)]
    return Reading(
        tuple(record for record, _ in found),
        header,
        is_pix=False,
        files=tuple(source.name for source in sources),
        problems=tuple(problems),
        damaged=tuple(Damage(record, problem) for record, problem in found if problem),
    )


def _not_results(section: AnySection) -> Problem:
    return error(
        "source.not-results",
        "Ce fichier n’est pas un export de résultats de certification.",
        _TO_EXPORT,
        Place(file=section.file, line=section.line),
    )
