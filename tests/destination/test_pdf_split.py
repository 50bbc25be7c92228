"""Each record's pages are found by its bookmark and become a PDF of its own."""

import pikepdf
import pytest

from pix_mailmerge.destination.engines.embedded import EmbeddedSession
from pix_mailmerge.destination.split import Part, bookmark, split
from pix_mailmerge.problems import ProgramFailedError


@pytest.fixture(scope="module")
def embedded():
    with EmbeddedSession() as session:
        yield session


@pytest.fixture
def composed(make_composed, tmp_path, embedded):
    def make(names, pages=None):
        pdf = tmp_path / "lot.pdf"
        embedded.convert(make_composed(names, pages), pdf)
        return pdf

    return make


def parts(folder, count):
    return [Part(bookmark(n), folder / f"{n}.pdf", f"Attestation {n}") for n in range(1, count + 1)]


def text_of(pdf):
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as opened:
        return ["".join(page.get_textpage().get_text_range().split("\r\n")) for page in opened]


def test_records_may_take_different_numbers_of_pages(composed, tmp_path):
    pdf = composed(["Ada", "Blaise", "Carl"], [1, 3, 2])
    assert split(pdf, parts(tmp_path, 3)) == (1, 3, 2)
    assert text_of(tmp_path / "1.pdf") == ["Ada"]
    assert text_of(tmp_path / "2.pdf") == ["Blaise", "Blaise suite 2", "Blaise suite 3"]
    assert text_of(tmp_path / "3.pdf") == ["Carl", "Carl suite 2"]


def test_a_part_has_a_title_a_language_and_nothing_personal(composed, tmp_path):
    split(composed(["Ada"]), parts(tmp_path, 1))
    with pikepdf.open(tmp_path / "1.pdf") as made:
        assert str(made.Root.Lang) == "fr-FR"
        assert dict(made.docinfo) == {"/Title": "Attestation 1"}
        assert made.Root.ViewerPreferences.DisplayDocTitle
        assert "/Metadata" not in made.Root


def test_the_same_input_gives_the_same_bytes(composed, tmp_path):
    pdf = composed(["Ada", "Blaise"])
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        folder.mkdir()
        split(pdf, parts(folder, 2))
    assert (first / "2.pdf").read_bytes() == (second / "2.pdf").read_bytes()


def test_a_part_holds_nothing_of_the_other_records(composed, tmp_path):
    split(composed(["Ada", "Blaise"]), parts(tmp_path, 2))
    with pikepdf.open(tmp_path / "1.pdf") as made:
        assert len(made.pages) == 1
        assert (
            sum(thing.get("/Type") == "/Page" for thing in made.objects if isinstance(thing, pikepdf.Dictionary)) == 1
        )
        assert "/Dests" not in made.Root


def refused(pdf, wanted):
    with pytest.raises(ProgramFailedError) as caught:
        split(pdf, wanted)
    (problem,) = caught.value.problems
    assert problem.exit_code == 8
    return problem


def test_a_record_without_bookmark_is_told(composed, tmp_path):
    problem = refused(composed(["Ada", "Blaise"]), parts(tmp_path, 3))
    assert problem.id == "program.pages"
    assert "1 enregistrements sur 3" in problem.what


def test_records_out_of_order_are_told(composed, tmp_path):
    assert refused(composed(["Ada", "Blaise"]), parts(tmp_path, 2)[::-1]).id == "program.pages"


def test_a_first_page_that_is_nobody_s_is_told(composed, tmp_path):
    assert refused(composed(["Ada", "Blaise"]), parts(tmp_path, 2)[1:]).id == "program.pages"


def test_a_truncated_pdf_is_not_repaired(composed, tmp_path):
    pdf = composed(["Ada"])
    pdf.write_bytes(pdf.read_bytes()[:-200])
    assert refused(pdf, parts(tmp_path, 1)).id == "program.bad-pdf"
