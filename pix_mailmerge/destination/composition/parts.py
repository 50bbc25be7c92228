"""Parts of a composed document that are written piece by piece, and the place where they wait."""

from __future__ import annotations

import pickle
import posixpath
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from typing import IO
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from pix_mailmerge.model.opc import CONTENT_TYPES, DECLARATION, Relationship, parse_xml, relationship_type
from pix_mailmerge.model.package import Package
from pix_mailmerge.model.zip_records import Packed

MOST_IN_MEMORY = 1 << 20
CHUNK = 1 << 18
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_ROOTS = {"header": "hdr", "footer": "ftr"}


class Spool:
    """Bytes, or members, that wait for their place in the file: on the disk once there are many."""

    def __init__(self, stack: ExitStack) -> None:
        spool: IO[bytes] = tempfile.SpooledTemporaryFile(MOST_IN_MEMORY)  # noqa: SIM115 - closed by the stack
        self._file = stack.enter_context(spool)

    def write(self, content: bytes) -> None:
        """Add bytes, read back by chunks()."""
        self._file.write(content)

    def add(self, member: Packed) -> None:
        """Add a member, read back by members()."""
        pickle.dump(member, self._file)

    def chunks(self) -> Iterator[bytes]:
        self._file.seek(0)
        while chunk := self._file.read(CHUNK):
            yield chunk

    def members(self) -> Iterator[Packed]:
        end = self._file.tell()
        self._file.seek(0)
        while self._file.tell() < end:
            yield pickle.load(self._file)  # of our own making: it was never out of our hands


def blank_name(kind: str) -> str:
    """Return the name of the part that is an empty « header » or « footer »."""
    return f"word/blank-{kind}.xml"


def blank_story(kind: str) -> bytes:
    """Return an empty « header » or « footer »."""
    root = _ROOTS[kind]
    return f'{DECLARATION}<w:{root} xmlns:w="{_WORD}"><w:p/></w:{root}>'.encode()


def story_type(kind: str) -> str:
    """Return the content type of a « header » or « footer »."""
    return f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml"


def story_link(id: str, kind: str, name: str) -> Relationship:
    """Return the relationship of the body to a « header » or « footer »."""
    return Relationship(id, relationship_type(kind), name)


def relationships(part: str, links: Iterable[Relationship]) -> Iterator[bytes]:
    """Yield the relationships member of ``part``."""
    yield f'{DECLARATION}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'.encode()
    for link in links:
        target = link.target if link.external else quote(posixpath.relpath(link.target, posixpath.dirname(part) or "."))
        attributes = {"Id": link.id, "Type": link.type, "Target": target}
        yield _tag("Relationship", attributes | ({"TargetMode": "External"} if link.external else {}))
    yield b"</Relationships>"


def content_types(
    package: Package, dropped: Iterable[str], extensions: Mapping[str, str], added: Iterable[tuple[str, str]]
) -> Iterator[bytes]:
    """Yield the content types of a package, without those of the parts ``dropped``.

    extensions: more types, by extension. added: more parts, each with its type.
    """
    yield f'{DECLARATION}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'.encode()
    known = list(parse_xml(package.read(CONTENT_TYPES)))
    left_out = {name.casefold() for name in dropped}
    by_default = {element.get("Extension", "").casefold() for element in known}
    for extension in sorted(extensions.keys() - by_default):
        yield _tag("Default", {"Extension": extension, "ContentType": extensions[extension]})
    for element in known:
        if element.get("PartName", "").lstrip("/").casefold() not in left_out:
            yield _tag(str(element.tag).rpartition("}")[2], {str(key): str(value) for key, value in element.items()})
    for name, kind in added:
        yield _tag("Override", {"PartName": f"/{name}", "ContentType": kind})
    yield b"</Types>"


def _tag(name: str, attributes: Mapping[str, str]) -> bytes:
    return f"<{name}{''.join(f' {key}={quoteattr(value)}' for key, value in attributes.items())}/>".encode()
