"""Numbered lists that begin again with every record: a w:num of its own for each list of each record.

A list counts through the whole document as long as its paragraphs name the same w:num. Bulleted lists stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from pix_mailmerge.destination.composition.scan import children

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PROPERTIES = re.compile(r"(<w:p\b[^>/]*>)(<w:pPr>)(.*?)(</w:pPr>)", re.DOTALL)
_ORDER = (
    "pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "numPr", "suppressLineNumbers",
    "pBdr", "shd", "tabs", "suppressAutoHyphens", "kinsoku", "wordWrap", "overflowPunct", "topLinePunct",
    "autoSpaceDE", "autoSpaceDN", "bidi", "adjustRightInd", "snapToGrid", "spacing", "ind",
)  # fmt: skip
_RANK = {f"w:{name}": rank for rank, name in enumerate(_ORDER)}
_UNCOUNTED = frozenset({"bullet", "none"})


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of a model that count.

    numbers: w:numId as the model writes it -> place among them. first: the first w:numId that is free.
    """

    numbers: Mapping[str, int]
    first: int
    head: bytes
    nums: tuple[str, ...]
    tail: bytes

    def number(self, record: int) -> int:
        """Return what is added to a list's place to have its w:numId in a record (0 = first)."""
        return self.first + record * len(self.numbers)

    def numbering(self, records: int) -> Iterator[bytes]:
        """Yield the numbering part for so many records."""
        yield self.head
        for record in range(records):
            base = self.number(record)
            yield "".join(num % (base + place) for place, num in enumerate(self.nums)).encode()
        yield self.tail


def find_lists(source: str, numbering: bytes) -> Lists | None:
    """Return the lists in the source of a body that count, None when it has none."""
    root = etree.fromstring(numbering)
    found = dict.fromkeys(re.findall(r'<w:numId\b[^>]*?\bw:val="(\d+)"', source))
    nums = {num.get(f"{_W}numId", ""): num for num in root.iter(f"{_W}num")}
    counting = [number for number in found if number in nums and _counts(root, nums[number])]
    if not counting:
        return None
    head, tail = _cut(numbering)
    return Lists(
        {number: place for place, number in enumerate(counting)},
        max(int(number) for number in nums) + 1,
        head,
        tuple(_num(root, nums[number]) for number in counting),
        tail,
    )


def with_direct_numbers(source: str, styles: bytes, numbering: bytes) -> str:
    """Return a body's source whose paragraphs name their list themselves where their style does.

    Their indents go with it: those of the list would win over the style's.
    """
    direct = _numbers_of_styles(etree.fromstring(styles), etree.fromstring(numbering))
    if not direct:
        return source

    def numbered(found: re.Match[str]) -> str:
        style = re.match(r'<w:pStyle\b[^>]*?\bw:val="([^"]*)"', found[3])
        if style is None or style[1] not in direct or "<w:numPr" in found[3]:
            return found[0]
        number, indent = direct[style[1]]
        added = number if "<w:ind " in found[3] else number + indent
        return found[1] + found[2] + _ordered(found[3] + added) + found[4]

    return _PROPERTIES.sub(numbered, source)


def _numbers_of_styles(styles: etree._Element, numbering: etree._Element) -> dict[str, tuple[str, str]]:
    """Return style -> the w:numPr and the w:ind to be written in its paragraphs, for the styles of a list."""
    by_id = {style.get(f"{_W}styleId", ""): style for style in styles.iter(f"{_W}style")}
    levels = {
        style.get(f"{_W}val", ""): level.get(f"{_W}ilvl", "0")
        for level in numbering.iter(f"{_W}lvl")
        for style in level.iter(f"{_W}pStyle")
    }
    found = {}
    for name in by_id:
        chain = list(_chain(name, by_id))
        number = next((text for style in chain if (text := _text(style, "numPr/w:numId")) is not None), None)
        if number is None or number == "0":
            continue
        level = levels.get(name) or next((t for style in chain if (t := _text(style, "numPr/w:ilvl"))), "0")
        indent = next((i for style in chain if (i := style.find(f"{_W}pPr/{_W}ind")) is not None), None)
        found[name] = (
            f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>',
            "" if indent is None else _plain(indent),
        )
    return found


