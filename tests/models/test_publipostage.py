"""The native sister of the attestation: a main document for Word's own mail merge."""

from __future__ import annotations

import html
import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pix_mailmerge.data_source.columns import HEADERS
from pix_mailmerge.data_source.pix_export import read_sources
from pix_mailmerge.data_source.record import Record
from pix_mailmerge.model.names import word_name
from pix_mailmerge.model.word_model import Model, open_model
from pix_mailmerge.settings import School

ROOT = Path(__file__).parents[2]
MODELS = ROOT / "models"
NATIVE = MODELS / "attestation-pix-publipostage.docx"
SISTER = MODELS / "attestation-pix.docx"
SCHOOL = School(
    etablissement="Collège Jean-Moulin",
    ville="Lyon",
    chef="Mme Claire Fontaine",
    date="18 juin 2026",
    signature=ROOT / "samples/signature.png",
)


@pytest.fixture(scope="module")
def native() -> Model:
    return open_model(NATIVE)


@pytest.fixture(scope="module")
def records() -> tuple[Record, ...]:
    return read_sources(sorted((ROOT / "samples").glob("*.csv"))).records


def part(docx: bytes | Path, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(docx) if isinstance(docx, bytes) else docx) as file:
        return file.read(name).decode()


def words(docx: bytes) -> list[str]:
    """Return the words of a page in their order; dots and dashes, which the two models draw otherwise, aside."""
    xml = re.sub(r"<w:tab/>|<w:br/>|</w:p>", " ", part(docx, "word/document.xml"))
    text = re.sub(r"[●○–-]", " ", html.unescape(re.sub(r"<[^>]*>", "", xml)))
    return text.replace("\u2003", " ").replace("\u00a0", " ").split()


def test_the_script_makes_the_model_again(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(MODELS / "make_models.py"), str(tmp_path)], check=True, timeout=60)
    with zipfile.ZipFile(tmp_path / NATIVE.name) as made, zipfile.ZipFile(NATIVE) as kept:
        assert {name: made.read(name) for name in made.namelist()} == {
            name: kept.read(name) for name in kept.namelist()
        }


def test_it_is_a_mail_merge_of_word_alone_unlinked(native: Model) -> None:
    assert native.kind == "merge-fields"
    assert native.link is None
    assert native.field_types == ("MERGEFIELD", "IF")
    assert "External" not in part(NATIVE, "word/_rels/document.xml.rels")


def test_word_finds_a_column_of_the_workbook_for_every_merge_field(native: Model) -> None:
    code = "".join(re.findall(r"<w:instrText[^>]*>([^<]*)", part(NATIVE, "word/document.xml")))
    asked = set(re.findall(r"MERGEFIELD (\S+)", code))
    assert asked <= {word_name(header) for header in HEADERS}
    assert {"M_11", "M_52", "Nom", "Prénom", "Nombre_de_Pix"} <= asked
    assert native.check(HEADERS, SCHOOL).problems == ()


def test_what_the_school_writes_is_asked_for_unless_it_was_typed(native: Model) -> None:
    of_school = {use.name: use.optional for use in native.uses if not use.name[:1].isupper()}
    assert of_school == {
        **dict.fromkeys(("etablissement", "ville", "date", "chef"), False),
        **dict.fromkeys(("fonction_chef", "logo", "cachet", "signature"), True),
    }


def test_a_page_says_what_that_of_the_jinja_model_says(native: Model, records: tuple[Record, ...]) -> None:
    sister = open_model(SISTER)
    chosen = [record for record in records if record.text("Statut") == "Validée"][::4]
    assert len(chosen) > 10
    for ours, theirs in zip(native.merge(chosen, school=SCHOOL), sister.merge(chosen, school=SCHOOL), strict=True):
        expected = words(theirs.content)
        slash = expected.index("/")
        del expected[slash : slash + 2]  # « / 895 »: the workbook has no column for it
        assert words(ours.content) == expected


def test_the_dots_are_as_many_as_the_level(native: Model, records: tuple[Record, ...]) -> None:
    record = next(record for record in records if "-" in record.cells)
    xml = part(next(native.merge([record], school=SCHOOL)).content, "word/document.xml")
    lines = [re.sub(r"<[^>]*>", "", line) for line in xml.split("</w:p>") if "●" in line or "○" in line]
    levels = [record.text(code) for code in HEADERS if re.fullmatch(r"\d\.\d", code)]
    assert [line.count("●") for line in lines] == [int(level) for level in levels if level != "-"]
    assert all(line.count("●") + line.count("○") == 7 for line in lines)
    assert xml.count("non évaluée") - 1 == levels.count("-")  # the legend says it once more


def test_a_page_is_a_page(native: Model, records: tuple[Record, ...], tmp_path: Path) -> None:
    from pix_mailmerge.destination.pdf import convert

    file = tmp_path / "a.docx"
    file.write_bytes(next(native.merge(records[:1], school=SCHOOL)).content)
    assert convert(file, tmp_path / "a.pdf").pages == 1
