"""Loaded by every Python process of a run under watch: notes what it does with sockets, files and other programs.

One JSON list per event, in the file ``PIX_WATCH``: the event, then the paths or arguments it is about.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

FILE = os.environ.get("PIX_WATCH", "")
_WRITING = os.O_WRONLY | os.O_RDWR


def note(event: str, arguments: tuple[Any, ...]) -> None:
    """Note an event of sys.audit that leaves traces outside this process."""
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING:
        told = [arguments[0]]
    elif event == "subprocess.Popen":
        told = [arguments[0], *arguments[1]]
    elif event in ("os.mkdir", "os.rename", "tempfile.mkdtemp", "tempfile.mkstemp", "os.link", "os.symlink"):
        told = list(arguments[:2] if event == "os.rename" else arguments[:1])
    elif event.startswith("socket.") and event not in ("socket.gethostname",):
        told = [arguments[-1]]
    else:
        return
    line = json.dumps([event, *(os.fsdecode(one) if isinstance(one, bytes) else str(one) for one in told)])
    descriptor = os.open(FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(descriptor, f"{line}\n".encode("utf-8", "surrogatepass"))
    os.close(descriptor)


def watching(event: str, arguments: tuple[Any, ...]) -> None:
    if not (event == "open" and arguments[0] == FILE):
        note(event, arguments)


if FILE:
    sys.addaudithook(watching)
