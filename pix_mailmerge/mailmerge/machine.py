"""Facts about this machine that decide whether files can be written and read: pure where they can be."""

from __future__ import annotations

import contextlib
import importlib.metadata
import sys
from collections.abc import Mapping
from pathlib import Path, PurePath

SYNCHRONISED = {
    "onedrive": "OneDrive",
    "dropbox": "Dropbox",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "mon drive": "Google Drive",
    "my drive": "Google Drive",
    "mobile documents": "iCloud",
    "icloud": "iCloud",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
}
"""How the folder of a service that copies files to the network begins -> the service."""
VARIABLES = {"OneDrive": "OneDrive", "OneDriveConsumer": "OneDrive", "OneDriveCommercial": "OneDrive"}
RECALL_ATTRIBUTES = 0x0040_0000 | 0x0004_0000 | 0x0008_0000
"""Windows: the file is fetched when it is opened (RECALL_ON_DATA_ACCESS, RECALL_ON_OPEN), or pinned (PINNED)."""

PACKAGES = (
    "babel",
    "defusedxml",
    "docx2pdf",
    "docxtpl",
    "dxpdf",
    "jinja2",
    "lxml",
    "openpyxl",
    "pikepdf",
    "pillow",
    "pypdfium2",
    "python-calamine",
    "python-docx",
    "rich",
    "starlette",
    "typer",
    "uvicorn",
)
"""What the program needs to be installed beside it."""


def find_sync_service(folder: PurePath, environment: Mapping[str, str]) -> str | None:
    """Return the service that keeps ``folder`` in step with the network, by its path; None where none is known to."""
    for variable, service in VARIABLES.items():
        root = environment.get(variable)
        if root and folder.is_relative_to(type(folder)(root)):
            return service
    parts = [part.casefold() for part in folder.parts]
    for part in parts:
        for start, service in SYNCHRONISED.items():
            if part == start or part.startswith((f"{start} ", f"{start}-", f"{start}_")):
                return service
    return None


def is_recalled(folder: Path) -> bool:
    """Tell whether Windows marks ``folder`` as one whose files live on the network; False elsewhere."""
    with contextlib.suppress(OSError):
        return bool(getattr(folder.stat(), "st_file_attributes", 0) & RECALL_ATTRIBUTES)
    return False


def has_long_paths() -> bool:
    """Tell whether paths of more than 260 characters can be opened: always, except on a Windows not set up for it."""
    found = sys.platform != "win32"
    if sys.platform == "win32":
        import winreg

        with (
            contextlib.suppress(OSError),
            winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SYSTEM\CurrentControlSet\Control\FileSystem") as key,
        ):
            found = bool(winreg.QueryValueEx(key, "LongPathsEnabled")[0])
    return found


def packages() -> dict[str, str | None]:
    """Return the version of each package that the program needs; None for one that is not there."""
    return {name: _version(name) for name in PACKAGES}


def lost_letters(encoding: str | None, letters: str) -> str:
    """Return those of ``letters`` that a console of this encoding cannot show."""
    return "".join(letter for letter in letters if not _shows(encoding or "ascii", letter))


def nearest_folder(folder: Path) -> Path:
    """Return ``folder``, or the nearest one above it that exists."""
    absolute = folder.absolute()
    return next((path for path in (absolute, *absolute.parents) if path.is_dir()), Path(absolute.anchor))


def _version(name: str) -> str | None:
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        return importlib.metadata.version(name)
    return None


def _shows(encoding: str, letter: str) -> bool:
    try:
        letter.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
