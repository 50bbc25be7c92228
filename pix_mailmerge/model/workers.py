"""Work done in processes of their own, watched: a deadline, a memory limit, and a death that is not the end.

A model is somebody else's program: it may loop for ever or fill the memory. Its deadline counts what its process
computes, not the time that passes: a busy machine accuses no model. Requests and answers are pickles on pipes, so that
no name of a pupil stands in the arguments that other users of the machine see. Windows and macOS have no limit of
address space that holds; there the deadline alone ends such a model.
"""

from __future__ import annotations

import contextlib
import pickle
import queue
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar, cast

from pix_mailmerge.model.watched_process import WatchedProcess
from pix_mailmerge.model.worker_process import OUT_OF_TIME, read_message, write_message
from pix_mailmerge.problems import ModelError, Place, Problem, ProgramFailedError, error

A = TypeVar("A")
T = TypeVar("T")

DEADLINE = 120.0
STARTING = 180.0
"""Seconds that a process may take to load its modules: an antivirus reads each of them."""
PATIENCE = 60.0
"""Seconds that may pass, beyond twice the deadline, for a process that does not compute: it waits for something."""
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


class Workers(Generic[A, T]):
    """At least one process that does ``function`` for whoever asks, watched. Use as a context manager.

    function: of a module that can be imported, or « module:name » where only the processes are to load it; chunks and
    results are pickled. jobs: processes. memory: bytes that a process may take beyond what it starts with, where the
    system has such a limit. A chunk whose process dies is tried once more.
    """

    def __init__(self, function: Callable[[A], T] | str, *, jobs: int = 1, memory: int = MEMORY) -> None:
        self._workers = [_Worker(function, memory) for _ in range(max(1, jobs))]
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        for worker in self._workers:
            self._idle.put(worker)

    @property
    def jobs(self) -> int:
        return len(self._workers)

    def start(self) -> None:
        """Start a process now, so that it has loaded what it needs when the first chunk comes."""
        self._workers[0].start()

    def answer(self, chunk: A, deadline: float = DEADLINE) -> Answer[T]:
        """Return what became of a chunk, computed in so many seconds; waits for a free process, from any thread.

        Errors of an answer: what the function raised; ModelError (model.too-slow, model.too-much-memory);
        ProgramFailedError (program.worker-died, program.worker-silent).
        """
        worker = self._idle.get()
        try:
            return worker.answer(chunk, deadline)
        finally:
            self._idle.put(worker)

    def close(self) -> None:
        """Kill the processes; what they were doing is lost."""
        for worker in self._workers:
            worker.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_cause: object) -> None:
        self.close()


def run_bounded(
    function: Callable[[A], T],
    chunks: Iterable[A],
    *,
    jobs: int = 1,
    deadline: float = DEADLINE,
    memory: int = MEMORY,
) -> Iterator[Answer[T]]:
    """Yield the answer of ``function`` for each chunk, in order; see Workers. deadline: seconds to compute one."""
    pending: deque[Future[Answer[T]]] = deque()
    with contextlib.ExitStack() as stack:
        workers = Workers(function, jobs=jobs, memory=memory)
        threads = stack.enter_context(ThreadPoolExecutor(workers.jobs))
        stack.callback(workers.close)  # before the threads are waited for
        stack.callback(lambda: deque(map(Future.cancel, pending)))
        for chunk in chunks:
            pending.append(threads.submit(workers.answer, chunk, deadline))
            if len(pending) > 2 * workers.jobs:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()


class _Worker:
    """One process; it starts at the first chunk, and again after it died."""

    def __init__(self, function: Callable[..., object] | str, memory: int) -> None:
        self._start_message = pickle.dumps((function, memory))
        self._ready = False
        code = f"from {write_message.__module__} import serve; serve()"
        self._watched = WatchedProcess(["-c", code], self._begun)

    def start(self) -> None:
        """Start the process unless it runs; before any other thread asks for an answer."""
        self._watched.running()

    def answer(self, chunk: object, deadline: float) -> Answer[Any]:
        """Return the answer for a chunk; never raises."""
        for _ in range(2):
            answer = self._asked(chunk, deadline)
            if answer is not None:
                return answer
        return Answer(None, ProgramFailedError(_died()))

    def close(self) -> None:
        """Kill the process; what it was doing is lost, and none is started any more."""
        self._watched.close()

    def _asked(self, chunk: object, deadline: float) -> Answer[Any] | None:
        """Return the answer of the process; None when it died."""
        try:
            process = self._watched.running()
        except OSError:  # the system starts no more processes
            return None
        if process is None:
            return Answer(None, ProgramFailedError(_died()))
        try:
            if not self._ready:
                _read(process, STARTING)
                self._ready = True
            assert process.stdin is not None
            write_message(process.stdin, pickle.dumps((deadline, chunk)))
            value, failure = _read(process, PATIENCE + 2 * deadline)
        except TimeoutError as cause:
            self._watched.end()
            return Answer(None, ProgramFailedError(_silent(cause.args[0])))
        except (OSError, EOFError):
            self._watched.end()
            return Answer(None, ModelError(_too_slow())) if process.returncode in OUT_OF_TIME else None
        if isinstance(failure, MemoryError):
            self._watched.end()  # its heap is in pieces
            failure = ModelError(too_big())
        return Answer(value, failure)

    def _begun(self, process: subprocess.Popen[bytes]) -> None:
        self._ready = False
        assert process.stdin is not None
        with contextlib.suppress(OSError):  # it ended at once: whoever reads its first message is told
            write_message(process.stdin, self._start_message)


def _read(process: subprocess.Popen[bytes], seconds: float) -> Any:
    """Return the next message of a process; kill it and raise TimeoutError after so many seconds."""
    assert process.stdout is not None
    late = threading.Event()

    def stop() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(seconds, stop)
    timer.start()
    try:
        return pickle.loads(read_message(process.stdout))
    except (OSError, EOFError):
        if late.is_set():
            raise TimeoutError(seconds) from None
        raise
    finally:
        timer.cancel()


def _too_slow() -> Problem:
    what = "Le modèle calcule sans fin, ou beaucoup trop longtemps ; il a été arrêté."
    return error("model.too-slow", what, "Cherchez dans le modèle une boucle ou un calcul démesuré.")


def too_big(where: Place | None = None) -> Problem:
    """Return the problem of a model that asks for too much memory."""
    what = "Le modèle demande plus de mémoire que ce qui lui est permis ; il a été arrêté."
    return error(
        "model.too-much-memory", what, "Cherchez dans le modèle une répétition ou un calcul démesuré.", where or Place()
    )


def _died() -> Problem:
    what = "Le processus de travail s’est arrêté brusquement, deux fois de suite."
    remedy = "Fermez les programmes dont vous n’avez pas besoin, puis recommencez."
    return error("program.worker-died", what, remedy)


def _silent(seconds: float) -> Problem:
    what = f"Le processus de travail n’a pas répondu en {seconds:g} secondes ; il a été arrêté."
    remedy = (
        "L’ordinateur est peut-être trop occupé : fermez les programmes dont vous n’avez pas besoin, puis recommencez."
    )
    return error("program.worker-silent", what, remedy)
