"""What a cell of a Pix file means: dates, scores, levels, and the one spelling that each gets in our records.

``parse_…`` turns text into a value and raises ValueError for what it does not understand. ``clean_…`` returns the text
as Pix would have written it and leaves alone what it does not understand, so that nothing is lost and checks can show
it. Both know what Excel does to a file that is opened and saved: ``1.1`` becomes ``1,1``, a date becomes 40238.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

NOT_EVALUATED = "-"
HIGHEST_LEVEL = 8
HIGHEST_SCORE = 1024

_DASHES = frozenset({"-", "'-", "’-", "–", "—", "−", "‐", "‑"})
"""« not evaluated » as Pix writes it, as its export of 2020 did (``'-``), and as Word or Excel may change it."""

_WHOLE = re.compile(r"([0-9]+)(?:[.,]0+)?")
_GROUPED = re.compile(r"[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+")
"""« 106 763 »: how a spreadsheet may show a whole number."""

_ROUNDED = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]{1,2}", re.IGNORECASE)
"""« 1,07E+08 »: a whole number of which a spreadsheet kept the first digits."""

_EXCEL_ERROR = re.compile(r"#(?:N/[AD]|REF!|VALU?E(?:UR)?!|NAME\?|NOM\?|DIV/0!|NUM!|NOMBRE!|NULL?!|SPILL!|CALC!)|#{3,}")
"""What a formula that failed, or a column too narrow for its number, leaves in a saved CSV, in French and English."""

_SCORE = re.compile(r"([0-9]{1,4})(?:[.,]0+)?(?:\s?pix)?", re.IGNORECASE)
_SCORE_WITH_LEVEL = re.compile(r"(\S.*?)\s?\(([0-9]{1,4})\s?pix\)", re.IGNORECASE)
_DAY_FIRST = re.compile(r"([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]([0-9]{4}|[0-9]{2})(?:[ T][0-9]{1,2}:[0-9]{2}.*)?")
_YEAR_FIRST = re.compile(r"([0-9]{4})[/.\-]([0-9]{1,2})[/.\-]([0-9]{1,2})(?:[ T][0-9]{1,2}:[0-9]{2}.*)?")
_MONTH_NAMED = re.compile(r"([0-9]{1,2})(?:er)?[ .\-]+([^\W\d]+)\.?[ .\-]+([0-9]{4}|[0-9]{2})")
_SERIAL = re.compile(r"([0-9]{5})(?:[.,][0-9]+)?")

_SERIAL_DAY_0 = date(1899, 12, 30)
_EXCEL_CENTURY = 30
"""Excel takes a year of two digits below this as 20xx, from it on as 19xx."""

_MONTHS = (
    ("janv", "jan"),
    ("févr", "fev", "fév", "feb", "fevr"),
    ("mars", "mar", "mrt", "maa"),
    ("avr", "apr"),
    ("mai", "may", "mei"),
    ("juin", "jun"),
    ("juil", "jul"),
    ("août", "aout", "aug"),
    ("sept", "sep"),
    ("oct", "okt"),
    ("nov",),
    ("déc", "dec"),
)


def parse_text(text: str) -> str:
    """Return ``text`` as it is: names, places and comments are printed as Pix gives them."""
    return text


def parse_date(text: str) -> date | None:
    """Return the date that ``text`` holds, None when it is empty.

    ``JJ/MM/AAAA`` is what Pix writes; ``d/m/yy``, ``AAAA-MM-JJ``, ``4-janv-90``, and serials are what Excel and
    LibreOffice make of it. Raises ValueError for anything else, and for a day that no calendar has.
    """
    text = text.strip()
    if not text:
        return None
    if found := _DAY_FIRST.fullmatch(text):
        return date(_full_year(found[3]), int(found[2]), int(found[1]))
    if found := _YEAR_FIRST.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _SERIAL.fullmatch(text):
        return _SERIAL_DAY_0 + timedelta(days=int(found[1]))
    if (found := _MONTH_NAMED.fullmatch(text)) and (month := find_month(found[2])):
        return date(_full_year(found[3]), month, int(found[1]))
    raise ValueError(text)


