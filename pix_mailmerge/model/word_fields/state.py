"""Where a merge stands: the record whose values the fields show, and what NEXT, SET and MERGESEQ count on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple, TypeVar

from pix_mailmerge.model.names import Match, resolve
from pix_mailmerge.model.word_fields.runs import Segment

T = TypeVar("T")
Row = Sequence[object]
Values = Mapping[str, object]
_Place = tuple[int, Row, Values, "Header"]


class Before(NamedTuple):
    """What a merge that goes on was made of until now: MERGEREC and MERGESEQ count from there."""

    records: int = 0
    documents: int = 0


NOTHING_BEFORE = Before()


class SkipRecordError(Exception):
    """Raised by SKIPIF: no document for this record."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A name that the fields of a model ask for.

    names: tried in turn (a mapped field may be known by several). required: False where its absence is no problem.
    of_school: the school's value comes before a column of that name.
    """

    names: tuple[str, ...]
    required: bool = True
    of_school: bool = False


class Header:
    """What the names that a model asks for stand for, under the keys of some records; worked out once for them all."""

    def __init__(self, asked: Sequence[Asked], values: Values) -> None:
        self._columns = {name: position for position, name in enumerate(getattr(values, "headers", ()))}
        self._others = tuple(name for name in values if name not in self._columns)
        self._find_own = getattr(getattr(values, "names", None), "find", None)
        self.matches = tuple(self._match(one) for one in asked)
        self.is_complete = all(
            match.header is not None for match, one in zip(self.matches, asked, strict=True) if one.required
        )
        self.row = self._row([match.header for match in self.matches])
        """Values of a record -> what the fields show, in the order of the names asked for; None where there is none."""

    def value(self, name: str, values: Values) -> object:
        """Return the value of a field whose name is known only now."""
        return self._getter(self._match(Asked((name,))).header)(values)

    def _match(self, asked: Asked) -> Match:
        """Return what a name stands for: a column first, then a field of Pix or of the school; or the reverse."""
        places = (tuple(self._columns), self._others)
        for name in asked.names:
            for keys in places[::-1] if asked.of_school else places:
                match = resolve(name, keys)
                if match.headers:
                    return match
            own = self._find_own(name) if self._find_own else None
            if own is not None:
                return Match((own,))
        return Match(())

    def _row(self, names: list[str | None]) -> Callable[[Values], Row]:
        """Return what takes the values under ``names``, at once where they are all of one kind."""
        if len(names) > 1 and all(name in self._columns for name in names):
            cells = itemgetter(*(self._columns[name] for name in names if name is not None))
            return lambda values: cells(values.record.cells)  # type: ignore[attr-defined]
        if len(names) > 1 and not self._columns and None not in names:
            return itemgetter(*names)
        getters = tuple(self._getter(name) for name in names)
        return lambda values: [getter(values) for getter in getters]

    def _getter(self, name: str | None) -> Callable[[Values], object]:
        if name is None:
            return lambda values: None
        if name in self._columns:
            position = self._columns[name]
            return lambda values: values.record.cells[position]  # type: ignore[attr-defined]
        return lambda values: values[name]


@dataclass(slots=True)
class MergeState:
    """What the fields of one document read and change.

    row: the current record's values, by the position of the names asked for. record, sequence: MERGEREC and MERGESEQ; 0
    after the last record.
    bookmarks: what SET put in them, by name in small letters. strict: what cannot be computed is an error, not text.
    """

    row: Row
    header: Header
    values: Values
    take_next: Callable[[], tuple[Values, Header] | None]
    record: int = 1
    sequence: int = 1
    strict: bool = True
    bookmarks: dict[str, list[Segment]] = field(default_factory=dict)
    _trail: list[_Place] = field(default_factory=list)
    _at: int = 0
    _remembered: int = 0

    def advance(self) -> None:
        """Go to the next record; after the last one every field is blank."""
        if not self._trail:
            self._trail.append(self._place)
        self._at += 1
        if self._at == len(self._trail):
            self._take()
            self._trail.append(self._place)
        else:
            self._place = self._trail[self._at]

    def remember(self) -> None:
        """Remember the record, to come back to it with rewind: a text box is stored twice."""
        self._remembered = self._at

    def rewind(self) -> None:
        """Go back to the record remembered; those that were taken since come again."""
        self._go(self._remembered)

    def restart(self) -> None:
        """Go back to the record that the document begins with."""
        self._go(0)

    def _go(self, position: int) -> None:
        if position != self._at:
            self._at = position
            self._place = self._trail[position]

    def _take(self) -> None:
        taken = self.take_next()
        if taken is None:
            self.record = 0
            self.row = [None] * len(self.row)
            self.values = {}
        else:
            self.record += 1
            self.values, self.header = taken
            self.row = self.header.row(self.values)

    @property
    def _place(self) -> _Place:
        return self.record, self.row, self.values, self.header

    @_place.setter
    def _place(self, place: _Place) -> None:
        self.record, self.row, self.values, self.header = place

    def value(self, name: str) -> object:
        """Return the value of a field whose name is itself computed."""
        return self.header.value(name, self.values) if self.values else None


class Counted(Iterator[T]):
    """An iterator that knows how many it has given, and what it gave since it was last asked."""

    def __init__(self, items: Iterable[T], given: int = 0) -> None:
        self._items = iter(items)
        self.given = given
        self._fresh: list[T] = []

    def __next__(self) -> T:
        item = next(self._items)
        self.given += 1
        self._fresh.append(item)
        return item

    def take_fresh(self) -> tuple[T, ...]:
        """Return what was given since the last call."""
        fresh, self._fresh = tuple(self._fresh), []
        return fresh
