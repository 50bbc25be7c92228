"""Loaded by every Python process of a run under test: its n-th write, flush, rename… fails as a bad disk would.

The processes of a run count together, in the file ``PIX_FAULT_COUNTER``; what lies under ``PIX_FAULT_FOLDER`` counts.
``PIX_FAULT_AT``: which one fails, 0 = none; ``PIX_FAULT_LASTS``: all that follow fail too; ``PIX_FAULT_ERRNO``: how.
What native code writes by itself (the embedded engine) does not pass here: ``full_disk.py`` is for that.
"""

from __future__ import annotations

import builtins
import fcntl
import io
import os
import sys
from typing import Any

COUNTER = os.environ.get("PIX_FAULT_COUNTER", "")
FOLDER = os.environ.get("PIX_FAULT_FOLDER", "")
AT = int(os.environ.get("PIX_FAULT_AT", "0"))
LASTS = bool(os.environ.get("PIX_FAULT_LASTS"))
NUMBER = int(os.environ.get("PIX_FAULT_ERRNO", "28"))

_open, _os_open, _write, _read_link = io.open, os.open, os.write, os.readlink


def point(kind: str, path: object) -> None:
    """Count one operation on ``path``; raise the OSError when its turn has come."""
    name = os.fsdecode(path) if isinstance(path, (str, bytes, os.PathLike)) else ""
    if not os.path.abspath(name).startswith(FOLDER):  # noqa: PTH100
        return
    descriptor = _os_open(COUNTER, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        number = os.fstat(descriptor).st_size // 100 + 1
        line = f"{kind} {os.path.relpath(name, FOLDER)}".encode()[-99:]
        _write(descriptor, line.ljust(99) + b"\n")
    finally:
        os.close(descriptor)
    if AT and (number == AT or (LASTS and number > AT)):
        raise OSError(NUMBER, os.strerror(NUMBER), name)


class CountedFile(io.FileIO):
    """A file of which each write counts."""

    def write(self, content: Any) -> int:
        point("write", self.name)
        return super().write(content)


def counted_open(
    file: Any,
    mode: str = "r",
    buffering: int = -1,
    encoding: str | None = None,
    errors: str | None = None,
    newline: str | None = None,
    closefd: bool = True,
    opener: Any = None,
) -> Any:
    """Open as ``open`` does; a file that is opened for writing counts."""
    if isinstance(file, int) or not set(mode) & set("wax+"):
        return _open(file, mode, buffering, encoding, errors, newline, closefd, opener)
    point("open", file)
    raw = CountedFile(file, mode.replace("b", "").replace("t", ""), closefd, opener)
    if buffering == 0:
        return raw
    buffered = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
    if "b" in mode:
        return buffered
    return io.TextIOWrapper(buffered, io.text_encoding(encoding), errors, newline, buffering == 1)


def counted(kind: str, real: Any, which: int = 0) -> Any:
    """Return ``real``, of which each call counts as an operation on its argument ``which``."""

    def call(*arguments: Any, **named: Any) -> Any:
        path = arguments[which]
        point(kind, _read_link(f"/proc/self/fd/{path}") if isinstance(path, int) else path)
        return real(*arguments, **named)

    return call


def counted_os_open(path: Any, flags: int, *arguments: Any, **named: Any) -> int:
    if flags & (os.O_WRONLY | os.O_RDWR):
        point("open", path)
    return _os_open(path, flags, *arguments, **named)


if COUNTER and sys.platform == "linux":
    builtins.open = io.open = counted_open
    os.open = counted_os_open
    os.write = counted("write", os.write)
    os.fsync = counted("fsync", os.fsync)
    os.replace = counted("replace", os.replace, 1)
    os.rename = counted("replace", os.rename, 1)
    os.mkdir = counted("mkdir", os.mkdir)
