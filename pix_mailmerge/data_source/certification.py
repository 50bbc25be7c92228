"""Certification: the typed view of a Pix record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeVar

from pix_mailmerge.data_source import columns, values
from pix_mailmerge.data_source.record import Record

T = TypeVar("T")

State = Literal["niveau", "zero", "non_evalue", "inconnu"]

GLOBAL_LEVELS = (
    (64, "Novice 1"),
    (128, "Novice 2"),
    (256, "Indépendant 1"),
    (384, "Indépendant 2"),
    (512, "Avancé 1"),
    (640, "Avancé 2"),
    (768, "Expert 1"),
    (896, "Expert 2"),
)
"""Score from which a certification of the third version has a global level; below the first it has none."""

MAXIMA = (
    (date.min, 640),
    (date(2021, 1, 1), 768),
    (date(2023, 11, 15), 896),
    (date(2024, 5, 1), 895),
)
"""Day from which a certification was scored out of so many Pix (levels up to 5, 6, 7, then the third version)."""

THIRD_VERSION = date(2024, 5, 1)
"""Before this day no certification had a global level, whatever its score."""


@dataclass(frozen=True, slots=True)
class Competence:
    """The result in one competence: code (« 1.1 »), level or None, and which of the four states it is in.

    niveau: 1 to 8. zero: tested and failed, level 0. non_evalue: « - », not tested. inconnu: the file says nothing.
    """

    code: str
    level: int | None
    state: State


@dataclass(frozen=True, slots=True)
class Certification:
    """The certification of one pupil, typed; text is "" where the file says nothing.

    score, maximum: in Pix; score is None where there is none. level: global level as Pix names it, None where there is
    none. competences: code -> Competence, all 16 in the order of the reference. A value that cannot be understood is
    None here and a problem in select.py.
    """

    number: str
    first_name: str
    last_name: str
    birth_date: date | None
    birth_place: str
    external_id: str
    certification_type: str
    status: str
    level: str | None
    score: int | None
    maximum: int | None
    competences: Mapping[str, Competence]
    comment: str
    session: str
    exam_date: date | None
    centre: str
    class_name: str
    file: str

    @classmethod
    def of(cls, record: Record) -> Certification:
        """Return the typed view of ``record``, which stands under the headers of columns.py."""
        text = record.text
        score = score_of(record)
        exam_date = _understood(values.parse_date, text(columns.EXAM_DATE))
        level = text(columns.LEVEL).strip()
        return cls(
            number=text(columns.NUMBER),
            first_name=text(columns.FIRST_NAME),
            last_name=text(columns.LAST_NAME),
            birth_date=_understood(values.parse_date, text(columns.BIRTH_DATE)),
            birth_place=text(columns.BIRTH_PLACE),
            external_id=text(columns.EXTERNAL_ID),
            certification_type=text(columns.TYPE),
            status=text(columns.STATUS),
            level=None if level in {"", values.NOT_EVALUATED} else level,
            score=score,
            maximum=find_maximum(exam_date, score),
            competences=competences_of(record),
            comment=text(columns.COMMENT),
            session=text(columns.SESSION),
            exam_date=exam_date,
            centre=text(columns.CENTRE),
            class_name=text(columns.CLASS),
            file=text(columns.FILE),
        )


def with_level(record: Record) -> Record:
    """Return the record with the global level that its score gives, where the file names none and it may have one.

    Certifications of the third version only; a « - » in the file says that there is none.
    """
    exam_date = _understood(values.parse_date, record.text(columns.EXAM_DATE))
    if record.text(columns.LEVEL).strip() or exam_date is None or exam_date < THIRD_VERSION:
        return record
    position = record.header.positions.get(columns.LEVEL)
    level = find_global_level(score_of(record))
    if position is None or level is None:
        return record
    return replace(record, cells=(*record.cells[:position], level, *record.cells[position + 1 :]))


def score_of(record: Record) -> int | None:
    """Return the score of ``record`` in Pix; None where it has none or one that cannot be understood."""
    return _understood(values.parse_score, score_text(record))


def score_text(record: Record) -> str:
    """Return the score of ``record`` as it stands, in whichever of its two columns; "" where it has none."""
    return record.text(columns.PIX) or record.text(columns.SCORE)


def competences_of(record: Record) -> dict[str, Competence]:
    """Return the 16 competences of ``record``, code -> Competence, in the order of the reference."""
    return {code: parse_competence(code, record.text(code)) for code in columns.COMPETENCE_CODES}


def parse_competence(code: str, text: str) -> Competence:
    """Return the Competence that a cell tells of; one that cannot be understood is unknown."""
    level = _understood(values.parse_level, text)
    if level is not None:
        return Competence(code, level, "niveau" if level else "zero")
    return Competence(code, None, "non_evalue" if values.clean_level(text) == values.NOT_EVALUATED else "inconnu")


def find_global_level(score: int | None) -> str | None:
    """Return the global level of a score, third version; None below 64 Pix and for no score."""
    reached = [name for least, name in GLOBAL_LEVELS if score is not None and score >= least]
    return reached[-1] if reached else None


def find_maximum(exam_date: date | None, score: int | None = None) -> int | None:
    """Return how many Pix could be reached on ``exam_date``; None where the date is unknown.

    The days of change are not known to the day: a score above the maximum of its day takes the next one that holds it.
    """
    if exam_date is None:
        return None
    position = max(n for n, (since, _) in enumerate(MAXIMA) if since <= exam_date)
    reachable = [MAXIMA[position][1], *sorted(maximum for _, maximum in MAXIMA), values.HIGHEST_SCORE]
    return next((maximum for maximum in reachable if score is None or score <= maximum), values.HIGHEST_SCORE)


def _understood(parse: Callable[[str], T | None], text: str) -> T | None:
    try:
        return parse(text)
    except ValueError:
        return None
