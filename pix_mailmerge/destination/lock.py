"""One run at a time in a destination folder."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from pix_mailmerge._files import take_lock, unwritable
from pix_mailmerge.problems import DestinationError, Place, error

FILE = "verrou"
_NOT_A_LINK = getattr(os, "O_NOFOLLOW", 0)
"""A link would have a file made where it leads to."""


class FolderLock:
    """A lock that the system lets go when the process ends, however it ends. Raises DestinationError when taken."""

    def __init__(self, folder: Path) -> None:
        """``folder``: that of the journal."""
        file = folder / FILE
        try:
            self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT | _NOT_A_LINK, 0o600)
        except OSError as cause:
            raise unwritable(file, cause) from cause
        try:
            take_lock(self._descriptor)
        except OSError as cause:
            os.close(self._descriptor)
            raise DestinationError(
                error(
                    "destination.busy",
                    "Un autre publipostage travaille dans ce dossier en ce moment.",
                    "Attendez qu’il finisse, ou choisissez un autre dossier avec --out.",
                    Place(file=str(folder.parent)),
                )
            ) from cause

    def release(self) -> None:
        """Let the next run in."""
        with contextlib.suppress(OSError):
            os.close(self._descriptor)
