"""A folder read back: silent where all is in place, and every other case told by its name."""

from __future__ import annotations

import io
import json
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pikepdf
import PIL.Image
import pytest

from pix_mailmerge.cli import exit_code
from pix_mailmerge.mailmerge.order import Order
from pix_mailmerge.mailmerge.run import run
from pix_mailmerge.mailmerge.verify import Verified, verify
from pix_mailmerge.problems import DestinationError, ProgramFailedError
from pix_mailmerge.settings import School

ROOT = Path(__file__).parents[2]
SAMPLES = sorted(map(str, (ROOT / "samples").glob("*.csv")))
SCHOOL = School(
    etablissement="Collège Jean-Moulin",
    ville="Lyon",
    chef="Mme Claire Fontaine",
    signature=ROOT / "samples/signature.png",
)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verify") / "attestations"
    run(Order((SAMPLES[0],), out=folder, school=SCHOOL))
    return folder


@pytest.fixture
def made(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "attestations"))


def ids(verified: Verified) -> set[str]:
    return {problem.id for problem in verified.problems}


def edited(path: Path, edit: Callable[[str], str]) -> None:
    """Replace the body of a .docx by what ``edit`` makes of it."""
    with zipfile.ZipFile(path) as package:
        members = [(info, package.read(info)) for info in package.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for info, content in members:
            if info.filename == "word/document.xml":
                before = content.decode()
                content = edit(before).encode()
                assert content != before.encode()
            package.writestr(info, content)


def test_what_was_made_is_in_its_place(made):
    verified = verify(made)
    assert (verified.problems, verified.exit_code) == ((), 0)
    assert verified.files == len([path for path in made.rglob("*.*") if path.suffix in {".docx", ".pdf"}]) - 1


@pytest.mark.parametrize(
    "order",
    [
        {"models": ("attestation-pix", "releve-de-classe"), "sources": SAMPLES},
        {"sources": SAMPLES[1:2], "duplex": True},
        {"sources": SAMPLES[2:], "school": School(etablissement="É", ville="Lyon", chef="X")},
    ],
    ids=["two models", "two sides", "no signature"],
)
def test_no_order_gives_a_false_alarm(tmp_path, order):
    models = tuple(ROOT / f"models/{name}.docx" for name in order.get("models", ()))
    given = {"school": SCHOOL, **order, "models": models, "sources": tuple(order["sources"])}
    outcome = run(Order(**given, out=tmp_path / "out"))
    assert outcome.checked > 0
    assert [problem for problem in outcome.problems if problem.is_error] == []
    assert verify(tmp_path / "out").problems == ()


def test_a_file_that_was_saved_again_is_a_warning_and_no_wrong_value(made):
    edited(made / "3A/AUBRY Camille.docx", lambda xml: xml.replace("</w:body>", " </w:body>"))
    verified = verify(made)
    assert (ids(verified), verified.exit_code) == ({"destination.modified"}, 0)


def test_a_sentence_added_by_hand_is_told_and_is_no_wrong_value(made):
    added = "<w:p><w:r><w:t>Bravo !</w:t></w:r></w:p><w:sectPr"
    edited(made / "3A/AUBRY Camille.docx", lambda xml: added.join(xml.rsplit("<w:sectPr", 1)))
    (problem,) = verify(made).problems
    assert (problem.id, problem.is_error) == ("destination.modified", False)
    assert "Bravo !" in problem.what


def test_a_wrong_value_says_whose_what_was_expected_and_what_was_found(made):
    edited(made / "3A/AUBRY Camille.docx", lambda xml: xml.replace(">Camille<", ">Camile<"))
    verified = verify(made)
    (problem,) = verified.problems
    assert (problem.id, verified.exit_code) == ("program.verify-value", 8)
    assert (problem.where.file, problem.where.line) == ("3A/AUBRY Camille.docx", 2)
    assert "attendu « Camille », trouvé « Camile »" in problem.what


def with_pictures(path: Path, change: Callable[[PIL.Image.Image], PIL.Image.Image], **options: object) -> None:
    """Replace the pictures of a .docx by what ``change`` makes of them, encoded anew."""
    with zipfile.ZipFile(path) as package:
        members = [(info, package.read(info)) for info in package.infolist()]
    with zipfile.ZipFile(path, "w") as package:
        for info, content in members:
            if info.filename.startswith("word/media/"):
                file = io.BytesIO()
                change(PIL.Image.open(io.BytesIO(content))).save(file, "PNG", **options)
                content = file.getvalue()
            package.writestr(info, content)


def test_another_picture_in_the_place_of_the_signature_is_told(made):
    with_pictures(made / "3A/AUBRY Camille.docx", lambda picture: picture.transpose(PIL.Image.Transpose.ROTATE_180))
    assert ids(verify(made)) == {"program.verify-signature"}


def test_the_same_picture_encoded_otherwise_is_the_signature_still(made):
    with_pictures(made / "3A/AUBRY Camille.docx", lambda picture: picture, compress_level=1)
    assert ids(verify(made)) == {"destination.modified"}


def test_a_file_that_is_gone_is_told(made):
    (made / "3A/AUBRY Camille.docx").unlink()
    (made / "3A/AUBRY Camille.pdf").unlink()
    assert [problem.id for problem in verify(made).problems] == ["program.verify-missing"] * 2


def test_pupils_in_another_order_in_the_pdf_of_the_class_are_told(made):
    with pikepdf.open(made / "3A.pdf", allow_overwriting_input=True) as pdf:
        moved = pdf.pages[4]
        del pdf.pages[4]
        pdf.pages.insert(2, moved)
        pdf.save(made / "3A.pdf")
    assert ids(verify(made)) == {"program.verify-pupils"}


def test_the_workbook_corrected_afterwards_is_told_and_compared(made):
    journal = made / ".pix-mailmerge/journal.json"
    content = json.loads(journal.read_text("utf-8"))
    for entry in content["files"]:
        if entry["kind"] == "workbook":
            entry["sha256"] = "0" * 64
    journal.write_text(json.dumps(content), "utf-8")
    assert ids(verify(made)) == {"destination.modified"}


def test_a_folder_that_was_not_made_here_is_refused(tmp_path):
    with pytest.raises(DestinationError) as caught:
        verify(tmp_path)
    assert [problem.id for problem in caught.value.problems] == ["destination.no-journal"]


def test_without_the_workbook_there_is_nothing_to_compare_with(made):
    (made / "Résultats Pix.xlsx").unlink()
    with pytest.raises(ProgramFailedError) as caught:
        verify(made)
    assert [problem.id for problem in caught.value.problems] == ["program.verify-workbook"]


def test_without_the_model_that_was_kept_there_is_nothing_to_compare_with(made):
    for kept in (made / ".pix-mailmerge").glob("modele-*.docx"):
        kept.unlink()
    with pytest.raises(ProgramFailedError) as caught:
        verify(made)
    assert [problem.id for problem in caught.value.problems] == ["program.verify-model"]


@pytest.mark.skipif(sys.platform != "linux", reason="no limit of memory that holds")
def test_a_folder_whose_model_is_beyond_measure_is_told_within_the_limits_of_a_run(made):
    (kept,) = (made / ".pix-mailmerge").glob("modele-*.docx")
    edited(kept, lambda body: body.replace("<w:body>", "<w:body><w:p><w:r><w:t>{{ 'A' * 10**10 }}</w:t></w:r></w:p>"))
    with pytest.raises(ProgramFailedError) as caught:
        verify(made)
    (problem,) = caught.value.problems
    assert problem.id == "program.verify-model" and "mémoire" in problem.what


def test_a_document_that_unpacks_to_more_than_any_of_ours_is_not_unpacked(made, monkeypatch):
    monkeypatch.setattr("pix_mailmerge.destination.verification.docx.LARGEST", 300_000)
    document = next(made.glob("*/*.docx"))
    edited(document, lambda body: body.replace("</w:body>", "<w:p/>" * 50_000 + "</w:body>"))
    (problem,) = (one for one in verify(made).problems if one.where.file == document.relative_to(made).as_posix())
    assert problem.id == "program.verify-unreadable"


def test_files_of_an_earlier_run_are_told(made):
    run(Order((SAMPLES[2],), out=made, school=SCHOOL))
    verified = verify(made)
    assert (ids(verified), verified.exit_code) == ({"destination.earlier-run"}, 0)


def test_the_command_tells_in_french_and_ends_with_8(made, capsys):
    assert exit_code(["verify", str(made)]) == 0
    assert "tout est en place" in capsys.readouterr().out
    (made / "3A/AUBRY Camille.pdf").write_bytes(b"%PDF-1.7 coup")
    assert exit_code(["verify", str(made)]) == 8
    told = capsys.readouterr()
    assert "3A/AUBRY Camille.pdf, 20210618_resultats_3A.csv, ligne 2" in told.err
    assert "1 erreur" in told.out


def test_the_command_writes_json(made, capsys):
    (made / "3A/AUBRY Camille.pdf").unlink()
    assert exit_code(["verify", str(made), "--json"]) == 8
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert problem["id"] == "program.verify-missing"
    assert problem["where"] == {"file": "3A/AUBRY Camille.pdf", "part": "20210618_resultats_3A.csv", "line": 2}
