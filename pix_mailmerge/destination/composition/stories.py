"""Headers and footers of a composed document: one part for each distinct rendering, shared by the records it fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import blake2b

from pix_mailmerge.destination.composition import parts
from pix_mailmerge.destination.composition.pictures import Pictures
from pix_mailmerge.destination.composition.plan import Story
from pix_mailmerge.model.compiled import CompiledModel
from pix_mailmerge.model.opc import Relationship, read_relationships, rels_name
from pix_mailmerge.model.zip_records import pack


class StoryRun:
    """A header or footer of the model whose text depends on the record: its distinct renderings so far.

    variable: what stands for its relationship in the source of the body.
    """

    def __init__(self, story: Story, model: CompiledModel, pictures: Pictures, members: parts.Spool) -> None:
        self.variable = story.variable
        self._story = story
        self._own_links = read_relationships(model.package, story.part)
        self._pictures = pictures
        self._members = members
        self._numbers: dict[bytes, int] = {}
        self._last: tuple[list[object], int] | None = None

    def relationship(self, values: Mapping[str, object]) -> str:
        """Return the id of the relationship of the header that shows ``values``."""
        names = self._story.names
        used = None if names is None else [values.get(name) for name in names]
        if self._last is None or used is None or self._last[0] != used:
            self._last = used or [], self._number(values)
        return self._id(self._last[1])

    def links(self) -> Iterator[Relationship]:
        """Yield the relationship of each rendering."""
        for number in self._numbers.values():
            yield parts.story_link(self._id(number), self._story.kind, self._name(number))

    def types(self) -> Iterator[tuple[str, str]]:
        """Yield each rendering's part and its content type."""
        for number in self._numbers.values():
            yield self._name(number), self._story.content_type

    def _number(self, values: Mapping[str, object]) -> int:
        content, links = self._pictures.rendered_alone(self._story.part, self._story.program, values)
        digest = blake2b(content, digest_size=16).digest()
        if digest not in self._numbers:
            self._numbers[digest] = len(self._numbers) + 1
            self._add(self._name(len(self._numbers)), content, links)
        return self._numbers[digest]

    def _add(self, name: str, content: bytes, links: tuple[Relationship, ...]) -> None:
        self._members.add(pack(name, self._pictures.numbered(content)))
        if self._own_links or links:
            all_links = parts.relationships(name, (*self._own_links, *links))
            self._members.add(pack(rels_name(name), b"".join(all_links)))

    def _id(self, number: int) -> str:
        return f"rIdPart{self._story.number}n{number}"

    def _name(self, number: int) -> str:
        """Return a name such as Word gives: letters, then a number; other programs look for headers by it."""
        stem, _, suffix = self._story.part.rpartition(".")
        return f"{stem.rstrip('0123456789')}{self._story.number + 1}{number:06d}.{suffix}"
