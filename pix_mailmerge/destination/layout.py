"""How a PDF is laid out (ISO 32000-1, 7.5): header, objects, cross-reference table, trailer.

The objects of three numbers stand in every file, whatever else is in it: catalogue, page tree, properties.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pix_mailmerge.destination.archive import metadata_packet

CATALOG, PAGES, INFO = 1, 2, 3
OLDEST = "1.4"
"""Version of PDF that has all that we write; what a page itself asks for may be later."""


def header(version: str) -> bytes:
    """Return the first lines of a file."""
    return f"%PDF-{max(version, OLDEST)}\n%".encode() + b"\xbf\xf7\xa2\xfe\n"


def numbered(number: int, body: bytes) -> bytes:
    """Return an object as it stands in a file."""
    return b"%d 0 obj\n%s\nendobj\n" % (number, body)


def catalog(language: str, title: str | None, *more: bytes) -> bytes:
    """Return the catalogue, with the entries ``more``."""
    parts = [b"<< /Type /Catalog /Pages %d 0 R /Lang %s" % (PAGES, text_string(language))]
    if title:
        parts.append(b"/ViewerPreferences << /DisplayDocTitle true >>")
    return b" ".join([*parts, *more, b">>"])


def page_tree(numbers: Iterable[int]) -> bytes:
    kids = [b"%d 0 R" % number for number in numbers]
    return b"<< /Type /Pages /Count %d /Kids [ %s ] >>" % (len(kids), b" ".join(kids))


def info(title: str | None) -> bytes:
    return b"<< /Title %s >>" % text_string(title) if title else b"<< >>"


def metadata(title: str | None, language: str) -> bytes:
    """Return the metadata of an archive (PDF/A)."""
    packet = metadata_packet(title, language)
    head = b"<< /Type /Metadata /Subtype /XML /Length %d >>\nstream\n" % len(packet)
    return head + packet + b"\nendstream"


def table(offsets: Sequence[int], start: int, digest: str) -> bytes:
    """Return the end of a file. offsets: of each object, in order of number; start: where this end begins."""
    size, id = len(offsets) + 1, digest.encode()
    rows = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    ids = b"[ <%s> <%s> ]" % (id, id)
    trailer = b"trailer << /Size %d /Root %d 0 R /Info %d 0 R /ID %s >>\n" % (size, CATALOG, INFO, ids)
    return b"xref\n0 %d\n0000000000 65535 f \n" % size + rows + trailer + b"startxref\n%d\n%%%%EOF\n" % start


def text_string(text: str) -> bytes:
    """Return a text string: as it is where it is plain, in UTF-16 otherwise."""
    if re.fullmatch(r"[ -'*-\[\]-~]*", text):
        return b"(%s)" % text.encode()
    return b"<FEFF%s>" % text.encode("utf-16-be").hex().upper().encode()
