"""Many documents to PDF: engines in processes of their own, the next engine where one fails, each step told."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from pix_mailmerge.destination.engines import embedded, word
from pix_mailmerge.destination.engines.choice import Choice, choose_engine, open_session
from pix_mailmerge.destination.engines.engine import Answer, Job, Session
from pix_mailmerge.destination.engines.pool import OpenSession, Pool
from pix_mailmerge.destination.join import join
from pix_mailmerge.destination.preflight.survey import NOTHING_SPECIAL, Survey, cure_document
from pix_mailmerge.destination.private import private_folder
from pix_mailmerge.destination.split import open_pdf, page_ranges
from pix_mailmerge.problems import Place, Problem, ProgramFailedError, error, warning

MOST_PROCESSES = 4
"""More do not pay: each holds up to 300 MB, and the disk and the merge want their share of the machine."""
BATCH = 50
"""Documents per start of an engine that starts slowly."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a conversion gave. engine: the one that made the file; why: a French sentence that tells the choice.

    counts: the pages of each record, where its bookmarks were given. problems: warnings, where a document was converted
    for itself (a Converter keeps them for all).
    """

    pdf: Path
    engine: str
    pages: int
    why: str
    counts: tuple[int, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A document to convert. ``pdf`` is replaced; it is as the engine makes it: split and join finish it.

    bookmarks: of its records, in order: they are checked in the PDF. documents: the .docx of each record, for an engine
    that loses bookmarks (Word): it converts these, and the PDF is put together from them.
    """

    docx: Path
    pdf: Path
    bookmarks: tuple[str, ...] = ()
    documents: tuple[Path, ...] = ()


