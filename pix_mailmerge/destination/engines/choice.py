"""Which engines to try, in which order, and the sentence that says why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from pix_mailmerge.destination.engines import embedded, libreoffice, word
from pix_mailmerge.destination.engines.engine import Program, Session
from pix_mailmerge.problems import Problem, ProgramMissingError, UsageError, error

Engine = Literal["auto", "embedded", "libreoffice", "word"]

ENGINES: tuple[str, ...] = get_args(Engine)

FINDERS: Mapping[str, Callable[[], Program | None]] = {
    embedded.NAME: embedded.find_program,
    libreoffice.NAME: libreoffice.find_program,
    word.NAME: word.find_program,
}


@dataclass(frozen=True, slots=True)
class Choice:
    """The engines to try, first one first, and why, in French."""

    programs: tuple[Program, ...]
    why: str

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(program.engine for program in self.programs)


def choose_engine(asked: str, drops: Sequence[Problem] = (), *, pdfa: bool = False) -> Choice:
    """Return the engines for ``asked``; ``drops``: what the embedded engine would not draw (preflight.py).

    auto: the embedded engine, unless it would drop something and Word or LibreOffice is there. An engine asked for by
    its name is the only one. Raises UsageError for an unknown name, ProgramMissingError where it is not installed.
    """
    if asked not in ENGINES:
        raise UsageError(
            error(
                "usage.engine",
                f"« {asked} » n’est pas un moteur PDF.",
                f"Choisissez parmi : {', '.join(ENGINES)}.",
            )
        )
    if pdfa:
        return _for_archives(asked)
    if asked != "auto":
        only = _found(asked)
        return Choice((only,), f"PDF par {_named(only)}, comme demandé.")
    programs = {name: program for name, find in FINDERS.items() if (program := find())}
    ours = programs.get(embedded.NAME)
    others = [programs[name] for name in (libreoffice.NAME, word.NAME) if name in programs]
    if ours is None:
        return _without_ours(others)
    if not drops:
        return Choice((ours, *others), f"PDF par {_named(ours)} : il sait dessiner tout ce que contient le document.")
    if others:
        why = f"PDF par {_named(others[0])} : le moteur intégré ne dessinerait pas tout ({_listed(drops)})."
        return Choice((*others, ours), why)
    why = f"PDF par {_named(ours)}, sans pouvoir tout dessiner ({_listed(drops)}) : ni LibreOffice ni Word ici."
    return Choice((ours,), why)


def open_session(engine: str, work: Path | None = None, *, pdfa: bool = False, system_fonts: bool = False) -> Session:
    """Return a session of the engine of that name.

    work: folder for private copies, None = the system's. system_fonts: the embedded engine sees the machine's too.
    """
    if engine == libreoffice.NAME:
        return libreoffice.LibreOfficeSession(work, pdfa=pdfa)
    if engine == word.NAME:
        return word.WordSession(work)
    return embedded.EmbeddedSession(system_fonts=system_fonts)


def find_programs() -> tuple[Program, ...]:
    """Return the engines of this machine, the embedded one first."""
    return tuple(program for find in FINDERS.values() if (program := find()) is not None)


def _for_archives(asked: str) -> Choice:
    if asked not in {"auto", libreoffice.NAME}:
        raise UsageError(
            error(
                "usage.pdfa",
                "Le format d’archivage PDF/A n’est fait que par LibreOffice.",
                "Choisissez --engine libreoffice avec --pdfa, ou renoncez à --pdfa.",
            )
        )
    program = _found(libreoffice.NAME)
    return Choice((program,), f"PDF par {_named(program)}, le seul moteur qui fait le format d’archivage PDF/A.")


def _found(name: str) -> Program:
    program = FINDERS[name]()
    if program is None:
        open_session(name).close()  # raises the engine's own problem
        raise AssertionError(name)
    return program


def _without_ours(others: Sequence[Program]) -> Choice:
    if not others:
        raise ProgramMissingError(
            error(
                "missing.engine",
                "Aucun moteur PDF n’est installé.",
                "Réinstallez pix-mailmerge (pip install --force-reinstall pix-mailmerge), ou installez LibreOffice.",
            )
        )
    return Choice(tuple(others), f"PDF par {_named(others[0])} : le moteur intégré n’est pas installé.")


def _named(program: Program) -> str:
    title = "le moteur intégré" if program.engine == embedded.NAME else program.title
    version = f"dxpdf {program.version}" if program.engine == embedded.NAME else program.version
    return f"{title} ({version})"


def _listed(drops: Sequence[Problem]) -> str:
    """Return the first things that would be dropped: « texte barré, graphique »."""
    names = list(dict.fromkeys(drop.what.partition(" ne ")[0].strip("« »").casefold() for drop in drops))
    return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
