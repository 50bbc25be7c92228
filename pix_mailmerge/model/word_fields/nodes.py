"""What each code shows: the nodes that fields are compiled to. A node reads the state of a merge; some change it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pix_mailmerge.model.media import Framed
from pix_mailmerge.model.word_fields.formats import Formats
from pix_mailmerge.model.word_fields.runs import RunWriter, Segment, shown
from pix_mailmerge.model.word_fields.state import MergeState

Show = Callable[[MergeState], "str | Late | Framed"]


class Late:
    """A result that holds a picture: written when the part it stands in is rendered, since it adds to that part."""

    def __init__(self, write: Callable[[], str], key: object) -> None:
        self._write = write
        self._key = key

    def __html__(self) -> str:
        return self._write()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Late) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)


class Node(ABC):
    """A compiled field. is_live: left to Word, which alone can compute it (PAGE, a comparison with PAGE…)."""

    is_live = False

    @abstractmethod
    def segments(self, state: MergeState) -> list[Segment]:
        """Return what the field shows."""

    def text(self, state: MergeState) -> str:
        """Return what the field shows as text, as another field compares it or reckons with it."""
        return shown(self.segments(state))

    def show(self, writer: RunWriter, last_look: str, *, one_paragraph: bool) -> Show:
        """Return what writes the field as it stands in a paragraph (see RunWriter.write)."""
        return lambda state: written(writer, self.segments(state), last_look, one_paragraph)


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """XML inside a result, with the fields and paragraphs that it holds."""

    pieces: tuple[str | Show, ...]

    def write(self, state: MergeState) -> str:
        return "".join(piece if isinstance(piece, str) else str(piece(state)) for piece in self.pieces)


Item = Segment | Node | tuple[str, str, Template]
"""A constant segment, a nested field, or the kind and look of a segment whose XML holds fields."""


class Content(Node):
    """An argument: text, tabs, paragraphs, fields. constant: its segments, None where they depend on the record."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = tuple(items)
        constant = [item for item in self._items if isinstance(item, Segment)]
        self.constant: list[Segment] | None = constant if len(constant) == len(self._items) else None
        self._text = shown(constant) if self.constant is not None else None
        self.is_live = False

    @property
    def nodes(self) -> tuple[Node, ...]:
        return tuple(item for item in self._items if isinstance(item, Node))

    def segments(self, state: MergeState) -> list[Segment]:
        if self.constant is not None:
            return self.constant
        segments: list[Segment] = []
        for item in self._items:
            if isinstance(item, Segment):
                segments.append(item)
            elif isinstance(item, Node):
                segments += item.segments(state)
            else:
                kind, look, template = item
                segments.append(Segment(kind, look, template.write(state)))  # type: ignore[arg-type]
        return segments

    def show(self, writer: RunWriter, last_look: str, *, one_paragraph: bool) -> Show:
        """Write what is constant once and for all, where no paragraph ends between the fields."""
        pieces: list[str | Show] = []
        for item in self._items:
            if isinstance(item, Segment) and item.kind not in ("mark", "block"):
                pieces.append(writer.write([item]))
            elif isinstance(item, Node):
                pieces.append(item.show(writer, last_look, one_paragraph=one_paragraph))
            else:
                return super().show(writer, last_look, one_paragraph=one_paragraph)
        return pieces[0] if len(pieces) == 1 and not isinstance(pieces[0], str) else _shown_together(pieces)

    def text(self, state: MergeState) -> str:
        if self._text is not None:
            return self._text
        if len(self._items) == 1 and isinstance(self._items[0], Node):
            return self._items[0].text(state)
        return "".join(
            item.text(state) if isinstance(item, Node) else shown([item]) if isinstance(item, Segment) else ""
            for item in self._items
        )


@dataclass(frozen=True, slots=True)
class Style:
    """How a result looks: text formats, and the look that MERGEFORMAT or CHARFORMAT gives to all of it (None = its
    own, piece by piece)."""

    formats: Formats
    look: str | None = None

    @property
    def is_plain(self) -> bool:
        """True where it changes nothing."""
        return self.look is None and self.formats.is_plain

    def applied(self, segments: list[Segment]) -> list[Segment]:
        """Return a result in this style."""
        if self.look is not None:
            segments = [one._replace(look=self.look) if one.kind in ("text", "child") else one for one in segments]
        return segments if self.formats.is_plain else self._formatted(segments)

    def _formatted(self, segments: list[Segment]) -> list[Segment]:
        """Format the text as a whole, and cut it where it was cut if it is as long as before."""
        places = [position for position, one in enumerate(segments) if one.kind == "text"]
        before = "".join(segments[position].data for position in places)
        after = self.formats.write_text(before)
        if not places or after == before:
            return segments
        changed = list(segments)
        start = 0
        for position in places:
            size = len(segments[position].data) if len(after) == len(before) else len(after) - start
            changed[position] = segments[position]._replace(data=after[start : start + size])
            start += size
        return changed


class Reference(Node):
    """REF, or the bookmark's name alone."""

    def __init__(self, name: str, style: Style) -> None:
        self._name, self._style = name.casefold(), style

    def segments(self, state: MergeState) -> list[Segment]:
        return self._style.applied(state.bookmarks.get(self._name, []))


class Kept(Node):
    """A field left to Word inside a result: its XML as it stands, and the text that Word last gave it."""

    is_live = True

    def __init__(self, template: Template | None, last: str, look: str) -> None:
        self._template, self._last, self._look = template, last, look

    def segments(self, state: MergeState) -> list[Segment]:
        if self._template is None:  # it spans paragraphs
            return [Segment("text", self._look, self._last)] if self._last else []
        return [Segment("run", "", self._template.write(state))]

    def text(self, state: MergeState) -> str:
        return self._last


def _shown_together(pieces: Sequence[str | Show]) -> Show:
    def show(state: MergeState) -> str | Late:
        parts = [piece if isinstance(piece, str) else piece(state) for piece in pieces]
        try:
            return "".join(parts)  # type: ignore[arg-type]
        except TypeError:  # a picture among them
            return Late(lambda: "".join(one if isinstance(one, str) else one.__html__() for one in parts), tuple(parts))

    return show


def written(writer: RunWriter, segments: list[Segment], last_look: str, one_paragraph: bool) -> str | Late:
    """Return segments as XML, later where they hold a picture."""
    if any(one.kind == "picture" for one in segments):
        return Late(lambda: writer.write(segments, last_look, one_paragraph=one_paragraph), tuple(segments))
    return writer.write(segments, last_look, one_paragraph=one_paragraph)
