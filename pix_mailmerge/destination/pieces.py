"""The objects of a PDF as bytes, cut at their references, to be written into other files under other numbers."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping

import pikepdf

from pix_mailmerge.destination.archive import is_archive

Key = tuple[int, int]
"""Number and generation of an object."""
Pieces = tuple[bytes | Key, ...]
"""The bytes of an object, cut at its references to others."""

_INHERITED = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
_DROPPED = ("/Parent", "/StructParents", "/B", "/PieceInfo", "/Metadata", "/Thumb")
_TOKENS = re.compile(
    rb"\((?:[^\\()]|\\.)*\)"  # a string
    rb"|<[0-9A-Fa-f]*>"  # a string in hexadecimal
    rb"|/[^\s()<>\[\]{}/%]*"  # a name
    rb"|(?<![\w.+-])(\d+) (\d+) R(?!\w)",  # a reference, the only one with groups
    re.DOTALL,
)


class Objects:
    """The objects of one PDF; a reference to what ties its pages together becomes null.

    keys: of the pages, in order.
    """

    def __init__(self, pdf: pikepdf.Pdf, *, pages_apart: bool) -> None:
        """``pages_apart``: a page is no longer beside the others, a reference to it becomes null as well."""
        self._pdf = pdf
        self._pages = list(pdf.pages)
        self.keys = [_key(page.obj) for page in self._pages]
        self._foreign = {_key(pdf.Root), _key(pdf.Root.Pages), *(self.keys if pages_apart else ())}

    def pages(self) -> Iterator[Pieces]:
        """Yield each page without what ties it to the others; what it inherits is written in it."""
        return map(self._page, self._pages)

    def boxes(self) -> Iterator[bytes]:
        """Yield the media box of each page."""
        return (page.mediabox.unparse() for page in self._pages)

    def read(self, key: Key) -> Pieces:
        """Return an object, its stream included."""
        found = self._pdf.get_object(key)
        if not isinstance(found, pikepdf.Stream):
            return self._cut(_unparsed(found))
        raw = found.read_raw_bytes()
        properties = pikepdf.Dictionary(dict(found.stream_dict.items()))
        properties.Length = len(raw)
        end = b"\r\n" if raw.endswith(b"\r") else b"\n"  # or else a reader may take the last byte for the line's end
        return (*self._cut(properties.unparse()), b"\nstream\n" + raw + end + b"endstream")

    def intents(self) -> Pieces:
        """Return the output intents that carry the colour profile of an archive (PDF/A); () where it is none."""
        return self._cut(self._pdf.Root.OutputIntents.unparse()) if is_archive(self._pdf) else ()

    def _page(self, page: pikepdf.Page) -> Pieces:
        kept = pikepdf.Dictionary({key: value for key, value in page.obj.items() if key not in _DROPPED})
        for name in _INHERITED:
            value = _inherited(page.obj, name)
            if value is not None:
                kept[name] = value
        return self._cut(kept.unparse())

    def _cut(self, text: bytes) -> Pieces:
        return _cut_at_references(text, self._foreign)


def joined(pieces: Pieces, numbers: Mapping[Key, int]) -> bytes:
    """Return an object whole again, with the numbers that those it refers to have now."""
    return b"".join(piece if isinstance(piece, bytes) else b"%d 0 R" % numbers[piece] for piece in pieces)


def keys_of(pieces: Pieces) -> list[Key]:
    """Return the keys of the objects that an object refers to."""
    return [piece for piece in pieces if isinstance(piece, tuple)]


def _key(found: pikepdf.Object) -> Key:
    number, generation = found.objgen
    return number, generation


def _unparsed(found: object) -> bytes:
    """Return an object as it is written; pikepdf makes numbers, truth and nothing those of Python."""
    if isinstance(found, pikepdf.Object):
        return found.unparse(resolved=True)
    return pikepdf.Array([found]).unparse()[1:-1].strip()


def _cut_at_references(text: bytes, foreign: Container[Key]) -> Pieces:
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
