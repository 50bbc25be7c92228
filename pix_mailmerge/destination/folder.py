"""Names of what is made: « 3A/MARTIN Léa.docx » for a pupil, « 3A.docx » for a class, « Attestations.docx » for all.

The only module that names a document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pix_mailmerge._files import folded, safe_name, shortened, width
from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.record import Header, Record
from pix_mailmerge.destination.name_pattern import CLASS_FOLDER, DEFAULT, Pattern, parse_pattern

SCHOOL_NAME = "Attestations"
WORKBOOK_NAME = "Résultats Pix"
REPORT_NAME = "Bilan"
KEPT_NAMES = (SCHOOL_NAME, WORKBOOK_NAME, REPORT_NAME)
"""Names at the top of the folder that no class and no pupil may take."""

LONGEST_PATH = 240
"""Characters of a whole path, folder included, that OneDrive and old Windows bear."""
ROOM = 180
"""Characters below the destination where it is not known, or so deep that nothing would be left."""
LEAST_ROOM = 60
EXTENSIONS = (".docx", ".pdf")
LONGEST_EXTENSION = 5


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


def room_in(folder: Path) -> int:
    """Return how many characters a path may have below ``folder`` for the whole to keep below LONGEST_PATH.

    A folder that is too deep itself still leaves LEAST_ROOM: a name must be readable.
    """
    return max(LEAST_ROOM, LONGEST_PATH - width(str(folder.absolute())) - 1)


def place_documents(
    records: Sequence[Record], pattern: Pattern | None = None, *, suffixes: Sequence[str] = ("",), room: int = ROOM
) -> tuple[Placement, ...]:
    """Return the place of each record's documents: unique on any system, and readable by a secretary.

    A record without last and first name takes its position (``0001``); homonyms of one class all get their
    certification number: « MARTIN Léa (P-4KT9Z2).docx ». Names collide as they do on Windows: without case, NFC.
    suffixes: what the stems of the models' documents end with. room: characters of the longest path, extension too.
    """
    read = _Reader()
    pattern = pattern or parse_pattern(DEFAULT)
    classes = [read(record, columns.CLASS) for record in records]
    folders = place_classes(classes, room=room)
    names = _Names(suffixes, room, (*KEPT_NAMES, *folders.values()))
    wanted = [
        names.fitted(_wanted(pattern, read, record, folders[name], position, room))
        for position, (record, name) in enumerate(zip(records, classes, strict=True), 1)
    ]
    shared = Counter(folded(place.path("")) for place in wanted)
    placed = []
    for record, place in zip(records, wanted, strict=True):
        if shared[folded(place.path(""))] > 1 or not names.is_free(place):
            place = names.with_number(place, read(record, columns.NUMBER))
        placed.append(names.taken_by(place))
    return tuple(placed)


def place_classes(classes: Iterable[str], *, room: int = ROOM) -> Mapping[str, str]:
    """Return class -> the name of its folder and of its documents; "" -> "" (the top folder).

    Two classes whose names Windows would take for one (« 3A », « 3a ») get two folders.
    """
    given = {"": ""}
    names = _Names(("",), room, KEPT_NAMES)
    for text in classes:
        if text not in given:
            bare = text.strip()
            if bare not in given:
                given[bare] = names.taken_by(Placement("", shortened(safe_folder(bare, "sans classe"), room // 3))).stem
            given[text] = given[bare]
    return given


def safe_folder(text: str, fallback: str) -> str:
    """Return ``text`` as the name of a folder, which no document at the top can have: it ends like no file of ours."""
    name = safe_name(text, fallback)
    return f"{name}_" if name.casefold().endswith((*EXTENSIONS, ".xlsx", ".html", ".json")) else name


class _Names:
    """The names that are given already, each with all endings that it may get."""

    def __init__(self, suffixes: Sequence[str], room: int, kept: Iterable[str]) -> None:
        self._suffixes = tuple(suffixes) or ("",)
        self._room = room - LONGEST_EXTENSION - max(map(width, self._suffixes))
        self._taken: set[str] = set()
        for name in kept:
            self._take(Placement("", name))

    def fitted(self, place: Placement, suffix: str = "") -> Placement:
        """Return the place with its stem cut so that the path, ``suffix`` included, is not too long."""
        left = self._room - width(place.folder) - 1 - width(suffix)
        return Placement(
            place.folder, shortened(place.stem, left, beside=suffix + max(self._suffixes, key=len)) + suffix
        )

    def with_number(self, place: Placement, number: str) -> Placement:
        name = safe_name(number, "")
        return self.fitted(place, f" ({shortened(name, 20)})") if name else place

    def taken_by(self, place: Placement) -> Placement:
        """Return ``place``, or the first of « … (2) », « … (3) » that is free; it is free no more."""
        free, number = place, 2
        while not self.is_free(free):
            free, number = self.fitted(place, f" ({number})"), number + 1
        self._take(free)
        return free

    def is_free(self, place: Placement) -> bool:
        return not any(folded(place.path(suffix)) in self._taken for suffix in self._suffixes)

    def _take(self, place: Placement) -> None:
        self._taken |= {folded(place.path(suffix)) for suffix in self._suffixes if place.stem}


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


def _wanted(pattern: Pattern, read: _Reader, record: Record, class_folder: str, position: int, room: int) -> Placement:
    """Return the place that the pattern says, each folder and the name made safe."""
    *folders, stem = pattern.fill(lambda header: read(record, header))
    longest = room // 2 // max(1, len(folders))
    safe = [
        class_folder if folder == CLASS_FOLDER else shortened(safe_folder(folder, ""), longest) for folder in folders
    ]
    return Placement("/".join(folder for folder in safe if folder), safe_name(stem, f"{position:04d}"))
