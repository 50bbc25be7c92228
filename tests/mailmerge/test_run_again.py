"""Running again makes what is missing or changed, and nothing else; a part of the pupils leaves the rest alone."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from pix_mailmerge.mailmerge.order import Order, Outcome
from pix_mailmerge.mailmerge.run import run
from pix_mailmerge.settings import School

ROOT = Path(__file__).parents[2]
SCHOOL = School(etablissement="Collège", ville="Lyon", chef="Mme Fontaine", date="1er juin 2026")
SOURCES = ("20210618_resultats_3A.csv", "20260612_resultats_3B.csv")
CLASS_OF = {"3A": SOURCES[0], "3B": SOURCES[1]}
OF_THE_SCHOOL = {"Attestations.docx", "Attestations.pdf", "Résultats Pix.xlsx"}


@pytest.fixture
def order(tmp_path: Path) -> Order:
    for name in SOURCES:
        (tmp_path / name).write_bytes((ROOT / "samples" / name).read_bytes())
    return Order(tuple(str(tmp_path / name) for name in SOURCES), out=tmp_path / "out", school=SCHOOL)


def stamps(folder: Path) -> dict[str, int]:
    """When each file was put at its name: inode and time of change."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_ino
        for path in folder.rglob("*")
        if path.is_file() and ".pix-mailmerge" not in path.parts
    }


def remade(order: Order, before: dict[str, int]) -> set[str]:
    after = stamps(order.out)
    return {name for name in after if after[name] != before.get(name)}


def made(outcome: Outcome) -> set[str]:
    return {path.relative_to(outcome.folder).as_posix() for path in {*outcome.files} - {*outcome.unchanged}}


def replaced(order: Order, name: str, old: str, new: str) -> None:
    file = Path(order.sources[0]).parent / CLASS_OF[name]
    text = file.read_text("utf-8-sig")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8-sig")


def test_the_same_order_makes_nothing_again_and_says_so(order):
    first = run(order)
    assert (first.unchanged, first.unchanged_pupils) == ((), 0)
    before = stamps(order.out)
    again = run(order)
    assert remade(order, before) == set() == made(again)
    assert (set(again.files), again.unchanged_pupils) == (set(first.files), first.chosen)


def test_a_pupil_who_changed_has_the_class_and_the_school_made_again_and_no_other_class(order):
    run(order)
    before = stamps(order.out)
    replaced(order, "3A", '"AUBRY"', '"AUBRAY"')
    again = run(order)
    changed = remade(order, before)
    assert OF_THE_SCHOOL | {"3A.docx", "3A.pdf", "3A/AUBRAY Camille.pdf"} <= changed
    assert not any(name.startswith("3B") for name in changed)
    assert changed == made(again)
    assert again.exit_code == 0


def test_a_file_that_is_gone_or_another_date_is_made_again(order):
    run(order)
    (order.out / "3B.pdf").unlink()
    assert "3B.pdf" in made(run(order))
    other = Order(
        order.sources, out=order.out, school=School("Collège", "Lyon", chef="Mme Fontaine", date="2 juin 2026")
    )
    assert {"3A.pdf", "3B.pdf", "Attestations.pdf"} <= made(run(other))


def test_a_dry_run_says_what_would_be_made_and_writes_nothing(order):
    dry = Order(order.sources, out=order.out, school=SCHOOL, dry_run=True)
    told = made(run(dry))
    assert not order.out.exists()
    assert told == made(run(order)) - {"Bilan.html", "bilan.json"}
    before = stamps(order.out)
    assert made(run(dry)) == set() == remade(order, before)
    (order.out / "3B.pdf").unlink()
    assert "3B.pdf" in made(run(dry)) and not (order.out / "3B.pdf").exists()


def test_one_pupil_again_leaves_all_that_holds_others_and_keeps_his_name(order):
    run(order)
    before = stamps(order.out)
    homonym = next(path for path in (order.out / "3A").glob("*(*).pdf"))
    homonym.unlink()
    one = Order(order.sources, out=order.out, school=SCHOOL, name=homonym.stem.split(" (")[0])
    outcome = run(one)
    assert homonym.is_file()
    assert {path for path in remade(order, before) if "/" not in path} <= {"Bilan.html", "bilan.json"}
    assert "destination.wider" in {problem.id for problem in outcome.problems}
    assert outcome.exit_code == 0
    assert run(order).exit_code == 0


def test_a_class_alone_is_as_if_the_sources_held_no_other(order):
    outcome = run(Order(order.sources, out=order.out, school=SCHOOL, only=("classe=3B",), sort=("nom",)))
    assert not (order.out / "3A").exists()
    assert {"3B.pdf", *OF_THE_SCHOOL} <= made(outcome)
    assert outcome.exit_code == 0


def test_the_names_follow_the_pattern(order):
    outcome = run(Order(order.sources, out=order.out, school=SCHOOL, only=("classe=3A",), names="{numero}_{nom}"))
    numbered = [path for path in outcome.files if path.name[:7].isdigit()]
    assert len(numbered) == 2 * outcome.chosen and all(path.parent == order.out for path in numbered)


def test_the_workbook_in_the_place_of_the_files_makes_again_what_was_mended_in_it_and_nothing_else(order, tmp_path):
    run(order)
    before = stamps(order.out)
    workbook = openpyxl.load_workbook(order.out / "Résultats Pix.xlsx")
    mended = next(cell for row in workbook["Feuil1"].iter_rows() for cell in row if cell.value == "Camille")
    mended.value = "Camila"
    workbook.save(tmp_path / "mended.xlsx")
    again = run(Order((str(tmp_path / "mended.xlsx"),), out=order.out, school=SCHOOL))
    assert "3A/AUBRY Camila.pdf" in made(again)
    assert not any(name.startswith("3B") for name in remade(order, before))
    assert (again.exit_code, again.checked) == (0, len(again.files) - 3)  # all but the workbook and the report
