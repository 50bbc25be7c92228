"""Who gets a document: by status, by type, once per pupil; everyone else is listed with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pix_mailmerge.data_source import columns, values
from pix_mailmerge.data_source.certification import competences_of, score_of
from pix_mailmerge.data_source.checks import check_record, conflict_problem
from pix_mailmerge.data_source.reading import Damage, Reading
from pix_mailmerge.data_source.record import Record
from pix_mailmerge.problems import Place, Problem, error, warning

CERTIFIED = "certified"
ALL = "all"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record that gets no document. reason: in French. comment: of the jury, "" for none.

    failed: it should have had one, but its row could not be read (``--keep-going``).
    """

    record: Record
    reason: str
    comment: str = ""
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Selection:
    """Records that get a document, those that do not (both in the order of the files), and what is wrong."""

    chosen: tuple[Record, ...]
    left_out: tuple[LeftOut, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Tell whether every record that should have a document is chosen."""
        return not any(left.failed for left in self.left_out)

    @property
    def reasons(self) -> Counter[str]:
        """Return how many are left out for each reason, the most frequent first when asked."""
        return Counter(left.reason for left in self.left_out)


def select(
    reading: Reading,
    status: str | None = None,
    *,
    keep_going: bool = False,
    types: Collection[str] = (columns.PIX_TYPE,),
) -> Selection:
    """Return who gets a document.

    status: « certified » (the default), « all », or a label as it stands in the file. keep_going: a record that cannot
    be read is left out instead of being an error. types: of certification, that there is a model for. A record that
    gets no document is never an error.
    """
    wanted = (status or CERTIFIED).strip()
    reasons = _find_reasons(reading, wanted, types) if reading.is_pix else {}
    chosen = [record for record in reading.records if _key(record) not in reasons]
    faults = _find_faults(reading, chosen)
    unread = {key: _first_error(problems) for key, problems in faults.items()} if keep_going else {}
    failed = {key: f"Ligne illisible : {problem.what}" for key, problem in unread.items() if problem}
    told = [problem for problems in faults.values() for problem in problems]
    if keep_going:
        told = [replace(problem, severity="warning") for problem in told]
    left = [
        LeftOut(record, reason, record.text(columns.COMMENT), failed=_key(record) in failed)
        for record in reading.records
        if (reason := reasons.get(_key(record)) or failed.get(_key(record)))
    ]
    return Selection(
        tuple(record for record in chosen if _key(record) not in failed),
        tuple(left),
        (*_check_status(reading, wanted, chosen), *dict.fromkeys(told), *_harmless(reading, chosen)),
    )


def is_certified(record: Record) -> bool:
    """Tell whether a record is that of a certification obtained; without a status, one with a score and a level is."""
    label = record.text(columns.STATUS)
    if label:
        return columns.find_status(label) == columns.CERTIFIED
    return bool(score_of(record)) and any(found.state == "niveau" for found in competences_of(record).values())


_Key = tuple[str, int]


def _key(record: Record) -> _Key:
    return record.file, record.line


def _find_reasons(reading: Reading, status: str, types: Collection[str]) -> dict[_Key, str]:
    """Return why records get no document, for those that get none."""
    reasons: dict[_Key, str] = {}
    folded_types = frozenset(map(columns.folded_header, types))
    latest: dict[tuple[str, ...], Record] = {}
    doubtful = {_key(damage.record) for damage in reading.damaged if _is_doubtful(damage)}
    for record in reading.records:
        if _key(record) in doubtful:
            continue
        if reason := _find_reason(record, status, folded_types):
            reasons[_key(record)] = reason
        elif (pupil := _pupil(record)) and is_certified(record):
            pupil = (*pupil, columns.folded_header(record.text(columns.TYPE) or columns.PIX_TYPE))
            other = latest.setdefault(pupil, record)
            if other.text(columns.NUMBER) != record.text(columns.NUMBER):
                older, newer = sorted((other, record), key=_when)
                reasons[_key(older)] = _certified_again(newer)
                latest[pupil] = newer
    return reasons


def _is_doubtful(damage: Damage) -> bool:
    """Tell whether a damaged row may be that of someone certified: its status is missing or may have moved.

    A quote left open hides other rows as well.
    """
    kind = columns.find_status(damage.record.text(columns.STATUS))
    return damage.problem.id == "source.quote-open" or (
        damage.problem.id in {"source.row-too-short", "source.row-too-long"} and kind in {None, columns.CERTIFIED}
    )


def _find_reason(record: Record, status: str, types: Collection[str]) -> str | None:
    """Return why a record gets no document; None when it gets one."""
    kind = record.text(columns.TYPE)
    if kind and columns.folded_header(kind) not in types:
        return f"« {kind} » n’est pas la certification Pix"
    if _is_pix(kind) and not any(record.text(code) for code in columns.COMPETENCE_CODES):
        return "Aucune compétence Pix dans le fichier"
    label = record.text(columns.STATUS)
    if columns.folded_header(status) == ALL:
        return None
    if columns.folded_header(status) == CERTIFIED:
        return None if is_certified(record) else _status_reason(label)
    return None if columns.folded_header(label) == columns.folded_header(status) else _status_reason(label)


def _is_pix(kind: str) -> bool:
    """Tell whether a type of certification is the one of the 16 competences; files before 2026 name none."""
    return columns.folded_header(kind) in {"", columns.folded_header(columns.PIX_TYPE)}


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


def _find_faults(reading: Reading, chosen: Iterable[Record]) -> dict[_Key, list[Problem]]:
    """Return what is wrong with the records that are to get a document."""
    faults: dict[_Key, list[Problem]] = {_key(record): [] for record in chosen}
    for damage in reading.damaged:
        faults.get(_key(damage.record), []).append(damage.problem)
    for conflict in reading.conflicts:
        pair = {_key(conflict.first), _key(conflict.second)}
        for key in pair if pair & faults.keys() else ():
            faults.setdefault(key, []).append(conflict_problem(conflict))
    if reading.is_pix:
        broken = {_key(damage.record) for damage in reading.damaged}
        for record in chosen:
            if _key(record) not in broken:
                faults[_key(record)] += check_record(record)
    return {key: problems for key, problems in faults.items() if problems}


def _harmless(reading: Reading, chosen: Iterable[Record]) -> list[Problem]:
    """Return, as warnings, what is wrong with rows that get no document."""
    needed = {_key(record) for record in chosen}
    problems = [damage.problem for damage in reading.damaged if _key(damage.record) not in needed]
    problems += [
        conflict_problem(conflict)
        for conflict in reading.conflicts
        if not needed & {_key(conflict.first), _key(conflict.second)}
    ]
    return [replace(problem, severity="warning") for problem in problems]


def _first_error(problems: Iterable[Problem]) -> Problem | None:
    return next((problem for problem in problems if problem.is_error), None)


def _check_status(reading: Reading, wanted: str, chosen: Sequence[Record]) -> list[Problem]:
    """Return what there is to say of statuses: one asked for that no row has, unknown ones, files without."""
    if not reading.is_pix:
        return []
    labels = Counter(record.text(columns.STATUS) for record in reading.records)
    asked = columns.folded_header(wanted)
    known = {columns.folded_header(label) for label in labels} | {CERTIFIED, ALL}
    problems = []
    if asked not in known and columns.find_status(wanted) is None:
        problems.append(_no_such_status(wanted, [label for label in labels if label]))
    problems += [
        _unknown_status(label, count)
        for label, count in labels.items()
        if label and columns.find_status(label) is None and columns.folded_header(label) != asked
    ]
    broken = {_key(damage.record) for damage in reading.damaged}
    whole = (record for record in chosen if _key(record) not in broken)
    without = dict.fromkeys(record.file for record in whole if not record.text(columns.STATUS))
    return problems + [_without_status(file) for file in without]


def _no_such_status(wanted: str, labels: Sequence[str]) -> Problem:
    choices = ", ".join(f"« {label} »" for label in labels)
    return error(
        "usage.status-unknown",
        f"Aucun élève n’a le statut « {wanted} ».",
        f"Choisissez certified, all, ou un statut du fichier ({choices}).",
    )


def _unknown_status(label: str, count: int) -> Problem:
    return warning(
        "source.status-unknown",
        f"« {label} » n’est pas un statut de Pix ; lignes concernées, sans attestation : {count}.",
        f"Si ces élèves sont certifiés, corrigez le statut en « {columns.STATUSES[columns.CERTIFIED][0]} ».",
        Place(column=columns.STATUS),
    )


def _without_status(file: str) -> Problem:
    return warning(
        "source.status-absent",
        "Des lignes n’indiquent pas de statut (export du début de 2021) : un élève qui a un score et des niveaux est"
        " compté comme certifié.",
        "Rien à faire si le fichier date de 2021 ; sinon, téléchargez-le de nouveau dans Pix Orga.",
        Place(file=file, column=columns.STATUS),
    )
