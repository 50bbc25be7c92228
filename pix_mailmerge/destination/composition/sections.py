"""Section properties (w:sectPr) of a document in which every record begins a section of its own.

Word's own merge writes them so: each record's last paragraph carries the properties of its last section, the next
record begins on a new page, and page numbers start again at 1 where the model does not say otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

SECTION = re.compile(r"<w:sectPr\b[^>]*?/>|<w:sectPr\b[^>]*>.*?</w:sectPr>", re.DOTALL)
_CHILD = re.compile(r"<w:(\w+)\b[^>]*?/>|<w:(\w+)\b[^>]*>.*?</w:\2>", re.DOTALL)
_REFERENCE = re.compile(r'<w:(header|footer)Reference\b(?=[^>]*?\bw:type="(\w+)")(?=[^>]*?\br:id="([^"]+)")[^>]*?/?>')
ORDER = (
    "headerReference", "footerReference", "footnotePr", "endnotePr", "type", "pgSz", "pgMar", "paperSrc", "pgBorders",
    "lnNumType", "pgNumType", "cols", "formProt", "vAlign", "noEndnote", "titlePg", "textDirection", "bidi",
    "rtlGutter", "docGrid", "printerSettings", "sectPrChange",
)  # fmt: skip
"""Children of w:sectPr in the order of its schema; the two kinds of reference may mix."""
_RANK = {name: rank for rank, name in enumerate(ORDER)} | {"footerReference": 0}

Reference = tuple[str, str]
"""« header » or « footer », and its type: default, first, even."""


@dataclass(frozen=True, slots=True)
class Section:
    """The properties of one section, as its children's XML by name."""

    children: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, xml: str) -> Section:
        """Return the section that a w:sectPr tells of."""
        inner = xml[xml.index(">") + 1 : xml.rindex("<")] if not xml.endswith("/>") else ""
        return cls(tuple((found[1] or found[2], found[0]) for found in _CHILD.finditer(inner)))

    @property
    def references(self) -> dict[Reference, str]:
        """Return the headers and footers it names: (kind, type) -> relationship id."""
        found = (_REFERENCE.match(xml) for name, xml in self.children if name.endswith("Reference"))
        return {(match[1], match[2]): match[3] for match in found if match}

    @property
    def xml(self) -> str:
        ordered = sorted(self.children, key=lambda child: _RANK.get(child[0], len(ORDER)))
        return f"<w:sectPr>{''.join(xml for _, xml in ordered)}</w:sectPr>"

    def value(self, name: str, attribute: str) -> str | None:
        """Return an attribute of the child ``name``; None where there is none."""
        xml = next((xml for child, xml in self.children if child == name), "")
        found = re.search(rf'\bw:{attribute}="([^"]*)"', xml)
        return found[1] if found else None

    def with_child(self, name: str, xml: str | None) -> Section:
        """Return the section with ``xml`` as its only child of that name; None takes it away."""
        others = tuple(child for child in self.children if child[0] != name)
        return Section(others if xml is None else (*others, (name, xml)))

    def with_references(self, references: Mapping[Reference, str]) -> Section:
        """Return the section with other headers and footers."""
        others = tuple(child for child in self.children if not child[0].endswith("Reference"))
        added = tuple(
            (f"{kind}Reference", f'<w:{kind}Reference w:type="{when}" r:id="{target}"/>')
            for (kind, when), target in references.items()
        )
        return Section((*added, *others))


def missing_references(sections: Sequence[Section]) -> list[Reference]:
    """Return what some section of a model names and its first does not.

    Among other records the first section would show the previous record's there: it needs an empty one.
    """
    named = {reference for section in sections for reference in section.references}
    return sorted(named - sections[0].references.keys())


def record_sections(
    sections: Sequence[Section], *, duplex: bool, target: Callable[[str], str], blank: Callable[[str], str]
) -> list[Section]:
    """Return the sections of one record among others.

    target: the relationship id of a header or footer -> what stands there for each record. blank: « header » or
    « footer » -> the relationship of an empty one.
    """
    changed = [
        section.with_references({reference: target(id) for reference, id in section.references.items()})
        for section in sections
    ]
    missing = {reference: blank(reference[0]) for reference in missing_references(sections)}
    first = changed[0].with_references({**changed[0].references, **missing}) if missing else changed[0]
    return [_beginning(first, duplex), *changed[1:]]


def _beginning(first: Section, duplex: bool) -> Section:
    """Return the first section of a record: on a new page (a front page when duplex), whose number is 1."""
    if duplex:
        first = first.with_child("type", '<w:type w:val="oddPage"/>')
    elif first.value("type", "val") in {"continuous", "nextColumn"}:
        first = first.with_child("type", None)
    if first.value("pgNumType", "start") is None:
        first = first.with_child("pgNumType", _restarted(first))
    return first


def _restarted(first: Section) -> str:
    """Return the page numbering of a section, beginning at 1; its format stays."""
    xml = next((xml for name, xml in first.children if name == "pgNumType"), "<w:pgNumType/>")
    return xml.replace("<w:pgNumType", '<w:pgNumType w:start="1"', 1)


def with_restarted_notes(section: Section) -> Section:
    """Return the section with its footnotes numbered from 1, where the model does not number them by page."""
    xml = next((xml for child, xml in section.children if child == "footnotePr"), "")
    if 'w:val="eachPage"' in xml:
        return section
    kept = re.findall(r"<w:(?:pos|numFmt|numStart)\b[^>]*/>", xml)  # their schema order, numRestart being the last
    return section.with_child(
        "footnotePr", f'<w:footnotePr>{"".join(kept)}<w:numRestart w:val="eachSect"/></w:footnotePr>'
    )
