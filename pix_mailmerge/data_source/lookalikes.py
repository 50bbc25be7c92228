"""Tables that are not results: campaign results, password lists, pupil imports … told by their headers.

Only the header is ever looked at or told of: one of these lists holds passwords.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pix_mailmerge.data_source.columns import folded_header
from pix_mailmerge.data_source.file_kinds import EXPORT, Kind
from pix_mailmerge.data_source.layout import clean_header
from pix_mailmerge.data_source.table import Cells


@dataclass(frozen=True, slots=True)
class Lookalike:
    """A table that is not one of results. signature: folded headers that it alone has together."""

    kind: Kind
    signature: frozenset[str]


def _lookalike(id: str, told: str, *signature: str, remedy: str = EXPORT) -> Lookalike:
    return Lookalike(Kind(id, told, remedy), frozenset(map(folded_header, signature)))


_OTHER_MENU = f"Une campagne n’est pas une certification. {EXPORT}"

PASSWORDS = Kind(
    "source.is-passwords",
    "C’est une liste d’identifiants et de mots de passe d’élèves.",
    f"Mettez ce fichier à l’abri. {EXPORT}",
)

LOOKALIKES = (
    Lookalike(PASSWORDS, frozenset({"identifiant", "mot de passe"})),
    _lookalike(
        "source.is-profiles",
        "C’est une collecte de profils : ces niveaux ne sont pas certifiés.",
        "Nom de l'organisation",
        "Envoi (O/N)",
        "Nombre de pix total",
        remedy=_OTHER_MENU,
    ),
    _lookalike(
        "source.is-campaign",
        "Ce sont les résultats d’une campagne, pas ceux de la certification.",
        "Nom de l'organisation",
        "ID Campagne",
        "Nom du Participant",
        remedy=_OTHER_MENU,
    ),
    _lookalike(
        "source.is-fregata", "C’est une liste d’élèves à importer dans Pix Orga.", "Identifiant unique*", "Division*"
    ),
    _lookalike("source.is-students", "C’est une liste d’étudiants à importer.", "Numéro étudiant", "Premier prénom"),
    _lookalike(
        "source.is-onde", "C’est une liste d’élèves de ONDE.", "Nom élève", "Prénom élève", "INE", "Libellé classe"
    ),
    _lookalike(
        "source.is-sessions",
        "C’est un fichier de création de sessions de Pix Certif.",
        "N° de session",
        "* Nom de naissance",
    ),
    _lookalike(
        "source.is-candidates",
        "C’est une liste de candidats de Pix Certif : elle ne contient pas de résultats.",
        "Nom de naissance",
        "Identifiant local",
        "Temps majoré ?",
    ),
    _lookalike(
        "source.is-clea",
        "C’est la liste des certifiés CléA numérique, sans les niveaux Pix.",
        "SIREN de l'organisme",
        "CCPI",
    ),
    _lookalike("source.is-jury", "C’est un fichier « avant jury » de Pix.", "ID de certification", "Note Pix"),
)


PEOPLE = frozenset(f"source.is-{name}" for name in ("fregata", "students", "onde", "sessions", "candidates", "clea"))
"""Lists that hold neither secrets nor anything like results: a letter of the school may be merged with them."""


def find_lookalike(rows: Iterable[Cells]) -> Kind | None:
    """Return what the table is whose first rows are ``rows``; None when it may be one of results."""
    for cells in rows:
        headers = {folded_header(clean_header(cell)) for cell in cells}
        for lookalike in LOOKALIKES:
            if lookalike.signature <= headers:
                return lookalike.kind
    return None
