"""A large school: the pupils in one process, and shared between two."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

from benchmarks import pupils
from benchmarks.child import peak_mb
from benchmarks.methods import Floor, PixMailmerge, Runner, Values, Workshop, named, write
from pix_mailmerge.data_source.record import Record


class TwoProcesses(PixMailmerge):
    """This project in two worker processes, each with half of the pupils: they open the model, and make their values.

    What a worker must be given is the records' place; its values would take longer to be sent than to be made.
    """

    def __init__(self, workshop: Workshop) -> None:
        super().__init__(workshop)
        self._workshop = workshop
        self.workers_mb = 0.0

    def run(self, values: Iterable[Values], folder: Path) -> None:
        count = sum(1 for _ in values)
        half = (count + 1) // 2
        shares = [(self._workshop, folder, 0, half), (self._workshop, folder, half, count)]
        with multiprocessing.get_context("spawn").Pool(2) as pool:
            self.workers_mb = sum(pool.starmap(_made, shares, chunksize=1))


def _made(workshop: Workshop, folder: Path, start: int, end: int) -> float:
    """Make the documents of the pupils from ``start`` to ``end``; return the peak memory (MiB) of this process."""
    method = PixMailmerge(workshop)
    model = method.opened()
    for index, record in enumerate(islice(pupils.records(end), start, end), start):
        write(named(folder, index), model.render(method.values(record)))
    return peak_mb() or 0.0


class OneProcess(PixMailmerge):
    """The same in one process: values made one by one there, too."""

    def values(self, record: Record) -> Values:
        return {"record": record}

    def run(self, values: Iterable[Values], folder: Path) -> None:
        model = self.opened()
        for index, one in enumerate(values):
            write(named(folder, index), model.render(super().values(one["record"])))


METHODS: dict[str, Callable[[Workshop], Runner]] = {
    "pix_mailmerge": OneProcess,
    "pix_mailmerge-2-processes": TwoProcesses,
    "floor": Floor,
}
