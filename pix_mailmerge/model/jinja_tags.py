"""{{ tags }}: docxtpl's dialect. Each of its steps is docxtpl's own, called on what it must be called on and no more.

docxtpl takes a model apart for each record; here its preprocessing runs once per part, and its steps after the
rendering run where they change something: on the paragraphs that hold a line break, a tab, a page break or a new
paragraph from a value, and on the parts whose tables may change their number of columns.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from functools import lru_cache

from docxtpl import DocxTemplate, InlineImage
from lxml import etree

__all__ = ["DocxTemplate", "InlineImage"]

_DIALECT = DocxTemplate(io.BytesIO())
_TAG = re.compile(r"\{(?:<[^>]*>)*[{%#]|\{_[{%]|[}%]_\}")
MOST_UNCLOSED = 200
_MARKUP = re.compile(r"<[^>]*>")
_SCOPE_SPACE = re.compile("(\\{(?:<[^>]*>)*[{%#](?:tr|tc|p|r)(?:<[^>]*>)*)[\u00a0\u202f]")
_WHOLE_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_TYPED = re.compile("[«–\u00a0\u202f]")
_STRING = re.compile(r"""("[^"]*"|'[^']*')""")
_GUILLEMETS = re.compile(r"«[\s\u00a0\u202f]*([^«»\"]*?)[\s\u00a0\u202f]*»")
_NO_BREAK = re.compile("[\u00a0\u202f]")
_DRAWING = b"<wp:docPr "
_DRAWING_ID = re.compile(rb'<wp:docPr (?:id|[^>]*?\sid)="([^"]*)"')
_LISTING_MARKS = (b"\n", b"\t", b"\a", b"\f")
_PARAGRAPH_END = b"</w:p>"
FIRST_DRAWING_ID = 1001
"""docxtpl numbers the drawings of a body from here on, those of other parts not at all."""


def has_tags(xml: str) -> bool:
    """Tell whether a part's XML holds a tag, whole or split over runs, or an escaped delimiter."""
    return _TAG.search(xml) is not None


@lru_cache(maxsize=16)
def preprocessed(xml: str) -> str:
    """Return a part's XML as Jinja source: docxtpl's ``patch_xml``, and more of what Word does to a typed tag."""
    if _unclosed(xml) > MOST_UNCLOSED:
        return xml  # docxtpl's expressions look for each end again and again; analysis tells what is wrong
    patched = str(_DIALECT.patch_xml(_SCOPE_SPACE.sub(r"\1 ", xml)))
    return _WHOLE_TAG.sub(lambda tag: plain_typing(tag[0]), patched) if _TYPED.search(patched) else patched


def _unclosed(xml: str) -> int:
    """Return how many more tags open than close in the text of a part."""
    text = _MARKUP.sub("", xml)
    return sum(text.count(one) for one in ("{{", "{%", "{#")) - sum(text.count(one) for one in ("}}", "%}", "#}"))


def plain_typing(tag: str) -> str:
    """Return a tag with plain quotes for « », a hyphen for –, spaces for no-break ones, outside of its strings.

    French Word makes these while one types; Jinja, and so docxtpl, knows none of them.
    """
    if not _TYPED.search(tag):
        return tag
    pieces = _STRING.split(tag)
    return "".join(piece if number % 2 else _plain(piece) for number, piece in enumerate(pieces))


def _plain(piece: str) -> str:
    return _NO_BREAK.sub(" ", _GUILLEMETS.sub(lambda found: f'"{found[1]}"', piece)).replace("–", "-")


def plain_braces(text: str) -> str:
    """Return the text of a model with docxtpl's escaped delimiters (``{_{``, ``%_}``…) as they are to be printed."""
    if "_" not in text:
        return text
    return text.replace("{_{", "{{").replace("}_}", "}}").replace("{_%", "{%").replace("%_}", "%}")


def resolved_listings(xml: bytes) -> bytes:
    r"""Return a rendered part with ``\n \t \a \f`` in its texts made line, tab, paragraph, page: ``resolve_listing``.

    Its expressions match from a ``<w:p`` to the next ``</w:p>``, so that the part may be cut after each of these and
    the pieces without such a character left alone.
    """
    if not any(mark in xml for mark in _LISTING_MARKS):
        return xml
    pieces = xml.split(_PARAGRAPH_END)
    last = pieces.pop()
    resolved = b"".join((*(_resolved(piece + _PARAGRAPH_END) for piece in pieces), last))
    return resolved.replace(b"\a", b"").replace(b"\f", b"")  # outside of a run's text they can only be left out


def _resolved(piece: bytes) -> bytes:
    return _resolved_text(piece) if any(mark in piece for mark in _LISTING_MARKS) else piece


@lru_cache(maxsize=256)
def _resolved_text(piece: bytes) -> bytes:
    return str(_DIALECT.resolve_listing(piece.decode())).encode()


def has_drawings(xml: str) -> bool:
    """Tell whether a piece of XML holds a drawing, whose number must differ from that of all others."""
    return "<wp:docPr " in xml


def numbered_drawings(xml: bytes, first: int = FIRST_DRAWING_ID) -> tuple[bytes, int]:
    """Return XML with its drawings numbered from ``first`` on as ``fix_docpr_ids`` does, and the next number."""
    return Drawings.read(xml).numbered(first)


@dataclass(frozen=True, slots=True)
class Drawings:
    """XML cut where the numbers of its drawings stand. places: of each number among the drawings, from 0 on."""

    pieces: tuple[bytes, ...]
    places: tuple[int, ...]
    count: int

    @classmethod
    def read(cls, xml: bytes) -> Drawings:
        pieces: list[bytes] = []
        places: list[int] = []
        end = count = 0
        start = xml.find(_DRAWING)
        while start >= 0:
            found = _DRAWING_ID.match(xml, start)
            if found is not None:
                pieces.append(xml[end : found.start(1)])
                places.append(count)
                end = found.end(1)
            count += 1
            start = xml.find(_DRAWING, start + 1)
        return cls((*pieces, xml[end:]), tuple(places), count)

    def numbered(self, first: int) -> tuple[bytes, int]:
        """Return the XML with its drawings numbered from ``first`` on, and the next number."""
        made = [self.pieces[0]]
        for place, piece in zip(self.places, self.pieces[1:], strict=True):
            made += (b"%d" % (first + place), piece)
        return b"".join(made), first + self.count


def finished_tables(body: bytes) -> bytes:
    """Return a rendered ``w:body`` after docxtpl's own last steps: ``fix_tables``, then ``fix_docpr_ids``.

    ``body`` is well-formed and declares its namespaces.
    """
    tree = _DIALECT.fix_tables(body.decode())
    _DIALECT.docx_ids_index = FIRST_DRAWING_ID - 1
    _DIALECT.fix_docpr_ids(tree)
    return etree.tostring(tree, encoding="UTF-8", xml_declaration=False)
