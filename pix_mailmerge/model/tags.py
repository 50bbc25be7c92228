"""The tags of a model with the places where they stand, as staff typed them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from lxml import etree

from pix_mailmerge.model.jinja_tags import plain_typing
from pix_mailmerge.model.numbering import Numbering
from pix_mailmerge.model.opc import parse_xml
from pix_mailmerge.model.sources import Source
from pix_mailmerge.problems import Place

LONGEST_NEAR = 60
_OPENED = re.compile(r"\{[{%#]")
_CLOSINGS = {"{{": "}}", "{%": "%}", "{#": "#}"}
_PREFIX = re.compile(r"^(\{[{%#])(tr|tc|p|r)\s", re.DOTALL)
_CONTAINERS = frozenset({"p", "tr", "tc"})
_OPENING = re.compile(r"(?<!\{)\{(?=[{%])")
_TAG = re.compile(r"\{[{%].*?[}%]\}", re.DOTALL)
_STRAIGHT = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag: its text as typed (« {{ prenom }} »), where it stands, and whether its end is missing.

    lost: what else stands in the paragraph, row or cell that it replaces (« {%p », « {%tr », « {%tc »). homeless: it
    is to replace a row or a cell, and stands in none.
    """

    text: str
    place: Place
    unclosed: bool = False
    lost: str = ""
    homeless: bool = False

    @property
    def shown(self) -> str:
        """Return the text as a message quotes it: at most 60 characters."""
        return shortened(self.text)

    @property
    def scope(self) -> str:
        """Return p, tr, tc or r as the tag begins with; "" for a tag of plain Jinja."""
        found = _PREFIX.match(self.text)
        return found[2] if found else ""

    @property
    def is_comment(self) -> bool:
        return self.text.startswith("{#")

    @property
    def is_statement(self) -> bool:
        return self.text.startswith("{%")

    @property
    def is_expression(self) -> bool:
        return self.text.startswith("{{")

    @property
    def jinja(self) -> str:
        """Return the tag as Jinja reads it: without p, tr, tc, r, with straight quotes."""
        return _as_jinja(self.text)

    @property
    def inside(self) -> str:
        """Return what stands between the braces."""
        return self.jinja[2:-2].strip("-+ \t\n\xa0")


@lru_cache(maxsize=1024)
def _as_jinja(text: str) -> str:
    return plain_typing(_PREFIX.sub(r"\1 ", text).translate(_STRAIGHT))


def read_tags(source: Source, file: str) -> tuple[Tag, ...]:
    """Return the tags of a part in their order, each text box once; ``file`` names the model in their places."""
    return tuple(_tags(source, file))


def _tags(source: Source, file: str) -> Iterator[Tag]:
    root = parse_xml(source.raw.encode())
    if source.kind == "properties":
        for element in root:
            yield from _tags_of_text(element.text or "", Place(file=file, part=source.french))
        return
    numbers = Numbering(root, file, source.french)
    for paragraph in root.iter("{*}p"):
        text = paragraph_text(paragraph)
        if _OPENED.search(text) and next(paragraph.iterancestors("{*}Fallback"), None) is None:
            for tag in _tags_of_text(text, numbers.place(paragraph)):
                yield _beside(tag, paragraph) if tag.scope in _CONTAINERS else tag


def _beside(tag: Tag, paragraph: etree._Element) -> Tag:
    """Return the tag with what stands beside it in what it replaces."""
    name = tag.scope
    container = paragraph if name == "p" else next(paragraph.iterancestors(f"{{*}}{name}"), None)
    if container is None:
        return replace(tag, homeless=True)
    texts = (paragraph_text(one) for one in ([paragraph] if name == "p" else container.iter("{*}p")))
    text = " ".join(texts).replace(tag.text, "", 1)
    drawing = "une image" if next(container.iter("{*}drawing", "{*}pict"), None) is not None else ""
    return replace(tag, lost=shortened(text) or drawing)


def each_on_a_line(source: str) -> str:
    """Return a Jinja source in which each tag begins a line: the line of a node tells its tag."""
    return _OPENING.sub("\n{", source)


def first_tag(line: str) -> str | None:
    """Return the first tag of a line."""
    found = _TAG.search(line)
    return found[0] if found else None


def paragraph_text(paragraph: etree._Element) -> str:
    """Return the text of a paragraph itself, without that of text boxes anchored in it."""
    return "".join(
        (element.text or "") if etree.QName(element).localname == "t" else " "
        for element in paragraph.iter("{*}t", "{*}tab", "{*}br", "{*}cr")
        if _is_text(element) and next(element.iterancestors("{*}p")) is paragraph
    )


def _is_text(element: etree._Element) -> bool:
    parent = element.getparent()
    return parent is not None and etree.QName(parent).localname == "r"


def _tags_of_text(text: str, place: Place) -> Iterator[Tag]:
    start = _OPENED.search(text)
    while start:
        closing = _CLOSINGS[start[0]]
        end = text.find(closing, start.end())
        again = _OPENED.search(text, start.end())
        if end < 0 or (again and again.start() < end and start[0] != "{#"):
            near = text[start.start() : again.start() if again else None].strip()
            yield Tag(near, replace(place, near=shortened(near)), unclosed=True)
            start = again
            continue
        tag = text[start.start() : end + 2]
        yield Tag(tag, replace(place, near=shortened(tag)))
        start = _OPENED.search(text, end + 2)


def shortened(text: str) -> str:
    """Return at most 60 characters of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_NEAR else f"{line[: LONGEST_NEAR - 1]}…"
