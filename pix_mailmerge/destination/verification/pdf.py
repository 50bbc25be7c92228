"""A PDF read back: the text and the pictures of each page, by pdfium.

The same page stands in a pupil's PDF, in the class's and in the school's. Its text is read once: the pages that were
read are known by a digest of all that draws them (content, fonts, pictures).
"""

from __future__ import annotations

import ctypes
import hashlib
import re
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium

from pix_mailmerge.destination.split import AS_IT_STANDS
from pix_mailmerge.destination.verification.docx import UnreadableError
from pix_mailmerge.destination.verification.texts import squeezed
from pix_mailmerge.model.workers import Workers
from pix_mailmerge.problems import PixMailMergeError

DEADLINE = 600.0
"""Seconds for a lot of files; 10,000 pages take 20."""
LOT = 40
"""Files asked for at once."""
DEEPEST = 16
"""Forms in forms that are looked into."""

_DRAWN = re.compile(rb"/([^\s/<>\[\](){}%]+)\s+Do\b")
_INLINE_IMAGE = re.compile(rb"(?<![^\s])BI\s.*?\sID\s", re.DOTALL)
_REFERENCE = re.compile(rb"(\d+) (\d+) R\b")
_DRAWS = ("/Contents", "/Resources", "/MediaBox", "/CropBox", "/Rotate")


@dataclass(frozen=True, slots=True)
class Page:
    """What a page shows. images: how many pictures are drawn on it. All pages of a folder are kept: nothing else is."""

    text: str
    images: int

    @property
    def squeezed(self) -> str:
        return squeezed(self.text)

    @property
    def is_blank(self) -> bool:
        return not self.text.strip() and not self.images


Read = tuple[list[bytes], dict[bytes, Page]]


