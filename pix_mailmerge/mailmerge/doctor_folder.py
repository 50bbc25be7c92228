"""What the doctor sees of the folder where the documents are to be made."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from pix_mailmerge._files import unwritable
from pix_mailmerge.mailmerge import machine
from pix_mailmerge.mailmerge.finding import Finding
from pix_mailmerge.problems import PixMailMergeError, Place, error, warning
from pix_mailmerge.settings import FILE_NAME, read_settings

LEAST_FREE = 200 * 10**6
"""Bytes: 300 pupils take 60 MB as .docx, .pdf and composed files, and as much while they are being made."""
NO_ROOM = 20 * 10**6
LONGEST_FOLDER = 120
"""Characters of the folder's path that leave room for a class and a long name below the 260 of Windows."""


def look_at_folder(folder: Path) -> Iterator[Finding]:
    """Yield whether a file can be written in ``folder``, or made with it where it is not there yet, by writing one."""
    nearest = machine.nearest_folder(folder)
    told = str(folder.absolute()) if folder.exists() else f"{folder.absolute()} (sera créé)"
    if folder.exists() and not folder.is_dir():
        yield Finding("Dossier", told, unwritable(folder, NotADirectoryError(20, "")).problems[0])
        return
    trial = nearest / f".pix-{secrets.token_hex(6)}.tmp"
    try:
        trial.write_bytes(b"pix")
        trial.unlink()
    except OSError as cause:
        yield Finding("Dossier", told, unwritable(folder, cause).problems[0])
    else:
        yield Finding("Dossier", f"{told} : on peut y écrire")


def look_at_room(folder: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(machine.nearest_folder(folder)).free
    told = f"{megabytes(free)} libres"
    if free >= LEAST_FREE:
        yield Finding("Place libre", told)
        return
    what = f"Il ne reste que {megabytes(free)} sur ce disque."
    remedy = "Libérez de la place, ou choisissez un autre disque avec --out ; 300 élèves demandent environ 100 Mo."
    tell = error if free < NO_ROOM else warning
    yield Finding("Place libre", told, tell("destination.no-room", what, remedy, Place(file=str(folder))))


def look_at_sync(folder: Path, environment: Mapping[str, str]) -> Iterator[Finding]:
    absolute = folder.absolute()
    service = machine.find_sync_service(absolute, environment)
    if service is None and machine.is_recalled(machine.nearest_folder(folder)):
        service = "un service en ligne"
    if service is None:
        yield Finding("Synchronisation", "ce dossier ne semble pas copié sur un service en ligne")
        return
    what = f"Ce dossier est copié en ligne par {service} : les documents des élèves y partiraient."
    remedy = "Choisissez un dossier de l’ordinateur ou du réseau de l’établissement, sauf si ce service est le sien."
    where = Place(file=str(folder))
    yield Finding("Synchronisation", service, warning("destination.synchronised", what, remedy, where))


def look_at_settings(folder: Path) -> Iterator[Finding]:
    found = [file for file in (folder / FILE_NAME, Path(FILE_NAME)) if file.is_file()]
    if not found:
        yield Finding("Réglages", f"pas de {FILE_NAME} ici ; les options de la ligne de commande suffisent")
        return
    try:
        read_settings({}, folder=found[0].parent)
    except PixMailMergeError as cause:
        yield from (Finding("Réglages", str(found[0]), problem) for problem in cause.problems)
    else:
        yield Finding("Réglages", f"{found[0]} : se lit bien")


def look_at_length(folder: Path, *, has_long_paths: bool) -> Iterator[Finding]:
    """Yield whether the names of the documents fit behind the path of ``folder``."""
    length = len(str(folder.absolute()))
    told = f"le chemin du dossier a {length} caractères"
    if has_long_paths or length <= LONGEST_FOLDER:
        yield Finding("Chemins longs", f"{told} : les noms des élèves y tiennent")
        return
    what = f"Le chemin du dossier est long ({length} caractères), et Windows s’arrête à 260."
    remedy = "Prenez un dossier au chemin plus court, par exemple C:\\Pix, ou faites activer les chemins longs."
    yield Finding("Chemins longs", told, warning("destination.long-path", what, remedy, Place(file=str(folder))))


def megabytes(count: int) -> str:
    """Return a number of bytes as the French write it: « 850 Mo », « 1,5 Go »."""
    return f"{count / 10**9:.1f} Go".replace(".", ",") if count >= 10**9 else f"{count // 10**6} Mo"
