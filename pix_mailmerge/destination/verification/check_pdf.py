"""The PDFs of one model compared with what they should show.

How an engine lays a page out is not known beforehand: a numbered list brings a label between two texts, a column comes
before another. What moves on most pages is the layout's doing; what moves on a few is a fault.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pix_mailmerge.destination.journal import Entry, digest_of
from pix_mailmerge.destination.verification import told
from pix_mailmerge.destination.verification.compare import (
    Difference,
    find_on_pages,
    found_beside,
    unfilled,
    wrong_order,
)
from pix_mailmerge.destination.verification.expected import Expected
from pix_mailmerge.destination.verification.pdf import Page
from pix_mailmerge.destination.verification.rows import Lookup
from pix_mailmerge.destination.verification.texts import squeezed
from pix_mailmerge.problems import Place, Problem

FEWEST = 3
"""Records from which it can be told what the layout of a model moves."""
BODY = "body"

Slot = tuple[str, int]
Pages = Sequence[Page]


@dataclass(frozen=True)
class Seen:
    """What the pages of a record show. lost: values that are nowhere; moved: values away from their neighbours.

    others: rows whose values stand there; marks: fields left unfilled. images: pictures drawn; own_pictures: those that
    are values of the record.
    """

    text: str
    images: int
    own_pictures: int
    lost: tuple[Slot, ...]
    moved: tuple[Slot, ...]
    others: tuple[int, ...]
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """The pages of one record, or of a class, in a file. numbers: the rows that they are about."""

    entry: Entry
    place: Place
    numbers: tuple[int, ...]
    seen: Seen
    per_class: bool = False


class PdfChecker:
    """Checks the PDFs of one model: take() each file, then problems()."""

    def __init__(self, folder: Path, lookup: Lookup, known: Mapping[str, str], *, duplex: bool) -> None:
        self._folder = folder
        self._lookup = lookup
        self._known = known
        self._duplex = duplex
        self._parts: list[Part] = []
        self._problems: list[Problem] = []
        self._seen: dict[tuple[int, tuple[int, ...]], tuple[Pages, Seen]] = {}
        self._changed: dict[str, bool] = {}

    def take(self, entry: Entry, found: Pages | None) -> None:
        """Look at the pages of a file; None: it could not be read."""
        numbers = self._lookup.numbers(entry)
        alone = len(numbers) == 1 and entry.kind == "pdf"
        place = self._lookup.rows[numbers[0]].place(entry.path) if alone else Place(file=entry.path)
        path = self._folder / entry.path
        if not path.is_file():
            self._problems.append(told.missing_file(place))
            return
        if found is None:
            self._problems.append(told.unreadable(place))
            return
        self._changed[entry.path] = digest_of(path) != entry.sha256
        if len(entry.pages) == len(numbers):
            self._take_records(entry, place, numbers, found)
        else:
            self._take_class(entry, place, numbers, found)

    def _take_records(self, entry: Entry, place: Place, numbers: Sequence[int], found: Pages) -> None:
        starts, total = _starts(entry.pages, duplex=self._duplex and entry.kind != "pdf")
        if len(found) != total:
            self._problems.append(told.wrong_pages(place, total, len(found)))
        if len(found) != total and len(numbers) > 1:
            self._problems += self._lost_pupils(place, numbers, found)
            return
        named = len(numbers) > 1
        for number, start, count in zip(numbers, starts, entry.pages, strict=True):
            pages = found[start : start + count] if named else found
            where = self._lookup.rows[number].place(entry.path, named=named)
            self._parts.append(Part(entry, where, (number,), self._look(number, pages)))

    def _take_class(self, entry: Entry, place: Place, numbers: Sequence[int], found: Pages) -> None:
        if len(found) != sum(entry.pages):
            self._problems.append(told.wrong_pages(place, sum(entry.pages), len(found)))
        seen = self._looked(self._of_class(numbers), found, numbers)
        self._parts.append(Part(entry, place, tuple(numbers), seen, per_class=True))

    def _of_class(self, numbers: Sequence[int]) -> Expected:
        return self._lookup.expectations.of_class([self._lookup.rows[number].record for number in numbers])

    def _lost_pupils(self, place: Place, numbers: Sequence[int], found: Pages) -> list[Problem]:
        """Return which pupils a composed PDF lacks, holds twice or holds elsewhere, as far as its pages name them."""
        places = {number: place for place, number in enumerate(numbers)}
        held = [self._named(places, page.squeezed) for page in found if not page.is_blank]
        seen = [one for one, before in zip(held, [None, *held], strict=False) if one is not None and one != before]
        if not seen:
            return []
        missing, doubled, moved = wrong_order(held, len(numbers))
        doubled = [one for one in doubled if Counter(seen)[one] > 1 or held.count(one) > 1]
        lost, twice = ([self._lookup.rows[numbers[one]].told for one in group] for group in (missing, doubled))
        return [told.pupils(place, lost, twice, 0, moved)] if missing or doubled or moved else []

    def _named(self, places: Mapping[int, int], text: str) -> int | None:
        """Return the place of the record that a page names; by its number rather than by its name."""
        named = [number for number in self._lookup.others_in(text, "", ()) if number in places]
        codes = {number: self._lookup.rows[number].identity.number for number in named}
        numbered = [number for number, code in codes.items() if code and code in text]
        return min((places[number] for number in numbered or named), default=None)

    def _look(self, number: int, pages: Pages) -> Seen:
        """Return what the pages show of a record; the same pages are looked at once."""
        key = (number, tuple(map(id, pages)))
        if key not in self._seen:
            self._seen[key] = pages, self._looked(self._lookup.expected(number), pages, [number])
        return self._seen[key][1]

    def _looked(self, expected: Expected, pages: Pages, numbers: Sequence[int]) -> Seen:
        texts = [page.squeezed for page in pages]
        lost: list[Slot] = []
        moved: list[Slot] = []
        left = "".join(texts)
        for name, stream in ((BODY, expected.stream), *expected.others.items()):
            finding = find_on_pages(stream, texts)
            lost += [(name, slot) for slot in finding.lost]
            moved += [(name, slot) for slot in finding.moved]
            for block in stream.blocks:
                left = left.replace(block, "", 1)
        shown = "\n".join(page.text for page in pages)
        others = self._lookup.others_in(left, expected.text, numbers) if any(map(str.isalnum, left)) else []
        marks = unfilled(shown, expected.text, self._known) if set("{«").intersection(left) or lost else []
        images = sum(page.images for page in pages)
        return Seen(shown, images, expected.own_pictures, tuple(lost), tuple(moved), tuple(others), tuple(marks))

    def problems(self) -> list[Problem]:
        """Return what is wrong with all files taken, in their order."""
        held = self._laid_out()
        pictures = self._usual_pictures()
        found = list(self._problems)
        by_file: dict[int, list[Part]] = {}
        for part in self._parts:
            by_file.setdefault(id(part.entry), []).append(part)
        for parts in by_file.values():
            entry = parts[0].entry
            misplaced = self._misplaced(entry, parts) if len(parts) > 1 else {}
            if misplaced:
                found.append(self._told_order(entry, parts, misplaced))
            wrong = [
                problem
                for place, part in enumerate(parts)
                if place not in misplaced
                for problem in self._told(part, held, pictures)
            ]
            found += wrong
            if self._changed[entry.path] and not wrong and not misplaced and not _has(self._problems, entry.path):
                found.append(told.modified(parts[0].place if len(parts) == 1 else Place(file=entry.path)))
        return found

    def _laid_out(self) -> frozenset[Slot]:
        """Return the values that the layout moves on most pages."""
        count = len({id(part.seen) for part in self._parts})
        moved: Counter[Slot] = Counter()
        for seen in {id(part.seen): part.seen for part in self._parts}.values():
            moved.update(seen.moved)
            moved.update(slot for slot in seen.lost if _is_margin(slot))
        return frozenset(slot for slot, times in moved.items() if count < FEWEST or 2 * times >= count)

    def _usual_pictures(self) -> Mapping[int, int]:
        """Return own pictures of a record -> how many pictures its pages usually have."""
        found: dict[int, Counter[int]] = {}
        for seen in {id(part.seen): part.seen for part in self._parts}.values():
            found.setdefault(seen.own_pictures, Counter())[seen.images] += 1
        return {
            own: max(own, images.most_common(1)[0][0] if images.total() >= FEWEST else own)
            for own, images in found.items()
        }

    def _misplaced(self, entry: Entry, parts: Sequence[Part]) -> dict[int, int]:
        """Return place -> the place of the pupil whose pages are there instead."""
        numbers = [part.numbers[0] for part in parts]
        found = {}
        for place, part in enumerate(parts):
            if part.seen.lost and part.seen.others:
                there = next((other for other in part.seen.others if other in numbers), None)
                if there is not None and not self._look(there, self._pages_of(part)).lost:
                    found[place] = numbers.index(there)
        return found

    def _pages_of(self, part: Part) -> Pages:
        return next(pages for pages, seen in self._seen.values() if seen is part.seen)

    def _told_order(self, entry: Entry, parts: Sequence[Part], misplaced: Mapping[int, int]) -> Problem:
        held: list[int | None] = [misplaced.get(place, place) for place in range(len(parts))]
        missing, doubled, moved = wrong_order(held, len(parts))
        lost, twice = ([self._lookup.rows[parts[one].numbers[0]].told for one in group] for group in (missing, doubled))
        return told.pupils(Place(file=entry.path), lost, twice, 0, moved)

    def _told(self, part: Part, held: frozenset[Slot], pictures: Mapping[int, int]) -> list[Problem]:
        seen = part.seen
        problems = []
        if seen.others:
            problems.append(told.foreign(part.place, [self._lookup.rows[number].told for number in seen.others]))
        if seen.marks:
            problems.append(told.unfilled(part.place, seen.marks))
        faults = [slot for slot in seen.lost if not (_is_margin(slot) and slot in held)]
        faults += [slot for slot in seen.moved if slot not in held]
        if faults:
            expected = self._of_class(part.numbers) if part.per_class else self._lookup.expected(part.numbers[0])
            wrong = [_difference(expected, seen.text, slot) for slot in faults]
            apart = [one for one in wrong if squeezed(one.expected) != squeezed(one.found)]  # not a mere neighbour
            problems.append(told.wrong_values(part.place, apart or wrong))
        if seen.images < pictures[seen.own_pictures]:
            problems.append(told.signature(part.place, pictures[seen.own_pictures], seen.images))
        return problems


def _starts(counts: Sequence[int], *, duplex: bool) -> tuple[list[int], int]:
    """Return the first page of each record, and how many pages there are, the blanks of two-sided printing included."""
    starts, place = [], 0
    for count in counts:
        starts.append(place)
        place += count + (count % 2 if duplex else 0)
    return starts, place - (counts[-1] % 2 if duplex and counts else 0)


def _difference(expected: Expected, text: str, slot: Slot) -> Difference:
    name, number = slot
    stream = expected.stream if name == BODY else expected.others[name]
    return Difference(stream.values[number], found_beside(stream, number, text))


def _is_margin(slot: Slot) -> bool:
    """Tell whether a value stands in a header or footer, which may be that of pages that the record has not."""
    return "/header" in slot[0] or "/footer" in slot[0]


def _has(problems: Sequence[Problem], file: str) -> bool:
    return any(problem.where.file == file for problem in problems)
