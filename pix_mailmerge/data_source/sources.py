"""The files that a user means: patterns, folders, zips and « - » taken apart, in an order that never changes."""

from __future__ import annotations

import glob
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from pix_mailmerge._files import folded
from pix_mailmerge.data_source import archives
from pix_mailmerge.problems import DataSourceError, Place, Problem, error

STDIN = "-"
STDIN_NAME = "entrée standard"

LARGEST_BYTES = 100_000_000
"""Of one file: an export of 100,000 pupils has 25 MB."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read. name: as the user knows it, no two alike. place: what makes it one file, however named.

    open: returns its bytes, raises DataSourceError. is_named: the user named it; else a folder or zip held it.
    """

    name: str
    place: str
    open: Callable[[], bytes]
    is_named: bool = True


def find_sources(paths: Iterable[str | Path]) -> tuple[list[Source], list[Problem]]:
    """Return the files that ``paths`` mean, each once, and a problem for each path that means none."""
    sources: dict[str, Source] = {}
    problems: list[Problem] = []
    for path in paths:
        try:
            for source in _meant_by(str(path)):
                sources.setdefault(source.place, source)
        except DataSourceError as wrong:
            problems += wrong.problems
    return _told_apart(list(sources.values())), problems


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts names as people do (6A before 10A) and the same way on every system."""
    parts = re.split(r"([0-9]+)", folded(name))
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part)


def place_of(path: str | Path) -> str:
    """Return what makes a file one file, however it is named."""
    return str(Path(path).resolve())


def read_file(path: Path, name: str) -> bytes:
    """Return the bytes of a file; raise DataSourceError where it cannot be read or is too large."""
    try:
        with path.open("rb") as stream:
            return _bounded(stream, name)
    except OSError as cause:
        raise DataSourceError(_unreadable(name, cause)) from cause


def _bounded(stream: IO[bytes], name: str) -> bytes:
    """Return what ``stream`` holds, read no further than a source may be large: a device never ends."""
    content = stream.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        raise DataSourceError(_too_large(name))
    return content


def _meant_by(path: str) -> list[Source]:
    if path == STDIN:
        content = _bounded(sys.stdin.buffer, STDIN_NAME)
        return _unpacked(Source(STDIN_NAME, STDIN, lambda: content))
    sources = []
    for file in _expanded(path):
        sources += _in_folder(file) if file.is_dir() else _unpacked(_source(file))
    return sources


def _source(file: Path, *, is_named: bool = True) -> Source:
    return Source(file.name, place_of(file), lambda: read_file(file, file.name), is_named)


def _expanded(path: str) -> list[Path]:
    if path and Path(path).exists():
        return [Path(path)]
    if not _is_pattern(path):
        raise DataSourceError(_not_found(path or "nom vide"))
    names = glob.glob(path.replace("[", "[[]"))  # noqa: PTH207 - Path.glob takes no absolute pattern
    files = [Path(name) for name in names if not _is_hidden(Path(name).name)]
    if not files:
        raise DataSourceError(_not_found(path))
    return sorted(files, key=lambda file: natural_key(str(file)))


def _in_folder(folder: Path) -> list[Source]:
    try:
        files = [file for file in folder.iterdir() if file.is_file() and archives.may_hold_results(file.name)]
    except OSError as cause:
        raise DataSourceError(_unreadable(str(folder), cause)) from cause
    if not files:
        raise DataSourceError(
            error(
                "source.folder-empty",
                "Ce dossier ne contient aucun fichier de résultats.",
                "Indiquez le dossier où sont les fichiers .csv exportés de Pix Orga.",
                Place(file=str(folder)),
            )
        )
    files.sort(key=lambda file: natural_key(file.name))
    return [source for file in files for source in _unpacked(_source(file, is_named=False))]


def _unpacked(source: Source) -> list[Source]:
    """Return the files that an archive holds, or ``source`` itself when it is none."""
    if source.place != STDIN and not source.name.casefold().endswith(".zip"):
        return [source]
    content = source.open()
    if not archives.is_archive(content):
        return [source]
    members = archives.find_members(source.name, content)
    members.sort(key=lambda member: natural_key(member.name))
    return [
        Source(f"{source.name}/{member.name}", f"{source.place}/{member.name}", member.open, is_named=False)
        for member in members
    ]


def _told_apart(sources: list[Source]) -> list[Source]:
    """Return ``sources`` with their folder in the names that would be alike."""
    counted = Counter(source.name for source in sources)
    return [
        source if counted[source.name] == 1 else replace(source, name="/".join(Path(source.place).parts[-2:]))
        for source in sources
    ]


def _is_pattern(path: str) -> bool:
    return any(char in path for char in "*?")


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "~$"))


def _not_found(path: str) -> Problem:
    return error(
        "source.not-found",
        "Aucun fichier ne correspond à ce nom." if _is_pattern(path) else "Ce fichier n’existe pas.",
        "Vérifiez le nom et le dossier ; un fichier exporté de Pix Orga est souvent dans « Téléchargements ».",
        Place(file=path),
    )


def _too_large(name: str) -> Problem:
    return error(
        "source.too-large",
        "Le fichier dépasse 100 Mo : ce n’est pas un export de résultats.",
        "Vérifiez que c’est le bon fichier.",
        Place(file=name),
    )


def _unreadable(name: str, cause: OSError) -> Problem:
    return error(
        "source.unreadable",
        f"Le fichier ne peut pas être lu ({cause.strerror or cause}).",
        "S’il est ouvert dans Excel, fermez-le ; sinon, vérifiez que vous avez le droit de le lire.",
        Place(file=name),
    )
