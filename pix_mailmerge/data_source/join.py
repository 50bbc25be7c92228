"""``--join``: columns of another list of the school (class, INE, sex, verification codes), pupil by pupil.

A pupil is found by certification number, else by surname, given name and birth date. What is not found, or found more
than once with different values, is listed and left empty: never guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.cells import as_text
from pix_mailmerge.data_source.columns import folded_header
from pix_mailmerge.data_source.join_list import Keys, ListRow, OtherList, find_keys, is_same_name, read_list
from pix_mailmerge.data_source.reading import Damage, Reading
from pix_mailmerge.data_source.record import Header, Record
from pix_mailmerge.problems import DataSourceError, Place, Problem, error, warning

_MAY_BE_FILLED = frozenset(map(folded_header, (columns.CLASS, columns.BIRTH_PLACE, columns.EXTERNAL_ID)))


def join_columns(reading: Reading, path: str | Path, *, replaces_class: bool = True) -> Reading:
    """Return ``reading`` with the columns of the list at ``path``; what is wrong is among its problems.

    « Classe » replaces the class that a file's name gave, unless ``replaces_class`` is False; an empty birth place is
    filled; any other column that the results have already is theirs alone (« Niveau » of ONDE is that of a class).
    """
    try:
        joined = read_list(path)
    except DataSourceError as wrong:
        return replace(reading, problems=(*reading.problems, *wrong.problems))
    joined, kept = _without_columns_of(reading, joined)
    header, keys = _wider(reading, joined), find_keys(reading.header)
    records, damaged, problems = [], list(reading.damaged), []
    lines: set[int] = set()
    for record in reading.records:
        found = joined.find(keys, record.cells)
        lines |= {row.line for row in found}
        problem = _check_match(record, keys, found, joined)
        row = found[0] if found and not problem else None
        records.append(_joined(record, header, joined, row, replaces_class))
        if problem:
            problems.append(problem)
        if row and row.problem:
            damaged.append(Damage(records[-1], row.problem))
    if reading.records and not lines:
        problems = [_nobody(joined.file)]
    elif unused := len(joined.lines - lines):
        problems.append(_unused(joined.file, unused))
    told = (*reading.problems, *joined.problems, *kept, *problems)
    return replace(reading, records=tuple(records), header=header, damaged=tuple(damaged), problems=told)


def _check_match(record: Record, keys: Keys, found: Sequence[ListRow], joined: OtherList) -> Problem | None:
    """Return why the rows that were found for a record are not to be taken; None where there is one that is."""
    if not found:
        return _unmatched(record, joined.file)
    if len(found) > 1:
        return _ambiguous(record, joined.file)
    pairs = [
        (as_text(record.cells[ours]), found[0].cells[theirs])
        for ours, theirs in ((keys.last_name, joined.keys.last_name), (keys.first_name, joined.keys.first_name))
        if ours is not None and theirs is not None
    ]
    if all(is_same_name(one, other) for one, other in pairs if one.strip() and other.strip()):
        return None
    return _other_name(record, joined.file, found[0], " ".join(other for _, other in reversed(pairs)))


def _without_columns_of(reading: Reading, joined: OtherList) -> tuple[OtherList, list[Problem]]:
    """Return ``joined`` without the columns that only the results may fill, and the problem that tells of them."""
    own = {folded_header(header) for header in reading.header} - _MAY_BE_FILLED
    kept = [header for header in joined.added if folded_header(header) in own]
    added = {header: position for header, position in joined.added.items() if header not in kept}
    return replace(joined, added=added), [_kept(joined.file, kept)] if kept else []


def _wider(reading: Reading, joined: OtherList) -> Header:
    known = {folded_header(header) for header in reading.header}
    new = [header for header in joined.added if folded_header(header) not in known]
    end = len(reading.header) - (len(columns.LAST_HEADERS) if reading.is_pix else 0)
    return Header((*reading.header[:end], *new, *reading.header[end:]))


def _joined(record: Record, header: Header, joined: OtherList, row: ListRow | None, replaces_class: bool) -> Record:
    cells = [record.values[name] if name in record.header.positions else "" for name in header]
    places = {folded_header(name): position for position, name in enumerate(header)}
    for name, position in joined.added.items() if row is not None else ():
        assert row is not None
        place = places[folded_header(name)]
        text = row.cells[position]
        if text and (cells[place] in {None, ""} or (name == columns.CLASS and replaces_class)):
            cells[place] = text
    return Record(record.file, record.line, header, tuple(cells))


def _kept(file: str, headers: Sequence[str]) -> Problem:
    told = ", ".join(f"« {header} »" for header in headers)
    return warning(
        "source.join-column-kept",
        f"Colonnes de cette liste que les résultats ont déjà, et qui ne sont pas reprises : {told}.",
        "Pour les reprendre, renommez-les dans la liste.",
        Place(file=file),
    )


def _nobody(file: str) -> Problem:
    return error(
        "source.join-nobody",
        "Aucun élève des résultats n’est dans cette liste.",
        "Vérifiez que c’est la bonne liste (établissement, année).",
        Place(file=file),
    )


def _unmatched(record: Record, file: str) -> Problem:
    return warning(
        "source.join-unmatched",
        f"{_told(record)} n’est pas dans « {file} » : ses colonnes restent vides.",
        "Vérifiez l’orthographe du nom et la date de naissance dans les deux fichiers.",
        record.place(),
    )


def _ambiguous(record: Record, file: str) -> Problem:
    return warning(
        "source.join-ambiguous",
        f"{_told(record)} est plusieurs fois dans « {file} », avec des valeurs différentes : colonnes laissées vides.",
        "Gardez une seule ligne pour cet élève dans la liste.",
        record.place(),
    )


def _told(record: Record) -> str:
    return f"{record.text(columns.FIRST_NAME)} {record.text(columns.LAST_NAME)}".strip() or "Cet élève"


def _other_name(record: Record, file: str, row: ListRow, name: str) -> Problem:
    number = record.text(columns.NUMBER)
    return warning(
        "source.join-other-name",
        f"La certification n° {number} est celle de « {name} » dans « {file} » (ligne {row.line}), et de"
        f" « {_told(record)} » ici : colonnes laissées vides.",
        "Vérifiez le numéro et le nom dans les deux fichiers.",
        record.place(),
    )


def _unused(file: str, count: int) -> Problem:
    told = "Une ligne" if count == 1 else f"{count} lignes"
    return warning(
        "source.join-unused",
        f"{told} de cette liste : aucun élève des résultats n’y répond.",
        "Rien à faire si la liste compte aussi d’autres élèves.",
        Place(file=file),
    )
