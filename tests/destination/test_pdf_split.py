"""Each record's pages are found by its bookmark and become a PDF of its own."""

import pikepdf
import pypdfium2
import pytest

from pix_mailmerge.destination.converter import Chunk, Converter
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


def drawn(pdf):
    with pypdfium2.PdfDocument(pdf) as opened:
        return [page.render(scale=1).to_pil().tobytes() for page in opened]


RICH = (
    '<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w="4000"/></w:tblGrid><w:tr><w:tc><w:tcPr>'
    '<w:tcW w:w="4000" w:type="dxa"/><w:shd w:val="clear" w:fill="D9E2F3"/></w:tcPr>'
    "<w:p><w:r><w:t>Élève (1) \\ ➔</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
)


@pytest.mark.parametrize("engine", ["embedded", pytest.param("libreoffice", marks=pytest.mark.real("soffice"))])
def test_a_page_looks_the_same_when_it_is_cut_out(make_docx, make_composed, tmp_path, engine):
    mark = '<w:p><w:bookmarkStart w:id="{0}" w:name="e00000{0}"/><w:bookmarkEnd w:id="{0}"/></w:p>'
    body = f"{mark.format(1)}{RICH}<w:p><w:r><w:br w:type='page'/></w:r></w:p>{mark.format(2)}{RICH * 2}"
    with Converter(engine, processes=1) as converter:
        converter.convert(Chunk(make_docx(body), tmp_path / "lot.pdf"))
    split(tmp_path / "lot.pdf", parts(tmp_path, 2))
    assert drawn(tmp_path / "lot.pdf") == [*drawn(tmp_path / "1.pdf"), *drawn(tmp_path / "2.pdf")]


def test_what_a_page_inherits_goes_with_it_and_a_link_to_another_page_does_not(tmp_path):
    source = tmp_path / "lot.pdf"
    with pikepdf.new() as made:
        for _ in range(2):
            made.add_blank_page(page_size=(300, 400))
            made.pages[-1].Contents = made.make_stream(b"/F1 12 Tf")
        first, second = (page.obj for page in made.pages)
        link = {"/Type": pikepdf.Name.Annot, "/Subtype": pikepdf.Name.Link, "/P": first}
        link["/Dest"] = [second, pikepdf.Name.Fit]
        first.Annots = made.make_indirect([made.make_indirect(pikepdf.Dictionary(link))])
        for page in (first, second):
            del page["/MediaBox"], page["/Resources"]
        made.Root.Pages.MediaBox = [0, 0, 300, 400]
        made.Root.Pages.Rotate = 90
        made.Root.Pages.Resources = pikepdf.Dictionary(
            Font=pikepdf.Dictionary(F1=made.make_indirect({"/Type": pikepdf.Name.Font}))
        )
        made.Root.Dests = pikepdf.Dictionary(e000001=[first, pikepdf.Name.Fit], e000002=[second, pikepdf.Name.Fit])
        made.save(source)
    split(source, parts(tmp_path, 2))
    for number in (1, 2):
        with pikepdf.open(tmp_path / f"{number}.pdf", attempt_recovery=False) as made:
            assert made.check_pdf_syntax() == []
            (page,) = made.pages
            assert (list(page.mediabox), page.Rotate) == ([0, 0, 300, 400], 90)
            assert page.Resources.Font.F1.Type == pikepdf.Name.Font
            if number == 1:
                assert page.Annots[0].Dest[0] is None


@pytest.mark.parametrize("title", ["Attestation", "Élève ŒUVRARD (3A) \\ NGUYỄN", "", "a\nb"])
def test_any_title_is_written_and_read_back(composed, tmp_path, title):
    split(composed(["Ada"]), [Part(bookmark(1), tmp_path / "1.pdf", title)])
    with pikepdf.open(tmp_path / "1.pdf") as made:
        assert str(made.docinfo.get("/Title", "")) == title


def test_a_part_is_as_small_as_its_page_alone(composed, tmp_path):
    split(composed(["Ada"] * 40), parts(tmp_path, 40))
    sizes = {(tmp_path / f"{number}.pdf").stat().st_size for number in range(2, 41)}
    assert max(sizes) < 1.1 * min(sizes)


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
