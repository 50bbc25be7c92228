"""The whole road on the samples: every value on its pupil's page, and nobody else's."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
import python_calamine

from pix_mailmerge.mailmerge.order import Order, Outcome
from pix_mailmerge.mailmerge.run import run
from pix_mailmerge.problems import DestinationError
from pix_mailmerge.settings import School

ROOT = Path(__file__).parents[2]
SAMPLES = sorted((ROOT / "samples").glob("*.csv"))
SCHOOL = School(
    etablissement="Collège Jean-Moulin",
    ville="Lyon",
    chef="Mme Claire Fontaine",
    signature=ROOT / "samples/signature.png",
)
CODES = [f"{domain}.{number}" for domain, last in enumerate((3, 4, 4, 3, 2), 1) for number in range(1, last + 1)]

Row = dict[str, str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    folder = tmp_path_factory.mktemp("run") / "attestations"
    return run(Order(tuple(map(str, SAMPLES)), out=folder, school=SCHOOL))


def rows_of(source: Path) -> list[Row]:
    with source.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def class_of(source: Path) -> str:
    return source.stem.split("_resultats_")[1]


def certified(source: Path) -> list[Row]:
    return [row for row in rows_of(source) if row["Statut"] == "Validée"]


def pages(pdf: Path) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        texts = [page.get_textpage().get_text_bounded() for page in document]
    # pdfium writes the hyphen at which a line is cut as U+0002 (U+FFFE in some versions)
    return [unicodedata.normalize("NFKC", re.sub("[\x02\ufffe]", "-", text)) for text in texts]


def bare(text: str) -> str:
    """Text without spaces: a long name is cut at a space or a hyphen."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def test_the_tree_is_the_one_that_is_promised(made):
    at_the_top = {path.name for path in made.folder.iterdir()}
    classes = {class_of(source) for source in SAMPLES}
    assert at_the_top == {
        "Résultats Pix.xlsx",
        "Bilan.html",
        "bilan.json",
        ".pix-mailmerge",
        *("Attestations.docx", "Attestations.pdf"),
        *classes,
        *(f"{name}{extension}" for name in classes for extension in (".docx", ".pdf")),
    }
    for source in SAMPLES:
        found = sorted(path.suffix for path in (made.folder / class_of(source)).iterdir())
        assert found == [".docx"] * len(certified(source)) + [".pdf"] * len(certified(source))


def test_homonyms_are_told_apart_by_their_number_and_not_by_a_birth_date(made):
    by_name: dict[str, list[Row]] = {}
    for source in SAMPLES:
        for row in certified(source):
            by_name.setdefault(f"{class_of(source)}/{row['Nom']} {row['Prénom']}", []).append(row)
    homonyms = {name: rows for name, rows in by_name.items() if len(rows) > 1}
    assert homonyms
    for name, rows in homonyms.items():
        for row in rows:
            assert (made.folder / f"{name} ({row['Numéro de certification']}).pdf").is_file()


@pytest.mark.parametrize("source", SAMPLES, ids=class_of)
def test_each_page_holds_its_pupil_and_no_other(made, source):
    everyone = {row["Numéro de certification"] for sample in SAMPLES for row in rows_of(sample)}
    text_of_page = pages(made.folder / f"{class_of(source)}.pdf")
    rows = certified(source)
    assert len(text_of_page) == len(rows)
    for text, row in zip(text_of_page, rows, strict=True):
        for column in ("Nom", "Prénom", "Date de naissance", "Lieu de naissance"):
            assert bare(row[column] or "") in bare(text)
        assert set(re.findall(r"\b\d{7}\b", text)) & everyone == {row["Numéro de certification"]}
        score = row.get("Nombre de Pix") or row["Score en Pix"]
        assert re.search(rf"\b{score} / \d+ Pix", text)
        levels = re.findall(r"(?:^|\s)(\d\.\d)\s.*?([0-8–])\s*$", text, re.M)
        assert levels == [(code, row[code].replace("-", "–")) for code in CODES]


def test_each_pupil_has_the_page_of_the_class_as_a_file_of_his_own(made):
    for source in SAMPLES:
        by_page = dict(zip((row["Numéro de certification"] for row in certified(source)),
                           pages(made.folder / f"{class_of(source)}.pdf"), strict=True))  # fmt: skip
        for pdf in (made.folder / class_of(source)).glob("*.pdf"):
            (text,) = pages(pdf)
            (number,) = [number for number in by_page if number in text]
            assert text == by_page[number]


def test_the_school_s_pdf_is_the_classes_in_order(made):
    classes = [text for source in SAMPLES for text in pages(made.folder / f"{class_of(source)}.pdf")]
    assert pages(made.folder / "Attestations.pdf") == classes


