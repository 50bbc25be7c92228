"""Find each record's pages in a PDF and make one PDF of them.

The composed .docx holds one Word bookmark per record; every engine makes a named destination of it. So a record's
pages are known and never guessed, however many it takes.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import pikepdf

from pix_mailmerge.destination.archive import claim_conformance, is_archive, settle_lengths
from pix_mailmerge.destination.cutting import Cutter
from pix_mailmerge.problems import Place, ProgramFailedError, error

if TYPE_CHECKING:
    from typing_extensions import Buffer

LANGUAGE = "fr-FR"
AS_IT_STANDS: Any = {
    "attempt_recovery": False,
    "suppress_warnings": True,
    "access_mode": pikepdf.AccessMode.stream,
}
"""How a PDF is opened. It is not mapped into memory: a school's 137 MB would be counted there, page by page."""


@dataclass(frozen=True, slots=True)
class Pages:
    """A run of pages. first: 0 = first page of the file."""

    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Part:
    """One PDF to be made: the record's bookmark, the file (it is replaced), the title that readers show."""

    bookmark: str
    file: Path
    title: str | None = None


def bookmark(number: int) -> str:
    """Return the Word bookmark, and PDF destination, of the ``number``-th record (1 = first) of a composed document.

    Letters and digits only: LibreOffice rewrites ``_`` in the name of a destination.
    """
    return f"e{number:06d}"


def split(pdf: Path, parts: Sequence[Part], *, language: str = LANGUAGE) -> tuple[int, ...]:
    """Write the PDF of each part and return their page counts.

    ``parts`` are all the records of ``pdf``, in its order. The bytes depend on ``pdf`` and ``parts`` alone: no date, no
    author, no random identifier. Raises ProgramFailedError where a record cannot be found.
    """
    with open_pdf(pdf) as source:
        found = page_ranges(source, [part.bookmark for part in parts], pdf.name)
        cutter = Cutter(source, language)
        for part, pages in zip(parts, found, strict=True):
            part.file.write_bytes(cutter.cut(pages.first, pages.count, part.title))
    return tuple(pages.count for pages in found)


def open_pdf(pdf: Path) -> pikepdf.Pdf:
    """Return the PDF opened as it stands; raise ProgramFailedError where it cannot be."""
    try:
        return pikepdf.open(pdf, **AS_IT_STANDS)
    except (pikepdf.PdfError, OSError) as cause:
        raise ProgramFailedError(
            error(
                "program.bad-pdf",
                "Le PDF ne s’ouvre pas.",
                "Supprimez-le et recommencez, au besoin avec un autre moteur (--engine).",
                Place(file=pdf.name),
            )
        ) from cause


def page_ranges(source: pikepdf.Pdf, bookmarks: Sequence[str], file: str) -> tuple[Pages, ...]:
    """Return the pages of each record: from the page of its bookmark to the one before the next record's.

    ``bookmarks``: of all the records, in order. Raises ProgramFailedError (``program.pages``) where a bookmark is
    missing, where two records begin on the same page, where their order changed, or where the first is not page 1.
    """
    pages = dict(destinations(source))
    missing = [name for name in bookmarks if name not in pages]
    starts = [pages[name] for name in bookmarks if name in pages]
    if missing:
        raise _lost(file, f"{len(missing)} enregistrements sur {len(bookmarks)} n’ont pas de repère dans le PDF.")
    if starts[:1] not in ([0], []):
        raise _lost(file, "La première page du PDF n’appartient à aucun enregistrement.")
    ends = [*starts[1:], len(source.pages)]
    if any(end <= start for start, end in zip(starts, ends, strict=True)):
        raise _lost(file, "Deux enregistrements commencent sur la même page, ou leur ordre a changé.")
    return tuple(Pages(start, end - start) for start, end in zip(starts, ends, strict=True))


def destinations(source: pikepdf.Pdf) -> Iterator[tuple[str, int]]:
    """Yield each named destination and its page (0 = first); dxpdf writes ``/Dests``, LibreOffice a name tree."""
    numbers: dict[object, int] = {page.objgen: number for number, page in enumerate(source.pages)}
    for name, target in _named(source.Root):
        place = target.get("/D") if isinstance(target, pikepdf.Dictionary) else target
        number = numbers.get(place[0].objgen) if isinstance(place, pikepdf.Array) and len(place) else None
        if number is not None:
            yield name, number


def save(made: pikepdf.Pdf, file: Path, *, title: str | None, language: str = LANGUAGE) -> None:
    """Write ``made`` with its title and language, and nothing that tells who made it or when."""
    made.Root.Lang = pikepdf.String(language)
    for key in ("/Metadata", "/PieceInfo"):
        if key in made.Root:
            del made.Root[key]
    del made.docinfo
    if title:
        made.docinfo["/Title"] = title
        made.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
    if is_archive(made):
        settle_lengths(made)
        claim_conformance(made, title, language)
    with file.open("wb") as opened:  # given a name that is taken, pikepdf would write to one more temporary file
        guarded = _Guarded(opened)
        made.save(cast("BinaryIO", guarded), deterministic_id=True, fix_metadata_version=False)
        if guarded.failure is not None:
            raise guarded.failure


class _Guarded(io.RawIOBase):
    """A file that takes everything and keeps its first failure.

    qpdf writes once more when it is told of one, and a second failure (a full disk) ends the whole process.
    """

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self.failure: OSError | None = None
        self._file = file

    def writable(self) -> bool:
        return True

    def write(self, content: Buffer) -> int:
        if self.failure is None:
            try:
                self._file.write(content)
            except OSError as cause:
                self.failure = cause
        return memoryview(content).nbytes


def _named(root: pikepdf.Object) -> Iterable[tuple[str, pikepdf.Object]]:
    if "/Dests" in root:
        yield from ((str(name).removeprefix("/"), target) for name, target in root.Dests.items())
    if "/Names" in root and "/Dests" in root.Names:
        yield from pikepdf.NameTree(root.Names.Dests).items()


def _lost(file: str, what: str) -> ProgramFailedError:
    return ProgramFailedError(
        error(
            "program.pages",
            f"{what} Les pages de chaque élève ne peuvent pas être retrouvées avec certitude.",
            "Recommencez avec un autre moteur (--engine). Si cela se répète, vérifiez que le modèle n’a pas perdu son "
            "saut de page entre deux élèves.",
            Place(file=file),
        )
    )
