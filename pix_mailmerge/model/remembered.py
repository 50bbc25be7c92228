"""Rounds of a loop that are rendered once and remembered: what sixteen competences look like at seven levels each.

The round of a loop depends on the item of the loop and on the names it uses, where it does nothing but print, compare
and compute. An item that is shared by many records (a Level, a short text, a number) then gives bytes that are known.
Whatever else a round may do (call, set, draw a picture, ask for ``loop``), it is rendered each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from jinja2 import nodes

from pix_mailmerge.model.printed import Level

MOST_ROUNDS = 4_096
LONGEST_TEXT = 200
"""Characters of a text that a round is remembered for."""
_PURE_FILTERS = frozenset(
    {"abs", "capitalize", "default", "float", "int", "length", "lower", "round", "title", "upper"}
)
_PURE_TESTS = frozenset({"defined", "undefined", "none", "number", "string", "eq", "ne", "lt", "le", "gt", "ge", "in"})
_PURE = (
    nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.If, nodes.CondExpr, nodes.Compare,
    nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Neg, nodes.Pos, nodes.Add, nodes.Sub, nodes.Mul, nodes.Div,
    nodes.FloorDiv, nodes.Mod, nodes.Concat, nodes.Keyword, nodes.Pair, nodes.Tuple, nodes.List,
)  # fmt: skip

Key = tuple[object, ...]


def names_of_round(loop: nodes.For) -> tuple[str, ...] | None:
    """Return the names that a round of ``loop`` depends on, its item first; None when it may depend on more."""
    if not isinstance(loop.target, nodes.Name) or loop.recursive:
        return None
    item = loop.target.name
    found: dict[str, None] = {item: None}
    for statement in loop.body:
        for node in (statement, *statement.find_all(nodes.Node)):
            if not _is_pure(node):
                return None
            if isinstance(node, nodes.Name):
                found[node.name] = None
    return None if "loop" in found else tuple(found)


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


class Rounds(dict[Key, bytes]):
    """Key of a round -> what it printed; the items are kept, so that they are what their keys say."""

    def __init__(self) -> None:
        super().__init__()
        self._items: list[object] = []

    @staticmethod
    def key(loop: int, values: Sequence[object]) -> Key | None:
        """Return the key of the round of a loop for values, the item first; None when it is not to be remembered."""
        item, others = values[0], values[1:]
        kind = type(item)
        if kind is Level:
            item = id(item)
        elif not _is_plain(item):
            return None
        for other in others:
            if not _is_plain(other):
                return None
        return (loop, kind, item, *others)

    def keep(self, key: Key | None, item: object, pieces: Iterable[bytes]) -> bytes:
        """Return what a round prints, remembered where it has a key."""
        printed = b"".join(pieces)
        if key is not None:
            if len(self) >= MOST_ROUNDS:
                self.clear()
                self._items.clear()
            self[key] = printed
            self._items.append(item)
        return printed


def _is_plain(value: object) -> bool:
    """Tell whether a value prints alike whenever it is equal: an exact text, whole number or nothing."""
    kind = type(value)
    return kind is int or value is None or (kind is str and len(value) <= LONGEST_TEXT)  # type: ignore[arg-type]
