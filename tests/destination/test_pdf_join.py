"""Class and school PDFs: pages in order, an outline, blanks for two-sided printing."""

import sys
from pathlib import Path

import pikepdf
import pytest

from pix_mailmerge.destination.join import Chapter, join
from pix_mailmerge.problems import ProgramFailedError


@pytest.fixture
def pdf(tmp_path):
    """Return pdf(name, widths) -> a PDF with a page of each width, by which a page is known."""

    def make(name, *widths):
        path = tmp_path / name
        with pikepdf.new() as made:
            for width in widths:
                made.add_blank_page(page_size=(width, 300))
                made.pages[-1].Contents = made.make_stream(b"0 0 10 10 re f")
            made.save(path)
        return path

    return make


def widths(path):
    """Return the width of each page, 0 for a blank one."""
    with pikepdf.open(path) as opened:
        return [int(page.mediabox[2]) if "/Contents" in page else 0 for page in opened.pages]


def test_pages_stand_in_order(pdf, tmp_path):
    assert join([pdf("a.pdf", 101, 102), pdf("b.pdf", 201)], tmp_path / "c.pdf") == 3
    assert widths(tmp_path / "c.pdf") == [101, 102, 201]


def test_a_damaged_pdf_among_the_others_is_told(pdf, tmp_path):
    (tmp_path / "b.pdf").write_bytes(b"rubbish")
    with pytest.raises(ProgramFailedError) as caught:
        join([pdf("a.pdf", 101), tmp_path / "b.pdf"], tmp_path / "c.pdf")
    assert [(problem.id, problem.where.file) for problem in caught.value.problems] == [("program.bad-pdf", "b.pdf")]


def test_what_pages_inherit_and_what_they_lead_to_goes_with_them(tmp_path):
    with pikepdf.new() as made:
        for width in (101, 102):
            made.add_blank_page(page_size=(width, 300))
        first, second = (page.obj for page in made.pages)
        for page in (first, second):
            del page["/Resources"]
            page.Contents = made.make_stream(b"/F1 12 Tf")
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, P=first, Dest=[second, pikepdf.Name.Fit]
        )
        first.Annots = [made.make_indirect(link)]
        made.Root.Pages.Rotate = 90
        font = made.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Font, Widths=pikepdf.Array([1, 2])))
        made.Root.Pages.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        made.save(tmp_path / "a.pdf")
    join([tmp_path / "a.pdf", tmp_path / "a.pdf"], tmp_path / "c.pdf")
    with pikepdf.open(tmp_path / "c.pdf", attempt_recovery=False) as made:
        assert made.check_pdf_syntax() == []
        assert [(page.Rotate, page.Resources.Font.F1.Widths[1]) for page in made.pages] == [(90, 2)] * 4
        led = [made.pages[number].Annots[0].Dest[0].objgen for number in (0, 2)]
        assert led == [made.pages[number].obj.objgen for number in (1, 3)]


def test_a_pdf_that_is_locked_against_changes_alone_is_joined_readable(tmp_path):
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(101, 300))
        made.pages[0].Contents = made.make_stream(b"(Zo\xeb) Tj")
        made.pages[0].obj.PieceOfText = pikepdf.String("Zoé")
        made.save(tmp_path / "a.pdf", encryption=pikepdf.Encryption(owner="secret", user=""))
    join([tmp_path / "a.pdf"], tmp_path / "c.pdf")
    with pikepdf.open(tmp_path / "c.pdf", attempt_recovery=False) as made:
        assert made.pages[0].Contents.read_bytes() == b"(Zo\xeb) Tj"
        assert str(made.pages[0].obj.PieceOfText) == "Zoé"


def test_a_later_version_of_pdf_among_the_sources_is_claimed(pdf, tmp_path):
    with pikepdf.open(pdf("a.pdf", 101)) as made:
        made.save(tmp_path / "b.pdf", force_version="1.7")
    join([tmp_path / "a.pdf", tmp_path / "b.pdf"], tmp_path / "c.pdf")
    with pikepdf.open(tmp_path / "c.pdf") as made:
        assert made.Root.Version == pikepdf.Name("/1.7")
    join([tmp_path / "c.pdf", tmp_path / "a.pdf"], tmp_path / "d.pdf")
    assert (tmp_path / "d.pdf").read_bytes().startswith(b"%PDF-1.7")


