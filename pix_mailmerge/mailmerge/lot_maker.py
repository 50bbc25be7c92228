"""Lots of pupils made in processes of their own; light to import, so that these load while our own process does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pix_mailmerge.model.workers import Workers
from pix_mailmerge.problems import ModelError, ProgramFailedError

if TYPE_CHECKING:
    from pathlib import Path

    from pix_mailmerge.mailmerge.lots import Lot

TRIAL = 7.0
"""Seconds that the first record of a model may compute, alone: a model that never ends is told before ten."""
DEADLINE = 10.0
PER_RECORD = 0.05
"""Seconds that a lot may compute, and more for each of its records: a hundred times what an old machine needs."""

_MEASURELESS = frozenset({"model.too-slow", "model.too-much-memory"})


class LotMaker(Workers["Lot", int]):
    """Makes lots in processes of their own, watched: a model is somebody else's program."""

    def __init__(self, jobs: int | None = None) -> None:
        """jobs: processes; None = one: the PDFs, made beside it, want the rest of the machine."""
        super().__init__("pix_mailmerge.mailmerge.lots:make_lot", jobs=jobs or 1)
        self._tried: set[Path] = set()

    def make(self, lot: Lot) -> int:
        """Write the documents of a lot and return how many records they hold; from any thread.

        Raises ModelError, DestinationError, ProgramFailedError.
        """
        if lot.model not in self._tried:
            self._try(replace(lot, records=lot.records[:1], documents=(), composed=None))
        return self.answer(lot, DEADLINE + PER_RECORD * len(lot.records)).result()

    def _try(self, trial: Lot) -> None:
        """Merge one record for nothing; raise where its model is beyond measure or has no answer, whatever else."""
        failure = self.answer(trial, TRIAL).error
        if isinstance(failure, ProgramFailedError):
            raise failure
        if isinstance(failure, ModelError) and any(problem.id in _MEASURELESS for problem in failure.problems):
            raise failure
        self._tried.add(trial.model)
