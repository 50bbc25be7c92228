"""Work done in processes of their own, watched: a deadline, a memory limit, and a death that is not the end.

A model is somebody else's program: it may loop for ever or fill the memory. Requests and answers are pickles on pipes,
so that no name of a pupil stands in the arguments that other users of the machine see. Windows and macOS have no limit
of address space that holds; there the deadline alone ends such a model.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from pix_mailmerge.model.worker_process import read_message, write_message
from pix_mailmerge.problems import ModelError, Problem, ProgramFailedError, error

A = TypeVar("A")
T = TypeVar("T")

DEADLINE = 120.0
MEMORY = 400 * 1024**2


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What became of one chunk: the value that the function returned, or what it or its process ended with."""

    value: T | None
    error: BaseException | None = None

    def result(self) -> T:
        """Return the value, or raise the error."""
        if self.error is not None:
            raise self.error
        return cast("T", self.value)


def run_bounded(
    function: Callable[[A], T],
    chunks: Iterable[A],
    *,
    jobs: int = 1,
    deadline: float = DEADLINE,
    memory: int = MEMORY,
) -> Iterator[Answer[T]]:
    """Yield the answer of ``function`` for each chunk, in order, from at least one process that is watched.

    function: of a module that can be imported; chunks and results are pickled. jobs: processes. deadline: seconds for
    one chunk. memory: bytes that a process may take beyond what it starts with, where the system has such a limit.
    A chunk whose process dies is tried once more. Errors of an answer: what the function raised; ModelError
    (model.too-slow, model.too-big); ProgramFailedError (program.worker-died).
    """
    idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
    workers = [_Worker(function, deadline, memory) for _ in range(max(1, jobs))]
    for worker in workers:
        idle.put(worker)

    def answer(chunk: A) -> Answer[T]:
        worker = idle.get()
        try:
            return worker.answer(chunk)
        finally:
            idle.put(worker)

    pending: deque[Future[Answer[T]]] = deque()
    with contextlib.ExitStack() as stack:
        threads = stack.enter_context(ThreadPoolExecutor(len(workers)))
        for worker in workers:
            stack.callback(worker.close)  # before the threads are waited for
        stack.callback(lambda: deque(map(Future.cancel, pending)))
        for chunk in chunks:
            pending.append(threads.submit(answer, chunk))
            if len(pending) > 2 * len(workers):
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()


class _Worker:
    """One process; it starts at the first chunk, and again after it died."""

    def __init__(self, function: Callable[..., object], deadline: float, memory: int) -> None:
        self._start_message = pickle.dumps((function, memory))
        self._deadline = deadline
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    def answer(self, chunk: object) -> Answer[Any]:
        """Return the answer for a chunk; never raises."""
        for _ in range(2):
            answer = self._asked(chunk)
            if answer is not None:
                return answer
        return Answer(None, ProgramFailedError(_died()))

    def close(self) -> None:
        """Kill the process; what it was doing is lost."""
        self._closed = True
        self._end()

    def _asked(self, chunk: object) -> Answer[Any] | None:
        """Return the answer of the process; None when it died."""
        if self._closed:
            return Answer(None, ProgramFailedError(_died()))
        late = threading.Event()
        process = self._process = self._process or self._started()
        assert process.stdin is not None and process.stdout is not None

        def stop() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(self._deadline, stop)
        timer.start()
        try:
            write_message(process.stdin, pickle.dumps(chunk))
            value, failure = pickle.loads(read_message(process.stdout))
        except (OSError, EOFError):
            self._end()
            return Answer(None, ModelError(_too_slow(self._deadline))) if late.is_set() else None
        finally:
            timer.cancel()
        if isinstance(failure, MemoryError):
            self._end()  # its heap is in pieces
            failure = ModelError(_too_big())
        return Answer(value, failure)

    def _started(self) -> subprocess.Popen[bytes]:
        path = os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path)
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", f"from {write_message.__module__} import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback may hold a pupil's name
            env={**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"},
        )
        assert process.stdin is not None
        write_message(process.stdin, self._start_message)
        return process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]


def _too_slow(deadline: float) -> Problem:
    what = f"Le modèle n’a pas fini son calcul en {deadline:g} secondes ; il a été arrêté."
    return error("model.too-slow", what, "Cherchez dans le modèle une boucle ou un calcul démesuré.")


def _too_big() -> Problem:
    what = "Le modèle demande plus de mémoire que ce qui lui est permis ; il a été arrêté."
    return error("model.too-much-memory", what, "Cherchez dans le modèle une répétition ou un calcul démesuré.")


def _died() -> Problem:
    what = "Le processus de travail s’est arrêté brusquement, deux fois de suite."
    remedy = "Fermez les programmes dont vous n’avez pas besoin, puis recommencez."
    return error("program.worker-died", what, remedy)
