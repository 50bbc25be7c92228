"""Where a paragraph stands, as a reader of the page counts: 1 = first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from lxml import etree

from pix_mailmerge.problems import Place

_AROUND_BLOCKS = frozenset({"sdt", "sdtContent", "customXml", "ins", "moveTo", "AlternateContent", "Choice"})
"""What Word may put around paragraphs, tables, rows and cells."""
_SEPARATORS = frozenset({"separator", "continuationSeparator", "continuationNotice"})
"""Notes that hold the line above the notes."""


class Numbering:
    """The place of each paragraph of a part, kept as the part was when it was read.

    Paragraphs are counted outside of tables, or within their cell; tables from the beginning of the part, those in
    cells too; rows and cells within their table; text boxes and notes have a count, and paragraphs, of their own.
    """

    def __init__(self, root: etree._Element, file: str, part: str) -> None:
        """file, part: as they are named to a user. root: of the part, or its ``w:body``."""
        self._unknown = Place(file=file, part=part)
        self._tables = 0
        self._boxes = 0
        self._places: Mapping[etree._Element, Place] = dict(self._parts(root))

    def place(self, element: etree._Element, near: str | None = None) -> Place:
        """Return where ``element`` stands: the place of its paragraph. near: the text around it."""
        around = (one for one in (element, *element.iterancestors()) if one in self._places)
        found = next(around, None)
        return replace(self._unknown if found is None else self._places[found], near=near)

    def _parts(self, root: etree._Element) -> Iterator[tuple[etree._Element, Place]]:
        if _name(root) not in {"footnotes", "endnotes"}:
            yield from self._blocks(root, self._unknown)
            return
        notes = [one for one in root if one.get(f"{{{etree.QName(one).namespace}}}type") not in _SEPARATORS]
        for number, note in enumerate(notes, 1):
            yield from self._blocks(note, replace(self._unknown, part=f"{self._unknown.part} {number}"))

    def _blocks(self, container: etree._Element, around: Place) -> Iterator[tuple[etree._Element, Place]]:
        number = 0
        for block in _children(container, {"p", "tbl"}):
            if _name(block) == "tbl":
                yield from self._cells(block, around)
                continue
            number += 1
            yield block, replace(around, paragraph=number)
            yield from self._boxes_in(block, around)

    def _cells(self, table: etree._Element, around: Place) -> Iterator[tuple[etree._Element, Place]]:
        self._tables += 1
        own = replace(around, table=self._tables, paragraph=None)
        for row_number, row in enumerate(_children(table, {"tr"}), 1):
            for cell_number, cell in enumerate(_children(row, {"tc"}), 1):
                yield from self._blocks(cell, replace(own, row=row_number, cell=cell_number))

    def _boxes_in(self, paragraph: etree._Element, around: Place) -> Iterator[tuple[etree._Element, Place]]:
        """Yield the paragraphs of the text boxes anchored in a paragraph; the copy for old programs is the same box."""
        for content in paragraph.iter("{*}txbxContent"):
            if next(content.iterancestors("{*}p")) is not paragraph:
                continue  # in another box: it comes with that one's paragraph
            is_copy = next(content.iterancestors("{*}Fallback"), None) is not None
            self._boxes += not is_copy
            yield from self._blocks(content, replace(self._unknown, part=f"{around.part}, zone de texte {self._boxes}"))


def _children(parent: etree._Element, wanted: set[str]) -> Iterator[etree._Element]:
    """Yield the children of these names, those within content controls and tracked changes too."""
    for child in parent:
        name = _name(child)
        if name in wanted:
            yield child
        elif name in _AROUND_BLOCKS:
            yield from _children(child, wanted)


def _name(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
