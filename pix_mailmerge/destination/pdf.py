"""From .docx to .pdf, by whichever engine: one document, or many that have nothing to do with one another."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pikepdf

from pix_mailmerge._files import written_beside
from pix_mailmerge.destination.converter import Chunk, Conversion, Converter
from pix_mailmerge.destination.engines.choice import Engine
from pix_mailmerge.destination.engines.engine import Job
from pix_mailmerge.destination.preflight.survey import Survey, survey_document
from pix_mailmerge.destination.private import private_folder
from pix_mailmerge.destination.split import LANGUAGE, open_pdf, save
from pix_mailmerge.problems import PixMailMergeError, Place, Problem, error, raise_errors

__all__ = [
    "Chunk",
    "Conversion",
    "Converter",
    "Engine",
    "Job",
    "check_document",
    "convert",
    "convert_documents",
    "finish",
]

Converted = Conversion | PixMailMergeError
"""What a document gave: its PDF, or why it has none."""


def convert(
    docx: Path,
    pdf: Path,
    engine: str = "auto",
    *,
    title: str | None = None,
    language: str = LANGUAGE,
    pdfa: bool = False,
) -> Conversion:
    """Write ``pdf`` from ``docx``, whole or not at all, replacing what is there.

    engine: auto, embedded, libreoffice, word. The same .docx gives the same bytes (embedded engine). title: None = that
    of the document's properties, if any. pdfa: PDF/A-2b, by LibreOffice. Raises DataSourceError, ModelError (a .docx
    that is damaged or dangerous), UsageError, ProgramMissingError, ProgramFailedError, DestinationError.
    """
    (answer,) = convert_documents([Job(docx, pdf)], engine, title=title, language=language, pdfa=pdfa)
    if isinstance(answer, PixMailMergeError):
        raise answer
    return answer


def convert_documents(
    jobs: Sequence[Job],
    engine: str = "auto",
    *,
    processes: int | None = None,
    done: Callable[[int], None] | None = None,
    title: str | None = None,
    language: str = LANGUAGE,
    pdfa: bool = False,
) -> list[Converted]:
    """Convert many documents as ``convert`` does one, and return what each gave: one bad file does not end the rest.

    Documents that ask the same of an engine go together; ``done`` is called with how many are made. ``problems`` of a
    Conversion: what the embedded engine did not draw, who took over from whom. Raises UsageError, ProgramMissingError.
    """
    answers: dict[int, Converted] = {}
    alike: dict[tuple[object, ...], list[int]] = {}
    surveys: dict[int, Survey] = {}
    for place, job in enumerate(jobs):
        try:
            raise_errors(check_document(job.docx))
            surveys[place] = survey_document(job.docx)
            alike.setdefault(surveys[place].demands, []).append(place)
        except PixMailMergeError as cause:
            answers[place] = cause
    for places in alike.values():
        group = [jobs[place] for place in places]
        made = _converted(group, engine, surveys[places[0]], processes, title, language, pdfa)
        for place, answer in zip(places, made, strict=True):
            answers[place] = _with_problems(answer, surveys[place])
        if done:
            done(len(answers))
    return [answers[place] for place in range(len(jobs))]


def finish(made: Path, pdf: Path, *, title: str | None = None, language: str = LANGUAGE) -> None:
    """Write ``pdf`` from the one that an engine made: a title, a language, and nothing that tells who or when."""
    with open_pdf(made) as opened, written_beside(pdf) as beside:
        save(opened, beside, title=title or _title(opened), language=language)


def check_document(docx: Path) -> Sequence[Problem]:
    """Return what forbids to convert ``docx``: it is not there, or it is no .docx."""
    where = Place(file=str(docx))
    if not docx.is_file():
        return [error("source.not-found", "Ce document n’existe pas.", "Vérifiez son nom et son dossier.", where)]
    try:
        with zipfile.ZipFile(docx) as package:
            package.getinfo("[Content_Types].xml")
    except (zipfile.BadZipFile, KeyError, OSError):
        what = "Ce fichier n’est pas un document Word (.docx), ou il est abîmé."
        return [error("source.not-docx", what, "Ouvrez-le dans Word et enregistrez-le au format .docx.", where)]
    return []


def _converted(
    jobs: Sequence[Job],
    engine: str,
    survey: Survey,
    processes: int | None,
    title: str | None,
    language: str,
    pdfa: bool,
) -> list[Converted]:
    """Convert documents that ask the same, in a private folder, and finish each."""
    with private_folder() as folder:
        chunks = [Chunk(job.docx, folder / f"pdf-{number:05d}.pdf") for number, job in enumerate(jobs, 1)]
        with Converter(engine, survey, processes=processes, work=folder, pdfa=pdfa) as converter:
            answers = converter.convert_all(chunks)
        finished: list[Converted] = []
        for job, chunk, answer in zip(jobs, chunks, answers, strict=True):
            finished.append(answer)
            told = tuple(problem for problem in converter.problems if problem.where.file == job.docx.name)
            try:
                if isinstance(answer, Conversion):
                    finish(chunk.pdf, job.pdf, title=title, language=language)
                    finished[-1] = replace(answer, pdf=job.pdf, problems=told)
            except PixMailMergeError as cause:
                finished[-1] = cause
            chunk.pdf.unlink(missing_ok=True)
    return finished


def _with_problems(answer: Converted, survey: Survey) -> Converted:
    """Add what was left undrawn, where the embedded engine made the PDF, and the fonts that nobody had."""
    if not isinstance(answer, Conversion):
        return answer
    undrawn = survey.drops if answer.engine == "embedded" else ()
    return replace(answer, problems=(*undrawn, *survey.missing_fonts, *answer.problems))


def _title(opened: pikepdf.Pdf) -> str | None:
    return str(opened.docinfo.get("/Title", "")) or None
