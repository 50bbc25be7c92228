"""What can be proved of a Jinja source, for all values: that it is well-formed, and that its tables keep their columns.

docxtpl parses each rendered body again, to give its tables as many columns as their rows have cells; its parser drops
in silence what stands in the wrong place. Here the branches and loops of a source are followed once, without values:

- every branch must leave the same elements open, every loop those it found, so that any rendering is well-formed;
- a table is left alone by ``fix_tables`` when no row can have more cells than the grid has columns, and one row that
  is always there spans them all. A loop that makes rows is taken to make one at least; when it makes none, its program
  says so (``told_empty``), and the proof does not count for that rendering.

Where the first proof fails, the model is wrong; where the second fails, docxtpl's own step runs on each rendering.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import Flag, auto

from jinja2 import nodes

_MANY = 1 << 30
_VALUE = "\N{OBJECT REPLACEMENT CHARACTER}"
MARKUP = re.compile(
    r"<!--.*?-->|<\?.*?\?>|<(?P<close>/?)(?P<name>[^\s/>!?]+)(?P<rest>[^<>]*?)(?P<empty>/?)>", re.DOTALL
)
_BEGUN = re.compile(r"<(\S+)\s")
_SPAN = re.compile(r'\sw:val="([^"]*)"')
NO_ROUND = "_no_round"
TEXT_ENDS = ("w:r", "w:t")


class UnprovableError(Exception):
    """Raised where the source cannot be followed: a filter block, a call block, another file."""


class UnbalancedError(Exception):
    """Raised where a branch or a loop does not leave open what it found open; holds the line of the tag."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


@dataclass(frozen=True, slots=True)
class Proof:
    """What was proved. well_formed, tables: for all values. texts: every value stands in the text of a run.

    reason: why a proof failed. line: of the tag that makes the source unbalanced, 0 = none does.
    """

    well_formed: bool = True
    tables: bool = True
    texts: bool = True
    reason: str = ""
    line: int = 0

    def is_slow(self, kind: str) -> bool:
        """Tell whether docxtpl's own last steps run on each rendering of a part of that kind."""
        return not self.well_formed or (kind == "body" and bool(self.reason))


@dataclass(frozen=True, slots=True)
class _Range:
    """How many there may be: at least, at most."""

    least: int = 0
    most: int = 0

    def __add__(self, other: _Range) -> _Range:
        return _Range(self.least + other.least, min(_MANY, self.most + other.most))

    def __or__(self, other: _Range) -> _Range:
        return _Range(min(self.least, other.least), max(self.most, other.most))

    def repeated(self, after: _Range) -> _Range:
        """Return the range after any number of rounds, each of which goes from this range to ``after``."""
        return self if after == self else _Range(min(self.least, after.least), _MANY)


@dataclass(frozen=True, slots=True)
class _Element:
    """An open element. cells, spans: of a row; spans: of a cell. grid: columns of a table, None without a grid.

    longest: most cells of a row of a table; spanned: columns that one of its rows spans for sure.
    """

    name: str
    cells: _Range = _Range()
    spans: _Range = _Range()
    grid: _Range | None = None
    longest: int = 0
    spanned: int = 0

    def merged(self, other: _Element) -> _Element:
        grid = self.grid | other.grid if self.grid and other.grid else None
        if (self.grid is None) != (other.grid is None):
            grid = _Range(0, _MANY)
        return _Element(
            self.name,
            self.cells | other.cells,
            self.spans | other.spans,
            grid,
            max(self.longest, other.longest),
            min(self.spanned, other.spanned),
        )

    def repeated(self, after: _Element) -> _Element:
        grid = self.grid if self.grid == after.grid else _Range(0, _MANY)
        return _Element(
            self.name,
            self.cells.repeated(after.cells),
            self.spans.repeated(after.spans),
            grid,
            max(self.longest, after.longest),
            min(self.spanned, after.spanned),
        )


