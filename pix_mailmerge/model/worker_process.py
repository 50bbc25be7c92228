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


@contextmanager
def _limited_to(seconds: float) -> Iterator[None]:
    """End this process when it has computed so many seconds more, whatever passes on the clock."""
    if hasattr(signal, "setitimer"):  # the system's, which native code that never returns cannot escape
        signal.setitimer(signal.ITIMER_PROF, seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    else:
        done = threading.Event()
        threading.Thread(target=_watch, args=(done, time.process_time() + seconds), daemon=True).start()
        try:
            yield
        finally:
            done.set()


def _watch(done: threading.Event, end: float) -> None:
    """End this process at ``end`` of its own time; so many seconds computed take at least as many on the clock."""
    while (left := end - time.process_time()) > 0:
        if done.wait(left):
            return
    os._exit(_EXIT)


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
