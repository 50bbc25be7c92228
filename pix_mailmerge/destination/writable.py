"""Whether the files of a run may be written where they are to be, asked before anything is made."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from pix_mailmerge._files import unwritable
from pix_mailmerge.destination.journal import FILE, FOLDER, Journal, digest_of, read_journal
from pix_mailmerge.problems import Place, Problem, error

STAGING = "en-cours"
"""Folder beside the journal where files are written before they are renamed."""
LISTED = 5
"""Names told in one problem; the rest is counted."""


def check_writable(
    folder: Path, names: Iterable[str], replace: bool = False, *, inputs: Iterable[Path] = ()
) -> tuple[Problem, ...]:
    """Return what forbids to write ``names`` (relative, with ``/``) in ``folder``; nothing is touched.

    A file that we made and nobody changed may be made again; any other existing file only with ``replace``. A file
    among ``inputs`` may never be written over, nor may a link lead out of the folder.
    """
    targets = tuple(dict.fromkeys(names))
    blocked = _check_folder(folder)
    if blocked:
        return blocked
    journal = read_journal(folder)
    sources = set(filter(None, map(_identity, inputs)))
    found = [name for name in targets if os.path.lexists(folder / name)]
    taken = [name for name in found if _identity(folder / name) in sources]
    others = [] if replace else [name for name in found if name not in taken and not _is_ours(folder, name, journal)]
    folders = [name for name in found if (folder / name).is_dir()]
    own = (f"{FOLDER}/{FILE}", f"{FOLDER}/{STAGING}/lot.docx")
    astray = sorted({parent for name in (*own, *targets) if (parent := find_way_out(folder, name)) is not None})
    return tuple(
        problem
        for problem in (
            _problem("destination.input", folder, taken),
            _problem("destination.exists", folder, [name for name in others if name not in folders]),
            _problem("destination.folder", folder, folders),
            _problem("destination.link", folder, astray),
        )
        if problem is not None
    )


def _is_ours(folder: Path, name: str, journal: Journal) -> bool:
    with contextlib.suppress(OSError):
        return not (folder / name).is_symlink() and journal.made(name, digest_of(folder / name))
    return False


def _identity(file: Path) -> tuple[int, int] | None:
    """Return what tells a file from all others, by whichever name or link it is found; None where it is not there."""
    with contextlib.suppress(OSError):
        found = file.stat()
        return found.st_dev, found.st_ino
    return None


def find_way_out(folder: Path, name: str) -> str | None:
    """Return the part of ``name`` that is a link out of the folder, or is no folder; None when all is well."""
    parent = PurePosixPath(name).parent
    real = Path(os.path.realpath(folder))
    for part in [*reversed(parent.parents), parent]:
        path = folder / part
        if os.path.lexists(path) and (not path.is_dir() or Path(os.path.realpath(path)) != real / part):
            return str(part)
    return None


def _check_folder(folder: Path) -> tuple[Problem, ...]:
    nearest = next((path for path in (folder, *folder.absolute().parents) if os.path.lexists(path)), folder)
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        return ()
    if nearest.is_dir():
        return (unwritable(folder, PermissionError(13, "")).problems[0],)
    return (unwritable(folder, NotADirectoryError(20, "")).problems[0],)


_TOLD = {
    "destination.input": (
        "est le fichier que vous donnez, et le programme écrirait par-dessus : vos corrections s’y perdraient",
        "Déplacez ce fichier dans un autre dossier (à côté des exports de Pix, par exemple), puis relancez la commande "
        "en le donnant à son nouvel endroit.",
    ),
    "destination.exists": (
        "existe déjà et n’a pas été fait ici, ou a été modifié depuis",
        "Déplacez ce que vous voulez garder, choisissez un autre dossier avec --out, ou ajoutez --replace pour le "
        "remplacer.",
    ),
    "destination.folder": (
        "est un dossier, à la place d’un fichier à écrire",
        "Renommez ce dossier, ou choisissez un autre dossier avec --out.",
    ),
    "destination.link": (
        "mène hors du dossier de destination (c’est un lien), ou n’est pas un dossier",
        "Supprimez-le, ou choisissez un autre dossier avec --out.",
    ),
}


def _problem(id: str, folder: Path, names: Sequence[str]) -> Problem | None:
    if not names:
        return None
    what, remedy = _TOLD[id]
    listed = ", ".join(f"« {name} »" for name in names[:LISTED])
    more = f" et {len(names) - LISTED} autres" if len(names) > LISTED else ""
    each = "" if len(names) == 1 else "chacun de ces fichiers "
    return error(id, f"{listed}{more} : {each}{what}.", remedy, Place(file=str(folder)))
