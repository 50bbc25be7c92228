"""A model linked to a workbook, as Word 15 writes it: for Word's own merge, where both files lie."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path, PurePath, PureWindowsPath
from urllib.parse import quote

from lxml import etree

from pix_mailmerge._files import write_file
from pix_mailmerge.model.link import unlinked
from pix_mailmerge.model.opc import (
    CONTENT_TYPES,
    main_part,
    parse_xml,
    read_relationships,
    relationship_type,
    rels_name,
    serialize_xml,
)
from pix_mailmerge.model.package import Package, open_package
from pix_mailmerge.model.word_fields.settings import settings_name
from pix_mailmerge.model.word_fields.tree import Element, local
from pix_mailmerge.model.zip_records import Packed, pack
from pix_mailmerge.problems import ModelError, Place, Problem, error

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_SETTINGS_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"
_ENGINE_XLSX = 37
_BEFORE = frozenset(
    (
        *("writeProtection", "view", "zoom", "removePersonalInformation", "removeDateAndTime"),
        *("doNotDisplayPageBoundaries", "displayBackgroundShape", "printPostScriptOverText"),
        *("printFractionalCharacterWidth", "printFormsData", "embedTrueTypeFonts", "embedSystemFonts"),
        *("saveSubsetFonts", "saveFormsData", "mirrorMargins", "alignBordersAndEdges"),
        *("bordersDoNotSurroundHeader", "bordersDoNotSurroundFooter", "gutterAtTop", "hideSpellingErrors"),
        *("hideGrammaticalErrors", "activeWritingStyle", "proofState", "formsDesign", "attachedTemplate"),
        *("linkStyles", "stylePaneFormatFilter", "stylePaneSortMethod", "documentType"),
    )
)
"""What stands before ``w:mailMerge`` in the schema's order."""


def link_model(model: Path, workbook: Path) -> None:
    """Link the model at ``model`` to the first sheet of ``workbook``, where both lie; raise ModelError and so on."""
    package = open_package(model)
    write_file(model, linked(package, workbook.absolute(), first_sheet(workbook)).content)


def linked(package: Package, source: PurePath, sheet: str) -> Package:
    """Return the package linked to a ``sheet`` of the workbook at the absolute path ``source``, as Word 15 does."""
    package = unlinked(package)
    name = settings_name(package)
    if name is None:
        package, name = _with_settings(package)
    root = parse_xml(package.read(name))
    ids = _new_ids(package, name)
    _insert(root, _merge_element(root, str(source), sheet, ids))
    return package.replaced([pack(name, serialize_xml(root)), _with_links(package, name, ids, target_of(source))])


def first_sheet(workbook: Path) -> str:
    """Return the name of the first sheet of an .xlsx file; raise ModelError where it is not one."""
    try:
        with zipfile.ZipFile(workbook) as archive:
            book = parse_xml(archive.read("xl/workbook.xml"))
    except (OSError, KeyError, zipfile.BadZipFile, etree.XMLSyntaxError) as cause:
        raise ModelError(_no_workbook(workbook)) from cause
    sheet = book.find("{*}sheets/{*}sheet")
    name = None if sheet is None else sheet.get("name")
    if not name:
        raise ModelError(_no_workbook(workbook))
    return str(name)


def target_of(source: PurePath) -> str:
    """Return a path as Word writes it in a relationship: ``file:///D:\\dir\\a%20b.xlsx``, ``file:///home/a%20b.xlsx``."""
    text = str(source)
    if isinstance(source, PureWindowsPath) or re.match(r"[A-Za-z]:\\|\\\\", text):
        return "file:///" + quote(text, safe="\\:/~!@$()+,;=_-.")
    return "file://" + quote(text, safe="/~!@$()+,;=_-.")


def _insert(settings: Element, merge: Element) -> None:
    place = 0
    for position, child in enumerate(settings):
        if local(child) in _BEFORE:
            place = position + 1
    settings.insert(place, merge)


def _merge_element(settings: Element, source: str, sheet: str, ids: tuple[str, str]) -> Element:
    """Return ``w:mailMerge`` in the schema's order."""
    namespace = etree.QName(settings).namespace
    connection = (
        f"Provider=Microsoft.ACE.OLEDB.12.0;User ID=Admin;Data Source={source};Mode=Read;"
        f'Extended Properties="HDR=YES;IMEX=1;";Jet OLEDB:Engine Type={_ENGINE_XLSX};'
    )

    def add(parent: Element, name: str, value: str | None = None) -> Element:
        element = etree.SubElement(parent, f"{{{namespace}}}{name}")
        if value is not None:
            element.set(f"{{{namespace}}}val", value)
        return element

    merge = etree.Element(f"{{{namespace}}}mailMerge", nsmap={"r": _R})
    add(merge, "mainDocumentType", "formLetters")
    add(merge, "linkToQuery")
    add(merge, "dataType", "native")
    add(merge, "connectString", connection)
    add(merge, "query", f"SELECT * FROM `{sheet}$` ")
    add(merge, "dataSource").set(f"{{{_R}}}id", ids[0])
    odso = add(merge, "odso")
    add(odso, "udl", connection)
    add(odso, "table", f"{sheet}$")
    add(odso, "src").set(f"{{{_R}}}id", ids[1])
    add(odso, "colDelim", "9")
    add(odso, "type", "database")
    add(odso, "fHdr")
    return merge


def _new_ids(package: Package, name: str) -> tuple[str, str]:
    taken = {link.id for link in read_relationships(package, name)}
    free = (f"rIdSource{number}" for number in range(1, len(taken) + 3))
    first, second, *_ = (one for one in free if one not in taken)
    return first, second


def _with_links(package: Package, name: str, ids: tuple[str, str], target: str) -> Packed:
    rels = rels_name(name)
    root = parse_xml(package.read(rels)) if rels in package else _no_links()
    for one in ids:
        etree.SubElement(
            root,
            f"{{{_RELS}}}Relationship",
            {"Id": one, "Type": relationship_type("mailMergeSource"), "Target": target, "TargetMode": "External"},
        )
    return pack(rels, serialize_xml(root))


def _with_settings(package: Package) -> tuple[Package, str]:
    """Return a package with empty settings, and their name."""
    main = main_part(package)
    assert main is not None
    name = f"{main.rpartition('/')[0]}/settings.xml".lstrip("/")
    rels = rels_name(main)
    links = parse_xml(package.read(rels)) if rels in package else _no_links()
    etree.SubElement(
        links,
        f"{{{_RELS}}}Relationship",
        {"Id": "rIdSettings1", "Type": relationship_type("settings"), "Target": "settings.xml"},
    )
    types = parse_xml(package.read(CONTENT_TYPES))
    etree.SubElement(types, f"{{{_TYPES}}}Override", {"PartName": f"/{name}", "ContentType": _SETTINGS_TYPE})
    settings = etree.Element(f"{{{_W}}}settings", nsmap={"w": _W})
    members = [
        pack(name, serialize_xml(settings)),
        pack(rels, serialize_xml(links)),
        pack(CONTENT_TYPES, serialize_xml(types)),
    ]
    return package.replaced(members), name


def _no_workbook(workbook: Path) -> Problem:
    return error(
        "model.link-workbook",
        "Ce fichier n’est pas un classeur Excel .xlsx lisible.",
        "Donnez le classeur que Word doit fusionner, par exemple « Résultats Pix.xlsx ».",
        Place(file=str(workbook)),
    )


def _no_links() -> Element:
    return etree.fromstring(f'<Relationships xmlns="{_RELS}"/>')
