"""Values as a model prints them: a competence, a score, a day. Each also compares and formats as what it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from pix_mailmerge.data_source.certification import Competence, State
from pix_mailmerge.data_source.columns import COMPETENCES, DOMAINS
from pix_mailmerge.data_source.values import format_date

NOT_EVALUATED = "–"
_NAMES = {competence.code: competence.name for competence in COMPETENCES}


class Score(int):
    """A number of Pix: compares as a number, 0 where there is none; then it prints ``text``."""

    text: str | None

    def __new__(cls, value: int | None, text: str = "") -> Score:
        score = super().__new__(cls, value or 0)
        score.text = text if value is None else None
        return score

    def __str__(self) -> str:
        return int.__repr__(self) if self.text is None else self.text


class Level(int):
    """The result in a competence: prints ``5``, ``0``, ``–`` (not evaluated) or nothing; compares as a number.

    code: « 1.1 ». nom: of the competence. etat: niveau, zero, non_evalue or inconnu.
    """

    code: str
    nom: str
    etat: State
    text: str

    def __new__(cls, code: str, level: int | None, state: State) -> Level:
        made = super().__new__(cls, level or 0)
        made.code, made.nom, made.etat = code, _NAMES.get(code, ""), state
        made.text = {"niveau": str(level), "zero": "0", "non_evalue": NOT_EVALUATED}.get(state, "")
        return made

    @property
    def niveau(self) -> Level:
        """Return the level itself: ``{{ competence.niveau }}`` beside ``{{ competence.nom }}``."""
        return self

    def __str__(self) -> str:
        return self.text

    def __reduce__(self) -> tuple[type[Level], tuple[str, int, State]]:
        return Level, (self.code, int(self), self.etat)


@lru_cache(maxsize=1024)
def printed_level(competence: Competence) -> Level:
    """Return a competence as a model prints it."""
    return Level(competence.code, competence.level, competence.state)


class Day(date):
    """A date that prints as ``JJ/MM/AAAA``."""

    @classmethod
    def of(cls, day: date) -> Day:
        return cls(day.year, day.month, day.day)

    def __str__(self) -> str:
        return format_date(self)


class Number(float):
    """A number of a workbook: prints 12 for 12.0 and 12,5 for 12.5."""

    def __str__(self) -> str:
        text = float.__repr__(self)
        return text.removesuffix(".0").replace(".", ",")


def printed(value: object) -> object:
    """Return a cell's value as French text has it: 04/01/2010, 12,5."""
    if type(value) is date:
        return Day.of(value)
    return Number(value) if type(value) is float else value


@dataclass(frozen=True, slots=True)
class DomainResult:
    """A domain of the reference and the levels in its competences, for a loop of a model."""

    code: str
    nom: str
    competences: tuple[Level, ...]


def domain_results(levels: Iterable[Level]) -> tuple[DomainResult, ...]:
    """Return the five domains with the levels of a record."""
    by_code = {level.code: level for level in levels}
    return tuple(
        DomainResult(domain.code, domain.name, tuple(by_code[one.code] for one in domain.competences))
        for domain in DOMAINS
    )
