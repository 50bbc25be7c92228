"""How the files of a run reach their names: all checked first, then written aside, flushed, noted, renamed.

A user finds the old file or the finished new one. A run that is killed leaves nothing at a final name that the next
run would not know as ours, and its half-written files are swept away by the next one.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from types import MappingProxyType, TracebackType
from typing import IO, Self

from pix_mailmerge._files import BESIDE, flush_all, folded, rename, retried, told, unwritable, write_file
from pix_mailmerge.destination.journal import (
    FOLDER,
    PENDING,
    Entry,
    Journal,
    Kind,
    Origin,
    Source,
    digest_of,
    pending_line,
    read_journal,
    write_journal,
)
from pix_mailmerge.destination.lock import FolderLock
from pix_mailmerge.destination.writable import STAGING, find_way_out


@dataclass(frozen=True, slots=True)
class Made:
    """A file written aside, to be delivered at ``path`` (relative, with ``/``). inputs: digest of what it is of.

    suffix: what the names of its model's documents end with; None where that says nothing.
    """

    path: str
    staged: Path
    kind: Kind
    sources: tuple[Source, ...] = ()
    pages: tuple[int, ...] = ()
    model: str | None = None
    inputs: str = ""
    suffix: str | None = None


class Delivery:
    """The files of one run on their way to ``folder``. Use as a context manager; ``finish`` makes it whole.

    model: the copy (see keep_model) of the model that the next files are made from, noted in the journal.

    Raises DestinationError: another run works in this folder, or it cannot be written, now or in the block.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._own = folder / FOLDER
        self.staging = self._own / STAGING
        self.model: str | None = None
        self._count = 0
        self._announced: list[Entry] = []
        self._finished = False
        with told(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._own.mkdir(mode=0o700, exist_ok=True)
            self._own.chmod(0o700)
        self._lock = FolderLock(self._own)
        try:
            with told(folder):
                self._sweep()
                self._journal = self._recovered(read_journal(folder))
                self._entries = dict(self._journal.entries)
                self._pending: IO[str] = self._begun()
        except BaseException:
            self._lock.release()
            raise

    @property
    def journal(self) -> Journal:
        """Return the journal as it is now; later deliveries do not change it."""
        return replace(self._journal, entries=MappingProxyType(dict(self._entries)))

    def stage(self, path: str) -> Path:
        """Return where to write the file that is to stand at ``path``: a neutral name in a folder of the owner's."""
        self._count += 1
        return self.staging / f"{self._count:06d}{PurePosixPath(path).suffix}"

    def deliver(self, batch: Sequence[Made]) -> None:
        """Put a batch (a class) at its final names: each flushed to the disk, all announced, then renamed."""
        self._finished = False
        with told(self.folder):
            entries = [_entry(made, self._journal.run, self.model) for made in batch]
            flush_all(made.staged for made in batch)
            self._announce(entries)
        for made in batch:
            target = self.folder / made.path
            with told(target):
                target.parent.mkdir(parents=True, exist_ok=True)
                rename(made.staged, target)
        for parent in {(self.folder / made.path).parent for made in batch}:
            _flush_folder(parent)
        self._note(entries)
        self._announced.clear()

    def keep(self, names: Iterable[str]) -> None:
        """Note that the files called ``names``, made by an earlier run, are part of this one as they are."""
        known = (self._entries.get(folded(name)) for name in names)
        self._note(entry for entry in known if entry is not None)

    def withdraw(self, names: Iterable[str]) -> tuple[str, ...]:
        """Remove the files called ``names`` that we made and nobody changed; return those that are gone."""
        gone = [name for name in names if self._is_within(name) and self.has(name) and _removed(self.folder / name)]
        for name in gone:
            del self._entries[folded(name)]
        for parent in {(self.folder / name).parent for name in gone} - {self.folder}:
            with contextlib.suppress(OSError):  # it holds something else
                parent.rmdir()
        return tuple(gone)

    def _is_within(self, name: str) -> bool:
        path = PurePosixPath(name)
        return not (path.is_absolute() or ".." in path.parts) and find_way_out(self.folder, name) is None

    def has(self, path: str, sha256: str | None = None) -> bool:
        """Tell whether the file at ``path`` is ours, unchanged, and has this digest where one is given."""
        entry = self._entries.get(folded(path))
        return entry is not None and sha256 in {None, entry.sha256} and _holds(self.folder / path, entry)

    def keep_model(self, model: Path) -> str:
        """Keep a copy of ``model`` beside the journal and return its name."""
        return self._keep(model, "modele")

    def keep_image(self, image: Path, name: str) -> str:
        """Keep a copy of an image of the school, known as ``name``, and return the copy's name."""
        return self._keep(image, name)

    def _keep(self, file: Path, what: str) -> str:
        name = f"{what}-{digest_of(file)[:12]}{file.suffix.lower()}"
        write_file(self._own / name, file.read_bytes())
        return name

    def finish(self, origin: Origin) -> Journal:
        """Write the journal of this run and return it."""
        self._journal = replace(self._journal, origin=origin)
        journal = self.journal
        write_journal(self.folder, journal)
        self._finished = True
        return journal

    def close(self) -> None:
        """Note what was delivered, sweep the rest, let the next run in."""
        with contextlib.suppress(OSError):  # what could not be written was told when it was
            self._pending.close()
        if not self._finished:
            with contextlib.suppress(Exception):  # what is announced in PENDING tells the next run as well
                delivered = [entry for entry in self._announced if _holds(self.folder / entry.path, entry)]
                self._note(delivered)
                write_journal(self.folder, self.journal)
                self._finished = True
        with contextlib.suppress(OSError):
            shutil.rmtree(self.staging, ignore_errors=True)
            if self._finished:
                (self._own / PENDING).unlink()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, cause: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if isinstance(cause, OSError) and not isinstance(cause, BrokenPipeError):
            raise unwritable(self.folder, cause) from cause

    def _sweep(self) -> None:
        shutil.rmtree(self.staging, ignore_errors=True)
        self.staging.mkdir(mode=0o700, exist_ok=True)
        for left in self._own.glob(BESIDE):
            left.unlink(missing_ok=True)

    def _recovered(self, journal: Journal) -> Journal:
        """Return the journal of the run that starts, after noting what a killed run had delivered."""
        found = [entry for entry in journal.pending.values() if _holds(self.folder / entry.path, entry)]
        if found:
            journal = journal.with_entries(found)
            write_journal(self.folder, journal)
        return replace(journal, pending=MappingProxyType({}), run=journal.run + 1)

    def _note(self, entries: Iterable[Entry]) -> None:
        """Note that ``entries`` are of this run; last in the order they were made."""
        for entry in entries:
            self._entries.pop(folded(entry.path), None)
            self._entries[folded(entry.path)] = replace(entry, run=self._journal.run)

    def _begun(self) -> IO[str]:
        """Return the new list of what is announced, not one that a link of that name leads to."""
        file = self._own / PENDING
        file.unlink(missing_ok=True)
        return file.open("x", encoding="utf-8")

    def _announce(self, entries: Sequence[Entry]) -> None:
        self._announced += entries
        self._pending.writelines(pending_line(entry) for entry in entries)
        self._pending.flush()
        os.fsync(self._pending.fileno())


def _entry(made: Made, run: int, model: str | None) -> Entry:
    return Entry(
        made.path,
        digest_of(made.staged),
        made.kind,
        made.sources,
        made.pages,
        made.model or model,
        run,
        made.inputs,
        made.suffix,
    )


def _holds(file: Path, entry: Entry) -> bool:
    with contextlib.suppress(OSError):
        return digest_of(file) == entry.sha256
    return False


def _removed(file: Path) -> bool:
    """Remove a file; tell whether it is gone: another program may hold it (Windows)."""
    try:
        retried(lambda: file.unlink(missing_ok=True))
    except OSError:
        return False
    return True


def _flush_folder(folder: Path) -> None:
    """Have the renames in ``folder`` outlive a power cut, where the system lets a folder be flushed (not Windows)."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
