"""A large school: the pupils in one process, and shared between two."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.child import peak_mb
from benchmarks.methods import Floor, PixMailmerge, Runner, Values, Workshop, named, write
from pix_mailmerge.data_source.record import Record


class OneProcess(PixMailmerge):
    """This project in one process: the values of each pupil are worked out there, too."""

    def values(self, record: Record) -> Values:
        return {"record": record}

    def run(self, values: Iterable[Values], folder: Path) -> None:
        _make(self, enumerate(one["record"] for one in values), folder)


class TwoProcesses(OneProcess):
    """The same in two worker processes: each is sent half of the records and opens the model itself."""

    def __init__(self, workshop: Workshop) -> None:
        super().__init__(workshop)
        self._workshop = workshop
        self.workers_mb = 0.0

    def run(self, values: Iterable[Values], folder: Path) -> None:
        records = list(enumerate(one["record"] for one in values))
        half = (len(records) + 1) // 2
        shares = [(self._workshop, records[:half], folder), (self._workshop, records[half:], folder)]
        with multiprocessing.get_context("spawn").Pool(2) as pool:
            self.workers_mb = sum(pool.starmap(_made, shares, chunksize=1))


def _made(workshop: Workshop, records: list[tuple[int, Record]], folder: Path) -> float:
    """Make the documents of some pupils; return the peak memory (MiB) of this process."""
    _make(OneProcess(workshop), records, folder)
    return peak_mb() or 0.0


def _make(method: OneProcess, records: Iterable[tuple[int, Record]], folder: Path) -> None:
    model = method.opened()
    for index, record in records:
        write(named(folder, index), model.render(PixMailmerge.values(method, record)))


METHODS: dict[str, Callable[[Workshop], Runner]] = {
    "pix_mailmerge": OneProcess,
    "pix_mailmerge-2-processes": TwoProcesses,
    "floor": Floor,
}
