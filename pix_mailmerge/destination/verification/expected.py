"""What the document of a record should show: what the compiled model emits for it, every value marked."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.record import Record
from pix_mailmerge.destination.verification.compare import Difference
from pix_mailmerge.destination.verification.docx import links_of, picture_digest, references
from pix_mailmerge.destination.verification.marking import marking, named, unmarked
from pix_mailmerge.destination.verification.texts import (
    END,
    KINDS,
    START,
    Story,
    Stream,
    plain,
    read_story,
    squeezed,
    stream_of,
)
from pix_mailmerge.model.compiled import CompiledModel
from pix_mailmerge.model.failures import FAILURES
from pix_mailmerge.model.fields import class_values, field_values
from pix_mailmerge.model.opc import rels_name
from pix_mailmerge.model.word_fields.state import NOTHING_BEFORE, Before
from pix_mailmerge.model.word_model import Model
from pix_mailmerge.settings import School

_MARKED = re.compile(f"[{START}{''.join(KINDS.values())}](.*?){END}", re.DOTALL)
_STORY = re.compile(r"/(header|footer|footnotes|endnotes)[^/]*\.xml$")


_PROBE = "Qzxwvk"
"""A value that no pupil and no model has."""


@dataclass(frozen=True)
class Expected:
    """What the document of a record shows.

    digests: part -> SHA-256 of its XML. stories: part -> its text, values marked. shown: part -> digests of its
    pictures, in order. references: kind of pages -> header or footer that the sections ask for. own_pictures: how many
    of the pictures are values (the signature).
    """

    main: str
    digests: Mapping[str, bytes]
    stories: Mapping[str, Story]
    shown: Mapping[str, tuple[str, ...]]
    references: tuple[tuple[str, str, str], ...]
    own_pictures: int

    @property
    def body(self) -> Story:
        return self.stories[self.main]

    @cached_property
    def plain_body(self) -> tuple[str, ...]:
        return tuple(map(plain, self.body.paragraphs))

    @cached_property
    def stream(self) -> Stream:
        """Return the body squeezed."""
        return stream_of(self.body.paragraphs)

    @cached_property
    def others(self) -> Mapping[str, Stream]:
        """Return text boxes, headers, footers and notes squeezed, those that show something."""
        found = {f"{part} boxes": stream_of(story.boxes) for part, story in self.stories.items() if story.boxes}
        found |= {part: stream_of(story.paragraphs) for part, story in self.stories.items() if part != self.main}
        return {name: stream for name, stream in found.items() if stream.text}

    @cached_property
    def text(self) -> str:
        """Return all texts squeezed."""
        return "\n".join((self.stream.text, *(one.text for one in self.others.values())))

    def slots(self) -> Iterator[tuple[str, str]]:
        """Yield the header and the text of each value that is printed as it stands in the source."""
        for story in self.stories.values():
            for paragraph in (*story.paragraphs, *story.boxes):
                for mark, value in _KNOWN.findall(paragraph):
                    yield _HEADER_OF[mark], value


_MOST_SHAPES = 4
_KNOWN = re.compile(f"([{''.join(KINDS.values())}])([^{START}{END}]*){END}")
_HEADER_OF = {mark: header for header, mark in KINDS.items()}


class Expectations:
    """What the documents of one model and one school should show."""

    def __init__(self, model: Model, school: School) -> None:
        """Raise ModelError where the model cannot be compiled."""
        self.model = model
        self._school = school
        self._compiled: CompiledModel = model.compiled
        self.main = self._compiled.sources[0].name
        self._digest_of_picture: dict[tuple[str, int], str] = {}
        self._printed: dict[str, bool] = {}
        self._learned: dict[int, Mapping[int, str]] = {}
        package = self._compiled.package
        self._static = {
            name: read_story(package.read(name).decode("utf-8", "replace"))
            for name in package.members
            if _STORY.search(name) and name not in self._compiled.parts
        }
        self.static_digests = {name: hashlib.sha256(package.read(name)).digest() for name in self._static}

    def of(self, record: Record, others: Sequence[Record] = (), before: Before = NOTHING_BEFORE) -> Expected:
        """Return what a pupil's document shows; raise ModelError, SettingsError.

        others: records that it holds besides, where the model says NEXT. before: what was merged until then.
        """
        values = (field_values(one, self._school) for one in (record, *others))
        return self._expected(values, record, before)

    def of_class(self, records: Sequence[Record]) -> Expected:
        """Return what a document about several pupils shows; raise ModelError, SettingsError."""
        return self._expected([class_values(records, self._school)], None)

    def spans(self, records: Sequence[Record], before: Before) -> Iterator[tuple[int, int]]:
        """Yield, for each document that the model makes of records, its first record and the one after its last."""
        values = (field_values(one, self._school) for one in records)
        for merged in self.model.documents(values, before=before):
            start = merged.number - before.records - 1
            yield start, start + len(merged.records)

    def prints(self, header: str, record: Record) -> bool:
        """Tell whether the model prints the cell under ``header`` as it is: a change of the cell is seen on the page.

        Looked at once for each header, with the first record that is asked about.
        """
        if header not in self._printed:
            position = record.header.positions[header]
            cells = (*record.cells[:position], _PROBE, *record.cells[position + 1 :])
            self._printed[header] = squeezed(_PROBE) in self.of(replace(record, cells=cells)).text
        return self._printed[header]

    def learned(self, record: Record, expected: Expected) -> Mapping[int, str]:
        """Return which values of the body are the score and levels as they stand in the source: position -> header.

        Word's fields do not say what they print: the cells of one record are changed in turn, to see. Looked
        at once for all records whose documents have the same text around the values.
        """
        shape = hash(tuple(_MARKED.sub(START, text) for text in expected.body.paragraphs))
        if shape not in self._learned and len(self._learned) < _MOST_SHAPES:
            self._learned[shape] = dict(self._moved_by_a_change(record, expected))
        return self._learned.get(shape, {})

    def _moved_by_a_change(self, record: Record, expected: Expected) -> Iterator[tuple[int, str]]:
        for header in (columns.PIX, columns.SCORE, *columns.COMPETENCE_CODES):
            text = record.text(header).strip()
            if not text.isdigit():
                continue
            other = str(int(text) + 1 if int(text) < 7 or len(text) > 1 else int(text) - 1)
            position = record.header.positions[header]
            cells = (*record.cells[:position], other, *record.cells[position + 1 :])
            values = self.of(replace(record, cells=cells)).stream.values
            if len(values) != len(expected.stream.values):
                continue
            for place, (before, after) in enumerate(zip(expected.stream.values, values, strict=True)):
                if (before.strip(), after.strip()) == (text, other):
                    yield place, header

    def _expected(
        self, values: Iterable[Mapping[str, object]], record: Record | None, before: Before = NOTHING_BEFORE
    ) -> Expected:
        merged = next(self.model.documents(values, before=before), None)
        if merged is None:  # SKIPIF: this record has no document
            return Expected(self.main, {}, {self.main: Story(())}, {}, (), 0)
        compiled = self.model.compiled_of(merged.variant)
        context = dict(merged.context)
        if record is not None:
            context |= named(context, record)
        with marking(compiled):
            rendered = self._rendered(compiled, context)
        emitted = {name: rendered[name] for name in compiled.parts if name in rendered}
        marked = {name: xml.decode() for name, xml in emitted.items()}
        stories = {name: read_story(xml) for name, xml in marked.items()} | self._static
        return Expected(
            self.main,
            {name: hashlib.sha256(unmarked(xml)).digest() for name, xml in emitted.items()} | self.static_digests,
            stories,
            {name: self._pictures(name, story, rendered) for name, story in stories.items() if story.pictures},
            tuple((kind, pages, self._target(rid, rendered)) for kind, pages, rid in references(marked[self.main])),
            sum(map(_own_pictures, marked.values())),
        )

    def _rendered(self, compiled: CompiledModel, context: Mapping[str, object]) -> Mapping[str, bytes]:
        try:
            return compiled.render_parts(context)
        except FAILURES as cause:
            raise self.model.failed(cause) from cause

    def _links(self, part: str, rendered: Mapping[str, bytes]) -> dict[str, str]:
        name = rels_name(part)
        package = self._compiled.package
        content = rendered.get(name) or (package.read(name) if name in package else b"")
        return links_of(content, posixpath.dirname(part))

    def _target(self, rid: str, rendered: Mapping[str, bytes]) -> str:
        return self._links(self.main, rendered).get(rid, "")

    def _pictures(self, part: str, story: Story, rendered: Mapping[str, bytes]) -> tuple[str, ...]:
        links = self._links(part, rendered)
        return tuple(self._digest(links.get(rid, ""), rendered) for rid in story.pictures)

    def _digest(self, name: str, rendered: Mapping[str, bytes]) -> str:
        package = self._compiled.package
        content = rendered.get(name) or (package.read(name) if name in package else b"")
        key = (name, len(content))
        if key not in self._digest_of_picture:
            self._digest_of_picture[key] = picture_digest(content) if content else ""
        return self._digest_of_picture[key]


def _own_pictures(xml: str) -> int:
    """Return how many pictures stand in values."""
    return sum(value.count("r:embed=") for value in _MARKED.findall(xml)) if "r:embed=" in xml else 0


def printed_directly(record: Record, header: str) -> str:
    """Return what a document should show of a cell, from the cell alone: a competence « - » shows as « – »."""
    text = record.text(header).strip()
    if header == columns.SCORE:
        text = record.text(columns.PIX).strip() or text
    if header in columns.COMPETENCE_CODES or header == columns.SCORE:
        return "–" if text == "-" else re.sub(r"[.,]0+$", "", text)
    return text


def _as_word_prints(text: str) -> frozenset[str]:
    """Return the forms of a level or a score in a Word field, which prints the cell: « - » too."""
    return frozenset({squeezed(text), squeezed("-") if text == "–" else squeezed(text)})


def wrong_slots(expectations: Expectations, record: Record, expected: Expected) -> list[Difference]:
    """Return what the model would print otherwise than the cells of the record have it: no common code is trusted."""
    slots = list(expected.slots())
    wrong = [
        Difference(printed_directly(record, header), value)
        for header, value in slots
        if squeezed(value) != squeezed(printed_directly(record, header))
    ]
    if expectations.model.kind in {"merge-fields", "mixed"}:
        shown = expected.stream.values
        wrong += [
            Difference(printed_directly(record, header), shown[place])
            for place, header in expectations.learned(record, expected).items()
            if squeezed(shown[place]) not in _as_word_prints(printed_directly(record, header))
        ]
    seen = {header for header, _ in slots}
    for header in (columns.LAST_NAME, columns.FIRST_NAME, columns.NUMBER):
        text = record.text(header).strip()
        if text and header not in seen and squeezed(text) not in expected.text and expectations.prints(header, record):
            wrong.append(Difference(text, ""))
    return wrong
