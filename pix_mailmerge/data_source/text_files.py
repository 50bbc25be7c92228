"""A text file -> rows: encoding and delimiter are those that make the header known.

Pix writes UTF-8 with a mark and ``;``. Excel and LibreOffice save the file as cp1252, Mac Roman, UTF-16, with ``,`` or
tabs, without saying which. Guessing from letter frequencies fails on thirty names; the header is known, so it votes.
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
from pix_mailmerge.data_source.table import HEADER_SEARCHED, Row, is_blank

DELIMITERS = (";", ",", "\t", "|")
SAMPLE_BYTES = 65_536

SHARED_TEXTS = 50_000
"""Texts of which one copy serves all cells: classes, sessions, dates, levels repeat in every row."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ONE_BYTE = ("cp1252", "mac_roman")
_SEPARATOR_LINE = re.compile(r'"?sep=(?P<delimiter>.)"?', re.IGNORECASE)
"""« sep=; », a line for Excel alone, which does not show it."""

_FREQUENT = "éèêàçëïîôûùâœ’"
_LATIN_9 = re.compile(rb"[A-Za-z\xc0-\xff][\xa6\xa8\xb4\xb8\xbc-\xbe]|[\xa6\xa8\xb4\xb8\xbc-\xbe][A-Za-z\xc0-\xff]")
"""Bytes that are Š š Ž ž Œ œ Ÿ in Latin-9 and ¦ ¨ ´ ¸ ¼ ½ ¾ in cp1252, where no letter touches them."""


@dataclass(frozen=True, slots=True)
class TextForm:
    """How a text file is written; known: how many headers of a Pix file it makes readable."""

    encoding: str
    delimiter: str
    known: int


def find_form(content: bytes) -> TextForm:
    """Return encoding and delimiter of a text file: those under which most headers are known."""
    encodings = _possible_encodings(content)
    forms = [_best_delimiter(content, encoding) for encoding in encodings]
    best = max(forms, key=lambda form: form.known)
    tied = [form for form in forms if form.known == best.known]
    if len(tied) > 1:
        best = max(tied, key=lambda form: _plausibility(content, form.encoding))
    if best.encoding == "cp1252" and _is_latin_9(content):
        return TextForm("iso8859_15", best.delimiter, best.known)
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


def is_utf_16(content: bytes) -> bool:
    """Tell whether ``content`` is UTF-16, with a mark or without."""
    return _possible_encodings(content)[0].startswith("utf-16")


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
        return TextForm(encoding, found["delimiter"], known_headers("".join(rest), found["delimiter"]))
    known = {delimiter: known_headers(sample, delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=lambda delimiter: known[delimiter])
    if known[best] < 2:
        best = max(DELIMITERS, key=lambda delimiter: _regularity(sample, delimiter))
    return TextForm(encoding, best, known[best])


def known_headers(sample: str, delimiter: str) -> int:
    """Return how many columns of a Pix file the best of the first rows of ``sample`` names."""
    return max((count_known(cells) for cells in _first_rows(sample, delimiter)), default=0)


def count_known(cells: Iterable[object]) -> int:
    """Return how many columns of a Pix file are named in ``cells``, each counted once."""
    found = {column.header for cell in cells if isinstance(cell, str) and (column := columns.find_column(cell))}
    return len(found)


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
    if encoding == "utf-8":
        return -4 * content.decode("utf-8", errors="replace").count("\ufffd")
    counted = Counter(content.translate(None, bytes(range(128))))
    return sum(
        number * _likelihood(bytes([byte]).decode(encoding, errors="replace")) for byte, number in counted.items()
    )


def _likelihood(char: str) -> int:
    if char in _FREQUENT:
        return 3
    if char.lower() in _FREQUENT:
        return 2
    return 1 if char.isalpha() and char not in "ƒªºµ" else -2


def _is_latin_9(content: bytes) -> bool:
    return not re.search(rb"[\x80-\x9f]", content) and _LATIN_9.search(content) is not None
