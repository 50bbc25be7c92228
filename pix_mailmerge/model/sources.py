"""The parts of a model that hold tags or fields, and the Jinja source of each, as docxtpl would preprocess it."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal
from xml.sax.saxutils import escape

from lxml import etree

from pix_mailmerge.model.jinja_tags import has_tags, preprocessed
from pix_mailmerge.model.opc import DECLARATION, main_part, parse_xml, read_relationships
from pix_mailmerge.model.package import Package

Kind = Literal["body", "header", "footer", "footnotes", "endnotes", "properties"]

FRENCH = MappingProxyType(
    {
        "body": "corps",
        "header": "en-tête",
        "footer": "pied de page",
        "footnotes": "note de bas de page",
        "endnotes": "note de fin",
        "properties": "propriétés",
    }
)
"""Kind of a part -> its name for a user."""

_STORIES: tuple[Kind, ...] = ("header", "footer", "footnotes", "endnotes")
_RENDERED_PROPERTIES = frozenset({"creator", "description", "identifier", "language", "subject", "title"})
_BODY_START = re.compile(r"<w:body[^>]*>")
_NOTES = frozenset({"footnotes", "endnotes"})
_DECLARATION = re.compile(r"\A<\?xml(?:(?!encoding)[^?])*(?:encoding=[\"'](?i:utf-8)[\"'][^?]*)?\?>\s*")
_QUOTED = re.compile(r"\{[{%][^{}]*&(?:quot|apos);")
_TAG = re.compile(r"(\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Translation:
    """A part's XML whose Word fields became Jinja expressions.

    globals: what these expressions call, by name. fields: the names of the values that they use.
    """

    xml: str = field(repr=False)
    globals: Mapping[str, object] = field(default_factory=dict)
    fields: tuple[str, ...] = ()


Translate = Callable[[str, str], Translation]
"""Called with a part's name and the XML that docxtpl preprocesses (of the body: the ``w:body`` element alone)."""


@dataclass(frozen=True, slots=True)
class Source:
    """A part as Jinja source. xml: whole, from the declaration on. body_start: the start tag of ``w:body`` with the
    namespaces, as docxtpl cuts the body out; "" in the other parts. raw: the part's XML before preprocessing.
    """

    name: str
    kind: Kind
    xml: str = field(repr=False)
    raw: str = field(repr=False)
    body_start: str = field(default="", repr=False)
    globals: Mapping[str, object] = field(default_factory=dict, repr=False)
    fields: tuple[str, ...] = ()

    @property
    def french(self) -> str:
        return FRENCH[self.kind]


def read_sources(package: Package, translate: Translate | None = None, *, tags: bool = True) -> tuple[Source, ...]:
    """Return the sources of a package: its body always, any other part that holds tags or fields.

    In docxtpl's order: body, headers, footers, footnotes (and endnotes, which docxtpl forgets), properties. tags:
    False for a model of merge fields alone, whose text docxtpl's dialect must not touch.
    """
    return tuple(_sources(package, translate or _untranslated, preprocessed if tags else str, tags=tags))


def stories(package: Package, main: str) -> Iterator[tuple[Kind, str]]:
    """Yield the kind and the name of each part that the main one shows around its body: headers, footers, notes."""
    links = read_relationships(package, main)
    for kind in _STORIES:
        for name in dict.fromkeys(link.target for link in links if link.kind == kind and not link.external):
            if name in package:
                yield kind, name


def _untranslated(part: str, xml: str) -> Translation:
    return Translation(xml)


def _sources(package: Package, translate: Translate, prepare: Callable[[str], str], *, tags: bool) -> Iterator[Source]:
    main = main_part(package)
    if main is None:
        return
    yield _body(package, main, translate, prepare)
    for kind, name in stories(package, main):
        yield from _story(package, name, kind, translate, prepare)
    if not tags:
        return
    core = next((link.target for link in read_relationships(package) if link.kind == "core-properties"), None)
    if core in package.members:
        yield from _properties(package, str(core))


def _body(package: Package, name: str, translate: Translate, prepare: Callable[[str], str]) -> Source:
    root = parse_xml(package.read(name))
    body = root.find("{*}body")
    if body is None:
        raise ValueError(f"no body in {name}")
    raw = etree.tostring(body, encoding="unicode", with_tail=False)
    translation = translate(name, raw)
    start, end = etree.tostring(_without_content(root, body), encoding="unicode").split("<w:body/>")
    source = prepare(translation.xml)
    body_start = _BODY_START.match(source)
    assert body_start is not None
    xml = f"{DECLARATION}{start}<w:body>{source[body_start.end() :]}{end}"
    return Source(name, "body", xml, raw, body_start[0], translation.globals, translation.fields)


def _without_content(root: etree._Element, body: etree._Element) -> etree._Element:
    """Return a copy of a document whose body is empty; to take the body out would take lxml a time that grows with the
    square of its paragraphs (8 s for 5,600)."""
    copied = etree.Element(root.tag, root.attrib, nsmap=root.nsmap)  # type: ignore[arg-type]
    copied.text = root.text
    for child in root:
        copied.append(etree.SubElement(copied, body.tag) if child is body else copy.deepcopy(child))
    return copied


def _story(
    package: Package, name: str, kind: Kind, translate: Translate, prepare: Callable[[str], str]
) -> Iterator[Source]:
    raw = _notes(package.read(name)) if kind in _NOTES else None
    raw = raw or etree.tostring(parse_xml(package.read(name)), encoding="unicode")
    translation = translate(name, raw)
    if has_tags(translation.xml):
        xml = DECLARATION + prepare(translation.xml)
        yield Source(name, kind, xml, raw, "", translation.globals, translation.fields)


def _notes(content: bytes) -> str | None:
    """Return notes as they are written, which is how docxtpl takes them: an empty ``w:t`` has an end tag or has none.

    None where they must be parsed: in another encoding, or with quotes of tags written as LibreOffice does.
    """
    try:
        xml = _DECLARATION.sub("", content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return None
    return None if xml.startswith("<?xml") or _QUOTED.search(xml) else xml


def _properties(package: Package, name: str) -> Iterator[Source]:
    """Yield the core properties when they hold tags: the ones that docxtpl renders, each a text of its own."""
    root = parse_xml(package.read(name))
    tagged = [
        element
        for element in root
        if element.text and has_tags(element.text) and etree.QName(element).localname in _RENDERED_PROPERTIES
    ]
    if not tagged:
        return
    raw = etree.tostring(root, encoding="unicode")
    texts = [element.text or "" for element in tagged]
    for number, element in enumerate(tagged):
        element.text = f"\N{OBJECT REPLACEMENT CHARACTER}{number}\N{OBJECT REPLACEMENT CHARACTER}"
    xml = _untagged(etree.tostring(root, encoding="unicode"))
    for number, text in enumerate(texts):
        xml = xml.replace(f"\N{OBJECT REPLACEMENT CHARACTER}{number}\N{OBJECT REPLACEMENT CHARACTER}", _escaped(text))
    yield Source(name, "properties", DECLARATION + xml, raw)


def _untagged(xml: str) -> str:
    """Return XML in which no brace opens a tag (other properties are printed as they are)."""
    return re.sub(r"\{(?=[{%#])", "{{ '{' }}", xml)


def _escaped(text: str) -> str:
    """Return a property's text as XML, its tags left as they are."""
    return "".join(piece if number % 2 else escape(piece) for number, piece in enumerate(_TAG.split(text)))
