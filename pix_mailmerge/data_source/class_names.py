"""The class of the pupils of a file, from the file's name."""

from __future__ import annotations

import re
import unicodedata

_COPY = re.compile(r"\s*\(\d{1,3}\)$|[ _]*-\s*(?:copie|copy)$|\s+(?:copie|copy)$", re.IGNORECASE)
"""What a browser or Windows adds to the name of a file that is there already."""

_DIVISION = re.compile(r"(?:\d{8}|\{\w+\})_result(?:at|aten|aaten)?s?_(?P<name>.+)", re.IGNORECASE)
"""AAAAMMJJ_resultats_<classe>, or in English and Dutch; Pix leaves the Dutch date as a placeholder."""

_SESSION = re.compile(r"(?:\d{8}_\d{4}_)?(?:resultats|results|resultaten)_session_\d+.*", re.IGNORECASE)

_SHORT_CLASS = re.compile(r"(?=.*\d)(?=.*[^\W\d])[\w .°-]{1,12}")
"""« 3A », « 6e 2 », « TSTMG1 »: the name that staff give to a file themselves."""


def find_class(file: str) -> str:
    """Return the class that ``file`` is named for; "" where its name tells none (a session, « export.csv »)."""
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", file)[-1])
    stem = _without_copies(re.sub(r"\.(?:csv|tsv|txt|xlsx|xlsm|ods|xls)$", "", name, flags=re.IGNORECASE))
    if _SESSION.fullmatch(stem):
        return ""
    if found := _DIVISION.fullmatch(stem):
        return found["name"].strip()
    return stem if _SHORT_CLASS.fullmatch(stem) else ""


def _without_copies(stem: str) -> str:
    while (shorter := _COPY.sub("", stem)) != stem:
        stem = shorter
    return stem.strip()
