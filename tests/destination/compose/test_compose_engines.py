"""A composed document prints what its documents print one by one: a page each, in both engines."""

from __future__ import annotations

import re
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import docx
import pikepdf
import pypdfium2
import pytest
from lxml import etree

from pix_mailmerge.data_source.record import Header, Record
from pix_mailmerge.destination.compose import bookmark, compose
from pix_mailmerge.destination.engines.embedded import EmbeddedSession
from pix_mailmerge.destination.engines.engine import Job
from pix_mailmerge.destination.engines.libreoffice import LibreOfficeSession
from pix_mailmerge.destination.split import destinations
from pix_mailmerge.model.fields import field_values
from pix_mailmerge.model.shipped import shipped_model
from pix_mailmerge.model.word_model import Model, open_model
from pix_mailmerge.settings import School

CODES = tuple(f"{domain}.{place}" for domain, count in enumerate((3, 4, 4, 3, 2), 1) for place in range(1, count + 1))
HEADER = Header(
    (
        *("Numéro de certification", "Prénom", "Nom", "Date de naissance", "Lieu de naissance", "Identifiant Externe"),
        *("Statut", "Nombre de Pix", *CODES, "Commentaire jury pour l’organisation", "Session"),
        "Date de passage de la certification",
    )
)
SIGNATURE = Path(__file__).parents[3] / "samples" / "signature.png"
SCHOOL = School(etablissement="Collège & Lycée", ville="Lyon", chef="Mme X", date="30/06/2026", signature=SIGNATURE)
TRAPS = ("D’ANGELO", "NGUYỄN", "Ķ & <Fils>", "O'Neil", "ŒUVRARD")


def values(count: int) -> Iterator[Any]:
    """Yield the values of so many pupils, each with a number, a name and levels of their own."""
    for index in range(count):
        levels = [str((index + place) % 6) if (index + place) % 7 else "-" for place in range(16)]
        cells = (
            str(900_001 + index),
            f"Élève{index}",
            f"{TRAPS[index % 5]} {index}",
            "02/03/2011",
            "Sète",
            "",
            "Validée",
        )
        cells += (str(100 + index % 500), *levels, "", "77", "12/06/2026")
        yield field_values(Record("3A.csv", index + 2, HEADER, cells), SCHOOL)


def texts(pdf: Path) -> list[str]:
    """Return the text of each page, its blanks made one."""
    with pypdfium2.PdfDocument(pdf) as opened:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in opened]


@pytest.fixture(scope="module")
def model() -> Model:
    return open_model(shipped_model())


@pytest.fixture
def written(model: Model, tmp_path: Path) -> Callable[[int], Path]:
    """Return what composes so many attestations."""

    def made(count: int, **options: bool) -> Path:
        file = tmp_path / f"composed-{count}.docx"
        assert compose(model, values(count), file, **options) == count
        return file

    return made


@pytest.fixture
def singles(model: Model, tmp_path: Path) -> Callable[[int], Path]:
    """Return what writes the document of one pupil, 0 = first."""
    pupils = list(values(300))

    def made(index: int) -> Path:
        file = tmp_path / f"single-{index}.docx"
        file.write_bytes(model.render(pupils[index]))
        return file

    return made


def check_pages(composed: Path, count: int, alone: dict[int, Path]) -> None:
    """Assert that each page is its pupil's, and that page and document are the same text."""
    pages = texts(composed)
    assert len(pages) == count
    for index, page in enumerate(pages):
        assert set(re.findall(r"\b90\d{4}\b", page)) == {str(900_001 + index)}
        assert f"{TRAPS[index % 5]} {index}" in page
    assert {index: texts(pdf) for index, pdf in alone.items()} == {index: [pages[index]] for index in alone}
    with pikepdf.open(composed) as opened:
        assert dict(destinations(opened)) == {bookmark(index + 1): index for index in range(count)}


@pytest.mark.parametrize("count", [1, 2, 300])
def test_the_embedded_engine_prints_the_pages_of_the_single_documents(
    written: Any, singles: Any, tmp_path: Path, count: int
) -> None:
    with EmbeddedSession() as session:
        composed = tmp_path / "composed.pdf"
        assert session.convert(written(count), composed) == count
        alone = {index: tmp_path / f"{index}.pdf" for index in range(count)}
        for index, pdf in alone.items():
            session.convert(singles(index), pdf)

    check_pages(composed, count, alone)


@pytest.mark.real("soffice")
@pytest.mark.parametrize("count", [1, 2, 300])
def test_libreoffice_prints_the_pages_of_the_single_documents(
    written: Any, singles: Any, tmp_path: Path, count: int
) -> None:
    composed = tmp_path / "composed.pdf"
    alone = {index: tmp_path / f"{index}.pdf" for index in {*range(0, count, 40), count - 1}}
    jobs = [Job(written(count), composed), *(Job(singles(index), pdf) for index, pdf in alone.items())]
    with LibreOfficeSession(tmp_path) as session:
        assert session.convert_batch(jobs) == [count, *(1 for _ in alone)]

    check_pages(composed, count, alone)


def test_python_docx_opens_it(written: Any) -> None:
    opened = docx.Document(str(written(3)))

    assert len(opened.sections) == 3
    assert len({section.footer.part.partname for section in opened.sections}) == 1


def test_ten_thousand_records_make_as_many_sections_in_order_and_ids_that_differ(written: Any) -> None:
    count = 10_000
    with zipfile.ZipFile(written(count)) as package, package.open("word/document.xml") as part:
        sections = list(streamed(part))

    assert [numbers for numbers, *_ in sections] == [{str(900_001 + index)} for index in range(count)]
    drawings = [one for _, ids, _ in sections for one in ids]
    marks = [one for *_, ids in sections for one in ids]
    assert (len(drawings), len(set(drawings))) == (count, count)
    assert (len(marks), len(set(marks))) == (2 * count, 2 * count)


def streamed(part: IO[bytes]) -> Iterator[tuple[set[str], list[str], list[str]]]:
    """Yield of each section the numbers of certifications, the ids of drawings, the ids and names of bookmarks."""
    numbers, drawings, marks = set[str](), list[str](), list[str]()
    tags = [f"{{*}}{name}" for name in ("t", "docPr", "bookmarkStart", "sectPr", "p", "tbl")]
    for _, element in etree.iterparse(part, tag=tags):
        name = etree.QName(element).localname
        if name == "t":
            numbers.update(re.findall(r"\b9[01]\d{4}\b", element.text or ""))
        elif name == "docPr":
            drawings.append(element.get("id"))
        elif name == "bookmarkStart":
            marks += element.attrib.values()
        elif name == "sectPr":
            yield numbers, drawings, marks
            numbers, drawings, marks = set(), [], []
        elif etree.QName(element.getparent()).localname == "body":
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


def test_memory_does_not_grow_with_the_records(model: Model, tmp_path: Path) -> None:
    peaks = []
    for count in (50, 50, 1000):
        tracemalloc.start()
        compose(model, values(count), tmp_path / "composed.docx")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[2] - peaks[1] < 3 * 2**20  # 950 bodies are 27 MB; what is remembered of short texts is bounded
