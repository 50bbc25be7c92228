"""A process of ours, watched: it starts when it is needed, again after it died, and no more once it was closed.

What it is asked and what it answers goes through pipes: arguments are seen by all users of the machine.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path


class WatchedProcess:
    """At most one process that runs Python, for whichever thread asks."""

    def __init__(
        self,
        arguments: Sequence[str],
        begin: Callable[[subprocess.Popen[bytes]], None],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """begin: called with each process that was started, before anybody else has it.

        environment: variables added to ours.
        """
        self._arguments = arguments
        self._begin = begin
        self._environment = dict(environment or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._starting = threading.Lock()
        self._closed = False

    @property
    def found(self) -> subprocess.Popen[bytes] | None:
        """Return the process as it is; None where there is none."""
        return self._process

    def running(self) -> subprocess.Popen[bytes] | None:
        """Return the process, started where none runs; None once closed. OSError: the system starts no more."""
        with self._starting:
            if self._closed:
                return None
            if self._process is None or self._process.poll() is not None:
                self.end()
                self._process = self._started()
            return self._process

    def end(self) -> None:
        """Kill the process; what it was doing is lost, and the next who asks has another one."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def close(self) -> None:
        """Kill the process for good: a thread that waits for its answer starts no other one."""
        with self._starting:
            self._closed = True
        self.end()

    def _started(self) -> subprocess.Popen[bytes]:
        path = os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path)
        process = subprocess.Popen(
            [sys.executable, "-P", *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback may hold a pupil's name
            env={**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1", **self._environment},
        )
        self._begin(process)
        return process
