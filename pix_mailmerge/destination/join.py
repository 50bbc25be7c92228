"""Several PDFs in one, in order: an outline of classes and pupils, and the blanks that two-sided printing needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import pikepdf

from pix_mailmerge.destination.archive import carry_profile, is_archive, settle_lengths
from pix_mailmerge.destination.split import LANGUAGE, open_pdf, save
from pix_mailmerge.model.workers import Workers

APART_MEMORY = 4 * 1024**3
APART_DEADLINE = 1800.0


@dataclass(frozen=True, slots=True)
class Chapter:
    """An entry of the outline. page: 0 = first of the PDFs joined, blank pages not counted."""

    title: str
    page: int
    entries: tuple[Chapter, ...] = ()


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
    Raises ProgramFailedError where a PDF does not open.
    """
    with pikepdf.new() as made:
        lengths = [_append(made, pdf) for pdf in pdfs]
        units = list(counts or lengths)
        if sum(units) != sum(lengths):
            raise ValueError(f"{sum(units)} pages announced, {sum(lengths)} found")
        if is_archive(made):
            settle_lengths(made)
        places = list(range(sum(lengths)))
        if duplex:
            places = _with_blanks(made, units)
        if chapters:
            with made.open_outline() as outline:
                outline.root.extend(_item(chapter, places) for chapter in chapters)
            made.Root.PageMode = pikepdf.Name.UseOutlines
        if bookmarks:
            starts = [places[page] for page in accumulate(lengths[:-1], initial=0)]
            made.Root.Dests = pikepdf.Dictionary(
                {f"/{name}": _destination(made, page) for name, page in zip(bookmarks, starts, strict=True)}
            )
        save(made, file, title=title, language=language)
        return len(made.pages)


def join_apart(pdfs: Sequence[Path], file: Path, **how: Any) -> int:
    """Do as ``join`` does in a process of its own: its memory, 20 KB a page, goes with it."""
    with Workers(_join, memory=APART_MEMORY) as workers:
        return workers.answer((pdfs, file, how), APART_DEADLINE).result()


def _join(task: tuple[Sequence[Path], Path, dict[str, Any]]) -> int:
    pdfs, file, how = task
    return join(pdfs, file, **how)


def _append(made: pikepdf.Pdf, pdf: Path) -> int:
    """Append the pages of a PDF and return how many they are.

    What was parsed of it goes when this returns; qpdf holds the file open, for its streams, until ``made`` is closed.
    """
    source = open_pdf(pdf)
    made.pages.extend(source.pages)
    carry_profile(source, made)
    return len(source.pages)


def _with_blanks(made: pikepdf.Pdf, units: Sequence[int]) -> list[int]:
    """Put a blank page after each unit of an odd number of pages but the last; return page -> its new place."""
    places = list(_places(units))
    odd = [end for end, count in zip(accumulate(units), units, strict=True) if count % 2][
        : None if units[-1] % 2 == 0 else -1
    ]
    for end in reversed(odd):
        box = made.pages[end - 1].mediabox
        blank = pikepdf.Dictionary(Type=pikepdf.Name.Page, MediaBox=box, Resources=pikepdf.Dictionary())
        made.pages.insert(end, pikepdf.Page(made.make_indirect(blank)))
    return places


def _places(units: Sequence[int]) -> Iterator[int]:
    place = 0
    for count in units:
        yield from range(place, place + count)
        place += count + count % 2


def _item(chapter: Chapter, places: Sequence[int]) -> pikepdf.OutlineItem:
    item = pikepdf.OutlineItem(chapter.title, places[chapter.page])
    item.children.extend(_item(entry, places) for entry in chapter.entries)
    return item


def _destination(made: pikepdf.Pdf, page: int) -> pikepdf.Array:
    return pikepdf.Array([made.pages[page].obj, pikepdf.Name.Fit])
