"""docxtpl's own template beside a compiled model, for those who render through the library with docxtpl's values.

InlineImage, Subdoc, ``build_url_id`` and ``replace_…`` need a DocxTemplate. What they leave in it (relationships,
parts, pictures to put in the place of others) is taken from there into the document.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cached_property

from lxml import etree

from pix_mailmerge.model.jinja_tags import DocxTemplate
from pix_mailmerge.model.opc import Relationship, main_part, parse_xml, read_relationships
from pix_mailmerge.model.package import Package, parse_package

_STORIES = frozenset({"header", "footer"})


class _Template(DocxTemplate):  # type: ignore[misc]
    """A DocxTemplate that knows whether a subdocument was attached to it since it was last opened."""

    attached = False

    def get_docx(self) -> object:
        self.attached = True  # Subdoc asks for it, to put its styles, lists and pictures there
        return super().get_docx()


class Companion:
    """The DocxTemplate of a model, made at its first use."""

    def __init__(self, package: Package) -> None:
        self._package = package

    @cached_property
    def template(self) -> DocxTemplate:
        """Return the DocxTemplate to make docxtpl's values with."""
        return _Template(io.BytesIO(self._package.content))

    @property
    def is_used(self) -> bool:
        return "template" in self.__dict__

    def links(self, rendered: bytes) -> Iterator[Relationship]:
        """Yield the links made by ``build_url_id`` that the rendered body refers to."""
        if self.template.docx is None:
            return
        known = {link.id for link in read_relationships(self._package, str(main_part(self._package)))}
        for rid, rel in self.template.docx.part.rels.items():
            if rel.is_external and rid not in known and f'"{rid}"'.encode() in rendered:
                yield Relationship(rid, rel.reltype, rel.target_ref, external=True)

    def attached(self) -> dict[str, bytes]:
        """Return the members that subdocuments changed or added; the next subdocument starts from the model again."""
        if not self.template.attached or self.template.docx is None:
            return {}
        self.template.attached = False
        self.template.is_rendered = True
        main = main_part(self._package)
        saved = _saved(self.template.docx)
        return {
            member.name: member.content
            for member in saved
            if member.name != main and self._untouched.get(member.name) != member.crc
        }

    def replaced(self) -> dict[str, bytes]:
        """Return the members that ``replace_media``, ``_embedded``, ``_zipname`` and ``_pic`` replace."""
        template, found = self.template, dict(self.template.zipname_to_replace)
        for member in self._package:
            if member.name.startswith("word/media/") and member.crc in template.crc_to_new_media:
                found[member.name] = template.crc_to_new_media[member.crc]
            if member.name.startswith("word/embeddings/") and member.crc in template.crc_to_new_embedded:
                found[member.name] = template.crc_to_new_embedded[member.crc]
        for name, content in template.pics_to_replace.items():
            if name in self._pictures:
                found[self._pictures[name]] = content
            elif not template.allow_missing_pics:
                raise ValueError(f"Picture {name} not found in the docx template")
        return {name: content for name, content in found.items() if name in self._package}

    @cached_property
    def _untouched(self) -> dict[str, int]:
        """Return the CRC of each member as python-docx saves it when nothing was attached."""
        template = DocxTemplate(io.BytesIO(self._package.content))
        template.init_docx()
        return {member.name: member.crc for member in _saved(template.docx)}

    @cached_property
    def _pictures(self) -> dict[str, str]:
        """Return the members of the model's pictures by file name, title and alternative text."""
        main = str(main_part(self._package))
        parts = [main, *(link.target for link in read_relationships(self._package, main) if link.kind in _STORIES)]
        found: dict[str, str] = {}
        for part in parts:
            targets = {link.id: link.target for link in read_relationships(self._package, part)}
            for picture in parse_xml(self._package.read(part)).iter("{*}pic"):
                found |= dict.fromkeys(_names(picture), targets.get(_embedded(picture), ""))
        return {name: member for name, member in found.items() if name and member in self._package}


def _saved(document: object) -> Package:
    file = io.BytesIO()
    document.save(file)  # type: ignore[attr-defined]
    return parse_package(file.getvalue(), "")


def _names(picture: etree._Element) -> Iterator[str]:
    for element in picture.iter("{*}cNvPr"):
        yield from (element.get(name, "") for name in ("name", "title", "descr"))


def _embedded(picture: etree._Element) -> str:
    blip = next(picture.iter("{*}blip"), None)
    names = [] if blip is None else [name for name in blip.attrib if etree.QName(name).localname == "embed"]
    return str(blip.get(names[0])) if blip is not None and names else ""
