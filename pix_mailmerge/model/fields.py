"""The values that a model may use, for a record and a school; pure.

A name is known by its ASCII form (``prenom`` for ``Prénom``, composed or not); a value is worked out when it is asked
for. The headers of the record are known too, as they are written: that is how Word's merge fields find them.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.certification import Certification
from pix_mailmerge.data_source.record import Header, Record
from pix_mailmerge.model.images import open_image
from pix_mailmerge.model.media import Picture
from pix_mailmerge.model.printed import NOT_EVALUATED, Day, Number, Score, domain_results, printed_level
from pix_mailmerge.settings import IMAGES, School

SCHOOL_FIELDS = ("etablissement", "ville", "adresse", "academie", "uai", "chef", "fonction_chef", "date")
DOMAINS = "domaines"
PUPILS = "eleves"
PIX_FIELDS = (*columns.FIELD_ATTRIBUTES, DOMAINS)

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "’": " ", "'": " "})
_NOT_NAME = re.compile(r"\W+|_+", re.ASCII)


def ascii_name(header: str) -> str:
    """Return the name of a field for a header: without accents, small letters, words joined by ``_``.

    « Nom d’usage » is ``nom_d_usage``; a name that would start with a digit starts with ``c``: « 1.1 » is ``c1_1``.
    """
    plain = unicodedata.normalize("NFKD", header.translate(_LIGATURES)).encode("ascii", "ignore").decode()
    name = _NOT_NAME.sub("_", plain.casefold()).strip("_")
    return f"c{name}" if name[:1].isdigit() else name


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is spelled most like ``name``; None when none is like it."""
    forms = {ascii_name(one): one for one in known}
    near = difflib.get_close_matches(ascii_name(name), forms, n=1, cutoff=0.6)
    return forms[near[0]] if near else None


@dataclass(frozen=True, slots=True)
class Names:
    """The names that the values of some records are known under.

    own: each name as it is documented, in order. forms: ASCII form -> the own names that it may stand for.
    """

    own: Mapping[str, None]
    forms: Mapping[str, tuple[str, ...]]

    def __contains__(self, name: str) -> bool:
        return self.find(name) is not None

    def find(self, name: str) -> str | None:
        """Return the own name that ``name`` stands for; None where none does, or several."""
        found = self.all(name)
        return found[0] if len(found) == 1 else None

    def all(self, name: str) -> tuple[str, ...]:
        """Return every own name that ``name`` may stand for; more than one is an ambiguity."""
        return (name,) if name in self.own else self.forms.get(ascii_name(name), ())


@lru_cache(maxsize=64)
def names_of(headers: Sequence[str], champs: tuple[str, ...] = (), *, per_class: bool = False) -> Names:
    """Return the names known for records under ``headers`` at a school with other fields ``champs``.

    A field of the school comes before a header of the same form; both come after the fields of Pix.
    """
    forms: dict[str, list[str]] = {}
    for name, stands_for in (*_pix_names(headers), *((name, name) for name in _school_names(champs))):
        forms.setdefault(ascii_name(name), [stands_for])
    taken = set(forms)
    for header in headers:
        form = ascii_name(header)
        if form and form not in taken and header not in forms.setdefault(form, []):
            forms[form].append(header)
    if per_class:
        forms.setdefault(PUPILS, [PUPILS])
    own = dict.fromkeys(form if len(found) > 1 or found[0] in headers else found[0] for form, found in forms.items())
    own |= dict.fromkeys(headers)
    return Names(MappingProxyType(own), MappingProxyType({form: tuple(found) for form, found in forms.items()}))


def field_names() -> tuple[str, ...]:
    """Return the names that any model may use for a Pix file; other headers and the school's own fields add to them."""
    return (*PIX_FIELDS, *SCHOOL_FIELDS, *IMAGES, PUPILS)


def find_column(name: str, headers: Iterable[str]) -> str | None:
    """Return the header whose ASCII form is ``name``; None where none has it."""
    return next((header for header in headers if ascii_name(header) == name), None)


