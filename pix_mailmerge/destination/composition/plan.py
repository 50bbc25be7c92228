"""A model prepared to be composed: its body, headers and notes compiled as parts of one record among others.

Made once for a model; it holds nothing of any record.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from pix_mailmerge.destination.composition import body
from pix_mailmerge.destination.composition.lists import Lists, find_lists, with_direct_numbers
from pix_mailmerge.destination.composition.notes import ending_sections, find_notes
from pix_mailmerge.destination.composition.sections import (
    Section,
    missing_references,
    record_sections,
    with_restarted_notes,
)
from pix_mailmerge.model.compiled import CompiledModel
from pix_mailmerge.model.opc import CONTENT_TYPES, content_type, main_part, read_relationships, rels_name
from pix_mailmerge.model.programs import Program
from pix_mailmerge.model.sources import Source
from pix_mailmerge.model.zip_records import Packed, pack

NOTE_KINDS = ("footnotes", "endnotes")
HEADER_KINDS = ("header", "footer")
_BOOKMARK_TAGS = re.compile(r"<w:bookmark(?:Start|End)\b[^>]*/>")


@dataclass(frozen=True, slots=True)
class Story:
    """A header or footer whose text depends on the record. kind: « header » or « footer ».

    number: among the relationships of the body. names: the values it uses, None where its program may use more.
    """

    number: int
    part: str
    kind: str
    program: Program
    content_type: str
    names: tuple[str, ...] | None

    @property
    def variable(self) -> str:
        """Return what stands for its relationship in the source of the body."""
        return f"_pix_part_{self.number}"


@dataclass(frozen=True, slots=True)
class NotesPart:
    """A part of notes, of which each record adds its own."""

    part: str
    head: bytes
    program: Program
    tail: bytes
    step: int


@dataclass(frozen=True)
class Plan:
    """What compose needs of a model. duplex: each record begins on a front page. bookmarks: each begins with one."""

    model: CompiledModel
    duplex: bool
    bookmarks: bool

    @cached_property
    def main(self) -> str:
        """Return the name of the body's part."""
        found = main_part(self.model.package)
        assert found is not None  # or it would not be compiled
        return found

    @cached_property
    def whole(self) -> body.Body:
        """Return the body's source as the model has it, but for lists that its paragraphs name themselves."""
        source = self.model.source(self.main)
        if self._read("numbering") and self._read("styles"):
            source = with_direct_numbers(source, self._read("styles"), self._read("numbering"))
        return body.Body.parse(source)

    @cached_property
    def lists(self) -> Lists | None:
        """Return the lists that begin again with every record."""
        numbering = self._read("numbering")
        return find_lists(self.whole.content, numbering) if numbering else None

    @cached_property
    def stories(self) -> dict[str, Story]:
        """Return the headers and footers that depend on the record, by their relationship in the model."""
        sources = {source.name: source for source in self.model.sources}
        return {
            link.id: self._story(number, sources[link.target])
            for number, link in enumerate(read_relationships(self.model.package, self.main))
            if link.kind in HEADER_KINDS and link.target in sources
        }

    @cached_property
    def notes(self) -> dict[str, NotesPart]:
        """Return the parts of notes, by kind."""
        found = {kind: self._notes(kind) for kind in NOTE_KINDS}
        return {kind: notes for kind, notes in found.items() if notes is not None}

    @cached_property
    def note_step(self) -> int:
        """Return what separates the note ids of two records, of both kinds."""
        return max((notes.step for notes in self.notes.values()), default=0)

    @cached_property
    def blank_kinds(self) -> frozenset[str]:
        """Return « header », « footer »: those of which an empty one is needed."""
        return frozenset(kind for kind, _ in missing_references(self.whole.sections))

    @cached_property
    def sections(self) -> list[Section]:
        """Return the sections of each record."""
        sections = record_sections(self.whole.sections, duplex=self.duplex, target=self._target, blank=blank_id)
        if "footnotes" in self.notes:
            sections[0] = with_restarted_notes(sections[0])
        return sections

    @cached_property
    def program(self) -> Program:
        """Return the program that renders one record's part of the body, SECTION_MARK in its last paragraph."""
        content = self._marked
        return self._compiled(body.with_bookmark(content) if self.bookmarks else content)

    @cached_property
    def has_one_mark(self) -> bool:
        """Tell whether every rendering holds SECTION_MARK once: it stands in one paragraph, which is always there."""
        return self._marked.count(body.SECTION_MARK) == 1

    @cached_property
    def _marked(self) -> str:
        return body.with_sections(self._rewritten(self.whole.content), self.sections)

    @cached_property
    def last_section(self) -> bytes | Program:
        """Return the properties of a record's last section, or the program that renders them."""
        xml = self.sections[-1].xml
        return self._compiled(xml) if "{{" in xml else xml.encode()

    @cached_property
    def body_start(self) -> bytes:
        """Return the start tag of a ``w:body`` that declares its namespaces."""
        return self.model.parts[self.main].source.body_start.encode()

    @cached_property
    def numbering_part(self) -> str:
        """Return the name of the part of the lists."""
        return self.part("numbering") or ""

    @cached_property
    def properties_part(self) -> str | None:
        """Return the name of the part of the document's properties when they hold tags."""
        return next((source.name for source in self.model.sources if source.kind == "properties"), None)

    @cached_property
    def properties(self) -> Program | None:
        """Return the program of the document's properties, None when they hold no tag."""
        return None if self.properties_part is None else self._compiled(self.model.source(self.properties_part))

    @cached_property
    def comments(self) -> tuple[str, ...]:
        """Return the parts of comments: they are left out."""
        links = read_relationships(self.model.package, self.main)
        return tuple(link.target for link in links if link.kind.startswith("comments") or link.kind == "people")

    def part(self, kind: str) -> str | None:
        """Return the name of the part of that kind which the body refers to."""
        links = read_relationships(self.model.package, self.main)
        return next((link.target for link in links if link.kind == kind and link.target in self.model.package), None)

    def _read(self, kind: str) -> bytes:
        part = self.part(kind)
        return b"" if part is None else self.model.package.read(part)

    @cached_property
    def fixed(self) -> dict[str, Packed]:
        """Return the parts that are the same for all records but not as the model has them."""
        links = read_relationships(self.model.package, self.main)
        stories = {story.part for story in self.stories.values()}
        headers = [link.target for link in links if link.kind in HEADER_KINDS and link.target not in stories]
        found: dict[str, Callable[[str], str]] = dict.fromkeys(headers, self._paged)
        if "endnotes" in self.notes:
            found |= {link.target: ending_sections for link in links if link.kind == "settings"}
        read = {name: self.model.package.read(name).decode("utf-8-sig") for name in found if name in self.model.package}
        changed = {name: change(read[name]) for name, change in found.items() if name in read}
        return {name: pack(name, xml.encode()) for name, xml in changed.items() if xml != read[name]}

    @cached_property
    def first_drawing(self) -> int:
        """Return the first number of a drawing that the headers which are copied do not use."""
        return max(self._ids_of_headers(r'<wp:docPr\b[^>]*?\sid="(\d+)"'), default=0) + 1

    @cached_property
    def first_id(self) -> int:
        """Return the first id of a bookmark that the headers which are copied do not use."""
        return max(self._ids_of_headers(r'<w:bookmarkStart\b[^>]*?\bw:id="(\d+)"'), default=0) + 1

    def _ids_of_headers(self, pattern: str) -> Iterator[int]:
        for link in read_relationships(self.model.package, self.main):
            if link.kind in HEADER_KINDS and link.id not in self.stories and link.target in self.model.package:
                content = self.model.package.read(link.target).decode("utf-8-sig")
                yield from (int(found) for found in re.findall(pattern, content))

    def _paged(self, source: str) -> str:
        """Return a source that counts the pages of each record, where a record is one section."""
        return body.with_section_pages(source) if len(self.whole.sections) == 1 else source

    def _compiled(self, source: str) -> Program:
        return self.model.compile(body.computed_in_raw(source))

    def _rewritten(self, source: str) -> str:
        numbers = self.lists.numbers if self.lists else {}
        return body.rewritten(self._paged(source), lists=numbers, anchors=body.bookmarks(self.whole.content))

    def _target(self, id: str) -> str:
        return "{{ " + self.stories[id].variable + " }}" if id in self.stories else id

    def _story(self, number: int, source: Source) -> Story:
        """Return the header compiled; its bookmarks go: they could stand once only, and a header's lead nowhere."""
        xml = self._paged(_BOOKMARK_TAGS.sub("", source.xml))
        xml = body.rewritten(xml, lists={}, anchors=(), number_drawings=False)
        kind = content_type(self.model.package, source.name)
        names = None if source.globals else self.model.parts[source.name].names
        return Story(number, source.name, source.kind, self._compiled(xml), kind, names)

    def _notes(self, kind: str) -> NotesPart | None:
        part = self.part(kind)
        if part is None:
            return None
        compiled = {source.name: source.xml for source in self.model.sources}
        source = compiled.get(part) or self.model.package.read(part).decode("utf-8-sig")
        found = find_notes(source)
        if found is None:
            return None
        program = self._compiled(self._rewritten(found.content))
        return NotesPart(part, found.head.encode(), program, found.tail.encode(), found.step)

    @cached_property
    def dropped(self) -> frozenset[str]:
        """Return the parts of the model that the document has no more."""
        parts = (*(story.part for story in self.stories.values()), *self.comments)
        return frozenset(name for part in parts for name in (part, rels_name(part)))

    @cached_property
    def replaced(self) -> frozenset[str]:
        """Return the parts of the model that are not copied."""
        lists = {self.part("numbering")} if self.lists else set()
        made = {CONTENT_TYPES, self.main, rels_name(self.main), self.properties_part, *lists}
        made |= {name for notes in self.notes.values() for name in (notes.part, rels_name(notes.part))}
        return self.dropped | {name for name in made if name}


def blank_id(kind: str) -> str:
    """Return the relationship of an empty header or footer."""
    return f"rIdBlank{kind.capitalize()}"
