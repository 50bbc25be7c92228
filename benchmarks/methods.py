"""What is measured: each method is made once in its child process, then runs over the values of the pupils.

``METHODS`` of this module make one .docx per pupil, written beside and renamed; ``composed.METHODS`` one for all.
"""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from itertools import cycle
from pathlib import Path
from typing import Any, Protocol

from benchmarks import peer_models, pupils
from pix_mailmerge.data_source.record import Record

Values = Mapping[str, Any]


class Runner(Protocol):
    """A method ready to run."""

    def values(self, record: Record) -> Values:
        """Return the values of a pupil in the form this method takes; not timed."""

    def run(self, values: Iterable[Values], folder: Path) -> None:
        """Make the documents of all the values in ``folder``; timed."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """The folder with the models that the methods share, made by peer_models."""

    folder: Path

    @property
    def model(self) -> Path:
        return self.folder / peer_models.JINJA

    @property
    def merge_fields(self) -> Path:
        return self.folder / peer_models.MERGE_FIELDS

    @property
    def braces(self) -> Path:
        return self.folder / peer_models.BRACES


def named(folder: Path, index: int) -> str:
    """Return the file of the pupil at ``index`` (0 = first)."""
    return f"{folder}/{index + 1:06d}.docx"


def write(file: Path | str, content: bytes) -> None:
    """Write beside and rename, without fsync, as all methods do, with as few calls as that takes."""
    target = str(file)
    beside = f"{target}.tmp"
    out = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o666)
    try:
        os.write(out, content)
    finally:
        os.close(out)
    os.replace(beside, target)  # noqa: PTH105 - a Path would cost more than the call


class Docxtpl:
    """docxtpl as its manual shows it: open, render, save, for each pupil."""

    def __init__(self, workshop: Workshop) -> None:
        from docxtpl import DocxTemplate

        self._open: Callable[[], Any] = lambda: DocxTemplate(workshop.model)

    def values(self, record: Record) -> Values:
        return peer_models.docxtpl_values(record)

    def run(self, values: Iterable[Values], folder: Path) -> None:
        for index, one in enumerate(values):
            write(named(folder, index), rendered_by_docxtpl(self._open(), one))


class ReusedDocxtpl(Docxtpl):
    """docxtpl with one instance for all pupils."""

    def run(self, values: Iterable[Values], folder: Path) -> None:
        model = self._open()
        for index, one in enumerate(values):
            write(named(folder, index), rendered_by_docxtpl(model, one))


def rendered_by_docxtpl(model: Any, values: Values) -> bytes:
    """Return the file of a pupil."""
    model.render(peer_models.with_signature(model, values), autoescape=True)
    made = BytesIO()
    model.save(made)
    return made.getvalue()


class DocxMailmerge2:
    """docx-mailmerge2 on the same page with merge fields, opened for each pupil as its manual shows."""

    def __init__(self, workshop: Workshop) -> None:
        from mailmerge import MailMerge  # type: ignore[import-untyped]

        self._open: Callable[[], Any] = lambda: MailMerge(workshop.merge_fields)

    def values(self, record: Record) -> Values:
        return peer_models.flat_values(record)

    def run(self, values: Iterable[Values], folder: Path) -> None:
        for index, one in enumerate(values):
            with self._open() as model:
                model.merge(**one)
                made = BytesIO()
                model.write(made)
            write(named(folder, index), made.getvalue())


class PixMailmerge:
    """This project: the model opened and compiled once, which is timed, too."""

    def __init__(self, workshop: Workshop) -> None:
        from pix_mailmerge.model.word_model import open_model

        self.opened: Callable[[], Any] = lambda: open_model(workshop.model)

    def values(self, record: Record) -> Values:
        return peer_models.pix_values(record)

    def run(self, values: Iterable[Values], folder: Path) -> None:
        model = self.opened()
        for index, one in enumerate(values):
            write(named(folder, index), model.render(one))


class PixMailmergeNative(PixMailmerge):
    """This project on the page with merge fields that docx-mailmerge2 fills, and on the same values."""

    def __init__(self, workshop: Workshop) -> None:
        from pix_mailmerge.model.word_model import open_model

        self.opened = lambda: open_model(workshop.merge_fields)

    def values(self, record: Record) -> Values:
        return peer_models.flat_values(record)


class Floor:
    """What no method can do without: deflate the parts that differ from pupil to pupil, and write the file.

    The parts come from files that were really made; those that are equal in all of them are one run of bytes.
    """

    def __init__(self, workshop: Workshop) -> None:
        made = list(_made_files(workshop, 40))
        changing = [name for name in made[0] if len({file.get(name) for file in made}) > 1]
        self._parts = [[file[name] for name in changing] for file in made]
        self._rest = b"".join(zlib.compress(part) for name, part in made[0].items() if name not in changing)

    def values(self, record: Record) -> Values:
        return {}

    def run(self, values: Iterable[Values], folder: Path) -> None:
        deflate = deflater()
        for index, (_, parts) in enumerate(zip(values, cycle(self._parts), strict=False)):
            write(named(folder, index), b"".join((self._rest, *map(deflate, parts))))


def deflater(*, stream: bool = False) -> Callable[[bytes], bytes]:
    """Return the fastest deflate there is here, with its CRC: the library and the levels that this project uses."""
    library: Any
    level = 0
    try:
        from isal import isal_zlib as library
    except ImportError:
        library, level = zlib, 1
    compress = partial(library.compress, level=level, wbits=-15)
    if stream:
        compress = library.compressobj(1, wbits=-15).compress

    def deflated(part: bytes) -> bytes:
        library.crc32(part)
        packed: bytes = compress(part)
        return packed

    return deflated


def _made_files(workshop: Workshop, count: int) -> Iterator[dict[str, bytes]]:
    """Yield the parts (name -> content) of the files of ``count`` pupils, made by docxtpl."""
    method = Docxtpl(workshop)
    from docxtpl import DocxTemplate

    for record in pupils.records(count):
        made = BytesIO(rendered_by_docxtpl(DocxTemplate(workshop.model), method.values(record)))
        with zipfile.ZipFile(made) as package:
            yield {name: package.read(name) for name in package.namelist()}


METHODS: dict[str, Callable[[Workshop], Runner]] = {
    "pix_mailmerge": PixMailmerge,
    "pix_mailmerge-native": PixMailmergeNative,
    "docxtpl": Docxtpl,
    "docxtpl-reused": ReusedDocxtpl,
    "docx-mailmerge2": DocxMailmerge2,
    "floor": Floor,
}