def _chain(name: str, by_id: Mapping[str, etree._Element]) -> Iterator[etree._Element]:
    """Yield a style and those it is based on."""
    seen: set[str] = set()
    while name in by_id and name not in seen:
        seen.add(name)
        yield by_id[name]
        based = by_id[name].find(f"{_W}basedOn")
        name = "" if based is None else based.get(f"{_W}val", "")


def _text(style: etree._Element, path: str) -> str | None:
    found = style.find(f"{_W}pPr/{_W}" + path.replace("w:", _W))
    return None if found is None else found.get(f"{_W}val")


def _ordered(properties: str) -> str:
    """Return paragraph properties in the order of their schema."""
    parts = [(_RANK.get(child.name, len(_RANK)), properties[child.start : child.end]) for child in children(properties)]
    return "".join(part for _, part in sorted(parts, key=lambda part: part[0]))


def _counts(root: etree._Element, num: etree._Element) -> bool:
    levels = [*num.iter(f"{_W}lvl"), *_abstract_levels(root, num)]
    formats = {level.find(f"{_W}numFmt") for level in levels}
    return any(one is not None and one.get(f"{_W}val") not in _UNCOUNTED for one in formats)


def _abstract_levels(root: etree._Element, num: etree._Element) -> list[etree._Element]:
    abstract = num.find(f"{_W}abstractNumId")
    wanted = None if abstract is None else abstract.get(f"{_W}val")
    found = [one for one in root.iter(f"{_W}abstractNum") if one.get(f"{_W}abstractNumId") == wanted]
    return [level for one in found for level in one.iter(f"{_W}lvl")]


def _num(root: etree._Element, num: etree._Element) -> str:
    """Return a w:num like ``num`` that starts every level again; ``%d`` stands for its number."""
    abstract = num.find(f"{_W}abstractNumId")
    reference = "" if abstract is None else abstract.get(f"{_W}val", "")
    given = {one.get(f"{_W}ilvl", "0"): one for one in num.iter(f"{_W}lvlOverride")}
    starts = {level.get(f"{_W}ilvl", "0"): _start(level) for level in _abstract_levels(root, num)}
    levels = "".join(_override(level, starts.get(level, "1"), given.get(level)) for level in sorted({*starts, *given}))
    return f'<w:num w:numId="%d"><w:abstractNumId w:val="{reference}"/>{levels}</w:num>'


def _override(level: str, start: str, given: etree._Element | None) -> str:
    own = None if given is None else given.find(f"{_W}startOverride")
    definition = None if given is None else given.find(f"{_W}lvl")
    if own is not None:
        start = own.get(f"{_W}val", start)
    elif definition is not None:
        start = _start(definition)
    kept = "" if definition is None else _plain(definition).replace("%", "%%")
    return f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="{start}"/>{kept}</w:lvlOverride>'


def _start(level: etree._Element) -> str:
    start = level.find(f"{_W}start")
    return "0" if start is None else start.get(f"{_W}val", "0")


def _plain(element: etree._Element) -> str:
    """Return an element's XML without the namespaces that the part declares already."""
    return re.sub(r'\sxmlns:\w+="[^"]*"', "", etree.tostring(element, encoding="unicode", with_tail=False))


def _cut(numbering: bytes) -> tuple[bytes, bytes]:
    """Return the numbering part before and after the place for more w:num: before w:numIdMacAtCleanup or the end."""
    place = numbering.find(b"<w:numIdMacAtCleanup")
    place = numbering.rindex(b"</") if place < 0 else place
    return numbering[:place], numbering[place:]
