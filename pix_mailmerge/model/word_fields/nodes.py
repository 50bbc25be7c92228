"""What each code shows: the nodes that fields are compiled to. A node reads the state of a merge; some change it."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pix_mailmerge.model.media import Framed
from pix_mailmerge.model.word_fields.formats import Formats, plain_text
from pix_mailmerge.model.word_fields.formulas import Formula, evaluate
from pix_mailmerge.model.word_fields.functions import FormulaError
from pix_mailmerge.model.word_fields.language import Language
from pix_mailmerge.model.word_fields.numbers import parse_number, plain_number
from pix_mailmerge.model.word_fields.runs import RunWriter, Segment, shown
from pix_mailmerge.model.word_fields.state import MergeState, SkipRecordError
from pix_mailmerge.problems import ModelError, Place, Problem, error

FORMULA_PLACES = 2
"""Decimals of a formula without a picture: { =1/3 } shows 0.33."""

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
        return lambda state: _written(writer, self.segments(state), last_look, one_paragraph)


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

    def text(self, state: MergeState) -> str:
        if self._text is not None:
            return self._text
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


class MergeField(Node):
    """MERGEFIELD. position: of its name among those asked for; ``name`` computes it where it is itself a field.

    before, after: ``\\b`` and ``\\f``, shown when the value is not blank.
    """

    def __init__(
        self, position: int, formats: Formats, look: str, before: Content, after: Content, name: Node | None = None
    ) -> None:
        self.position = position
        self._formats = formats
        self._look = look
        self._before, self._after = before, after
        self._name = name

    def value(self, state: MergeState) -> object:
        if self._name is not None:
            return state.value(self._name.text(state))
        return state.row[self.position]

    def segments(self, state: MergeState) -> list[Segment]:
        value = self.value(state)
        if hasattr(value, "__html__"):
            middle = [Segment("picture", self._look, value)]
        else:
            text = self._formats.write(value)
            if not text:
                return []
            middle = [Segment("text", self._look, text)]
        return [*self._before.segments(state), *middle, *self._after.segments(state)]

    def text(self, state: MergeState) -> str:
        value = self.value(state)
        text = "" if hasattr(value, "__html__") else self._formats.write(value)
        return f"{self._before.text(state)}{text}{self._after.text(state)}" if text else ""

    def show(self, writer: RunWriter, last_look: str, *, one_paragraph: bool) -> Show:
        if self._before.constant != [] or self._after.constant != [] or self._name is not None:
            return super().show(writer, last_look, one_paragraph=one_paragraph)
        return self._show_plain(writer) if self._formats.is_plain else self._show_formatted(writer)

    def _show_plain(self, writer: RunWriter) -> Show:
        position, look, language, run = self.position, self._look, self._formats.language, writer.run

        def show(state: MergeState) -> str | Late:
            value = state.row[position]
            if type(value) is str:
                return run(value, look)
            if hasattr(value, "__html__"):
                return _picture(writer, look, value)
            return run(plain_text(value, language), look)

        return show

    def _show_formatted(self, writer: RunWriter) -> Show:
        position, look, write, run = self.position, self._look, self._formats.write, writer.run

        def show(state: MergeState) -> str | Late:
            value = state.row[position]
            if hasattr(value, "__html__"):
                return _picture(writer, look, value)
            return run(write(value), look)

        return show


def _picture(writer: RunWriter, look: str, value: object) -> Late:
    before, after = writer.around(look)
    return Late(lambda: f"{before}{value.__html__()}{after}", (look, value))  # type: ignore[attr-defined]


class Counter(Node):
    """MERGEREC and MERGESEQ."""

    def __init__(self, count: Callable[[MergeState], int], style: Style, look: str) -> None:
        self._count, self._style, self._look = count, style, look

    def segments(self, state: MergeState) -> list[Segment]:
        return self._style.applied([Segment("text", self._look, str(self._count(state)))])


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two expressions and an operator. pattern: the second one as an expression, where it has wildcards."""

    left: Node
    operator: str
    right: Node
    language: Language
    pattern: Callable[[MergeState], re.Pattern[str]] | None = None

    def holds(self, state: MergeState) -> bool:
        """Tell whether the comparison is true: of numbers when both sides are, of text otherwise."""
        left = self.left.text(state)
        if self.pattern is not None:
            return (self.pattern(state).fullmatch(left) is not None) == (self.operator == "=")
        right = self.right.text(state)
        numbers = self._numbers(left, right)
        return _HOLDS[self.operator](*numbers) if numbers else _HOLDS[self.operator](left, right)

    def _numbers(self, left: str, right: str) -> tuple[Decimal, Decimal] | None:
        """Return both sides as numbers; arithmetic (« 2 + 3 ») counts only beside a number: « 3-1 » may be a class."""
        one, other = parse_number(left, self.language), parse_number(right, self.language)
        if one is None and other is not None:
            one = evaluate(left, self.language)
        elif other is None and one is not None:
            other = evaluate(right, self.language)
        return None if one is None or other is None else (one, other)


