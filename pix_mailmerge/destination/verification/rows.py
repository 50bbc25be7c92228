"""The pupils of a folder: what the workbook says of each, and where it came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.record import Record
from pix_mailmerge.destination.journal import Entry, Source
from pix_mailmerge.destination.verification.compare import SHORTEST, Difference, Identity, identity
from pix_mailmerge.destination.verification.expected import Expectations, Expected, wrong_slots
from pix_mailmerge.model.word_fields.state import NOTHING_BEFORE, Before
from pix_mailmerge.problems import Place

KEPT = 600
"""Pupils of whom what their documents should show is kept (60 KB each): those of the largest class and more."""


@dataclass(frozen=True)
class Row:
    """A pupil: the record of the workbook, and the line of the source that it was made of.

    others: the rows that share its documents, where the model says NEXT. before: what was merged until then.
    """

    record: Record
    source: Source
    others: tuple[Row, ...] = ()
    before: Before = NOTHING_BEFORE

    @cached_property
    def name(self) -> str:
        text = self.record.text
        return f"{text(columns.LAST_NAME)} {text(columns.FIRST_NAME)}".strip() or f"ligne {self.source.line}"

    @cached_property
    def identity(self) -> Identity:
        text = self.record.text
        return identity(text(columns.NUMBER), text(columns.LAST_NAME), text(columns.FIRST_NAME))

    @property
    def told(self) -> str:
        return f"{self.name} ({self.source.file}, ligne {self.source.line})"

    def place(self, file: str, *, named: bool = False) -> Place:
        """Return where a problem of this pupil's document is: the file, then the line of the source."""
        return Place(file=file, part=self.source.file, line=self.source.line, near=self.name if named else None)


class Lookup:
    """The rows of a folder, and what the documents of one model should show of each."""

    def __init__(self, rows: Sequence[Row], expectations: Expectations) -> None:
        self.rows = _grouped(rows, expectations) if expectations.model.counts_records else rows
        self.expectations = expectations
        self._by_source = {one.source: number for number, row in enumerate(self.rows) for one in (row, *row.others)}
        self._by_key = {one.key: number for one, number in self._by_source.items() if one.key}
        self._expected: dict[int, Expected] = {}

    def numbers(self, entry: Entry) -> list[int]:
        """Return the rows that a file holds, in its order; raise KeyError where one is not in the workbook.

        A pupil whose line was in another file when the document was made is found by the certification's number.
        """
        return list(dict.fromkeys(map(self._number, entry.sources)))

    def _number(self, source: Source) -> int:
        return self._by_source[source] if source in self._by_source else self._by_key[source.key]

    def expected(self, number: int) -> Expected:
        """Return what the document of a row shows; raise ModelError, SettingsError."""
        if number not in self._expected:
            if len(self._expected) >= KEPT:
                del self._expected[next(iter(self._expected))]
            row = self.rows[number]
            others = [one.record for one in row.others]
            self._expected[number] = self.expectations.of(row.record, others, row.before)
        return self._expected[number]

    def wrong_slots(self, number: int) -> list[Difference]:
        return wrong_slots(self.expectations, self.rows[number].record, self.expected(number))

    def others_in(self, text: str, own: str, apart: Iterable[int]) -> list[int]:
        """Return the rows, those of ``apart`` left out, whose number or name stands in ``text`` and not in ``own``."""
        found = {
            number
            for place in range(len(text))
            for sign, number in self._signs.get(text[place : place + SHORTEST], ())
            if text.startswith(sign, place) and sign not in own
        }
        return sorted(found - set(apart))

    @cached_property
    def _signs(self) -> Mapping[str, Sequence[tuple[str, int]]]:
        """Return the numbers and names of all pupils, each with its row, by how they begin: a page has few of these."""
        signs: dict[str, list[tuple[str, int]]] = {}
        for number, row in enumerate(self.rows):
            for sign in (sign for one in (row, *row.others) for sign in one.identity.signs):
                signs.setdefault(sign[:SHORTEST], []).append((sign, number))
        return signs


def _grouped(rows: Sequence[Row], expectations: Expectations) -> list[Row]:
    """Return a row for each document of a model that counts records, class after class as they were merged."""
    classes: dict[str, list[Row]] = {}
    for row in rows:
        classes.setdefault(row.record.text(columns.CLASS).strip(), []).append(row)
    grouped: list[Row] = []
    before = NOTHING_BEFORE
    for own in classes.values():
        documents = before.documents
        for start, end in expectations.spans([row.record for row in own], before):
            first = Before(before.records + start, documents)
            grouped.append(replace(own[start], others=tuple(own[start + 1 : end]), before=first))
            documents += 1
        before = Before(before.records + len(own), documents)
    return grouped
