"""One composed document being written: what its records have added so far."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import BinaryIO

from pix_mailmerge.destination.composition import body, parts
from pix_mailmerge.destination.composition.ids import Ids
from pix_mailmerge.destination.composition.pictures import Pictures
from pix_mailmerge.destination.composition.plan import NotesPart, Plan, blank_id
from pix_mailmerge.destination.composition.properties import Properties
from pix_mailmerge.destination.composition.stories import StoryRun
from pix_mailmerge.destination.split import bookmark
from pix_mailmerge.model.jinja_tags import finished_tables
from pix_mailmerge.model.opc import CONTENT_TYPES, Relationship, check_xml, read_relationships, rels_name
from pix_mailmerge.model.zip_records import Packed, ZipWriter, pack

_MARK = body.SECTION_MARK.encode()
PACKAGE_RELS = rels_name("")
Values = dict[str, object]


class Run:
    """Writes the records to ``out`` one after the other: add() each, then finish(). count: records so far."""

    def __init__(self, plan: Plan, out: BinaryIO, stack: ExitStack) -> None:
        self.count = 0
        self._plan = plan
        self._ids = Ids(plan.model.environment, plan.first_id)
        self._members = parts.Spool(stack)
        self._pictures = Pictures(plan.model, self._members, plan.first_drawing)
        self._stories = [StoryRun(story, plan.model, self._pictures, self._members) for story in plan.stories.values()]
        self._notes = [(notes, parts.Spool(stack)) for notes in plan.notes.values()]
        self._properties = Properties(plan.properties)
        self._piece, self._section = b"", b""
        self._writer = ZipWriter(out)
        for member in _members(plan):
            self._writer.add(member)
        plan.model.companion.begin()
        self._streaming = stack.enter_context(ExitStack())
        self._append = self._streaming.enter_context(self._writer.stream(plan.main))
        self._append(plan.whole.head.encode())

    def add(self, values: Values) -> None:
        """Add a record. It is written with the next one, which tells that it is not the last.

        Whatever fails does so before anything of the record is kept: it may be skipped.
        """
        plan = self._plan
        values |= self._variables()
        for story in self._stories:
            values[story.variable] = story.relationship(values)
        notes = [self._rendered_notes(notes, values) for notes, _ in self._notes]
        piece = self._rendered_body(values)
        section = plan.last_section if isinstance(plan.last_section, bytes) else b"".join(plan.last_section(values))
        self._flush()
        self._piece, self._section = piece, section
        for (_, spool), content in zip(self._notes, notes, strict=True):
            spool.write(content)
        self._properties.add(values)
        self._pictures.keep_new()
        self._pictures.keep_links(plan.main, piece)
        self.count += 1

    def finish(self) -> None:
        """Write the last record and the parts that grew with the records."""
        start, end = self._cut()
        for piece in (start, end, self._section, self._plan.whole.tail.encode()):
            self._append(piece)
        self._streaming.close()
        for name, chunks in self._grown():
            with self._writer.stream(name) as append:
                for chunk in chunks:
                    append(chunk)
        for member in self._members.members():
            self._writer.add(member)
        self._writer.close()

    def _variables(self) -> Values:
        """Return what this record's expressions use besides the values of the record."""
        lists = self._plan.lists
        id, name = self._ids.next(), bookmark(self.count + 1)
        self._ids.begin_record(name, id)
        return {
            body.IDS: self._ids,
            body.BOOKMARK_ID: id,
            body.BOOKMARK: name,
            body.NOTES: self.count * self._plan.note_step,
            body.LISTS: lists.number(self.count) if lists else 0,
        }

    def _rendered_body(self, values: Values) -> bytes:
        """Return a record's piece of the body; docxtpl's own last steps run on it where the model itself needs them."""
        plan, model = self._plan, self._plan.model
        rendered = self._pictures.rendered(plan.main, plan.program, values)
        if self._pictures.listed and rendered.count(_MARK) > 1:
            rendered = body.with_last_mark(plan.body_start, rendered)
        part = model.parts[plan.main]
        is_finished = not part.slow_road and not part.may_change(model.environment.markup)
        if is_finished and not self._pictures.may_break:
            return rendered
        whole = plan.body_start + rendered + b"</w:body>"
        check_xml(whole)
        if is_finished:
            return rendered
        finished = finished_tables(whole)
        inside = finished[finished.index(b">") + 1 : finished.rindex(b"</")]
        return self._pictures.numbered(inside)

    def _rendered_notes(self, notes: NotesPart, values: Values) -> bytes:
        content = self._pictures.rendered(notes.part, notes.program, values)
        if self._pictures.may_break:
            check_xml(notes.head + content + notes.tail)
        return content

    def _flush(self) -> None:
        """Write the record before, with the properties of its last section in its last paragraph."""
        if self.count:
            start, end = self._cut()
            for piece in (start, self._section, end):
                self._append(piece)

    def _cut(self) -> tuple[bytes | memoryview, bytes | memoryview]:
        """Return the record before, cut where the properties of its last section go: at the last mark.

        Others are dropped: of paragraphs that might have been the last.
        """
        place = self._piece.rindex(_MARK)
        piece = memoryview(self._piece)
        start, end = piece[:place], piece[place + len(_MARK) :]
        return (start if self._plan.has_one_mark else start.tobytes().replace(_MARK, b"")), end

    def _grown(self) -> Iterator[tuple[str, Iterable[bytes]]]:
        """Yield the parts that grew with the records: name, content in pieces."""
        plan, package = self._plan, self._plan.model.package
        for kind in sorted(plan.blank_kinds):
            yield parts.blank_name(kind), (parts.blank_story(kind),)
        for notes, spool in self._notes:
            yield notes.part, (notes.head, *spool.chunks(), notes.tail)
            added = self._pictures.links_of(notes.part)
            if added:
                links = (*read_relationships(package, notes.part), *added)
                yield rels_name(notes.part), parts.relationships(notes.part, links)
        if plan.lists is not None:
            yield plan.numbering_part, plan.lists.numbering(self.count)
        if plan.properties_part is not None:
            yield plan.properties_part, (self._properties.content,)
        yield rels_name(plan.main), parts.relationships(plan.main, self._links())
        types = parts.content_types(package, plan.dropped, self._pictures.types, self._types())
        yield CONTENT_TYPES, types

    def _links(self) -> Iterator[Relationship]:
        """Yield the relationships of the body: the model's own, those of the values, the headers'."""
        plan = self._plan
        for link in read_relationships(plan.model.package, plan.main):
            if link.id not in plan.stories and link.target not in plan.comments:
                yield link
        yield from self._pictures.links_of(plan.main)
        for kind in sorted(plan.blank_kinds):
            yield parts.story_link(blank_id(kind), kind, parts.blank_name(kind))
        for story in self._stories:
            yield from story.links()

    def _types(self) -> Iterator[tuple[str, str]]:
        """Yield each part that the model has not, and its content type."""
        for kind in sorted(self._plan.blank_kinds):
            yield parts.blank_name(kind), parts.story_type(kind)
        for story in self._stories:
            yield from story.types()


def _members(plan: Plan) -> Iterator[Packed]:
    """Yield what is copied from the model. The first tells what the file is: the list of types is known last."""
    companion = plan.model.companion
    replaced = companion.replaced() if companion.is_used else {}
    for member in sorted(plan.model.package, key=lambda member: member.name != PACKAGE_RELS):
        if member.name not in plan.replaced:
            content = replaced.get(member.name)
            yield plan.fixed.get(member.name, member) if content is None else pack(member.name, content)
