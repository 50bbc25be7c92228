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
from pix_mailmerge.model.package import Package
from pix_mailmerge.model.subdocuments import Template, attached, saved

_STORIES = frozenset({"header", "footer"})


class Companion:
    """The DocxTemplate of a model, made at its first use."""

    def __init__(self, package: Package) -> None:
        self._package = package

    @cached_property
    def template(self) -> Template:
        """Return the DocxTemplate to make docxtpl's values with."""
        return Template(io.BytesIO(self._package.content))

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

    def begin(self) -> None:
        """Begin a document: it prints no subdocument yet."""
        if self.is_used:
            self.template.shown = None

    @property
    def prints_subdocuments(self) -> bool:
        """Tell whether the present document has printed one."""
        return self.is_used and self.template.shown is not None

    def attached(self, body: bytes) -> dict[str, bytes]:
        """Return the members that the subdocuments of a document changed or added.

        The next subdocument that is made starts from the model again.
        """
        if not self.prints_subdocuments:
            return {}
        self.template.is_rendered = True
        return attached(self.template.shown, self._package, self._untouched, body)

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
        return {member.name: member.crc for member in saved(template.docx)}

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


def _names(picture: etree._Element) -> Iterator[str]:
    for element in picture.iter("{*}cNvPr"):
        yield from (element.get(name, "") for name in ("name", "title", "descr"))


def _embedded(picture: etree._Element) -> str:
    blip = next(picture.iter("{*}blip"), None)
    names = [] if blip is None else [name for name in blip.attrib if etree.QName(name).localname == "embed"]
    return str(blip.get(names[0])) if blip is not None and names else ""
