"""Files that are the old one or the finished new one, and names that every system takes."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from pix_mailmerge.problems import DestinationError, Place, error

T = TypeVar("T")

RETRIED_WINDOWS_ERRORS = frozenset({5, 32, 33})
"""Access denied, sharing violation, lock violation: an antivirus or Word holds the file for a moment."""
RETRY_SECONDS = 2.5

RESERVED_NAMES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"}
    | {f"{device}{digit}" for device in ("com", "lpt") for digit in "0123456789¹²³"}
)
"""Names that Windows keeps for devices, whatever their extension."""

_NOT_IN_NAMES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

LONGEST_NAME = 120
"""Characters of one name: a folder, a class and a pupil stay below the 240 that OneDrive and old Windows bear."""
MOST_BYTES = 240
"""Bytes (UTF-8) of one name with its extension; Linux takes 255, and a letter may have four."""


@contextlib.contextmanager
def written_beside(path: Path, *, fsync: bool = True) -> Iterator[Path]:
    """Yield a path beside ``path`` to write to; it becomes ``path`` when the block ends, and vanishes when it raises.

    The temporary name is neutral (no pupil's name). Raises DestinationError where the folder cannot be written.
    """
    beside = path.with_name(f".pix-{secrets.token_hex(6)}.tmp")
    try:
        yield beside
        if fsync:
            flush(beside)
        rename(beside, path)
    except OSError as cause:
        raise unwritable(path, cause) from cause
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()


def write_file(path: Path, content: bytes, *, fsync: bool = True) -> None:
    """Write ``content`` at ``path`` whole or not at all; raise DestinationError where it cannot be."""
    with written_beside(path, fsync=fsync) as beside:
        beside.write_bytes(content)


def flush(path: Path) -> None:
    """Have the system put the bytes of ``path`` on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def rename(source: Path, target: Path) -> None:
    """Put ``source`` in the place of ``target``, trying again for 2.5 s while another program holds it (Windows)."""
    retried(lambda: source.replace(target))


def retried(action: Callable[[], T]) -> T:
    """Return what ``action`` returns, trying again for 2.5 s on the Windows errors 5, 32 and 33."""
    end = time.monotonic() + RETRY_SECONDS
    while True:
        try:
            return action()
        except OSError as cause:
            if getattr(cause, "winerror", None) not in RETRIED_WINDOWS_ERRORS or time.monotonic() > end:
                raise
            time.sleep(0.1)


def unwritable(path: Path, cause: OSError) -> DestinationError:
    """Return the error that tells, in plain words, why ``path`` could not be written."""
    return DestinationError(error("destination.unwritable", *_told(cause), Place(file=str(path))))


def _told(cause: OSError) -> tuple[str, str]:
    if getattr(cause, "winerror", None) in {32, 33}:
        return (
            "Le fichier est ouvert dans un autre programme (Word, Excel, un lecteur de PDF…).",
            "Fermez-le dans ce programme, puis recommencez.",
        )
    told = {
        13: ("Le dossier ou le fichier est protégé en écriture.", "Choisissez un autre dossier avec --out."),
        1: ("Le dossier ou le fichier est protégé en écriture.", "Choisissez un autre dossier avec --out."),
        2: ("Le dossier n’existe pas ou a disparu.", "Vérifiez le dossier, puis recommencez."),
        20: ("Un fichier porte le nom du dossier voulu.", "Choisissez un autre dossier avec --out."),
        21: ("Un dossier porte le nom du fichier voulu.", "Choisissez un autre nom ou renommez ce dossier."),
        28: ("Le disque est plein.", "Libérez de la place ou choisissez un autre disque, puis recommencez."),
        30: ("Le disque est en lecture seule.", "Choisissez un autre dossier avec --out."),
        36: ("Le nom du fichier est trop long.", "Choisissez un dossier au chemin plus court avec --out."),
        122: ("Votre quota de disque est atteint.", "Libérez de la place, puis recommencez."),
    }
    return told.get(
        cause.errno or 0,
        (f"Le fichier n’a pas pu être écrit ({cause.strerror or cause}).", "Vérifiez le dossier, puis recommencez."),
    )


def safe_name(text: str, fallback: str = "sans nom") -> str:
    """Return ``text`` as a file name (without extension) that Windows, macOS and Linux all take; NFC, never empty.

    Characters that Windows refuses, control and direction marks become spaces, as do those that Unicode has not given
    out; leading and trailing dots and spaces go; a reserved name gets an underscore.
    """
    kept = (
        " " if char in '<>:"/\\|?*' or unicodedata.category(char) in _NOT_IN_NAMES else char
        for char in unicodedata.normalize("NFC", text)
    )
    name = shortened(" ".join("".join(kept).split()), LONGEST_NAME).strip(" .") or fallback
    device, dot, rest = name.partition(".")
    return f"{device.rstrip()}_{dot}{rest}" if device.rstrip().casefold() in RESERVED_NAMES else name


def shortened(name: str, longest: int, *, beside: str = "") -> str:
    """Return the start of ``name``: at most ``longest`` characters, and MOST_BYTES with ``beside`` and an extension.

    Characters are counted as Windows does, in UTF-16 units; an accent is not parted from its letter.
    """
    room = MOST_BYTES - len(".docx") - len(beside.encode())
    end = len(name)
    while end > 1 and (width(name[:end]) > longest or len(name[:end].encode()) > room):
        end -= 1
    while end > 1 and end < len(name) and unicodedata.combining(name[end]):
        end -= 1
    return name if end == len(name) else name[:end].rstrip(" .")


def width(name: str) -> int:
    """Return how many characters Windows counts: UTF-16 units."""
    return len(name.encode("utf-16-le")) // 2


def folded(name: str) -> str:
    """Return the form in which two names collide on Windows or macOS: NFC, neither small letters nor capitals."""
    caseless = unicodedata.normalize("NFC", name).upper().casefold()
    return unicodedata.normalize("NFC", caseless)
