"""What makes a model dangerous: told before anything of it is rendered.

A model travels by e-mail. One that runs code, fetches something from elsewhere or brings a file of another program is
refused, whatever its author meant; links to follow by a click are let through.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lxml import etree

from pix_mailmerge.model.opc import CONTENT_TYPES, Relationship, main_part, parse_xml, rels_name
from pix_mailmerge.model.opc import read_relationships as read_links
from pix_mailmerge.model.package import Package, damaged
from pix_mailmerge.problems import Place, Problem, error, warning

DROPPED_LINKS = frozenset({"attachedTemplate", "mailMergeSource", "mailMergeHeaderSource"})
"""Kinds of relationships to elsewhere that no document made here keeps."""

_NOT_THIS_ONE = "N’utilisez pas ce fichier sans savoir d’où il vient"
_REMOTE = re.compile(r"(?i)^(?:https?|ftp):|^(?:file:)?[\\/]{2}(?![\\/])[^\\/]|^file:/{4,}")
_DOCTYPE = re.compile(rb"<!DOCTYPE|<\0!\0D\0O\0C\0T\0Y\0P\0E|\0<\0!\0D\0O\0C\0T\0Y\0P\0E")
_DDE = re.compile(r"(?i)(?:^|\s)DDE(?:AUTO)?\s")
_FIELD_MARK = re.compile(rb"fldCharType=[\"'](begin|end)[\"']")
MOST_BRACES = 10_000
MOST_FIELD_MARKS = 36_000
DEEPEST_FIELDS = 6_000
"""What a part of a model may hold; 10,000 fields of three marks are merged, a class of everyone's levels takes 600."""
_XML = (".xml", ".rels", ".vml")
_NOT_XML = frozenset({"image", "thumbnail", "font", "printerSettings", "oleObject", "package", "vbaProject", "aFChunk"})
"""Kinds of relationships that lead to something else than XML; those that are dangerous are told as what they are."""


def check_safety(package: Package) -> tuple[Problem, ...]:
    """Return an error for each thing that a model may not hold, each kind once, with the part it was found in."""
    found = {problem.id: problem for problem in reversed([*_parts(package), *_links(package)])}
    return tuple(reversed(found.values()))


def check_leaks(package: Package) -> tuple[Problem, ...]:
    """Return a warning for each thing of a safe model that would go into every pupil's document."""
    main = main_part(package)
    if main is None:
        return ()
    root = parse_xml(package.read(main))
    kinds = {link.kind for link in read_links(package, main)}
    told: list[Problem] = []
    if kinds & {"comments", "commentsExtended"}:
        told.append(_leak(package, "model.comments", "des commentaires", "Supprimez-les dans Word (Révision)."))
    if next(root.iter("{*}ins", "{*}del", "{*}moveFrom", "{*}moveTo"), None) is not None:
        remedy = "Acceptez ou refusez les modifications dans Word (Révision)."
        told.append(_leak(package, "model.tracked-changes", "des modifications suivies", remedy))
    if any(link.kind == "control" for link in read_links(package, main)):
        remedy = "Remplacez ces contrôles par du texte ou par des champs."
        told.append(_leak(package, "model.active-x", "des contrôles ActiveX", remedy))
    custom = [link.target for link in read_links(package) if link.kind == "custom-properties"]
    if any(b"<property " in package.read(name) for name in custom if name in package):  # LibreOffice writes empty ones
        remedy = "Supprimez-les dans Word (Fichier > Informations > Inspecter le document)."
        told.append(_leak(package, "model.custom-properties", "des propriétés personnalisées", remedy))
    settings = [link.target for link in read_links(package, main) if link.kind == "settings"]
    if any(b":docVar " in package.read(name) for name in settings if name in package):
        remedy = "Si aucun champ DOCVARIABLE ne s’en sert, copiez le contenu du modèle dans un document neuf."
        told.append(_leak(package, "model.variables", "des variables de document", remedy))
    return tuple(told)


def _parts(package: Package) -> Iterator[Problem]:
    read = _read_parts(package)
    for member in package:
        name = member.name.casefold()
        if "vbaproject" in name or name.endswith("vbadata.xml"):
            yield _macros(package, member.name)
        if name.endswith(_XML) or member.name in read:
            content = member.content
            yield from _xml(package, member.name, content, is_read=member.name in read)
            if member.name == CONTENT_TYPES and b"macroEnabled" in content:
                yield _macros(package, member.name)


def _read_parts(package: Package) -> frozenset[str]:
    """Return the parts of XML that the package's relationships and those of its document lead to, however named."""
    try:
        links = [*read_links(package), *read_links(package, main_part(package) or "")]
    except etree.XMLSyntaxError:
        return frozenset()  # told as a damaged part
    return frozenset(link.target for link in links if not link.external and link.kind not in _NOT_XML)