class PageReader:
    """Reads PDFs in a process of its own, in the order given, while others look at what was read. A context manager.

    pdfium is written in C++ and reads what anybody may have put in the folder: a file that ends it, or that it never
    ends, is unreadable and harms nothing else.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        """Begin to read. The files travel by lots: every answer waits for its turn beside a busy thread."""
        self._known: dict[bytes, Page] = {}
        self._workers: Workers[list[str], list[Read | None]] = Workers(read_new, jobs=1)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="verify")
        self._lots: dict[Path, tuple[Future[list[tuple[Page, ...] | None]], int]] = {}
        for start in range(0, len(paths), LOT):
            lot = paths[start : start + LOT]
            reading = self._thread.submit(self._read, [str(path) for path in lot])
            self._lots |= {path: (reading, place) for place, path in enumerate(lot)}

    def pages_of(self, path: Path) -> tuple[Page, ...] | None:
        """Return the pages of one of the PDFs once they are read; None where it is damaged, truncated or not there.

        The same page, in whichever file, is the same object.
        """
        reading, place = self._lots.pop(path)
        return reading.result()[place]

    def close(self) -> None:
        """End the process."""
        for reading, _ in self._lots.values():
            reading.cancel()
        self._workers.close()
        self._thread.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_cause: object) -> None:
        self.close()

    def _read(self, paths: list[str]) -> list[tuple[Page, ...] | None]:
        try:
            answers = self._workers.answer(paths, DEADLINE).result()
        except PixMailMergeError:
            return [None] if len(paths) == 1 else [pages for path in paths for pages in self._read([path])]
        return [None if read is None else self._pages(*read) for read in answers]

    def _pages(self, names: list[bytes], new: dict[bytes, Page]) -> tuple[Page, ...]:
        for name, page in new.items():
            self._known.setdefault(name, page)
        return tuple(self._known[name] for name in names)


_told: set[bytes] = set()
"""The pages that this process has told its parent of."""


def read_new(paths: Sequence[str]) -> list[Read | None]:
    """Return what was read of each PDF."""
    return [_read_new(path) for path in paths]


def _read_new(path: str) -> Read | None:
    """Return the names of the pages of a PDF, in order, and those pages that were not told before; None: unreadable."""
    try:
        with pikepdf.open(path, **AS_IT_STANDS) as opened:
            digests = _Digests(opened)
            names = [digests.of_page(page) for page in opened.pages]
            places = {name: number for number, name in enumerate(names) if name not in _told}
            images = [_images(opened.pages[number].obj) for number in places.values()]
        texts = _texts(path, list(places.values())) if places else []
    except (pikepdf.PdfError, pypdfium2.PdfiumError, OSError, ValueError, RuntimeError, UnreadableError):
        return None
    _told.update(names)
    return names, {name: Page(*shown) for name, shown in zip(places, zip(texts, images, strict=True), strict=True)}


def _texts(path: str, numbers: Sequence[int]) -> list[str]:
    """Return the texts of pages (0 = first) of a PDF as pdfium reads them."""
    document = pypdfium2.PdfDocument(path)
    try:
        return [_text(document.raw, number) for number in numbers]
    finally:
        document.close()


def _text(document: pdfium.FPDF_DOCUMENT, number: int) -> str:
    page = pdfium.FPDF_LoadPage(document, number)
    if not page:
        raise UnreadableError
    text_page = pdfium.FPDFText_LoadPage(page)
    try:
        count = pdfium.FPDFText_CountChars(text_page)
        buffer = ctypes.create_string_buffer(2 * count + 2)
        pdfium.FPDFText_GetText(text_page, 0, count, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)))
        return buffer.raw.decode("utf-16-le", "replace").rstrip("\0")
    finally:
        pdfium.FPDFText_ClosePage(text_page)
        pdfium.FPDF_ClosePage(page)


def _images(shown: pikepdf.Object, depth: int = 0) -> int:
    """Return how many pictures a page, or a form on it, draws, by its content: pdfium takes ten times as long."""
    resources = shown.get("/Resources", pikepdf.Dictionary())
    named = resources.get("/XObject", pikepdf.Dictionary())
    content = _content(shown)
    count = len(_INLINE_IMAGE.findall(content)) if b"BI" in content else 0
    for name in _DRAWN.findall(content):
        drawn = named.get(f"/{name.decode('latin-1')}")
        if not isinstance(drawn, pikepdf.Stream):
            continue
        if drawn.get("/Subtype") == "/Image":
            count += 1
        elif depth < DEEPEST:
            count += _images(drawn, depth + 1)
    return count


def _content(shown: pikepdf.Object) -> bytes:
    streams = shown if isinstance(shown, pikepdf.Stream) else shown.get("/Contents", pikepdf.Array())
    every = [streams] if isinstance(streams, pikepdf.Stream) else list(streams)
    return b"\n".join(stream.read_bytes() for stream in every)


class _Digests:
    """SHA-256 of objects of a PDF with all that they refer to, whatever their numbers."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self._pdf = pdf
        self._known: dict[tuple[int, int], bytes] = {}

    def of_page(self, page: pikepdf.Page) -> bytes:
        made = hashlib.sha256()
        for key in _DRAWS:
            made.update(key.encode())
            if key in page.obj:
                made.update(self._written(page.obj[key]))
        return made.digest()

    def _written(self, value: object) -> bytes:
        if isinstance(value, pikepdf.Object):
            return self._of_indirect(*value.objgen) if value.is_indirect else self._resolved(value.unparse())
        return repr(value).encode()

    def _of_indirect(self, number: int, generation: int) -> bytes:
        key = (number, generation)
        if key not in self._known:
            self._known[key] = b"cycle"
            self._known[key] = self._digest(self._pdf.get_object(number, generation))
        return self._known[key]

    def _digest(self, value: object) -> bytes:
        if not isinstance(value, pikepdf.Object):
            return repr(value).encode()
        if not isinstance(value, pikepdf.Stream):
            return hashlib.sha256(self._resolved(value.unparse(resolved=True))).digest()
        made = hashlib.sha256(self._resolved(value.stream_dict.unparse(resolved=True)))
        made.update(value.read_raw_bytes())
        return made.digest()

    def _resolved(self, unparsed: bytes) -> bytes:
        """Return the written form of an object, its references replaced by digests."""
        return _REFERENCE.sub(lambda found: self._of_indirect(int(found[1]), int(found[2])), unparsed)
