"""Parts whose WordprocessingML has another prefix than ``w:``: written so again, as Word and docxtpl expect it.

Programs that write XML with their own library call it ``ns0:`` or nothing at all; Word takes any prefix.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from pix_mailmerge.model.opc import main_part, parse_xml, read_relationships, serialize_xml
from pix_mailmerge.model.package import Package
from pix_mailmerge.model.word_fields.tree import NAMESPACES
from pix_mailmerge.model.zip_records import Packed, pack

_USUAL_ROOT = re.compile(rb"<w:(?:document|hdr|ftr|footnotes|endnotes|styles|numbering|settings)\s")
_ROOT_WITHIN = 500
"""Bytes of a part that hold the name of its root; the rest is not read when that name is the usual one."""
_STORIES = frozenset({"header", "footer", "footnotes", "endnotes", "styles", "numbering", "settings"})


def with_usual_prefixes(package: Package) -> Package:
    """Return the package with ``w:`` in its body, headers, notes and settings; the same where they have it already."""
    changed = list(_changed(package))
    return package.replaced(changed) if changed else package


def _changed(package: Package) -> Iterator[Packed]:
    main = main_part(package)
    links = read_relationships(package, main) if main else ()
    parts = [link.target for link in links if link.kind in _STORIES and not link.external and link.target in package]
    for name in dict.fromkeys([*([main] if main else []), *parts]):
        content = package.read(name)
        if _USUAL_ROOT.search(content[:_ROOT_WITHIN]):
            continue
        root = parse_xml(content)
        if root.prefix != "w" and etree.QName(root).namespace in NAMESPACES:
            yield pack(name, serialize_xml(_prefixed(root)))


def _prefixed(root: etree._Element) -> etree._Element:
    """Return the part under a root that declares ``w:`` instead of what its namespace was called."""
    own = etree.QName(root).namespace
    declared: dict[Any, str] = {prefix: name for prefix, name in root.nsmap.items() if name != own and prefix != "w"}
    attributes: dict[str, str] = {str(name): str(value) for name, value in root.attrib.items()}
    made = etree.Element(root.tag, attributes, nsmap={**declared, "w": str(own)})
    made.text = root.text
    made.extend(list(root))
    return made
