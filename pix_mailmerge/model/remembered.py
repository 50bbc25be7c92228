"""Rounds of a loop that are rendered once and remembered: what sixteen competences look like at seven levels each.

The round of a loop depends on the item of the loop and on the names it uses, where it does nothing but print, compare
and compute. A Level, which many records share, then gives bytes that are known. Whatever else a round may do (call,
set, draw a picture, ask for ``loop``), it is rendered each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from jinja2 import UndefinedError, nodes

from pix_mailmerge.model.printed import Level

MOST_ROUNDS = 2_048
"""Rounds of a loop that are remembered for the same values of the other names."""
MOST_LOOPS = 256
"""Loops, each with values of the other names, whose rounds are remembered."""
LONGEST_TEXT = 200
"""Characters of a text among the other names that rounds are remembered for."""
_PURE_FILTERS = frozenset(
    {"abs", "capitalize", "default", "float", "int", "length", "lower", "round", "title", "upper"}
)
_PURE_TESTS = frozenset({"defined", "undefined", "none", "number", "string", "eq", "ne", "lt", "le", "gt", "ge", "in"})
_PURE = (
    nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.If, nodes.CondExpr, nodes.Compare,
    nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Neg, nodes.Pos, nodes.Add, nodes.Sub, nodes.Mul, nodes.Div,
    nodes.FloorDiv, nodes.Mod, nodes.Concat, nodes.Keyword, nodes.Pair, nodes.Tuple, nodes.List,
)  # fmt: skip


def remembered_loops(outer: nodes.For) -> Iterator[tuple[nodes.For, tuple[str, ...]]]:
    """Yield the loops whose rounds may be remembered, of ``outer`` and those in it, and the names besides its item that
    each depends on: nothing that ``outer`` changes.
    """
    bound = {name.name for name in outer.find_all(nodes.Name) if name.ctx != "load"}
    bound |= {macro.name for macro in outer.find_all(nodes.Macro)}
    for loop in (outer, *outer.find_all(nodes.For)):
        names = names_of_round(loop)
        if names is not None and bound.isdisjoint(names):
            yield loop, names


def names_of_round(loop: nodes.For) -> tuple[str, ...] | None:
    """Return the names besides its item that a round of ``loop`` depends on; None when it may depend on more."""
    if not isinstance(loop.target, nodes.Name) or loop.recursive:
        return None
    found: dict[str, None] = {}
    for statement in loop.body:
        for node in (statement, *statement.find_all(nodes.Node)):
            if not _is_pure(node):
                return None
            if isinstance(node, nodes.Name):
                found[node.name] = None
    return None if "loop" in found else tuple(name for name in found if name != loop.target.name)


def _is_pure(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Name):
        return node.ctx == "load"
    if isinstance(node, nodes.Getattr):
        return isinstance(node.node, nodes.Name) and not node.attr.startswith("_")
    if isinstance(node, nodes.Filter):
        return node.name in _PURE_FILTERS
    if isinstance(node, nodes.Test):
        return node.name in _PURE_TESTS
    return isinstance(node, _PURE)


class Known(dict[int, bytes]):
    """Item of a loop, by its ``id``, -> what its round prints. The items stay alive, so that ids remain theirs."""

    def __init__(self, *, forgets: bool = False) -> None:
        super().__init__()
        self._items: list[Level] = []
        self._forgets = forgets

    def kept(self, item: object, pieces: Iterable[bytes]) -> bytes:
        """Return what a round prints, remembered where that depends on nothing else."""
        printed = b"".join(pieces)
        if type(item) is Level and not self._forgets and len(self) < MOST_ROUNDS:
            self[id(item)] = printed
            self._items.append(item)
        return printed


class Rounds:
    """What is known of the loops of some programs; its length is the number of rounds."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], Known] = {}

    def __len__(self) -> int:
        return sum(map(len, self._known.values()))

    def known(self, loop: int, values: Sequence[object]) -> Known:
        """Return the rounds known of a loop for values of the other names that it uses."""
        try:
            return self._known[loop, *values, *map(type, values)]
        except (KeyError, TypeError, UndefinedError):  # not known yet, or what cannot be: a list, an unknown value
            return self._new(loop, values)

    def _new(self, loop: int, values: Sequence[object]) -> Known:
        if not all(map(_is_plain, values)):
            return Known(forgets=True)
        if len(self._known) >= MOST_LOOPS:
            self._known.clear()
        found = self._known[loop, *values, *map(type, values)] = Known()
        return found


def _is_plain(value: object) -> bool:
    """Tell whether a value prints alike whenever it is equal: an exact text, whole number or nothing."""
    kind = type(value)
    return kind is int or value is None or (kind is str and len(value) <= LONGEST_TEXT)  # type: ignore[arg-type]
