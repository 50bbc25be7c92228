"""A .docx of a pupil, of a class or of the school, compared with what it should show."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path

from pix_mailmerge.destination.journal import Entry
from pix_mailmerge.destination.verification import told
from pix_mailmerge.destination.verification.compare import (
    Difference,
    differences,
    story_differences,
    unfilled,
    wrong_order,
)
from pix_mailmerge.destination.verification.docx import (
    Docx,
    Piece,
    UnreadableError,
    cut,
    open_docx,
    read_bytes,
    references,
    story_of,
)
from pix_mailmerge.destination.verification.expected import Expected
from pix_mailmerge.destination.verification.rows import Lookup
from pix_mailmerge.destination.verification.texts import Story, form_of, loose, read_story, squeezed, without_blank_end
from pix_mailmerge.problems import Place, Problem

_KINDS = ("header", "footer", "footnotes", "endnotes")


class DocxChecker:
    """Checks the .docx of one model. known: squeezed names of fields, which may be left unfilled."""

    def __init__(self, folder: Path, lookup: Lookup, known: Mapping[str, str]) -> None:
        self._folder = folder
        self._lookup = lookup
        self._known = known
        self._stories: dict[bytes, Story] = {}

    def check_document(self, entry: Entry) -> list[Problem]:
        """Return what is wrong with the document of one record."""
        (number,) = self._lookup.numbers(entry)
        row = self._lookup.rows[number]
        place = row.place(entry.path)
        wrong = self._lookup.wrong_slots(number)
        return self._checked(entry, place, self._lookup.expected(number), [number], wrong)

    def check_class(self, entry: Entry) -> list[Problem]:
        """Return what is wrong with one document about several pupils."""
        numbers = self._lookup.numbers(entry)
        records = [self._lookup.rows[number].record for number in numbers]
        expected = self._lookup.expectations.of_class(records)
        return self._checked(entry, Place(file=entry.path), expected, numbers, [])

    def _checked(
        self, entry: Entry, place: Place, expected: Expected, numbers: Sequence[int], wrong: Sequence[Difference]
    ) -> list[Problem]:
        try:
            docx, changed = self._opened(entry)
            found = [*wrong, *self._differences(docx, expected)]
            pictures = self._wrong_pictures(docx, expected)
        except FileNotFoundError:
            return [told.missing_file(place)]
        except UnreadableError:
            return [told.unreadable(place)]
        problems = [told.signature(place, *pictures)] if pictures else []
        return problems + self._told(place, found, expected.text, numbers, changed=changed, silent=bool(problems))

    def _opened(self, entry: Entry) -> tuple[Docx, bool]:
        """Return a file and whether it changed since it was made."""
        path = self._folder / entry.path
        if not path.is_file():
            raise FileNotFoundError
        content = read_bytes(path)
        changed = hashlib.sha256(content).hexdigest() != entry.sha256
        return open_docx(content, self._lookup.expectations.main), changed

    def _differences(self, docx: Docx, expected: Expected) -> list[Difference]:
        if all(
            part in docx.crcs and hashlib.sha256(docx.read(part)).digest() == digest
            for part, digest in expected.digests.items()
        ):
            return []
        body = story_of(docx, docx.main)
        found = differences(expected.body.paragraphs, body.paragraphs) + differences(expected.body.boxes, body.boxes)
        for kind in _KINDS:
            wanted = [story for part, story in expected.stories.items() if _is(kind, part) and _shows(story)]
            there = [story for part in docx.stories if _is(kind, part) and _shows(story := story_of(docx, part))]
            found += story_differences(wanted, there)
        return found

    def _wrong_pictures(self, docx: Docx, expected: Expected) -> tuple[int, int] | None:
        """Return how many pictures a document should have and has, where they are not the right ones."""
        wanted = found = 0
        for part, digests in expected.shown.items():
            ids = self._story(docx, part, expected).pictures if part in docx.crcs else ()
            there = docx.pictures(part, ids)
            if there != digests:
                wanted, found = wanted + len(digests), found + sum(one in digests for one in there if one)
                if found == wanted and len(there) != len(digests):
                    found += 1
        return (wanted, found) if wanted or found else None

    def _story(self, docx: Docx, part: str, expected: Expected | None = None) -> Story:
        content = docx.read(part)
        key = hashlib.sha256(content).digest()
        if expected is not None and expected.digests.get(part) == key:
            return expected.stories[part]
        if key not in self._stories:
            if len(self._stories) > 8:
                self._stories.clear()
            self._stories[key] = read_story(content.decode("utf-8", "replace"))
        return self._stories[key]

    def _told(
        self,
        place: Place,
        found: Sequence[Difference],
        own: str,
        numbers: Sequence[int],
        *,
        changed: bool,
        silent: bool = False,
    ) -> list[Problem]:
        """Return the problems that differences make, the gravest first."""
        shown = "\n".join(one.found for one in found)
        others = self._lookup.others_in(squeezed(shown), own, numbers) if shown.strip() else []
        marks = unfilled(shown, "", self._known)
        values = [one for one in found if one.is_value and not one.breaks_page]
        texts = [one for one in found if not one.is_value and not one.breaks_page]
        problems = []
        if others:
            problems.append(told.foreign(place, [self._lookup.rows[number].told for number in others]))
        if marks:
            problems.append(told.unfilled(place, marks))
        if values:
            problems.append(told.wrong_values(place, values))
        if any(one.breaks_page for one in found):
            problems.append(told.wrong_breaks(place))
        if texts and not changed and not problems:
            problems.append(told.wrong_text(place, texts))
        if changed and not problems and not silent:
            problems.append(told.modified(place, texts))
        return problems

    def check_composed(self, entry: Entry) -> list[Problem]:
        """Return what is wrong with a document that holds several records, each a section of its own."""
        place = Place(file=entry.path)
        numbers = self._lookup.numbers(entry)
        try:
            docx, changed = self._opened(entry)
            return self._composed(entry, place, docx, numbers, changed=changed)
        except FileNotFoundError:
            return [told.missing_file(place)]
        except UnreadableError:
            return [told.unreadable(place)]

    def _composed(
        self,
        entry: Entry,
        where: Place,
        docx: Docx,
        numbers: Sequence[int],
        *,
        changed: bool,
    ) -> list[Problem]:
        pieces = cut(docx.read(docx.main))
        links = docx.links(docx.main)
        wanted: list[tuple[str, ...]] = []
        in_place: dict[int, list[Problem]] = {}
        for place, number in enumerate(numbers):  # what is expected is known for a while only: each is looked at once
            wanted.append(form_of(self._lookup.expected(number).plain_body))
            if place < len(pieces) and pieces[place].form == wanted[place]:
                in_place[place] = self._checked_piece(entry, docx, number, pieces[place], links, changed=changed)
        held = self._held(wanted, pieces, numbers, in_place)
        problems = []
        missing, doubled, moved = wrong_order(held, len(numbers))
        if missing or doubled or moved or len(held) != len(numbers):
            lost, twice = (self._who(numbers, group) for group in (missing, doubled))
            problems.append(told.pupils(where, lost, twice, held.count(None), moved))
        for place, (one, piece) in enumerate(zip(held, pieces, strict=True)):
            if place in in_place:
                problems += in_place[place]
            elif one is not None:
                problems += self._checked_piece(entry, docx, numbers[one], piece, links, changed=changed)
        if not pieces and changed:
            problems.append(told.pupils(where, self._who(numbers, range(len(numbers))), [], 0, False))
        problems += self._checked_notes(where, docx, numbers, changed=changed)
        return problems or ([told.modified(where)] if changed else [])

    def _held(
        self,
        wanted: Sequence[tuple[str, ...]],
        pieces: Sequence[Piece],
        numbers: Sequence[int],
        in_place: Container[int],
    ) -> list[int | None]:
        """Return which record each piece is about: the one of its text, else the one named in it, or of its place."""
        exact = {text: place for place, text in enumerate(wanted)}
        identities = {place: self._lookup.rows[number].identity for place, number in enumerate(numbers)}
        held: list[int | None] = []
        for place, piece in enumerate(pieces):
            known = place if place in in_place else exact.get(piece.form)
            if known is None:
                text = squeezed("\n".join((*piece.body.paragraphs, *piece.body.boxes)))
                named = [one for one, who in identities.items() if who.is_in(text, "")]
                alone = place if place < len(wanted) and len(pieces) == len(wanted) else None
                known = alone if alone in named or not named else named[0]
            held.append(known)
        return held

    def _who(self, numbers: Sequence[int], places: Iterable[int]) -> list[str]:
        return [self._lookup.rows[numbers[place]].told for place in places]

    def _checked_piece(
        self,
        entry: Entry,
        docx: Docx,
        number: int,
        piece: Piece,
        links: Mapping[str, str],
        *,
        changed: bool,
    ) -> list[Problem]:
        expected = self._lookup.expected(number)
        place = self._lookup.rows[number].place(entry.path, named=True)
        body = piece.body
        found: list[Difference] = []
        if piece.form != form_of(expected.plain_body) or body.boxes != expected.body.boxes:
            ends = without_blank_end(expected.body.paragraphs), without_blank_end(body.paragraphs)
            found = differences(*ends)
            found += differences(expected.body.boxes, body.boxes)
        found += self._wrong_headers(docx, expected, piece.text, links)
        problems = []
        digests = expected.shown.get(expected.main, ())
        there = self._digests(docx, body.pictures, links)
        if there != digests:
            problems.append(told.signature(place, len(digests), len([one for one in there if one in digests])))
        if not found:
            return problems
        return problems + [
            one for one in self._told(place, found, expected.text, [number], changed=changed) if one.is_error
        ]

    def _digests(self, docx: Docx, ids: Sequence[str], links: Mapping[str, str]) -> tuple[str, ...]:
        return tuple(docx.digest(links.get(one, "")) for one in ids)

    def _wrong_headers(self, docx: Docx, expected: Expected, piece: str, links: Mapping[str, str]) -> list[Difference]:
        """Return how the headers and footers that a record's sections ask for differ from those it should have."""
        if not expected.references:
            return []
        there = [(kind, pages, links.get(rid, "")) for kind, pages, rid in references(piece)]
        result: list[Difference] = []
        for kind, pages, part in expected.references:
            wanted = expected.stories.get(part)
            if wanted is None:
                continue
            shown = [
                self._story(docx, name) for one, of, name in there if (one, of) == (kind, pages) and name in docx.crcs
            ]
            if not any(form_of(story.paragraphs) == form_of(wanted.paragraphs) for story in shown):
                result += differences(wanted.paragraphs, shown[0].paragraphs if shown else ())
        return result

    def _checked_notes(self, place: Place, docx: Docx, numbers: Sequence[int], *, changed: bool) -> list[Problem]:
        """Return what is wrong with the notes, which stand in one part for all records."""
        found: list[Difference] = []
        for kind in ("footnotes", "endnotes"):
            if not any(_is(kind, part) for number in numbers[:1] for part in self._lookup.expected(number).stories):
                continue
            wanted = [
                paragraph
                for number in numbers
                for part, story in self._lookup.expected(number).stories.items()
                if _is(kind, part)
                for paragraph in story.paragraphs
                if loose(paragraph)
            ]
            parts = [part for part in docx.stories if _is(kind, part)]
            there = [text for part in parts for text in story_of(docx, part).paragraphs if loose(text)]
            if wanted and wanted != there:
                found += differences(wanted, there)
        values = [one for one in found if one.is_value]
        return (
            [one for one in self._told(place, values, "", numbers, changed=changed) if one.is_error] if values else []
        )


def _is(kind: str, part: str) -> bool:
    return part.rpartition("/")[2].startswith(kind)


def _shows(story: Story) -> bool:
    return any(loose(text) for text in (*story.paragraphs, *story.boxes))