@dataclass(frozen=True, slots=True)
class _State:
    """Where the reader of the XML is: the open elements, and the beginning of a tag that a value interrupts."""

    open: tuple[_Element, ...] = ()
    begun: str = ""

    @property
    def place(self) -> tuple[tuple[str, ...], str, bool]:
        """Return the names of the open elements, the name of the tag begun, and whether it stands in an attribute."""
        begun = _BEGUN.match(self.begun)
        return tuple(element.name for element in self.open), begun[1] if begun else self.begun, self.is_in_attribute

    @property
    def is_in_attribute(self) -> bool:
        return self.begun.count('"') % 2 == 1


@dataclass(slots=True)
class _Follower:
    """Follows a source through its branches; gathers what was not proved about tables and places of values."""

    tables: list[str] = field(default_factory=list)
    texts: bool = True

    def body(self, body: Iterable[nodes.Node], state: _State) -> _State:
        for node in body:
            state = self.node(node, state)
        return state

    def node(self, node: nodes.Node, state: _State) -> _State:
        if isinstance(node, nodes.Output):
            return self.output(node, state)
        if isinstance(node, nodes.If):
            return self.branches(node, state)
        if isinstance(node, nodes.For):
            return self.loop(node, state)
        if isinstance(node, nodes.With):
            return self.body(node.body, state)
        if isinstance(node, (nodes.Assign, nodes.AssignBlock, nodes.Macro, nodes.ExprStmt)):
            return state  # what a macro or a set block holds is looked at when it is printed
        raise UnprovableError(type(node).__name__)

    def output(self, node: nodes.Output, state: _State) -> _State:
        for child in node.nodes:
            if isinstance(child, nodes.TemplateData):
                state = self.text(child.data, state, child.lineno)
            elif state.begun and not state.is_in_attribute:
                raise UnprovableError("a value among attributes")
            elif state.begun:
                state = replace(state, begun=state.begun + _VALUE)
            elif tuple(element.name for element in state.open[-2:]) != TEXT_ENDS:
                self.texts = False
        return state

    def branches(self, node: nodes.If, state: _State) -> _State:
        ends = [self.body(branch, state) for branch in (node.body, *(one.body for one in node.elif_), node.else_)]
        merged = ends[0]
        for end in ends[1:]:
            merged = self.merge(merged, end, node.lineno, _Element.merged)
        return merged

    def loop(self, node: nodes.For, state: _State) -> _State:
        rounds, before = self.body(node.body, state) if _makes_rows(node) else state, None
        if rounds.place != state.place:
            raise UnbalancedError(node.lineno)
        while rounds != before:  # a round may start where another one ended
            before = rounds
            rounds = self.merge(before, self.body(node.body, before), node.lineno, _Element.repeated)
        if not node.else_:
            return rounds
        return self.merge(rounds, self.body(node.else_, state), node.lineno, _Element.merged)

    @staticmethod
    def merge(one: _State, other: _State, line: int, merged: Callable[[_Element, _Element], _Element]) -> _State:
        if one.place != other.place:
            raise UnbalancedError(line)
        elements = tuple(merged(a, b) for a, b in zip(one.open, other.open, strict=True))
        return _State(elements, one.begun if one.begun == other.begun else one.begun.rstrip(_VALUE) + _VALUE)

    def text(self, text: str, state: _State, line: int) -> _State:
        text, opened = state.begun + text, list(state.open)
        position = 0
        for found in MARKUP.finditer(text):
            if "<" in text[position : found.start()]:
                raise UnbalancedError(line + text.count("\n", 0, found.start()))
            position = found.end()
            if found["name"] is None:
                continue
            if not found["close"]:
                opened.append(_Element(found["name"]))
                self.opened(opened, found["rest"])
            if found["close"] or found["empty"]:
                if not opened or opened[-1].name != found["name"]:
                    raise UnbalancedError(line + text.count("\n", 0, found.start()))
                self.closed(opened)
        begun = text.find("<", position)
        return _State(tuple(opened), text[begun:] if begun >= 0 else "")

    @staticmethod
    def opened(opened: list[_Element], attributes: str) -> None:
        """Count what the last opened element is to those around it."""
        names = [element.name for element in opened[-3:]]
        if names[-2:] == ["w:tbl", "w:tblGrid"]:
            opened[-2] = replace(opened[-2], grid=_Range() if opened[-2].grid is None else _Range(0, _MANY))
        elif names == ["w:tbl", "w:tblGrid", "w:gridCol"] and opened[-3].grid is not None:
            opened[-3] = replace(opened[-3], grid=opened[-3].grid + _Range(1, 1))
        elif names[-1] == "w:tc":
            opened[-1] = replace(opened[-1], spans=_Range(1, 1))
        elif names == ["w:tc", "w:tcPr", "w:gridSpan"]:
            spans = _span(attributes)  # of several, docxtpl takes the first: longest tells that there was one
            opened[-3] = replace(opened[-3], spans=spans | opened[-3].spans if opened[-3].longest else spans, longest=1)

    def closed(self, opened: list[_Element]) -> None:
        """Close the last element, and count it where it stands."""
        element = opened.pop()
        if element.name == "w:tc" and opened and opened[-1].name == "w:tr":
            row = opened[-1]
            opened[-1] = replace(row, cells=row.cells + _Range(1, 1), spans=row.spans + element.spans)
        elif element.name == "w:tr":
            for place, table in enumerate(opened):
                if table.name == "w:tbl":
                    longest, spanned = max(table.longest, element.cells.most), max(table.spanned, element.spans.least)
                    opened[place] = replace(table, longest=longest, spanned=spanned)
        elif element.name == "w:tbl":
            self.close_table(element)

    def close_table(self, table: _Element) -> None:
        grid = table.grid
        if grid is None or grid == _Range():
            return  # docxtpl leaves a table without columns as it is
        if grid.least != grid.most or table.longest > grid.least or table.spanned < grid.most:
            self.tables.append("the number of cells depends on the values")


