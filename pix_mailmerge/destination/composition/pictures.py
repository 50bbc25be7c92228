"""Pictures and links that the values of the records bring to a composed document, and the numbers of its drawings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from docx.oxml.shape import CT_Inline

from pix_mailmerge.destination.composition import parts
from pix_mailmerge.destination.composition.ids import Ids
from pix_mailmerge.model import media
from pix_mailmerge.model.jinja_tags import resolved_listings
from pix_mailmerge.model.opc import Relationship
from pix_mailmerge.model.programs import Program
from pix_mailmerge.model.zip_records import pack


class Pictures:
    """Renders parts and keeps what their values add to the package: each picture once, packed, out of memory."""

    def __init__(self, shared: media.SharedMedia, ids: Ids, members: parts.Spool) -> None:
        self._shared = shared
        self._ids = ids
        self._members = members
        self._added = _Additions(shared, ids)
        self._story_parts: dict[str, media.StoryPart] = {}
        self._kept: set[str] = set()
        self.types: dict[str, str] = {}

    def rendered(self, part: str, program: Program, values: Mapping[str, object]) -> bytes:
        """Return what a program makes of the values as a piece of ``part``; its drawings have numbers of their own."""
        story = self._story_parts.get(part)
        if story is None:
            story = self._story_parts[part] = _StoryPart(part, self._added, self._shared, self._ids)
        return _rendered(story, program, values)

    def rendered_alone(
        self, part: str, program: Program, values: Mapping[str, object]
    ) -> tuple[bytes, tuple[Relationship, ...]]:
        """Return what a program makes of the values as a whole part, and the relationships that they bring to it.

        Equal values give equal bytes: its drawings are not numbered among those of the document yet.
        """
        additions = media.Additions(self._shared, stable_ids=True)
        content = _rendered(media.StoryPart(part, additions, self._shared), program, values)
        self._keep(additions.take_media())
        return content, additions.links_of(part)

    def keep_new(self) -> None:
        """Keep the pictures of the last record, those that no record before had."""
        self._keep(self._added.take_media())

    def links_of(self, part: str) -> tuple[Relationship, ...]:
        """Return the relationships that ``part`` has more than in the model."""
        return self._added.links_of(part)

    def numbered(self, content: bytes) -> bytes:
        """Return a part rendered alone with its drawings numbered among those of the document."""
        return parts.numbered_drawings(content, self._ids)

    def _keep(self, pictures: Mapping[str, bytes]) -> None:
        for name, content in pictures.items():
            if name not in self._kept:
                self._kept.add(name)
                self._members.add(pack(name, content))
                extension = name.rpartition(".")[2]
                self.types[extension] = media.CONTENT_TYPES_OF[extension]


class _Additions(media.Additions):
    """What all records add; drawings are counted over all of them."""

    def __init__(self, shared: media.SharedMedia, ids: Ids) -> None:
        super().__init__(shared, stable_ids=True)
        self._ids = ids

    def drawing_number(self) -> int:
        return self._ids.drawing()


class _StoryPart(media.StoryPart):
    """The part being rendered; docxtpl's own pictures are numbered, too."""

    def __init__(self, name: str, additions: media.Additions, shared: media.SharedMedia, ids: Ids) -> None:
        super().__init__(name, additions, shared)
        self._ids = ids

    def new_pic_inline(self, image_descriptor: Any, width: Any = None, height: Any = None) -> CT_Inline:
        inline = super().new_pic_inline(image_descriptor, width, height)
        inline.docPr.set("id", str(self._ids.drawing()))
        return inline


def _rendered(part: media.StoryPart, program: Program, values: Mapping[str, object]) -> bytes:
    with media.rendering(part):
        return resolved_listings(b"".join(program(values)))
