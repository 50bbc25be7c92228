"""PDF/A-2b by LibreOffice stays PDF/A-2b when it is split and joined: an outside validator says so."""

from pathlib import Path

import page
import pikepdf
import pytest

from pix_mailmerge.cli import exit_code
from pix_mailmerge.destination.converter import Chunk, Converter
from pix_mailmerge.destination.join import Chapter, join
from pix_mailmerge.destination.split import Part, bookmark, split


def failures(pdf):
    return [failure.rule_id for failure in page.validate_pdf(pdf, profile="2b").failures]


@pytest.mark.real("soffice")
def test_parts_and_books_of_an_archive_are_archives(make_composed, tmp_path):
    raw = tmp_path / "lot.pdf"
    bookmarks = (bookmark(1), bookmark(2))
    with Converter("auto", processes=1, pdfa=True) as converter:
        conversion = converter.convert(Chunk(make_composed(["Élève &amp; Cie", "Blaise"], [1, 2]), raw, bookmarks))
    assert conversion.engine == "libreoffice"
    split(raw, [Part(name, tmp_path / f"{name}.pdf", "Attestation < Pix & Cie") for name in bookmarks])
    chapters = [Chapter("Élève", 0), Chapter("Blaise", 1)]
    join([raw], tmp_path / "3A.pdf", counts=[1, 2], duplex=True, chapters=chapters, title="3A")
    for made in (tmp_path / "e000001.pdf", tmp_path / "e000002.pdf", tmp_path / "3A.pdf"):
        assert failures(made) == []
        with pikepdf.open(made) as opened:
            assert b"LibreOffice" not in opened.Root.Metadata.read_bytes()


@pytest.mark.real("soffice")
def test_every_pdf_of_a_run_is_an_archive_where_that_is_asked(tmp_path):
    sample = next((Path(__file__).parents[2] / "samples").glob("*3A.csv"))
    school = ("--school", "Collège X", "--city", "Lyon", "--head", "Mme A")
    assert exit_code(["run", str(sample), "--out", str(tmp_path), *school, "--pdfa"]) == 0
    made = sorted(tmp_path.rglob("*.pdf"))
    assert len(made) > 20
    assert {pdf.name: failures(pdf) for pdf in made if failures(pdf)} == {}


def test_the_embedded_engine_makes_no_archive_and_claims_none(make_composed, tmp_path):
    with Converter("embedded", processes=1) as converter:
        converter.convert(Chunk(make_composed(["Ada"]), tmp_path / "lot.pdf"))
    join([tmp_path / "lot.pdf"], tmp_path / "a.pdf")
    with pikepdf.open(tmp_path / "a.pdf") as opened:
        assert "/Metadata" not in opened.Root
