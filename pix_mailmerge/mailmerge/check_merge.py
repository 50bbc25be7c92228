"""Whether each model can be merged with the records: it is, for nothing, before anything is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.record import Record
from pix_mailmerge.mailmerge.lot_maker import LotMaker
from pix_mailmerge.mailmerge.lots import Lot
from pix_mailmerge.mailmerge.prepare import Prepared
from pix_mailmerge.model.word_model import Model
from pix_mailmerge.problems import PixMailMergeError, Problem
from pix_mailmerge.settings import School


def check_merge(prepared: Prepared, lots: LotMaker) -> Iterator[Problem]:
    """Yield what stops the merge with one of the records: a calculation, a loop without end, too much memory.

    Nothing is merged where another error stops the run already.
    """
    if any(problem.is_error for problem in prepared.problems):
        return
    for model in prepared.models:
        try:
            merge_for_nothing(model, prepared.selection.chosen, prepared.school, lots)
        except PixMailMergeError as cause:
            yield from cause.problems


def merge_for_nothing(model: Model, records: Iterable[Record], school: School, lots: LotMaker) -> None:
    """Merge records as a run does, within its limits, and write nothing; raise what stops a run."""
    for lot in _lots(model, records, school):
        lots.make(lot)


def _lots(model: Model, records: Iterable[Record], school: School) -> Iterator[Lot]:
    """Yield the records class after class; each class apart for a model of « eleves »."""
    classes: dict[str, list[Record]] = {}
    for record in records:
        classes.setdefault(record.text(columns.CLASS).strip(), []).append(record)
    if model.per_class:
        yield from (Lot(model.path, school, tuple(own)) for own in classes.values())
    elif classes:
        starts: list[int] = []
        ordered: list[Record] = []
        for own in classes.values():
            starts.append(len(ordered))
            ordered += own
        yield Lot(model.path, school, tuple(ordered), starts=tuple(starts))
