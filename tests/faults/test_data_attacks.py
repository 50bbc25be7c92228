"""Data that means harm, or only looks so, is printed as it is or told; it is never interpreted, and nothing hangs."""

from __future__ import annotations

import csv
import random
import sys
import zipfile
from pathlib import Path

import beyond
import openpyxl
import plant
import pytest
from lxml import etree
from scenes import OWN, ROOT, Scene

NAMES = {
    "a tag": "{{ 7*7 }}",
    "a statement": "{% for a in b %}",
    "a comment": "{# rien #}",
    "a merge field": "{ MERGEFIELD Nom }",
    "a merge field shown": "«Nom»",
    "XML": "<w:br/>",
    "the end of a text": "</w:t></w:r>",
    "CDATA": "]]><![CDATA[",
    "an entity": "&lt;&amp;&#65;&xxe;",
    "a formula": "=1+1",
    "a command": "@SUM(1;1)|cmd",
    "an escape of Excel": "_x0041_",
    "a path": "../../etc",
}


def text_of(docx: Path) -> str:
    with zipfile.ZipFile(docx) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    return "".join(element.text or "" for element in root.iter("{*}t"))


def test_what_looks_like_a_program_in_a_name_is_printed_as_it_is(tmp_path: Path) -> None:
    """All of them in one run: each pupil's first name is one of these."""
    rows = list(plant.pupils(len(NAMES), random.Random(1)))
    for row, typed in zip(rows, NAMES.values(), strict=True):
        row[1] = typed
    scene = Scene(tmp_path, 2).prepare()
    (source,) = (tmp_path / "sources").iterdir()
    plant.write_source(source, rows)
    ended = scene.run(tmp_path / "out")

    assert ended.code == 0, ended.err  # read back too: every value is where it should be
    text = text_of(tmp_path / "out/3C00.docx")
    sheet = openpyxl.load_workbook(tmp_path / "out/Résultats Pix.xlsx")["Feuil1"]
    cells = {str(cell.value) for row in sheet.iter_rows() for cell in row}
    assert [name for name, shown in NAMES.items() if shown not in text] == []
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert [name for name, shown in NAMES.items() if shown not in cells and "_x0041_" not in shown] == []
    inside = [path for path in (tmp_path / "out").rglob("*") if path.suffix in (".docx", ".pdf")]
    inside = [path for path in inside if OWN not in path.parts]
    assert len(inside) == 2 * len(NAMES) + 4
    assert all((tmp_path / "out").resolve() in path.resolve().parents for path in inside)


@pytest.mark.parametrize(
    ("model", "engine"),
    [
        ("attestation-pix", "embedded"),
        ("attestation-pix-publipostage", "embedded"),
        pytest.param("attestation-pix", "libreoffice", marks=pytest.mark.real("soffice")),
    ],
)
def test_unseen_marks_in_a_name_turn_no_letter_and_raise_no_alarm(tmp_path: Path, model: str, engine: str) -> None:
    """An override (U+202E) that a value leaves open would print the rest of its paragraph backwards."""
    marked = ["Zo\u202eé", "\u202eClara", "\u2067Zoé\u2069", "Zo\u200fé", "Zo\u200bé", "Zo\ufeffé", "Zo\u200dé"]
    rows = list(plant.pupils(len(marked), random.Random(1)))
    for row, typed in zip(rows, marked, strict=True):
        row[1] = typed
    scene = Scene(tmp_path, 2).prepare()
    (source,) = (tmp_path / "sources").iterdir()
    plant.write_source(source, rows)
    given = ("--engine", engine, "--model", str(ROOT / f"models/{model}.docx"))
    ended = scene.run(tmp_path / "out", "24 juin 2026", *given)

    assert ended.code == 0, ended.err  # read back too
    assert "Clara MARTIN" in text_of(tmp_path / "out/3C00.docx")


@pytest.mark.parametrize(
    "bytes_of_a_name",
    [
        b"Zo\x00\xc3\xa9",
        b"Zo\x0b\x1b\xc3\xa9",
        b"Zo\xed\xa0\x80\xc3\xa9",
        b"Zo\xff\xfe\xc3\xa9",
        b"Zo\xef\xbf\xbf\xc3\xa9",
    ],
    ids=["NUL", "control characters", "a lone surrogate", "bytes of nothing", "a character that is none"],
)
def test_what_no_document_can_hold_is_left_out_or_told_never_a_crash(tmp_path: Path, bytes_of_a_name: bytes) -> None:
    scene = Scene(tmp_path, 2).prepare()
    (source,) = (tmp_path / "sources").iterdir()
    with source.open(encoding="utf-8-sig", newline="") as opened:
        first = list(csv.reader(opened, delimiter=";"))[1][1]
    source.write_bytes(source.read_bytes().replace(f'"{first}"'.encode(), b'"' + bytes_of_a_name + b'"', 1))
    ended = scene.run(tmp_path / "out")

    assert ended.code in (0, 4), ended.err
    assert "Traceback" not in ended.err and "n’attendait pas" not in ended.err
    if ended.code == 0:
        text = text_of(tmp_path / "out/3C00.docx")
        assert "Zo" in text and "é" in text
    else:
        assert source.name in ended.err and "ligne 2" in ended.err


@pytest.mark.skipif(sys.platform != "linux", reason="reads memory from /proc")
@pytest.mark.parametrize("what", ["a cell of 10 MB", "a million columns", "a gigabyte of nothing"])
def test_a_file_beyond_measure_is_told_and_memory_stays_bounded(tmp_path: Path, what: str) -> None:
    ended = beyond.read(tmp_path, what)

    assert ended.code == 4, ended.said
    assert "20260612_resultats_3A.csv" in ended.said and "→" in ended.said and "n’attendait pas" not in ended.said
    assert ended.megabytes < beyond.MOST_MEGABYTES
