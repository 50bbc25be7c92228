"""Pages of a PDF as PDFs of their own, written directly: what the pages share is laid out once and copied.

pikepdf reads the source; writing 300 small files with it took a fifth of the time of their conversion, most of it spent
on the same fonts and pictures again and again. The layout is that of ISO 32000-1, 7.5: header, objects, cross-reference
table, trailer; objects that many pages use come first, so that their bytes and places are the same in every file.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import pikepdf

from pix_mailmerge.destination import layout
from pix_mailmerge.destination.pieces import Key, Objects, Pieces, joined, keys_of

_BLOCKS_KEPT = 16


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
        self._version = source.pdf_version
        self._language = language
        self._source = Objects(source, pages_apart=True)
        self._intents = self._source.intents()
        self._objects: dict[Key, Pieces] = {}
        self._blocks: dict[tuple[Key, ...], _Block] = {}
        self._pages = list(self._source.pages())
        self._closures = [self._closure(pieces) for pieces in self._pages]
        uses = Counter(key for closure in self._closures for key in closure)
        self._shared = {key for key, count in uses.items() if count > 1} | set(self._intent_keys)

    def cut(self, first: int, count: int, title: str | None) -> bytes:
        """Return the PDF of ``count`` pages from ``first`` (0 = first of the source)."""
        chosen = range(first, first + count)
        keys = dict.fromkeys(key for page in chosen for key in self._closures[page])
        block = self._block((*self._intent_keys, *(key for key in keys if key in self._shared)))
        own = [key for key in keys if key not in block.places]
        start = layout.INFO + 1 + len(block.places)
        numbers = block.places | {key: start + place for place, key in enumerate(own)}
        page_numbers = [start + len(own) + place for place in range(count)]
        objects = [joined(self._objects[key], numbers) for key in own]
        objects += [b"<< /Parent %d 0 R%s" % (layout.PAGES, joined(self._pages[page], numbers)[2:]) for page in chosen]
        more = []
        if self._intents:
            objects.append(layout.metadata(title, self._language))
            more.append(b"/Metadata %d 0 R" % (page_numbers[-1] + 1))
            more.append(b"/OutputIntents %s" % joined(self._intents, numbers))
        catalog = layout.catalog(self._language, title, *more)
        return _file(block, objects, [catalog, layout.page_tree(page_numbers), layout.info(title)])

    @cached_property
    def _intent_keys(self) -> tuple[Key, ...]:
        """Return the keys of the colour profile, where the source is an archive (PDF/A)."""
        return tuple(self._closure(self._intents))

    def _closure(self, pieces: Pieces) -> list[Key]:
        """Return the keys of all objects that ``pieces`` lead to, nearest first."""
        found: dict[Key, None] = {}
        waiting = keys_of(pieces)
        while waiting:
            key = waiting.pop(0)
            if key not in found:
                found[key] = None
                waiting += keys_of(self._read(key))
        return list(found)

    def _read(self, key: Key) -> Pieces:
        if key not in self._objects:
            self._objects[key] = self._source.read(key)
        return self._objects[key]

    def _block(self, keys: tuple[Key, ...]) -> _Block:
        if keys not in self._blocks:
            if len(self._blocks) >= _BLOCKS_KEPT:
                self._blocks.pop(next(iter(self._blocks)))
            places = {key: layout.INFO + 1 + place for place, key in enumerate(keys)}
            content = bytearray(layout.header(self._version))
            offsets = [_put(content, places[key], joined(self._read(key), places)) for key in keys]
            made = bytes(content)
            self._blocks[keys] = _Block(made, places, tuple(offsets), hashlib.md5(made, usedforsecurity=False))
        return self._blocks[keys]


def _put(content: bytearray, number: int, body: bytes) -> int:
    """Append an object and return its offset."""
    offset = len(content)
    content += layout.numbered(number, body)
    return offset


def _file(block: _Block, objects: Sequence[bytes], ends: Sequence[bytes]) -> bytes:
    """Return a whole file: the shared objects, the file's own, catalogue, page tree and properties, the table."""
    rest = bytearray()
    first = layout.INFO + 1 + len(block.places)
    own = [len(block.content) + _put(rest, first + place, body) for place, body in enumerate(objects)]
    last = [len(block.content) + _put(rest, number, body) for number, body in enumerate(ends, start=layout.CATALOG)]
    digest = block.digest.copy()
    digest.update(rest)
    offsets = [*last, *block.offsets, *own]
    return block.content + rest + layout.table(offsets, len(block.content) + len(rest), digest.hexdigest())