_HOLDS: dict[str, Callable[[object, object], bool]] = {
    "=": lambda left, right: left == right,
    "<>": lambda left, right: left != right,
    "<": lambda left, right: left < right,  # type: ignore[operator]
    "<=": lambda left, right: left <= right,  # type: ignore[operator]
    ">": lambda left, right: left > right,  # type: ignore[operator]
    ">=": lambda left, right: left >= right,  # type: ignore[operator]
}


class If(Node):
    """IF: one of two contents."""

    def __init__(self, comparison: Comparison, yes: Node, no: Node, style: Style) -> None:
        self._comparison = comparison
        self._yes, self._no = yes, no
        self._style = style

    def segments(self, state: MergeState) -> list[Segment]:
        return self._style.applied((self._yes if self._comparison.holds(state) else self._no).segments(state))

    def show(self, writer: RunWriter, last_look: str, *, one_paragraph: bool) -> Show:
        """Write a branch that does not depend on the record once and for all."""
        yes, no = (
            self._branch(branch, writer, last_look, one_paragraph=one_paragraph) for branch in (self._yes, self._no)
        )
        holds = self._comparison.holds
        return lambda state: (yes if holds(state) else no)(state)

    def _branch(self, branch: Node, writer: RunWriter, last_look: str, *, one_paragraph: bool) -> Show:
        style = self._style
        if isinstance(branch, Content) and branch.constant is not None:
            written = writer.write(style.applied(branch.constant), last_look, one_paragraph=one_paragraph)
            return lambda state: written
        return lambda state: _written(writer, style.applied(branch.segments(state)), last_look, one_paragraph)


class Compare(Node):
    """COMPARE: 1 or 0."""

    def __init__(self, comparison: Comparison, style: Style, look: str) -> None:
        self._comparison, self._style, self._look = comparison, style, look

    def segments(self, state: MergeState) -> list[Segment]:
        return self._style.applied([Segment("text", self._look, str(int(self._comparison.holds(state))))])


class Compute(Node):
    """A formula. place, code: where it stands and how it is typed, for the problem where it cannot be computed."""

    def __init__(self, formula: Formula, formats: Formats, look: str, place: Place, code: str) -> None:
        self._formula, self._formats, self._look = formula, formats, look
        self._place, self._code = place, code

    def segments(self, state: MergeState) -> list[Segment]:
        return [Segment("text", self._look, self.text(state))]

    def text(self, state: MergeState) -> str:
        try:
            number = self._formula.value(state, lambda name: _bookmarked(state, name))
        except FormulaError as cause:
            if state.strict:
                raise ModelError(_failed(self._code, str(cause), self._place)) from cause
            return str(cause)
        formats = self._formats
        text = (
            formats.number.write(number) if formats.number else plain_number(number, formats.language, FORMULA_PLACES)
        )
        for change in formats.texts:
            text = change(text)
        return text


class Next(Node):
    """NEXT, and NEXTIF with a comparison: shows nothing, goes to the next record."""

    def __init__(self, comparison: Comparison | None = None) -> None:
        self._comparison = comparison

    def segments(self, state: MergeState) -> list[Segment]:
        if self._comparison is None or self._comparison.holds(state):
            state.advance()
        return []


class SkipIf(Node):
    """SKIPIF: no document for this record."""

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison

    def segments(self, state: MergeState) -> list[Segment]:
        if self._comparison.holds(state):
            raise SkipRecordError
        return []


class SetBookmark(Node):
    """SET: shows nothing, gives a bookmark its content."""

    def __init__(self, name: str, content: Node) -> None:
        self._name, self._content = name.casefold(), content

    def segments(self, state: MergeState) -> list[Segment]:
        state.bookmarks[self._name] = self._content.segments(state)
        return []


class Reference(Node):
    """REF, or the bookmark's name alone."""

    def __init__(self, name: str, style: Style) -> None:
        self._name, self._style = name.casefold(), style

    def segments(self, state: MergeState) -> list[Segment]:
        return self._style.applied(state.bookmarks.get(self._name, []))


class Quote(Node):
    """QUOTE: its content."""

    def __init__(self, content: Node, style: Style) -> None:
        self._content, self._style = content, style

    def segments(self, state: MergeState) -> list[Segment]:
        return self._style.applied(self._content.segments(state))


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


def _written(writer: RunWriter, segments: list[Segment], last_look: str, one_paragraph: bool) -> str | Late:
    """Return segments as XML, later where they hold a picture."""
    if any(one.kind == "picture" for one in segments):
        return Late(lambda: writer.write(segments, last_look, one_paragraph=one_paragraph), tuple(segments))
    return writer.write(segments, last_look, one_paragraph=one_paragraph)


def _bookmarked(state: MergeState, name: str) -> str | None:
    segments = state.bookmarks.get(name.casefold())
    return None if segments is None else shown(segments)


def _failed(code: str, cause: str, place: Place) -> Problem:
    what = f"La formule « {code.strip()} » ne peut pas être calculée pour cet enregistrement ({cause})."
    return error("model.field-formula", what, "Corrigez la formule, ou la donnée qu’elle utilise.", place)
