"""The documents of one run, class after class: .docx per pupil, composed .docx, PDF, PDF per pupil.

The PDFs of a lot are made in the background while the documents of the next one are merged.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import accumulate, takewhile
from pathlib import Path
from types import TracebackType
from typing import Self

from pix_mailmerge.data_source.record import Record
from pix_mailmerge.destination.converter import Chunk, Conversion, Converter
from pix_mailmerge.destination.delivery import Delivery, Made
from pix_mailmerge.destination.folder import SCHOOL_NAME
from pix_mailmerge.destination.join import Chapter, join
from pix_mailmerge.destination.preflight.survey import survey_document
from pix_mailmerge.destination.split import Part, bookmark, split
from pix_mailmerge.mailmerge.changes import Changes
from pix_mailmerge.mailmerge.handing_over import HandingOver
from pix_mailmerge.mailmerge.lot_maker import LotMaker
from pix_mailmerge.mailmerge.lots import Lot
from pix_mailmerge.mailmerge.order import Order, Progress, silent
from pix_mailmerge.mailmerge.plan import ClassPlan, DocumentPlan, ModelPlan, Plan
from pix_mailmerge.mailmerge.prepare import sources_of
from pix_mailmerge.problems import Problem
from pix_mailmerge.settings import School

LOT = 250
"""Records converted at once: the engines are fastest between 150 and 300 pages, and their memory stays bounded."""
AHEAD = 3
"""Classes whose documents may be merged before the PDFs of the first of them are finished."""
TICK = 0.2
"""Seconds between two reports of a class under way: its user may want no more."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A lot whose documents and PDF are on their way to where they are written aside."""

    part: ClassPlan
    documents: tuple[Path, ...]
    docx: Path
    pdf: Path
    conversion: Future[Conversion]


@dataclass(frozen=True, slots=True)
class Piece:
    """The pages of a class in its PDFs. counts: pages of each document."""

    name: str
    pdfs: tuple[Path, ...]
    documents: tuple[DocumentPlan, ...]
    counts: tuple[int, ...]

    def chapter(self, start: int) -> Chapter:
        """Return the outline of the class, its first page being ``start``."""
        starts = accumulate(self.counts[:-1], initial=start)
        pupils = tuple(Chapter(_name(one.records), page) for one, page in zip(self.documents, starts, strict=True))
        return Chapter(self.name or SCHOOL_NAME, start, pupils)


