"""What a model may ask of a value: ``{{ nom|nom_propre }}``, ``{{ date_certification|date_longue }}``…"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from pix_mailmerge.data_source.values import parse_date
from pix_mailmerge.model.media import Picture

MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_PARTICLES = frozenset({"de", "du", "des", "d", "von", "van", "der", "den", "zu", "y", "e", "dos", "da", "di"})
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_APOSTROPHES = ("'", "’")


def date_longue(value: object) -> str:
    """Return « 1er juin 2026 » for a date or ``01/06/2026``; any other text as it is."""
    day = _day(value)
    if day is None:
        return "" if value is None else str(value)
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def date_complete(value: object) -> str:
    """Return « lundi 1er juin 2026 » for a date or ``01/06/2026``; any other text as it is."""
    day = _day(value)
    return date_longue(value) if day is None else f"{WEEKDAYS[day.weekday()]} {date_longue(day)}"


def nom_propre(value: object) -> str:
    """Return a name in capitals as it is written: DE LA TOUR is « de La Tour », D'ANGELO « D'Angelo ».

    A name that has a small letter already was typed with care: it stays as it is.
    """
    text = "" if value is None else str(value)
    if text != text.upper():
        return text
    return _WORD.sub(lambda word: _cased(word, text), text)


def largeur(picture: Picture | None, millimetres: float) -> Picture | None:
    """Return a picture to be drawn so many millimetres wide."""
    return picture and Picture(picture.image.boxed(width=millimetres))


def hauteur(picture: Picture | None, millimetres: float) -> Picture | None:
    """Return a picture to be drawn so many millimetres high."""
    return picture and Picture(picture.image.boxed(height=millimetres))


FILTERS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {one.__name__: one for one in (date_longue, date_complete, nom_propre, largeur, hauteur)}
)


def _day(value: object) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return parse_date(str(value or ""))
    except ValueError:
        return None


def _cased(word: re.Match[str], name: str) -> str:
    """Return a word of a name: a particle small when another word follows it, any other with its capital.

    « D'ANGELO » is one name, « D'ORMESSON » too: nothing tells them apart, so that a d' at the beginning keeps its
    capital. The h of a Breton c'h, and a single letter after an apostrophe, end a word.
    """
    letters, before, after = word[0], name[: word.start()], name[word.end() :]
    if letters.casefold() in _PARTICLES and after[:1].isspace() and after.strip():
        return letters.lower()
    if letters == "D" and after[:1] in _APOSTROPHES and before[-1:].isspace():
        return "d"
    if before[-1:] in _APOSTROPHES and (len(letters) == 1 or (before[-2:-1] == "C" and letters[0] == "H")):
        return letters.lower()
    if letters[:2] == "MC" and len(letters) > 3:
        return f"Mc{letters[2]}{letters[3:].lower()}"
    return letters[:1].upper() + letters[1:].lower()
