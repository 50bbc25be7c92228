"""Whether each model can be merged with the records: it is, for nothing, before anything is made."""

from __future__ import annotations

from collections.abc import Iterator

from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.record import Record
from pix_mailmerge.mailmerge.lot_maker import LotMaker
from pix_mailmerge.mailmerge.lots import Lot
from pix_mailmerge.mailmerge.prepare import Prepared
from pix_mailmerge.model.word_model import Model
from pix_mailmerge.problems import PixMailMergeError, Problem


def check_merge(prepared: Prepared, lots: LotMaker) -> Iterator[Problem]:
    """Yield what stops the merge with one of the records: a calculation, a loop without end, too much memory.

    Nothing is merged where another error stops the run already.
    """
    if any(problem.is_error for problem in prepared.problems):
        return
    for model in prepared.models:
        try:
            for lot in _lots(prepared, model):
                lots.make(lot)
        except PixMailMergeError as cause:
            yield from cause.problems


def _lots(prepared: Prepared, model: Model) -> Iterator[Lot]:
    """Yield the records as a run merges them: class after class, each apart for a model of « eleves »."""
    classes: dict[str, list[Record]] = {}
    for record in prepared.selection.chosen:
        classes.setdefault(record.text(columns.CLASS).strip(), []).append(record)
    if model.per_class:
        yield from (Lot(model.path, prepared.school, tuple(records)) for records in classes.values())
    elif classes:
        starts: list[int] = []
        ordered: list[Record] = []
        for records in classes.values():
            starts.append(len(ordered))
            ordered += records
        yield Lot(model.path, prepared.school, tuple(ordered), starts=tuple(starts))
