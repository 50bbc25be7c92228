"""The journal of a destination: what this folder holds, and from what it was made.

``.pix-mailmerge/journal.json``, readable by its owner alone. verify, running again and the report read this and nothing
else. Beside it, while a run is under way, ``en-cours.jsonl`` names the files that are about to stand at their final
names: a run that is killed leaves no file that the next one takes for someone else's.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from pix_mailmerge._files import folded, unwritable, written_beside
from pix_mailmerge.problems import DestinationError, Place, error

SCHEMA = 1
FOLDER = ".pix-mailmerge"
FILE = "journal.json"
PENDING = "en-cours.jsonl"

Kind = Literal["document", "pdf", "class", "class-pdf", "school", "school-pdf", "workbook", "report", "preview"]
"""document, pdf: of one record. class, school: composed. report: Bilan. preview: of a preview's folder."""


Sources = dict[tuple["Source", str], "Source"]
Pupil = str | tuple[str, int]
"""Of whom a document is: the number of the certification, or file and line where there is none."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a record came from: file as the user knows it, line as Excel shows it.

    key: number of the certification, "" where there is none: it finds a row that was moved.
    """

    file: str
    line: int
    key: str = field(default="", compare=False)

    @property
    def pupil(self) -> Pupil:
        """Return what stays the same, where anything does, when the row is in another file or at another line."""
        return self.key or (self.file, self.line)


@dataclass(frozen=True, slots=True)
class Entry:
    """One file that we made.

    path: relative to the destination, with ``/``. sha256: hexadecimal. sources: the records it holds, in order.
    pages: of a PDF, per record where it holds several. model: name of the model's copy. run: 1 = the first run.
    inputs: digest of all that it was made of, "" where that was not noted. suffix: what the name of a document ends
    with, by its model; None where that was not noted.
    """

    path: str
    sha256: str
    kind: Kind
    sources: tuple[Source, ...] = ()
    pages: tuple[int, ...] = ()
    model: str | None = None
    run: int = 0
    inputs: str = ""
    suffix: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """What a run was made from. digests: name (« modèle », a file's name…) -> SHA-256.

    models: names of the copies in ``.pix-mailmerge``, in order. settings: the school's values that were printed.
    images: signature, cachet, logo -> name of its copy there.
    """

    digests: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    models: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    duplex: bool = False
    images: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Journal:
    """All that a destination holds: path (folded, as Windows compares) -> entry.

    pending: what an unfinished run announced, by path and content. origin: of the last run.
    """

    entries: Mapping[str, Entry] = field(default_factory=lambda: MappingProxyType({}))
    pending: Mapping[tuple[str, str], Entry] = field(default_factory=lambda: MappingProxyType({}))
    origin: Origin = Origin()
    run: int = 0

    @property
    def current(self) -> tuple[Entry, ...]:
        """Return the entries of the last run, in the order they were made."""
        return tuple(entry for entry in self.entries.values() if entry.run == self.run)

    def made(self, path: str, sha256: str) -> bool:
        """Tell whether the file at ``path`` with this content is ours, and nobody changed it."""
        key = folded(path)
        known = self.entries.get(key)
        return (known is not None and known.sha256 == sha256) or (key, sha256) in self.pending

    def with_entries(self, entries: Iterable[Entry]) -> Journal:
        """Return a journal that holds ``entries`` too, as made by the current run."""
        added = {folded(entry.path): replace(entry, run=self.run) for entry in entries}
        kept = {key: entry for key, entry in self.entries.items() if key not in added}
        return replace(self, entries=MappingProxyType(kept | added))


def read_journal(folder: Path) -> Journal:
    """Return the journal of the destination ``folder``; an empty one where there is none.

    Raises DestinationError (``destination.journal``) where it cannot be understood.
    """
    pending = {(folded(entry.path), entry.sha256): entry for entry in read_pending(folder)}
    return replace(_read_finished(folder), pending=MappingProxyType(pending))


