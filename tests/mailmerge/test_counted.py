"""Models whose documents are not one per record: NEXT, SKIPIF, MERGEREC, MERGESEQ, through every command."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import pypdfium2
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from pix_mailmerge.mailmerge.documents import merge
from pix_mailmerge.mailmerge.order import Order
from pix_mailmerge.mailmerge.preview import preview
from pix_mailmerge.mailmerge.run import run
from pix_mailmerge.mailmerge.verify import verify
from pix_mailmerge.problems import ModelError, UsageError

POINTS = {"A": {"ANDRE": 5, "BLANC": 1, "CLERC": 7}, "B": {"DENIS": 9, "EVRARD": 3}}


def write_model(folder: Path, *lines: str) -> Path:
    """Write a model of these lines, their fields in braces."""
    document = docx.Document()
    for line in lines:
        paragraph = document.add_paragraph()
        depth = 0
        for piece in re.split(r"([{}])", line):
            run = OxmlElement("w:r")
            if piece in ("{", "}"):
                depth += 1 if piece == "{" else -1
                mark = OxmlElement("w:fldChar")
                mark.set(qn("w:fldCharType"), "begin" if piece == "{" else "end")
            else:
                mark = OxmlElement("w:instrText" if depth else "w:t")
                mark.text = piece
                mark.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            run.append(mark)
            paragraph._p.append(run)
    file = folder / f"modele-{len(list(folder.iterdir()))}.docx"
    document.save(str(file))
    return file


def labels(folder: Path) -> Path:
    """Return a model with two pupils on each page."""
    one = "{MERGEREC} {MERGEFIELD Nom} : {MERGEFIELD Points}"
    return write_model(folder, "Planche {MERGESEQ}", one, "{NEXT}" + one)


def chosen(folder: Path) -> Path:
    """Return a model for those who have two points or more."""
    return write_model(folder, "{SKIPIF {MERGEFIELD Points} < 2}{MERGESEQ}/{MERGEREC} {MERGEFIELD Nom}")


@pytest.fixture
def order(tmp_path: Path) -> Order:
    rows = [f"{name};{classe};{points}" for classe, pupils in POINTS.items() for name, points in pupils.items()]
    source = tmp_path / "eleves.csv"
    source.write_text("\n".join(["Nom;Classe;Points", *rows]), encoding="utf-8")
    return Order((str(source),), out=tmp_path / "fait", models=(labels(tmp_path),))


def files(folder: Path, extension: str) -> list[str]:
    return sorted(str(file.relative_to(folder)) for file in folder.rglob(f"*{extension}") if file.parent.name[0] != ".")


def text_of(file: Path) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(str(file)).paragraphs if paragraph.text]


def pages_of(file: Path) -> list[list[str]]:
    with pypdfium2.PdfDocument(file) as document:
        texts = [page.get_textpage().get_text_bounded().splitlines() for page in document]
    return [[line.strip() for line in lines] for lines in texts]


SHEETS = [
    ["Planche 1", "1 ANDRE : 5", "2 BLANC : 1"],
    ["Planche 2", "3 CLERC : 7", "  : "],
    ["Planche 3", "4 DENIS : 9", "5 EVRARD : 3"],
]


def test_a_document_of_several_records_has_the_name_of_the_first_and_no_class_shares_one(order):
    run(order)
    assert files(order.out, ".docx") == ["A.docx", "A/ANDRE.docx", "A/CLERC.docx", "Attestations.docx", "B.docx",
                                         "B/DENIS.docx"]  # fmt: skip
    assert [text_of(order.out / f"{name}.docx") for name in ("A/ANDRE", "A/CLERC", "B/DENIS")] == SHEETS
    for name, sheets in (("A", SHEETS[:2]), ("B", SHEETS[2:]), ("Attestations", SHEETS)):
        assert text_of(order.out / f"{name}.docx") == [line for sheet in sheets for line in sheet]
        assert pages_of(order.out / f"{name}.pdf") == [[line.strip() for line in sheet] for sheet in sheets]


def test_what_was_made_of_several_records_is_read_back(order):
    assert not run(order).problems
    assert not verify(order.out).problems
    file = order.out / "A/ANDRE.docx"
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["word/document.xml"] = members["word/document.xml"].replace(b"BLANC", b"EVRARD")
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    assert {problem.id for problem in verify(order.out).problems} == {"program.verify-value"}


def test_a_second_run_has_nothing_to_make_and_a_changed_class_is_made_again(order):
    run(order)
    again = run(order)
    assert again.unchanged == again.files
    assert len(run(replace(order, dry_run=True)).unchanged) == 13
    source = Path(order.sources[0])
    source.write_text(source.read_text(encoding="utf-8").replace("EVRARD;B;3", "EVRARD;B;4"), encoding="utf-8")
    again = run(order)
    made = {file.relative_to(order.out).as_posix() for file in {*again.files} - {*again.unchanged}}
    assert made >= {"B/DENIS.docx", "B/DENIS.pdf", "B.docx", "B.pdf", "Attestations.pdf"}
    assert not any(name.startswith(("A/", "A.")) for name in made)
    assert not again.problems


def test_a_record_that_skipif_drops_has_no_file_and_is_told(order, tmp_path):
    outcome = run(replace(order, models=(chosen(tmp_path),)))
    assert files(order.out, ".pdf") == ["A.pdf", "A/ANDRE.pdf", "A/CLERC.pdf", "Attestations.pdf", "B.pdf",
                                        "B/DENIS.pdf", "B/EVRARD.pdf"]  # fmt: skip
    assert text_of(order.out / "Attestations.docx") == ["1/1 ANDRE", "2/3 CLERC", "3/4 DENIS", "4/5 EVRARD"]
    assert text_of(order.out / "B/EVRARD.docx") == ["4/5 EVRARD"]
    (told,) = outcome.problems
    assert (told.id, "BLANC" in told.what) == ("model.records-skipped", True)


def test_a_class_of_which_nobody_is_left_has_no_document(order, tmp_path):
    model = write_model(tmp_path, "{SKIPIF {MERGEFIELD Classe} = B}{MERGEFIELD Nom}")
    run(replace(order, models=(model,)))
    assert [name for name in files(order.out, ".docx") if name.startswith("B")] == []
    assert not verify(order.out).problems


def test_nobody_at_all_leaves_the_workbook_alone(order, tmp_path):
    model = write_model(tmp_path, "{SKIPIF 1 = 1}{MERGEFIELD Nom}")
    run(replace(order, models=(model,)))
    assert (files(order.out, ".docx"), files(order.out, ".xlsx")) == ([], ["Résultats Pix.xlsx"])


def test_merge_makes_the_same_documents(order):
    outcome = merge(order, order.out, None)
    assert files(order.out, ".docx") == ["A/ANDRE.docx", "A/CLERC.docx", "B/DENIS.docx"]
    assert outcome.documents == 3
    assert text_of(order.out / "B/DENIS.docx") == SHEETS[2]


def test_merge_in_one_file_fills_every_sheet(order, tmp_path):
    merge(order, None, tmp_path / "un.docx")
    assert text_of(tmp_path / "un.docx") == [
        *("Planche 1", "1 ANDRE : 5", "2 BLANC : 1", "Planche 2", "3 CLERC : 7", "4 DENIS : 9"),
        *("Planche 3", "5 EVRARD : 3", "  : "),
    ]


def test_a_part_of_the_records_is_refused_where_it_would_change_the_others(order):
    with pytest.raises(UsageError) as raised:
        run(replace(order, name="CLERC"))
    assert [problem.id for problem in raised.value.problems] == ["usage.part-of-merge"]


def test_a_preview_shows_the_document_that_holds_a_record(order, tmp_path):
    shown = preview(replace(order, out=tmp_path / "apercu"), record=2)
    (pdf,) = [file for file in shown.shown[0].files if file.suffix == ".pdf"]
    assert pages_of(pdf) == SHEETS[:1]
    with pytest.raises(ModelError, match="SKIPIF"):
        preview(replace(order, out=tmp_path / "autre", models=(chosen(tmp_path),)), record=2)


def test_a_value_that_cannot_be_reckoned_with_stops_before_anything_is_made(order, tmp_path):
    model = write_model(tmp_path, "{SKIPIF {MERGEFIELD Points} < 2}{= {MERGEFIELD Nom} + 1}")
    with pytest.raises(ModelError, match="ANDRE"):
        run(replace(order, models=(model,)))
    assert not order.out.exists()
