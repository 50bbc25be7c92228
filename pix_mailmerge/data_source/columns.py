"""THE table: each column of a Pix file under its header in « Résultats Pix.xlsx », its other headers, and its names.

Everything that needs a header, an attribute of Certification or a field of a model derives from ``COLUMNS``. The order
is the order of « Résultats Pix.xlsx »: the 27 headers of the form of 2021 to 2026 first, so that a Word model made in
any year keeps its columns.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from pix_mailmerge.data_source import values
from pix_mailmerge.data_source.excel_codes import read_code

NUMBER = "Numéro de certification"
FIRST_NAME = "Prénom"
LAST_NAME = "Nom"
BIRTH_DATE = "Date de naissance"
BIRTH_PLACE = "Lieu de naissance"
EXTERNAL_ID = "Identifiant Externe"
STATUS = "Statut"
PIX = "Nombre de Pix"
COMMENT = "Commentaire jury pour l’organisation"
SESSION = "Session"
EXAM_DATE = "Date de passage de la certification"
TYPE = "Type de certification"
LEVEL = "Niveau"
SCORE = "Score en Pix"
CENTRE = "Centre de certification"
CLASS = "Classe"
FILE = "Fichier"

RESULT = "Résultat"
"""Header of spring 2026, « Novice 1 (5 Pix) »: split into LEVEL and SCORE when read, so it has no column of its own."""


@dataclass(frozen=True, slots=True)
class CompetenceName:
    """A competence of the Pix reference: code (« 1.1 »), French name."""

    code: str
    name: str

    @property
    def field(self) -> str:
        """Return the name of its field in a model: c1_1."""
        return f"c{self.code.replace('.', '_')}"


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain of the Pix reference: code (« 1 »), French name, its competences."""

    code: str
    name: str
    competences: tuple[CompetenceName, ...]


def _domain(code: str, name: str, *names: str) -> Domain:
    return Domain(code, name, tuple(CompetenceName(f"{code}.{n}", title) for n, title in enumerate(names, start=1)))


DOMAINS = (
    _domain(
        "1",
        "Information et données",
        "Mener une recherche et une veille d’information",
        "Gérer des données",
        "Traiter des données",
    ),
    _domain(
        "2",
        "Communication et collaboration",
        "Interagir",
        "Partager et publier",
        "Collaborer",
        "S’insérer dans le monde numérique",
    ),
    _domain(
        "3",
        "Création de contenu",
        "Développer des documents textuels",
        "Développer des documents multimédia",
        "Adapter les documents à leur finalité",
        "Programmer",
    ),
    _domain(
        "4",
        "Protection et sécurité",
        "Sécuriser l’environnement numérique",
        "Protéger les données personnelles et la vie privée",
        "Protéger la santé, le bien-être et l’environnement",
    ),
    _domain(
        "5",
        "Environnement numérique",
        "Résoudre des problèmes techniques",
        "Construire un environnement numérique",
    ),
)

