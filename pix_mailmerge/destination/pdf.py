"""From .docx to .pdf, by whichever engine."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pikepdf

from pix_mailmerge._files import written_beside
from pix_mailmerge.destination.engines.embedded import NAME, EmbeddedSession
from pix_mailmerge.destination.split import LANGUAGE, open_pdf, save

Engine = Literal["auto", "embedded", "libreoffice", "word"]


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a conversion gave. engine: the one that made the file; why: a French sentence that tells the choice."""

    pdf: Path
    engine: str
    pages: int
    why: str


def convert(
    docx: Path, pdf: Path, engine: Engine = "auto", *, title: str | None = None, language: str = LANGUAGE
) -> Conversion:
    """Write ``pdf`` from ``docx``, whole or not at all, replacing what is there.

    The same .docx gives the same bytes (embedded engine). title: None = that of the document's properties, if any.
    Raises ProgramMissingError, ProgramFailedError, DestinationError.
    """
    with tempfile.TemporaryDirectory(prefix="pix-") as folder, EmbeddedSession() as session:
        made = Path(folder) / "lot-001.pdf"
        pages = session.convert(docx, made)
        with open_pdf(made) as opened, written_beside(pdf) as beside:
            save(opened, beside, title=title or _title(opened), language=language)
    return Conversion(pdf, NAME, pages, "Moteur intégré : rien d’autre à installer.")


def _title(opened: pikepdf.Pdf) -> str | None:
    return str(opened.docinfo.get("/Title", "")) or None
