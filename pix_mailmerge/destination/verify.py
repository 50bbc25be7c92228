"""Read back what was made and compare it with the workbook: every value of every document, on its pupil's page alone.

What a document should show comes from the compiled model, value by value; the number, the names, the score and the
levels are also compared with the cells themselves. Another process reads the PDFs while the .docx are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pix_mailmerge.destination.journal import Entry
from pix_mailmerge.destination.verification.check_docx import DocxChecker
from pix_mailmerge.destination.verification.check_pdf import PdfChecker
from pix_mailmerge.destination.verification.expected import Expectations
from pix_mailmerge.destination.verification.pdf import PageReader
from pix_mailmerge.destination.verification.rows import Lookup, Row
from pix_mailmerge.destination.verification.texts import squeezed
from pix_mailmerge.model.fields import field_names
from pix_mailmerge.problems import Problem

__all__ = ["Row", "check_documents"]

Report = Callable[[int], None]
_ORDER = ("document", "class", "school", "class-pdf", "school-pdf", "pdf")
"""In which the files of a class are looked at: a PDF that holds all pages before those that hold the same ones."""
_COMPOSED = frozenset({"class", "class-pdf"})


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
    problems: list[Problem] = []
    ordered = _class_by_class(entries, lookup)
    with PageReader([folder / entry.path for entry in ordered if _is_pdf(entry)]) as reader:
        for done, entry in enumerate(ordered, 1):
            if _is_pdf(entry):
                pdfs.take(entry, reader.pages_of(folder / entry.path))
            else:
                problems += _checked(documents, entry, per_class=expectations.model.per_class)
            report(done)
    return problems + pdfs.problems()


def _class_by_class(entries: Sequence[Entry], lookup: Lookup) -> list[Entry]:
    """Return the files of each class together: what they should show is known once, and need not be kept for long."""
    class_of: dict[int, int] = {}
    for place, entry in enumerate(one for one in entries if one.kind in _COMPOSED):
        for number in lookup.numbers(entry):
            class_of.setdefault(number, place)
    last = len(entries) if class_of else 0

    def place_of(entry: Entry) -> tuple[int, int]:
        numbers = lookup.numbers(entry)
        is_of_school = entry.kind in {"school", "school-pdf"}
        return last if is_of_school else class_of.get(numbers[0], last), _ORDER.index(entry.kind)

    return sorted(entries, key=place_of)


def _is_pdf(entry: Entry) -> bool:
    return entry.kind.endswith("pdf")


def _checked(documents: DocxChecker, entry: Entry, *, per_class: bool) -> list[Problem]:
    if entry.kind == "document":
        return documents.check_document(entry)
    return documents.check_class(entry) if per_class else documents.check_composed(entry)


def _known_fields(rows: Sequence[Row]) -> Mapping[str, str]:
    """Return squeezed name -> name of all that a model may ask for."""
    headers = rows[0].record.header if rows else ()
    return {squeezed(name): name for name in (*field_names(), *headers)}
