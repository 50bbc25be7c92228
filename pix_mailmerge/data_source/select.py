"""Who gets a document: by status, by type, once per pupil; everyone else is listed with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.checks import check_record, conflict_problem, gap_problem
from pix_mailmerge.data_source.gaps import Gap
from pix_mailmerge.data_source.reading import Reading
from pix_mailmerge.data_source.reasons import Key, find_reasons, key_of
from pix_mailmerge.data_source.record import Record
from pix_mailmerge.data_source.statuses import CERTIFIED, check_statuses, is_asked, is_certified
from pix_mailmerge.problems import Problem

__all__ = ["LeftOut", "Selection", "is_certified", "select", "select_every"]


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
    """Records that get a document, those that do not (both in the order of the files), and what is wrong.

    spared: those that are chosen because every record is, and would get no document.
    """

    chosen: tuple[Record, ...]
    left_out: tuple[LeftOut, ...] = ()
    problems: tuple[Problem, ...] = ()
    spared: frozenset[Key] = frozenset()

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
    reasons = find_reasons(reading, wanted, types) if reading.is_pix else {}
    chosen = [record for record in reading.records if key_of(record) not in reasons]
    faults = _find_faults(reading, chosen, wanted)
    unread = {key: _first_error(problems) for key, problems in faults.items()} if keep_going else {}
    failed = {key: f"Ligne illisible : {problem.what}" for key, problem in unread.items() if problem}
    told = [problem for problems in faults.values() for problem in problems]
    if keep_going:
        told = [replace(problem, severity="warning") for problem in told]
    broken = {key_of(damage.record) for damage in reading.damaged}
    whole = [record for record in reading.records if key_of(record) not in broken]
    statuses = check_statuses(whole, wanted, _without_status(reading, chosen)) if reading.is_pix else []
    left = [
        LeftOut(record, reason, record.text(columns.COMMENT), failed=key_of(record) in failed)
        for record in reading.records
        if (reason := reasons.get(key_of(record)) or failed.get(key_of(record)))
    ]
    return Selection(
        tuple(record for record in chosen if key_of(record) not in failed),
        tuple(left),
        (*statuses, *dict.fromkeys(told), *_harmless(reading, chosen)),
    )


def select_every(reading: Reading, *, keep_going: bool = False) -> Selection:
    """Return every record, for a workbook of all; what is wrong with those that would get a document is told.

    keep_going: those of them that cannot be read are left out instead of being errors.
    """
    checked = select(reading, keep_going=keep_going)
    failed = tuple(left for left in checked.left_out if left.failed)
    unread = {key_of(left.record) for left in failed}
    return replace(
        checked,
        chosen=tuple(record for record in reading.records if key_of(record) not in unread),
        left_out=failed,
        spared=frozenset(key_of(left.record) for left in checked.left_out if not left.failed),
    )


def _without_status(reading: Reading, chosen: Iterable[Record]) -> list[Record]:
    """Return the records that get a document though their file has no statuses; damaged ones are told otherwise."""
    told = {key_of(damage.record) for damage in reading.damaged} | {key_of(gap.record) for gap in reading.gaps}
    return [record for record in chosen if not record.text(columns.STATUS) and key_of(record) not in told]


def _find_faults(reading: Reading, chosen: Collection[Record], wanted: str) -> dict[Key, list[Problem]]:
    """Return what is wrong with the records that are to get a document."""
    faults: dict[Key, list[Problem]] = {key_of(record): [] for record in chosen}
    for damage in reading.damaged:
        faults.get(key_of(damage.record), []).append(damage.problem)
    for conflict in reading.conflicts:
        pair = {key_of(conflict.first), key_of(conflict.second)}
        for key in pair if pair & faults.keys() else ():
            faults.setdefault(key, []).append(conflict_problem(conflict))
    if reading.is_pix:
        broken = {key_of(damage.record) for damage in reading.damaged}
        whole = [record for record in chosen if key_of(record) not in broken]
        for record in whole:
            faults[key_of(record)] += check_record(record)
        for gap in _gaps_that_matter(reading, whole, wanted):
            faults[key_of(gap.record)].append(gap_problem(gap))
    told = {(one.where.file, one.where.column) for one in reading.problems if one.id == "source.column-missing"}
    return {
        key: left
        for key, problems in faults.items()
        if (left := [one for one in problems if (one.where.file, one.where.column) not in told])
    }


def _gaps_that_matter(reading: Reading, chosen: Iterable[Record], wanted: str) -> Iterator[Gap]:
    """Yield the gaps in the records of certifications obtained, unless an equal row has filled them.

    Where everybody gets a document, nobody needs a status.
    """
    by_key = {key_of(record): record for record in chosen} if reading.gaps else {}
    for gap in reading.gaps:
        record = by_key.get(key_of(gap.record))
        is_needed = gap.header != columns.STATUS or is_asked(wanted, CERTIFIED)
        if record and is_needed and is_certified(record) and not record.text(gap.header).strip():
            yield gap


def _harmless(reading: Reading, chosen: Iterable[Record]) -> list[Problem]:
    """Return, as warnings, what is wrong with rows that get no document."""
    needed = {key_of(record) for record in chosen}
    problems = [damage.problem for damage in reading.damaged if key_of(damage.record) not in needed]
    problems += [
        conflict_problem(conflict)
        for conflict in reading.conflicts
        if not needed & {key_of(conflict.first), key_of(conflict.second)}
    ]
    return [replace(problem, severity="warning") for problem in problems]


def _first_error(problems: Iterable[Problem]) -> Problem | None:
    return next((problem for problem in problems if problem.is_error), None)
