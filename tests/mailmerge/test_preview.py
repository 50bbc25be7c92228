"""A preview: the pages of the worst cases, under neutral names, and never over a user's file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import PIL.Image
import pypdfium2
import pytest

from pix_mailmerge.cli import exit_code
from pix_mailmerge.mailmerge.order import Order
from pix_mailmerge.mailmerge.preview import Preview, preview
from pix_mailmerge.mailmerge.run import run
from pix_mailmerge.problems import DestinationError, UsageError
from pix_mailmerge.settings import School

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "samples/20210618_resultats_3A.csv"
SCHOOL = School(etablissement="Collège", ville="Lyon", chef="Mme Fontaine", signature=ROOT / "samples/signature.png")


def order_in(folder: Path, *models: str) -> Order:
    return Order((str(SOURCE),), tuple(ROOT / "models" / name for name in models), out=folder, school=SCHOOL)


def text_of(pdf: Path) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return "".join(page.get_textpage().get_text_bounded() for page in document)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Preview:
    return preview(order_in(tmp_path_factory.mktemp("preview") / "apercu"), worst=3)


def test_the_names_are_neutral_and_each_page_is_a_pdf_and_a_picture(made):
    names = sorted(path.name for path in made.folder.iterdir() if path.is_file())
    assert names == [f"apercu-00{number}.{kind}" for number in (1, 2, 3) for kind in ("pdf", "png")]
    with PIL.Image.open(made.folder / "apercu-001.png") as picture:
        assert picture.size == (910, 1287)  # A4 (8.27 x 11.69 inches) at 110 dots per inch, rounded up


def test_each_document_shown_is_that_of_the_pupil_it_names(made):
    for shown in made.shown:
        assert all(word in text_of(shown.files[0]) for word in shown.who.split())
        assert shown.place.startswith("20210618_resultats_3A.csv, ligne ")
        assert shown.reasons


def test_one_pupil_is_shown_by_his_rank_or_by_his_name(tmp_path):
    (by_rank,) = preview(order_in(tmp_path), record=1).shown
    assert "Camille AUBRY" in text_of(by_rank.files[0])
    (by_name,) = preview(replace(order_in(tmp_path), name="nguyen minh")).shown
    assert (by_name.who, by_name.pages) == ("NGUYỄN Thị Minh Khai", 1)


def test_homonyms_are_both_shown(tmp_path):
    shown = preview(replace(order_in(tmp_path), name="Lucas MARTIN")).shown
    assert len(shown) == 2
    assert text_of(shown[0].files[0]) != text_of(shown[1].files[0])


def test_a_pupil_beyond_the_last_is_told_and_nothing_is_written(tmp_path):
    with pytest.raises(UsageError) as caught:
        preview(order_in(tmp_path / "apercu"), record=27)
    assert [problem.id for problem in caught.value.problems] == ["usage.no-such-record"]
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_nobody_has_is_told_and_nothing_is_written(tmp_path):
    with pytest.raises(UsageError):
        preview(replace(order_in(tmp_path / "apercu"), name="Personne"))
    assert list(tmp_path.iterdir()) == []


def test_a_preview_takes_the_place_of_the_last_one_and_leaves_none_of_its_pages(tmp_path):
    preview(order_in(tmp_path), worst=3)
    preview(order_in(tmp_path), record=1)
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["apercu-001.pdf", "apercu-001.png"]


def test_a_file_of_the_user_is_never_replaced_nor_removed(tmp_path):
    (tmp_path / "apercu-001.pdf").write_bytes(b"mine")
    with pytest.raises(DestinationError) as caught:
        preview(order_in(tmp_path), record=1)
    assert [problem.id for problem in caught.value.problems] == ["destination.exists"]
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"mine"]


def test_a_page_that_the_user_drew_on_stays(tmp_path):
    preview(order_in(tmp_path), worst=2)
    (tmp_path / "apercu-002.png").write_bytes(b"mine")
    preview(order_in(tmp_path), record=1)
    assert (tmp_path / "apercu-002.png").read_bytes() == b"mine"


def test_in_the_folder_of_a_run_it_keeps_to_a_folder_of_its_own(tmp_path):
    run(order_in(tmp_path))
    journal = (tmp_path / ".pix-mailmerge/journal.json").read_bytes()
    made = preview(order_in(tmp_path), record=1)
    assert made.folder == tmp_path / "apercu"
    assert (tmp_path / ".pix-mailmerge/journal.json").read_bytes() == journal


def test_a_model_of_the_class_shows_the_largest_class_and_its_pages_one_by_one(tmp_path):
    (shown,) = preview(order_in(tmp_path, "releve-de-classe.docx")).shown
    assert (shown.who, shown.reasons) == ("3A", ("la classe la plus nombreuse (26 élèves)",))
    assert [path.name for path in shown.files] == ["apercu-001.pdf", "apercu-001.png", "apercu-001-2.png"]


def test_a_pupil_asked_for_by_name_is_shown_among_his_class(tmp_path):
    (shown,) = preview(replace(order_in(tmp_path, "releve-de-classe.docx"), name="Lucas MARTIN")).shown
    assert (shown.who, shown.pages) == ("3A", 2)
    assert "AUBRY" in text_of(shown.files[0])


def test_the_command_tells_who_is_shown_and_why(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    school = ["--school", "Collège", "--city", "Lyon", "--head", "Mme Fontaine"]
    assert exit_code(["preview", str(SOURCE), *school, "--worst", "2"]) == 0
    said = capsys.readouterr().out
    assert "le nom le plus long" in said and "apercu-002.pdf" in said and "2 documents dans « apercu »" in said
