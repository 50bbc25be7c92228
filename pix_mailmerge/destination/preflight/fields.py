"""Fields and revisions made plain text: what every engine would otherwise compute anew, or print by mistake.

Both engines put today's date into DATE; LibreOffice empties IF fields that hold others and prints text that a tracked
revision deleted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from pix_mailmerge.destination.preflight.ooxml import q, xpath

LIVE = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES", "HYPERLINK"})
"""Fields that an engine must compute, or that do something."""

_CHANGES = xpath(
    "//w:rPrChange | //w:pPrChange | //w:sectPrChange | //w:tblPrChange | //w:trPrChange | //w:tcPrChange"
    " | //w:tblGridChange | //w:numberingChange | //w:moveFromRangeStart | //w:moveFromRangeEnd"
    " | //w:moveToRangeStart | //w:moveToRangeEnd"
)
_DELETED = xpath("//w:del[not(parent::w:rPr) and not(parent::w:trPr)] | //w:moveFrom[not(parent::w:rPr)]")
_DELETED_ROWS = xpath("//w:tr[w:trPr/w:del]")
_DELETED_MARKS = xpath("//w:p[w:pPr/w:rPr/w:del]")
_INSERTED = xpath("//w:ins[not(parent::w:rPr) and not(parent::w:trPr)] | //w:moveTo[not(parent::w:rPr)]")
_SIMPLE = xpath("//w:fldSimple")
_IN_RUNS = xpath("//w:r/*")


def accept_revisions(root: etree._Element) -> int:
    """Accept every tracked revision and return how many there were."""
    changes, deleted = _CHANGES(root), [*_DELETED(root), *_DELETED_ROWS(root)]
    marks, inserted = _DELETED_MARKS(root), _INSERTED(root)
    for element in (*changes, *deleted):
        remove(element)
    for paragraph in reversed(marks):
        _merge_with_next(paragraph)
    for element in inserted:
        unwrap(element)
    return len(changes) + len(deleted) + len(marks) + len(inserted)


def freeze_fields(root: etree._Element) -> int:
    """Make plain text of what each field last showed, LIVE ones and those that show nothing aside; return how many."""
    frozen = 0
    for simple in _SIMPLE(root):
        if name_of(simple.get(q("w:instr"), "")) not in LIVE and len(simple):
            unwrap(simple)
            frozen += 1
    fields = [found for found in _fields(root) if found.name not in LIVE and found.shows]
    for one in fields:
        for element in one.elements:
            remove(element)
    return frozen + len(fields)


def separate_results(root: etree._Element) -> int:
    """Give a separator to the fields that have none, and no result: dxpdf loses the rest of their paragraph."""
    bare = [found for found in _fields(root) if not found.in_result]
    for one in bare:
        separator = etree.Element(q("w:fldChar"))
        separator.set(q("w:fldCharType"), "separate")
        one.elements[-1].addprevious(separator)
    return len(bare)


def name_of(instruction: str) -> str:
    """Return the name of a field from its instruction: « DATE »."""
    words = instruction.split()
    return words[0].upper() if words else ""


def remove(element: etree._Element) -> None:
    """Take ``element`` out of its parent, if it still has one."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def unwrap(element: etree._Element) -> None:
    """Put the children of ``element`` in its place."""
    parent = element.getparent()
    if parent is None:
        return
    place = parent.index(element)
    for child in list(element):
        parent.insert(place, child)
        place += 1
    parent.remove(element)


@dataclass(slots=True)
class _Field:
    """A field being read. elements: all of it but its result; shows: it has a result."""

    instruction: str = ""
    in_result: bool = False
    shows: bool = False
    elements: list[etree._Element] = field(default_factory=list)

    @property
    def name(self) -> str:
        return name_of(self.instruction)


def _fields(root: etree._Element) -> Iterator[_Field]:
    """Yield the fields of a story that were closed, inner ones first; a field may span paragraphs."""
    open_fields: list[_Field] = []
    for element in _IN_RUNS(root):
        kind = element.get(q("w:fldCharType")) if element.tag == q("w:fldChar") else None
        if kind == "begin":
            open_fields.append(_Field())
        if not open_fields:
            continue
        _belongs(open_fields, element, kind)
        if kind == "separate":
            open_fields[-1].in_result = True
        elif kind == "end":
            yield open_fields.pop()


def _belongs(open_fields: list[_Field], element: etree._Element, kind: str | None) -> None:
    """Note ``element`` with each open field that is not showing it as its result."""
    innermost = open_fields[-1]
    if element.tag == q("w:instrText") and not innermost.in_result:
        innermost.instruction += element.text or ""
    for one in open_fields:
        if (one is innermost and kind is not None) or not one.in_result:
            one.elements.append(element)
        elif kind is None and element.tag not in {q("w:rPr"), q("w:instrText")}:
            one.shows = True


def _merge_with_next(paragraph: etree._Element) -> None:
    """Join a paragraph whose mark was deleted to the next one, as Word does; the next one's properties stay."""
    following = paragraph.getnext()
    if following is None or following.tag != q("w:p"):
        mark = paragraph.find(f"{q('w:pPr')}/{q('w:rPr')}/{q('w:del')}")
        if mark is not None:
            remove(mark)
        return
    place = 1 if len(following) and following[0].tag == q("w:pPr") else 0
    for child in reversed([child for child in paragraph if child.tag != q("w:pPr")]):
        following.insert(place, child)
    remove(paragraph)
