"""Files that are the old one or the finished new one, and names that every system takes."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import sys
import time
import unicodedata
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from pix_mailmerge.problems import DestinationError, Place, error

T = TypeVar("T")

RETRIED_WINDOWS_ERRORS = frozenset({5, 32, 33})
"""Access denied, sharing violation, lock violation: an antivirus or Word holds the file for a moment."""
RETRY_SECONDS = 2.5
FLUSHED_AT_ONCE = 8

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


BESIDE = ".pix-*.tmp"
"""How files that are being written are called: neutral, no pupil's name."""


@contextlib.contextmanager
def written_beside(path: Path, *, fsync: bool = True, private: bool = False) -> Iterator[Path]:
    """Yield a path beside ``path`` to write to; it becomes ``path`` when the block ends, and vanishes when it raises.

    What is written is its owner's alone until then, and after that with ``private``. What a killed process left in the
    folder is removed first. Raises DestinationError where the folder cannot be written.
    """
    beside = path.with_name(BESIDE.replace("*", secrets.token_hex(6)))
    try:
        _sweep(path.parent)
        beside.touch(exist_ok=False)
        mode = beside.stat().st_mode if not path.exists() else path.stat().st_mode
        beside.chmod(0o600)
        with _held(beside):
            yield beside
            if fsync:
                flush(beside)
            if not private:
                beside.chmod(mode)
        rename(beside, path)
    except OSError as cause:
        raise unwritable(path, cause) from cause
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()


def write_file(path: Path, content: bytes, *, fsync: bool = True, private: bool = False) -> None:
    """Write ``content`` at ``path`` whole or not at all; raise DestinationError where it cannot be."""
    with written_beside(path, fsync=fsync, private=private) as beside:
        beside.write_bytes(content)


def _sweep(folder: Path) -> None:
    """Remove what processes that were killed left half-written: nobody holds it any more."""
    for left in folder.glob(BESIDE):
        with contextlib.suppress(OSError):
            with _held(left):
                pass
            left.unlink()


@contextlib.contextmanager
def _held(file: Path) -> Iterator[None]:
    """Hold a file so that no other process takes it for left behind; OSError where one holds it already."""
    descriptor = os.open(file, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    try:
        take_lock(descriptor, _BEYOND)
        yield
    finally:
        os.close(descriptor)


_BEYOND = 1 << 40
"""A byte past the end: on Windows, what is locked cannot be written."""

if sys.platform == "win32":
    import msvcrt

    def take_lock(descriptor: int, byte: int = 0) -> None:
        """Lock a file until its descriptor is closed, which the system does when the process ends, however it ends.

        byte: the one that is locked, on Windows. OSError where another process has it.
        """
        os.lseek(descriptor, byte, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def take_lock(descriptor: int, byte: int = 0) -> None:
        """Lock a file until its descriptor is closed, which the system does when the process ends, however it ends.

        byte: the one that is locked, on Windows. OSError where another process has it.
        """
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def flush(path: Path) -> None:
    """Have the system put the bytes of ``path`` on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def flush_all(paths: Iterable[Path]) -> None:
    """Have the system put all files on the disk: many at once, as 60 in turn waited 0.2 s and together 0.01 s."""
    with ThreadPoolExecutor(FLUSHED_AT_ONCE) as threads:
        deque(threads.map(flush, paths), maxlen=0)


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


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what the system refuses in the block into the error that tells it of ``path``, in plain words."""
    try:
        yield
    except BrokenPipeError:
        raise  # whoever read what we print has left: that is no fault of a disk
    except OSError as cause:
        raise unwritable(path, cause) from cause


_ELSEWHERE = "Choisissez un autre dossier avec --out."
_FAILING = "Vérifiez le disque ou la clé USB, ou choisissez un autre disque avec --out, puis recommencez."
_TOLD = {
    errno.EACCES: ("Le dossier ou le fichier est protégé en écriture.", _ELSEWHERE),
    errno.EPERM: ("Le dossier ou le fichier est protégé en écriture.", _ELSEWHERE),
    errno.ENOENT: ("Le dossier n’existe pas ou a disparu.", "Vérifiez le dossier, puis recommencez."),
    errno.ENOTDIR: ("Un fichier porte le nom du dossier voulu.", _ELSEWHERE),
    errno.EISDIR: ("Un dossier porte le nom du fichier voulu.", "Choisissez un autre nom ou renommez ce dossier."),
    errno.ENOSPC: ("Le disque est plein.", "Libérez de la place ou choisissez un autre disque, puis recommencez."),
    errno.EFBIG: ("Le fichier est trop gros pour ce disque.", "Choisissez un autre disque, puis recommencez."),
    errno.EROFS: ("Le disque est en lecture seule.", _ELSEWHERE),
    errno.EIO: ("Le disque signale une erreur.", _FAILING),
    errno.ELOOP: ("Un lien se trouve à la place d’un fichier.", "Supprimez ce lien, ou choisissez un autre dossier."),
    errno.ENXIO: ("Le disque a disparu.", _FAILING),
    errno.ENODEV: ("Le disque a disparu.", _FAILING),
    errno.ENAMETOOLONG: ("Le nom du fichier est trop long.", "Choisissez un dossier au chemin plus court avec --out."),
    getattr(errno, "EDQUOT", -1): ("Votre quota de disque est atteint.", "Libérez de la place, puis recommencez."),
}


def _told(cause: OSError) -> tuple[str, str]:
    if getattr(cause, "winerror", None) in {32, 33}:
        return (
            "Le fichier est ouvert dans un autre programme (Word, Excel, un lecteur de PDF…).",
            "Fermez-le dans ce programme, puis recommencez.",
        )
    unknown = f"Le fichier n’a pas pu être écrit (erreur {cause.errno} du système)."
    return _TOLD.get(cause.errno or 0, (unknown, "Vérifiez le dossier, puis recommencez."))


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
