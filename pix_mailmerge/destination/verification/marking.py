"""Marks around the values that a model emits, and none around its own text: by them a page is read back.

A value that is printed as its cell has it says which cell: its mark is that of the header.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.record import Record
from pix_mailmerge.destination.verification.texts import END, KINDS, START
from pix_mailmerge.model.compiled import CompiledModel
from pix_mailmerge.model.media import Framed
from pix_mailmerge.model.printed import Level, Score
from pix_mailmerge.model.word_fields.nodes import Late

_DIRECT_FIELDS = {"nom": columns.LAST_NAME, "prenom": columns.FIRST_NAME, "numero": columns.NUMBER}

_RUNS = '<w:t pix="">{}</w:t>'
_RUNS_START, _RUNS_END = _RUNS.format(START).encode(), _RUNS.format(END).encode()
_MARKS = re.compile(b"|".join(mark.encode() for mark in (START, END, *KINDS.values())))


class _Named(str):
    """A value that says under which header it stands in the source."""

    __slots__ = ("header",)
    header: str


def unmarked(xml: bytes) -> bytes:
    """Return the XML as the model renders it."""
    return _MARKS.sub(b"", xml.replace(_RUNS_START, b"").replace(_RUNS_END, b""))


def named(context: Mapping[str, object], record: Record) -> dict[str, object]:
    """Return the values of a record that tell, when they are printed as they are, where they come from."""
    named: dict[str, object] = {}
    for name, header in _DIRECT_FIELDS.items():
        value = context.get(name)
        if type(value) is str and header in record.header:
            named[name] = one = _Named(value)
            one.header = header
    return named


@contextmanager
def marking(compiled: CompiledModel) -> Iterator[None]:
    """Have the model put marks around every value that it emits."""
    environment = compiled.environment
    emitted = environment.encoded
    end = END.encode()

    def encoded(value: object) -> bytes:
        if type(value) is bytes or type(value) is Late:  # the runs of a Word field: no text of the model around them
            return _RUNS_START + emitted(value) + _RUNS_END
        if type(value) is Framed:  # stands in an attribute
            return emitted(value)
        return _mark(value) + emitted(str(value) if type(value) is _Named else value) + end

    with environment.emitting(encoded):
        yield


_STARTS = {header: mark.encode() for header, mark in KINDS.items()}
_START = START.encode()


def _mark(value: object) -> bytes:
    kind = type(value)
    if kind is Level:
        return _STARTS.get(value.code, _START)  # type: ignore[attr-defined]
    if kind is Score:
        return _STARTS[columns.SCORE]
    return _STARTS.get(value.header, _START) if kind is _Named else _START  # type: ignore[attr-defined]