COMPETENCES = tuple(competence for domain in DOMAINS for competence in domain.competences)
COMPETENCE_CODES = tuple(competence.code for competence in COMPETENCES)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a Pix file.

    header: in « Résultats Pix.xlsx ». attribute: of Certification. field: in a model; None where another column has
    it. parse: text -> value, raises ValueError. clean: text -> the text our records hold. others: the headers it has
    in English and Dutch exports. width: in « Résultats Pix.xlsx », in characters.
    """

    header: str
    attribute: str
    field: str | None
    parse: Callable[[str], str | int | date | None] = values.parse_text
    clean: Callable[[str], str] = values.clean_text
    others: tuple[str, ...] = ()
    width: int = 14


COLUMNS = (
    Column(
        NUMBER,
        "number",
        "numero",
        clean=values.clean_number,
        others=("Certification number", "Certificeringsnummer"),
        width=12,
    ),
    Column(FIRST_NAME, "first_name", "prenom", others=("First name", "Voornaam"), width=18),
    Column(LAST_NAME, "last_name", "nom", others=("Last name", "Naam"), width=22),
    Column(
        BIRTH_DATE,
        "birth_date",
        "date_naissance",
        values.parse_date,
        values.clean_date,
        ("Date of birth", "Geboortedatum"),
        12,
    ),
    Column(BIRTH_PLACE, "birth_place", "lieu_naissance", others=("Place of birth", "Geboorteplaats"), width=20),
    Column(EXTERNAL_ID, "external_id", "identifiant", others=("External user ID", "Externe identificator")),
    Column(STATUS, "status", "statut", clean=values.clean_label, others=("Status",), width=12),
    Column(
        PIX,
        "score",
        "nombre_pix",
        values.parse_score,
        values.clean_score,
        ("Number of pix", "Aantal pixels"),
        9,
    ),
    *(
        Column(competence.code, "competences", competence.field, values.parse_level, values.clean_level, width=5)
        for competence in COMPETENCES
    ),
    Column(
        COMMENT,
        "comment",
        "commentaire",
        others=(
            "Commentaire jury pour l'organisation",
            "Examining body’s comment for the organisation",
            "Commentaar van de jury op de organisatie",
        ),
        width=30,
    ),
    Column(SESSION, "session", "session", clean=values.clean_number, others=("Sessie",), width=10),
    Column(
        EXAM_DATE,
        "exam_date",
        "date_certification",
        values.parse_date,
        values.clean_date,
        ("Date of Pix certification exam", "Datum van certificering"),
        12,
    ),
    Column(TYPE, "certification_type", "type_certification", clean=values.clean_label),
    Column(LEVEL, "level", "niveau", clean=values.clean_label),
    Column(SCORE, "score", None, values.parse_score, values.clean_score, width=9),
    Column(CENTRE, "centre", "centre", width=24),
    Column(CLASS, "class_name", "classe", width=10),
    Column(FILE, "file", "fichier", width=30),
)

HEADERS = tuple(column.header for column in COLUMNS)
"""Headers of « Résultats Pix.xlsx » in their order; complementary, unknown and joined ones stand before ``CLASS``."""

FIRST_HEADERS = HEADERS[: HEADERS.index(CLASS)]
LAST_HEADERS = (CLASS, FILE)

FIELD_ATTRIBUTES = {column.field: column.attribute for column in COLUMNS if column.field} | {"maximum": "maximum"}
"""Field name in a model -> attribute of Certification."""

FIELD_HEADERS = {column.field: column.header for column in COLUMNS if column.field}
"""Field name in a model -> header in « Résultats Pix.xlsx »."""

PIX_TYPE = "Pix"
"""The only type of certification that an attestation of the 16 competences fits."""

LONGEST_HEADER = 500
"""Characters; what is longer is text, and not to be kept in a cache."""

COMPLEMENTARY = "certification "
"""How the folded header of a complementary certification starts (CléA, Pix+ …)."""

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})
_WORDS = re.compile(r"[^\W_]+")


def folded_header(text: str) -> str:
    """Return the form in which two headers are the same: no case, accent, apostrophe, kind or number of spaces."""
    return _folded(text[:LONGEST_HEADER])


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(_WORDS.findall(letters.casefold()))


_BY_FOLDED = {
    folded_header(name): column
    for column in COLUMNS
    if column.attribute != "competences"
    for name in (column.header, *column.others)
}
_SPELLINGS = frozenset(
    name.casefold() for column in COLUMNS for name in (column.header, *column.others) if not name.isascii()
)
_BY_CODE = {column.header: column for column in COLUMNS if column.attribute == "competences"}


def find_column(header: str) -> Column | None:
    """Return the column of a Pix file that ``header`` names, in any language and after Excel; None for another."""
    return _found_column(header) if len(header) <= LONGEST_HEADER else None


@lru_cache(maxsize=4096)
def _found_column(header: str) -> Column | None:
    code = find_code(header)
    return _BY_CODE[code] if code else _BY_FOLDED.get(folded_header(header))


def is_spelt(header: str) -> bool:
    """Tell whether ``header`` has the accents of a column of a Pix file, each where it belongs."""
    return header.strip().casefold() in _SPELLINGS


def is_result(header: str) -> bool:
    """Tell whether ``header`` is « Résultat », level and score in one cell."""
    return folded_header(header) == "resultat"


def is_complementary(header: str) -> bool:
    """Tell whether ``header`` is that of a complementary certification: « Certification CléA numérique »."""
    return find_column(header) is None and folded_header(header).startswith(COMPLEMENTARY)


def find_code(header: str) -> str | None:
    """Return the code of the competence that ``header`` names, whatever Excel made of it; None for another header."""
    code = read_code(header)
    return code if code in _BY_CODE else None
