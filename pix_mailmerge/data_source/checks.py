"""What is wrong with a row that is to get a document: a value missing, or one that cannot be understood. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from pix_mailmerge.data_source import columns, values
from pix_mailmerge.data_source.duplicates import Conflict
from pix_mailmerge.data_source.record import Record
from pix_mailmerge.data_source.statuses import is_certified, is_pix
from pix_mailmerge.problems import Problem, error, warning

NAMES = (columns.FIRST_NAME, columns.LAST_NAME)
REQUIRED = (*NAMES, columns.BIRTH_DATE, columns.PIX, columns.EXAM_DATE)
"""What Pix never leaves empty in the row of a certification obtained."""

LONGEST_VALUE = 60
"""Characters; no date, score or level is longer."""

_CORRECT = "Corrigez-la dans le fichier, ou téléchargez-le de nouveau dans Pix Orga."


@dataclass(frozen=True, slots=True)
class _Form:
    """What a column must hold, in French, and the parser that tells."""

    header: str
    told: str
    parse: Callable[[str], object]


_FORMS = (
    _Form(columns.BIRTH_DATE, "une date JJ/MM/AAAA", lru_cache(8192)(values.parse_date)),
    _Form(columns.EXAM_DATE, "une date JJ/MM/AAAA", lru_cache(8192)(values.parse_date)),
    _Form(columns.PIX, "un nombre de Pix", lru_cache(2048)(values.parse_score)),
    *(
        _Form(code, "un niveau de 0 à 8, ou « - »", lru_cache(64)(values.parse_level))
        for code in columns.COMPETENCE_CODES
    ),
)


def check_record(record: Record) -> Iterator[Problem]:
    """Yield what is wrong with the values of a Pix record that is to get a document.

    Only a certification obtained has all its values: of any other one, asked for by its status, a name is enough. A
    certification that is not the one of the 16 competences (Pix+ …) has no score.
    """
    required: tuple[str, ...] = REQUIRED if is_certified(record) else NAMES
    if not is_pix(record.text(columns.TYPE)):
        required = tuple(header for header in required if header != columns.PIX)
    yield from (_empty(record, header) for header in required if not record.text(header).strip())
    for form in _FORMS:
        text = record.text(form.header)
        if text and not _is_understood(text, form):
            yield _misunderstood(record, form, text)
    if record.text(columns.PIX) != record.text(columns.SCORE):  # they are equal unless someone changed one in Excel
        yield _two_scores(record)
    unknown = [code for code in columns.COMPETENCE_CODES if not record.text(code)]
    if unknown and is_certified(record) and len(unknown) < len(columns.COMPETENCE_CODES):
        yield warning(
            "source.level-unknown",
            f"Aucun niveau n’est indiqué pour {', '.join(unknown)} : l’attestation n’y montrera rien.",
            "Vérifiez le fichier : Pix écrit un niveau, 0, ou « - » pour une compétence non évaluée.",
            record.place(unknown[0]),
        )


def conflict_problem(conflict: Conflict) -> Problem:
    """Return the problem of two rows that contradict each other; it shows both."""
    first, second = conflict.first, conflict.second
    told = " ; ".join(
        f"« {header} » : « {_short(first.text(header))} » puis « {_short(second.text(header))} »"
        for header in conflict.headers[:4]
    )
    return error(
        "source.same-number",
        f"La certification n° {second.text(columns.NUMBER)} est aussi dans {first.place()}, avec d’autres valeurs"
        f" ({told}).",
        "Gardez le fichier le plus récent, ou supprimez la ligne qui est fausse.",
        second.place(),
    )


def _is_understood(text: str, form: _Form) -> bool:
    if len(text) > LONGEST_VALUE:
        return False
    try:
        form.parse(text)
    except ValueError:
        return False
    return True


def _empty(record: Record, header: str) -> Problem:
    return error("source.value-missing", "La cellule est vide.", _CORRECT, record.place(header))


def _misunderstood(record: Record, form: _Form, text: str) -> Problem:
    what = f"« {_short(text)} » n’est pas {form.told}."
    return error("source.value-unreadable", what, _CORRECT, record.place(form.header))


def _two_scores(record: Record) -> Problem:
    pix, score = record.text(columns.PIX), record.text(columns.SCORE)
    return error(
        "source.two-scores",
        f"« {columns.PIX} » vaut « {pix} » et « {columns.SCORE} » vaut « {score} ».",
        "Mettez la même valeur dans les deux colonnes, ou videz celle qui est fausse.",
        record.place(columns.SCORE),
    )


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
