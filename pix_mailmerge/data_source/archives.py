"""A .zip of result files: its members, read one at a time, never unpacked to disk."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from pix_mailmerge.data_source import file_kinds
from pix_mailmerge.problems import DataSourceError, Place, Problem, error

SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".ods"})
FOLDER_SUFFIXES = SUFFIXES | {".zip"}

MOST_MEMBERS = 5_000
LARGEST_TOTAL = 500_000_000
"""Bytes that the members may have once unpacked."""

_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
_MAC_COPIES = "__MACOSX"


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: its name there, and how to get its bytes (raises DataSourceError)."""

    name: str
    open: Callable[[], bytes]


def may_hold_results(name: str) -> bool:
    """Tell whether a file of a folder is one to read, by its name; hidden and lock files are not."""
    path = PurePosixPath(name)
    return path.suffix.casefold() in FOLDER_SUFFIXES and not path.name.startswith((".", "~$"))


def is_archive(content: bytes) -> bool:
    """Tell whether ``content`` is a zip and not a workbook, a Word document or the like."""
    return content.startswith(b"PK") and file_kinds.find_package_kind(content) is None


def find_members(name: str, content: bytes) -> list[Member]:
    """Return the result files in the archive called ``name``; raise DataSourceError where it has none to give."""
    try:
        package = zipfile.ZipFile(io.BytesIO(content))
        infos = [info for info in package.infolist() if not info.is_dir()]
    except file_kinds.BROKEN_PACKAGE as cause:
        raise DataSourceError(_damaged(name)) from cause
    if len(infos) > MOST_MEMBERS or sum(info.file_size for info in infos) > LARGEST_TOTAL:
        raise DataSourceError(_too_large(name))
    if any(info.flag_bits & _ENCRYPTED for info in infos):
        raise DataSourceError(_encrypted(name))
    members = [
        Member(_name(info), _opener(name, package, info))
        for info in infos
        if PurePosixPath(info.filename).suffix.casefold() in SUFFIXES and _is_wanted(info.filename)
    ]
    if not members:
        raise DataSourceError(_nothing(name, package, infos))
    return members


def _opener(name: str, package: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], bytes]:
    def opened() -> bytes:
        try:
            return package.read(info)
        except file_kinds.BROKEN_PACKAGE as cause:
            raise DataSourceError(_damaged(name)) from cause

    return opened


def _is_wanted(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.name.startswith((".", "~$")) and _MAC_COPIES not in path.parts


def _name(info: zipfile.ZipInfo) -> str:
    """Return the name of a member; where the zip does not say it is UTF-8, Windows wrote it in its console's code."""
    if info.flag_bits & _UTF8_NAME:
        return info.filename
    raw = info.filename.encode("cp437", errors="replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp850")


def _nothing(name: str, package: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> Problem:
    for info in infos:
        if info.filename.casefold().endswith(".xml") and (kind := _markup_kind(package, info)):
            return file_kinds.problem_of(kind, name)
    return error(
        "source.zip-empty",
        "Cette archive ne contient aucun fichier de résultats.",
        "Indiquez une archive des fichiers .csv exportés de Pix Orga, ou les fichiers eux-mêmes.",
        Place(file=name),
    )


def _markup_kind(package: zipfile.ZipFile, info: zipfile.ZipInfo) -> file_kinds.Kind | None:
    try:
        with package.open(info) as part:
            return file_kinds.find_markup_kind(part.read(4096))
    except file_kinds.BROKEN_PACKAGE:
        return None


def _damaged(name: str) -> Problem:
    return error(
        "source.zip-damaged",
        "Cette archive est abîmée ou incomplète.",
        "Ouvrez-la, copiez les fichiers qu’elle contient dans un dossier, et indiquez ce dossier.",
        Place(file=name),
    )


def _encrypted(name: str) -> Problem:
    return error(
        "source.zip-protected",
        "Cette archive est protégée par un mot de passe.",
        "Ouvrez-la, copiez les fichiers qu’elle contient dans un dossier, et indiquez ce dossier.",
        Place(file=name),
    )


def _too_large(name: str) -> Problem:
    return error(
        "source.too-large",
        "Cette archive contient trop de fichiers, ou des fichiers trop grands.",
        "Copiez les fichiers de résultats dans un dossier, et indiquez ce dossier.",
        Place(file=name),
    )
