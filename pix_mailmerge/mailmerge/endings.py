"""A file is called by what it is: Excel and Word refuse a workbook or a document under another ending."""

from __future__ import annotations

from pathlib import Path

from pix_mailmerge.problems import Problem, error


def check_ending(file: Path, ending: str) -> tuple[Problem, ...]:
    """Return the problem of a file to write whose name does not end with ``ending`` (« .xlsx »)."""
    if not file.name or file.suffix.lower() == ending:
        return ()
    what = f"« {file.name} » ne se termine pas par {ending} : le fichier ne s’ouvrirait pas."
    return (error("usage.ending", what, f"Écrivez « {file.stem}{ending} »."),)
