"""Names of what is made: « 3A/MARTIN Léa.docx » for a pupil, « 3A.docx » for a class, « Attestations.docx » for all.

The only module that names a document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pix_mailmerge._files import LONGEST_NAME, folded, safe_name
from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.record import Header, Record

SCHOOL_NAME = "Attestations"
WORKBOOK_NAME = "Résultats Pix"
REPORT_NAME = "Bilan"
KEPT_NAMES = (SCHOOL_NAME, WORKBOOK_NAME, REPORT_NAME)
"""Names at the top of the folder that no class and no pupil may take."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a record's documents go. folder: "" = the top folder; stem: the name without its extension.

    Paths are relative to the destination, with ``/``.
    """

    folder: str
    stem: str

    @property
    def docx(self) -> str:
        return self.path(".docx")

    @property
    def pdf(self) -> str:
        return self.path(".pdf")

    def path(self, extension: str) -> str:
        return f"{self.folder}/{self.stem}{extension}" if self.folder else f"{self.stem}{extension}"


def place_documents(records: Sequence[Record]) -> tuple[Placement, ...]:
    """Return the place of each record's documents: unique on any system, and readable by a secretary.

    A record without last and first name takes its position (``0001``); homonyms of one class all get their
    certification number: « MARTIN Léa (P-4KT9Z2).docx ». Names collide as they do on Windows: without case, NFC.
    """
    read = _Reader()
    classes = [read(record, columns.CLASS) for record in records]
    folders = place_classes(classes)
    wanted = [
        Placement(folders[name], _stem(read, record, position))
        for position, (record, name) in enumerate(zip(records, classes, strict=True), 1)
    ]
    shared = Counter(_key(place) for place in wanted)
    taken = {folded(name) for name in (*KEPT_NAMES, *folders.values())} - {""}
    placed = []
    for record, place in zip(records, wanted, strict=True):
        unique = (
            _with_number(place, read(record, columns.NUMBER))
            if shared[_key(place)] > 1 or _key(place) in taken
            else place
        )
        unique = _free(unique, taken)
        taken.add(_key(unique))
        placed.append(unique)
    return tuple(placed)


def place_classes(classes: Iterable[str]) -> Mapping[str, str]:
    """Return class -> the name of its folder and of its documents; "" -> "" (the top folder).

    Two classes whose names Windows would take for one (« 3A », « 3a ») get two folders.
    """
    names = {"": ""}
    taken = {folded(name) for name in KEPT_NAMES}
    for text in classes:
        if text not in names:
            names[text] = _free(Placement("", safe_name(text, "sans classe")), taken).stem if text.strip() else ""
            taken.add(folded(names[text]))
    return names


class _Reader:
    """Reads a cell under a Pix header however the source spells it (« NOM », « Last name »)."""

    def __init__(self) -> None:
        self._headers: dict[Header, dict[str, str]] = {}

    def __call__(self, record: Record, header: str) -> str:
        if record.header not in self._headers:
            self._headers[record.header] = _pix_headers(record.header)
        return record.text(self._headers[record.header].get(header, header)).strip()


def _pix_headers(header: Header) -> dict[str, str]:
    """Return Pix header -> the header of the source, the first one that means it."""
    found: dict[str, str] = {}
    for name in header:
        column = columns.find_column(name)
        if column is not None:
            found.setdefault(column.header, name)
    return found


def _stem(read: _Reader, record: Record, position: int) -> str:
    name = f"{read(record, columns.LAST_NAME)} {read(record, columns.FIRST_NAME)}".strip()
    return safe_name(name, f"{position:04d}")


def _with_number(place: Placement, number: str) -> Placement:
    return _suffixed(place, f" ({safe_name(number, '')})") if safe_name(number, "") else place


def _free(place: Placement, taken: set[str]) -> Placement:
    """Return ``place``, or the first of « … (2) », « … (3) » that is free."""
    if _key(place) not in taken:
        return place
    number = 2
    while _key(_suffixed(place, f" ({number})")) in taken:
        number += 1
    return _suffixed(place, f" ({number})")


def _suffixed(place: Placement, suffix: str) -> Placement:
    return Placement(place.folder, place.stem[: LONGEST_NAME - len(suffix)].rstrip(" .") + suffix)


def _key(place: Placement) -> str:
    return folded(place.path(""))
