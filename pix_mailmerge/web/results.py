"""What a production left in its folder, to be taken away: file by file, or all of it in one zip."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pix_mailmerge.destination.journal import Entry, read_journal

STORED = frozenset({".docx", ".xlsx", ".png", ".jpg"})
"""Archives and pictures: nothing would be gained by deflating them again."""


@dataclass(frozen=True)
class Results:
    """The files of a production, finished or not; each is whole. folder: what « --out » is on the command line."""

    folder: Path

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Return what was made, in order."""
        return read_journal(self.folder).current

    @property
    def main(self) -> tuple[Entry, ...]:
        """Return what is about more than one pupil, the report apart."""
        return tuple(one for one in self.entries if one.kind not in {"document", "pdf", "report"})

    @property
    def printable(self) -> tuple[Entry, ...]:
        """Return the PDFs of more than one pupil."""
        return tuple(one for one in self.main if one.kind in {"class-pdf", "school-pdf"})

    @property
    def by_folder(self) -> dict[str, list[Entry]]:
        """Return each pupil's own documents, by the folder that they are in."""
        found: dict[str, list[Entry]] = {}
        for one in self.entries:
            if one.kind in {"document", "pdf"}:
                found.setdefault(one.path.rpartition("/")[0], []).append(one)
        return found

    @property
    def has_report(self) -> bool:
        return any(one.kind == "report" for one in self.entries)

    def file(self, path: str) -> Path | None:
        """Return the file that was made at ``path`` (relative, with ``/``); None for anything else."""
        return next((self.folder / entry.path for entry in self.entries if entry.path == path), None)

    @cached_property
    def zip(self) -> Path:
        """Return a zip of the folder, made at the first call."""
        return write_zip(self.folder, self.folder.with_name(f"{self.folder.name}.zip"))


def write_zip(folder: Path, path: Path) -> Path:
    """Write all files of ``folder`` into a zip at ``path``, under the same names, and return ``path``."""
    beside = path.with_suffix(".part")
    with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED, compresslevel=1, strict_timestamps=False) as archive:
        for file in sorted(one for one in folder.rglob("*") if one.is_file()):
            kind = zipfile.ZIP_STORED if file.suffix in STORED else None
            archive.write(file, file.relative_to(folder).as_posix(), kind)
    return beside.replace(path)
