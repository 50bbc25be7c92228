"""Read back what was made and compare it with the workbook: every value of every document, on its pupil's page alone.

What a document should show comes from the compiled model, value by value; the number, the names, the score and the
levels are also compared with the cells themselves. The PDFs are read in the background while the .docx are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from pix_mailmerge.destination.journal import Entry
from pix_mailmerge.destination.verification.check_docx import DocxChecker
from pix_mailmerge.destination.verification.check_pdf import PdfChecker
from pix_mailmerge.destination.verification.expected import Expectations
from pix_mailmerge.destination.verification.pdf import Page, PageReader
from pix_mailmerge.destination.verification.rows import Lookup, Row
from pix_mailmerge.destination.verification.texts import squeezed
from pix_mailmerge.model.fields import field_names
from pix_mailmerge.problems import Problem

__all__ = ["Row", "check_documents"]

Report = Callable[[int], None]
_PDFS = ("school-pdf", "class-pdf", "pdf")
"""In the order in which they are read: all pages of one file first, then the files that hold the same pages."""


def check_documents(
    folder: Path,
    entries: Sequence[Entry],
    rows: Sequence[Row],
    expectations: Expectations,
    *,
    duplex: bool = False,
    report: Report = lambda done: None,
) -> list[Problem]:
    """Return what is wrong with the files of one model; ``report`` is called with how many were looked at.

    rows: the pupils, of whom every file of ``entries`` holds some. Raises ModelError, SettingsError where the model
    cannot be filled with the values of the workbook.
    """
    lookup = Lookup(rows, expectations)
    known = _known_fields(rows)
    documents = DocxChecker(folder, lookup, known)
    pdfs = PdfChecker(folder, lookup, known, duplex=duplex)
    reader = PageReader()
    in_order = sorted((one for one in entries if one.kind in _PDFS), key=lambda one: _PDFS.index(one.kind))
    problems: list[Problem] = []
    done = 0
    with ThreadPoolExecutor(1, thread_name_prefix="verify") as background:
        reading = [(entry, background.submit(reader.read, folder / entry.path)) for entry in in_order]
        try:
            for entry in (one for one in entries if one.kind not in _PDFS):
                problems += _checked(documents, entry, per_class=expectations.model.per_class)
                done += 1
                report(done)
            for entry, pages in reading:
                pdfs.take(entry, pages)
                done += 1
                report(done)
        finally:
            _cancel(pages for _, pages in reading)
    return problems + pdfs.problems()


def _checked(documents: DocxChecker, entry: Entry, *, per_class: bool) -> list[Problem]:
    if entry.kind == "document":
        return documents.check_document(entry)
    return documents.check_class(entry) if per_class else documents.check_composed(entry)


def _known_fields(rows: Sequence[Row]) -> Mapping[str, str]:
    """Return squeezed name -> name of all that a model may ask for."""
    headers = rows[0].record.header if rows else ()
    return {squeezed(name): name for name in (*field_names(), *headers)}


def _cancel(futures: Iterable[Future[tuple[Page, ...]]]) -> None:
    for one in futures:
        one.cancel()
