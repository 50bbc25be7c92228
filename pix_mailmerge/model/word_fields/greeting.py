"""GREETINGLINE: « Madame Martin, » made of the columns that Word takes for title, first name and last name.

The switch ``\\f`` holds groups: ``<<_BEFORE_ Dear >><<_TITLE0_>><< _LAST0_>><<_AFTER_ ,>>``; a group is shown when its
name has a value. Where a name is blank, ``\\e`` stands for the whole line. Source: [MS-OI29500], 17.16.5.24.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from pix_mailmerge.model.word_fields.formats import plain_text
from pix_mailmerge.model.word_fields.language import Language
from pix_mailmerge.model.word_fields.nodes import Node
from pix_mailmerge.model.word_fields.runs import Segment
from pix_mailmerge.model.word_fields.state import MergeState

MAPPED = {
    "_TITLE0_": "Courtesy Title",
    "_NICK0_": "Nickname",
    "_FIRST0_": "First Name",
    "_MIDDLE0_": "Middle Name",
    "_LAST0_": "Last Name",
    "_SUFFIX0_": "Suffix",
    "_COMPANY_": "Company",
    "_TITLE1_": "Spouse/Partner Courtesy Title",
    "_FIRST1_": "Spouse/Partner First Name",
    "_LAST1_": "Spouse/Partner Last Name",
}
_NEEDED = frozenset({"_TITLE0_", "_NICK0_", "_FIRST0_", "_LAST0_"})
_GROUP = re.compile(r"<<(.*?)>>", re.DOTALL)
_NAME = re.compile(r"_[A-Z]+[01]?_")


@dataclass(frozen=True, slots=True)
class _Group:
    """One group. position: of its name among those asked for, None for constant text."""

    before: str
    position: int | None
    after: str
    needed: bool


class Greeting(Node):
    """The greeting of one person. ask: registers a mapped name, returns its position among those asked for."""

    def __init__(self, pattern: str, otherwise: str, ask: Callable[[str], int], language: Language, look: str) -> None:
        self._otherwise, self._language, self._look = otherwise, language, look
        self._lead, self._end = "", ""
        self._groups: list[_Group] = []
        for match in _GROUP.finditer(pattern):
            self._add(match[1], ask)

    def _add(self, group: str, ask: Callable[[str], int]) -> None:
        name = _NAME.search(group)
        before, after = (group[: name.start()], group[name.end() :]) if name else (group, "")
        if name and name[0] == "_BEFORE_":
            self._lead += after.removeprefix(" ")
        elif name and name[0] == "_AFTER_":
            self._end += after.removeprefix(" ")
        elif name and name[0] in MAPPED:
            self._groups.append(_Group(before, ask(MAPPED[name[0]]), after, name[0] in _NEEDED))
        else:
            self._groups.append(_Group(before + after, None, "", False))

    def segments(self, state: MergeState) -> list[Segment]:
        text = self.text(state)
        return [Segment("text", self._look, text)] if text else []

    def text(self, state: MergeState) -> str:
        written = []
        for group in self._groups:
            value = "" if group.position is None else plain_text(state.row[group.position], self._language).strip()
            if group.needed and not value:
                return self._impersonal
            if value or group.position is None:
                written.append(f"{group.before}{value}{group.after}")
        return self._lead + " ".join("".join(written).split()) + self._end

    @property
    def _impersonal(self) -> str:
        """Return the greeting of nobody; a text without its beginning and its punctuation stands for the name alone."""
        text, lead, end = self._otherwise, self._lead.strip(), self._end.strip()
        is_whole = not text or (lead and text.startswith(lead)) or (end and text.endswith(end)) or not (lead or end)
        return text if is_whole else f"{self._lead}{text}{self._end}"
