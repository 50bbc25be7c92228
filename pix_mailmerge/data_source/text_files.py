"""A text file -> rows: encoding and delimiter are those that make the header known.

Pix writes UTF-8 with a mark and ``;``. Excel and LibreOffice save the file as cp1252, Mac Roman, cp850, UTF-16, with
``,`` or tabs, without saying which. Guessing from letter frequencies fails on thirty names; the header is known, so
it votes.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.layout import count_known
from pix_mailmerge.data_source.table import HEADER_SEARCHED, Row, is_blank

DELIMITERS = (";", ",", "\t", "|")
SAMPLE_BYTES = 65_536

ROW_DELIMITERS = 8
"""As many in one cell are those of a row: no text of a Pix file has so many."""

SHARED_TEXTS = 50_000
"""Texts of which one copy serves all cells: classes, sessions, dates, levels repeat in every row."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DOS = "cp850"
"""What Excel calls « CSV (MS-DOS) »."""

_ONE_BYTE = ("cp1252", "mac_roman", _DOS)
_SEPARATOR_LINE = re.compile(r'"?sep=(?P<delimiter>.)"?', re.IGNORECASE)
"""« sep=; », a line for Excel alone, which does not show it."""

_FREQUENT = "éèêàçëïîôûùâœ’"
_PUNCTUATION = "–—‘“”«»…€"
_LATIN_9 = re.compile(rb"[A-Za-z\xc0-\xff][\xa6\xa8\xb4\xb8\xbc-\xbe]|[\xa6\xa8\xb4\xb8\xbc-\xbe][A-Za-z\xc0-\xff]")
"""Bytes that are Š š Ž ž Œ œ Ÿ in Latin-9 and ¦ ¨ ´ ¸ ¼ ½ ¾ in cp1252, where no letter touches them."""


Votes = tuple[int, int]
"""How many columns of a Pix file the best row names, and how many of them to the letter: only accents tell cp1252 from
Mac Roman and cp850, and headers are else compared without."""


@dataclass(frozen=True, slots=True)
class TextForm:
    """How a text file is written; votes: what its headers say for it."""

    encoding: str
    delimiter: str
    votes: Votes = (0, 0)


def find_form(content: bytes) -> TextForm:
    """Return encoding and delimiter of a text file: those under which most headers are known."""
    forms = [_best_delimiter(content, encoding) for encoding in _possible_encodings(content)]
    most = max(form.votes for form in forms)
    tied = [form for form in forms if form.votes == most]
    best = max(tied, key=lambda form: _plausibility(content, form.encoding)) if len(tied) > 1 else tied[0]
    if best.encoding == "cp1252" and _is_latin_9(content):
        return TextForm("iso8859_15", best.delimiter, best.votes)
    return best


def read_rows(content: bytes, form: TextForm) -> Iterator[Row]:
    """Yield the rows that are not blank with their line as Excel shows it; raise csv.Error where none can be made."""
    text = io.TextIOWrapper(io.BytesIO(content), form.encoding, errors="replace", newline="")
    first = text.readline()
    if _SEPARATOR_LINE.fullmatch(first.strip()) is None:
        text.seek(0)
    return _numbered(text, form.delimiter)


def _numbered(lines: Iterable[str], delimiter: str) -> Iterator[Row]:
    shared: dict[str, str] = {}
    for line, cells in enumerate(csv.reader(lines, delimiter=delimiter), start=1):
        if not is_blank(cells):
            share = shared.setdefault if len(shared) < SHARED_TEXTS else shared.get
            yield line, [share(cell, cell) for cell in cells]


def holds_a_row(text: str) -> bool:
    """Tell whether a cell holds a whole row of a Pix file, one of another delimiter or swallowed by a quote."""
    return len(text) > ROW_DELIMITERS and any(text.count(delimiter) >= ROW_DELIMITERS for delimiter in DELIMITERS)


def is_wide(content: bytes) -> bool:
    """Tell whether ``content`` is UTF-16 or UTF-32, with a mark or without: text in which bytes of 0 are no damage."""
    return _possible_encodings(content)[0].startswith(("utf-16", "utf-32"))


def _possible_encodings(content: bytes) -> tuple[str, ...]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return (encoding,)
    start = content[:SAMPLE_BYTES]
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) > len(start) // 5:
        return ("utf-16-le",) if odd > even else ("utf-16-be",)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return ("utf-8", *_ONE_BYTE)
    return ("utf-8",)


def _best_delimiter(content: bytes, encoding: str) -> TextForm:
    sample = content[:SAMPLE_BYTES].decode(encoding, errors="replace")
    first, *rest = sample.split("\n", 1)
    if found := _SEPARATOR_LINE.fullmatch(first.strip()):
        return TextForm(encoding, found["delimiter"], _count_votes("".join(rest), found["delimiter"]))
    votes = {delimiter: _count_votes(sample, delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=votes.__getitem__)
    if votes[best] < (2, 0):
        best = max(DELIMITERS, key=lambda delimiter: _regularity(sample, delimiter))
    return TextForm(encoding, best, votes[best])


def _count_votes(sample: str, delimiter: str) -> Votes:
    rows = _first_rows(sample, delimiter)
    return max(((count_known(cells), sum(map(columns.is_spelt, cells))) for cells in rows), default=(0, 0))


def _first_rows(sample: str, delimiter: str) -> list[list[str]]:
    try:
        return list(islice(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), HEADER_SEARCHED))
    except csv.Error:
        return []


def _regularity(sample: str, delimiter: str) -> tuple[int, int]:
    """Return how many of the first rows have the most frequent width above 1, and that width."""
    widths = Counter(len(cells) for cells in _first_rows(sample, delimiter) if len(cells) > 1)
    width, rows = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    return rows, width


def _plausibility(content: bytes, encoding: str) -> int:
    """Return how much the accents of ``content`` look like those of names, were it in ``encoding``."""
    if encoding == _DOS:
        return -len(content)  # so rare that the header alone may choose it
    if encoding == "utf-8":
        return -4 * content.decode("utf-8", errors="replace").count("\ufffd")
    counted = Counter(content.translate(None, bytes(range(128))))
    return sum(
        number * _likelihood(bytes([byte]).decode(encoding, errors="replace")) for byte, number in counted.items()
    )


def _likelihood(char: str) -> int:
    if char in _FREQUENT:
        return 3
    if char.lower() in _FREQUENT or char in _PUNCTUATION:
        return 2
    return 1 if char.isalpha() and char not in "ƒªºµ" else -2


def _is_latin_9(content: bytes) -> bool:
    return not re.search(rb"[\x80-\x9f]", content) and _LATIN_9.search(content) is not None
