"""What is measured when all pupils go into one .docx: ``compose`` of this project and its peers, and the floor."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import BytesIO
from itertools import cycle
from pathlib import Path
from typing import Any

from benchmarks.methods import (
    DocxMailmerge2,
    Docxtpl,
    Floor,
    PixMailmerge,
    Runner,
    Values,
    Workshop,
    deflater,
    rendered_by_docxtpl,
    write,
)

FILE = "composed.docx"


class ComposedPixMailmerge(PixMailmerge):
    """This project: the model opened, compiled and prepared once, which is timed, too."""

    def __init__(self, workshop: Workshop) -> None:
        from pix_mailmerge.destination.compose import compose

        super().__init__(workshop)
        self._compose: Callable[..., int] = compose

    def run(self, values: Iterable[Values], folder: Path) -> None:
        self._compose(self.opened(), values, folder / FILE, fsync=False)


class ComposedDocxMailmerge2(DocxMailmerge2):
    """docx-mailmerge2's merge_templates; it takes a list."""

    def run(self, values: Iterable[Values], folder: Path) -> None:
        with self._open() as model:
            model.merge_templates(list(values), separator="nextPage_section")
            made = BytesIO()
            model.write(made)
        write(folder / FILE, made.getvalue())


class Docxcompose(Docxtpl):
    """docxtpl for each pupil, then docxcompose to append them all to the first."""

    def __init__(self, workshop: Workshop) -> None:
        from docxcompose.composer import Composer  # type: ignore[import-untyped]

        super().__init__(workshop)
        self._composer: Callable[[Any], Any] = Composer

    def run(self, values: Iterable[Values], folder: Path) -> None:
        from docx import Document

        documents = (Document(BytesIO(rendered_by_docxtpl(self._open(), one))) for one in values)
        composer = self._composer(next(documents))
        for document in documents:
            composer.append(document)
        made = BytesIO()
        composer.save(made)
        write(folder / FILE, made.getvalue())


class ComposedFloor(Floor):
    """What no method can do without: deflate each pupil's body, and write the file."""

    def run(self, values: Iterable[Values], folder: Path) -> None:
        append = deflater(stream=True)
        beside = folder / f"{FILE}.tmp"
        with beside.open("wb") as out:
            out.write(self._rest)
            for _, parts in zip(values, cycle(self._parts), strict=False):
                for part in parts:
                    out.write(append(part))
        beside.replace(folder / FILE)


METHODS: dict[str, Callable[[Workshop], Runner]] = {
    "pix_mailmerge": ComposedPixMailmerge,
    "docx-mailmerge2": ComposedDocxMailmerge2,
    "docxcompose": Docxcompose,
    "floor": ComposedFloor,
}
