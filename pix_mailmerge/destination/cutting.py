"""Pages of a PDF as PDFs of their own, written directly: what the pages share is laid out once and copied.

pikepdf reads the source; writing 300 small files with it took a fifth of the time of their conversion, most of it spent
on the same fonts and pictures again and again. The layout is that of ISO 32000-1, 7.5: header, objects, cross-reference
table, trailer; objects that many pages use come first, so that their bytes and places are the same in every file.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import pikepdf

from pix_mailmerge.destination.archive import is_archive, metadata_packet

Key = tuple[int, int]
"""Number and generation of an object of the source."""
Pieces = tuple[bytes | Key, ...]
"""The bytes of an object, cut at its references to others."""

_CATALOG, _PAGES, _INFO = 1, 2, 3
_INHERITED = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
_DROPPED = ("/Parent", "/StructParents", "/B", "/PieceInfo", "/Metadata", "/Thumb")
_BLOCKS_KEPT = 16
_TOKENS = re.compile(
    rb"\((?:[^\\()]|\\.)*\)"  # a string
    rb"|<[0-9A-Fa-f]*>"  # a string in hexadecimal
    rb"|/[^\s()<>\[\]{}/%]*"  # a name
    rb"|(?<![\w.+-])(\d+) (\d+) R(?!\w)",  # a reference, the only one with groups
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class _Block:
    """Objects laid out at the beginning of a file. places: key -> number; offsets: of each, in order of number."""

    content: bytes
    places: dict[Key, int]
    offsets: tuple[int, ...]
    digest: hashlib._Hash


class Cutter:
    """Cuts pages out of one source. The same pages, title and language give the same bytes."""

    def __init__(self, source: pikepdf.Pdf, language: str) -> None:
        self._source = source
        self._language = language
        self._objects: dict[Key, Pieces] = {}
        self._blocks: dict[tuple[Key, ...], _Block] = {}
        tree = (source.Root, source.Root.Pages, *source.pages)
        self._foreign: set[Key] = {(one.objgen[0], one.objgen[1]) for one in tree}
        self._pages = [self._page_pieces(page) for page in source.pages]
        self._closures = [self._closure(pieces) for pieces in self._pages]
        uses = Counter(key for closure in self._closures for key in closure)
        self._shared = {key for key, count in uses.items() if count > 1} | set(self._intent_keys)

    def cut(self, first: int, count: int, title: str | None) -> bytes:
        """Return the PDF of ``count`` pages from ``first`` (0 = first of the source)."""
        chosen = range(first, first + count)
        keys = dict.fromkeys(key for page in chosen for key in self._closures[page])
        block = self._block((*self._intent_keys, *(key for key in keys if key in self._shared)))
        own = [key for key in keys if key not in block.places]
        start = _INFO + 1 + len(block.places)
        numbers = block.places | {key: start + place for place, key in enumerate(own)}
        page_numbers = [start + len(own) + place for place in range(count)]
        objects = [_joined(self._objects[key], numbers) for key in own]
        objects += [b"<< /Parent %d 0 R%s" % (_PAGES, _joined(self._pages[page], numbers)[2:]) for page in chosen]
        packet = [self._metadata(title)] if self._intent_keys else []
        metadata = page_numbers[-1] + 1 if packet else None
        ends = [self._catalog(numbers, title, metadata), _page_tree(page_numbers), _info(title)]
        return _file(block, [*objects, *packet], ends)

    @cached_property
    def _intent_keys(self) -> tuple[Key, ...]:
        """Return the keys of the colour profile, where the source is an archive (PDF/A)."""
        if not is_archive(self._source):
            return ()
        pieces = _cut_at_references(self._source.Root.OutputIntents.unparse(), self._foreign)
        return tuple(self._closure(pieces))

    def _page_pieces(self, page: pikepdf.Page) -> Pieces:
        """Return a page without what ties it to the others; what it inherits is written in it."""
        kept = pikepdf.Dictionary({key: value for key, value in page.obj.items() if key not in _DROPPED})
        for name in _INHERITED:
            value = _inherited(page.obj, name)
            if value is not None:
                kept[name] = value
        return _cut_at_references(kept.unparse(), self._foreign)

    def _closure(self, pieces: Pieces) -> list[Key]:
        """Return the keys of all objects that ``pieces`` lead to, nearest first."""
        found: dict[Key, None] = {}
        waiting = [piece for piece in pieces if isinstance(piece, tuple)]
        while waiting:
            key = waiting.pop(0)
            if key not in found:
                found[key] = None
                waiting += [piece for piece in self._read(key) if isinstance(piece, tuple)]
        return list(found)

    def _read(self, key: Key) -> Pieces:
        if key not in self._objects:
            self._objects[key] = self._pieces_of(self._source.get_object(key))
        return self._objects[key]

    def _pieces_of(self, found: pikepdf.Object) -> Pieces:
        if not isinstance(found, pikepdf.Stream):
            return _cut_at_references(found.unparse(resolved=True), self._foreign)
        raw = found.read_raw_bytes()
        properties = pikepdf.Dictionary(dict(found.stream_dict.items()))
        properties.Length = len(raw)
        pieces = _cut_at_references(properties.unparse(), self._foreign)
        end = b"\r\n" if raw.endswith(b"\r") else b"\n"  # or else a reader may take the last byte for the line's end
        return (*pieces, b"\nstream\n" + raw + end + b"endstream")

    def _block(self, keys: tuple[Key, ...]) -> _Block:
        if keys not in self._blocks:
            if len(self._blocks) >= _BLOCKS_KEPT:
                self._blocks.pop(next(iter(self._blocks)))
            places = {key: _INFO + 1 + place for place, key in enumerate(keys)}
            version = max(self._source.pdf_version, "1.4")
            content = bytearray(f"%PDF-{version}\n%".encode() + b"\xbf\xf7\xa2\xfe\n")
            offsets = [_put(content, places[key], _joined(self._read(key), places)) for key in keys]
            made = bytes(content)
            self._blocks[keys] = _Block(made, places, tuple(offsets), hashlib.md5(made, usedforsecurity=False))
        return self._blocks[keys]

    def _catalog(self, numbers: dict[Key, int], title: str | None, metadata: int | None) -> bytes:
        parts = [b"<< /Type /Catalog /Pages %d 0 R /Lang %s" % (_PAGES, _text(self._language))]
        if title:
            parts.append(b"/ViewerPreferences << /DisplayDocTitle true >>")
        if metadata is not None:
            intents = _cut_at_references(self._source.Root.OutputIntents.unparse(), self._foreign)
            parts.append(b"/Metadata %d 0 R /OutputIntents %s" % (metadata, _joined(intents, numbers)))
        return b" ".join([*parts, b">>"])

    def _metadata(self, title: str | None) -> bytes:
        packet = metadata_packet(title, self._language)
        head = b"<< /Type /Metadata /Subtype /XML /Length %d >>\nstream\n" % len(packet)
        return head + packet + b"\nendstream"


def _cut_at_references(text: bytes, foreign: Container[Key]) -> Pieces:
    """Return ``text`` cut at its references; one to a foreign object (a page) becomes null."""
    pieces: list[bytes | Key] = []
    last = 0
    for found in _TOKENS.finditer(text):
        if found[1] is not None:
            key = (int(found[1]), int(found[2]))
            pieces += [text[last : found.start()], b"null" if key in foreign else key]
            last = found.end()
    return (*pieces, text[last:])


def _inherited(page: pikepdf.Object, name: str) -> pikepdf.Object | None:
    """Return an attribute that the page's node of the tree has for it."""
    node: pikepdf.Object | None = page
    for _ in range(64):
        if node is None or name in node:
            break
        node = node.get("/Parent")
    value = None if node is None else node.get(name)
    return value if isinstance(value, pikepdf.Object) or value is None else pikepdf.Object.parse(str(value).encode())


