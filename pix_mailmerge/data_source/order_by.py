"""``--sort``: records in the order of a French list.

The order is that of a French dictionary, as the root collation of CLDR has it: letters first without accents and
case, word by word (« DE LA TOUR » before « DEBOIS »), « œ » as « oe »; then accents, then small letters before
capitals. PyICU would bring 30 MB for these lines, and locale.strcoll depends on what the machine has installed.
Numbers count as numbers (« 6e 2 » before « 6e 10 »), dates as dates; what is empty comes last.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

from pix_mailmerge.data_source import columns, values
from pix_mailmerge.data_source.cells import as_text
from pix_mailmerge.data_source.headers import find_header, unknown_column
from pix_mailmerge.data_source.record import Header, Record, Value
from pix_mailmerge.problems import Problem

Key = tuple[bool, tuple[tuple[int, int, str], ...], str, str]

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ø": "o", "Ø": "O", "ł": "l"})
_WORDS = re.compile(r"(\d+)|[^\W\d_]+")
_DATES = frozenset({columns.BIRTH_DATE, columns.EXAM_DATE})


@lru_cache(maxsize=65536)
def collation_key(text: str) -> Key:
    """Return a key that sorts texts as a French list does."""
    spread = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    plain = "".join(char for char in spread if not unicodedata.combining(char)).casefold()
    words = tuple(
        (0, int(found[0]), "") if found[1] and len(found[0]) < 40 else (1, 0, found[0])
        for found in _WORDS.finditer(plain)
    )
    return not words, words, spread.casefold(), spread.swapcase()


def parse_sort(texts: Iterable[str], header: Header) -> tuple[tuple[str, ...], list[Problem]]:
    """Return the headers that « classe,nom » means, and a problem for each name that means none."""
    lists = [text.split(",") if text.strip(" ,") else [text] for text in texts]  # « , » alone is a slip, and told
    names = [name.strip() for names in lists for name in names if name.strip()]
    found = {name: find_header(name, header) for name in names}
    problems = [unknown_column("--sort", name, header) for name, one in found.items() if one is None]
    return tuple(dict.fromkeys(one for one in found.values() if one is not None)), problems


def sort_records(records: Sequence[Record], headers: Sequence[str]) -> tuple[Record, ...]:
    """Return the records by their texts under ``headers``; those that are equal keep their order."""
    return tuple(sorted(records, key=lambda record: [_key(record.values.get(name), name) for name in headers]))


def _key(value: Value, header: str) -> Key:
    if isinstance(value, date):
        return collation_key(f"{value:%Y %m %d}")
    text = as_text(value)
    column = columns.find_column(header)
    if column is not None and column.header in _DATES:
        try:
            day = values.parse_date(text)
        except ValueError:
            day = None
        text = f"{day:%Y %m %d}" if day else text
    return collation_key(text)
