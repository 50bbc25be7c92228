"""Zip records written directly: fixed dates, members copied as already packed, new ones deflated at a fast level.

The same members give the same bytes on every machine and in every time zone. Sources: PKWARE APPNOTE 6.3.9,
sections 4.3 and 4.5.3 (zip64).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any, BinaryIO, NamedTuple

_deflater: ModuleType
try:  # about four times faster than zlib at its own fastest level; no wheel for every machine
    from isal import isal_zlib as _deflater

    FASTEST = 0  # with zlib it would be no compression at all
except ImportError:  # pragma: no cover - where isal has no wheel
    _deflater, FASTEST = zlib, 1

_crc32: Callable[..., int] = _deflater.crc32
STORED, DEFLATED = 0, 8
FAST = 1
"""Level of nearly everything. FASTEST takes two thirds of the time, is a tenth longer, and gains a stream nothing."""
BLOCK = 128 * 1024
"""Bytes of a streamed member that are deflated at once: a call takes its time."""
_FIXED_DATE = (0, 33)  # DOS time and date: 1980-01-01 00:00:00, the first that zip knows
_UTF8_NAME = 0x800
_VERSION, _VERSION_ZIP64 = 20, 45
_LIMIT = 0xFFFFFFFF
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_END64_PLACE = struct.Struct("<4sLQL")
_PADDING = struct.pack("<2H2H12x", 0xA220, 16, 0xA028, 0)
"""The extra field that Office itself writes to keep room in a header; it becomes the zip64 field when it must."""


class Packed(NamedTuple):
    """A member ready to be copied: method 0 or 8, CRC-32 and size (bytes) of its content, and its packed bytes."""

    name: str
    method: int
    crc: int
    size: int
    packed: bytes

    def __repr__(self) -> str:
        return f"Packed({self.name!r}, {self.size} bytes)"

    @property
    def content(self) -> bytes:
        """Return the member's content; the packed bytes are trusted (they are ours, or were checked on opening)."""
        return self.packed if self.method == STORED else zlib.decompress(self.packed, -15)


def pack(name: str, content: bytes, level: int = FAST) -> Packed:
    """Return ``content`` deflated at a level, FAST or FASTEST, or stored where that is not longer (images)."""
    packed: bytes = _deflater.compress(content, level, wbits=-15)
    if len(packed) < len(content):
        return Packed(name, DEFLATED, _crc32(content), len(content), packed)
    return Packed(name, STORED, _crc32(content), len(content), content)


@dataclass(frozen=True, slots=True)
class Layout:
    """Members that every file of a batch shares, already laid out as the beginning of a zip file."""

    start: bytes
    directory: bytes
    count: int

    @classmethod
    def of(cls, members: Iterable[Packed]) -> Layout:
        start, directory, count = bytearray(), bytearray(), 0
        for member in members:
            directory += _central_record(member, len(start))
            start += _local_record(member) + member.packed
            count += 1
        return cls(bytes(start), bytes(directory), count)

    def completed(self, members: Iterable[Packed]) -> bytes:
        """Return a whole zip file: the shared members, then ``members``. For files below 4 GB."""
        pieces, records = [self.start], [self.directory]
        place, count = len(self.start), self.count
        for member in members:
            local = _local_record(member)
            pieces += (local, member.packed)
            records.append(_central_record(member, place))
            place += len(local) + len(member.packed)
            count += 1
        directory = b"".join(records)
        end = _END.pack(b"PK\5\6", 0, 0, count, count, len(directory), place, 0)
        return b"".join((*pieces, directory, end))


class ZipWriter:
    """Writes a zip file of any size to a seekable binary file, member after member, in flat memory."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._directory = bytearray()
        self._count = 0

    def add(self, member: Packed) -> None:
        """Copy a member as it is packed."""
        place = self._file.tell()
        self._file.write(_local_record(member) + member.packed)
        self._note(member, place, len(member.packed))

    def write(self, name: str, content: bytes) -> None:
        """Deflate and add a member that is whole in memory."""
        self.add(pack(name, content))

    @contextmanager
    def stream(self, name: str) -> Iterator[Callable[[bytes | memoryview], None]]:
        """Yield a function that appends bytes to a new member; its sizes are put in its header at the end."""
        place = self._file.tell()
        self._file.write(_local_record(Packed(name, DEFLATED, 0, 0, b""), 0, _PADDING))
        deflater: Any = _deflater.compressobj(FAST, wbits=-15)
        crc = size = length = waiting = 0
        pieces: list[bytes | memoryview] = []

        def append(content: bytes | memoryview) -> None:
            nonlocal waiting
            pieces.append(content)
            waiting += len(content)
            if waiting >= BLOCK:
                deflate()

        def deflate() -> None:
            nonlocal crc, size, length, waiting
            content = b"".join(pieces)
            pieces.clear()
            waiting = 0
            crc = _crc32(content, crc)
            size += len(content)
            length += self._file.write(deflater.compress(content))

        yield append
        deflate()
        length += self._file.write(deflater.flush())
        member = Packed(name, DEFLATED, crc, size, b"")
        self._file.seek(place)
        self._file.write(_local_record(member, length, _PADDING))
        self._file.seek(0, 2)
        self._note(member, place, length)

    def close(self) -> None:
        """Write the directory; the file itself stays open."""
        place = self._file.tell()
        self._file.write(self._directory)
        length = len(self._directory)
        if place + length > _LIMIT or self._count > 0xFFFF:
            end = _END64.pack(
                b"PK\6\6", 44, _VERSION_ZIP64, _VERSION_ZIP64, 0, 0, self._count, self._count, length, place
            )
            self._file.write(end + _END64_PLACE.pack(b"PK\6\7", 0, place + length, 1))
        count, place = min(self._count, 0xFFFF), min(place, _LIMIT)
        self._file.write(_END.pack(b"PK\5\6", 0, 0, count, count, min(length, _LIMIT), place, 0))

    def _note(self, member: Packed, place: int, length: int) -> None:
        self._directory += _central_record(member, place, length)
        self._count += 1


def _local_record(member: Packed, length: int | None = None, padding: bytes = b"") -> bytes:
    name = member.name.encode()
    length = len(member.packed) if length is None else length
    version, size, extra = _VERSION, member.size, padding
    if max(length, size) >= _LIMIT:
        extra = struct.pack("<2H2Q", 1, 16, size, length)
        version, size, length = _VERSION_ZIP64, _LIMIT, _LIMIT
    head = (b"PK\3\4", version, _flags(member.name), member.method, *_FIXED_DATE, member.crc, length, size)
    return _LOCAL.pack(*head, len(name), len(extra)) + name + extra


def _central_record(member: Packed, place: int, length: int | None = None) -> bytes:
    name = member.name.encode()
    length = len(member.packed) if length is None else length
    version, size, extra = _VERSION, member.size, b""
    if max(length, size, place) >= _LIMIT:
        extra = struct.pack("<2H3Q", 1, 24, size, length, place)
        version, size, length, place = _VERSION_ZIP64, _LIMIT, _LIMIT, _LIMIT
    head = (b"PK\1\2", version, version, _flags(member.name), member.method, *_FIXED_DATE, member.crc, length, size)
    return _CENTRAL.pack(*head, len(name), len(extra), 0, 0, 0, 0, place) + name + extra


def _flags(name: str) -> int:
    return 0 if name.isascii() else _UTF8_NAME
