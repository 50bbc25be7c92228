"""The pages that are most likely to go wrong, and why each of them; pure."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.certification import competences_of, score_of
from pix_mailmerge.data_source.record import Record
from pix_mailmerge.mailmerge.columns_used import name_of, text_under, width_of

LAST_LATIN_1 = 0xFF
USUAL_LETTERS = frozenset("œŒŸ’–—…€")
"""Beyond Latin-1, what every French font draws."""
ALIKE = frozenset(
    {columns.LAST_NAME, columns.FIRST_NAME, columns.PIX, columns.SCORE, columns.LEVEL, columns.TYPE, columns.STATUS}
    | {columns.CLASS, columns.FILE}
    | {column.header for column in columns.COLUMNS if column.attribute == "competences"}
)
"""Columns whose longest value says nothing: names are looked at together, the others are digits or labels."""
MUCH_LONGER = 1.5
"""Times the median width from which a value is worth a look of its own."""


@dataclass(frozen=True, slots=True)
class Worst:
    """A record to look at before all others. reasons: in French, the most serious one first."""

    record: Record
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Extreme:
    """One way of being a worst case: the records (their positions) that share it, and what is said of one of them."""

    positions: tuple[int, ...]
    told: Callable[[int], str]


def find_worst(
    records: Sequence[Record], used: Sequence[str], pages: Sequence[int] = (), most: int = 5
) -> tuple[Worst, ...]:
    """Return at most ``most`` records that show between them all that is extreme, the most serious case first.

    used: headers that the model prints. pages: of each record, where they are known. A record that is extreme in
    several ways is shown once and says them all.
    """
    reasons: dict[int, list[str]] = {}
    for extreme in _extremes(records, used, pages):
        shown = next((one for one in extreme.positions if one in reasons), extreme.positions[0])
        if shown in reasons or len(reasons) < most:
            reasons.setdefault(shown, []).append(extreme.told(shown))
    if records and not reasons and most > 0:
        reasons[0] = ["aucun cas n’est plus difficile que les autres"]
    return tuple(Worst(records[position], tuple(told)) for position, told in reasons.items())


def _extremes(records: Sequence[Record], used: Sequence[str], pages: Sequence[int]) -> Iterator[Extreme]:
    """Yield every way of being extreme in which some records differ, the most serious first."""
    yield from _highest(pages, lambda place: f"le plus de pages ({pages[place]})")
    if {columns.LAST_NAME, columns.FIRST_NAME} & set(used):
        names = [name_of(record) for record in records]
        yield from _highest(
            [width_of(name) for name in names], lambda place: f"le nom le plus long ({len(names[place])} caractères)"
        )
    yield from _absences(records, used)
    for header in used:
        yield from _longest_value(records, header)
    yield from _rare_letters(records, used)
    yield from _results(records, used)


def _highest(values: Sequence[float], told: Callable[[int], str], *, above: float = 0) -> Iterator[Extreme]:
    """Yield who has the highest of ``values``, unless all have the same or none has more than ``above``."""
    highest = max(values, default=above)
    if highest > above and highest > min(values):
        yield Extreme(tuple(place for place, value in enumerate(values) if value == highest), told)


def _absences(records: Sequence[Record], used: Sequence[str]) -> Iterator[Extreme]:
    """Yield who lacks most values (two at least), then, for each column, who lacks it."""
    absent = [[header for header in used if not text_under(record, header)] for record in records]
    yield from _highest(
        [len(headers) for headers in absent],
        lambda place: f"le plus de valeurs absentes ({_listed(absent[place])})",
        above=1,
    )
    for header in used:
        lacking = tuple(place for place, headers in enumerate(absent) if header in headers)
        if lacking:
            yield Extreme(lacking, partial(_told_absent, header))


def _longest_value(records: Sequence[Record], header: str) -> Iterator[Extreme]:
    """Yield who has the longest value of a column whose lengths differ much."""
    if header in ALIKE:
        return
    texts = [text_under(record, header) for record in records]
    widths = [width_of(text) for text in texts]
    if max(widths, default=0) > MUCH_LONGER * statistics.median([width for width in widths if width] or [0]):
        yield from _highest(widths, lambda place: f"« {header} » le plus long ({len(texts[place])} caractères)")


def _rare_letters(records: Sequence[Record], used: Sequence[str]) -> Iterator[Extreme]:
    rare = [_rare("".join(text_under(record, header) for header in used)) for record in records]
    yield from _highest(
        [len(letters) for letters in rare],
        lambda place: f"des lettres que toute police n’a pas ({' '.join(rare[place])})",
    )


def _results(records: Sequence[Record], used: Sequence[str]) -> Iterator[Extreme]:
    """Yield who has fewest results, then the highest and the lowest score."""
    if set(used) & set(columns.COMPETENCE_CODES):
        untested = [sum(found.level is None for found in competences_of(record).values()) for record in records]
        yield from _highest(
            untested,
            lambda place: f"le plus de compétences non évaluées ({untested[place]} sur {len(columns.COMPETENCES)})",
        )
    if {columns.PIX, columns.SCORE} & set(used):
        scores = [score_of(record) or 0 for record in records]
        yield from _highest(scores, lambda place: f"le score le plus haut ({scores[place]})")
        lowest = [-score for score in scores]
        yield from _highest(lowest, lambda place: f"le score le plus bas ({scores[place]})", above=-math.inf)


def _rare(text: str) -> str:
    return "".join(dict.fromkeys(char for char in text if ord(char) > LAST_LATIN_1 and char not in USUAL_LETTERS))


def _told_absent(header: str, place: int) -> str:
    return f"« {header} » absent"


def _listed(headers: Sequence[str]) -> str:
    return ", ".join(headers[:4]) + (f" et {len(headers) - 4} autres" if len(headers) > 4 else "")
