"""Order: what is asked for. Outcome: what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pix_mailmerge.data_source.select import LeftOut
from pix_mailmerge.destination.pdf import Engine
from pix_mailmerge.problems import DONE, INCOMPLETE, Problem, exit_code
from pix_mailmerge.settings import School

Progress = Callable[[str, int, int], None]
"""Called with the step's French name, how many are done, how many there are; what it raises ends the work."""


class StoppedError(Exception):
    """Raised by a Progress whose user wants no more: the files delivered until then are whole, and stay."""


def silent(step: str, done: int, total: int) -> None:
    """Report nothing."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for; every command fills the part that it uses.

    sources: CSVs, workbooks, folders, zips, "-", with ``*`` and ``?`` still in them. models: empty = the shipped
    attestation. status: "certified", "all" or a status's label; None = the default of the work asked for.
    types: of certification that get a document, () = Pix alone. compute_level: name the global level from the score
    where the file names none (third version). jobs: worker processes, None = as many as pay.
    only: « colonne=valeur », name: words of a pupil's names: narrow what the order is about. sort: « colonne,colonne ».
    names: pattern of the documents' names, None = DEFAULT of name_pattern. dry_run: tell what would be made, write
    nothing. pdfa: PDFs for archives (PDF/A-2b).
    """

    sources: tuple[str, ...]
    models: tuple[Path, ...] = ()
    out: Path = Path("attestations")
    school: School = field(default_factory=School)
    status: str | None = None
    types: tuple[str, ...] = ()
    compute_level: bool = False
    class_name: str | None = None
    join: Path | None = None
    only: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    name: str | None = None
    names: str | None = None
    engine: Engine = "auto"
    jobs: int | None = None
    keep_going: bool = False
    replace: bool = False
    duplex: bool = False
    dry_run: bool = False
    pdfa: bool = False

    @property
    def is_narrowed(self) -> bool:
        """Tell whether it is about a part of the sources' pupils only."""
        return bool(self.only) or self.name is not None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an order.

    read: rows, of which ``duplicates`` say what another one says; sources: files that they came from; chosen: records
    that were to get a document. documents: per-pupil documents made. files: every file made or found just so, in order;
    unchanged: those found. engine: a French sentence saying what made the PDFs, or "". dry_run: nothing was made,
    ``files`` says what would be there.
    checked: documents that were read back and compared with the workbook.
    """

    folder: Path
    read: int
    sources: int
    chosen: int
    left_out: tuple[LeftOut, ...] = ()
    documents: int = 0
    files: tuple[Path, ...] = ()
    unchanged: tuple[Path, ...] = ()
    unchanged_pupils: int = 0
    duplicates: int = 0
    dry_run: bool = False
    problems: tuple[Problem, ...] = ()
    seconds: float = 0.0
    engine: str = ""
    checked: int = 0

    @property
    def exit_code(self) -> int:
        """Return the lowest code of its errors; INCOMPLETE where a record lacks its document; DONE."""
        incomplete = any(left.failed for left in self.left_out)
        return exit_code(self.problems) or (INCOMPLETE if incomplete else DONE)
