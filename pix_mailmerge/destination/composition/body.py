"""The Jinja source of a body, rewritten so that its rendering is one record among others of a composed document.

Done once, before it is compiled: what must differ from record to record (ids, names of bookmarks, list and note
numbers, headers) becomes an expression over the variables of ``Names``; nothing is searched for in rendered text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from lxml import etree

from pix_mailmerge.destination.composition.scan import TOKEN, children, first_paragraphs, last_paragraphs
from pix_mailmerge.destination.composition.sections import SECTION, Section

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
IDS = "_pix_ids"
BOOKMARK = "_pix_bookmark"
BOOKMARK_ID = "_pix_bookmark_id"
NOTES = "_pix_notes"
LISTS = "_pix_lists"
"""Variables of each record: the ids; its bookmark's name and id; what is added to its note ids and list numbers."""
MARK = "QXZQXZQX"
SECTION_MARK = f'<w:sectPr w:rsidSect="{MARK}"/>'
"""Where a record's last section is told, unless it is the last record: the end of the body tells that one's."""

# a content control's w:id is dropped too: it is optional, and would have to be unique
DROPPED = frozenset(
    {
        "w:proofErr", "w:lastRenderedPageBreak", "w:commentRangeStart", "w:commentRangeEnd", "w:commentReference",
    }
)  # fmt: skip
"""What a printed document has no use for; comments would have to be repeated for every record."""
_PAIRS = {
    "w:bookmarkStart": "w:bookmarkEnd",
    "w:moveFromRangeStart": "w:moveFromRangeEnd",
    "w:moveToRangeStart": "w:moveToRangeEnd",
    "w:permStart": "w:permEnd",
}
_ENDS = frozenset(_PAIRS.values())
_REVISIONS = frozenset(
    "w:" + name
    for name in (
        "ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tblGridChange",
        "trPrChange", "tcPrChange", "tblPrExChange", "numberingChange", "cellIns", "cellDel", "cellMerge",
    )
)  # fmt: skip
_BOOKMARK = (
    f'<w:bookmarkStart w:id="{{{{ {BOOKMARK_ID} }}}}" w:name="{{{{ {BOOKMARK} }}}}"/>'
    f'<w:bookmarkEnd w:id="{{{{ {BOOKMARK_ID} }}}}"/>'
)
_VOLATILE = re.compile(r'\s(?:w:rsid\w*|w14:paraId|w14:textId)="[^"]*"')
_CODE = re.compile(r"(?P<code>\b(?:REF|PAGEREF|NOTEREF)\s+)(?P<name>[^\s\"\\]+)")
_PAGES = re.compile(r"""(<w:instrText\b[^>]*>[^<]*?|<w:fldSimple\b[^>]*?\bw:instr="[^"]*?)\bNUMPAGES\b""")
_RAW = re.compile(r"(\{%[-+]?\s*raw\s*[-+]?%\})(.*?)(\{%[-+]?\s*endraw)", re.DOTALL)
_OURS = re.compile(r"\{\{ _pix_.*?\}\}")
_SPACER = (
    '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
    '<w:rPr><w:sz w:val="2"/><w:szCs w:val="2"/></w:rPr></w:pPr></w:p>'
)
"""A paragraph one point high, for a body that does not always end with a paragraph of its own."""


@dataclass(frozen=True, slots=True)
class Body:
    """A body cut in three. head: up to its first element; content: Jinja source; section: its last properties."""

    head: str
    content: str
    section: Section
    tail: str

    @classmethod
    def parse(cls, source: str) -> Body:
        """Return the body of a main part's source."""
        opening = re.search(r"<w:body\b[^>]*>", source)
        if opening is None:
            raise ValueError("no w:body")
        end = source.rindex("</w:body>")
        content = source[opening.end() : end]
        last = [child for child in children(content) if child.name == "w:sectPr" and child.certain][-1:]
        section = Section.parse(content[last[0].start : last[0].end]) if last else Section(())
        if last:
            content = content[: last[0].start] + content[last[0].end :]
        return cls(source[: opening.end()], content, section, source[end:])

    @property
    def sections(self) -> list[Section]:
        """Return the properties of all its sections, the last one last."""
        return [*(Section.parse(found[0]) for found in SECTION.finditer(self.content)), self.section]


