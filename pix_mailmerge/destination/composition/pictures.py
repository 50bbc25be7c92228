"""Pictures and links that the values of the records bring to a composed document, and the numbers of its drawings."""

from __future__ import annotations

from collections.abc import Mapping

from pix_mailmerge.destination.composition import parts
from pix_mailmerge.model import media
from pix_mailmerge.model.additions import CONTENT_TYPES_OF, Additions
from pix_mailmerge.model.compiled import CompiledModel
from pix_mailmerge.model.jinja_tags import numbered_drawings
from pix_mailmerge.model.opc import Relationship, check_xml
from pix_mailmerge.model.programs import Program
from pix_mailmerge.model.zip_records import pack


class Pictures:
    """Renders parts and keeps what their values add to the package: each picture once, packed, out of memory."""

    def __init__(self, model: CompiledModel, members: parts.Spool, first_drawing: int = 1) -> None:
        self._shared = model.shared
        self._parts = model.parts
        self._environment = model.environment
        self._resolved = model.resolved
        self._companion = model.companion
        self._members = members
        self._added = _Additions(model.shared, stable_ids=True)
        self._story_parts: dict[str, media.StoryPart] = {}
        self._next_drawing = first_drawing
        self._kept: set[str] = set()
        self.types: dict[str, str] = {}
        self.listed = False
        """A value held a line break, a tab, a paragraph or a page: docxtpl has rewritten what was rendered last."""
        self.may_break = False
        """What was rendered last may not be well-formed."""

    def rendered(self, part: str, program: Program, values: Mapping[str, object]) -> bytes:
        """Return what a program makes of the values as a piece of ``part``; its drawings have numbers of their own."""
        story = self._story_parts.get(part)
        if story is None:
            story = self._story_parts[part] = media.StoryPart(part, self._added, self._shared)
        self._environment.next_drawing = self._next_drawing
        content = self._rendered(part, story, program, values)
        self._next_drawing = self._environment.next_drawing
        return content

    def rendered_alone(
        self, part: str, program: Program, values: Mapping[str, object]
    ) -> tuple[bytes, tuple[Relationship, ...]]:
        """Return what a program makes of the values as a whole part, and the relationships that they bring to it.

        Equal values give equal bytes: its drawings are not numbered among those of the document yet. Raises
        lxml.etree.XMLSyntaxError when it is not well-formed.
        """
        additions = _Additions(self._shared, stable_ids=True)
        self._environment.next_drawing = 0
        story = media.StoryPart(part, additions, self._shared, is_parsed=True)
        content = self._rendered(part, story, program, values)
        if self.may_break:
            check_xml(content)
        self._keep(additions.take_media())
        return content, additions.links_of(part)

    def keep_new(self) -> None:
        """Keep the pictures of the last record, those that no record before had."""
        self._keep(self._added.take_media())

    def links_of(self, part: str) -> tuple[Relationship, ...]:
        """Return the relationships that ``part`` has more than in the model."""
        return self._added.links_of(part)

    def numbered(self, content: bytes) -> bytes:
        """Return rendered XML with its drawings numbered among those of the document."""
        numbered, self._next_drawing = numbered_drawings(content, self._next_drawing)
        return numbered

    def keep_links(self, part: str, piece: bytes) -> None:
        """Keep the links of a piece of the body that were made with docxtpl's own template."""
        if self._companion.is_used:
            for link in self._companion.links(piece):
                self._added.link(part, link)

    def _rendered(self, part: str, story: media.StoryPart, program: Program, values: Mapping[str, object]) -> bytes:
        if self._companion.is_used:
            self._companion.template.current_rendering_part = story
        self._environment.markup = 0
        rendered = media.joined(story, program(values))
        content = self._resolved(rendered)
        self.listed = content is not rendered
        known = self._parts.get(part)  # none for notes without a tag
        self.may_break = known is not None and known.may_break(self._environment.markup, is_resolved=self.listed)
        return content

    def _keep(self, pictures: Mapping[str, bytes]) -> None:
        for name, content in pictures.items():
            if name not in self._kept:
                self._kept.add(name)
                self._members.add(pack(name, content))
                extension = name.rpartition(".")[2]
                self.types[extension] = CONTENT_TYPES_OF[extension]


class _Additions(Additions):
    """What all records add. Drawings are numbered later, so that one is the same XML for every record until then."""

    def drawing_number(self) -> int:
        return 1
