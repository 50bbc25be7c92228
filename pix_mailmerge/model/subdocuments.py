"""docxtpl's subdocuments: what one brings besides its XML (styles, lists, pictures) goes where it is printed.

docxtpl attaches a subdocument, as it is made, to the python-docx document that its template then holds. Here a document
takes the parts of the one that its own subdocuments were attached to, and of these what it refers to: subdocuments made
beforehand for many records do not meet in each file.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

from pix_mailmerge.model import media
from pix_mailmerge.model.jinja_tags import DocxTemplate
from pix_mailmerge.model.opc import Relationship, main_part, read_relationships, relationships_xml, rels_name
from pix_mailmerge.model.package import Package, parse_package
from pix_mailmerge.model.zip_records import pack
from pix_mailmerge.problems import ModelError, Problem, error

_SHOWN_BY_ID = frozenset(
    {"image", "hyperlink", "chart", "oleObject", "package", "control", "aFChunk", "video", "audio"}
)
"""Kinds of what a body shows where it names the relationship; styles and lists are there for all of it."""


class Template(DocxTemplate):  # type: ignore[misc]
    """A DocxTemplate that knows whose subdocuments the present document prints.

    shown: the python-docx document that they are attached to; None while none is printed.
    """

    shown: Any = None
    current_rendering_part: Any = None

    def new_subdoc(self, docpath: Any = None) -> Any:
        made = super().new_subdoc(docpath)
        xml, docx = made.__html__, self.docx

        def printed() -> str:
            if self.current_rendering_part is not media.current() or self.shown not in (None, docx):
                raise ModelError(_of_another_document())
            self.shown = docx
            return str(xml())

        made.__html__ = printed
        return made

    @property
    def links(self) -> tuple[Relationship, ...]:
        """Return the relationships of the body with those of the subdocuments and addresses made for it."""
        docx = self.shown or (None if self.is_rendered else self.docx)
        return () if docx is None else tuple(_links(docx))


def _links(docx: Any) -> Iterator[Relationship]:
    for rid, rel in docx.part.rels.items():
        target = rel.target_ref if rel.is_external else rel.target_part.partname.lstrip("/")
        yield Relationship(rid, rel.reltype, target, rel.is_external)


def saved(docx: Any) -> Package:
    """Return the package that python-docx makes of a document."""
    file = io.BytesIO()
    docx.save(file)
    return parse_package(file.getvalue(), "")


def attached(docx: Any, model: Package, untouched: Mapping[str, int], body: bytes) -> dict[str, bytes]:
    """Return the members of ``docx``, made of ``model``, that a document with this ``body`` has more or otherwise.

    untouched: the CRC of each member of the model as python-docx saves it when nothing is attached.
    """
    made, main = saved(docx), str(main_part(model))
    own = {link.id for link in read_relationships(model, main)}
    dropped = {
        link.id
        for link in read_relationships(made, main)
        if link.kind in _SHOWN_BY_ID and link.id not in own and f'"{link.id}"'.encode() not in body
    }
    if dropped:
        made = made.replaced([pack(rels_name(main), relationships_xml(made, main, (), dropped))])
    changed = (member for member in made if member.name != main and untouched.get(member.name) != member.crc)
    reached = _reached(made)
    return {member.name: member.content for member in changed if member.name in model or member.name in reached}


def _reached(package: Package) -> set[str]:
    """Return the members that relationships lead to, from the package's own on, and those that hold relationships."""
    found, waiting = {rels_name("")}, [""]
    while waiting:
        part = waiting.pop()
        for link in read_relationships(package, part):
            if not link.external and link.target in package and link.target not in found:
                found |= {link.target, rels_name(link.target)}
                waiting.append(link.target)
    return found


def _of_another_document() -> Problem:
    what = "Un sous-document a été fait pour un autre document que celui où il est imprimé."
    remedy = (
        "Faites tous les sous-documents d’un document l’un après l’autre, avec model.docxtpl.new_subdoc de ce modèle, "
        "juste avant lui (un générateur d’enregistrements le permet)."
    )
    return error("model.subdocument", what, remedy)
