"""The fonts that travel with the package, and the fontconfig file that makes them the only ones seen.

Carlito, Caladea, Liberation Sans and Serif have the widths of Calibri, Cambria, Arial and Times New Roman; DejaVu Sans
is the last resort for a character that none of them draws. A machine without fonts works, and every Linux machine
makes the same pages. (On Windows and macOS the engines ask the system, which knows no fontconfig.)
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable
from html import escape
from pathlib import Path

FONTS = Path(__file__).parent.parent / "fonts"

TWINS = {
    "Calibri": "Carlito",
    "Cambria": "Caladea",
    "Arial": "Liberation Sans",
    "Helvetica": "Liberation Sans",
    "Times New Roman": "Liberation Serif",
    "Times": "Liberation Serif",
}
"""Font that a model asks for -> the twin of ours that has its widths."""

LAST_RESORT = "DejaVu Sans"


SYSTEM_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")


def font_environment(system_fonts: bool = False) -> dict[str, str]:
    """Return the variables that make a program see our fonts (and those of the machine), as ``fontconfig_file`` says.

    Empty on Windows and macOS.
    """
    if sys.platform in {"win32", "darwin"}:
        return {}
    return {"FONTCONFIG_FILE": str(fontconfig_file(system_fonts))}


def fontconfig_file(system_fonts: bool = False) -> Path:
    """Return a fontconfig file that shows our fonts and no other; it is made when it is not there yet.

    system_fonts: those of the machine come after ours.

    It lies in the user's cache, or in a private temporary folder (removed at exit) where there is no such cache.
    """
    with contextlib.suppress(OSError, RuntimeError):  # RuntimeError: no home
        return _prepared(_user_cache() / f"polices-{_digest()}", system_fonts)
    return _prepared(_temporary_folder(), system_fonts)


def font_files() -> list[Path]:
    """Return our font files, sorted by name."""
    return sorted(FONTS.glob("*.ttf"))


def _prepared(folder: Path, system_fonts: bool) -> Path:
    """Return the fontconfig file of ``folder``, which shows our fonts by links.

    By links, because fontconfig leaves a ``.uuid`` file in any folder of fonts that it may write to; the package is
    not ours to write to.
    """
    file = folder / ("fonts-systeme.conf" if system_fonts else "fonts.conf")
    if file.exists() and all((folder / "fonts" / font.name).exists() for font in font_files()):
        return file  # a cache may have been cleaned in part
    (folder / "fonts").mkdir(mode=0o700, parents=True, exist_ok=True)
    for font in font_files():
        with contextlib.suppress(FileExistsError):
            (folder / "fonts" / font.name).symlink_to(font)
    beside = folder / f"fonts.{os.getpid()}.tmp"
    beside.write_text(_configuration(folder, SYSTEM_FOLDERS if system_fonts else ()), encoding="utf-8")
    beside.replace(file)
    return file


def _configuration(folder: Path, others: Iterable[str]) -> str:
    folders = "".join(f"<dir>{escape(path)}</dir>" for path in (str(folder / "fonts"), *others))
    aliases = "".join(
        f"<alias binding='same'><family>{asked}</family><prefer><family>{ours}</family></prefer></alias>"
        for asked, ours in TWINS.items()
    )
    return (
        "<?xml version='1.0'?><!DOCTYPE fontconfig SYSTEM 'fonts.dtd'><fontconfig>"
        f"{folders}<cachedir>{escape(str(folder / 'cache'))}</cachedir>{aliases}"
        # Without a name to fall back to, dxpdf 0.8.1 finds « no fonts available on this system ».
        f"<alias><family>sans-serif</family><prefer><family>{LAST_RESORT}</family></prefer></alias>"
        "<match target='pattern'><edit name='family' mode='append_last' binding='weak'>"
        "<string>Liberation Sans</string></edit></match></fontconfig>"
    )


def _user_cache() -> Path:
    given = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(given) if Path(given).is_absolute() else Path.home() / ".cache") / "pix-mailmerge"


def _temporary_folder() -> Path:
    folder = tempfile.mkdtemp(prefix="pix-polices-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _digest() -> str:
    """Return a name that changes when the package moves or its fonts do."""
    facts = "\n".join(f"{font} {font.stat().st_size} {font.stat().st_mtime_ns}" for font in font_files())
    return hashlib.sha256(facts.encode("utf-8", "surrogateescape")).hexdigest()[:12]