def _joined(pieces: Pieces, numbers: dict[Key, int]) -> bytes:
    return b"".join(piece if isinstance(piece, bytes) else b"%d 0 R" % numbers[piece] for piece in pieces)


def _put(content: bytearray, number: int, body: bytes) -> int:
    """Append an object and return its offset."""
    offset = len(content)
    content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    return offset


def _file(block: _Block, objects: Sequence[bytes], ends: Sequence[bytes]) -> bytes:
    """Return a whole file: the shared objects, the file's own, catalogue, page tree and properties, the table."""
    rest = bytearray()
    first = _INFO + 1 + len(block.places)
    own = [len(block.content) + _put(rest, first + place, body) for place, body in enumerate(objects)]
    last = [len(block.content) + _put(rest, number, body) for number, body in enumerate(ends, start=_CATALOG)]
    offsets = [*last, *block.offsets, *own]
    digest = block.digest.copy()
    digest.update(rest)
    id = digest.hexdigest().encode()
    size, start = len(offsets) + 1, len(block.content) + len(rest)
    rest += b"xref\n0 %d\n0000000000 65535 f \n" % size
    rest += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    rest += b"trailer << /Size %d /Root %d 0 R /Info %d 0 R /ID [ <%s> <%s> ] >>\n" % (size, _CATALOG, _INFO, id, id)
    rest += b"startxref\n%d\n%%%%EOF\n" % start
    return block.content + rest


def _page_tree(numbers: Iterable[int]) -> bytes:
    kids = [b"%d 0 R" % number for number in numbers]
    return b"<< /Type /Pages /Count %d /Kids [ %s ] >>" % (len(kids), b" ".join(kids))


def _info(title: str | None) -> bytes:
    return b"<< /Title %s >>" % _text(title) if title else b"<< >>"


def _text(text: str) -> bytes:
    """Return a text string: as it is where it is plain, in UTF-16 otherwise."""
    if re.fullmatch(r"[ -'*-\[\]-~]*", text):
        return b"(%s)" % text.encode()
    return b"<FEFF%s>" % text.encode("utf-16-be").hex().upper().encode()