def with_sections(content: str, sections: list[Section]) -> str:
    """Return one record's source with other section properties: of its inner sections, and SECTION_MARK for the last.

    The mark stands in every paragraph that may be the last one, so that the last mark of a rendering is what counts.
    Where none is sure to end the content, one more does, one point high.
    """
    inner = iter(sections)
    content = SECTION.sub(lambda _: next(inner).xml, content)
    last = last_paragraphs(content)
    if not last or any("<w:sectPr" in content[one.start : one.end] for one in last):
        content += _SPACER
        last = last_paragraphs(content)[:1]
    for one in last:  # last first: the places of the others stay
        marked = with_paragraph_property(content[one.start : one.end], SECTION_MARK, before=("w:pPrChange",))
        content = content[: one.start] + marked + content[one.end :]
    return content


def with_last_mark(body_start: bytes, piece: bytes) -> bytes:
    """Return a rendered record with one SECTION_MARK, in its last paragraph.

    Where a value makes several paragraphs of one, docxtpl gives each of them its properties, those in a text box too.
    """
    root = etree.fromstring(body_start + piece + b"</w:body>")
    for mark in [one for one in root.iter(f"{_W}sectPr") if one.get(f"{_W}rsidSect") == MARK]:
        parent = mark.getparent()
        assert parent is not None
        parent.remove(mark)
    last = root.findall(f"{_W}p")[-1]
    properties = last.find(f"{_W}pPr")
    if properties is None:
        properties = etree.Element(f"{_W}pPr")
        last.insert(0, properties)
    mark = etree.Element(f"{_W}sectPr", {f"{_W}rsidSect": MARK})
    change = properties.find(f"{_W}pPrChange")
    properties.insert(len(properties) if change is None else properties.index(change), mark)
    whole = etree.tostring(root, encoding="UTF-8")
    return whole[whole.index(b">", whole.index(b"<w:body")) + 1 : whole.rindex(b"</")]


def with_bookmark(content: str) -> str:
    """Return one record's source with a bookmark around nothing at its very start.

    It stands in a paragraph, that of a table's first cell if need be: between the elements of a body, LibreOffice takes
    it to the paragraph before, and dxpdf does not see it. Where statements decide on the first paragraphs, each asks
    whether the bookmark is there already.
    """
    first = list(first_paragraphs(content))
    for one in reversed(first):
        mark = "{{ %s.begun() }}" % IDS if len(first) > 1 else _BOOKMARK  # noqa: UP031 - braces
        paragraph = _opened(content[one.start : one.end])
        inside = _after_properties(paragraph)
        content = content[: one.start] + paragraph[:inside] + mark + paragraph[inside:] + content[one.end :]
    return content


def rewritten(
    source: str,
    *,
    lists: Mapping[str, int],
    anchors: Collection[str],
    number_drawings: bool = True,
) -> str:
    """Return a source in which every id is an expression that differs from record to record.

    lists: number of a list that counts -> its place among those. anchors: names of the model's bookmarks.
    number_drawings: count its drawings with those of the whole document.
    """
    cursors = frozenset(re.findall(r'<w:bookmarkStart\b(?=[^>]*"_GoBack")[^>]*?\bw:id="([^"]*)"', source))

    def changed(token: re.Match[str]) -> str:
        name = token["name"]
        if name is None or token["close"]:
            return token[0]
        if name in DROPPED or name == "w:id" or _is_cursor(token, cursors):
            return ""
        if name == "wp:docPr" and not number_drawings:
            return token[0]
        return _VOLATILE.sub("", _changed(name, token[0], lists, anchors))

    source = TOKEN.sub(changed, source)
    return _CODE.sub(lambda found: _renamed(found, anchors), source) if anchors else source


def computed_in_raw(source: str) -> str:
    """Return a source in which what was made an expression is one inside ``{% raw %}``, too."""
    return _RAW.sub(lambda raw: raw[1] + _OURS.sub(r"{% endraw %}\g<0>{% raw %}", raw[2]) + raw[3], source)


