"""A client that sends exactly the bytes it is told to, as no browser would."""

from __future__ import annotations

import contextlib
import json
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass
class Answer:
    """What came back; status 0 where the connection was closed without a word."""

    status: int
    headers: str
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.body)
        return found


class Client:
    """A browser's part, played by hand: it went through the one-use link and holds the cookie."""

    def __init__(self, link: str) -> None:
        parts = urlsplit(link)
        assert parts.port is not None
        self.port = parts.port
        self.host = f"127.0.0.1:{self.port}"
        self.link = parts.path
        self.folder = ""
        entered = self.ask("GET", self.link, cookie=None, site=None, folder="")
        self.entered = entered
        self.cookie = re.search(r"pix-mailmerge=[^;]+", entered.headers)[0]  # type: ignore[index]
        self.folder = re.search(r"location: (\S+)/", entered.headers)[1]  # type: ignore[index]

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        kind: str = "application/json",
        cookie: str | None = "own",
        site: str | None = "same-origin",
        origin: str | None = None,
        host: str | None = "own",
        folder: str | None = None,
        more: Mapping[str, str] | None = None,
    ) -> Answer:
        """Return the answer to one request; everything that makes it the page's own may be said otherwise."""
        headers = {
            "Host": self.host if host == "own" else host,
            "Cookie": self.cookie if cookie == "own" else cookie,
            "Sec-Fetch-Site": site,
            "Origin": origin,
            "Content-Type": kind if body is not None else None,
            "Content-Length": str(len(body)) if body is not None else None,
        } | dict(more or {})
        lines = [f"{method} {self.folder if folder is None else folder}{path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.items() if value is not None]
        return self.send("\r\n".join([*lines, "Connection: close", "", ""]).encode() + (body or b""))

    def send(self, request: bytes) -> Answer:
        """Return the answer to these bytes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            with contextlib.suppress(ConnectionError):
                connection.sendall(request)
            return received(connection)

    def put(self, role: str, name: str, content: bytes) -> Answer:
        return self.ask("PUT", f"/fichiers/{role}?nom={name}", content, kind="application/octet-stream")


def received(connection: socket.socket) -> Answer:
    """Return what comes until the other side closes."""
    content = bytearray()
    with contextlib.suppress(ConnectionError):
        while chunk := connection.recv(65536):
            content += chunk
    head, _, body = bytes(content).partition(b"\r\n\r\n")
    status = re.match(rb"HTTP/1.1 (\d+)", head)
    return Answer(int(status[1]) if status else 0, head.decode("latin-1"), body)
