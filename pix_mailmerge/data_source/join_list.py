"""The other list of ``--join``: its columns, and its rows under every key that finds a pupil."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pix_mailmerge.data_source import columns, values
from pix_mailmerge.data_source.any_table import AnySection, check_headers, find_header, make_section
from pix_mailmerge.data_source.cells import as_text, excel_error
from pix_mailmerge.data_source.columns import folded_header
from pix_mailmerge.data_source.file_kinds import problem_of
from pix_mailmerge.data_source.lookalikes import PASSWORDS, find_lookalike
from pix_mailmerge.data_source.record import Value
from pix_mailmerge.data_source.sources import find_sources
from pix_mailmerge.data_source.tables import open_table
from pix_mailmerge.data_source.titles import check_titles
from pix_mailmerge.problems import DataSourceError, Place, Problem, error, raise_errors

_NUMBER = frozenset({"numero de certification", "n de certification", "no de certification", "numero certification"})
_LAST_NAME = frozenset({"nom", "nom de famille", "nom eleve", "nom de naissance", "nom de l eleve"})
_FIRST_NAME = frozenset({"prenom", "premier prenom", "prenom eleve", "prenom 1", "prenom de l eleve"})
_BIRTH_DATE = frozenset(
    {"date de naissance", "date naissance", "ne le", "ne e le", "naissance", "date de naissance jj mm aaaa"}
)
_CLASS = frozenset({"classe", "libelle classe", "division"})

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
class Keys:
    """Positions of what tells a pupil, in any table; None where it lacks that."""

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
class ListRow:
    """A row of the list: line as Excel shows it, cells as text, the problem of a cell that could not be read."""

    line: int
    cells: Sequence[str]
    problem: Problem | None


@dataclass(frozen=True, slots=True)
class OtherList:
    """The other list.

    keys: where its rows tell who they are of. added: header -> position of each column to add. rows: under every key
    that finds them. lines: of all rows, those that say the same counted once. problems: of the table itself.
    """

    file: str
    keys: Keys
    added: Mapping[str, int]
    rows: Mapping[Key, Sequence[ListRow]]
    lines: frozenset[int]
    problems: tuple[Problem, ...]

    def find(self, keys: Keys, cells: Sequence[Value]) -> Sequence[ListRow]:
        """Return the rows for a pupil, of whom ``keys`` says where in ``cells`` the number and the name are.

        They are those of the first key that finds any: the certification number, else the name.
        """
        return next((found for key in _row_keys(keys, cells) if key and (found := self.rows.get(key))), ())


def read_list(path: str | Path) -> OtherList:
    """Return the list at ``path``; raise DataSourceError where it is none, or has passwords."""
    sources, problems = find_sources([path])
    raise_errors(problems)
    if len(sources) > 1:
        raise DataSourceError(_several(str(path)))
    file = sources[0].name
    start, table = open_table(sources[0])
    if find_lookalike(cells for _, cells in start) == PASSWORDS:
        raise DataSourceError(problem_of(PASSWORDS, file))
    first = find_header(start)
    if wrong := check_titles(file, start[first:]):
        raise DataSourceError(wrong)
    section = make_section(table, first)
    raise_errors(check_headers(section))
    keys = find_keys(section.headers)
    if keys.number is None and not keys.has_names:
        raise DataSourceError(_no_key(section))
    added = {
        header: position for position, header in enumerate(section.headers) if header and position not in keys.positions
    }
    rows = _rows(section, added)
    lines = frozenset(row.line for row in rows)
    return OtherList(file, keys, _own_class(added), _indexed(rows, keys), lines, tuple(table.problems))


def find_keys(headers: Sequence[str]) -> Keys:
    """Return where a table under ``headers`` tells who its rows are of."""
    folded = [folded_header(header) for header in headers]

    def position(names: frozenset[str]) -> int | None:
        return next((number for number, name in enumerate(folded) if name in names), None)

    return Keys(position(_NUMBER), position(_LAST_NAME), position(_FIRST_NAME), position(_BIRTH_DATE))


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


def is_same_name(one: str, other: str) -> bool:
    """Tell whether two names may be of one person: one has all words of the other, particles and hyphens aside."""
    first, second = (_words(name) for name in (one, other))
    return "".join(first) == "".join(second) or set(first) <= set(second) or set(second) <= set(first)


def _words(name: str) -> list[str]:
    words = folded_header(name).split()
    return [word for word in words if word not in _PARTICLES] or words


def _own_class(added: dict[str, int]) -> dict[str, int]:
    """Return ``added`` with the class under our own header, whatever the list calls it."""
    named = next((header for header in added if folded_header(header) in _CLASS), None)
    return {columns.CLASS if header == named else header: position for header, position in added.items()}


def _rows(section: AnySection, added: Mapping[str, int]) -> list[ListRow]:
    """Return the rows, of those that say the same the first."""
    rows: dict[tuple[str, ...], ListRow] = {}
    for line, cells in section.rows:
        texts = [values.clean_text(as_text(cell)) for cell in cells]
        texts += [""] * (len(section.headers) - len(texts))
        problem = section.damaged.get(line) or _find_excel_error(section.file, line, texts, added)
        rows.setdefault(tuple(texts), ListRow(line, texts, problem))
    return list(rows.values())


def _find_excel_error(file: str, line: int, texts: Sequence[str], added: Mapping[str, int]) -> Problem | None:
    wrong = next((name for name, position in added.items() if values.is_excel_error(texts[position])), None)
    if wrong is None:
        return None
    return excel_error(texts[added[wrong]], Place(file=file, line=line, column=wrong))


def _indexed(rows: Sequence[ListRow], keys: Keys) -> dict[Key, list[ListRow]]:
    """Return key -> the rows that it finds.

    A row with a certification number is found by it alone: its codes are those of that certification.
    """
    indexed: dict[Key, list[ListRow]] = {}
    for row in rows:
        by_number, *by_name = _row_keys(keys, row.cells)
        for key in dict.fromkeys([by_number] if by_number else by_name):
            indexed.setdefault(key, []).append(row)
    return indexed


def _row_keys(keys: Keys, cells: Sequence[Value]) -> Iterator[Key]:
    """Yield the key of the certification number, () without one, then those of the name."""

    def text(position: int | None) -> str:
        return "" if position is None else as_text(cells[position])

    number = values.clean_number(text(keys.number)).strip()
    yield ("number", number) if number else ()
    yield from name_keys(text(keys.last_name), text(keys.first_name), text(keys.birth_date))


def _several(path: str) -> Problem:
    return error(
        "source.join-several",
        "La liste à joindre doit être un seul fichier ; il y en a plusieurs ici.",
        "Indiquez le fichier lui-même après --join.",
        Place(file=path),
    )


def _no_key(section: AnySection) -> Problem:
    return error(
        "source.join-columns",
        "Cette liste n’a ni numéro de certification, ni nom, prénom et date de naissance.",
        "Ajoutez ces colonnes à la liste : elles servent à retrouver chaque élève.",
        Place(file=section.file, line=section.line),
    )
