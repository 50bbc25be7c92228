"""Lots of pupils made in processes of their own; light to import, so that these load while our own process does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pix_mailmerge.model.workers import Workers

if TYPE_CHECKING:
    from pix_mailmerge.mailmerge.lots import Lot

DEADLINE = 10.0
PER_RECORD = 0.05
"""Seconds that a lot may take, and more for each of its records: a hundred times what an old machine needs."""


class LotMaker(Workers["Lot", int]):
    """Makes lots in processes of their own, watched: a model is somebody else's program."""

    def __init__(self, jobs: int | None = None) -> None:
        """jobs: processes; None = one: the PDFs, made beside it, want the rest of the machine."""
        super().__init__("pix_mailmerge.mailmerge.lots:make_lot", jobs=jobs or 1)

    def make(self, lot: Lot) -> int:
        """Write the documents of a lot and return how many records they hold; from any thread.

        Raises ModelError, DestinationError, ProgramFailedError.
        """
        return self.answer(lot, DEADLINE + PER_RECORD * len(lot.records)).result()
