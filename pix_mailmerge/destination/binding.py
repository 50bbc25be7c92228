"""Pages of many PDFs in one, streamed: what is read of a source is written at once and forgotten.

Of a school's 20,000 pages only the numbers, places and sizes are kept: pikepdf, which made this file before, held 20 KB
for each and every source open, and took longer for a page the more pages there were.
"""

from __future__ import annotations

import hashlib
from array import array
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import pikepdf

from pix_mailmerge.destination import layout
from pix_mailmerge.destination.pieces import Key, Objects, joined


@dataclass(frozen=True, slots=True)
class Chapter:
    """An entry of the outline. page: 0 = first of the PDFs joined, blank pages not counted."""

    title: str
    page: int
    entries: tuple[Chapter, ...] = ()


class Binder:
    """Writes one PDF to an open file: append() each source, blank pages perhaps, then finish()."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.md5(usedforsecurity=False)
        self._place = 0
        self._version = self._header = ""
        self._offsets = array("Q", [0] * layout.INFO)
        self._pages: list[int] = []
        self._boxes: list[bytes] = []
        self._shapes: dict[bytes, bytes] = {}
        self._blanks: dict[int, int] = {}
        self._intents = b""

    def append(self, pdf: pikepdf.Pdf) -> int:
        """Append the pages of a PDF, with all that they refer to, and return how many they are."""
        if not self._header:
            self._header = max(_version(pdf), layout.OLDEST)
            self._write(layout.header(self._header))
        self._version = max(self._version, _version(pdf))
        objects = Objects(pdf, pages_apart=False)
        numbers = _Numbers(self)
        own = [numbers.of_page(key) for key in objects.keys]
        for number, page in zip(own, objects.pages(), strict=True):
            self._put(number, b"<< /Parent %d 0 R%s" % (layout.PAGES, joined(page, numbers)[2:]))
        if not self._intents:
            self._intents = joined(objects.intents(), numbers)
        while numbers.waiting:
            key = numbers.waiting.popleft()
            self._put(numbers[key], joined(objects.read(key), numbers))
        self._pages += own
        self._boxes += (self._shapes.setdefault(box, box) for box in objects.boxes())
        return len(own)

    def add_blanks(self, places: Iterable[int]) -> None:
        """Put a blank page of the same size behind each of the pages at ``places``, 0 = first."""
        for place in places:
            self._blanks[place] = number = self.reserve()
            blank = b"<< /Type /Page /Parent %d 0 R /MediaBox %s /Resources << >> >>"
            self._put(number, blank % (layout.PAGES, self._boxes[place]))

    def finish(
        self, title: str | None, language: str, chapters: Sequence[Chapter], destinations: Sequence[tuple[str, int]]
    ) -> int:
        """Write what ties the pages together, and return how many they are.

        destinations: names, and the pages that they lead to, as those of chapters are given.
        """
        more = []
        if chapters:
            root = self.reserve()
            self._put(root, b"<< /Type /Outlines %s >>" % self._outline(chapters, root))
            more.append(b"/Outlines %d 0 R /PageMode /UseOutlines" % root)
        if destinations:
            named = (
                b"%s %s" % (pikepdf.Name(f"/{name}").unparse(), self._leads_to(page)) for name, page in destinations
            )
            more.append(b"/Dests << %s >>" % b" ".join(named))
        if self._intents:
            packet = self.reserve()
            self._put(packet, layout.metadata(title, language))
            more.append(b"/Metadata %d 0 R /OutputIntents %s" % (packet, self._intents))
        kids = [number for place, page in enumerate(self._pages) for number in self._with_blank(place, page)]
        if self._version > self._header:
            more.append(b"/Version /%s" % self._version.encode())
        self._put(layout.CATALOG, layout.catalog(language, title, *more))
        self._put(layout.PAGES, layout.page_tree(kids))
        self._put(layout.INFO, layout.info(title))
        self._write(layout.table(self._offsets, self._place, self._digest.hexdigest()))
        return len(kids)

    def reserve(self) -> int:
        """Return the number of an object that is to be written."""
        self._offsets.append(0)
        return len(self._offsets)

    def _with_blank(self, place: int, page: int) -> tuple[int, ...]:
        return (page, self._blanks[place]) if place in self._blanks else (page,)

    def _outline(self, chapters: Sequence[Chapter], parent: int) -> bytes:
        """Write the entries below a node of the outline; return what the node says of them."""
        numbers = [self.reserve() for _ in chapters]
        for place, (number, one) in enumerate(zip(numbers, chapters, strict=True)):
            parts = [
                b"<< /Title %s /Parent %d 0 R /Dest %s"
                % (layout.text_string(one.title), parent, self._leads_to(one.page))
            ]
            if place:
                parts.append(b"/Prev %d 0 R" % numbers[place - 1])
            if place + 1 < len(numbers):
                parts.append(b"/Next %d 0 R" % numbers[place + 1])
            if one.entries:
                parts.append(self._outline(one.entries, number))
            self._put(number, b" ".join([*parts, b">>"]))
        return b"/First %d 0 R /Last %d 0 R /Count %d" % (numbers[0], numbers[-1], _size(chapters))

    def _leads_to(self, page: int) -> bytes:
        return b"[ %d 0 R /Fit ]" % self._pages[page]

    def _put(self, number: int, body: bytes) -> None:
        self._offsets[number - 1] = self._place
        self._write(layout.numbered(number, body))

    def _write(self, content: bytes) -> None:
        self._file.write(content)
        self._digest.update(content)
        self._place += len(content)


def _version(pdf: pikepdf.Pdf) -> str:
    """Return the version of PDF that a file claims, in its first line or, where that is later, in its catalogue."""
    return max(pdf.pdf_version, str(pdf.Root.get("/Version", "")).lstrip("/"))


def _size(chapters: Sequence[Chapter]) -> int:
    """Return how many entries an outline shows, opened."""
    return sum(1 + _size(one.entries) for one in chapters)


class _Numbers(dict[Key, int]):
    """The numbers that the objects of one source have in the file: one is given where it is first asked for.

    waiting: the keys of those that are to be written.
    """

    def __init__(self, binder: Binder) -> None:
        super().__init__()
        self.waiting: deque[Key] = deque()
        self._binder = binder

    def of_page(self, key: Key) -> int:
        """Return the number of a page, which is written by itself."""
        self[key] = self._binder.reserve()
        return self[key]

    def __missing__(self, key: Key) -> int:
        self[key] = number = self._binder.reserve()
        self.waiting.append(key)
        return number
