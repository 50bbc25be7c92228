"""Dangerous models are refused with a problem of their own, leaks taken out, harmless models let through."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pix_mailmerge.model.leaks import without_leaks
from pix_mailmerge.model.package import parse_package
from pix_mailmerge.model.safety import check_leaks, check_safety

RELS = "word/_rels/document.xml.rels"


def ids(content: bytes) -> list[str]:
    return [problem.id for problem in check_safety(parse_package(content, "m.docx"))]


@pytest.mark.parametrize(
    ("link", "id"),
    [
        ("image http://exemple.fr/a.png External", "model.outside-link"),
        ("frame file:///c:/a.html External", "model.outside-link"),
        ("subDocument autre.docx External", "model.outside-link"),
        ("attachedTemplate https://exemple.fr/m.dotm External", "model.remote-template"),
        ("attachedTemplate file://serveur/m.dotm External", "model.remote-template"),
        ("attachedTemplate \\\\serveur\\m.dotm External", "model.remote-template"),
        ("oleObject embeddings/oleObject1.bin", "model.ole"),
        ("aFChunk autre.html", "model.alt-chunk"),
        ("vbaProject vba.bin", "model.macros"),
    ],
)
def test_a_dangerous_link_is_refused(docx: Callable[..., bytes], link: str, id: str) -> None:
    assert ids(docx(links={"rId9": link})) == [id]


@pytest.mark.parametrize(
    "link",
    [
        "hyperlink https://pix.fr External",
        "attachedTemplate file:///C:\\Users\\moi\\Normal.dotm External",
        "mailMergeSource file:///D:\\r%C3%A9sultats.xlsx External",
        "image media/image1.png",
    ],
)
def test_a_harmless_link_is_let_through(docx: Callable[..., bytes], link: str) -> None:
    assert ids(docx(links={"rId9": link})) == []


def test_macros_are_refused(docx: Callable[..., bytes]) -> None:
    assert ids(docx(parts={"word/vbaProject.bin": b"x"})) == ["model.macros"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_doctype_is_refused(docx: Callable[..., bytes], encoding: str) -> None:
    bomb = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'

    assert ids(docx(parts={"word/settings.xml": bomb.encode(encoding)})) == ["model.doctype"]


def test_a_part_that_is_no_xml_is_damage(docx: Callable[..., bytes]) -> None:
    assert ids(docx("<w:p>")) == ["model.damaged"]


@pytest.mark.parametrize(
    ("content", "id"),
    [("<c><creator>", "model.damaged"), ("<!DOCTYPE a [<!ENTITY b 'c'>]><c>&b;</c>", "model.doctype")],
)
def test_a_part_is_xml_for_what_leads_to_it_and_not_for_its_name(
    docx: Callable[..., bytes], content: str, id: str
) -> None:
    core = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"

    for name in ("docProps/core.xml", "docProps/core.bin"):
        assert ids(docx(parts={name: content}, links={"rId9": f"{core} ../{name}"})) == [id]


def test_a_dde_field_is_refused_even_cut_in_pieces(docx: Callable[..., bytes]) -> None:
    cut = "<w:p><w:r><w:instrText> DDE</w:instrText></w:r><w:r><w:instrText>AUTO cmd </w:instrText></w:r></w:p>"

    assert ids(docx(cut)) == ["model.dde"]


def test_every_kind_is_told_once(docx: Callable[..., bytes]) -> None:
    links = {f"rId{number}": "image http://exemple.fr/a.png External" for number in (8, 9)}

    assert ids(docx(links=links, parts={"word/vbaProject.bin": b"x"})) == ["model.macros", "model.outside-link"]


def test_author_editor_company_and_thumbnail_are_taken_out(docx: Callable[..., bytes]) -> None:
    from_here = "http://schemas.openxmlformats.org/package/2006/relationships/metadata"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    content = docx(
        parts={
            "_rels/.rels": (
                '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                f'<Relationship Id="a" Type="{office}/officeDocument" Target="word/document.xml"/>'
                f'<Relationship Id="b" Type="{from_here}/core-properties" Target="docProps/core.xml"/>'
                f'<Relationship Id="c" Type="{from_here}/thumbnail" Target="docProps/thumbnail.jpeg"/>'
                f'<Relationship Id="d" Type="{office}/extended-properties" Target="docProps/app.xml"/></Relationships>'
            ),
            "docProps/core.xml": "<c><creator>Mme X</creator><lastModifiedBy>Y</lastModifiedBy><t>T</t></c>",
            "docProps/app.xml": "<Properties><Company>Collège</Company><Pages>1</Pages></Properties>",
            "docProps/thumbnail.jpeg": b"x",
        }
    )

    cleaned = without_leaks(parse_package(content, "m.docx"))

    assert "docProps/thumbnail.jpeg" not in cleaned
    assert b"thumbnail" not in cleaned.read("_rels/.rels")
    assert b"Mme X" not in cleaned.read("docProps/core.xml") and b">Y<" not in cleaned.read("docProps/core.xml")
    assert b"<t>T</t>" in cleaned.read("docProps/core.xml")
    assert b"Coll" not in cleaned.read("docProps/app.xml") and b"Pages" in cleaned.read("docProps/app.xml")


def test_revision_ids_and_the_attached_template_are_taken_out(docx: Callable[..., bytes]) -> None:
    settings = (
        '<w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        "<w:attachedTemplate/><w:zoom/><w:rsids><w:rsid/></w:rsids></w:settings>"
    )
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" '
        'Type="http://x/attachedTemplate" Target="file:///C:/Users/moi/Normal.dotm" TargetMode="External"/>'
        "</Relationships>"
    )
    content = docx(
        links={"rId9": "settings settings.xml"},
        parts={"word/settings.xml": settings, "word/_rels/settings.xml.rels": rels},
    )

    cleaned = without_leaks(parse_package(content, "m.docx"))

    assert b"rsid" not in cleaned.read("word/settings.xml") and b"attached" not in cleaned.read("word/settings.xml")
    assert b"zoom" in cleaned.read("word/settings.xml")
    assert b"Users" not in cleaned.read("word/_rels/settings.xml.rels")


def test_who_commented_or_changed_a_model_is_taken_out(docx: Callable[..., bytes]) -> None:
    person = '<p:person p:author="Mme X"><p:presenceInfo p:userId="x@y.fr"/></p:person>'
    people = f'<p:people xmlns:p="http://schemas.microsoft.com/office/word/2012/wordml">{person}</p:people>'
    content = docx(links={"rId9": "people people.xml"}, parts={"word/people.xml": people})

    cleaned = without_leaks(parse_package(content, "m.docx"))

    assert b"Mme" not in cleaned.read("word/people.xml") and b"x@y" not in cleaned.read("word/people.xml")


BEGIN = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'


@pytest.mark.parametrize(
    "body",
    [
        f"<w:p><w:r><w:t>{'{{ ' * 10_000}</w:t></w:r></w:p>",
        f"<w:p>{'<w:r><w:t>{</w:t></w:r>' * 20_000}</w:p>",
        f"<w:p>{BEGIN * 7_000}</w:p>",
        '<w:p><w:fldSimple w:instr=" PAGE "/></w:p>' * 13_000,
    ],
    ids=["tags", "tags cut in pieces", "fields within fields", "fields"],
)
def test_a_crowd_of_tags_or_fields_is_refused_before_anything_looks_at_each(
    docx: Callable[..., bytes], body: str
) -> None:
    assert [problem.id for problem in check_safety(parse_package(docx(body), "m.docx"))] == ["model.too-big"]


def test_document_variables_are_reported(docx: Callable[..., bytes]) -> None:
    settings = (
        '<w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:docVars><w:docVar w:name="a" w:val="b"/></w:docVars></w:settings>'
    )
    content = docx(links={"rId9": "settings settings.xml"}, parts={"word/settings.xml": settings})

    assert [problem.id for problem in check_leaks(parse_package(content, "m.docx"))] == ["model.variables"]


def test_a_package_without_leaks_is_left_as_it_is(docx: Callable[..., bytes]) -> None:
    package = parse_package(docx(), "m.docx")

    assert without_leaks(package) is package


def test_comments_and_tracked_changes_are_reported(docx: Callable[..., bytes]) -> None:
    links = {"rId8": "control activeX/activeX1.xml", "rId9": "comments comments.xml"}
    content = docx("<w:p><w:ins><w:r/></w:ins></w:p>", links=links)

    told = check_leaks(parse_package(content, "m.docx"))

    assert [(one.id, one.severity) for one in told] == [
        ("model.comments", "warning"),
        ("model.tracked-changes", "warning"),
        ("model.active-x", "warning"),
    ]
