"""Cures for the embedded engine: the same page said in words that dxpdf 0.8.1 understands."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import groupby

from lxml import etree

from pix_mailmerge.destination.preflight.colours import fill_patterns, lighten_text
from pix_mailmerge.destination.preflight.fields import accept_revisions, freeze_fields, separate_results, unwrap
from pix_mailmerge.destination.preflight.ooxml import Styles, is_on, q, xpath
from pix_mailmerge.destination.preflight.shapes import anchor_lone_shapes, draw_shapes
from pix_mailmerge.destination.preflight.symbols import SYMBOLS, find_symbol

SOFT_HYPHEN = "\u00ad"
SMALL_CAPS_SIZE = 0.8
"""Of the letters of small capitals to the size asked for, as Word draws them."""

_WRAPPERS = xpath("//w:sdt | //w:customXml | //w:smartTag | //w:dir | //w:bdo")
_RUNS = xpath("//w:r[w:t]")
_MARGINS = xpath("//w:pgMar[@w:gutter and not(@w:gutter='0')]")
_FIELD_END = xpath("following::w:fldChar[@w:fldCharType='end'][1]")
_CHECKBOXES = xpath("//w:r/w:fldChar[w:ffData/w:checkBox]")
_TEXTS = xpath("//w:t")
_SECTION_PAGES = xpath("//w:instrText[contains(., 'SECTIONPAGES')]")
_SECTION_PAGES_SIMPLE = xpath("//w:fldSimple[contains(@w:instr, 'SECTIONPAGES')]")

Act = Callable[[etree._Element, Styles], int]
"""Changes a story and returns how many changes it made; the more there are, the more the story needed it."""


@dataclass(frozen=True, slots=True)
class Cure:
    """One change. name: for the log and the tests; everywhere: other engines need it too."""

    name: str
    act: Act
    everywhere: bool = False


def flatten_wrappers(root: etree._Element, styles: Styles) -> int:
    """Take away content controls and their like, keeping what they hold."""
    found = _WRAPPERS(root)
    for element in reversed(found):
        content = element.find(q("w:sdtContent")) if element.tag == q("w:sdt") else element
        if content is None:
            continue
        if content is not element:
            for child in list(element):
                if child is not content:
                    element.remove(child)
            unwrap(content)
        for properties in element.findall(f"./{q('w:customXmlPr')}") + element.findall(f"./{q('w:smartTagPr')}"):
            element.remove(properties)
        unwrap(element)
    return len(found)


def write_capitals(root: etree._Element, styles: Styles) -> int:
    """Write in capitals what is shown in capitals; small ones as smaller letters."""
    if not styles.with_caps and root.find(f".//{q('w:caps')}") is None and root.find(f".//{q('w:smallCaps')}") is None:
        return 0
    changed = 0
    for run in _RUNS(root):
        if styles.toggled(run, "w:caps"):
            for text in run.findall(q("w:t")):
                text.text = (text.text or "").upper()
            changed += 1
        elif styles.toggled(run, "w:smallCaps"):
            _write_small_capitals(run, styles.size(run))
            changed += 1
    return changed


def add_gutter(root: etree._Element, styles: Styles) -> int:
    """Add the gutter to the left margin."""
    found = _MARGINS(root)
    for margins in found:
        left, gutter = (int(float(margins.get(q(name), "0"))) for name in ("w:left", "w:gutter"))
        margins.set(q("w:left"), str(left + gutter))
        margins.set(q("w:gutter"), "0")
    return len(found)


def draw_checkboxes(root: etree._Element, styles: Styles) -> int:
    """Have the check boxes of old forms show ☒ or ☐; they are fields, to be frozen next."""
    found = _CHECKBOXES(root)
    for character in found:
        box = character.find(f"{q('w:ffData')}/{q('w:checkBox')}")
        state = box.find(q("w:checked")) if box is not None else None
        state = box.find(q("w:default")) if state is None and box is not None else state
        end = next(iter(_FIELD_END(character)), None)
        if end is not None:
            shown = etree.Element(q("w:t"))
            shown.text = "☒" if is_on(state) else "☐"
            end.addprevious(shown)
    return len(found)


def write_symbols(root: etree._Element, styles: Styles) -> int:
    """Replace the characters of Wingdings and Symbol, which the engine does not have, by those of Unicode."""
    changed = 0
    for symbol in root.iter(q("w:sym")):
        char = find_symbol(symbol.get(q("w:font"), ""), int(symbol.get(q("w:char"), "0"), 16))
        if char:
            symbol.tag = q("w:t")
            symbol.text = char
            changed += 1
    for run in _RUNS(root):
        fonts = run.find(f"{q('w:rPr')}/{q('w:rFonts')}")
        name = "" if fonts is None else fonts.get(q("w:ascii"), "")
        if fonts is not None and name in SYMBOLS:
            for text in run.findall(q("w:t")):
                text.text = "".join(find_symbol(name, ord(char)) or char for char in text.text or "")
            fonts.getparent().remove(fonts)  # type: ignore[union-attr]
            changed += 1
    return changed


def drop_soft_hyphens(root: etree._Element, styles: Styles) -> int:
    """Drop the hyphens that show only at the end of a line: the engine draws a space for each."""
    found = [text for text in _TEXTS(root) if SOFT_HYPHEN in (text.text or "")]
    for text in found:
        text.text = (text.text or "").replace(SOFT_HYPHEN, "")
    return len(found)


def count_own_pages(root: etree._Element, styles: Styles) -> int:
    """Have « page 1 sur 2 » counted over the document: no engine counts a section (a record is converted alone)."""
    simple, complexes = _SECTION_PAGES_SIMPLE(root), _SECTION_PAGES(root)
    for element in simple:
        element.set(q("w:instr"), element.get(q("w:instr"), "").replace("SECTIONPAGES", "NUMPAGES"))
    for element in complexes:
        element.text = (element.text or "").replace("SECTIONPAGES", "NUMPAGES")
    return len(simple) + len(complexes)


CURES: tuple[Cure, ...] = (
    Cure("revisions", lambda root, styles: accept_revisions(root), everywhere=True),
    Cure("separators", lambda root, styles: separate_results(root)),
    Cure("checkboxes", draw_checkboxes),
    Cure("fields", lambda root, styles: freeze_fields(root), everywhere=True),
    Cure("section-pages", count_own_pages, everywhere=True),
    Cure("wrappers", flatten_wrappers),
    Cure("capitals", write_capitals),
    Cure("patterns", lambda root, styles: fill_patterns(root)),
    Cure("light-text", lighten_text),
    Cure("gutter", add_gutter),
    Cure("symbols", write_symbols),
    Cure("soft-hyphens", drop_soft_hyphens),
    Cure("shapes", lambda root, styles: draw_shapes(root)),
    Cure("lone-shapes", lambda root, styles: anchor_lone_shapes(root)),
)
"""In this order: what a revision or a content control hides is there for the next ones."""

BY_NAME: Mapping[str, Cure] = {cure.name: cure for cure in CURES}


def _write_small_capitals(run: etree._Element, size: int) -> None:
    """Replace ``run`` by runs of large and small capitals."""
    for child in list(run):
        if child.tag == q("w:rPr"):
            continue
        for is_small, text in _pieces(child):
            piece = etree.Element(q("w:r"))
            properties = run.find(q("w:rPr"))
            piece.append(copy.deepcopy(properties) if properties is not None else etree.Element(q("w:rPr")))
            if is_small:
                _resize(piece[0], max(2, round(size * SMALL_CAPS_SIZE)))
            piece.append(child if text is None else _text(text))
            run.addprevious(piece)
    run.getparent().remove(run)  # type: ignore[union-attr]


def _pieces(child: etree._Element) -> list[tuple[bool, str | None]]:
    """Return the text of ``child`` cut where its letters change case; anything but text as it is."""
    if child.tag != q("w:t"):
        return [(False, None)]
    return [(small, "".join(part).upper()) for small, part in groupby(child.text or "", key=str.islower)]


def _resize(properties: etree._Element, size: int) -> None:
    for name in ("w:sz", "w:szCs"):
        for old in properties.findall(q(name)):
            properties.remove(old)
        etree.SubElement(properties, q(name)).set(q("w:val"), str(size))


def _text(text: str) -> etree._Element:
    element = etree.Element(q("w:t"))
    element.text = text
    element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return element
