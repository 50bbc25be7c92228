"""What was expected beside what was found; pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import pairwise, zip_longest

from pix_mailmerge.destination.verification.texts import (
    PAGE_BREAK,
    Story,
    Stream,
    form_of,
    loose,
    plain,
    rare_letters,
    squeezed,
    values_of,
    without_rare,
)

LEFT, RIGHT = 10, 6
"""Characters of the model's own text, on both sides of a value, by which its place on a page is known."""


SHORTEST = 5
"""Letters and digits of the shortest number that tells a pupil from the others; a name has one more."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it should be. is_value: it is a value of the record, not the model's own text."""

    expected: str
    found: str
    is_value: bool = True

    @property
    def breaks_page(self) -> bool:
        """Tell whether a page begins where none should, or none where one should."""
        return self.expected.count(PAGE_BREAK) != self.found.count(PAGE_BREAK)


def differences(expected: Sequence[str], found: Sequence[str]) -> list[Difference]:
    """Return how the paragraphs found differ from those expected, values marked."""
    wanted, texts = tuple(expected), tuple(found)
    before, after = [loose(text) for text in wanted], [loose(text) for text in texts]
    if before == after:
        return []
    result: list[Difference] = []
    for kind, start, end, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            for one, other in zip_longest(wanted[start:end], texts[first:last], fillvalue=None):
                result += _paragraph_differences(one, other)
    return result


def _paragraph_differences(expected: str | None, found: str | None) -> list[Difference]:
    if expected is None or found is None:
        text = plain(expected or "")
        return [Difference(text, found or "", is_value=expected is not None and text != expected)]
    pieces = list(values_of(expected))
    pattern = "".join(
        f"({re.escape(loose_kept(text))}|.*?)" if is_value else re.escape(loose_kept(text)) for text, is_value in pieces
    )
    match = re.fullmatch(pattern, loose_kept(found), re.DOTALL)
    values = [text for text, is_value in pieces if is_value]
    if match is None or PAGE_BREAK in found:
        return [Difference(plain(expected), found, is_value=bool(values))]
    pairs = zip(values, match.groups(), strict=True)
    wrong = [Difference(value, text) for value, text in pairs if loose(value) != loose(text)]
    return wrong or [Difference(plain(expected), found, is_value=False)]


def loose_kept(text: str) -> str:
    """Return ``text`` with every blank a plain one, so that pieces of it can be matched apart."""
    return re.sub(r"[^\S\f]", " ", text)


def story_differences(expected: Sequence[Story], found: Sequence[Story]) -> list[Difference]:
    """Return how headers, footers or notes differ, in whatever order their parts are."""
    wanted = Counter(form_of(story.paragraphs) for story in expected)
    there = Counter(form_of(story.paragraphs) for story in found)
    if wanted == there:
        return []
    lacking = [story for story in expected if form_of(story.paragraphs) not in there]
    extra = [story for story in found if form_of(story.paragraphs) not in wanted]
    result: list[Difference] = []
    for one, other in zip_longest(lacking, extra):
        result += differences(one.paragraphs if one else (), other.paragraphs if other else ())
    return result


@dataclass(slots=True)
class PageFinding:
    """What a record's pages show of one stream. lost: values that are nowhere; moved: values without their neighbours.

    Both by position in the stream.
    """

    lost: list[int] = field(default_factory=list)
    moved: list[int] = field(default_factory=list)


def find_on_pages(stream: Stream, pages: Sequence[str]) -> PageFinding:
    """Return which values of ``stream`` are not found in its pages, squeezed: each in its place, in order."""
    finding = PageFinding()
    if _runs_through(stream.blocks, pages):
        return finding
    text = "".join(pages)
    place = 0
    for number, (start, end) in enumerate(stream.slots):
        first, last = _neighbourhood(stream, start, end)
        context = stream.text[first:last]
        contexts = [context, stream.text[first:end], stream.text[start:last]] if len(pages) > 1 else [context]
        found = min((at for one in contexts if (at := text.find(one, place)) >= 0), default=-1)
        if found >= 0:
            place = found
        elif _is_there_in_pieces(stream.text[first:start], stream.text[start:end], stream.text[end:last], pages):
            continue
        elif without_rare(stream.text[start:end]) in without_rare(text):
            finding.moved.append(number)
        else:
            finding.lost.append(number)
    return finding


def _is_there_in_pieces(before: str, value: str, after: str, pages: Sequence[str]) -> bool:
    """Tell whether a value is in its place, but cut by the end of a page, or its rare letters drawn elsewhere."""
    if rare_letters(before + value + after):
        text = "".join(pages)
        contexts = [before + value + after, *([before + value, value + after] if len(pages) > 1 else ())]
        is_there = any(without_rare(context) in without_rare(text) for context in contexts)
        if is_there and all(letter in text for letter in rare_letters(value)):
            return True
    return any(
        before + value[:cut] in page and value[cut:] + after in following
        for page, following in pairwise(pages)
        for cut in range(1, len(value))
    )


