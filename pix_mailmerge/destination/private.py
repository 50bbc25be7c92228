"""Folders for copies of pupils' documents: the owner's alone, gone when done, swept by the next run after a crash."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pix_mailmerge._files import told
from pix_mailmerge.destination.lock import FolderLock
from pix_mailmerge.problems import DestinationError

PREFIX = "pix-mailmerge-"


@contextlib.contextmanager
def private_folder(parent: Path | None = None) -> Iterator[Path]:
    """Yield a new folder with the owner's rights only, removed in the end. parent: None = the system's temporary one.

    What runs that were killed left in the same parent is removed first: their locks went with them. Raises
    DestinationError for what the system refuses in the block: the disk of temporary files is full.
    """
    place = parent or Path(tempfile.gettempdir())
    with told(place):
        _sweep(place)
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
        lock = FolderLock(folder)
        try:
            yield folder
        finally:
            lock.release()
            shutil.rmtree(folder, ignore_errors=True)


def _sweep(place: Path) -> None:
    for folder in place.glob(f"{PREFIX}*"):
        with contextlib.suppress(DestinationError, OSError):  # held by a run that lives
            if folder.is_dir() and not folder.is_symlink() and _is_ours(folder):
                FolderLock(folder).release()
                shutil.rmtree(folder, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    """Tell whether a folder is its user's: in a folder of temporary files, others may make one of that name."""
    return not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid()
