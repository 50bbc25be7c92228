"""A part whose fields are expressions: its source, and the steps that work out what they show."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from pix_mailmerge.model.word_fields.nodes import Show
from pix_mailmerge.model.word_fields.tree import Element

FIELD, FLAG, ROW = "_mf", "_mp", "_mr"
"""Names of the values in the source: what fields show, which paragraphs stay (both with the part's number), one of a
row's rounds."""

OF_FIELDS = (FIELD, FLAG, ROW)


class Shown(tuple[object, ...]):
    """What the fields of a part, or of one round of a row, show: made by us alone, so that no tag can be one."""

    __slots__ = ()


MARK = "urn:pix-mailmerge:field"
MARKS = re.compile(rf'(?:<pix:(?=\w+ xmlns)|{MARK}:)(\w+)(?: xmlns:pix="{MARK}" n="|:)(\d+)(?:"/>|;)')
"""A mark: an element, or (of a picture's frame) the text of an attribute."""
_LITERAL = re.compile(r"\{(?=[{%#])")


@dataclass(slots=True)
class RowSteps:
    """A row that is repeated for each mapping of a list. column: position of the list among the names asked for."""

    column: int
    shows: list[Show] = field(default_factory=list)


@dataclass(slots=True)
class PartFields:
    """The fields of a part. pieces: its XML and, every second one, the expression of a field or of a paragraph.

    steps: what the fields show, in order. flags: for each paragraph that may vanish the steps of its fields; it stays
    when one of them shows something. is_changed: anything differs from the XML it was made of.
    """

    number: int
    pieces: list[str]
    is_changed: bool = False
    steps: list[Show | RowSteps] = field(default_factory=list)
    flags: list[tuple[int, ...]] = field(default_factory=list)

    @property
    def literal(self) -> str:
        """Return the XML without the expressions."""
        return "".join(self.pieces[::2])

    def source(self, *, tags: bool) -> str:
        """Return the Jinja source; without ``tags`` the braces of the text are literal."""
        if tags:
            return "".join(self.pieces)
        return "".join(
            piece if number % 2 else _LITERAL.sub("{{ '{' }}", piece) for number, piece in enumerate(self.pieces)
        )


@dataclass(frozen=True, slots=True)
class Options:
    """keeps_blank_lines: paragraphs of empty fields stay (``w:doNotSuppressBlankLines``). repeated: positions of the
    names whose values are lists."""

    keeps_blank_lines: bool = False
    repeated: frozenset[int] = frozenset()


def mark(kind: str, number: int) -> Element:
    mark = etree.Element(f"{{{MARK}}}{kind}", nsmap={"pix": MARK})
    mark.set("n", str(number))
    return mark