def _runs_through(blocks: Sequence[str], pages: Sequence[str]) -> bool:
    """Tell whether a text is there whole, although the pages cut it: what each page begins, the next one goes on with.

    Headers, footers and repeated rows of a table stand around and between the pieces.
    """
    number, place = 0, 0
    for block in blocks:
        left = block
        while left:
            if number == len(pages):
                return False
            length = _longest_start(left, pages[number], place)
            if length:
                place = pages[number].find(left[:length], place) + length
                left = left[length:]
            if left:
                number, place = number + 1, 0
    return True


def _longest_start(text: str, page: str, place: int) -> int:
    """Return how many letters of the beginning of ``text`` stand together in ``page`` from ``place`` on."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if page.find(text[:middle], place) >= 0:
            low = middle
        else:
            high = middle - 1
    return low


def _neighbourhood(stream: Stream, start: int, end: int) -> tuple[int, int]:
    """Return where the neighbours of a value begin and end; what is not known beforehand is none."""
    edges = (0, *stream.cuts, len(stream.text))
    first = max((edge for edge in edges if edge <= start), default=0)
    last = min((edge for edge in edges if edge >= end), default=len(stream.text))
    return max(first, start - LEFT), min(last, end + RIGHT)


def found_beside(stream: Stream, slot: int, text: str) -> str:
    """Return what the pages show where a value should be, as it is written there; "" where the place is not found."""
    start, end = stream.slots[slot]
    before = stream.text[max(0, start - LEFT) : start]
    after = stream.text[end : end + RIGHT]
    letters, places = _mapped(text)
    at = letters.find(before) if before else 0
    if at < 0:
        return ""
    begin = at + len(before)
    limit = begin + (end - start) + 30
    stop = letters.find(after, begin, limit) if after else limit
    stop = min(stop if stop > begin else begin + max(end - start, 1), len(letters))
    return " ".join(text[places[begin] : places[stop - 1] + 1].split()) if stop > begin else ""


def _mapped(text: str) -> tuple[str, list[int]]:
    """Return the squeezed text and, of each of its letters, the place in ``text``."""
    letters: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        for letter in squeezed(char):
            letters.append(letter)
            places.append(place)
    return "".join(letters), places


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells a pupil from the others, squeezed: the number, the full name in both orders."""

    number: str
    names: tuple[str, ...]

    def is_in(self, text: str, own: str) -> bool:
        """Tell whether ``text`` holds this pupil's values although ``own``, what it should show, does not."""
        return any(one in text and one not in own for one in self.signs)

    @property
    def signs(self) -> tuple[str, ...]:
        return (self.number, *self.names) if self.number else self.names


def identity(number: str, last_name: str, first_name: str) -> Identity:
    """Return the identity of a pupil; what is too short to tell anyone is left out."""
    names = (squeezed(f"{first_name}{last_name}"), squeezed(f"{last_name}{first_name}"))
    is_whole = bool(last_name.strip() and first_name.strip())
    code = squeezed(number)
    whole = tuple(name for name in names if len(name) > SHORTEST) if is_whole else ()
    return Identity(code if len(code) >= SHORTEST else "", whole)


_UNFILLED = re.compile(
    r"\{\{[^{}]{0,80}\}\}|\{%[^{}]{0,120}%\}|\bMERGEFIELD\b[^»\n]{0,40}|«[^«»\n]{1,40}»", re.IGNORECASE
)


def unfilled(found: str, expected: str, known: Mapping[str, str]) -> list[str]:
    """Return the fields that stand in ``found`` and not in ``expected``: {{ }}, {% %}, MERGEFIELD, « Nom ».

    known: squeezed names of fields; a word in French quotation marks is a field only where it is one of them.
    """
    own = squeezed(expected)
    marks = dict.fromkeys(match[0].strip() for match in _UNFILLED.finditer(found))
    return [
        mark
        for mark in marks
        if squeezed(mark) not in own and (not mark.startswith("«") or squeezed(mark.strip("«» \u00a0\u202f")) in known)
    ]


def wrong_order(found: Sequence[int | None], count: int) -> tuple[list[int], list[int], bool]:
    """Return the records missing from what was found, those found twice, and whether the rest is out of order."""
    seen = Counter(one for one in found if one is not None)
    missing = [one for one in range(count) if one not in seen]
    doubled = [one for one, times in seen.items() if times > 1]
    known = [one for one in dict.fromkeys(found) if one is not None]
    return missing, doubled, any(one > other for one, other in pairwise(known))


def shortened(text: str, longest: int = 60) -> str:
    """Return a text to be told: on one line, cut where it is long."""
    line = " ".join(plain(text).replace(PAGE_BREAK, " [saut de page] ").split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def listed(texts: Sequence[str], most: int = 3) -> Iterator[str]:
    """Yield the first texts and how many more there are."""
    yield from texts[:most]
    if len(texts) > most:
        yield f"et {len(texts) - most} autres"