def field_values(record: Record, school: School) -> Values:
    """Return the values for the document of one record. Raises SettingsError for an image that cannot be opened."""
    return Values(record, school)


def class_values(records: Iterable[Record], school: School) -> Mapping[str, object]:
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
        self._school = school
        self._pupils = pupils
        self._certification: Certification | None = None
        self._made: dict[str, object] = {}
        self.names = names_of(record.header, tuple(school.champs), per_class=pupils is not None)

    @property
    def headers(self) -> tuple[str, ...]:
        return self.record.header

    def __getitem__(self, name: str) -> object:
        if name not in self._made:
            own = self.names.find(name)
            if own is None:
                raise KeyError(name)
            self._made[name] = self._value(own)
        return self._made[name]

    def __getattr__(self, name: str) -> object:
        """Return what ``{{ eleve.nom }}`` asks for."""
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self.names.own)

    def __len__(self) -> int:
        return len(self.names.own)

    def _value(self, name: str) -> object:
        if name in self.record.header.positions and name not in self._school.champs:
            return _printed(self.record.cells[self.record.header.positions[name]])
        if name in self._school.champs:
            return self._school.champs[name]
        if name in IMAGES:
            return _picture(self._school, name)
        if name in SCHOOL_FIELDS:
            given = getattr(self._school, name)
            return given if given is not None else self._column(name)
        if name == PUPILS:
            return self._pupils
        if name not in PIX_FIELDS:
            return self._value(self.names.forms[name][0])
        return self._pix_value(name)

    def _column(self, name: str) -> object:
        """Return the cell whose header has the form of a school's field that nobody gave; None where there is none."""
        header = find_column(name, self.record.header)
        return None if header is None else _printed(self.record.cells[self.record.header.positions[header]])

    def _pix_value(self, name: str) -> object:
        certification = self._certification = self._certification or Certification.of(self.record)
        if name == DOMAINS:
            return domain_results(map(printed_level, certification.competences.values()))
        attribute = columns.FIELD_ATTRIBUTES[name]
        if attribute == "competences":
            return printed_level(certification.competences[columns.FIELD_HEADERS[name]])
        if attribute == "score":
            return Score(certification.score, _score_text(self.record))
        value = getattr(certification, attribute)
        if value is None and attribute in _DATES:
            return self.record.text(columns.FIELD_HEADERS[name])
        return _printed(value)


_DATES = frozenset({"birth_date", "exam_date"})
_ALTERNATIVES: Mapping[str, Callable[[School], str]] = MappingProxyType(
    {
        "signature": lambda school: f"Signature de {school.chef}" if school.chef else "Signature",
        "cachet": lambda school: "Cachet",
        "logo": lambda school: "Logo",
    }
)


def _pix_names(headers: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each name of a Pix field with its own: the field's, its header in any language."""
    if columns.NUMBER not in headers:
        return
    for name in PIX_FIELDS:
        yield name, name
    for column in columns.COLUMNS:
        own = column.field or _SCORE_FIELD
        for header in (column.header, *column.others):
            yield header, own


_SCORE_FIELD = next(field for field, attribute in columns.FIELD_ATTRIBUTES.items() if attribute == "score")


def _school_names(champs: tuple[str, ...]) -> tuple[str, ...]:
    return (*champs, *SCHOOL_FIELDS, *IMAGES)


def _picture(school: School, name: str) -> Picture | None:
    path = getattr(school, name)
    return None if path is None else Picture(open_image(path, _ALTERNATIVES[name](school)))


def _score_text(record: Record) -> str:
    text = record.text(columns.PIX) or record.text(columns.SCORE)
    return NOT_EVALUATED if text.strip() == "-" else ""


def _printed(value: object) -> object:
    """Return a cell's value as French text has it: 04/01/2010, 12,5."""
    if type(value) is date:
        return Day.of(value)
    return Number(value) if type(value) is float else value
