"""Questions to the print service of the machine in its own protocol, IPP (RFC 8010, 8011).

``lpstat`` answers in the user's language and tells a finished job from a cancelled one in none.
"""

from __future__ import annotations

import http.client
import socket
import struct
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

GET_JOB_ATTRIBUTES = 0x0009
CUPS_GET_DEFAULT = 0x4001
CUPS_GET_PRINTERS = 0x4002

OPERATION_GROUP, JOB_GROUP, END_GROUP, PRINTER_GROUP = 0x01, 0x02, 0x03, 0x04
_INTEGER, _BOOLEAN, _ENUM = 0x21, 0x22, 0x23
_NAME, _KEYWORD, _URI, _CHARSET, _LANGUAGE = 0x42, 0x44, 0x45, 0x47, 0x48
_FIRST_VALUE = 0x10
"""Tags below it begin a group."""

TIMEOUT = 10.0

Value = int | str
Attributes = Mapping[str, tuple[Value, ...]]


class IppError(Exception):
    """The service does not answer, or not in IPP."""


@dataclass(frozen=True, slots=True)
class Answer:
    """status: below 0x100 = successful. groups: tag and attributes of each, in order."""

    status: int
    groups: tuple[tuple[int, Attributes], ...]

    def of(self, tag: int) -> tuple[Attributes, ...]:
        """Return the groups of that kind: one per printer, one per job."""
        return tuple(attributes for group, attributes in self.groups if group == tag)


def ask(
    server: str, operation: int, wanted: Sequence[str], *, printer: str | None = None, job: int | None = None
) -> Answer:
    """Return what the service answers. server: « host:port », or the path of a socket, as ``lpstat -H`` says it.

    wanted: names of attributes. Raises IppError.
    """
    try:
        with _connected(server) as line:
            connection = http.client.HTTPConnection("localhost", timeout=TIMEOUT)
            connection.sock = line
            question = _encoded(operation, wanted, printer, job)
            connection.request("POST", "/", question, {"Content-Type": "application/ipp"})
            reply = connection.getresponse()
            content = reply.read()
        if reply.status != http.HTTPStatus.OK:
            raise IppError(f"HTTP {reply.status}")
        return _decoded(content)
    except (OSError, http.client.HTTPException, struct.error, IndexError, ValueError) as cause:
        raise IppError(str(cause)) from cause


def _connected(server: str) -> socket.socket:
    if sys.platform != "win32" and server.startswith("/"):
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(TIMEOUT)
        line.connect(server)
        return line
    host, _, port = server.removesuffix("/version=1.1").rpartition(":")
    address = (host.strip("[]"), int(port)) if port.isdigit() else (server, 631)
    return socket.create_connection(address, TIMEOUT)


def _encoded(operation: int, wanted: Sequence[str], printer: str | None, job: int | None) -> bytes:
    parts = [struct.pack(">BBHIB", 2, 0, operation, 1, OPERATION_GROUP)]
    parts += [_attribute(_CHARSET, "attributes-charset", b"utf-8")]
    parts += [_attribute(_LANGUAGE, "attributes-natural-language", b"fr")]
    if printer is not None:
        parts.append(_attribute(_URI, "printer-uri", f"ipp://localhost/printers/{printer}".encode()))
    if job is not None:
        parts.append(_attribute(_INTEGER, "job-id", struct.pack(">i", job)))
    parts.append(_attribute(_NAME, "requesting-user-name", b"anonymous"))
    names = ["requested-attributes", *[""] * (len(wanted) - 1)]
    parts += [_attribute(_KEYWORD, name, word.encode()) for name, word in zip(names, wanted, strict=True)]
    return b"".join(parts) + bytes([END_GROUP])


def _attribute(tag: int, name: str, value: bytes) -> bytes:
    return struct.pack(">BH", tag, len(name)) + name.encode() + struct.pack(">H", len(value)) + value


def _decoded(content: bytes) -> Answer:
    (status,) = struct.unpack_from(">H", content, 2)
    groups: list[tuple[int, dict[str, tuple[Value, ...]]]] = []
    last = ""
    for tag, name, value in _tokens(content):
        if tag < _FIRST_VALUE:
            groups.append((tag, {}))
        elif groups:
            last = name or last
            groups[-1][1][last] = (*groups[-1][1].get(last, ()), _value(tag, value))
    return Answer(status, tuple(groups))


def _tokens(content: bytes) -> Iterator[tuple[int, str, bytes]]:
    """Yield the tag, name and value of each attribute after the header, and a bare tag where a group begins."""
    place = 8
    while content[place] != END_GROUP:
        tag = content[place]
        place += 1
        if tag < _FIRST_VALUE:
            yield tag, "", b""
            continue
        parts = []
        for _ in range(2):
            (length,) = struct.unpack_from(">H", content, place)
            parts.append(content[place + 2 : place + 2 + length])
            place += 2 + length
        yield tag, parts[0].decode(), parts[1]


def _value(tag: int, value: bytes) -> Value:
    if tag in {_INTEGER, _ENUM}:
        return int(struct.unpack(">i", value)[0])
    if tag == _BOOLEAN:
        return int(value[0])
    return value.decode("utf-8", "replace")
