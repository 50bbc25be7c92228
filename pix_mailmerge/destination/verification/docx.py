"""A .docx read back: straight from its zip, no document model in between."""

from __future__ import annotations

import hashlib
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

import PIL.Image

from pix_mailmerge.destination.verification.texts import Story, form_of, read_story
from pix_mailmerge.model.images import LONGEST_SIDE

LARGEST = 400 * 1024**2
"""Bytes of a member, unpacked; the body of 2,000 pupils has 60 MB, and zipfile reads no more than a member declares."""

_RECORD = re.compile(rb'<w:bookmarkStart\s[^>]*?w:name="e\d{6}"[^>]*?/>')
_RELATIONSHIP = re.compile(r"<Relationship\s([^>]*)>")
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
_REFERENCE = re.compile(r'<w:(header|footer)Reference\s[^>]*?w:type="(\w+)"[^>]*?r:id="([^"]+)"')
_REFERENCE_ID_FIRST = re.compile(r'<w:(header|footer)Reference\s[^>]*?r:id="([^"]+)"[^>]*?w:type="(\w+)"')
_STORY = re.compile(r"(header|footer|footnotes|endnotes)[^/]*\.xml$")


class UnreadableError(Exception):
    """A file that is no whole .docx or PDF."""


@dataclass(frozen=True)
class Docx:
    """A .docx opened. main: name of its body's part; crcs: name -> CRC of each member."""

    main: str
    crcs: Mapping[str, int]
    _zip: zipfile.ZipFile = field(repr=False)
    _read: dict[str, bytes] = field(default_factory=dict, repr=False)

    def read(self, name: str) -> bytes:
        """Return a member; raise UnreadableError where it is damaged or not there."""
        try:
            if name not in self._read:
                self._read[name] = self._zip.read(name)
            return self._read[name]
        except (KeyError, OSError, zipfile.BadZipFile, zlib.error, EOFError) as cause:
            raise UnreadableError(name) from cause

    def text(self, name: str) -> str:
        return self.read(name).decode("utf-8", "replace")

    @cached_property
    def stories(self) -> tuple[str, ...]:
        """Return the names of the headers, footers and notes, sorted."""
        return tuple(sorted(name for name in self.crcs if _STORY.search(name)))

    def links(self, part: str) -> Mapping[str, str]:
        """Return relationship id -> member, of a part."""
        folder, name = posixpath.split(part)
        relationships = posixpath.join(folder, "_rels", f"{name}.rels")
        return links_of(self.read(relationships), folder) if relationships in self.crcs else {}

    def pictures(self, part: str, ids: tuple[str, ...]) -> tuple[str, ...]:
        """Return the digests of the pictures that ``part`` shows, in order; "" for one that is not there."""
        links = self.links(part) if ids else {}
        return tuple(self.digest(links.get(one, "")) for one in ids)

    def digest(self, name: str) -> str:
        return picture_digest(self.read(name)) if name in self.crcs else ""


class Piece:
    """The part of a composed document that is about one record; its XML, as text, is not kept."""

    def __init__(self, content: memoryview) -> None:
        self._content = content
        self.body = read_story(self.text)

    @property
    def text(self) -> str:
        return str(self._content, "utf-8", "replace")

    @property
    def form(self) -> tuple[str, ...]:
        return form_of(self.body.paragraphs)


def cut(content: bytes) -> list[Piece]:
    """Return the body of a composed document, cut where each record begins, without what comes before the first."""
    found = [(one.start(), one.end()) for one in _RECORD.finditer(content)]
    ends = [start for start, _ in found[1:]] + [len(content)]
    return [Piece(memoryview(content)[start:end]) for (_, start), end in zip(found, ends, strict=False)]


def open_docx(content: bytes, main: str) -> Docx:
    """Return the .docx; raise UnreadableError where it is none, truncated, or without its body ``main``."""
    try:
        opened = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, OSError, EOFError) as cause:
        raise UnreadableError from cause
    members = MappingProxyType({info.filename: info.CRC for info in opened.infolist()})
    if main not in members or any(info.file_size > LARGEST for info in opened.infolist()):
        raise UnreadableError
    return Docx(main, members, opened)


def picture_digest(content: bytes) -> str:
    """Return the SHA-256 of a picture's pixels, of its bytes where it has none that we read.

    Of the pixels, because another version of the library that encodes them writes other bytes.
    """
    key = hashlib.sha256(content).hexdigest()
    if key not in _digests:
        _digests[key] = _pixels_digest(content) or key
    return _digests[key]


_digests: dict[str, str] = {}


def _pixels_digest(content: bytes) -> str | None:
    try:
        with PIL.Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as picture:
            if max(picture.size) > LONGEST_SIDE:  # a picture of the model's own, which nobody encodes again
                return None
            pixels = picture.convert("RGBA")
            return hashlib.sha256(b"%d %d " % pixels.size + pixels.tobytes()).hexdigest()
    except (OSError, ValueError, SyntaxError, EOFError, ArithmeticError, LookupError, PIL.Image.DecompressionBombError):
        return None


def links_of(relationships: bytes, folder: str) -> dict[str, str]:
    """Return relationship id -> member, of the content of a ``.rels``."""
    found = {}
    for attributes in _RELATIONSHIP.findall(relationships.decode("utf-8", "replace")):
        one = dict(_ATTRIBUTE.findall(attributes))
        if one.get("TargetMode") != "External":
            found[one.get("Id", "")] = posixpath.normpath(posixpath.join("/", folder, one.get("Target", ""))).lstrip(
                "/"
            )
    return found


def references(xml: str) -> list[tuple[str, str, str]]:
    """Return the headers and footers that sections ask for: « header » or « footer », which pages, relationship id."""
    found = [(kind, pages, rid) for kind, pages, rid in _REFERENCE.findall(xml)]
    return found or [(kind, pages, rid) for kind, rid, pages in _REFERENCE_ID_FIRST.findall(xml)]


def story_of(docx: Docx, part: str) -> Story:
    return read_story(docx.text(part))


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a file; raise UnreadableError where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as cause:
        raise UnreadableError from cause
