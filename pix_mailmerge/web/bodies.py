"""The bodies of requests: read with a cap and a patience, a file straight to the disk."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

SECONDS = 60.0
"""For a whole body: on the loopback 100 MB take less than one second."""
SILENCE = 10.0
"""Seconds without a byte after which a body is given up."""
MOST_JSON = 64 * 1024
BINARY = getattr(os, "O_BINARY", 0)
"""Windows would translate the ends of lines."""
CLOSE = {"Connection": "close"}


async def read_json(request: Request) -> dict[str, object]:
    """Return the JSON object of a body; raise HTTPException: 415, 413, 408, 400."""
    _check_type(request, "application/json")
    content = b"".join([chunk async for chunk in _chunks(request, MOST_JSON)])
    try:
        found = json.loads(content or b"{}")
    except (ValueError, RecursionError) as cause:
        raise HTTPException(400, "La demande n’est pas écrite comme il le faut.") from cause
    if not isinstance(found, dict):
        raise HTTPException(400, "La demande n’est pas écrite comme il le faut.")
    return found


async def save_body(request: Request, path: Path, cap: int) -> int:
    """Write a body of at most ``cap`` bytes at ``path``, for its owner's eyes; return its size.

    Raises HTTPException (415, 413, 408, 400, 507): then there is no file.
    """
    _check_type(request, "application/octet-stream")
    size = 0
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY, 0o600), "wb") as file:
            async for chunk in _chunks(request, cap):
                size += file.write(chunk)
    except BaseException as cause:
        with contextlib.suppress(OSError):
            path.unlink()
        if isinstance(cause, OSError):
            raise HTTPException(507, "Le disque est plein ou le fichier ne peut pas être écrit.", CLOSE) from cause
        raise
    return size


async def _chunks(request: Request, cap: int) -> AsyncIterator[bytes]:
    if int(request.headers.get("content-length") or 0) > cap:
        raise HTTPException(413, _too_large(cap), CLOSE)
    end = asyncio.get_running_loop().time() + SECONDS
    stream = request.stream()
    size = 0
    while True:
        patience = min(SILENCE, end - asyncio.get_running_loop().time())
        try:
            chunk = await asyncio.wait_for(anext(stream, None), max(patience, 0))
        except TimeoutError as cause:
            raise HTTPException(408, "Le fichier n’arrive pas ; recommencez.", CLOSE) from cause
        except ClientDisconnect as cause:
            raise HTTPException(400, "L’envoi a été interrompu.", CLOSE) from cause
        if chunk is None:
            return
        size += len(chunk)
        if size > cap:
            raise HTTPException(413, _too_large(cap), CLOSE)
        yield chunk


def _check_type(request: Request, wanted: str) -> None:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != wanted:
        raise HTTPException(415, "Ce type de contenu n’est pas attendu ici.", CLOSE)


def _too_large(cap: int) -> str:
    return f"Le fichier dépasse {cap // 1_000_000} Mo." if cap >= 1_000_000 else "La demande est trop longue."
