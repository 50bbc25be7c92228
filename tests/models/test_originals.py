"""The shipped models as files: made by the script, safe to edit in Word, accessible, nobody's name in them."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

MODELS = Path(__file__).parents[2] / "models"
NAMES = ("attestation-pix.docx", "releve-de-classe.docx")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TAG = re.compile(r"\{[{%].*?[%}]\}")

LEVEL_FIELDS = {f"c{domain}_{rank}" for domain, ranks in enumerate((3, 4, 4, 3, 2), 1) for rank in range(1, ranks + 1)}
PUPIL_FIELDS = LEVEL_FIELDS | {
    "numero", "prenom", "nom", "date_naissance", "lieu_naissance", "nombre_pix", "maximum", "niveau", "classe",
    "date_certification", "domaines",
}  # fmt: skip
REQUIRED_OF_SCHOOL = {"etablissement", "ville", "chef", "date", "signature", "cachet", "logo"}
OPTIONAL_OF_SCHOOL = {"adresse", "academie", "uai", "fonction_chef"}

every_model = pytest.mark.parametrize("name", NAMES)


def parts(name: str | Path) -> dict[str, str]:
    """Return the parts of a model: name -> XML."""
    with zipfile.ZipFile(MODELS / name) as file:
        return {entry.filename: file.read(entry).decode() for entry in file.infolist()}


def tags_in(xml: str) -> list[str]:
    return TAG.findall("".join(ElementTree.fromstring(xml).itertext()))


def names_in(tag: str) -> set[str]:
    """Return the values that a tag asks for: `domaine.code` asks for `domaine`."""
    bare = re.sub(r'"[^"]*"', "", tag)
    words = set(re.findall(r"(?<![\w.|])[a-z_]\w*", bare))
    return words - {"tr", "p", "if", "elif", "else", "endif", "for", "in", "endfor", "or", "loop"}


@every_model
def test_the_script_makes_the_model_again(name: str, tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(MODELS / "make_models.py"), str(tmp_path)], check=True, timeout=60)
    assert parts(tmp_path / name) == parts(name)
    with zipfile.ZipFile(MODELS / name) as file:
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@every_model
def test_each_tag_is_one_run_that_the_speller_leaves_alone(name: str) -> None:
    for part, xml in parts(name).items():
        whole = tags_in(xml)
        runs = [run for run in ElementTree.fromstring(xml).iter(f"{W}r") if TAG.search("".join(run.itertext()))]
        assert [tag for run in runs for tag in TAG.findall("".join(run.itertext()))] == whole, part
        for run in runs:
            assert len(TAG.findall("".join(run.itertext()))) == 1
            assert TAG.fullmatch("".join(run.itertext()))
            assert run.find(f"{W}rPr/{W}noProof") is not None


@every_model
def test_the_model_uses_no_field_that_is_not_documented(name: str) -> None:
    asked = {word for xml in parts(name).values() for tag in tags_in(xml) for word in names_in(tag)}
    loops = {"domaine", "competence", "eleve", "eleves"}
    assert asked - loops <= PUPIL_FIELDS | REQUIRED_OF_SCHOOL | OPTIONAL_OF_SCHOOL
    pupils = {field for xml in parts(name).values() for field in re.findall(r"eleve\.(\w+)", xml)}
    assert pupils <= PUPIL_FIELDS


@every_model
def test_a_value_that_a_school_may_not_have_is_used_only_where_it_is_given(name: str) -> None:
    for xml in parts(name).values():
        depth: list[str] = []
        for tag in tags_in(xml):
            if tag.startswith("{% if"):
                depth.append(tag)
            elif tag == "{% endif %}":
                depth.pop()
            for field in names_in(tag) & OPTIONAL_OF_SCHOOL:
                assert any(re.search(rf"\bif {field}\b", opened) for opened in depth), tag
        assert depth == []


@every_model
def test_the_model_speaks_french_has_a_title_and_no_author(name: str) -> None:
    made = parts(name)
    assert re.findall(r"<w:lang [^>]*>", made["word/styles.xml"]) == [
        '<w:lang w:val="fr-FR" w:eastAsia="fr-FR" w:bidi="fr-FR"/>'
    ]
    assert "w:lang" not in made["word/document.xml"]
    core = {
        element.tag.partition("}")[2]: element.text for element in ElementTree.fromstring(made["docProps/core.xml"])
    }
    assert core.keys() == {"title", "subject", "language"}
    assert core["language"] == "fr-FR"
    assert core["title"]


@every_model
def test_every_table_has_an_alternative_text(name: str) -> None:
    tables = list(ElementTree.fromstring(parts(name)["word/document.xml"]).iter(f"{W}tbl"))
    assert tables
    for table in tables:
        for kind in ("tblCaption", "tblDescription"):
            found = table.find(f"{W}tblPr/{W}{kind}")
            assert found is not None
            assert found.get(f"{W}val")


@every_model
def test_the_fonts_are_those_that_have_metric_twins(name: str) -> None:
    everything = "".join(parts(name).values())
    assert set(re.findall(r'w:(?:ascii|hAnsi|cs)="([^"]*)"', everything)) <= {"Calibri", "Cambria"}


@every_model
def test_the_model_holds_no_picture_no_link_and_no_macro(name: str) -> None:
    assert set(parts(name)) == {
        "[Content_Types].xml", "_rels/.rels", "docProps/core.xml", "word/document.xml",
        "word/_rels/document.xml.rels", "word/styles.xml", "word/settings.xml", "word/footer1.xml",
    }  # fmt: skip
    assert "External" not in "".join(parts(name).values())


@every_model
def test_the_page_is_a4(name: str) -> None:
    width, height = re.findall(r'<w:pgSz w:w="(\d+)" w:h="(\d+)"', parts(name)["word/document.xml"])[0]
    assert sorted((round(int(width) / 56.7), round(int(height) / 56.7))) == [210, 297]


@every_model
def test_no_style_is_used_that_is_not_there(name: str) -> None:
    made = parts(name)
    used = set(re.findall(r'<w:pStyle w:val="(\w+)"', made["word/document.xml"] + made["word/footer1.xml"]))
    assert used <= set(re.findall(r'w:styleId="(\w+)"', made["word/styles.xml"]))


def test_the_attestation_says_what_it_is_and_where_the_certificate_is() -> None:
    footer = "".join(ElementTree.fromstring(parts("attestation-pix.docx")["word/footer1.xml"]).itertext())
    for words in (
        "Document établi par l’établissement",
        "ne remplace pas le certificat officiel",
        "compte Pix",
        "LSU",
        "LSL",
    ):
        assert words in footer


@every_model
@pytest.mark.real("soffice")
def test_the_tags_are_still_one_run_each_after_a_save_by_libreoffice(name: str, tmp_path: Path) -> None:
    profile = (tmp_path / "profile").as_uri()
    subprocess.run(
        ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "docx", "--outdir",
         str(tmp_path / "saved"), str(MODELS / name)],
        check=True, timeout=180, capture_output=True,
    )  # fmt: skip
    saved = parts(tmp_path / "saved" / name)
    assert sorted(tags_in(saved["word/document.xml"])) == sorted(tags_in(parts(name)["word/document.xml"]))
    runs = ElementTree.fromstring(saved["word/document.xml"]).iter(f"{W}r")
    assert [tag for run in runs for tag in TAG.findall("".join(run.itertext()))] == tags_in(saved["word/document.xml"])
