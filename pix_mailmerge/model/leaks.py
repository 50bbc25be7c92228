"""What a model would carry into every pupil's document about who made it and where: taken out once, on opening."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lxml import etree

from pix_mailmerge.model.jinja_tags import has_tags
from pix_mailmerge.model.opc import main_part, parse_xml, read_relationships, rels_name, serialize_xml
from pix_mailmerge.model.package import Package
from pix_mailmerge.model.zip_records import Packed, pack

_PERSONS = frozenset({"creator", "lastModifiedBy"})
_COMPANY = frozenset({"Company", "Manager", "HyperlinkBase", "Template", "TotalTime"})
_SETTINGS = frozenset({"rsids", "attachedTemplate"})


def without_leaks(package: Package) -> Package:
    """Return the package without author, last editor, company, thumbnail, revision ids and attached template.

    Nor who commented or changed it: Word keeps their names and addresses beside. Tags in the author's place stay. What
    else it may tell is reported by safety.check_leaks. The marks of a revision on a paragraph name nobody and stay, as
    docxtpl leaves them: without the list of them, they are mere numbers.
    """
    changed = [member for member in _changed(package) if member is not None]
    thumbnails = [link.target for link in read_relationships(package) if link.kind == "thumbnail"]
    return package.replaced(changed, thumbnails) if changed or thumbnails else package


def _changed(package: Package) -> Iterator[Packed | None]:
    yield _without_links(package, "", "thumbnail")
    kinds = {link.kind: link.target for link in read_relationships(package) if not link.external}
    yield _edited(package, kinds.get("core-properties"), _emptied)
    yield _edited(package, kinds.get("extended-properties"), lambda root: _removed(root, _COMPANY))
    main = main_part(package)
    if main is not None:
        links = read_relationships(package, main)
        settings = next((link.target for link in links if link.kind == "settings"), None)
        yield _edited(package, settings, lambda root: _removed(root, _SETTINGS))
        people = next((link.target for link in links if link.kind == "people"), None)
        yield _edited(package, people, lambda root: _removed(root, frozenset({"person"})))
        if settings is not None:
            yield _without_links(package, settings, "attachedTemplate")


def _edited(package: Package, name: str | None, edit: Callable[[etree._Element], bool]) -> Packed | None:
    if name is None or name not in package:
        return None
    root = parse_xml(package.read(name))
    return pack(name, serialize_xml(root)) if edit(root) else None


def _emptied(root: etree._Element) -> bool:
    persons = [one for one in root if etree.QName(one).localname in _PERSONS and one.text and not has_tags(one.text)]
    for element in persons:
        element.text = None
    return bool(persons)


def _removed(root: etree._Element, names: frozenset[str]) -> bool:
    found = [child for child in root if isinstance(child.tag, str) and etree.QName(child).localname in names]
    for element in found:
        root.remove(element)
    return bool(found)


def _without_links(package: Package, part: str, kind: str) -> Packed | None:
    """Return the relationships of a part without those of a kind; None where it has none of it."""
    gone = {link.id for link in read_relationships(package, part) if link.kind == kind}
    if not gone:
        return None
    root = parse_xml(package.read(rels_name(part)))
    for element in [child for child in root if child.get("Id") in gone]:
        root.remove(element)
    return pack(rels_name(part), serialize_xml(root))