def parse_score(text: str) -> int | None:
    """Return the Pix of ``55``, ``0 Pix`` or ``Novice 1 (5 Pix)``; None for « - » and for nothing.

    Raises ValueError for anything else and above 1024.
    """
    text = text.strip()
    if not text or text in _DASHES:
        return None
    if found := _SCORE.fullmatch(text):
        score = int(found[1])
    elif found := _SCORE_WITH_LEVEL.fullmatch(text):
        score = int(found[2])
    else:
        raise ValueError(text)
    if score > HIGHEST_SCORE:
        raise ValueError(text)
    return score


def parse_level(text: str) -> int | None:
    """Return the level 0 to 8 of a competence; None for « - » (not evaluated) and for nothing (unknown).

    Raises ValueError for anything else.
    """
    text = text.strip()
    if not text or text in _DASHES:
        return None
    found = _WHOLE.fullmatch(text)
    if found is None or int(found[1]) > HIGHEST_LEVEL:
        raise ValueError(text)
    return int(found[1])


def parse_number(text: str) -> str | None:
    """Return a certification number, which is digits alone; None for nothing. Raises ValueError for anything else."""
    text = text.strip()
    if text and not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    return text or None


def parse_session(text: str) -> str:
    """Return a session as it is; raise ValueError for a number that a spreadsheet has rounded."""
    if is_rounded(text):
        raise ValueError(text)
    return text


def is_rounded(text: str) -> bool:
    """Tell whether ``text`` is a whole number of which a spreadsheet kept the first digits only: « 1,07E+08 »."""
    return _ROUNDED.fullmatch(text.strip()) is not None


def is_excel_error(text: str) -> bool:
    """Tell whether ``text`` is what a spreadsheet shows in place of a value: « #N/A », « ##### »."""
    return text.lstrip()[:1] == "#" and _EXCEL_ERROR.fullmatch(text.strip()) is not None


def split_result(text: str) -> tuple[str, str]:
    """Return global level and score of a « Résultat » of spring 2026.

    ``Novice 1 (5 Pix)`` holds both, ``55`` and ``0 Pix`` a score, ``Admissible`` (Pix+) a level, ``-`` neither.
    """
    if found := _SCORE_WITH_LEVEL.fullmatch(text.strip()):
        return found[1], found[2]
    try:
        parse_score(text)
    except ValueError:
        return text, ""
    return "", clean_score(text)


def clean_text(text: str) -> str:
    """Return ``text`` with line ends as ``\\n``, otherwise as it is."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def clean_number(text: str) -> str:
    """Return an identifier without what a spreadsheet adds to it: ``106763,0`` and ``106 763`` are ``106763``."""
    text = clean_text(text)
    bare = text.strip()
    if found := _WHOLE.fullmatch(bare):
        return found[1]
    return re.sub(r"\D", "", bare) if _GROUPED.fullmatch(bare) else text


def clean_date(text: str) -> str:
    """Return a date as ``JJ/MM/AAAA``; what is no date, as it is."""
    try:
        day = parse_date(text)
    except ValueError:
        return clean_text(text)
    return "" if day is None else format_date(day)


def clean_score(text: str) -> str:
    """Return a score as bare digits, « - » for none; what is no score, as it is."""
    return _clean_count(text, parse_score)


def clean_level(text: str) -> str:
    """Return the level of a competence as one digit, « - » for not evaluated; what is no level, as it is."""
    return _clean_count(text, parse_level)


def clean_label(text: str) -> str:
    """Return a word of Pix (status, type, global level) without spaces around; any dash alone as « - »."""
    text = clean_text(text).strip()
    return NOT_EVALUATED if text in _DASHES else text


def format_date(day: date) -> str:
    """Return ``JJ/MM/AAAA``, with four digits of year on every system."""
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def find_month(name: str) -> int | None:
    """Return 1 to 12 for the name of a month, whole or cut, in French, English or Dutch; None for another word."""
    name = name.strip(". ").casefold()
    if len(name) < 3:
        return None
    for number, starts in enumerate(_MONTHS, start=1):
        if name.startswith(starts) and (number != 1 or name[:3] == "jan"):
            return number
    return None


def _clean_count(text: str, parse: Callable[[str], int | None]) -> str:
    try:
        value = parse(text)
    except ValueError:
        return clean_text(text)
    if value is not None:
        return str(value)
    return NOT_EVALUATED if text.strip() else ""


def _full_year(digits: str) -> int:
    year = int(digits)
    if len(digits) > 2:
        return year
    return year + (2000 if year < _EXCEL_CENTURY else 1900)
