"""Word's date pictures: what ``\\@ "dddd d MMMM yyyy"`` makes of a date, and text that looks like a date.

Letters: d dd ddd dddd · M MM MMM MMMM · yy yyyy · h hh (12 hours) H HH (24) · m mm · s ss · am/pm (AM or PM) ·
``'text'``; in French j and a are understood too (``jj/MM/aaaa``). Source: ECMA-376 part 1, 17.16.4.1.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache

from pix_mailmerge.model.word_fields.language import Language, language

_ITEM = re.compile(r"'(?P<quoted>[^']*)'?|(?P<half>am/pm|AM/PM)|(?P<run>(?P<letter>[dDMyYhHmsSjJaA])(?P=letter)*)")
_LONGEST = 60
_CENTURY = 50
"""A year of two digits below it is of the 2000s, as Windows reads one."""
_NUMERIC = re.compile(r"(\d{1,4})\s*[/.\-\s]\s*(\d{1,2})\s*[/.\-\s]\s*(\d{1,4})\.?")
_WORDED = re.compile(
    r"(?:[^\W\d]+\.?,?\s+)?(\d{1,2})(?:er|st|nd|rd|th|\.)?[\s\-]+(?:de\s+|of\s+)?([^\W\d]+\.?)[\s\-,]+(\d{2,4})"
)
_MONTH_FIRST = re.compile(r"(?:[^\W\d]+\.?,?\s+)?([^\W\d]+\.?)\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_TIME = re.compile(r"(\d{1,2})\s*[:h]\s*(\d{2})?(?::(\d{2})(?:\.\d+)?)?\s*([AaPp])?\.?(?:[Mm]\.?)?")

Part = Callable[[datetime], str]


@dataclass(frozen=True, slots=True)
class DatePicture:
    """A compiled picture; ``write`` is all there is to do with it."""

    parts: tuple[Part, ...]

    def write(self, moment: datetime) -> str:
        return "".join(part(moment) for part in self.parts)


def date_picture(picture: str, language: Language) -> DatePicture | None:
    """Return ``picture`` compiled, None where it is empty."""
    return _date_picture(picture, language) if picture.strip() else None


@lru_cache(maxsize=256)
def _date_picture(picture: str, language: Language) -> DatePicture:
    parts: list[Part] = []
    end = 0
    for match in _ITEM.finditer(picture):
        if match.start() > end:
            parts.append(_literal(picture[end : match.start()]))
        parts.append(_part(match, language))
        end = match.end()
    return DatePicture((*parts, _literal(picture[end:])))


def as_moment(value: object, language: Language) -> datetime | None:
    """Return ``value`` (of a data source) as a moment, None where it neither is nor looks like a date or a time."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if isinstance(value, time):
        return datetime.combine(date(1899, 12, 30), value)  # the day zero of Excel and OLE
    return parse_moment(value, language) if isinstance(value, str) else None


def plain_date(value: date | time, language: Language) -> str:
    """Return a date or a time as the language writes it short: 12/05/2026, 12/05/2026 14:30:00, 14:30:00."""
    if isinstance(value, time):
        return value.strftime("%H:%M:%S")
    moment = as_moment(value, language)
    assert moment is not None
    day = _date_picture(language.short_date, language).write(moment)
    return f"{day} {moment:%H:%M:%S}" if isinstance(value, datetime) and value.time() != time() else day


def parse_moment(text: str, language: Language) -> datetime | None:
    """Return the date, time or both that ``text`` shows, None where it shows none (a plain number is not a date)."""
    text = text.strip()
    if not 4 <= len(text) <= _LONGEST:
        return None
    text, hour = _without_time(text)
    try:
        if not text:
            return datetime.combine(date(1899, 12, 30), hour) if hour else None
        day = _parse_date(text, language)
        return datetime.combine(day, hour or time()) if day else None
    except ValueError:
        return None


