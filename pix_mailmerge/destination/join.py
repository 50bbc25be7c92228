"""Several PDFs in one, in order: an outline of classes and pupils, and the blanks that two-sided printing needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path

from pix_mailmerge.destination.binding import Binder, Chapter
from pix_mailmerge.destination.split import LANGUAGE, open_pdf

__all__ = ["Chapter", "join"]


def join(
    pdfs: Sequence[Path],
    file: Path,
    *,
    chapters: Sequence[Chapter] = (),
    counts: Sequence[int] = (),
    duplex: bool = False,
    bookmarks: Sequence[str] = (),
    title: str | None = None,
    language: str = LANGUAGE,
) -> int:
    """Write ``file`` (it is replaced) with the pages of ``pdfs`` in order and return how many it has.

    duplex: what begins a front page, each of ``counts`` pages (each of the PDFs where there are none), is followed by a
    blank page where it has an odd number of them: no engine prints the blank that Word implies. The last one is not.
    bookmarks: named destinations, of the first page of each of the PDFs. The bytes depend on the arguments alone.
    One of the PDFs is open at a time. Raises ProgramFailedError where one does not open.
    """
    with file.open("wb") as opened:
        binder = Binder(opened)
        lengths = [_append(binder, pdf) for pdf in pdfs]
        units = counts or lengths
        if sum(units) != sum(lengths):
            raise ValueError(f"{sum(units)} pages announced, {sum(lengths)} found")
        if duplex:
            binder.add_blanks(_odd_ends(units))
        starts = accumulate(lengths[:-1], initial=0)
        destinations = list(zip(bookmarks, starts, strict=True)) if bookmarks else []
        return binder.finish(title, language, chapters, destinations)


def _append(binder: Binder, pdf: Path) -> int:
    with open_pdf(pdf) as source:
        return binder.append(source)


def _odd_ends(units: Sequence[int]) -> Iterator[int]:
    """Yield the last page of each unit of an odd number of pages but the last."""
    for end, count in zip(accumulate(units[:-1]), units, strict=False):
        if count % 2:
            yield end - 1