@pytest.mark.skipif(sys.platform == "win32", reason="the limit of open files is POSIX's")
def test_many_pdfs_are_joined_where_few_files_may_be_open(pdf, tmp_path):
    """macOS gives a program 256; a large school has more classes."""
    import resource

    sources = [pdf(f"{number}.pdf", number) for number in range(101, 201)]
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, before[1]))
    try:
        join(sources, tmp_path / "c.pdf")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert widths(tmp_path / "c.pdf") == [*range(101, 201)]


@pytest.mark.skipif(sys.platform != "linux", reason="the device that is always full is Linux's")
def test_a_full_disk_is_an_error_and_not_the_end_of_the_process(pdf, tmp_path):
    with pytest.raises(OSError, match="No space left"):
        join([pdf("a.pdf", 101)], Path("/dev/full"))


def test_each_record_starts_on_a_front_page(pdf, tmp_path):
    sources = [pdf("a.pdf", 101, 102, 103), pdf("b.pdf", 201, 202, 203)]
    assert join(sources, tmp_path / "c.pdf", counts=[1, 2, 2, 1], duplex=True) == 7
    assert widths(tmp_path / "c.pdf") == [101, 0, 102, 103, 201, 202, 203]


def test_no_blank_page_ends_the_file(pdf, tmp_path):
    join([pdf("a.pdf", 101, 102, 103)], tmp_path / "c.pdf", counts=[1, 1, 1], duplex=True)
    assert widths(tmp_path / "c.pdf") == [101, 0, 102, 0, 103]


def test_without_counts_each_pdf_starts_on_a_front_page(pdf, tmp_path):
    join([pdf("a.pdf", 101, 102, 103), pdf("b.pdf", 201)], tmp_path / "c.pdf", duplex=True)
    assert widths(tmp_path / "c.pdf") == [101, 102, 103, 0, 201]


def test_a_blank_page_has_the_size_of_the_one_before(pdf, tmp_path):
    join([pdf("a.pdf", 101), pdf("b.pdf", 201)], tmp_path / "c.pdf", duplex=True)
    with pikepdf.open(tmp_path / "c.pdf") as opened:
        assert [int(page.mediabox[2]) for page in opened.pages] == [101, 101, 201]


def test_the_outline_leads_to_each_pupil_blank_pages_counted(pdf, tmp_path):
    chapters = [Chapter("3A", 0, (Chapter("Ada", 0), Chapter("Zoé", 1))), Chapter("3B", 2, (Chapter("Léa", 2),))]
    join([pdf("a.pdf", 101, 102, 103)], tmp_path / "c.pdf", counts=[1, 1, 1], duplex=True, chapters=chapters)
    with pikepdf.open(tmp_path / "c.pdf") as opened, opened.open_outline() as outline:
        numbers = {page.objgen: number for number, page in enumerate(opened.pages)}
        found = [
            (item.title, numbers[item.destination[0].objgen])
            for chapter in outline.root
            for item in (chapter, *chapter.children)
        ]
        assert opened.Root.PageMode == pikepdf.Name.UseOutlines
    assert found == [("3A", 0), ("Ada", 0), ("Zoé", 2), ("3B", 4), ("Léa", 4)]


def test_the_same_input_gives_the_same_bytes(pdf, tmp_path):
    source = pdf("a.pdf", 101, 102)
    chapters = [Chapter("Ada", 0), Chapter("Zoé", 1)]
    for name in ("c.pdf", "d.pdf"):
        join([source], tmp_path / name, counts=[1, 1], duplex=True, chapters=chapters, title="3A")
    assert (tmp_path / "c.pdf").read_bytes() == (tmp_path / "d.pdf").read_bytes()


def test_counts_that_do_not_add_up_are_a_bug(pdf, tmp_path):
    with pytest.raises(ValueError, match="3 pages announced, 2 found"):
        join([pdf("a.pdf", 101, 102)], tmp_path / "c.pdf", counts=[1, 2])


def test_bookmarks_lead_to_the_first_page_of_each_pdf(pdf, tmp_path):
    from pix_mailmerge.destination.split import Pages, open_pdf, page_ranges

    join([pdf("a.pdf", 101, 102), pdf("b.pdf", 201)], tmp_path / "c.pdf", bookmarks=["e000001", "e000002"])
    with open_pdf(tmp_path / "c.pdf") as opened:
        assert page_ranges(opened, ["e000001", "e000002"], "c.pdf") == (Pages(0, 2), Pages(2, 1))
