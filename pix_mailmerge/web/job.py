"""One thing at a time in the background: a job tells how far it is, and may be asked to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Literal

from starlette.exceptions import HTTPException

from pix_mailmerge.mailmerge.order import Progress, StoppedError
from pix_mailmerge.problems import PixMailMergeError, Problem, bug

Kind = Literal["controle", "apercu", "production", "impression", "dossier"]
State = Literal["running", "done", "failed", "stopped"]
Ended = Callable[["Job", State], None]
"""Called from the job's thread with what became of it; notes it, and sets the job's state."""


class Job:
    """Work under way, or done. problems: why it failed. step, done, total: how far it is."""

    def __init__(self, kind: Kind, work: Callable[[Progress], Any], ended: Ended) -> None:
        self.kind = kind
        self.state: State = "running"
        self.stopping = False
        self.step, self.done, self.total = "", 0, 0
        self.problems: tuple[Problem, ...] = ()
        self.result: Any = None
        self._work = work
        self._ended = ended
        self.thread = threading.Thread(target=self._run, name=f"job-{kind}", daemon=True)

    def stop(self) -> None:
        """Have the work end where its files are whole."""
        self.stopping = True

    def _report(self, step: str, done: int, total: int) -> None:
        if self.stopping:
            raise StoppedError
        self.step, self.done, self.total = step, done, total

    def _run(self) -> None:
        try:
            self._report("", 0, 0)
            self.result = self._work(self._report)
            state: State = "done"
        except StoppedError:
            state = "stopped"
        except PixMailMergeError as cause:
            state, self.problems = "failed", cause.problems
        except Exception as cause:  # a bug of ours must neither end the server nor show a pupil's data
            state, self.problems = "failed", (bug(cause),)
        try:
            self._ended(self, state)
        except Exception as cause:  # else the thread would show it, and the job never end
            self.problems, self.state = (bug(cause),), "failed"


class Bench:
    """Where one job at a time is done."""

    def __init__(self) -> None:
        self.job: Job | None = None
        self._lock = threading.Lock()

    @property
    def is_busy(self) -> bool:
        return self.job is not None and self.job.state == "running"

    def start(self, kind: Kind, work: Callable[[Progress], Any], ended: Ended) -> Job:
        """Begin a job; raise HTTPException (409) where one is under way."""
        with self._lock:
            self.check_free()
            self.job = job = Job(kind, work, ended)
            job.thread.start()
            return job

    def check_free(self) -> None:
        """Raise HTTPException (409) where a job is under way."""
        if self.is_busy:
            raise HTTPException(409, "Un travail est en cours : attendez qu’il finisse, ou arrêtez-le.")

    def stop(self) -> None:
        """Have the job under way end."""
        if self.job is not None:
            self.job.stop()

    def close(self, patience: float) -> bool:
        """Have the job end and wait for it; tell whether it did."""
        self.stop()
        if self.job is not None:
            self.job.thread.join(patience)
        return not self.is_busy
