"""Layout: which column of a Pix file stands where, whatever its order, language and damage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.cells import as_text, column_letters
from pix_mailmerge.data_source.record import Value
from pix_mailmerge.problems import Place, Problem, error, warning

NEEDED = (
    columns.FIRST_NAME,
    columns.LAST_NAME,
    columns.BIRTH_DATE,
    columns.EXAM_DATE,
)
"""Every export has these; without one there is no attestation."""

EXPECTED = (columns.NUMBER, columns.BIRTH_PLACE, columns.EXTERNAL_ID, columns.SESSION)
"""Every export has these too; an attestation can do without."""

PIX_COLUMNS = 10
"""A row that names at least this many columns of a Pix file is the header of one; a class list has fewer."""

SHOWN_HEADERS = 10

_REMEDY = "Téléchargez de nouveau le fichier dans Pix Orga (Certifications, « Exporter les résultats »)."


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each column of one table stands.

    file, line: of the header. width: how many cells a row has. positions: header of columns.py -> position.
    result: position of « Résultat », or None. others: header as written -> position, of all further columns.
    unnamed: positions that have no header. twice: headers that stand there more than once, as written.
    """

    file: str
    line: int
    width: int
    positions: Mapping[str, int]
    result: int | None
    others: Mapping[str, int]
    unnamed: tuple[int, ...]
    twice: tuple[str, ...]

    def with_unnamed(self, filled: Iterable[int]) -> Layout:
        """Return this layout with a header, « Colonne AC », for columns that have none and are not empty."""
        named = {f"Colonne {column_letters(position)}": position for position in filled}
        return replace(self, others=MappingProxyType({**self.others, **named}))

    @property
    def has_competences(self) -> bool:
        return any(code in self.positions for code in columns.COMPETENCE_CODES)

    @property
    def has_score(self) -> bool:
        return self.result is not None or columns.PIX in self.positions or columns.SCORE in self.positions


def read_layout(file: str, line: int, cells: Sequence[Value]) -> Layout:
    """Return the Layout that a header row tells of."""
    positions: dict[str, int] = {}
    others: dict[str, int] = {}
    result: int | None = None
    unnamed, twice = [], []
    seen: set[str] = set()
    for position, cell in enumerate(cells):
        header = clean_header(cell)
        column = columns.find_column(header)
        key = column.header if column else columns.folded_header(header) or header
        if not header:
            unnamed.append(position)
        elif key in seen:
            twice.append(header)
        elif column:
            positions[column.header] = position
        elif columns.is_result(header):
            result = position
        else:
            others[header] = position
        seen.add(key)
    return Layout(
        file,
        line,
        len(cells),
        MappingProxyType(positions),
        result,
        MappingProxyType(others),
        tuple(unnamed),
        tuple(twice),
    )


def clean_header(cell: Value) -> str:
    """Return a header as one line: Word takes no other."""
    return " ".join(as_text(cell).split())


def count_known(cells: Iterable[Value]) -> int:
    """Return how many columns of a Pix file a row names, each counted once."""
    headers = [clean_header(cell) for cell in cells]
    known = {column.header for header in headers if (column := columns.find_column(header))}
    return len(known) + any(columns.is_result(header) for header in headers)


def check_layout(layout: Layout) -> list[Problem]:
    """Return what is wrong with the columns: missing, twice, unknown."""
    place = Place(file=layout.file, line=layout.line)
    problems = [
        error(
            "source.column-twice",
            f"La colonne « {header} » est là deux fois.",
            "Supprimez celle qui est de trop, puis recommencez.",
            Place(file=layout.file, line=layout.line, column=header),
        )
        for header in layout.twice
    ]
    problems += [_missing(place, header) for header in NEEDED if header not in layout.positions]
    if layout.has_competences:
        problems += [_missing(place, code) for code in columns.COMPETENCE_CODES if code not in layout.positions]
        if not layout.has_score:
            problems.append(_missing(place, columns.PIX))
    elif columns.TYPE not in layout.positions:
        problems.append(_missing(place, "1.1 … 5.2"))
    problems += [_absent(place, header) for header in EXPECTED if header not in layout.positions]
    if unknown := [header for header in layout.others if not columns.is_complementary(header)]:
        problems.append(_unknown(place, unknown))
    return problems


def _missing(place: Place, header: str) -> Problem:
    what = f"La colonne « {header} » manque."
    return error("source.column-missing", what, _REMEDY, replace(place, column=header))


def _absent(place: Place, header: str) -> Problem:
    what = f"La colonne « {header} » manque : elle restera vide."
    return warning("source.column-absent", what, _REMEDY, place)


def _unknown(place: Place, headers: Sequence[str]) -> Problem:
    told = ", ".join(f"« {header} »" for header in headers[:SHOWN_HEADERS]) + (
        " …" if len(headers) > SHOWN_HEADERS else ""
    )
    return warning(
        "source.column-unknown",
        f"Colonnes qui ne viennent pas de Pix, gardées à la suite des autres : {told}.",
        "Rien à faire si elles ont été ajoutées exprès.",
        place,
    )