def _span(attributes: str) -> _Range:
    found = _SPAN.search(attributes)
    if found is None or not found[1].isdigit():
        return _Range(0, _MANY)
    return _Range(int(found[1]), int(found[1]))


def prove(tree: nodes.Template) -> Proof:
    """Return what holds for every rendering of a parsed part, whole from its root element on."""
    follower = _Follower()
    try:
        end = follower.body(tree.body, _State())
        if end.open or end.begun.strip():
            raise UnbalancedError(1)
    except UnprovableError as cause:
        return Proof(False, False, False, str(cause))
    except UnbalancedError as cause:
        return Proof(False, False, False, "unbalanced", cause.line)
    return Proof(tables=not follower.tables, texts=follower.texts, reason="".join(follower.tables[:1]))


def told_empty(loop: nodes.For) -> nodes.For:
    """Return a loop that prints ``NO_ROUND`` where it is to make rows and makes none."""
    if not _makes_rows(loop):
        return loop
    other = [*loop.else_, nodes.Output([nodes.Name(NO_ROUND, "load")], lineno=loop.lineno)]
    return nodes.For(loop.target, loop.iter, loop.body, other, loop.test, loop.recursive, lineno=loop.lineno)


def _makes_rows(loop: nodes.For) -> bool:
    texts = (data for part in loop.body for data in part.find_all(nodes.TemplateData))
    return any("</w:tr>" in data.data for data in texts)


class Markup(Flag):
    """What a value that brings XML of its own may do to a part.

    PLAIN: nothing. REOPENS: ends the text and the run that it stands in, and opens others, as a picture does.
    DRAWS: it holds a drawing. UNPROVED: it holds rows or cells, or does not leave open what it found.
    """

    PLAIN = 0
    REOPENS = auto()
    DRAWS = auto()
    UNPROVED = auto()
