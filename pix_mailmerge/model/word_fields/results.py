"""What each code shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from pix_mailmerge.model.word_fields.formats import Formats, plain_text
from pix_mailmerge.model.word_fields.formulas import Formula, evaluate
from pix_mailmerge.model.word_fields.functions import FormulaError
from pix_mailmerge.model.word_fields.language import Language
from pix_mailmerge.model.word_fields.nodes import Content, Late, Node, Show, Style, written
from pix_mailmerge.model.word_fields.numbers import parse_number, plain_number
from pix_mailmerge.model.word_fields.problems import failed_formula, too_large
from pix_mailmerge.model.word_fields.runs import RunWriter, Segment, shown
from pix_mailmerge.model.word_fields.state import MergeState, SkipRecordError
from pix_mailmerge.problems import ModelError, Place

MOST_SEGMENTS, MOST_CHARACTERS = 10_000, 1_000_000
"""What one bookmark may hold."""
MOST_KNOWN = 50
"""Texts of a field whose runs are kept."""
FORMULA_PLACES = 2
"""Decimals of a formula without a picture: { =1/3 } shows 0.33."""


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
        self._is_bare = formats.is_plain and before.constant == after.constant == []

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
        if type(value) is str and self._is_bare:
            return value
        text = "" if hasattr(value, "__html__") else self._formats.write(value)
        return f"{self._before.text(state)}{text}{self._after.text(state)}" if text else ""

    def show(self, writer: RunWriter, last_look: str, *, one_paragraph: bool) -> Show:
        if self._before.constant != [] or self._after.constant != [] or self._name is not None:
            return super().show(writer, last_look, one_paragraph=one_paragraph)
        return self._show_plain(writer) if self._formats.is_plain else self._show_formatted(writer)

    def _show_plain(self, writer: RunWriter) -> Show:
        position, look, language, run = self.position, self._look, self._formats.language, writer.run
        known: dict[str, str] = {}  # levels, dates, classes: most fields show the same few texts again and again

        def show(state: MergeState) -> str | Late:
            value = state.row[position]
            if type(value) is str:
                shown = known.get(value)
                if shown is None:
                    shown = run(value, look)
                    if len(known) < MOST_KNOWN:
                        known[value] = shown
                return shown
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
        count = self._count(state)
        return self._style.applied([Segment("text", self._look, str(count))]) if count else []


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
        return _holds(left, self.operator, self.right.text(state), self.language)


@lru_cache(maxsize=8192)
def _holds(left: str, operator: str, right: str, language: Language) -> bool:
    """Compare two texts; remembered, since a model compares the same levels and words all day long."""
    numbers = _numbers(left, right, language)
    return _HOLDS[operator](*numbers) if numbers else _HOLDS[operator](left, right)


def _numbers(left: str, right: str, language: Language) -> tuple[Decimal, Decimal] | None:
    """Return both sides as numbers; arithmetic (« 2 + 3 ») counts only beside a number: « 3-1 » may be a class."""
    one, other = parse_number(left, language), parse_number(right, language)
    if one is None and other is not None:
        one = evaluate(left, language)
    elif other is None and one is not None:
        other = evaluate(right, language)
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
            constant = writer.write(style.applied(branch.constant), last_look, one_paragraph=one_paragraph)
            return lambda state: constant
        if style.is_plain:
            return branch.show(writer, last_look, one_paragraph=one_paragraph)
        return lambda state: written(writer, style.applied(branch.segments(state)), last_look, one_paragraph)


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
                raise ModelError(failed_formula(self._code, str(cause), self._place)) from cause
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
    """SET: shows nothing, gives a bookmark its content. place: where it stands, for the problem where it grows."""

    def __init__(self, name: str, content: Node, place: Place) -> None:
        self._name, self._content, self._place = name.casefold(), content, place

    def segments(self, state: MergeState) -> list[Segment]:
        """Raise ModelError for a content that no document needs: « SET x x x », again and again, doubles each time."""
        held = self._content.segments(state)
        if len(held) > MOST_SEGMENTS or sum(len(one.data) for one in held if one.kind == "text") > MOST_CHARACTERS:
            raise ModelError(too_large(self._name, self._place))
        state.bookmarks[self._name] = held
        return []


class Quote(Node):
    """QUOTE: its content."""

    def __init__(self, content: Node, style: Style) -> None:
        self._content, self._style = content, style

    def segments(self, state: MergeState) -> list[Segment]:
        return self._style.applied(self._content.segments(state))


def _bookmarked(state: MergeState, name: str) -> str | None:
    segments = state.bookmarks.get(name.casefold())
    return None if segments is None else shown(segments)
