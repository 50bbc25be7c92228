"""The pages of a preview, made in a folder of work by the same lots and engines as a run's."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.record import Record
from pix_mailmerge.destination.converter import Chunk, Converter
from pix_mailmerge.destination.engines import word
from pix_mailmerge.destination.join import join
from pix_mailmerge.destination.split import bookmark
from pix_mailmerge.mailmerge.columns_used import columns_used, name_of, text_under, width_of
from pix_mailmerge.mailmerge.lot_maker import LotMaker
from pix_mailmerge.mailmerge.lots import Lot
from pix_mailmerge.mailmerge.merged import find_spans
from pix_mailmerge.mailmerge.order import Progress
from pix_mailmerge.mailmerge.prepare import Prepared
from pix_mailmerge.mailmerge.worst import Worst, find_worst
from pix_mailmerge.model.word_fields.state import NOTHING_BEFORE, Before
from pix_mailmerge.model.word_model import Model

MEASURED = 250
"""Records of which the pages are counted to find the longest documents; the widest ones where there are more."""
DOTS_PER_INCH = 110
POINTS_PER_INCH = 72


@dataclass(frozen=True, slots=True)
class Page:
    """A document made in the folder of work. who: « NOM Prénom », or the class; place: where the source tells of it."""

    model: str
    who: str
    place: str
    reasons: tuple[str, ...]
    pdf: Path
    pictures: tuple[Path, ...]


class PageMaker:
    """Makes the documents of the worst cases, or of those asked for. lots: where the model runs, watched."""

    def __init__(
        self, prepared: Prepared, work: Path, lots: LotMaker, converter: Converter, worst: int, report: Progress
    ) -> None:
        self._lots = lots
        self._prepared = prepared
        self._chosen = prepared.selection.chosen
        self._work = work
        self._converter = converter
        self._worst = worst
        self._report = report
        self._count = 0

    def make(self, model: Model, asked: tuple[Worst, ...] | None) -> Iterator[Page]:
        """Yield the documents of one model."""
        if not self._chosen:
            return
        if model.per_class:
            yield self._make_class(model, asked)
            return
        for number, one in enumerate(wanted := asked or self._find_worst(model), 1):
            docx = self._path(".docx")
            records, before = self._document_of(model, one.record)
            self._lots.make(Lot(model.path, self._prepared.school, records, (docx,), before=before))
            place = f"{one.record.file}, ligne {one.record.line}"
            yield self._page(model, docx, name_of(one.record), place, one.reasons)
            self._report("Aperçu", number, len(wanted))

    def _document_of(self, model: Model, record: Record) -> tuple[tuple[Record, ...], Before]:
        """Return the records of the document that holds a record, and what is merged until then."""
        if model.counts_records:
            school = self._prepared.school
            for number, (start, end) in enumerate(find_spans(model, self._chosen, school)):
                if record in self._chosen[start:end]:
                    return self._chosen[start:end], Before(start, number)
        return (record,), NOTHING_BEFORE

    def _make_class(self, model: Model, asked: tuple[Worst, ...] | None) -> Page:
        """Make the document of the class with most pupils, or of the one whose pupil is asked for."""
        by_class: dict[str, list[Record]] = {record.text(columns.CLASS): [] for record in self._chosen}
        for record in self._prepared.everyone:  # a pupil asked for by name is shown among his class
            by_class.get(record.text(columns.CLASS), []).append(record)
        largest = max(by_class, key=lambda name: len(by_class[name]))
        name = asked[0].record.text(columns.CLASS) if asked else largest
        docx = self._path(".docx")
        self._lots.make(Lot(model.path, self._prepared.school, tuple(by_class[name]), composed=docx))
        reasons = asked[0].reasons if asked else (f"la classe la plus nombreuse ({len(by_class[name])} élèves)",)
        return self._page(model, docx, name or "sans classe", by_class[name][0].file, reasons)

    def _find_worst(self, model: Model) -> tuple[Worst, ...]:
        """Return the worst cases among all; the pages are counted of those that print most."""
        used = columns_used(model, self._prepared.reading.header, self._prepared.school)
        if model.changes_records:
            shown = find_spans(model, self._chosen, self._prepared.school)
            return find_worst([self._chosen[start] for start, _ in shown], used, (), self._worst)
        widths = [sum(width_of(text_under(one, header)) for header in used) for one in self._chosen]
        measured = sorted(sorted(range(len(widths)), key=lambda place: -widths[place])[:MEASURED])
        counts = self._count_pages(model, [self._chosen[place] for place in measured])
        pages = dict(zip(measured, counts, strict=False))
        return find_worst(self._chosen, used, [pages.get(place, 0) for place in range(len(self._chosen))], self._worst)

    def _count_pages(self, model: Model, records: Sequence[Record]) -> tuple[int, ...]:
        if self._converter.choice.names[0] == word.NAME:
            return ()  # it would convert each of them alone, for minutes
        docx, pdf = self._path(".docx"), self._path(".pdf")
        self._lots.make(Lot(model.path, self._prepared.school, tuple(records), composed=docx))
        bookmarks = tuple(bookmark(number) for number in range(1, len(records) + 1))
        return self._converter.convert(Chunk(docx, pdf, bookmarks)).counts

    def _page(self, model: Model, docx: Path, who: str, place: str, reasons: tuple[str, ...]) -> Page:
        raw, pdf = self._path(".pdf"), self._path(".pdf")
        self._converter.convert(Chunk(docx, raw))
        join([raw], pdf, title=model.title)
        return Page(model.path.name, who, place, reasons, pdf, tuple(draw(pdf)))

    def _path(self, extension: str) -> Path:
        self._count += 1
        return self._work / f"{self._count:04d}{extension}"


def draw(pdf: Path) -> Iterator[Path]:
    """Write each page of ``pdf`` beside it as a PNG of 110 dots per inch, and yield its path."""
    import pypdfium2

    with contextlib.closing(pypdfium2.PdfDocument(pdf)) as document:
        for number, page in enumerate(document, 1):
            picture = pdf.with_name(f"{pdf.stem}-{number}.png")
            page.render(scale=DOTS_PER_INCH / POINTS_PER_INCH).to_pil().save(picture, "PNG")
            yield picture
