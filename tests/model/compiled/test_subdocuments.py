"""docxtpl's subdocuments: as docxtpl prints them, and nothing of one record's in another's file."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import docx
import PIL.Image
import pytest
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage, RichText
from lxml import etree

from pix_mailmerge.destination.compose import compose
from pix_mailmerge.model.word_model import Model, open_model
from pix_mailmerge.problems import ModelError

BODY, RELS = "word/document.xml", "word/_rels/document.xml.rels"
NAMES = (BODY, "word/styles.xml", "word/numbering.xml")


def png(shade: int) -> io.BytesIO:
    file = io.BytesIO()
    PIL.Image.new("L", (30, 20), shade).save(file, "PNG")
    file.seek(0)
    return file


@pytest.fixture
def sub(tmp_path: Path) -> str:
    """Return a file with a list, a table and a picture."""
    made = docx.Document()
    made.add_paragraph("dedans", style="List Bullet")
    made.add_table(1, 2).cell(0, 0).text = "cellule"
    made.add_picture(png(1))
    made.save(str(tmp_path / "sous.docx"))
    return str(tmp_path / "sous.docx")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a model that prints an image, a subdocument, a text."""
    made = docx.Document()
    for text in ("{{ image }}", "{{p sous }}", "{{r nom }}"):
        made.add_paragraph(text)
    made.save(str(tmp_path / "m.docx"))
    return tmp_path / "m.docx"


@pytest.fixture
def model(file: Path) -> Model:
    return open_model(file)


def by_docxtpl(template: DocxTemplate, values: Mapping[str, Any]) -> bytes:
    template.render(dict(values), autoescape=True)
    made = io.BytesIO()
    template.save(made)
    return made.getvalue()


def parts(package: bytes, *names: str) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return [etree.tostring(etree.fromstring(archive.read(name)), method="c14n") for name in names]


def media(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.startswith("word/media/")}


def targets(package: bytes) -> dict[str, str]:
    """Return what the relationships of the body lead to, by id."""
    return {one.attrib["Id"]: one.attrib["Target"] for one in etree.fromstring(parts(package, RELS)[0])}


def pictures(package: bytes) -> list[bytes]:
    """Return what the pictures of the body show."""
    ids = re.findall(r'r:embed="(\w+)"', parts(package, BODY)[0].decode())
    return [media(package)[f"word/{targets(package)[rid]}"] for rid in ids]


def test_one_for_each_record(file: Path, model: Model, sub: str) -> None:
    template = DocxTemplate(file)
    theirs = by_docxtpl(template, {"image": "A & B", "sous": template.new_subdoc(sub), "nom": ""})
    for _ in range(2):
        ours = model.render({"image": "A & B", "sous": model.docxtpl.new_subdoc(sub), "nom": ""})

        assert parts(ours, *NAMES) == parts(theirs, *NAMES)
        assert media(ours) == media(theirs)

    assert media(model.render({"image": "C", "sous": "", "nom": ""})) == {}


def test_beside_an_image(file: Path, model: Model, sub: str) -> None:
    def values(template: DocxTemplate) -> dict[str, Any]:
        return {"image": InlineImage(template, png(2), width=Mm(20)), "sous": template.new_subdoc(sub), "nom": ""}

    template = DocxTemplate(file)
    theirs, ours = by_docxtpl(template, values(template)), model.render(values(model.docxtpl))

    assert parts(ours, *NAMES) == parts(theirs, *NAMES)
    assert pictures(ours) == pictures(theirs) == [png(2).read(), png(1).read()]


def test_an_image_beside_an_address(model: Model) -> None:
    address = model.docxtpl.build_url_id("https://pix.example/")
    image = InlineImage(model.docxtpl, png(2), width=Mm(20))

    made = model.render({"image": image, "sous": "", "nom": RichText("Pix", url_id=address)})

    assert pictures(made) == [png(2).read()]
    assert targets(made)[address] == "https://pix.example/"


def test_one_for_all_records(model: Model, sub: str) -> None:
    values = {"image": "", "sous": model.docxtpl.new_subdoc(sub), "nom": ""}

    for _ in range(3):
        assert pictures(model.render(values)) == [png(1).read()]


def test_made_beforehand_each_file_holds_its_own_pictures_alone(model: Model) -> None:
    def pictured(shade: int) -> dict[str, Any]:
        made = model.docxtpl.new_subdoc()
        made.add_picture(png(shade))
        return {"image": "", "sous": made, "nom": ""}

    records = [pictured(shade) for shade in (10, 20, 30)]

    for values, shade in zip(records, (10, 20, 30), strict=True):
        made = model.render(values)
        assert pictures(made) == [png(shade).read()]
        assert list(media(made).values()) == [png(shade).read()]


def test_two_made_at_different_times_cannot_meet(model: Model, sub: str) -> None:
    first = model.docxtpl.new_subdoc(sub)
    model.render({"image": "", "sous": first, "nom": ""})
    second = model.docxtpl.new_subdoc(sub)

    with pytest.raises(ModelError) as told:
        model.render({"image": first, "sous": second, "nom": ""})

    assert told.value.problems[0].id == "model.subdocument"
    assert pictures(model.render({"image": "", "sous": second, "nom": ""})) == [png(1).read()]


def test_one_of_another_model(file: Path, model: Model, sub: str) -> None:
    with pytest.raises(ModelError) as told:
        model.render({"image": "", "sous": open_model(file).docxtpl.new_subdoc(sub), "nom": ""})

    assert told.value.problems[0].id == "model.subdocument"


def test_a_failure_leaves_nothing_for_a_composed_document(model: Model, sub: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        model.render({"image": model.docxtpl.new_subdoc(sub), "sous": ""})

    assert compose(model, [{"image": "", "sous": "", "nom": ""}], tmp_path / "tous.docx") == 1
