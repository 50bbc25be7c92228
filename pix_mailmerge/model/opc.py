"""Parts, their content types and their relationships (Open Packaging Conventions, ECMA-376 part 2)."""

from __future__ import annotations

import posixpath
from collections.abc import Container, Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote

from lxml import etree

from pix_mailmerge.model.package import Package

CONTENT_TYPES: Final = "[Content_Types].xml"
_TYPES_NS: Final = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELS_NS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE_RELS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DECLARATION: Final = "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>"


@dataclass(frozen=True, slots=True)
class Relationship:
    """One relationship of a part. kind: the last word of its type (« header », « image »), strict or not.

    target: the member's name, or the address when external.
    """

    id: str
    type: str
    target: str
    external: bool = False

    @property
    def kind(self) -> str:
        return self.type.rpartition("/")[2]


def parse_xml(content: bytes) -> etree._Element:
    """Return the root of a part, as python-docx reads it: no blank text between elements, no entity resolved.

    Raises lxml.etree.XMLSyntaxError. A parser each time: one that is shared keeps what it last read.
    """
    parser = etree.XMLParser(remove_blank_text=True, resolve_entities=False, no_network=True, load_dtd=False)
    return etree.fromstring(content, parser)


def check_xml(content: bytes) -> None:
    """Raise lxml.etree.XMLSyntaxError when ``content`` is not well-formed."""
    etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def serialize_xml(root: etree._Element) -> bytes:
    """Return a part's bytes with the declaration that Word writes."""
    return etree.tostring(root, encoding="UTF-8", standalone=True)


def rels_name(part: str) -> str:
    """Return the name of the member that holds the relationships of ``part`` ("" = the package)."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def read_relationships(package: Package, part: str = "") -> tuple[Relationship, ...]:
    """Return the relationships of ``part`` ("" = the package) in their order; empty where it has none."""
    name = rels_name(part)
    if name not in package:
        return ()
    return tuple(_relationship(element, part) for element in parse_xml(package.read(name)) if "Id" in element.attrib)


def _relationship(element: etree._Element, part: str) -> Relationship:
    target = element.get("Target", "")
    external = element.get("TargetMode") == "External"
    if not external:
        path = posixpath.join("/", posixpath.dirname(part), unquote(target))
        target = posixpath.normpath(path).lstrip("/")
    return Relationship(element.get("Id", ""), element.get("Type", ""), target, external)


def relationships_xml(
    package: Package, part: str, added: Iterable[Relationship], dropped: Container[str | None] = ()
) -> bytes:
    """Return the relationships member of ``part`` with ``added`` ones at the end, the others as they are written.

    dropped: ids of those that are left out.
    """
    name = rels_name(part)
    root = parse_xml(package.read(name)) if name in package else etree.Element(f"{{{_RELS_NS}}}Relationships")
    for element in [one for one in root if one.get("Id") in dropped]:
        root.remove(element)
    for one in added:
        element = etree.SubElement(root, f"{{{_RELS_NS}}}Relationship")
        target = one.target if one.external else posixpath.relpath(one.target, posixpath.dirname(part) or ".")
        element.attrib.update({"Id": one.id, "Type": one.type, "Target": target})
        if one.external:
            element.set("TargetMode", "External")
    return serialize_xml(root)


def relationship_type(kind: str) -> str:
    """Return the type of a relationship between parts of a document: « image », « hyperlink »…"""
    return f"{_OFFICE_RELS}/{kind}"


def main_part(package: Package) -> str | None:
    """Return the name of the member that holds the document's body; None where the package has none."""
    found = (link.target for link in read_relationships(package) if link.kind == "officeDocument")
    return next((target for target in found if target in package), None)


def content_type(package: Package, part: str) -> str:
    """Return the content type of ``part``; "" where the package gives none."""
    extension = PurePosixPath(part).suffix[1:].casefold()
    by_default = ""
    for element in parse_xml(package.read(CONTENT_TYPES)):
        if element.get("PartName", "").lstrip("/").casefold() == part.casefold():
            return element.get("ContentType", "")
        if element.get("Extension", "").casefold() == extension:
            by_default = element.get("ContentType", "")
    return by_default


def content_types_xml(package: Package, extensions: dict[str, str]) -> bytes | None:
    """Return the content types with ``extensions`` (extension -> type) known by default; None where all are."""
    root = parse_xml(package.read(CONTENT_TYPES))
    known = {element.get("Extension", "").casefold() for element in root}
    missing = {extension: kind for extension, kind in extensions.items() if extension not in known}
    if not missing:
        return None
    for position, (extension, kind) in enumerate(sorted(missing.items())):
        element = etree.Element(f"{{{_TYPES_NS}}}Default", {"Extension": extension, "ContentType": kind})
        root.insert(position, element)
    return serialize_xml(root)