class Converter:
    """Engines at work, as many processes as pay, started when first needed. Use as a context manager.

    why: the sentence that says which engine and why. problems: a warning for each document that another engine than
    the first had to make.
    """

    def __init__(
        self,
        engine: str = "auto",
        survey: Survey = NOTHING_SPECIAL,
        *,
        processes: int | None = None,
        work: Path | None = None,
        pdfa: bool = False,
        open_session: OpenSession | None = None,
    ) -> None:
        """survey: what the documents ask of an engine. processes: at most so many at once, None = one per core.

        work: folder for private copies. Raises UsageError, ProgramMissingError.
        """
        self.choice: Choice = choose_engine(engine, survey.drops, pdfa=pdfa)
        self.problems: list[Problem] = []
        self._used: set[str] = set()
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._waiting: deque[tuple[Chunk, Future[Conversion]]] = deque()
        self._survey = survey
        self._kept = ExitStack()
        folder = work or self._kept.enter_context(private_folder())
        self._open = open_session or _opener(folder, pdfa, survey.system_fonts)
        self._processes = processes or min(os.cpu_count() or 1, MOST_PROCESSES)
        self._threads = ThreadPoolExecutor(self._processes, thread_name_prefix="pdf")
        self._pools = {name: Pool(name, self._open, self._limit(name)) for name in self.choice.names}

    @property
    def why(self) -> str:
        return self.choice.why

    @property
    def told(self) -> tuple[Problem, ...]:
        """Return all that there is to tell: what was not drawn, fonts that are not there, who took over from whom."""
        undrawn = self._survey.drops if embedded.NAME in self._used else ()
        return (*undrawn, *self._survey.missing_fonts, *self.problems)

    def start(self) -> None:
        """Start one process of the first engine in the background, so that it is ready when the first document is."""
        pool = self._pools[self.choice.names[0]]
        self._threads.submit(lambda: pool.give(pool.take()))

    def submit(self, chunk: Chunk) -> Future[Conversion]:
        """Convert in the background; the future raises ProgramFailedError with the problems of every engine tried.

        An engine that starts slowly takes all that waits, shared among its processes, in one start.
        """
        future: Future[Conversion] = Future()
        with self._lock:
            self._waiting.append((chunk, future))
        self._threads.submit(self._convert_waiting)
        return future

    def convert(self, chunk: Chunk) -> Conversion:
        """Convert and return when done; raise ProgramFailedError with the problems of every engine tried."""
        return self.submit(chunk).result()

    def convert_all(
        self, chunks: Sequence[Chunk], done: Callable[[int], None] | None = None
    ) -> list[Conversion | ProgramFailedError]:
        """Convert all and return what each gave, in order; ``done`` is called with how many are."""
        size = max(1, min(BATCH, -(-len(chunks) // self._processes)))
        batches = [chunks[start : start + size] for start in range(0, len(chunks), size)]
        results: list[Conversion | ProgramFailedError] = []
        for future in [self._threads.submit(self._convert_batch, batch) for batch in batches]:
            results += future.result()
            if done:
                done(len(results))
        return results

    def close(self) -> None:
        """End all engines."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        for _, future in self._waiting:
            future.cancel()
        for pool in self._pools.values():
            pool.close()
        self._kept.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, cause: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._stopped.set()
            for pool in self._pools.values():
                pool.close()  # ends what is under way: nobody waits for it any more
        self.close()

    def _limit(self, name: str) -> int:
        return 1 if name == word.NAME else self._processes

    def _convert_waiting(self) -> None:
        """Convert the next of the chunks that wait, or its share of all of them."""
        with self._lock:
            starts_fast = self.choice.names[0] == embedded.NAME
            share = 1 if starts_fast else min(BATCH, -(-len(self._waiting) // self._processes))
            taken = [self._waiting.popleft() for _ in range(min(share, len(self._waiting)))]
        try:
            results = self._convert_batch([chunk for chunk, _ in taken]) if taken else []
        except BaseException as cause:
            for _, future in taken:
                future.set_exception(cause)
            return
        for (_, future), result in zip(taken, results, strict=True):
            if isinstance(result, ProgramFailedError):
                future.set_exception(result)
            else:
                future.set_result(result)

    def _convert_batch(self, chunks: Sequence[Chunk]) -> list[Conversion | ProgramFailedError]:
        """Try the engines in order, each on what the ones before it failed to convert."""
        results: dict[int, Conversion | ProgramFailedError] = {}
        for rank, name in enumerate(self.choice.names):
            left = [place for place in range(len(chunks)) if not isinstance(results.get(place), Conversion)]
            if not left or self._stopped.is_set():
                break
            answers = self._ask(name, [chunks[place] for place in left])
            for place, answer in zip(left, answers, strict=True):
                results[place] = self._noted(rank, chunks[place], answer, results.get(place))
        if len(results) < len(chunks):
            raise CancelledError
        return [results[place] for place in range(len(chunks))]

    def _noted(
        self, rank: int, chunk: Chunk, answer: Conversion | ProgramFailedError, before: object
    ) -> Conversion | ProgramFailedError:
        """Return the answer with the problems of the engines tried before, or tell who took over."""
        if not isinstance(before, ProgramFailedError):
            return answer
        if isinstance(answer, ProgramFailedError):
            return ProgramFailedError([*before.problems, *answer.problems])
        program = self.choice.programs[rank]
        reason = before.problems[-1].what
        self.problems.append(
            warning(
                "program.fallback",
                f"{reason} {program.title} a pris le relais.",
                "Rien à faire ; regardez tout de même ce PDF avant de l’imprimer.",
                Place(file=chunk.docx.name),
            )
        )
        return replace(answer, why=f"PDF par {program.title} : {reason}")

    def _ask(self, name: str, chunks: Sequence[Chunk]) -> list[Conversion | ProgramFailedError]:
        pool = self._pools[name]
        session = pool.take()
        try:
            return [
                self._judged(name, chunk, answer)
                for chunk, answer in zip(chunks, self._answers(session, name, chunks), strict=True)
            ]
        finally:
            pool.give(session)

    def _answers(self, session: Session, name: str, chunks: Sequence[Chunk]) -> list[Answer]:
        for chunk in chunks:
            chunk.pdf.unlink(missing_ok=True)
        if any(self._goes_apart(session, chunk) for chunk in chunks):
            return [self._converted_apart(session, name, chunk) for chunk in chunks]
        return self._converted(session, name, [Job(chunk.docx, chunk.pdf) for chunk in chunks])

    def _goes_apart(self, session: Session, chunk: Chunk) -> bool:
        """Tell whether each record's own document is to be converted: « page 1 sur 2 » counts a document's pages."""
        counts_alone = self._survey.counts_pages and len(chunk.documents) == len(chunk.bookmarks)
        return bool(chunk.bookmarks) and (counts_alone or not session.keeps_bookmarks)

    def _converted(self, session: Session, name: str, jobs: Sequence[Job]) -> list[Answer]:
        """Convert the documents, or the copies of them that this engine can draw."""
        cures = self._survey.cures_for(name)
        if not cures:
            return session.convert_batch(jobs)
        copies = [Job(job.pdf.with_name(f"{job.pdf.stem}-copie.docx"), job.pdf) for job in jobs]
        try:
            for job, copy in zip(jobs, copies, strict=True):
                cure_document(job.docx, copy.docx, cures)
            return session.convert_batch(copies)
        finally:
            for copy in copies:
                copy.docx.unlink(missing_ok=True)

    def _converted_apart(self, session: Session, name: str, chunk: Chunk) -> Answer:
        """Convert each record's own document; join the PDFs, with the destinations that bookmarks would give."""
        if len(chunk.documents) != len(chunk.bookmarks):
            return ProgramFailedError(_loses_bookmarks(chunk))
        stem = chunk.pdf.stem
        pdfs = [chunk.pdf.with_name(f"{stem}-{number:03d}.pdf") for number in range(1, len(chunk.documents) + 1)]
        jobs = [Job(docx, pdf) for docx, pdf in zip(chunk.documents, pdfs, strict=True)]
        try:
            answers = self._converted(session, name, jobs)
            failures = [answer for answer in answers if isinstance(answer, ProgramFailedError)]
            if failures:
                return ProgramFailedError([problem for failure in failures for problem in failure.problems])
            return join(pdfs, chunk.pdf, bookmarks=chunk.bookmarks)
        finally:
            for pdf in pdfs:
                pdf.unlink(missing_ok=True)

    def _judged(self, name: str, chunk: Chunk, answer: Answer) -> Conversion | ProgramFailedError:
        """Return the verdict: every record must be found in the PDF before anyone uses it."""
        if isinstance(answer, ProgramFailedError):
            return answer
        counts: tuple[int, ...] = ()
        if chunk.bookmarks:
            try:
                with open_pdf(chunk.pdf) as made:
                    counts = tuple(pages.count for pages in page_ranges(made, chunk.bookmarks, chunk.docx.name))
            except ProgramFailedError as cause:
                return cause
        self._used.add(name)
        return Conversion(chunk.pdf, name, answer, self.choice.why, counts)


def _opener(work: Path, pdfa: bool, system_fonts: bool) -> OpenSession:
    return lambda engine: open_session(engine, work, pdfa=pdfa, system_fonts=system_fonts)


def _loses_bookmarks(chunk: Chunk) -> Problem:
    return error(
        "program.pages",
        "Word ne garde pas les repères des élèves dans un document unique.",
        "Choisissez --engine embedded ou --engine libreoffice.",
        Place(file=chunk.docx.name),
    )
