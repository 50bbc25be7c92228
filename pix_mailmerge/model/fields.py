"""The values that a model may use, for a record and a school; pure.

A value is worked out when it is asked for. The headers of the record are known as they are written, too: that is how
Word's merge fields find them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.certification import find_maximum, parse_competence, score_of
from pix_mailmerge.data_source.record import Header, Record
from pix_mailmerge.data_source.values import NOT_EVALUATED as DASH
from pix_mailmerge.data_source.values import parse_date
from pix_mailmerge.model.images import open_image
from pix_mailmerge.model.known_names import (
    DOMAINS,
    PIX_FIELDS,
    PUPILS,
    SCHOOL_FIELDS,
    Names,
    ascii_name,
    field_names,
    find_column,
    names_of,
    nearest,
)
from pix_mailmerge.model.media import Picture
from pix_mailmerge.model.printed import NOT_EVALUATED, Day, Level, Score, domain_results, printed, printed_level
from pix_mailmerge.settings import IMAGES, School

__all__ = [
    "DOMAINS",
    "PUPILS",
    "SCHOOL_FIELDS",
    "Names",
    "Values",
    "ascii_name",
    "class_values",
    "field_names",
    "field_values",
    "find_column",
    "names_of",
    "nearest",
]

_ALTERNATIVES: Mapping[str, Callable[[School], str]] = MappingProxyType(
    {
        "signature": lambda school: f"Signature de {school.chef}" if school.chef else "Signature",
        "cachet": lambda school: "Cachet",
        "logo": lambda school: "Logo",
    }
)


def field_values(record: Record, school: School) -> Values:
    """Return the values for the document of one record. Raises SettingsError for an image that cannot be opened."""
    return Values(record, school)


def class_values(records: Iterable[Record], school: School) -> Values:
    """Return the values for one document about several records, which ``eleves`` lists in their order.

    classe and the other values of the first record are known too. Raises SettingsError as above.
    """
    records = tuple(records)
    first = records[0] if records else Record("", 0, Header(()), ())
    return Values(first, school, tuple(Values(record, school) for record in records))


class Values(Mapping[str, object]):
    """Name -> value, for a record and a school; ``names`` tells which, ``headers`` which are columns of the source."""

    def __init__(self, record: Record, school: School, pupils: tuple[Values, ...] | None = None) -> None:
        self.record = record
        self.school = school
        self.pupils = pupils
        self.names = names_of(record.header, tuple(school.champs), per_class=pupils is not None)
        self._workings = _workings(record.header, tuple(school.champs))
        self._made: dict[str, object] = {}

    @property
    def headers(self) -> tuple[str, ...]:
        return self.record.header

    def __getitem__(self, name: str) -> object:
        if name in self._made:
            return self._made[name]
        if name not in self._workings:
            own = self.names.find(name)
            if own is None:
                raise KeyError(name)
            self._workings[name] = _working_out(own, self.record.header, tuple(self.school.champs))
        value = self._made[name] = self._workings[name](self)
        return value

    def __getattr__(self, name: str) -> object:
        """Return what ``{{ eleve.nom }}`` asks for."""
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self.names

    def __iter__(self) -> Iterator[str]:
        return iter(self.names.own)

    def __len__(self) -> int:
        return len(self.names.own)


WorkingOut = Callable[[Values], object]


@lru_cache(maxsize=16)
def _workings(header: Sequence[str], champs: tuple[str, ...]) -> dict[str, WorkingOut]:
    """Return name -> what works out its value, for records under a header; filled with each name that is asked for."""
    return {}


def _working_out(name: str, header: Sequence[str], champs: tuple[str, ...]) -> WorkingOut:
    """Return what works out the value of a name, for records under a header."""
    if name in champs:
        return lambda values: values.school.champs[name]
    if name in IMAGES:
        return lambda values: _picture(values.school, name)
    if name in SCHOOL_FIELDS:
        column = find_column(name, header)
        other: WorkingOut = (lambda values: None) if column is None else _cell(header.index(column))
        return lambda values: other(values) if getattr(values.school, name) is None else getattr(values.school, name)
    if name == PUPILS:
        return lambda values: values.pupils
    if name in PIX_FIELDS and columns.NUMBER in header:
        return _of_pix(name)
    return _cell(header.index(name))


def _cell(position: int) -> WorkingOut:
    return lambda values: printed(values.record.cells[position])


def _of_pix(name: str) -> WorkingOut:
    if name == DOMAINS:
        return lambda values: domain_results(
            _level(code, values.record.text(code)) for code in columns.COMPETENCE_CODES
        )
    header, attribute = columns.FIELD_HEADERS.get(name, ""), columns.FIELD_ATTRIBUTES[name]
    if attribute == "competences":
        return lambda values: _level(header, values.record.text(header))
    if attribute == "score":
        return lambda values: Score(score_of(values.record), _score_text(values.record))
    if attribute == "maximum":
        return lambda values: find_maximum(_exam_date(values.record), score_of(values.record))
    if attribute == "level":
        return lambda values: _level_name(values.record.text(header))
    if attribute in {"birth_date", "exam_date"}:
        return lambda values: _day(values.record.text(header))
    return lambda values: values.record.text(header)


@lru_cache(maxsize=1024)
def _level(code: str, text: str) -> Level:
    return printed_level(parse_competence(code, text))


@lru_cache(maxsize=4096)
def _day(text: str) -> Day | str:
    """Return a date, or the text that is none."""
    try:
        day = parse_date(text)
    except ValueError:
        return text
    return "" if day is None else Day.of(day)


def _exam_date(record: Record) -> Day | None:
    day = _day(record.text(columns.EXAM_DATE))
    return day if isinstance(day, Day) else None


def _level_name(text: str) -> str | None:
    name = text.strip()
    return None if name in {"", DASH} else name


def _score_text(record: Record) -> str:
    text = record.text(columns.PIX) or record.text(columns.SCORE)
    return NOT_EVALUATED if text.strip() == DASH else ""


def _picture(school: School, name: str) -> Picture | None:
    path = getattr(school, name)
    return None if path is None else Picture(open_image(path, _ALTERNATIVES[name](school)))
