"""What is wrong with a row that is to get a document: a value missing, or one that cannot be understood. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from pix_mailmerge.data_source import columns, values
from pix_mailmerge.data_source.cells import excel_error
from pix_mailmerge.data_source.duplicates import Conflict
from pix_mailmerge.data_source.gaps import Gap
from pix_mailmerge.data_source.record import Record
from pix_mailmerge.data_source.statuses import is_certified, is_pix
from pix_mailmerge.problems import Place, Problem, error, warning

NAMES = (columns.FIRST_NAME, columns.LAST_NAME)
REQUIRED = (*NAMES, columns.BIRTH_DATE, columns.PIX, columns.EXAM_DATE)
"""What Pix never leaves empty in the row of a certification obtained."""

LONGEST_VALUE = 60
"""Characters; no date, score or level is longer."""

YOUNGEST, OLDEST = 6, 100
"""Years; at another age than these nobody is certified: one of the two dates is wrong."""

_CORRECT = "Corrigez la cellule dans le fichier, ou téléchargez-le de nouveau dans Pix Orga."
_FILL = "Remplissez-la dans le fichier, ou téléchargez-le de nouveau dans Pix Orga."


@dataclass(frozen=True, slots=True)
class _Form:
    """What a column must hold, in French, and the parser that tells."""

    header: str
    told: str
    parse: Callable[[str], object]


_parse_date = lru_cache(8192)(values.parse_date)

_FORMS = (
    _Form(columns.NUMBER, "un numéro de certification, fait de chiffres", values.parse_number),
    _Form(columns.BIRTH_DATE, "une date JJ/MM/AAAA", _parse_date),
    _Form(columns.EXAM_DATE, "une date JJ/MM/AAAA", _parse_date),
    _Form(columns.SESSION, "un numéro de session", values.parse_session),
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
    certified, pix = is_certified(record), is_pix(record.text(columns.TYPE))
    required: tuple[str, ...] = REQUIRED if certified else NAMES
    if not pix:
        required = tuple(header for header in required if header != columns.PIX)
    yield from (_empty(record, header) for header in required if not record.text(header).strip())
    if "#" in "".join(map(str, record.cells)):
        yield from _excel_errors(record)
    for form in _FORMS:
        text = record.text(form.header)
        if text and not _is_understood(text, form) and not values.is_excel_error(text):
            yield _misunderstood(record, form, text)
    yield from _check_dates(record)
    if record.text(columns.PIX) != record.text(columns.SCORE):  # they are equal unless someone changed one in Excel
        yield _two_scores(record)
    if certified and pix:
        yield from _check_result(record)
    unknown = [code for code in columns.COMPETENCE_CODES if not record.text(code)]
    if unknown and certified and len(unknown) < len(columns.COMPETENCE_CODES):
        yield warning(
            "source.level-unknown",
            f"Aucun niveau n’est indiqué pour {', '.join(unknown)} : l’attestation n’y montrera rien.",
            "Vérifiez le fichier : Pix écrit un niveau, 0, ou « - » pour une compétence non évaluée.",
            record.place(unknown[0]),
        )


def _excel_errors(record: Record) -> Iterator[Problem]:
    for name in record.header:
        if values.is_excel_error(record.text(name)):
            yield excel_error(record.text(name), record.place(name))


def _check_result(record: Record) -> Iterator[Problem]:
    """Yield what is wrong with the result of a certification obtained: no score, or one that nobody obtains."""
    score = record.text(columns.PIX)
    if score == values.NOT_EVALUATED:
        what = "« - » : un élève certifié a un nombre de Pix."
        yield error("source.value-missing", what, _CORRECT, record.place(columns.PIX))
    elif score == "0":
        what = "Cet élève serait certifié avec 0 Pix."
        yield warning("source.result-unlikely", what, "Vérifiez son score et son statut.", record.place(columns.PIX))
    if {record.text(code) for code in columns.COMPETENCE_CODES} == {values.NOT_EVALUATED}:
        what = "Cet élève serait certifié sans qu’aucune compétence ait été évaluée."
        yield warning("source.result-unlikely", what, "Vérifiez ses niveaux et son statut.", record.place("1.1"))


def gap_problem(gap: Gap) -> Problem:
    """Return the problem of a cell that is empty where Pix leaves none."""
    if gap.header in columns.COMPETENCE_CODES:
        return error(
            "source.value-missing",
            "Les niveaux des 16 compétences sont vides, alors que cet élève est certifié.",
            "Remplissez-les dans le fichier, ou téléchargez-le de nouveau dans Pix Orga.",
            gap.record.place(gap.header),
        )
    if gap.header != columns.STATUS:
        return _empty(gap.record, gap.header)
    return error(
        "source.value-missing",
        "La cellule est vide : rien ne dit si cet élève est certifié.",
        "Écrivez le statut qu’il a dans Pix Orga (« Validée », « Rejetée »…), ou téléchargez le fichier de nouveau.",
        gap.record.place(gap.header),
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
    return error("source.value-missing", "La cellule est vide.", _FILL, record.place(header))


def _misunderstood(record: Record, form: _Form, text: str) -> Problem:
    what, remedy = f"« {_short(text)} » n’est pas {form.told}.", _CORRECT
    if form.header == columns.PIX and text.isdecimal():
        what = f"« {_short(text)} » dépasse 1 024, le plus grand nombre de Pix possible."
    elif values.is_rounded(text):
        what = f"« {text} » n’est pas {form.told} : un tableur l’a arrondi."
        remedy = "Téléchargez de nouveau le fichier dans Pix Orga, et ne l’enregistrez pas avec Excel."
    return error("source.value-unreadable", what, remedy, record.place(form.header))


def _check_dates(record: Record) -> Iterator[Problem]:
    """Yield what is wrong with two dates that are each right: an age that nobody has."""
    born, exam = (_understood_date(record.text(header)) for header in (columns.BIRTH_DATE, columns.EXAM_DATE))
    if born is None or exam is None:
        return
    age = exam.year - born.year - ((exam.month, exam.day) < (born.month, born.day))
    told = f"né le {values.format_date(born)}, certifié le {values.format_date(exam)}"
    if exam <= born:
        what = f"Cet élève serait {told}, avant de naître."
        yield error("source.age-impossible", what, "Corrigez celle des deux dates qui est fausse.", _born_place(record))
    elif not YOUNGEST <= age <= OLDEST:
        what = f"Cet élève serait {told}, à {age} ans."
        yield warning("source.age-unlikely", what, "Vérifiez ces deux dates.", _born_place(record))


def _born_place(record: Record) -> Place:
    return record.place(columns.BIRTH_DATE)


def _understood_date(text: str) -> date | None:
    try:
        return _parse_date(text)
    except ValueError:
        return None


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
