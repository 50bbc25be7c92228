"""The files that a user means: patterns, folders, zips and « - » taken apart, in an order that never changes."""

from __future__ import annotations

import glob
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pix_mailmerge._files import folded
from pix_mailmerge.problems import DataSourceError, Place, Problem, error

STDIN = "-"
STDIN_NAME = "entrée standard"

SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".ods", ".zip"})
"""What is looked for in a folder."""

LARGEST_BYTES = 300_000_000
"""Of one file: an export of 100,000 pupils has 25 MB."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read. name: as the user knows it. path: None for what lies in a zip or came through a pipe.

    content: its bytes where they are known already. is_named: the user named it; else it was found in a folder or zip.
    """

    name: str
    path: Path | None
    content: bytes | None = None
    is_named: bool = True

    def read_bytes(self) -> bytes:
        """Return the content; raise DataSourceError where it cannot be read or is too large."""
        if self.content is not None:
            return self.content
        assert self.path is not None
        try:
            if self.path.stat().st_size > LARGEST_BYTES:
                raise DataSourceError(too_large(self.name))
            return self.path.read_bytes()
        except OSError as cause:
            raise DataSourceError(unreadable(self.name, cause)) from cause


def find_sources(paths: Iterable[str | Path]) -> tuple[list[Source], list[Problem]]:
    """Return the files that ``paths`` mean, each once, and a problem for each that means none."""
    sources: list[Source] = []
    problems: list[Problem] = []
    seen: set[Path] = set()
    for path in paths:
        if str(path) == STDIN:
            sources.append(Source(STDIN_NAME, None, sys.stdin.buffer.read(LARGEST_BYTES + 1)))
            continue
        files = _expanded(Path(path))
        if not files:
            problems.append(_not_found(str(path)))
        for file in files:
            found, wrong = _in_folder(file) if file.is_dir() else ([Source(file.name, file)], [])
            problems += wrong
            sources += [source for source in found if source.path is None or source.path.resolve() not in seen]
            seen.update(source.path.resolve() for source in found if source.path is not None)
    return sources, problems


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts names as people do (6A before 10A) and the same way on every system."""
    parts = re.split(r"([0-9]+)", folded(name))
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part)


def too_large(name: str) -> Problem:
    """Return the problem of a file beyond ``LARGEST_BYTES``."""
    return error(
        "source.too-large",
        "Le fichier dépasse 300 Mo : ce n’est pas un export de résultats.",
        "Vérifiez que c’est le bon fichier.",
        Place(file=name),
    )


def unreadable(name: str, cause: OSError) -> Problem:
    """Return the problem of a file that the system does not let us read."""
    if isinstance(cause, FileNotFoundError):
        return _not_found(name)
    return error(
        "source.unreadable",
        f"Le fichier ne peut pas être lu ({cause.strerror or cause}).",
        "S’il est ouvert dans Excel, fermez-le ; sinon, vérifiez que vous avez le droit de le lire.",
        Place(file=name),
    )


def _not_found(name: str) -> Problem:
    pattern = any(char in name for char in "*?")
    return error(
        "source.not-found",
        "Aucun fichier ne correspond à ce nom." if pattern else "Ce fichier n’existe pas.",
        "Vérifiez le nom et le dossier ; le fichier exporté de Pix Orga est souvent dans « Téléchargements ».",
        Place(file=name),
    )


def _expanded(path: Path) -> list[Path]:
    if path.exists():
        return [path]
    text = str(path)
    if not any(char in text for char in "*?"):
        return []
    found = (Path(name) for name in glob.glob(text.replace("[", "[[]")))  # noqa: PTH207 - Path.glob takes no absolute pattern
    return sorted((file for file in found if not _is_lock(file.name)), key=lambda file: natural_key(str(file)))


def _in_folder(folder: Path) -> tuple[list[Source], list[Problem]]:
    try:
        files = [file for file in folder.iterdir() if file.suffix.casefold() in SUFFIXES and not _is_lock(file.name)]
    except OSError as cause:
        return [], [unreadable(str(folder), cause)]
    if not files:
        return [], [
            error(
                "source.folder-empty",
                "Ce dossier ne contient aucun fichier de résultats.",
                "Indiquez le dossier où sont les fichiers .csv exportés de Pix Orga.",
                Place(file=str(folder)),
            )
        ]
    files.sort(key=lambda file: natural_key(file.name))
    return [Source(file.name, file, is_named=False) for file in files if file.is_file()], []


def _is_lock(name: str) -> bool:
    return name.startswith((".", "~$"))
