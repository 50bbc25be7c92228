"""The class of the pupils of a file, from the file's name."""

from __future__ import annotations

import re
import unicodedata

_COPY = re.compile(r"\s*\(\d{1,3}\)$|[ _]*-\s*(?:copie|copy)$|\s+(?:copie|copy)$", re.IGNORECASE)
"""What a browser or Windows adds to the name of a file that is there already."""

_DIVISION = re.compile(r"(?:\d{8}|\{\w+\})_result(?:at|aten|aaten)?s?_(?P<name>.+)", re.IGNORECASE)
"""AAAAMMJJ_resultats_<classe>, or in English and Dutch; Pix leaves the Dutch date as a placeholder."""

_SESSION = re.compile(r"(?:\d{8}_\d{4}_)?(?:resultats|results|resultaten)_session_\d+.*", re.IGNORECASE)

_GRADE = r"(?:[3-6](?: ?(?:e|è|ème|eme|°))?|2(?: ?(?:nde|de|e))?|1(?: ?(?:re|ère|ere))?|T(?!EST|OT|AB|RI)(?:le|erm)?)"
_SHORT_CLASS = re.compile(
    rf"{_GRADE}[ _.-]?(?:[A-Z]{{0,5}} ?\d{{0,2}}|[a-z]\d?|\d[A-Z])|(?:CM[12]|CAP|BTS|BAC|ULIS|SEGPA)[ _.-]?\w{{0,6}}"
)
"""« 3A », « 6e 2 », « TSTMG1 »: the name that staff give to a file themselves. « export1 » is not that of a class."""

_HAS_BOTH = re.compile(r"(?=.*\d)(?=.*[^\W\d]|.*°).+|T.{2,}")


def find_class(file: str) -> str:
    """Return the class that ``file`` is named for; "" where its name tells none (a session, « export.csv »)."""
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", file)[-1])
    stem = _without_copies(re.sub(r"\.(?:csv|tsv|txt|xlsx|xlsm|ods|xls)$", "", name, flags=re.IGNORECASE))
    if _SESSION.fullmatch(stem):
        return ""
    if found := _DIVISION.fullmatch(stem):
        return found["name"].strip()
    return stem if _SHORT_CLASS.fullmatch(stem) and _HAS_BOTH.fullmatch(stem) else ""


def _without_copies(stem: str) -> str:
    while (shorter := _COPY.sub("", stem)) != stem:
        stem = shorter
    return stem.strip()
