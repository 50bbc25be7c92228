"""A PDF read back: the text and the pictures of each page, by pdfium.

The same page stands in a pupil's PDF, in the class's and in the school's. Its text is read once: the pages that were
read are known by a digest of all that draws them (content, fonts, pictures).
"""

from __future__ import annotations

import ctypes
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium

from pix_mailmerge.destination.verification.docx import UnreadableError
from pix_mailmerge.destination.verification.texts import squeezed

_REFERENCE = re.compile(rb"(\d+) (\d+) R\b")
_DRAWS = ("/Contents", "/Resources", "/MediaBox", "/CropBox", "/Rotate")


@dataclass(frozen=True)
class Page:
    """What a page shows. images: how many pictures are drawn on it."""

    text: str
    images: int

    @cached_property
    def squeezed(self) -> str:
        return squeezed(self.text)

    @property
    def is_blank(self) -> bool:
        return not self.text.strip() and not self.images


class PageReader:
    """Reads PDFs and remembers the pages it has seen. For one thread: pdfium is not made for several."""

    def __init__(self) -> None:
        self._known: dict[bytes, Page] = {}

    def read(self, path: Path) -> tuple[Page, ...]:
        """Return the pages of a PDF; raise UnreadableError where it is damaged, truncated or not there."""
        try:
            with pikepdf.open(path, attempt_recovery=False, suppress_warnings=True) as opened:
                digests = _Digests(opened)
                names = [digests.of_page(page) for page in opened.pages]
        except (pikepdf.PdfError, OSError, ValueError, RuntimeError) as cause:
            raise UnreadableError from cause
        unknown = [number for number, name in enumerate(names) if name not in self._known]
        if unknown:
            pages = read_pages(path, unknown)
            self._known |= {names[number]: page for number, page in zip(unknown, pages, strict=True)}
        return tuple(self._known[name] for name in names)


def read_pages(path: Path, numbers: Sequence[int]) -> list[Page]:
    """Return pages (0 = first) of a PDF as pdfium reads them; raise UnreadableError."""
    try:
        document = pypdfium2.PdfDocument(path)
    except (pypdfium2.PdfiumError, OSError) as cause:
        raise UnreadableError from cause
    try:
        return [_read_page(document.raw, number) for number in numbers]
    finally:
        document.close()


def _read_page(document: pdfium.FPDF_DOCUMENT, number: int) -> Page:
    page = pdfium.FPDF_LoadPage(document, number)
    if not page:
        raise UnreadableError
    text_page = pdfium.FPDFText_LoadPage(page)
    try:
        count = pdfium.FPDFText_CountChars(text_page)
        buffer = ctypes.create_string_buffer(2 * count + 2)
        pdfium.FPDFText_GetText(text_page, 0, count, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)))
        text = buffer.raw.decode("utf-16-le", "replace").rstrip("\0")
        objects = (pdfium.FPDFPage_GetObject(page, place) for place in range(pdfium.FPDFPage_CountObjects(page)))
        return Page(text, sum(map(_images, objects)))
    finally:
        pdfium.FPDFText_ClosePage(text_page)
        pdfium.FPDF_ClosePage(page)


def _images(shown: pdfium.FPDF_PAGEOBJECT) -> int:
    kind = pdfium.FPDFPageObj_GetType(shown)
    if kind == pdfium.FPDF_PAGEOBJ_FORM:
        inside = range(pdfium.FPDFFormObj_CountObjects(shown))
        return sum(_images(pdfium.FPDFFormObj_GetObject(shown, place)) for place in inside)
    return int(kind == pdfium.FPDF_PAGEOBJ_IMAGE)


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