def _without_time(text: str) -> tuple[str, time | None]:
    """Return ``text`` without the time at its end, and that time."""
    for match in _TIME.finditer(text):
        if match.end() != len(text) or not (match[2] or match[4]):
            continue
        before = text[: match.start()]
        if before and before[-1] not in " \tT\N{NO-BREAK SPACE},":
            continue
        hour = int(match[1])
        if match[4]:
            hour = hour % 12 + (12 if match[4] in "Pp" else 0)
        if hour < 24 and int(match[2] or 0) < 60 and int(match[3] or 0) < 60:
            before = before.removesuffix("T").rstrip(" \t,\N{NO-BREAK SPACE}").removesuffix(" à")
            return before, time(hour, int(match[2] or 0), int(match[3] or 0))
    return text, None


def _parse_date(text: str, language: Language) -> date | None:
    if match := _NUMERIC.fullmatch(text):
        return _numeric(match[1], match[2], match[3], language.date_order)
    if match := _WORDED.fullmatch(text):
        return _named(match[1], match[2], match[3], language)
    if match := _MONTH_FIRST.fullmatch(text):
        return _named(match[2], match[1], match[3], language)
    return None


def _numeric(first: str, second: str, third: str, order: str) -> date | None:
    if len(first) > 2:
        return date(int(first), int(second), int(third)) if len(first) == 4 and len(third) < 3 else None
    if order == "ymd" and len(third) <= 2:
        return date(_year(first), int(second), int(third))
    if len(third) not in (2, 4):
        return None
    day, month = (int(second), int(first)) if order.index("m") < order.index("d") else (int(first), int(second))
    if month > 12 >= day:
        day, month = month, day
    return date(_year(third), month, day)


def _named(day: str, month: str, year: str, own: Language) -> date | None:
    wanted = month.rstrip(".").casefold()
    for names in (own, language("fr"), language("en")):
        for spelled in (names.months, names.months_short):
            found = [name.rstrip(".").casefold() for name in spelled]
            if wanted in found:
                return date(_year(year), found.index(wanted) + 1, int(day))
    return None


def _year(text: str) -> int:
    if len(text) > 2:
        return int(text)
    return int(text) + (2000 if int(text) < _CENTURY else 1900)


def _part(match: re.Match[str], language: Language) -> Part:
    if match["quoted"] is not None:
        return _literal(match["quoted"])
    if match["half"]:  # « am/pm » too: Word shows capitals whichever way it is typed
        am, pm = language.am.upper(), language.pm.upper()
        return lambda moment: am if moment.hour < 12 else pm
    run, letter = match["run"], match["letter"]
    if letter in "jJ":
        return _day(len(run), language) if language.is_french else _literal(run)
    if letter in "aA":
        return _century(len(run)) if language.is_french and len(run) > 1 else _literal(run)
    if letter in "dD":
        return _day(len(run), language)
    if letter in "yY":
        return _century(len(run))
    if letter == "M":
        return _month(len(run), language)
    return _clock(letter, len(run))


def _literal(text: str) -> Part:
    return lambda moment: text


def _day(width: int, language: Language) -> Part:
    if width <= 2:
        return lambda moment: f"{moment.day:0{width}d}"
    names = language.days_short if width == 3 else language.days
    return lambda moment: names[moment.weekday()]


def _month(width: int, language: Language) -> Part:
    if width <= 2:
        return lambda moment: f"{moment.month:0{width}d}"
    names = language.months_short if width == 3 else language.months
    return lambda moment: names[moment.month - 1]


def _century(width: int) -> Part:
    return (lambda moment: f"{moment.year % 100:02d}") if width <= 2 else (lambda moment: f"{moment.year:04d}")


def _clock(letter: str, width: int) -> Part:
    pad = f"0{min(width, 2)}d"
    if letter == "h":
        return lambda moment: format((moment.hour - 1) % 12 + 1, pad)
    if letter == "H":
        return lambda moment: format(moment.hour, pad)
    if letter == "m":
        return lambda moment: format(moment.minute, pad)
    return lambda moment: format(moment.second, pad)
