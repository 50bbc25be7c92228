"""The peers of Node.js: installed once into a folder of the user's cache, beside the script that measures them."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from benchmarks.rounds import tell

SOURCES = Path(__file__).parent / "node"
NAMES = ("docxtemplater", "easy-template-x")


def find_child(deadline: float) -> tuple[Path | None, str]:
    """Return the script that measures the peers, with what it needs beside it; or None and why it is not to be had.

    deadline: seconds that the first installation may take.
    """
    if not shutil.which("node") or not shutil.which("npm"):
        return None, "node and npm are not installed"
    folder = _cache()
    if not (folder / "installed").is_file():
        tell("installing the Node.js peers")
        failure = _install(folder, deadline)
        if failure:
            return None, failure
    shutil.copy(SOURCES / "child.mjs", folder)
    return folder / "child.mjs", ""


def _cache() -> Path:
    """Return the folder for these versions of the peers."""
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or Path.home() / ".cache"
    versions = hashlib.sha256((SOURCES / "package.json").read_bytes()).hexdigest()[:12]
    return Path(base) / "pix-mailmerge-benchmarks" / versions


def _install(folder: Path, deadline: float) -> str:
    """Install the peers into ``folder``; return why that failed, or an empty text."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as beside:
        shutil.copy(SOURCES / "package.json", beside)
        command = [shutil.which("npm") or "npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent"]
        try:
            done = subprocess.run(command, cwd=beside, capture_output=True, timeout=deadline, check=False)
        except subprocess.TimeoutExpired:
            return f"npm install took more than {deadline:g} s"
        if done.returncode:
            return f"npm install ended with {done.returncode}"
        (Path(beside) / "installed").touch()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(beside, folder, symlinks=True)
    return ""
