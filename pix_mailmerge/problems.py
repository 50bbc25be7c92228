"""Problem, the exception tree, the exit codes.

A Problem says where, what, and what to do, in French; its id is stable and has a paragraph in docs/problems.md.
An exception carries all problems found, not the first:

    PixMailMergeError
     ├── UsageError             2
     ├── SettingsError          3
     ├── DataSourceError        4
     ├── ModelError             5
     ├── DestinationError       6
     ├── ProgramMissingError    7
     └── ProgramFailedError     8

The family of a problem is the part of its id before the dot: ``source.not-found`` ends with code 4.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import ClassVar, Literal

DONE = 0
OUR_BUG = 1
INCOMPLETE = 10  # done, but a record that should have had a document has none
INTERRUPTED = 130

EXIT_CODES = {
    "usage": 2,
    "settings": 3,
    "source": 4,
    "model": 5,
    "destination": 6,
    "missing": 7,
    "program": 8,
}
"""Family (the part of a problem's id before the dot) -> exit code."""

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a problem is; every part may be absent.

    file: name as the user knows it. line: as Excel shows it, 1 = first. column: header.
    part: « corps », « en-tête », « pied de page », « note »… of a model; paragraph, table, row, cell: 1 = first.
    near: the text around it.
    """

    file: str | None = None
    line: int | None = None
    column: str | None = None
    part: str | None = None
    paragraph: int | None = None
    table: int | None = None
    row: int | None = None
    cell: int | None = None
    near: str | None = None

    def __str__(self) -> str:
        """Return the place in French: « 3A.csv, ligne 12, colonne « Nom » »; empty when nothing is known."""
        numbered = (
            ("ligne", self.line),
            ("tableau", self.table),
            ("rangée", self.row),
            ("cellule", self.cell),
            ("paragraphe", self.paragraph),
        )
        parts = [self.file, self.part, *(f"{name} {number}" for name, number in numbered if number is not None)]
        if self.column is not None:
            parts.append(f"colonne « {self.column} »")
        if self.near:
            parts.append(f"près de « {self.near} »")
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: stable id (``family.what``), severity, place, what it is, what to do."""

    id: str
    severity: Severity
    what: str
    remedy: str
    where: Place = Place()

    def __post_init__(self) -> None:
        if self.family not in EXIT_CODES:
            raise ValueError(f"no such family of problems: {self.id}")

    @property
    def family(self) -> str:
        return self.id.partition(".")[0]

    @property
    def exit_code(self) -> int:
        return EXIT_CODES[self.family]

    @property
    def is_error(self) -> bool:
        return self.severity == "error"

    def as_json(self) -> dict[str, object]:
        """Return a mapping for ``--json``; absent parts of the place are left out."""
        where = {key: value for key, value in asdict(self.where).items() if value is not None}
        return {"id": self.id, "severity": self.severity, "where": where, "what": self.what, "remedy": self.remedy}


def error(id: str, what: str, remedy: str, where: Place = Place()) -> Problem:
    """Return a Problem that stops the work."""
    return Problem(id, "error", what, remedy, where)


def warning(id: str, what: str, remedy: str, where: Place = Place()) -> Problem:
    """Return a Problem that is told and does not stop the work."""
    return Problem(id, "warning", what, remedy, where)


class PixMailMergeError(Exception):
    """Root of the tree; ``problems`` holds every problem found, ``exit_code`` what the command line ends with."""

    family: ClassVar[str] = ""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(f"{problem.where} : {problem.what}".lstrip(" :") for problem in self.problems))

    def __reduce__(self) -> tuple[type[PixMailMergeError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)  # so that it crosses a process border whole

    @property
    def exit_code(self) -> int:
        return exit_code(self.problems) or OUR_BUG


class UsageError(PixMailMergeError):
    family = "usage"


class SettingsError(PixMailMergeError):
    family = "settings"


class DataSourceError(PixMailMergeError):
    family = "source"


class ModelError(PixMailMergeError):
    family = "model"


class DestinationError(PixMailMergeError):
    family = "destination"


class ProgramMissingError(PixMailMergeError):
    family = "missing"


class ProgramFailedError(PixMailMergeError):
    family = "program"


def exit_code(problems: Iterable[Problem]) -> int:
    """Return the lowest exit code of the errors among the problems; 0 where there are only warnings."""
    return min((problem.exit_code for problem in problems if problem.is_error), default=DONE)


def raise_errors(problems: Iterable[Problem]) -> None:
    """Raise when an error is among the problems: the class of the lowest exit code, carrying all of them."""
    found = tuple(problems)
    errors = [problem for problem in found if problem.is_error]
    if errors:
        family = min(errors, key=lambda problem: problem.exit_code).family
        raise next(tree for tree in PixMailMergeError.__subclasses__() if tree.family == family)(found)


def bug(cause: BaseException) -> Problem:
    """Return the problem that tells a bug of ours: its kind and place in the program, never a value of the data."""
    trace = cause.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_name}, ligne {trace.tb_lineno}" if trace else "lieu inconnu"
    return error(
        "usage.bug",
        f"Le programme a rencontré une erreur qu’il n’attendait pas ({type(cause).__name__}, {place}).",
        "Ce n’est pas votre faute. Signalez-le avec cette ligne, sans joindre les données des élèves.",
    )