def write_journal(folder: Path, journal: Journal) -> None:
    """Write the journal whole or not at all, for its owner's eyes."""
    head = {"schema": SCHEMA, "run": journal.run, "origin": _origin_as_json(journal.origin)}
    with written_beside(folder / FOLDER / FILE, private=True) as beside, beside.open("w", encoding="utf-8") as file:
        file.write(f'{_written(head)[:-1]}, "files": [')
        for number, entry in enumerate(journal.entries.values()):
            file.write(f"{',' if number else ''}\n{_line(entry)}")
        file.write("\n]}\n")


def read_pending(folder: Path) -> tuple[Entry, ...]:
    """Return the files that an unfinished run was about to deliver; a torn last line is nobody's."""
    entries = []
    known: Sources = {}
    with contextlib.suppress(OSError):
        for line in (folder / FOLDER / PENDING).read_text(encoding="utf-8", errors="replace").splitlines():
            with contextlib.suppress(ValueError, TypeError, KeyError):
                entries.append(_entry(json.loads(line), known))
    return tuple(entries)


def pending_line(entry: Entry) -> str:
    """Return the line of ``en-cours.jsonl`` that announces ``entry``."""
    return _line(entry) + "\n"


def _line(entry: Entry) -> str:
    return _written(_entry_as_json(entry))


def _written(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False)


def digest_of(file: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _read_finished(folder: Path) -> Journal:
    file = folder / FOLDER / FILE
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return _journal(content)
    except (FileNotFoundError, NotADirectoryError):
        return Journal()
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as cause:
        if isinstance(cause, OSError) and cause.errno == errno.ENAMETOOLONG:
            raise unwritable(folder, cause) from cause
        raise DestinationError(
            error(
                "destination.journal",
                "Le journal de ce dossier ne se lit pas : on ne peut plus savoir quels fichiers viennent d’ici.",
                f"Choisissez un autre dossier avec --out, ou supprimez le sous-dossier {FOLDER} puis relancez avec "
                "--replace.",
                Place(file=str(file)),
            )
        ) from cause


def _journal(content: Mapping[str, Any]) -> Journal:
    if content["schema"] != SCHEMA:
        raise ValueError(f"unknown schema: {content['schema']}")
    known: Sources = {}
    entries = [_entry(given, known) for given in content["files"]]
    origin = content["origin"]
    return Journal(
        MappingProxyType({folded(entry.path): entry for entry in entries}),
        MappingProxyType({}),
        Origin(
            MappingProxyType(dict(origin.get("digests", {}))),
            tuple(origin.get("models", ())),
            MappingProxyType(dict(origin.get("settings", {}))),
            bool(origin.get("duplex", False)),
            MappingProxyType(dict(origin.get("images", {}))),
        ),
        int(content["run"]),
    )


def _entry(given: Mapping[str, Any], known: Sources) -> Entry:
    """Return an entry; a source that is among ``known`` already is the same object: six files hold each pupil."""
    sources = [Source(one["file"], one["line"], one.get("key", "")) for one in given.get("sources", ())]
    return Entry(
        given["path"],
        given["sha256"],
        given["kind"],
        tuple(known.setdefault((one, one.key), one) for one in sources),
        tuple(given.get("pages", ())),
        given.get("model"),
        given.get("run", 0),
        given.get("inputs", ""),
        given.get("suffix"),
    )


def _entry_as_json(entry: Entry) -> dict[str, Any]:
    """Return a mapping without the parts that say nothing."""
    given: dict[str, Any] = {"path": entry.path, "sha256": entry.sha256, "kind": entry.kind, "run": entry.run}
    if entry.sources:
        given["sources"] = [_source_as_json(source) for source in entry.sources]
    if entry.pages:
        given["pages"] = list(entry.pages)
    if entry.model is not None:
        given["model"] = entry.model
    if entry.inputs:
        given["inputs"] = entry.inputs
    if entry.suffix is not None:
        given["suffix"] = entry.suffix
    return given


def _source_as_json(source: Source) -> dict[str, Any]:
    given: dict[str, Any] = {"file": source.file, "line": source.line}
    return given | {"key": source.key} if source.key else given


def _origin_as_json(origin: Origin) -> dict[str, Any]:
    return {
        "digests": dict(origin.digests),
        "models": list(origin.models),
        "settings": dict(origin.settings),
        "duplex": origin.duplex,
        "images": dict(origin.images),
    }
