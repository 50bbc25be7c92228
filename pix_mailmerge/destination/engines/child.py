"""A child process that runs one engine, and the loop inside it.

An engine that hangs, crashes or writes to the terminal does so in a process of its own: it can be timed, killed by its
own process id and started again. Requests and answers are lines of JSON on pipes, so that no path and no name of a
pupil stands in the arguments that other users of the machine see.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from typing import IO, Any

from pix_mailmerge.model.watched_process import WatchedProcess

Call = Callable[..., Any]


class ChildError(Exception):
    """What went wrong in a child; the subclass says which way."""


class ChildRefusedError(ChildError):
    """The called function raised: its type and message. errno: of an OSError, None of any other."""

    def __init__(self, message: str, errno: int | None = None) -> None:
        super().__init__(message)
        self.errno = errno


class ChildDiedError(ChildError):
    """The process ended without an answer."""


class ChildTimeoutError(ChildError):
    """No answer in time; the process was killed."""


class Child:
    """One process that calls the functions named in ``CALLS`` of a module; it starts at once and again when it died.

    A function ``warm_up`` of the module is called before the first request is read.
    """

    def __init__(self, module: str, environment: Mapping[str, str] | None = None) -> None:
        """``environment``: variables added to ours."""
        self._answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._watched = WatchedProcess(["-m", __name__, module], self._begun, environment)
        self.start()

    @property
    def pid(self) -> int | None:
        """Return the process id, None when no process runs."""
        process = self._watched.found
        return process.pid if process is not None else None

    def start(self) -> None:
        """Start the process unless it runs; raise ChildDiedError once it was closed."""
        if self._watched.running() is None:
            raise ChildDiedError("the process was closed")

    def _begun(self, process: subprocess.Popen[bytes]) -> None:
        self._answers = queue.SimpleQueue()
        assert process.stdout is not None
        threading.Thread(target=_pump, args=(process.stdout, self._answers), daemon=True).start()

    def call(self, name: str, *arguments: object, timeout: float) -> Any:
        """Return what the function ``name`` returns; raise a ChildError when it does not within ``timeout`` seconds."""
        self.start()
        self._send({"call": name, "arguments": arguments})
        try:
            line = self._answers.get(timeout=timeout)
        except queue.Empty:
            self._watched.end()
            raise ChildTimeoutError(f"no answer within {timeout:g} s") from None
        if not line:
            raise ChildDiedError(f"the process ended with code {self._ended()}")
        answer = json.loads(line)
        if "error" in answer:
            raise ChildRefusedError(answer["error"], answer.get("errno"))
        return answer["value"]

    def close(self) -> None:
        """End the process; a thread that is waiting for its answer starts no other one."""
        self._watched.close()

    def _send(self, request: Mapping[str, object]) -> None:
        process = self._watched.found
        with contextlib.suppress(OSError, ValueError):  # a process that is gone is seen when its answer is awaited
            if process is not None and process.stdin is not None:
                process.stdin.write(json.dumps(request).encode() + b"\n")
                process.stdin.flush()

    def _ended(self) -> int | None:
        process = self._watched.found
        code = process.wait() if process is not None else None
        self._watched.end()
        return code


def _pump(pipe: IO[bytes], answers: queue.SimpleQueue[bytes]) -> None:
    with contextlib.suppress(OSError, ValueError):  # the pipe is closed under us when the process is killed
        for line in pipe:
            answers.put(line)
    answers.put(b"")


def _serve(calls: Mapping[str, Call], requests: IO[str], answers: IO[str]) -> None:
    """Answer each request until the pipe ends, which it does when our parent goes, however it goes."""
    for line in requests:
        request = json.loads(line)
        answer: dict[str, object]
        try:
            answer = {"value": calls[request["call"]](*request["arguments"])}
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as cause:  # a panic in Rust and docx2pdf's sys.exit are not Exceptions
            answer = {"error": f"{type(cause).__name__}: {cause}", "errno": getattr(cause, "errno", None)}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="surrogateescape")
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), 1)  # what a library prints must not be taken for an answer
    sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")  # type: ignore[union-attr]
    module = importlib.import_module(sys.argv[1])
    getattr(module, "warm_up", lambda: None)()
    _serve(module.CALLS, sys.stdin, answers)


if __name__ == "__main__":
    _main()
