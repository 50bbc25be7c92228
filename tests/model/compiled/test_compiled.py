"""The compiled model makes what docxtpl makes."""

from __future__ import annotations

import io
import zipfile

import docx
from docxtpl import DocxTemplate
from lxml import etree

from pix_mailmerge.model.compiled import CompiledModel
from pix_mailmerge.model.package import parse_package
from pix_mailmerge.model.parsed import ParsedModel
from pix_mailmerge.model.programs import BytesEnvironment


def specimen(*paragraphs: str) -> bytes:
    """Return a .docx with a table loop and the given paragraphs."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    table = document.add_table(4, 2)
    for row, texts in enumerate((("a", "b"), ("{%tr for c in liste %}", ""), ("{{ c }}", "x"), ("{%tr endfor %}", ""))):
        for cell, text in enumerate(texts):
            table.cell(row, cell).text = text
    document.sections[0].header.paragraphs[0].text = "tête {{ nom }}"
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def canonical(package: bytes, part: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return etree.tostring(etree.fromstring(archive.read(part)), method="c14n")


def by_docxtpl(model: bytes, values: dict[str, object]) -> bytes:
    template = DocxTemplate(io.BytesIO(model))
    template.render(values, BytesEnvironment(), autoescape=True)
    file = io.BytesIO()
    template.save(file)
    return file.getvalue()


def test_the_parts_are_those_of_docxtpl() -> None:
    model = specimen("Bonjour {{ prenom }} {{ nom }} & <ok>", "{%p if nom %}", "oui {{ nom|upper }}", "{%p endif %}")
    values = {"prenom": "D'Arc & <Fils>", "nom": 'L\nigne\t"2"', "liste": ["x", "y & z", None, 3]}

    made = CompiledModel(ParsedModel(parse_package(model, "m.docx"))).render(values)

    for part in ("word/document.xml", "word/header1.xml", "word/styles.xml"):
        assert canonical(made, part) == canonical(by_docxtpl(model, values), part)


def test_a_second_render_does_not_repeat_the_first() -> None:
    compiled = CompiledModel(ParsedModel(parse_package(specimen("{{ prenom }}"), "m.docx")))
    values = {"nom": "", "liste": []}

    first, second = (compiled.render({**values, "prenom": name}) for name in ("Anna", "Bob"))

    assert [docx.Document(io.BytesIO(one)).paragraphs[0].text for one in (first, second)] == ["Anna", "Bob"]


def test_the_same_values_give_the_same_bytes() -> None:
    model, values = specimen("{{ prenom }}"), {"prenom": "Anna", "nom": "B", "liste": ["x"]}

    first, second = (CompiledModel(ParsedModel(parse_package(model, "m.docx"))).render(values) for _ in range(2))

    assert first == second