def _xml(package: Package, name: str, content: bytes, *, is_read: bool) -> Iterator[Problem]:
    if _DOCTYPE.search(content):
        what = "Ce modèle contient une déclaration DOCTYPE, qu’aucun traitement de texte n’écrit."
        yield error("model.doctype", what, f"{_NOT_THIS_ONE}.", Place(file=package.file, part=name))
        return
    try:
        root = parse_xml(content)
    except etree.XMLSyntaxError:
        if is_read or name.startswith(("word/", "_rels/", CONTENT_TYPES)):  # elsewhere, nobody opens it
            yield damaged(package.file)
        return
    crowd = _crowd(content)
    if crowd:
        remedy = "Un modèle en a quelques dizaines : vérifiez que c’est le bon fichier."
        yield error("model.too-big", f"Ce modèle contient {crowd}.", remedy, Place(file=package.file, part=name))
        return
    for paragraph in root.iter("{*}p"):
        code = "".join(element.text or "" for element in paragraph.iter("{*}instrText"))
        simple = (value for one in paragraph.iter("{*}fldSimple") for value in one.attrib.values())
        if any(_DDE.search(f" {text} ") for text in (code, *map(str, simple))):
            what = "Ce modèle contient un champ DDE, qui peut lancer un programme."
            yield error("model.dde", what, f"{_NOT_THIS_ONE} ; supprimez ce champ.", Place(file=package.file))
            return


def _crowd(content: bytes) -> str:
    """Return what a part holds too much of, before anything that takes the square of its time looks at it."""
    if content.count(b"{") > MOST_BRACES:
        return "des milliers de balises"
    if content.count(b"fldCharType") + 5 * content.count(b"fldSimple ") > MOST_FIELD_MARKS:
        return "des milliers de champs"
    depth = 0
    for mark in _FIELD_MARK.finditer(content):
        depth = depth + 1 if mark[1] == b"begin" else max(0, depth - 1)
        if depth > DEEPEST_FIELDS:
            return "des champs imbriqués par milliers"
    return ""


def _links(package: Package) -> Iterator[Problem]:
    sources = {rels_name(member.name): member.name for member in package} | {rels_name(""): ""}
    for member in package:
        if member.name in sources:
            try:
                links = read_links(package, sources[member.name])
            except etree.XMLSyntaxError:
                continue  # told as a damaged part
            for link in links:
                yield from _link(package, link)


def _link(package: Package, link: Relationship) -> Iterator[Problem]:
    if link.kind == "attachedTemplate" and _REMOTE.match(link.target):
        yield _remote_template(package, link.target)
    elif link.external and link.kind not in {"hyperlink", *DROPPED_LINKS}:
        yield _outside(package, link.target)
    elif link.kind in _REFUSED_KINDS:
        yield _REFUSED_KINDS[link.kind](package, link.target)


def _macros(package: Package, part: str) -> Problem:
    remedy = "Enregistrez-le dans Word au format « Document Word (.docx) », qui n’a pas de macro."
    return error("model.macros", "Ce modèle contient des macros.", remedy, Place(file=package.file, part=part))


def _remote_template(package: Package, target: str) -> Problem:
    what = f"Ce modèle irait chercher un autre modèle ailleurs ({target})."
    remedy = f"{_NOT_THIS_ONE} ; détachez ce modèle dans Word (Développeur > Modèle de document)."
    return error("model.remote-template", what, remedy, Place(file=package.file))


def _outside(package: Package, target: str) -> Problem:
    what = f"Ce modèle irait chercher une image ou un fichier ailleurs ({target})."
    remedy = "Insérez l’image ou le fichier dans le modèle au lieu de les lier (Word : Fichier > Informations > Liens)."
    return error("model.outside-link", what, remedy, Place(file=package.file))


def _ole(package: Package, part: str) -> Problem:
    what = "Ce modèle contient un objet d’un autre programme (OLE), qui peut lancer ce programme."
    remedy = "Remplacez cet objet par une image ou un tableau."
    return error("model.ole", what, remedy, Place(file=package.file, part=part))


def _chunk(package: Package, part: str) -> Problem:
    what = "Ce modèle contient un autre document entier (altChunk), que Word insérerait à l’ouverture."
    remedy = "Ouvrez-le dans Word et enregistrez-le de nouveau : le contenu y sera alors intégré."
    return error("model.alt-chunk", what, remedy, Place(file=package.file, part=part))


_REFUSED_KINDS: dict[str, Callable[[Package, str], Problem]] = {
    "oleObject": _ole,
    "aFChunk": _chunk,
    "vbaProject": _macros,
    "wordVbaData": _macros,
}
"""Last word of the type of a relationship -> the problem."""


def _leak(package: Package, id: str, what: str, remedy: str) -> Problem:
    told = f"Ce modèle contient {what}, qui se retrouveraient dans le document de chaque élève."
    return warning(id, told, remedy, Place(file=package.file))
