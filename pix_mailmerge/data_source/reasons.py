"""Why a record gets no document: its type, its status, a newer certification of the same pupil."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from pix_mailmerge.data_source import columns, values
from pix_mailmerge.data_source.gaps import is_empty
from pix_mailmerge.data_source.reading import Damage, Reading
from pix_mailmerge.data_source.record import Record
from pix_mailmerge.data_source.statuses import (
    ALL,
    CERTIFIED,
    find_status,
    is_asked,
    is_certified,
    is_pix,
    is_same_status,
)

Key = tuple[str, int]


def key_of(record: Record) -> Key:
    """Return what tells a record from all others: file and line."""
    return record.file, record.line


def find_reasons(reading: Reading, status: str, types: Collection[str]) -> dict[Key, str]:
    """Return why records get no document, for those that get none.

    status: « certified », « all » or a label. types: of certification, that there is a model for.
    """
    reasons: dict[Key, str] = {}
    folded_types = frozenset(map(columns.folded_header, types))
    latest: dict[tuple[str, ...], Record] = {}
    doubtful = {key_of(damage.record) for damage in reading.damaged if _is_doubtful(damage)}
    emptied = {key_of(gap.record) for gap in reading.gaps if gap.header in columns.COMPETENCE_CODES}
    for record in reading.records:
        if key_of(record) in doubtful:
            continue
        if reason := _find_reason(record, status, folded_types, has_competences=key_of(record) in emptied):
            reasons[key_of(record)] = reason
        elif (pupil := _pupil(record)) and is_certified(record):
            pupil = (*pupil, columns.folded_header(record.text(columns.TYPE) or columns.PIX_TYPE))
            other = latest.setdefault(pupil, record)
            if other.text(columns.NUMBER) != record.text(columns.NUMBER):
                older, newer = sorted((other, record), key=_when)
                reasons[key_of(older)] = _certified_again(newer)
                latest[pupil] = newer
    return reasons


def _is_doubtful(damage: Damage) -> bool:
    """Tell whether a damaged row may be that of someone certified: its status is damaged, missing or may have moved.

    A quote left open hides other rows as well, and so does a file that was cut.
    """
    label = damage.record.text(columns.STATUS)
    kind = find_status(label)
    if damage.problem.id in {"source.row-too-short", "source.row-too-long"}:
        return kind in {None, CERTIFIED}
    return damage.problem.id in {"source.quote-open", "source.file-cut"} or (label != "" and kind is None)


def _find_reason(record: Record, status: str, types: Collection[str], *, has_competences: bool) -> str | None:
    """Return why a record gets no document; None when it gets one.

    has_competences: it is in a file that has them, even where all of its own are empty.
    """
    kind = record.text(columns.TYPE)
    if kind and columns.folded_header(kind) not in types:
        return f"« {kind} » n’est pas la certification Pix"
    if is_pix(kind) and not has_competences and is_empty(record, columns.COMPETENCE_CODES):
        return "Aucune compétence Pix dans le fichier"
    label = record.text(columns.STATUS)
    if is_asked(status, ALL):
        return None
    if is_asked(status, CERTIFIED):
        return None if is_certified(record) else _status_reason(label)
    return None if is_same_status(label, status) else _status_reason(label)


def _status_reason(label: str) -> str:
    return f"Statut « {label} »" if label else "Ni statut, ni score avec des niveaux"


def _certified_again(newer: Record) -> str:
    return f"Certifié de nouveau le {newer.text(columns.EXAM_DATE)} (n° {newer.text(columns.NUMBER)})"


def _pupil(record: Record) -> tuple[str, ...] | None:
    """Return who a record is of: names and birth date; None where one of them is missing."""
    birth_date = record.text(columns.BIRTH_DATE)
    who = tuple(columns.folded_header(record.text(name)) for name in (columns.LAST_NAME, columns.FIRST_NAME))
    return (*who, birth_date) if all(who) and birth_date else None


def _when(record: Record) -> tuple[date, int, str]:
    """Return a key that sorts certifications by their day, on one day by their number, which Pix counts up."""
    number = record.text(columns.NUMBER)
    try:
        day = values.parse_date(record.text(columns.EXAM_DATE))
    except ValueError:
        day = None
    return day or date.min, int(number) if number.isdecimal() and len(number) < 20 else 0, number
