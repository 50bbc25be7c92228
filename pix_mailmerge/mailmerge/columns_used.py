"""The columns of a source that a model prints, and how wide their values are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.record import Header, Record
from pix_mailmerge.destination.engines.own_fonts import FONTS
from pix_mailmerge.model.fields import DOMAINS, PUPILS, SCHOOL_FIELDS, names_of
from pix_mailmerge.settings import IMAGES, School

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

    from pix_mailmerge.model.word_model import Model

MEASURED_FONT = "Carlito-Regular.ttf"
"""Carlito has the widths of Calibri, the font of the shipped models; which name is the longest hardly depends on it."""


def columns_used(model: Model, header: Header, school: School) -> tuple[str, ...]:
    """Return the headers that ``model`` prints values of, in the order in which it does.

    A model that lists « eleves » is taken to print what its loop may: the columns that its tags name after a dot.
    """
    names = names_of(header, tuple(school.champs), per_class=True)
    used: dict[str, None] = {}
    for name in (*model.fields, *_of_pupils(model)):
        own = names.find(name)
        if own == DOMAINS:
            used |= dict.fromkeys(columns.COMPETENCE_CODES)
        elif own is not None and own not in {*school.champs, *SCHOOL_FIELDS, *IMAGES, PUPILS}:
            used[columns.FIELD_HEADERS.get(own) or names.forms.get(own, (own,))[0]] = None
    return tuple(name for name in used if name in header)


def text_under(record: Record, header: str) -> str:
    """Return what a record has under ``header``, without blanks around; a number of Pix stands under two headers."""
    text = record.text(header).strip()
    return text or record.text(columns.SCORE).strip() if header == columns.PIX else text


def name_of(record: Record) -> str:
    """Return « NOM Prénom », or the line where the record has neither."""
    name = f"{record.text(columns.LAST_NAME)} {record.text(columns.FIRST_NAME)}".strip()
    return name or f"ligne {record.line}"


@lru_cache(maxsize=8192)
def width_of(text: str) -> float:
    """Return the width of ``text`` on one line, in hundredths of the font's size, without kerning."""
    return sum(map(_advance, text))


@lru_cache(maxsize=2048)
def _advance(letter: str) -> float:
    return float(_font().getlength(letter))


@lru_cache(maxsize=1)
def _font() -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(str(FONTS / MEASURED_FONT), 100, layout_engine=ImageFont.Layout.BASIC)


def _of_pupils(model: Model) -> tuple[str, ...]:
    """Return the names that the tags of a class model ask its pupils for: ``nom`` of ``{{ eleve.nom }}``."""
    if not model.per_class:
        return ()
    known: Mapping[str, str] = columns.FIELD_HEADERS
    return tuple(name for name in (*known, DOMAINS) if any(f".{name}" in text for text in _texts(model)))


@lru_cache(maxsize=4)
def _texts(model: Model) -> tuple[str, ...]:
    from pix_mailmerge.model.sources import read_sources

    return tuple(source.xml for source in read_sources(model.package))
