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

    An element that a statement opens or closes inside itself is certain as long as it stands outside any block.
    """
    blocks = depth = start = start_blocks = 0
    for token in TOKEN.finditer(source):
        if token["statement"]:
            blocks += block_step(token)
        elif token["name"]:
            if not token["close"] and depth == 0:
                start, start_blocks = token.start(), blocks
            depth += _step(token)
            if depth == 0:
                yield Child(token["name"], start, token.end(), start_blocks == 0)


def first_paragraph(source: str) -> int | None:
    """Return where the first paragraph of ``source`` begins, in whatever table; None when a statement decides on it."""
    blocks = 0
    for token in TOKEN.finditer(source):
        blocks += block_step(token) if token["statement"] else 0
        if token["name"] == "w:p":
            return None if blocks else token.start()
    return None


def element_end(source: str, start: int) -> int:
    """Return where the element that begins at ``start`` ends."""
    return start + next(children(source[start:])).end


def block_step(token: re.Match[str]) -> int:
    """Return +1 for a statement that opens a block, -1 for one that closes one, else 0."""
    statement = token["statement"]
    if statement in OPENS or (statement == "set" and "=" not in token["rest"]):
        return 1
    return -1 if statement.startswith("end") else 0


def is_blank(source: str) -> bool:
    """Tell whether ``source`` holds nothing that prints or decides: blanks and transparent marks at most."""
    left = TOKEN.sub(lambda token: "" if token["comment"] or token["name"] in TRANSPARENT else token[0], source)
    return not left.strip()


def _step(token: re.Match[str]) -> int:
    return -1 if token["close"] else 0 if token["empty"] else 1
