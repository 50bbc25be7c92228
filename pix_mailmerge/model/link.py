"""The native link of a model to its data source (``w:mailMerge`` in its settings): read, written, removed.

Word keeps an absolute path in three places: the connection string, its copy in ``w:odso``, and the relationships. So a
model travels unlinked, and is linked where it will be used. A document that is filled keeps no link: Word would ask for
the source each time it is opened. Sources: ECMA-376 part 1, 17.14; a file linked by Word 15 to a sheet of Excel.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from lxml import etree

from pix_mailmerge._files import write_file
from pix_mailmerge.model.opc import CONTENT_TYPES, parse_xml, read_relationships, rels_name, serialize_xml
from pix_mailmerge.model.package import Package, open_package
from pix_mailmerge.model.word_fields.settings import field_map, find_child, is_on, settings_name, settings_root
from pix_mailmerge.model.word_fields.tree import Element, attribute
from pix_mailmerge.model.zip_records import Packed, pack

SOURCE_KINDS = frozenset({"mailMergeSource", "mailMergeHeaderSource", "recipientData"})
"""Last words of the types of the relationships that belong to a link."""


def read_link(package: Package) -> dict[str, object] | None:
    """Return what the settings say of the data source; None where the model is not linked.

    mainDocumentType, dataType, connectString, query, table, odso_type: as written, absent where they are.
    linkToQuery, fHdr: bool. source_basename: the source's file name. rel_type: of its relationship. recipients: how
    many are listed, None where none are. field_map: Word's name of an address field -> column.
    """
    merge = _find_merge(package)
    if merge is None:
        return None
    odso = find_child(merge, "odso")
    link: dict[str, object] = {
        name: attribute(found, "val")
        for name in ("mainDocumentType", "dataType", "connectString", "query")
        if (found := find_child(merge, name)) is not None
    }
    link["linkToQuery"] = is_on(find_child(merge, "linkToQuery"))
    if odso is not None:
        for name, own in (("table", "table"), ("odso_type", "type")):
            if (found := find_child(odso, own)) is not None:
                link[name] = attribute(found, "val")
        link["fHdr"] = is_on(find_child(odso, "fHdr"))
        link["field_map"] = field_map(odso)
    return link | _source(package)


def unlinked(package: Package) -> Package:
    """Return the package without its link: settings, relationships and the part that lists the recipients."""
    name = settings_name(package)
    if name is None:
        return package
    root = parse_xml(package.read(name))
    merge = find_child(root, "mailMerge")
    links = [link for link in read_relationships(package, name) if link.kind in SOURCE_KINDS]
    if merge is None and not links:
        return package
    changed = []
    if merge is not None:
        root.remove(merge)
        changed.append(pack(name, serialize_xml(root)))
    gone = {link.target for link in links if not link.external and link.target in package}
    changed += _without_links(package, name)
    changed += _without_types(package, gone)
    return package.replaced(changed, {*gone, *(rels_name(one) for one in gone)})


def unlink_model(model: Path) -> None:
    """Remove the link of the model at ``model``; one without a link is left alone."""
    package = open_package(model)
    changed = unlinked(package)
    if changed is not package:
        write_file(model, changed.content)


def _find_merge(package: Package) -> Element | None:
    root = settings_root(package)
    return None if root is None else find_child(root, "mailMerge")


def _source(package: Package) -> dict[str, object]:
    """Return what the relationships of the settings say of the source."""
    found: dict[str, object] = {"recipients": None}
    for link in read_relationships(package, settings_name(package) or ""):
        if link.kind == "mailMergeSource" and "rel_type" not in found:
            found["rel_type"] = link.type
            found["source_basename"] = re.split(r"[\\/]", unquote(link.target))[-1]
        elif link.kind == "recipientData" and link.target in package:
            recipients = parse_xml(package.read(link.target))
            found["recipients"] = sum(etree.QName(one).localname == "recipientData" for one in recipients)
    return found


def _without_links(package: Package, name: str) -> Iterator[Packed]:
    """Yield the relationships of the settings without those of the link."""
    rels = rels_name(name)
    if rels in package:
        root = parse_xml(package.read(rels))
        for element in list(root):
            if (element.get("Type") or "").rpartition("/")[2] in SOURCE_KINDS:
                root.remove(element)
        yield pack(rels, serialize_xml(root))


def _without_types(package: Package, gone: set[str]) -> Iterator[Packed]:
    """Yield the content types without those of members that are gone."""
    if gone:
        root = parse_xml(package.read(CONTENT_TYPES))
        for element in list(root):
            if (element.get("PartName") or "").lstrip("/") in gone:
                root.remove(element)
        yield pack(CONTENT_TYPES, serialize_xml(root))
