"""The fields of a story (a body, a header, a cell, a text box…) as trees over its XML.

Made by reader.read_story.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

Element = Any  # lxml's stubs know no element type that both parses and builds

NAMESPACES = frozenset(
    {
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",  # « strict »
    }
)


@dataclass(slots=True, eq=False)
class Text:
    """Characters of a run; ``run`` is None for the code of a ``w:fldSimple``."""

    text: str
    run: Element | None


@dataclass(slots=True, eq=False)
class Inline:
    """A child of a run that is not text: a tab, a line break, a drawing… ``text``: what it counts for in a text."""

    element: Element
    run: Element
    text: str


@dataclass(slots=True, eq=False)
class Mark:
    """The end of a paragraph."""

    paragraph: Element


@dataclass(slots=True, eq=False)
class Block:
    """A table or a content control between two paragraphs of a field."""

    element: Element


@dataclass(slots=True, eq=False)
class Field:
    """One field. begin: its first run, or the ``w:fldSimple``. runs: all it is made of, nested fields included, in the
    order of the document. code, result: what stands before and after the separator. is_placed: its runs have been
    replaced by what it shows.
    """

    begin: Element
    code: list[Piece] = field(default_factory=list)
    result: list[Piece] = field(default_factory=list)
    runs: list[Element] = field(default_factory=list)
    blocks: list[Element] = field(default_factory=list)
    is_separated: bool = False
    is_placed: bool = False

    @property
    def code_text(self) -> str:
        """Return the code as a person would type it, fields in braces."""
        return "".join(
            f"{{{piece.code_text}}}" if isinstance(piece, Field) else getattr(piece, "text", " ") for piece in self.code
        )


Piece = Text | Inline | Mark | Block | Field


@dataclass(slots=True, eq=False)
class Box:
    """The content of a text box: a story within a story."""

    content: Element


@dataclass(frozen=True, slots=True)
class Trouble:
    """A field whose structure is broken. kind: no end, an end or a separator without beginning, nested too deep."""

    kind: Literal["unfinished", "stray", "too-deep"]
    element: Element
    code: str


@dataclass(slots=True)
class Story:
    """What a story holds, in its order. cells: the tables' cells that are not inside a field, stories of their own."""

    items: list[Field | Box | Story] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)


def local(element: Element) -> str:
    """Return the name of a WordprocessingML element without its namespace; "" for any other node."""
    tag = element.tag
    if not isinstance(tag, str) or tag[:1] != "{":
        return ""
    namespace, _, name = tag[1:].partition("}")
    return name if namespace in NAMESPACES else ""


def attribute(element: Element, name: str) -> str | None:
    """Return a WordprocessingML attribute, in whichever namespace the file is written; None where it is absent."""
    namespace = element.tag[1:].partition("}")[0]
    value: str | None = element.get(f"{{{namespace}}}{name}")
    return value


def ancestor(element: Element, name: str) -> Element | None:
    """Return the nearest enclosing element called ``name``, None where there is none."""
    for parent in element.iterancestors():
        if local(parent) == name:
            return parent
    return None


def cells(parent: Element) -> Iterator[Element]:
    """Yield the cells of a table, those in content controls and changed rows too, not those of tables inside cells."""
    for child in parent:
        name = local(child)
        if name == "tc":
            yield child
        elif name in ("tr", "sdt", "sdtContent", "customXml", "ins"):
            yield from cells(child)


def plain(pieces: Iterable[Piece]) -> str:
    """Return the text that pieces show, paragraphs as line ends."""
    return "".join(
        plain(piece.result)
        if isinstance(piece, Field)
        else "\n"
        if isinstance(piece, Mark)
        else getattr(piece, "text", "")
        for piece in pieces
    )