class Maker:
    """Makes the documents of one run and delivers them class by class. Use as a context manager.

    engine: the sentence that says what made the last PDFs and why. problems: warnings met on the way. kept: names of
    the files that are there just so.
    """

    _converter: Converter

    def __init__(
        self,
        order: Order,
        school: School,
        plan: Plan,
        delivery: Delivery,
        changes: Changes,
        lots: LotMaker,
        report: Progress = silent,
    ) -> None:
        self.engine = ""
        self.problems: list[Problem] = []
        self.kept: set[str] = set()
        self._changes = changes
        self._asked = order.engine
        self._pdfa = order.pdfa
        self._duplex = order.duplex
        self._school = school
        self._plan = plan
        self._delivery = delivery
        self._report = report
        self._suffix = ""
        self._done = 0
        self._lots = lots
        self._threads = ThreadPoolExecutor(self._lots.jobs + AHEAD, thread_name_prefix="lot")
        self._handing_over = HandingOver(delivery)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, cause: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._handing_over.close()
        self._lots.close()
        self._threads.shutdown(wait=True)

    def make_model(self, planned: ModelPlan) -> None:
        """Make and deliver all documents of one model that are not there just so.

        Raises ProgramMissingError, ProgramFailedError, ModelError, DestinationError.
        """
        self._delivery.model = self._delivery.keep_model(planned.model.path)
        self._suffix = planned.suffix
        changes = self._changes
        if changes.holds_school(planned) and all(changes.holds_class(planned, one) for one in planned.classes):
            for one in planned.classes:
                self._keep_class(planned, one)
            self._keep(changes.school_names(planned))
            self._handing_over.wait()
            return
        survey = survey_document(planned.model.path)
        with Converter(self._asked, survey, work=self._delivery.staging, pdfa=self._pdfa) as converter:
            converter.start()
            self._converter, self.engine = converter, converter.why
            self._make(planned)
            self._handing_over.wait()
        self.problems += converter.told

    def _make(self, planned: ModelPlan) -> None:
        if planned.model.per_class:
            for one in planned.classes:
                if self._changes.holds_class(planned, one):
                    self._keep_class(planned, one)
                else:
                    self._make_class_document(planned, one)
            return
        begun: deque[tuple[ClassPlan, Piece | list[Begun]]] = deque()
        pieces: list[Piece] = []
        for one in planned.classes:
            kept = self._kept_piece(planned, one)
            begun.append((one, kept or [self._begin(planned, part) for part in one.parts(LOT)]))
            if len(begun) > AHEAD:
                pieces.append(self._finish(planned, *begun.popleft()))
        pieces += [self._finish(planned, one, lots) for one, lots in begun]
        if self._changes.holds_school(planned):
            self._keep(self._changes.school_names(planned))
        else:
            self._make_school(planned, pieces)

    def _kept_piece(self, planned: ModelPlan, one: ClassPlan) -> Piece | None:
        """Return the pages of a class that is there just so, out of its PDF; None where it must be made."""
        pages = self._changes.class_pages(planned, one)
        if pages is None or not self._changes.holds_class(planned, one):
            return None
        self._keep_class(planned, one)
        pdf = self._delivery.folder / f"{one.stem(planned.suffix)}.pdf"
        return Piece(one.name, (pdf,), one.documents, pages)

    def _keep_class(self, planned: ModelPlan, one: ClassPlan) -> None:
        self._keep(self._changes.class_names(planned, one))
        self._advance(one)

    def _keep(self, names: Iterable[str]) -> None:
        named = tuple(names)
        self._handing_over.keep(named)
        self.kept.update(named)

    def _deliver(self, made: Iterable[Made], inputs: str) -> None:
        """Deliver what was made, but what holds more pupils than the order is about."""
        left_alone = self._changes.left_alone
        ready = (replace(one, inputs=inputs, suffix=self._suffix) for one in made if one.path not in left_alone)
        self._handing_over.deliver([*ready])

    def _make_class_document(self, planned: ModelPlan, one: ClassPlan) -> None:
        stem, title = one.stem(planned.suffix), planned.model.title
        docx, raw, pdf = (self._delivery.stage(f"{stem}{extension}") for extension in (".docx", ".pdf", ".pdf"))
        self._lots.make(Lot(planned.model.path, self._school, one.records, composed=docx))
        pages = self._converter.convert(Chunk(docx, raw)).pages
        join([raw], pdf, title=title)
        sources = sources_of(one.records)
        self._deliver(
            [Made(f"{stem}.docx", docx, "class", sources), Made(f"{stem}.pdf", pdf, "class-pdf", sources, (pages,))],
            self._changes.class_inputs(planned, one),
        )
        self._advance(one)

    def _begin(self, planned: ModelPlan, part: ClassPlan) -> Begun:
        """Have the .docx of at most LOT records, then their PDF, written aside in the background."""
        stage = self._delivery.stage
        documents = tuple(stage(one.place.path(f"{planned.suffix}.docx")) for one in part.documents)
        docx, pdf = stage("lot.docx"), stage("lot.pdf")
        lot = Lot(planned.model.path, self._school, part.records, documents, docx, self._duplex, before=part.before)
        bookmarks = tuple(bookmark(number) for number in range(1, len(documents) + 1))
        chunk = Chunk(docx, pdf, bookmarks, documents)
        return Begun(part, documents, docx, pdf, self._threads.submit(self._made, lot, chunk))

    def _made(self, lot: Lot, chunk: Chunk) -> Conversion:
        self._lots.make(lot)
        return self._converter.convert(chunk)

    def _finish(self, planned: ModelPlan, one: ClassPlan, lots: Piece | Sequence[Begun]) -> Piece:
        """Deliver the documents of a class once its PDFs are there; return its pages, kept or new."""
        if isinstance(lots, Piece):
            return lots
        self._await(one, lots)
        made = [one for lot in lots for one in self._split(planned, lot)]
        counts = tuple(count for lot in lots for count in lot.conversion.result().counts)
        stem, title = one.stem(planned.suffix), planned.model.title
        docx = lots[0].docx
        if len(lots) > 1:
            docx = self._delivery.stage(f"{stem}.docx")
            if one.folder:
                self._lots.make(
                    Lot(planned.model.path, self._school, one.records, (), docx, self._duplex, before=one.before)
                )
        pages = Piece(one.name, tuple(lot.pdf for lot in lots), one.documents, counts)
        if one.folder:
            sources = sources_of(record for document in one.documents for record in document.records)
            pdf = self._delivery.stage(f"{stem}.pdf")
            chapters = pages.chapter(0).entries
            join(pages.pdfs, pdf, chapters=chapters, counts=counts, duplex=self._duplex, title=title)
            made.append(Made(f"{stem}.docx", docx, "class", sources))
            made.append(Made(f"{stem}.pdf", pdf, "class-pdf", sources, counts))
        self._deliver(made, self._changes.class_inputs(planned, one))
        self._advance(one)
        return pages

    def _await(self, one: ClassPlan, lots: Sequence[Begun]) -> None:
        """Wait for the PDFs of a class and tell how far it is: a document whose PDF is to come counts half."""
        documents = [document for lot in lots for document in lot.documents]
        written = 0
        for lot in lots:
            while not wait([lot.conversion], TICK).done:
                written += sum(1 for _ in takewhile(Path.exists, documents[written:]))
                self._tell(self._done + len(one.records) * written // (2 * len(documents)))
            lot.conversion.result()

    def _split(self, planned: ModelPlan, lot: Begun) -> Iterator[Made]:
        """Yield the documents of a lot, each one's PDF cut out of the lot's."""
        pdfs = [self._delivery.stage(one.place.path(f"{planned.suffix}.pdf")) for one in lot.part.documents]
        parts = [Part(bookmark(number), pdf, planned.model.title) for number, pdf in enumerate(pdfs, 1)]
        counts = split(lot.pdf, parts)
        rows = zip(lot.part.documents, lot.documents, pdfs, counts, strict=True)
        for (place, records), document, pdf, count in rows:
            source = sources_of(records)
            yield Made(place.path(f"{planned.suffix}.docx"), document, "document", source)
            yield Made(place.path(f"{planned.suffix}.pdf"), pdf, "pdf", source, (count,))

    def _make_school(self, planned: ModelPlan, pieces: Sequence[Piece]) -> None:
        records = tuple(record for one in planned.classes for record in one.records)
        merged = (document for one in planned.classes for document in one.documents)
        counts = tuple(count for piece in pieces for count in piece.counts)
        starts = accumulate((sum(piece.counts) for piece in pieces[:-1]), initial=0)
        chapters = [piece.chapter(start) for piece, start in zip(pieces, starts, strict=True)]
        stem, sources = planned.school_stem, sources_of(record for one in merged for record in one.records)
        pdf = self._delivery.stage(f"{stem}.pdf")
        join(
            [pdf for piece in pieces for pdf in piece.pdfs],
            pdf,
            chapters=chapters if self._plan.has_class_documents else chapters[0].entries,
            counts=counts,
            duplex=self._duplex,
            title=planned.model.title,
        )
        made = [Made(f"{stem}.pdf", pdf, "school-pdf", sources, counts)]
        if self._plan.has_school_docx:
            docx = self._delivery.stage(f"{stem}.docx")
            starts_at = accumulate((len(one.records) for one in planned.classes[:-1]), initial=0)
            lot = Lot(planned.model.path, self._school, records, (), docx, self._duplex, tuple(starts_at))
            self._lots.make(lot)
            made.insert(0, Made(f"{stem}.docx", docx, "school", sources))
        self._deliver(made, self._changes.school_inputs(planned))

    def _advance(self, one: ClassPlan) -> None:
        self._done += len(one.records)
        self._tell(self._done)

    def _tell(self, done: int) -> None:
        self._report("Documents et PDF", done, self._plan.pupils * len(self._plan.models))


def _name(records: Sequence[Record]) -> str:
    """Return who a document is about: its pupil, or the first and the last of several."""
    names = [
        f"{record.text('Nom')} {record.text('Prénom')}".strip() or f"ligne {record.line}"
        for record in dict.fromkeys((records[0], records[-1]))
    ]
    return " – ".join(names)
