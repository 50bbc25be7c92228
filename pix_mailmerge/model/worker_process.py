"""What runs in a worker process: it answers the requests of workers.py, within limits of memory and computing."""

from __future__ import annotations

import importlib
import os
import pickle
import queue
import signal
import struct
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pix_mailmerge.problems import PixMailMergeError

_EXIT = 75
OUT_OF_TIME = (_EXIT, -getattr(signal, "SIGPROF", _EXIT))
"""The exit codes of a worker that computed longer than it may."""

_LENGTH = struct.Struct("<Q")


def serve() -> None:
    """Answer the requests on stdin until it ends: this is what a worker process runs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print must not mix with the answers
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(requests,), daemon=True).start()
    function, memory = pickle.loads(requests.get())
    if isinstance(function, str):
        module, _, name = function.partition(":")
        function = getattr(importlib.import_module(module), name)
    _limit_memory(memory)
    write_message(answers, pickle.dumps(None))  # ready: from here on, what is computed is the request's
    while True:
        write_message(answers, _worked(function, requests.get()))


def _receive(requests: queue.SimpleQueue[bytes]) -> None:
    """Take requests from stdin; when the parent is gone, end at once, whatever the worker is doing."""
    try:
        while True:
            requests.put(read_message(sys.stdin.buffer))
    except EOFError:
        os._exit(0)


def _worked(function: Callable[[object], object], request: bytes) -> bytes:
    try:
        deadline, chunk = pickle.loads(request)
        with _limited_to(deadline):
            return pickle.dumps((function(chunk), None))
    except PixMailMergeError as cause:
        return pickle.dumps((None, cause))
    except OSError as cause:  # the disk's; without the name of the file
        return pickle.dumps((None, OSError(cause.errno, cause.strerror, None, getattr(cause, "winerror", None))))
    except MemoryError:
        return pickle.dumps((None, MemoryError()))
    except BaseException as cause:  # our bug: told without its text, which may hold a pupil's name
        places = (f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(cause.__traceback__))
        return pickle.dumps((None, RuntimeError("\n".join((f"{type(cause).__name__} in a worker process", *places)))))


class _Allowance:
    """The seconds that this process may still compute, whatever passes on the clock; then it is ended.

    They are those of a request; a part of it may be allowed fewer.
    """

    def __init__(self, seconds: float) -> None:
        self._end = self._end_of_part = time.process_time() + seconds
        self._done = threading.Event()
        self._has_timer = hasattr(signal, "setitimer")
        self._set()
        if not self._has_timer:
            threading.Thread(target=self._watch, daemon=True).start()

    def begin_part(self, seconds: float) -> None:
        now = time.process_time()
        if now > self._end:  # a timer that is set again and again may never ring
            os._exit(_EXIT)
        self._end_of_part = min(self._end, now + seconds)
        self._set()

    def close(self) -> None:
        self._done.set()
        if self._has_timer:
            signal.setitimer(signal.ITIMER_PROF, 0)

    def _set(self) -> None:
        if self._has_timer:  # the system's, which native code that never returns cannot escape
            signal.setitimer(signal.ITIMER_PROF, max(self._end_of_part - time.process_time(), 1e-6))

    def _watch(self) -> None:
        """End this process in time; so many seconds computed take at least as many on the clock."""
        while (left := self._end_of_part - time.process_time()) > 0:
            if self._done.wait(left):
                return
        os._exit(_EXIT)


_allowance: _Allowance | None = None


@contextmanager
def _limited_to(seconds: float) -> Iterator[None]:
    """End this process when it has computed so many seconds more."""
    global _allowance
    _allowance = _Allowance(seconds)
    try:
        yield
    finally:
        _allowance.close()
        _allowance = None


def begin_part(seconds: float) -> None:
    """Tell that the next part of a request begins, one record of many: it may compute so many seconds.

    What the whole request may compute stays as it is. Does nothing outside of a worker process.
    """
    if _allowance is not None:
        _allowance.begin_part(seconds)


def _limit_memory(memory: int) -> None:
    """Bound the address space to ``memory`` bytes more than it takes now, where the system can."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + memory,) * 2)
    except (ImportError, OSError, ValueError):
        return


def write_message(pipe: IO[bytes], message: bytes) -> None:
    """Write a message for the other end."""
    pipe.write(_LENGTH.pack(len(message)) + message)
    pipe.flush()


def read_message(pipe: IO[bytes]) -> bytes:
    """Return the next message; EOFError when the other end is gone."""
    head = pipe.read(_LENGTH.size)
    message = pipe.read(_LENGTH.unpack(head)[0]) if len(head) == _LENGTH.size else b""
    if not message:
        raise EOFError
    return message
