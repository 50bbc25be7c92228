"""Running again in the same folder: nobody keeps a document under a name, a class or a status of the past."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from pix_mailmerge.mailmerge.documents import merge
from pix_mailmerge.mailmerge.order import Order, Outcome
from pix_mailmerge.mailmerge.run import run
from pix_mailmerge.settings import School

ROOT = Path(__file__).parents[2]
SCHOOL = School(etablissement="Collège", ville="Lyon", chef="Mme Fontaine", date="1er juin 2026")
SAMPLE = "20210618_resultats_3A.csv"


@pytest.fixture
def order(tmp_path: Path) -> Order:
    lines = (ROOT / "samples" / SAMPLE).read_text("utf-8-sig").splitlines()[:4]
    (tmp_path / SAMPLE).write_text("\n".join(lines) + "\n", "utf-8-sig")
    return Order((str(tmp_path / SAMPLE),), out=tmp_path / "out", school=SCHOOL)


def changed(order: Order, old: str, new: str) -> None:
    file = Path(order.sources[0])
    text = file.read_text("utf-8-sig")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8-sig")


def told(outcome: Outcome) -> dict[str, str]:
    return {one.id: one.what for one in outcome.problems if one.id.startswith("destination.")}


def names(order: Order) -> set[str]:
    return {path.stem for path in (order.out / "3A").iterdir()}


def test_a_pupil_renamed_has_the_new_name_alone_and_it_is_told(order):
    run(order)
    changed(order, '"AUBRY"', '"AUBRAY"')
    outcome = run(order)
    assert "AUBRAY Camille" in names(order) and "AUBRY Camille" not in names(order)
    assert "3A/AUBRY Camille.docx" in told(outcome)["destination.outdated"]
    assert "3A/AUBRY Camille.pdf" in told(outcome)["destination.outdated"]
    assert outcome.exit_code == 0
    assert told(run(order)) == {}


def test_it_is_so_when_the_name_is_mended_in_the_workbook(order, tmp_path):
    run(order)
    workbook = openpyxl.load_workbook(order.out / "Résultats Pix.xlsx")
    cell = next(cell for row in workbook["Feuil1"].iter_rows() for cell in row if cell.value == "AUBRY")
    cell.value = "AUBRAY"
    workbook.save(tmp_path / "mended.xlsx")
    mended = replace(order, sources=(str(tmp_path / "mended.xlsx"),))
    outcome = run(replace(mended, name="AUBRAY"))
    assert "AUBRAY Camille" in names(order) and "AUBRY Camille" not in names(order)
    assert "destination.outdated" in told(outcome)


def test_a_file_that_somebody_changed_stays_and_is_told(order):
    run(order)
    mine = order.out / "3A/AUBRY Camille.docx"
    mine.write_bytes(b"mine")
    changed(order, '"AUBRY"', '"AUBRAY"')
    outcome = run(order)
    assert mine.read_bytes() == b"mine" and not mine.with_suffix(".pdf").exists()
    assert "AUBRY Camille.docx" in told(outcome)["destination.earlier-run"]


def test_who_is_certified_no_more_keeps_no_document(order):
    run(order)
    changed(order, '"Validée"', '"Annulée"')
    run(order)
    assert not (order.out / "3A").exists()


def test_who_is_left_out_by_another_status_asked_for_keeps_his(order):
    run(order)
    before = names(order)
    changed(order, '"AUBRY";"03/02/2006";"Lyon 3e Arrondissement";;"Validée"', '"AUBRY";"03/02/2006";"Lyon";;"Annulée"')
    run(replace(order, status="Annulée"))
    assert names(order) == before


def test_a_pupil_of_whom_the_file_says_nothing_more_is_told_and_kept(order):
    run(order)
    file = Path(order.sources[0])
    kept = [line for line in file.read_text("utf-8-sig").splitlines() if '"AUBRY"' not in line]
    file.write_text("\n".join(kept) + "\n", "utf-8-sig")
    outcome = run(order)
    assert "AUBRY Camille" in names(order)
    assert "AUBRY Camille.pdf" in told(outcome)["destination.earlier-run"]


def test_another_class_and_another_model_are_let_be(order, tmp_path):
    run(order)
    before = names(order)
    other = tmp_path / "20210618_resultats_3B.csv"
    other.write_text(Path(order.sources[0]).read_text("utf-8-sig").replace('"AUBRY"', '"AUBRAY"'), "utf-8-sig")
    numbered = other.read_text("utf-8-sig")
    other.write_text(numbered.replace("\n1", "\n9"), "utf-8-sig")
    assert "destination.outdated" not in told(run(replace(order, sources=(str(other),))))
    assert "destination.outdated" not in told(run(replace(order, models=(ROOT / "models/releve-de-classe.docx",))))
    assert names(order) == before


def test_a_dry_run_tells_and_takes_nothing_away(order):
    run(order)
    changed(order, '"AUBRY"', '"AUBRAY"')
    assert "AUBRY Camille.pdf" in told(run(replace(order, dry_run=True)))["destination.outdated"]
    assert "AUBRY Camille" in names(order)


def test_a_merge_apart_does_as_a_run(order):
    merge(order, order.out, None)
    changed(order, '"AUBRY"', '"AUBRAY"')
    assert "destination.outdated" in told(merge(order, order.out, None))
    assert "AUBRAY Camille" in names(order) and "AUBRY Camille" not in names(order)


def test_a_journal_that_was_forged_takes_nothing_from_elsewhere(order, tmp_path):
    run(order)
    outside = tmp_path / "outside.docx"
    outside.write_bytes((order.out / "3A/AUBRY Camille.docx").read_bytes())
    journal = order.out / ".pix-mailmerge/journal.json"
    journal.write_text(journal.read_text("utf-8").replace("3A/AUBRY Camille.docx", "../outside.docx"), "utf-8")
    changed(order, '"AUBRY"', '"AUBRAY"')
    run(replace(order, replace=True))
    assert outside.exists()
