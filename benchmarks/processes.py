"""A large school, as a run makes it: records sent in lots to watched worker processes, to one and to two."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from benchmarks.child import peak_mb
from benchmarks.methods import Floor, PixMailmerge, Runner, Values, Workshop, named, write
from pix_mailmerge.data_source.record import Record

LOT = 250
Lot = tuple[Workshop, Path, int, tuple[Record, ...]]
"""Where the model is, where the documents go, the place of the first record among all, the records."""


class Workers:
    """This project with so many workers; starting them is timed, working out the values and sending the records too."""

    def __init__(self, workshop: Workshop, jobs: int) -> None:
        from pix_mailmerge.model.workers import run_bounded

        self._run: Callable[..., Any] = run_bounded
        self._workshop = workshop
        self._jobs = jobs
        self.workers_mb = 0.0

    def values(self, record: Record) -> Values:
        return {"record": record}

    def run(self, values: Iterable[Values], folder: Path) -> None:
        peaks: dict[int, float] = {}
        for answer in self._run(made, self._lots(values, folder), jobs=self._jobs):
            process, peak = answer.result()
            peaks[process] = max(peak, peaks.get(process, 0.0))
        self.workers_mb = sum(peaks.values())

    def _lots(self, values: Iterable[Values], folder: Path) -> Iterator[Lot]:
        records = tuple(one["record"] for one in values)
        for first in range(0, len(records), LOT):
            yield self._workshop, folder, first, records[first : first + LOT]


def made(lot: Lot) -> tuple[int, float]:
    """Make the documents of a lot; return the id of this process and the most memory (MiB) that it has held."""
    workshop, folder, first, records = lot
    method, model = _opened(workshop)
    for index, record in enumerate(records, start=first):
        write(named(folder, index), model.render(method.values(record)))
    return os.getpid(), peak_mb() or 0.0


@lru_cache(maxsize=1)
def _opened(workshop: Workshop) -> tuple[PixMailmerge, Any]:
    method = PixMailmerge(workshop)
    return method, method.opened()


METHODS: dict[str, Callable[[Workshop], Runner]] = {
    "pix_mailmerge": lambda workshop: Workers(workshop, 1),
    "pix_mailmerge-2-processes": lambda workshop: Workers(workshop, 2),
    "floor": Floor,
}