def test_the_workbook_holds_every_value_under_its_header(made):
    file = made.folder / "Résultats Pix.xlsx"
    workbook = openpyxl.load_workbook(file)
    header, *rows = ([cell.value for cell in row] for row in workbook["Feuil1"].iter_rows())
    second = python_calamine.CalamineWorkbook.from_path(str(file)).get_sheet_by_name("Feuil1").to_python()
    assert second == [["" if value is None else value for value in row] for row in (header, *rows)]
    by_number = {row[0]: dict(zip(header, row, strict=True)) for row in rows}
    wanted = [row for source in SAMPLES for row in certified(source)]
    assert set(by_number) == {row["Numéro de certification"] for row in wanted}
    for row in wanted:
        found = by_number[row["Numéro de certification"]]
        assert {name: found[name] or "" for name in row} == row


def test_those_left_out_stand_in_a_second_sheet_with_the_reason(made):
    sheet = openpyxl.load_workbook(made.folder / "Résultats Pix.xlsx")["Écartés"]
    header, *rows = ([cell.value for cell in row] for row in sheet.iter_rows())
    others = [row for source in SAMPLES for row in rows_of(source) if row["Statut"] != "Validée"]
    number, reason = header.index("Numéro de certification"), header.index("Motif")
    assert [row[number] for row in rows] == [row["Numéro de certification"] for row in others]
    assert [row[reason] for row in rows] == [f"Statut « {row['Statut']} »" for row in others]


def test_the_outcome_counts_what_was_read_kept_and_left_out(made):
    rows = [row for source in SAMPLES for row in rows_of(source)]
    kept = [row for row in rows if row["Statut"] == "Validée"]
    assert (made.read, made.sources, made.chosen, made.documents) == (len(rows), 3, len(kept), len(kept))
    assert len(made.left_out) == len(rows) - len(kept)
    assert made.exit_code == 0


def test_the_journal_knows_each_file_its_row_and_its_pages(made):
    journal = json.loads((made.folder / ".pix-mailmerge/journal.json").read_text("utf-8"))
    known = {entry["path"] for entry in journal["files"]}
    there = {
        path.relative_to(made.folder).as_posix()
        for path in made.folder.rglob("*")
        if path.is_file() and ".pix-mailmerge" not in path.parts
    }
    assert known == there


def test_running_again_over_its_own_files_is_silent_but_a_changed_file_stops_it(tmp_path):
    source = SAMPLES[0]
    order = Order((str(source),), out=tmp_path / "out", school=SCHOOL)
    first = run(order)
    again = run(order)
    assert [path.name for path in again.files] == [path.name for path in first.files]
    (tmp_path / "out" / "3A.docx").write_bytes(b"mine")
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    with pytest.raises(DestinationError) as caught:
        run(order)
    assert [problem.id for problem in caught.value.problems if problem.is_error] == ["destination.exists"]
    assert {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()} == before


def test_the_same_input_gives_the_same_bytes(tmp_path):
    made = []
    for name in ("one", "two"):
        order = Order((str(SAMPLES[0]),), out=tmp_path / name, school=SCHOOL)
        made.append({path.relative_to(order.out): path.read_bytes() for path in run(order).files})
    assert made[0] == made[1]


def test_a_model_of_the_class_is_made_once_per_class(tmp_path):
    order = Order(
        (str(SAMPLES[0]), str(SAMPLES[2])),
        models=(ROOT / "models/releve-de-classe.docx",),
        out=tmp_path / "out",
        school=SCHOOL,
    )
    made = {path.name for path in run(order).files}
    assert made == {
        "Résultats Pix.xlsx",
        "Bilan.html",
        "bilan.json",
        *(f"{name} - releve-de-classe{extension}" for name in ("3A", "3B") for extension in (".docx", ".pdf")),
    }


def test_two_sides_start_each_pupil_on_a_front_page(tmp_path):
    order = Order((str(SAMPLES[0]),), out=tmp_path / "out", school=SCHOOL, duplex=True)
    run(order)
    texts = pages(tmp_path / "out" / "3A.pdf")
    assert [bool(text.strip()) for text in texts] == ([True, False] * len(certified(SAMPLES[0])))[:-1]


def test_nobody_certified_gives_the_workbook_and_the_report_alone(tmp_path):
    lines = SAMPLES[0].read_text("utf-8-sig").split("\n")
    source = tmp_path / "20210618_resultats_3A.csv"
    source.write_text("\n".join([lines[0], *(line for line in lines if '"Rejetée"' in line)]), "utf-8-sig")
    outcome = run(Order((str(source),), out=tmp_path / "out", school=SCHOOL))
    assert [path.name for path in outcome.files] == ["Résultats Pix.xlsx", "Bilan.html", "bilan.json"]
    assert "source.nobody" in {problem.id for problem in outcome.problems}
    assert outcome.exit_code == 0
