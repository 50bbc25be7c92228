"""WordprocessingML as this package needs it: names, the parts that hold text, the styles in use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from lxml import etree

from pix_mailmerge.model.opc import parse_xml
from pix_mailmerge.model.package import Package

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "cx": "http://schemas.microsoft.com/office/drawing/2014/chartex",
    "dgm": "http://schemas.openxmlformats.org/drawingml/2006/diagram",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "o": "urn:schemas-microsoft-com:office:office",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "v": "urn:schemas-microsoft-com:vml",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "wpc": "http://schemas.microsoft.com/office/word/2010/wordprocessingCanvas",
    "wpg": "http://schemas.microsoft.com/office/word/2010/wordprocessingGroup",
    "wpi": "http://schemas.microsoft.com/office/word/2010/wordprocessingInk",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
}

OFF = frozenset({"0", "false", "off"})

_TITLES = {
    "document": "corps",
    "header": "en-tête",
    "footer": "pied de page",
    "footnotes": "notes de bas de page",
    "endnotes": "notes de fin",
}


def q(name: str) -> str:
    """Return « w:p » as lxml names it, with its namespace."""
    prefix, _, local = name.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


Find = Callable[[etree._Element], list[etree._Element]]
FindText = Callable[[etree._Element], list[str]]


def xpath(expression: str) -> Find:
    """Return the compiled expression, which finds elements; the usual prefixes are known."""
    return cast(Find, etree.XPath(expression, namespaces=NAMESPACES))


def texts(expression: str) -> FindText:
    """Return the compiled expression, which finds texts or values of attributes."""
    return cast(FindText, etree.XPath(expression, namespaces=NAMESPACES, smart_strings=False))


def is_on(element: etree._Element | None) -> bool:
    """Tell whether a toggle (``w:caps``) is there and not switched off."""
    return element is not None and element.get(q("w:val")) not in OFF


@dataclass(frozen=True, slots=True)
class Story:
    """A part that holds text. part: its member; title: as users know it (« en-tête »); root: its XML."""

    part: str
    title: str
    root: etree._Element


def read_stories(package: Package) -> Iterator[Story]:
    """Yield the body, the headers, the footers and the notes of a document."""
    for member in package:
        title = story_title(member.name)
        if title is not None:
            yield Story(member.name, title, parse_xml(member.content))


def story_title(member: str) -> str | None:
    """Return what users call the part of that name (« en-tête »); None where it holds no text."""
    folder, _, file = member.rpartition("/")
    kind = file.removesuffix(".xml").rstrip("0123456789")
    return _TITLES.get(kind) if folder == "word" and file.endswith(".xml") else None


class Styles:
    """The styles of a document, and which of its properties reach a run."""

    def __init__(self, root: etree._Element | None) -> None:
        """``root``: of ``word/styles.xml``, None where there is none."""
        styles = [] if root is None else root.findall(q("w:style"))
        self._by_id = {style.get(q("w:styleId"), ""): style for style in styles}
        self._defaults = {
            style.get(q("w:type"), ""): style.get(q("w:styleId"), "")
            for style in styles
            if style.get(q("w:default")) in {"1", "true", "on"}
        }
        self.run_defaults = (
            None if root is None else root.find(f"{q('w:docDefaults')}/{q('w:rPrDefault')}/{q('w:rPr')}")
        )

    @classmethod
    def of(cls, package: Package) -> Styles:
        """Return the styles of a document."""
        name = "word/styles.xml"
        return cls(parse_xml(package.read(name)) if name in package else None)

    def chain(self, style: str | None) -> Iterator[etree._Element]:
        """Yield a style and those it is based on; a style that is based on itself ends."""
        seen: set[str] = set()
        while style is not None and style in self._by_id and style not in seen:
            seen.add(style)
            yield self._by_id[style]
            based = self._by_id[style].find(q("w:basedOn"))
            style = None if based is None else based.get(q("w:val"))

    def used(self, stories: Mapping[str, etree._Element]) -> list[etree._Element]:
        """Return the styles that the stories use, those they are based on, and the defaults."""
        names = {name for root in stories.values() for name in _USED(root)} | set(self._defaults.values())
        return list({id(one): one for name in names for one in self.chain(name)}.values())

    @cached_property
    def with_caps(self) -> bool:
        """Tell whether any style writes in capitals, small or not."""
        return any(is_on(found) for style in self._by_id.values() for found in _CAPS(style))

    def toggled(self, run: etree._Element, name: str) -> bool:
        """Tell whether a toggle (« w:caps ») is on for ``run``: its own, or its styles' (ECMA-376, 17.7.3)."""
        own = run.find(f"{q('w:rPr')}/{q(name)}")
        if own is not None:
            return is_on(own)
        paragraph, character = self._styles_of(run)
        if self._toggled_in(paragraph, name) != self._toggled_in(character, name):
            return True
        return self.run_defaults is not None and is_on(self.run_defaults.find(q(name)))

    def size(self, run: etree._Element) -> int:
        """Return the size of the run's letters, in half-points."""
        value = self.value(run, "w:sz") or ""
        return int(value) if value.isdigit() else 20

    def value(self, run: etree._Element, name: str) -> str | None:
        """Return the value of a property (« w:color ») for ``run``: its own, or the nearest of its styles'; None."""
        paragraph, character = self._styles_of(run)
        places = [run.find(q("w:rPr"))]
        places += [style.find(q("w:rPr")) for style in (*self.chain(character), *self.chain(paragraph))]
        for properties in (*places, self.run_defaults):
            found = None if properties is None else properties.find(q(name))
            if found is not None:
                return found.get(q("w:val"))
        return None

    def _styles_of(self, run: etree._Element) -> tuple[str | None, str | None]:
        character = run.find(f"{q('w:rPr')}/{q('w:rStyle')}")
        paragraph = next(run.iterancestors(q("w:p")), None)
        style = None if paragraph is None else paragraph.find(f"{q('w:pPr')}/{q('w:pStyle')}")
        named = self._defaults.get("paragraph") if style is None else style.get(q("w:val"))
        return named, None if character is None else character.get(q("w:val"))

    def _toggled_in(self, style: str | None, name: str) -> bool:
        for one in self.chain(style):
            found = one.find(f"{q('w:rPr')}/{q(name)}")
            if found is not None:
                return is_on(found)
        return False


_USED = texts("//w:pStyle/@w:val | //w:rStyle/@w:val | //w:tblStyle/@w:val")
_CAPS = xpath("w:rPr/w:caps | w:rPr/w:smallCaps")
