"""The Jinja source of a part, read as its tags and statements: what stands at the top level, and what is conditional.

It is no XML while statements stand between its elements; but elements and blocks both nest, and depth is enough here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

TOKEN = re.compile(
    r"""(?P<output>\{\{.*?\}\})
      | \{%[-+]?\s*(?P<statement>\w+)(?P<rest>.*?)%\}
      | (?P<comment>\{\#.*?\#\}|<!--.*?-->|<\?.*?\?>)
      | <(?P<close>/?)(?P<name>[\w:.-]+)(?P<attributes>
          (?:\{\{.*?\}\}|\{%.*?%\}|"[^"]*"|'[^']*'|[^<>"'/]|/(?!>))*
        )(?P<empty>/?)>
    """,
    re.DOTALL | re.VERBOSE,
)
OPENS = frozenset({"if", "for", "macro", "call", "filter", "with", "raw", "autoescape", "block"})
TRANSPARENT = frozenset(
    {
        "w:bookmarkStart", "w:bookmarkEnd", "w:proofErr", "w:permStart", "w:permEnd", "w:commentRangeStart",
        "w:commentRangeEnd", "w:moveFromRangeStart", "w:moveFromRangeEnd", "w:moveToRangeStart", "w:moveToRangeEnd",
    }
)  # fmt: skip
"""Elements of the body that mark a place and print nothing."""


@dataclass(frozen=True, slots=True)
class Child:
    """An element at the top level of a source. start, end: its place. certain: it is there once for every record."""

    name: str
    start: int
    end: int
    certain: bool


def children(source: str) -> Iterator[Child]:
    """Yield the elements at the top level of ``source``, statements in between, in their order.

    An element that a statement opens or closes inside itself is certain as long as it stands outside any block. A value
    at the top level (a subdocument) has the name « {{ ».
    """
    blocks = depth = start = start_blocks = 0
    for token in TOKEN.finditer(source):
        if token["statement"]:
            blocks += block_step(token)
        elif token["output"] and depth == 0:
            yield Child("{{", token.start(), token.end(), blocks == 0)
        elif token["name"]:
            if not token["close"] and depth == 0:
                start, start_blocks = token.start(), blocks
            depth += _step(token)
            if depth == 0:
                yield Child(token["name"], start, token.end(), start_blocks == 0)


def first_paragraphs(source: str) -> Iterator[Child]:
    """Yield the paragraphs of which one is surely the first: those a statement decides on, then one that is certain.

    They may stand in tables; those inside another paragraph (a text box) do not count.
    """
    blocks, end = 0, 0
    for token in TOKEN.finditer(source):
        blocks += block_step(token) if token["statement"] else 0
        if token["name"] == "w:p" and not token["close"] and token.start() >= end:
            end = token.start() + next(children(source[token.start() :])).end
            yield Child("w:p", token.start(), end, blocks == 0)
            if not blocks:
                return


def last_paragraphs(source: str) -> list[Child]:
    """Return the paragraphs of which one surely ends ``source``, last first: the last of them alone is certain.

    Empty where that cannot be said: a table, a content control or a subdocument may come last.
    """
    found: list[Child] = []
    for child in reversed([child for child in children(source) if child.name not in TRANSPARENT]):
        if child.name != "w:p":
            return []
        found.append(child)
        if child.certain:
            return found
    return []


def block_step(token: re.Match[str]) -> int:
    """Return +1 for a statement that opens a block, -1 for one that closes one, else 0."""
    statement = token["statement"]
    if statement in OPENS or (statement == "set" and "=" not in token["rest"]):
        return 1
    return -1 if statement.startswith("end") else 0


def _step(token: re.Match[str]) -> int:
    return -1 if token["close"] else 0 if token["empty"] else 1
