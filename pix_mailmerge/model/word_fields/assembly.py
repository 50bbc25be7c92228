"""A part whose fields are marks, made text again: each mark becomes the expression of what it shows."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from pix_mailmerge.model.word_fields.nodes import Show
from pix_mailmerge.model.word_fields.parts import FIELD, FLAG, MARKS, ROW, PartFields, RowSteps
from pix_mailmerge.model.word_fields.tree import Element


def assembled(
    root: Element, number: int, shows: Sequence[Show], flags: Sequence[Sequence[int]], *, is_mended: bool
) -> PartFields:
    """Return the part as text, each mark as its expression.

    shows: what each mark stands for. flags: for each paragraph or table that may vanish the marks of its fields.
    """
    found = MARKS.split(etree.tostring(root, encoding="unicode"))
    return _Assembly(PartFields(number, found[:1], is_mended or len(found) > 1), shows).made(found, flags)


def row_key(position: int) -> int:
    """Return what stands, among the marks of a flag, for the row that is repeated for the list at ``position``."""
    return -1 - position


class _Assembly:
    """One pass over the marks. steps: mark -> its step; rows: those that are open."""

    def __init__(self, part: PartFields, shows: Sequence[Show]) -> None:
        self._part = part
        self._shows = shows
        self._steps: dict[int, int] = {}
        self._rows: list[RowSteps] = []

    def made(self, found: Sequence[str], flags: Sequence[Sequence[int]]) -> PartFields:
        for kind, marked, literal in zip(found[1::3], found[2::3], found[3::3], strict=True):
            self._part.pieces += (self._expression(kind, int(marked)), literal)
        self._part.flags = [tuple(self._steps[one] for one in marks if one in self._steps) for marks in flags]
        return self._part

    def _expression(self, kind: str, marked: int) -> str:
        part = self._part
        if kind == "p":
            return f"{{% if {FLAG}{part.number}[{marked}] %}}"
        if kind == "e":
            return "{% endif %}"
        if kind == "rowend":
            self._rows.pop()
            return "{% endfor %}"
        step = f"{FIELD}{part.number}[{len(part.steps)}]"
        if kind == "row":
            self._rows.append(RowSteps(marked))
            self._steps[row_key(marked)] = len(part.steps)
            part.steps.append(self._rows[-1])
            return f"{{% for {ROW} in {step} %}}"
        if self._rows:
            self._rows[-1].shows.append(self._shows[marked])
            return f"{{{{ {ROW}[{len(self._rows[-1].shows) - 1}] }}}}"
        self._steps[marked] = len(part.steps)
        part.steps.append(self._shows[marked])
        return f"{{{{ {step} }}}}"
