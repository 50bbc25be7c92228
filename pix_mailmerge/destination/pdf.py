"""From one .docx to one .pdf, by whichever engine."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pikepdf

from pix_mailmerge._files import written_beside
from pix_mailmerge.destination.converter import Chunk, Conversion, Converter
from pix_mailmerge.destination.engines.choice import Engine
from pix_mailmerge.destination.preflight.survey import survey_document
from pix_mailmerge.destination.split import LANGUAGE, open_pdf, save
from pix_mailmerge.problems import Place, Problem, error, raise_errors

__all__ = ["Chunk", "Conversion", "Converter", "Engine", "check_document", "convert", "finish"]


def convert(
    docx: Path, pdf: Path, engine: str = "auto", *, title: str | None = None, language: str = LANGUAGE
) -> Conversion:
    """Write ``pdf`` from ``docx``, whole or not at all, replacing what is there.

    engine: auto, embedded, libreoffice, word. The same .docx gives the same bytes (embedded engine). title: None = that
    of the document's properties, if any. Raises DataSourceError, UsageError, ProgramMissingError, ProgramFailedError,
    DestinationError.
    """
    raise_errors(check_document(docx))
    with tempfile.TemporaryDirectory(prefix="pix-") as folder:
        made = Path(folder) / "lot-001.pdf"
        with Converter(engine, survey_document(docx), processes=1, work=Path(folder)) as converter:
            conversion = converter.convert(Chunk(docx, made))
        finish(made, pdf, title=title, language=language)
    return replace(conversion, pdf=pdf)


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


def _title(opened: pikepdf.Pdf) -> str | None:
    return str(opened.docinfo.get("/Title", "")) or None
