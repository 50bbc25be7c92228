"""What Excel makes of the header « 1.1 »: a number, a day and month, a month and year; and back."""

from __future__ import annotations

import re

from pix_mailmerge.data_source.values import find_month

LONGEST = 24
"""Characters; a longer text is no code, whatever Excel made of it."""

_CODE = re.compile(r"(?P<domain>[1-5])\s?[.,]\s?(?P<rank>[1-4])")
_MONTH_OF_YEAR_DATE = re.compile(r"01[/.\-]0?(?P<domain>[1-5])[/.\-](?:20)?0(?P<rank>[1-4])")
_DATE = re.compile(r"0?(?P<domain>[1-5])[/.\-]0?(?P<rank>[1-4])[/.\-][0-9]{2,4}")
_ISO_DATE = re.compile(r"[0-9]{4}-0(?P<rank>[1-4])-0(?P<domain>[1-5])(?:[ T]00:00.*)?")
_DAY_MONTH = re.compile(r"0?(?P<domain>[1-5])[ .\-/]+(?P<rank>[^\W\d]{3,})\.?")
_MONTH_YEAR = re.compile(r"(?P<domain>[^\W\d]{3,})\.?[ .\-/]+(?:20)?0?(?P<rank>[1-4])")
_FORMS = (_CODE, _MONTH_OF_YEAR_DATE, _DATE, _ISO_DATE, _DAY_MONTH, _MONTH_YEAR)


def read_code(header: str) -> str | None:
    """Return the code, domain and rank, that ``header`` was before a spreadsheet had it; None where it was none.

    ``1.1`` may have become ``1,1`` (a number), ``01-janv`` or ``01/01/2026`` (day and month), ``janv-01`` (month and
    year).
    """
    text = header.strip().strip("\"'’")
    if len(text) > LONGEST:
        return None
    found = next((found for form in _FORMS if (found := form.fullmatch(text))), None)
    if found is None:
        return None
    domain, rank = (part if part.isdigit() else find_month(part) for part in found.group("domain", "rank"))
    return f"{domain}.{rank}"
