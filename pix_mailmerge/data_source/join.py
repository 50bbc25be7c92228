"""``--join``: columns of another list of the school (class, INE, sex, verification codes), pupil by pupil.

A pupil is found by certification number, else by surname, given name and birth date. What is not found, or found more
than once with different values, is listed and left empty: never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pix_mailmerge.data_source import columns, values
from pix_mailmerge.data_source.any_table import AnySection, check_headers, find_header, make_section
from pix_mailmerge.data_source.cells import as_text
from pix_mailmerge.data_source.columns import folded_header
from pix_mailmerge.data_source.file_kinds import problem_of
from pix_mailmerge.data_source.lookalikes import find_lookalike
from pix_mailmerge.data_source.reading import Reading
from pix_mailmerge.data_source.record import Header, Record
from pix_mailmerge.data_source.sources import find_sources
from pix_mailmerge.data_source.tables import open_table
from pix_mailmerge.problems import DataSourceError, Place, Problem, error, raise_errors, warning

_NUMBER = frozenset({"numero de certification", "n de certification", "no de certification", "numero certification"})
_LAST_NAME = frozenset({"nom", "nom de famille", "nom eleve", "nom de naissance", "nom de l eleve"})
_FIRST_NAME = frozenset({"prenom", "premier prenom", "prenom eleve", "prenom 1", "prenom de l eleve"})
_BIRTH_DATE = frozenset(
    {"date de naissance", "date naissance", "ne le", "ne e le", "naissance", "date de naissance jj mm aaaa"}
)
_CLASS = frozenset({"classe", "libelle classe", "division"})

_MAY_BE_FILLED = frozenset(map(folded_header, (columns.CLASS, columns.BIRTH_PLACE, columns.EXTERNAL_ID)))

_PARTICLES = frozenset(
    (
        "al",
        "ben",
        "d",
        "da",
        "de",
        "den",
        "der",
        "des",
        "di",
        "do",
        "dos",
        "du",
        "el",
        "l",
        "la",
        "le",
        "les",
        "van",
        "von",
    )
)

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Keys:
    """Positions of what tells a pupil; None where the list lacks it."""

    number: int | None
    last_name: int | None
    first_name: int | None
    birth_date: int | None

    @property
    def has_names(self) -> bool:
        return None not in (self.last_name, self.first_name, self.birth_date)

    @property
    def positions(self) -> frozenset[int | None]:
        return frozenset({self.number, self.last_name, self.first_name, self.birth_date})


@dataclass(frozen=True, slots=True)
class _List:
    """The other list: header and position of each column to add, and its rows under every key that finds them."""

    file: str
    added: Mapping[str, int]
    rows: Mapping[Key, Sequence[Sequence[str]]]


def join_columns(reading: Reading, path: str | Path, *, replaces_class: bool = True) -> Reading:
    """Return ``reading`` with the columns of the list at ``path``; what is wrong is among its problems.

    « Classe » replaces the class that a file's name gave, unless ``replaces_class`` is False; an empty birth place is
    filled; any other column that the results have already is theirs alone (« Niveau » of ONDE is that of a class).
    """
    try:
        joined = _read_list(path)
    except DataSourceError as wrong:
        return replace(reading, problems=(*reading.problems, *wrong.problems))
    joined, kept = _without_columns_of(reading, joined)
    header = _wider(reading, joined)
    records, problems = [], []
    for record in reading.records:
        found = _find_rows(record, joined)
        if len(found) != 1:
            problems.append(_ambiguous(record, joined.file) if found else _unmatched(record, joined.file))
        records.append(_joined(record, header, joined, found[0] if len(found) == 1 else None, replaces_class))
    if reading.records and len(problems) == len(reading.records):
        problems = [_nobody(joined.file)]
    return replace(reading, records=tuple(records), header=header, problems=(*reading.problems, *kept, *problems))


def name_keys(last_name: str, first_name: str, birth_date: str) -> tuple[Key, ...]:
    """Return the keys that find a pupil by name: as written, then without particles (« de La Tour » is « LATOUR »).

    Case, accents, hyphens, apostrophes and spaces do not count. No key where a part is missing.
    """
    last, first = folded_header(last_name).split(), folded_header(first_name).split()
    day = values.clean_date(birth_date)
    if not (last and first and day):
        return ()
    bare = [word for word in last if word not in _PARTICLES] or last
    whole, plain = ("".join(last), "".join(first), day), ("".join(sorted(bare)), "".join(sorted(first)), day)
    return (("name", *whole), ("plain name", *plain))


def _read_list(path: str | Path) -> _List:
    sources, problems = find_sources([path])
    raise_errors(problems)
    source = sources[0]
    start, table = open_table(source)
    lookalike = find_lookalike(cells for _, cells in start)
    if lookalike and lookalike.has_secrets:
        raise DataSourceError(problem_of(lookalike.kind, source.name))
    section = make_section(table, find_header(start))
    raise_errors(check_headers(section))
    keys = _keys(section.headers)
    if keys.number is None and not keys.has_names:
        raise DataSourceError(_no_key(section))
    added = {
        header: position for position, header in enumerate(section.headers) if header and position not in keys.positions
    }
    return _List(source.name, _own_class(added), _indexed(section, keys))


def _keys(headers: Sequence[str]) -> _Keys:
    folded = [folded_header(header) for header in headers]

    def position(names: frozenset[str]) -> int | None:
        return next((number for number, name in enumerate(folded) if name in names), None)

    return _Keys(position(_NUMBER), position(_LAST_NAME), position(_FIRST_NAME), position(_BIRTH_DATE))


def _own_class(added: dict[str, int]) -> dict[str, int]:
    """Return ``added`` with the class under our own header, whatever the list calls it."""
    named = next((header for header in added if folded_header(header) in _CLASS), None)
    return {columns.CLASS if header == named else header: position for header, position in added.items()}


def _indexed(section: AnySection, keys: _Keys) -> dict[Key, list[Sequence[str]]]:
    """Return key -> the rows that it finds; rows that say the same count once.

    A row with a certification number is found by it alone: its codes are those of that certification.
    """
    rows: dict[Key, list[Sequence[str]]] = {}
    for _, cells in section.rows:
        texts = [values.clean_text(as_text(cell)) for cell in cells]
        texts += [""] * (len(section.headers) - len(texts))
        by_number, *by_name = _row_keys(keys, texts.__getitem__)
        for key in [by_number] if by_number else by_name:
            found = rows.setdefault(key, [])
            if texts not in found:
                found.append(texts)
    return rows


def _row_keys(keys: _Keys, text: Callable[[int], str]) -> Iterator[Key]:
    """Yield the key of the certification number, () without one, then those of the name."""
    number = "" if keys.number is None else values.clean_number(text(keys.number)).strip()
    yield ("number", number) if number else ()
    if keys.last_name is not None and keys.first_name is not None and keys.birth_date is not None:
        yield from name_keys(text(keys.last_name), text(keys.first_name), text(keys.birth_date))


def _find_rows(record: Record, joined: _List) -> Sequence[Sequence[str]]:
    """Return the rows of the list for one pupil: those of the first key that finds any."""
    keys = _row_keys(_keys(record.header), lambda position: as_text(record.cells[position]))
    return next((found for key in keys if key and (found := joined.rows.get(key))), ())


def _without_columns_of(reading: Reading, joined: _List) -> tuple[_List, list[Problem]]:
    """Return ``joined`` without the columns that only the results may fill, and the problem that tells of them."""
    own = {folded_header(header) for header in reading.header} - _MAY_BE_FILLED
    kept = [header for header in joined.added if folded_header(header) in own]
    added = {header: position for header, position in joined.added.items() if header not in kept}
    return replace(joined, added=added), [_kept(joined.file, kept)] if kept else []


def _wider(reading: Reading, joined: _List) -> Header:
    known = {folded_header(header) for header in reading.header}
    new = [header for header in joined.added if folded_header(header) not in known]
    end = len(reading.header) - (len(columns.LAST_HEADERS) if reading.is_pix else 0)
    return Header((*reading.header[:end], *new, *reading.header[end:]))


def _joined(record: Record, header: Header, joined: _List, row: Sequence[str] | None, replaces_class: bool) -> Record:
    cells = [record.values[name] if name in record.header.positions else "" for name in header]
    places = {folded_header(name): position for position, name in enumerate(header)}
    for name, position in joined.added.items() if row is not None else ():
        assert row is not None
        place = places[folded_header(name)]
        if row[position] and (cells[place] in {None, ""} or (name == columns.CLASS and replaces_class)):
            cells[place] = row[position]
    return Record(record.file, record.line, header, tuple(cells))


def _no_key(section: AnySection) -> Problem:
    return error(
        "source.join-columns",
        "Cette liste n’a ni numéro de certification, ni nom, prénom et date de naissance.",
        "Ajoutez ces colonnes à la liste : elles servent à retrouver chaque élève.",
        Place(file=section.file, line=section.line),
    )


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
