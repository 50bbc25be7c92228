"""What one document has more than its model: media and relationships; and what the documents of a model share of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from pix_mailmerge.model.images import Image
from pix_mailmerge.model.opc import (
    CONTENT_TYPES,
    Relationship,
    content_types_xml,
    main_part,
    parse_xml,
    read_relationships,
    relationship_type,
    relationships_xml,
    rels_name,
)
from pix_mailmerge.model.package import Package
from pix_mailmerge.model.zip_records import pack

if TYPE_CHECKING:
    from pix_mailmerge.model.companion import Companion

IMAGE, HYPERLINK = relationship_type("image"), relationship_type("hyperlink")
_MEDIA_FOLDER = "word/media/"

_INLINE = (
    '<wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{width}" cy="{height}"/>'
    '<wp:docPr id="{id}" name="Image {id}" descr={alt}/>'
    '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
    '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">'
    '<pic:pic><pic:nvPicPr><pic:cNvPr id="{id}" name="Image {id}" descr={alt}/><pic:cNvPicPr/></pic:nvPicPr>'
    '<pic:blipFill><a:blip r:embed="{rid}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
    '<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
    '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline>'
)


_IN_TEXT = '</w:t></w:r><w:r><w:drawing>{}</w:drawing></w:r><w:r><w:t xml:space="preserve">'
MOST_DRAWN = 64
"""Pictures whose XML is remembered: signature, stamp and logo, not a photograph of each pupil."""

Links = Mapping[str, Mapping[str, Relationship]]
_NOTHING: Mapping[str, bytes] = MappingProxyType({})


class Additions:
    """The media and relationships that one document has more than its model; none to begin with.

    stable_ids: the id of a picture's relationship depends on the picture alone, so that documents may be composed in
    one; otherwise ids follow those of the model, as docxtpl's do.
    """

    def __init__(self, shared: SharedMedia, *, stable_ids: bool = False) -> None:
        self._shared = shared
        self._stable_ids = stable_ids
        self._media: dict[str, bytes] = {}
        self._named: dict[str, str] = {}
        self._links: dict[str, dict[str, Relationship]] = {}
        self._drawings = 0

    def picture(self, part: str, content: bytes, extension: str, digest: str | None = None) -> str:
        """Return the id of the relationship of ``part`` to a picture, which is added where it is new.

        digest: SHA-256 of a picture of the school; its name and id then never depend on what else is there.
        """
        if digest is None:
            return self._related(part, IMAGE, self._media_name(content, extension))
        name = f"{_MEDIA_FOLDER}{digest[:16]}.{extension}"
        link = self._shared.school_link(part, name)
        self._links.setdefault(part, {})[link.id] = link
        self._media[name] = content
        return link.id

    def hyperlink(self, part: str, url: str) -> str:
        """Return the id of the relationship of ``part`` to an address."""
        return self._related(part, HYPERLINK, url, external=True)

    def link(self, part: str, relationship: Relationship) -> None:
        """Add a relationship whose id is given."""
        self._links.setdefault(part, {})[relationship.id] = relationship

    def drawing_number(self) -> int:
        """Return a number for a drawing: 2001, 2002…"""
        self._drawings += 1
        return 2000 + self._drawings

    def parts(self, attached: Mapping[str, bytes] = _NOTHING) -> Mapping[str, bytes]:
        """Return the members that the document has more, or other than its model: name -> content.

        attached: those that its subdocuments bring.
        """
        return self._shared.added(self._links, self._media, attached) if self._links else {}

    def links_of(self, part: str) -> tuple[Relationship, ...]:
        """Return the relationships that ``part`` has more than in the model."""
        return tuple(self._links.get(part, {}).values())

    def take_media(self) -> dict[str, bytes]:
        """Return the pictures added since the last call, name -> content; they are kept no longer."""
        taken, self._media = self._media, {}
        return taken

    def _media_name(self, content: bytes, extension: str) -> str:
        name = self._shared.find_media(content) or self._new_name(content, extension)
        if name not in self._shared.package:
            self._media[name] = content
        return name

    def _new_name(self, content: bytes, extension: str) -> str:
        sha1 = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        if self._stable_ids:
            return f"{_MEDIA_FOLDER}{sha1[:16]}.{extension}"
        if sha1 not in self._named:
            names = (*self._shared.package.members, *self._media, *self._shared.attached_names())
            taken = {name.rpartition(".")[0] for name in names}
            free = next(n for n in range(1, len(taken) + 2) if f"{_MEDIA_FOLDER}image{n}" not in taken)
            self._named[sha1] = f"{_MEDIA_FOLDER}image{free}.{extension}"
        return self._named[sha1]

    def _related(self, part: str, kind: str, target: str, *, external: bool = False) -> str:
        links = self._links.setdefault(part, {})
        known = (*self._shared.links(part), *links.values())
        same = next((one.id for one in known if (one.type, one.target) == (kind, target)), None)
        if same is not None:
            return same
        if self._stable_ids:
            rid = stable_id(target)
        else:
            taken = {one.id for one in known}
            rid = next(f"rId{n}" for n in range(1, len(taken) + 2) if f"rId{n}" not in taken)
        links[rid] = Relationship(rid, kind, target, external)
        return rid


def stable_id(target: str) -> str:
    """Return the id of a relationship to ``target`` that does not depend on what else there is."""
    return f"rIdPix{hashlib.sha256(target.encode()).hexdigest()[:16]}"


class SharedMedia:
    """What the documents of a model share, read once: its relationships, its pictures by content, its types."""

    def __init__(self, package: Package, companion: Companion) -> None:
        self.package = package
        self._companion = companion
        self._main = main_part(package)
        self._links: dict[str, tuple[Relationship, ...]] = {}
        self._by_content: dict[bytes, str] | None = None
        self._school_links: dict[tuple[str, str], Relationship] = {}
        self._drawings: dict[tuple[object, ...], str] = {}
        self._last_added: tuple[object, Mapping[str, bytes]] | None = None
        self._known_types: dict[frozenset[str], bytes | None] = {}
        self._highest: dict[str, int] = {}

    def links(self, part: str) -> tuple[Relationship, ...]:
        """Return the relationships of a part of the model, and those that docxtpl's own template has for it."""
        if part == self._main and self._companion.is_used and (links := self._companion.template.links):
            return links
        if part not in self._links:
            self._links[part] = read_relationships(self.package, part)
        return self._links[part]

    def attached_names(self) -> Iterator[str]:
        """Yield the names of the members that subdocuments have brought to docxtpl's own template."""
        if self._companion.is_used:
            yield from (link.target for link in self._companion.template.links if not link.external)

    def find_media(self, content: bytes) -> str | None:
        """Return the name of the model's own picture of that content."""
        if self._by_content is None:
            media = (one for one in self.package if one.name.startswith(_MEDIA_FOLDER))
            self._by_content = {hashlib.sha256(one.content).digest(): one.name for one in media}
        return self._by_content.get(hashlib.sha256(content).digest())

    def next_id(self, part: str) -> int:
        """Return the number that python-docx would give to the next shape of a part of the model."""
        if part not in self._highest:
            ids = (element.get("id", "") for element in parse_xml(self.package.read(part)).iter("*"))
            self._highest[part] = max((int(one) for one in ids if one.isdigit()), default=0)
        return self._highest[part] + 1

    def school_link(self, part: str, target: str) -> Relationship:
        """Return the relationship of ``part`` to a picture of the school."""
        key = (part, target)
        if key not in self._school_links:
            self._school_links[key] = Relationship(stable_id(target), IMAGE, target)
        return self._school_links[key]

    def drawing(self, image: Image, rid: str, number: int) -> str:
        """Return the XML that ends a text, draws an image in a run of its own, and goes on with the text."""
        key = (rid, image.pixels, image.box, image.alt, number)
        if key not in self._drawings:
            if len(self._drawings) >= MOST_DRAWN:
                self._drawings.clear()
            width, height = image.size
            inline = _INLINE.format(width=width, height=height, id=number, rid=rid, alt=quoteattr(image.alt))
            self._drawings[key] = _IN_TEXT.format(inline)
        return self._drawings[key]

    def added(self, links: Links, media: Mapping[str, bytes], attached: Mapping[str, bytes]) -> Mapping[str, bytes]:
        """Return the members of a document for what it has more than the model; those of the last one are remembered.

        links: part -> id -> relationship. attached: the members that its subdocuments bring.
        """
        if attached:
            package = self.package.replaced(pack(name, content) for name, content in attached.items())
            return _added(package, links, media, content_types_xml(package, _types(media)))
        key = (links, media)
        if self._last_added is None or self._last_added[0] != key:
            self._last_added = key, _added(self.package, links, media, self._content_types(media))
        return self._last_added[1]

    def _content_types(self, media: Mapping[str, bytes]) -> bytes | None:
        """Return the content types with those of pictures; None where the model has them all."""
        extensions = frozenset(_types(media))
        if extensions not in self._known_types:
            self._known_types[extensions] = content_types_xml(self.package, _types(media))
        return self._known_types[extensions]


def _types(media: Mapping[str, bytes]) -> dict[str, str]:
    """Return the extensions of pictures and their content types."""
    return {one: CONTENT_TYPES_OF[one] for one in sorted({name.rpartition(".")[2] for name in media})}


def _added(package: Package, links: Links, media: Mapping[str, bytes], types: bytes | None) -> dict[str, bytes]:
    rels = {rels_name(part): relationships_xml(package, part, more.values()) for part, more in links.items()}
    return {**({CONTENT_TYPES: types} if types else {}), **rels, **media}


CONTENT_TYPES_OF = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "bmp": "image/bmp",
    "tiff": "image/tiff",
}