def with_section_pages(source: str) -> str:
    """Return a source whose fields count the pages of the record (SECTIONPAGES), not of the whole document."""
    return _PAGES.sub(r"\1SECTIONPAGES", source)


def bookmarks(source: str) -> frozenset[str]:
    """Return the names of the bookmarks of a source."""
    return frozenset(re.findall(r'<w:bookmarkStart\b[^>]*?\bw:name="([^"]+)"', source))


def _is_cursor(token: re.Match[str], cursors: Collection[str]) -> bool:
    """Tell whether a tag marks what Word calls _GoBack, the last place of the cursor."""
    if token["name"] not in {"w:bookmarkStart", "w:bookmarkEnd"}:
        return False
    found = re.search(r'\bw:id="([^"]*)"', token["attributes"])
    return bool(found and found[1] in cursors)


def _changed(name: str, tag: str, lists: Mapping[str, int], anchors: Collection[str]) -> str:
    if name in _PAIRS:
        tag = _with_attribute(tag, "w:id", lambda id: f'{IDS}.opened("{id}")')
        return _with_attribute(tag, "w:name", lambda given: f'{IDS}.name("{given}")')
    if name in _ENDS:
        return _with_attribute(tag, "w:id", lambda id: f'{IDS}.closed("{id}")')
    if name in _REVISIONS:
        return _with_attribute(tag, "w:id", lambda _: f"{IDS}.next()")
    if name == "wp:docPr":
        return _with_attribute(tag, "id", lambda _: f"{IDS}.drawing()")
    if name in {"w:footnoteReference", "w:endnoteReference"}:
        return _with_attribute(tag, "w:id", lambda id: f"{NOTES} + {int(id)}")
    if name == "w:numId":
        return _with_attribute(tag, "w:val", lambda id: f"{LISTS} + {lists[id]}" if id in lists else None)
    if name == "w:hyperlink":
        return _with_attribute(tag, "w:anchor", lambda given: _anchor(given) if given in anchors else None)
    return tag


def _with_attribute(tag: str, attribute: str, expression: Callable[[str], str | None]) -> str:
    """Return ``tag`` with the plain value of an attribute replaced by an expression of it, where there is one."""

    def replaced(found: re.Match[str]) -> str:
        made = None if "{" in found[2] else expression(found[2])
        return found[0] if made is None else found[1] + "{{ " + made + ' }}"'

    return re.sub(rf'(\s{attribute}=")([^"]*)"', replaced, tag, count=1)


def _anchor(name: str) -> str:
    return f'{IDS}.anchor("{name}")'


def _renamed(found: re.Match[str], anchors: Collection[str]) -> str:
    return found["code"] + "{{ " + _anchor(found["name"]) + " }}" if found["name"] in anchors else found[0]


def with_paragraph_property(paragraph: str, added: str, before: tuple[str, ...]) -> str:
    """Return a paragraph's source with ``added`` in its properties: before the first of ``before``, or at their end."""
    paragraph = _opened(paragraph)
    end = _after_properties(paragraph)
    start = paragraph.index(">") + 1
    properties = paragraph[start:end].removesuffix("</w:pPr>") or "<w:pPr>"
    properties = re.sub(r"\A<w:pPr\s*/>", "<w:pPr>", properties)
    place = min((at for name in before if (at := properties.find(f"<{name}")) >= 0), default=len(properties))
    return paragraph[:start] + properties[:place] + added + properties[place:] + "</w:pPr>" + paragraph[end:]


def _opened(paragraph: str) -> str:
    """Return a paragraph that is not written as an empty element."""
    return re.sub(r"\A<(w:p\b[^>]*?)/>\Z", r"<\1></w:p>", paragraph)


def _after_properties(paragraph: str) -> int:
    """Return where, in a paragraph's source, its properties end."""
    start = paragraph.index(">") + 1
    first = next(children(paragraph[start : paragraph.rindex("<")]), None)
    return start + first.end if first and first.start == 0 and first.name == "w:pPr" else start
