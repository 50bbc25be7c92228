"""The names that a model may use: the fields of Pix, those of the school, the columns of the source."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from pix_mailmerge.data_source import columns
from pix_mailmerge.settings import IMAGES

SCHOOL_FIELDS = ("etablissement", "ville", "adresse", "academie", "uai", "chef", "fonction_chef", "date")
DOMAINS = "domaines"
PUPILS = "eleves"
PIX_FIELDS = (*columns.FIELD_ATTRIBUTES, DOMAINS)

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "’": " ", "'": " "})
_NOT_NAME = re.compile(r"\W+|_+", re.ASCII)
_SCORE_FIELD = next(field for field, attribute in columns.FIELD_ATTRIBUTES.items() if attribute == "score")


@lru_cache(maxsize=4096)
def ascii_name(header: str) -> str:
    """Return the name of a field for a header: without accents, small letters, words joined by ``_``.

    « Nom d’usage » is ``nom_d_usage``; a name that would start with a digit starts with ``c``: « 1.1 » is ``c1_1``.
    """
    plain = unicodedata.normalize("NFKD", header.translate(_LIGATURES)).encode("ascii", "ignore").decode()
    name = _NOT_NAME.sub("_", plain.casefold()).strip("_")
    return f"c{name}" if name[:1].isdigit() else name


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is spelled most like ``name``; None when none is like it."""
    forms: dict[str, str] = {}
    for one in known:
        forms.setdefault(ascii_name(one), one)
    near = difflib.get_close_matches(ascii_name(name), forms, n=1, cutoff=0.6)
    return forms[near[0]] if near else None


def find_column(name: str, headers: Iterable[str]) -> str | None:
    """Return the header whose ASCII form is ``name``; None where none has it."""
    return next((header for header in headers if ascii_name(header) == name), None)


def field_names() -> tuple[str, ...]:
    """Return the names that any model may use for a Pix file; other headers and the school's own fields add to them."""
    return (*PIX_FIELDS, *SCHOOL_FIELDS, *IMAGES, PUPILS)


@dataclass(frozen=True, slots=True)
class Names:
    """The names that the values of some records are known under.

    own: the fields and the headers, in order. forms: ASCII form -> the own names that it may stand for.
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
        found = self.forms.get(ascii_name(name), ())
        return (name,) if name in self.own and len(found) != 1 else found


@lru_cache(maxsize=64)
def names_of(headers: Sequence[str], champs: tuple[str, ...] = (), *, per_class: bool = False) -> Names:
    """Return the names known for records under ``headers`` at a school with other fields ``champs``.

    The other fields come before those of Pix, these before the school's, and all of them before a header of that form.
    """
    forms: dict[str, list[str]] = {}
    fields = [(name, name) for name in (*champs, *([PUPILS] if per_class else []))]
    for name, stands_for in (*fields, *_pix_names(headers), *((name, name) for name in (*SCHOOL_FIELDS, *IMAGES))):
        forms.setdefault(ascii_name(name), [stands_for])
    taken = set(forms)
    for header in headers:
        form = ascii_name(header)
        if form and form not in taken and header not in forms.setdefault(form, []):
            forms[form].append(header)
    own = dict.fromkeys(name for found in forms.values() for name in found) | dict.fromkeys(headers)
    return Names(MappingProxyType(own), MappingProxyType({form: tuple(found) for form, found in forms.items()}))


def _pix_names(headers: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each name of a field of Pix with the field: its own, its header in any language."""
    if columns.NUMBER not in headers:
        return
    for name in PIX_FIELDS:
        yield name, name
    for column in columns.COLUMNS:
        for header in (column.header, *column.others):
            yield header, column.field or _SCORE_FIELD
