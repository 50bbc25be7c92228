"""The documents of one run, class after class: .docx per pupil, composed .docx, PDF, PDF per pupil."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pix_mailmerge.data_source.record import Record
from pix_mailmerge.destination.delivery import Delivery, Made
from pix_mailmerge.destination.join import join
from pix_mailmerge.destination.journal import Source
from pix_mailmerge.destination.pdf import convert
from pix_mailmerge.destination.split import Part, bookmark, split
from pix_mailmerge.mailmerge.lots import Lot, make_lot
from pix_mailmerge.mailmerge.order import Order, Progress, silent
from pix_mailmerge.mailmerge.plan import ClassPlan, ModelPlan, Plan
from pix_mailmerge.model.word_model import Model
from pix_mailmerge.problems import Problem
from pix_mailmerge.settings import School

LOT = 250
"""Records converted at once: the engines are fastest between 150 and 300 pages, and their memory stays bounded."""


class Maker:
    """Makes the documents of one run and delivers them class by class.

    engine: a sentence that says what made the PDFs. problems: warnings met on the way.
    """

    def __init__(self, order: Order, school: School, plan: Plan, delivery: Delivery, report: Progress = silent) -> None:
        self._order = order
        self._school = school
        self._plan = plan
        self._delivery = delivery
        self._report = report
        self._done = 0
        self.engine = ""
        self.problems: list[Problem] = []

    def make_model(self, planned: ModelPlan) -> None:
        """Make all documents of one model."""
        self._done = 0
        if planned.model.per_class:
            for one in self._plan.classes:
                self._make_class_document(planned, one)
        else:
            pieces = [piece for one in self._plan.classes for piece in self._make_class(planned, one)]
            self._make_school(planned, pieces)

    def _make_class_document(self, planned: ModelPlan, one: ClassPlan) -> None:
        stem = one.stem(planned.suffix)
        docx, pdf = self._delivery.stage(f"{stem}.docx"), self._delivery.stage(f"{stem}.pdf")
        make_lot(self._lot(planned.model, one.records, composed=docx))
        pages = self._convert(docx, pdf)
        sources = sources_of(one.records)
        self._advance(len(one.records))
        self._delivery.deliver(
            [Made(f"{stem}.docx", docx, "class", sources), Made(f"{stem}.pdf", pdf, "class-pdf", sources, (pages,))]
        )

    def _make_class(self, planned: ModelPlan, one: ClassPlan) -> list[Path]:
        """Make and deliver the documents of a class; return the PDFs that together hold all its pages."""
        made: list[Made] = []
        composed: list[tuple[Path, Path]] = []
        pages: list[int] = []
        for part in lots_of(one):
            composed.append(self._make_lot(planned, part, made, pages))
        if not one.folder:
            self._delivery.deliver(made)
            return [pdf for _, pdf in composed]
        stem = one.stem(planned.suffix)
        docx, pdf = composed[0]
        if len(composed) > 1:
            docx, pdf = self._delivery.stage(f"{stem}.docx"), self._delivery.stage(f"{stem}.pdf")
            make_lot(self._lot(planned.model, one.records, composed=docx))
            join([piece for _, piece in composed], pdf)
        sources = sources_of(one.records)
        made.append(Made(f"{stem}.docx", docx, "class", sources))
        made.append(Made(f"{stem}.pdf", pdf, "class-pdf", sources, tuple(pages)))
        self._delivery.deliver(made)
        return [self._order.out / f"{stem}.pdf"]

    def _make_lot(self, planned: ModelPlan, part: ClassPlan, made: list[Made], pages: list[int]) -> tuple[Path, Path]:
        """Write aside the documents of at most LOT records; return the composed .docx and its PDF."""
        stage = self._delivery.stage
        names = [place.path(planned.suffix) for place in part.places]
        documents = tuple(stage(f"{name}.docx") for name in names)
        pdfs = [stage(f"{name}.pdf") for name in names]
        docx, pdf = stage("lot.docx"), stage("lot.pdf")
        make_lot(self._lot(planned.model, part.records, documents, docx))
        self._convert(docx, pdf)
        counts = split(pdf, [Part(bookmark(number), file) for number, file in enumerate(pdfs, 1)])
        for name, record, document, file, count in zip(names, part.records, documents, pdfs, counts, strict=True):
            source = sources_of([record])
            made.append(Made(f"{name}.docx", document, "document", source))
            made.append(Made(f"{name}.pdf", file, "pdf", source, (count,)))
        pages += counts
        self._advance(len(part.records))
        return docx, pdf

    def _make_school(self, planned: ModelPlan, pieces: Sequence[Path]) -> None:
        records = [record for one in self._plan.classes for record in one.records]
        sources, stem = sources_of(records), planned.school_stem
        pdf = self._delivery.stage(f"{stem}.pdf")
        join(pieces, pdf)
        made = [Made(f"{stem}.pdf", pdf, "school-pdf", sources)]
        if self._plan.has_school_docx:
            docx = self._delivery.stage(f"{stem}.docx")
            make_lot(self._lot(planned.model, tuple(records), composed=docx))
            made.insert(0, Made(f"{stem}.docx", docx, "school", sources))
        self._delivery.deliver(made)

    def _lot(
        self,
        model: Model,
        records: tuple[Record, ...],
        documents: tuple[Path, ...] = (),
        composed: Path | None = None,
    ) -> Lot:
        return Lot(model.path, self._school, records, documents, composed, self._order.duplex)

    def _convert(self, docx: Path, pdf: Path) -> int:
        conversion = convert(docx, pdf, self._order.engine)
        self.engine = conversion.why
        return conversion.pages

    def _advance(self, records: int) -> None:
        self._done += records
        self._report("Documents et PDF", self._done, self._plan.pupils)


def lots_of(one: ClassPlan) -> Iterator[ClassPlan]:
    """Yield the class cut into parts of at most LOT records."""
    for start in range(0, len(one.records), LOT):
        end = start + LOT
        yield replace(one, records=one.records[start:end], places=one.places[start:end])


def sources_of(records: Sequence[Record]) -> tuple[Source, ...]:
    """Return where the records came from, for the journal."""
    return tuple(Source(record.file, record.line) for record in records)
