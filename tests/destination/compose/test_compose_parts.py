"""Headers, notes, lists, pictures and properties of many records in one document."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
from docx.shared import Mm
from docxtpl import InlineImage, RichText

from pix_mailmerge.model.images import parse_image
from pix_mailmerge.model.media import Picture
from pix_mailmerge.problems import ModelError

SECTION = '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr>'
NAMED = "<w:p><w:r><w:t>{{ nom }}</w:t></w:r></w:p>"
THREE = [{"nom": name} for name in ("Anna", "Bob", "Anna")]
HEADED = '<w:sectPr><w:headerReference w:type="default" r:id="header1"/></w:sectPr>'
ENGLISH_NUMBERS = (
    '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/>{}</w:lvl>'
    '<w:lvl w:ilvl="1"><w:numFmt w:val="lowerLetter"/></w:lvl></w:abstractNum>'
    '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="5"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="6"><w:abstractNumId w:val="1"/></w:num>'
)
NUMBERS = ENGLISH_NUMBERS.format("")


def listed(number: int) -> str:
    return f'<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr></w:pPr></w:p>'


def picture(colour: str) -> bytes:
    file = io.BytesIO()
    PIL.Image.new("RGB", (4, 2), colour).save(file, "PNG")
    return file.getvalue()


def test_a_header_with_fields_is_a_part_for_each_text_that_it_shows(composed: Any) -> None:
    made = composed(NAMED + HEADED, THREE, header1=NAMED)

    assert made.header_texts() == ["Anna", "Bob", "Anna"]
    assert len([name for name in made.names if "header" in name]) == 2
    assert "word/header1.xml" not in made.names


def test_a_header_whose_values_are_the_same_is_one_part(composed: Any) -> None:
    made = composed(NAMED + HEADED, [{**one, "ecole": "Collège"} for one in THREE],
                    header1=NAMED.replace("nom", "ecole"))  # fmt: skip

    assert made.header_texts() == ["Collège"] * 3
    assert len([name for name in made.names if "header" in name]) == 1


def test_a_header_without_fields_is_copied_and_shared(composed: Any) -> None:
    made = composed(NAMED + HEADED, THREE, header1="<w:p><w:r><w:t>Collège</w:t></w:r></w:p>")

    assert made.header_texts() == ["Collège"] * 3
    assert [name for name in made.names if "header" in name] == ["word/header1.xml"]


def test_every_part_has_its_content_type(composed: Any) -> None:
    made = composed(NAMED + HEADED, THREE, header1=NAMED)

    types = {one.get("PartName"): one.get("ContentType") for one in made.part("[Content_Types].xml")}
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"
    assert {types.get(f"/{name}") for name in made.names if "header" in name} == {kind}
    assert "/word/header1.xml" not in types


def test_notes_of_each_record_are_its_own(composed: Any) -> None:
    notes = (
        '<w:footnote w:type="separator" w:id="-1"><w:p/></w:footnote>'
        '<w:footnote w:id="2"><w:p><w:r><w:t>note de {{ nom }}</w:t></w:r></w:p></w:footnote>'
    )
    body = '<w:p><w:r><w:t>{{ nom }}</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    made = composed(body + SECTION, THREE, footnotes=notes)

    references = made.find("//w:footnoteReference/@w:id")
    assert len(set(references)) == 3
    texts = {one.get(f"{{{W}}}id"): "".join(one.itertext()) for one in made.part("word/footnotes.xml")}
    assert [texts[one] for one in references] == ["note de Anna", "note de Bob", "note de Anna"]
    assert made.find("//w:footnote/@w:type", "word/footnotes.xml") == ["separator"]
    assert made.find("//w:sectPr/w:footnotePr/w:numRestart/@w:val") == ["eachSect"] * 3


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def test_notes_without_fields_are_repeated_too(composed: Any) -> None:
    notes = '<w:endnote w:id="1"><w:p><w:r><w:t>fin</w:t></w:r></w:p></w:endnote>'
    body = NAMED + '<w:p><w:r><w:endnoteReference w:id="1"/></w:r></w:p>'
    settings = '<w:endnotePr><w:pos w:val="docEnd"/><w:endnote w:id="-1"/></w:endnotePr><w:compat/>'
    made = composed(body + SECTION, THREE, endnotes=notes, settings=settings)

    assert made.find("//w:endnote/@w:id", "word/endnotes.xml") == made.find("//w:endnoteReference/@w:id")
    assert len(set(made.find("//w:endnoteReference/@w:id"))) == 3
    assert made.find("//w:endnotePr/*/@w:val", "word/settings.xml") == ["sectEnd"]


def test_numbered_lists_begin_again_and_bullets_are_shared(composed: Any) -> None:
    made = composed(NAMED + listed(5) + listed(6) + listed(5) + "<w:p/>" + SECTION, THREE, numbering=NUMBERS)

    numbers = made.find("//w:numId/@w:val")
    assert numbers == ["7", "6", "7", "8", "6", "8", "9", "6", "9"]
    added = [one for one in made.elements("//w:num", "word/numbering.xml") if one.get(f"{{{W}}}numId") in "789"]
    assert [one.find(f"{{{W}}}abstractNumId").get(f"{{{W}}}val") for one in added] == ["0"] * 3
    assert made.find("//w:num[@w:numId='8']//w:startOverride/@w:val", "word/numbering.xml") == ["3", "0"]


def test_the_added_lists_stand_in_the_order_of_the_schema(composed: Any) -> None:
    made = composed(NAMED + listed(5) + SECTION, THREE,
                    numbering=NUMBERS + '<w:numIdMacAtCleanup w:val="1"/>')  # fmt: skip

    names = [str(one.tag).rpartition("}")[2] for one in made.part("word/numbering.xml")]
    assert names == ["abstractNum"] * 2 + ["num"] * 5 + ["numIdMacAtCleanup"]


def test_a_list_that_a_style_names_begins_again_and_keeps_its_indent(composed: Any) -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="Base"><w:pPr><w:numPr><w:numId w:val="5"/></w:numPr>'
        '<w:ind w:left="99"/></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Titre2"><w:basedOn w:val="Base"/></w:style>'
    )
    numbering = ENGLISH_NUMBERS.format("").replace(
        '<w:numFmt w:val="lowerLetter"/>', '<w:numFmt w:val="lowerLetter"/><w:pStyle w:val="Titre2"/>'
    )
    body = NAMED + '<w:p><w:pPr><w:pStyle w:val="Titre2"/><w:spacing w:after="1"/><w:jc w:val="left"/></w:pPr></w:p>'
    made = composed(body + "<w:p/>" + SECTION, THREE, styles=styles, numbering=numbering)

    properties = made.elements("//w:p/w:pPr[w:pStyle]")
    names = [[str(child.tag).rpartition("}")[2] for child in one] for one in properties]
    assert names == [["pStyle", "numPr", "spacing", "ind", "jc"]] * 3
    assert made.find("//w:pPr[w:pStyle]/w:numPr/w:numId/@w:val") == ["7", "8", "9"]
    assert made.find("//w:pPr[w:pStyle]/w:numPr/w:ilvl/@w:val") == ["1"] * 3
    assert made.find("//w:pPr[w:pStyle]/w:ind/@w:left") == ["99"] * 3


def test_a_picture_that_all_records_share_is_there_once(composed: Any) -> None:
    signature = Picture(parse_image(picture("red"), "s.png"))
    made = composed(
        NAMED + NAMED.replace("nom", "signature") + SECTION, [{**one, "signature": signature} for one in THREE]
    )

    media = [name for name in made.names if "media" in name]
    ids = set(made.find("//@r:embed"))
    assert len(media) == len(ids) == 1
    assert made.targets[ids.pop()] == media[0].removeprefix("word/")
    assert len(made.find("//@r:embed")) == 3
    assert b'Extension="png"' in made.read("[Content_Types].xml")


def test_pictures_of_each_record_are_its_own(composed: Any) -> None:
    records = [{"nom": c, "photo": Picture(parse_image(picture(c), "s.png"))} for c in ("red", "blue", "red")]
    made = composed(NAMED + NAMED.replace("nom", "photo") + SECTION, records)

    first, second, third = made.find("//@r:embed")
    assert first == third != second
    assert len([name for name in made.names if "media" in name]) == 2
    assert len(set(made.find("//wp:docPr/@id"))) == 3


def test_a_picture_in_a_header_is_related_to_that_header(composed: Any) -> None:
    records = [{"nom": c, "photo": Picture(parse_image(picture(c), "s.png"))} for c in ("red", "blue")]
    made = composed(NAMED + HEADED, records, header1=NAMED.replace("nom", "photo"))

    headers = [name for name in made.names if name.startswith("word/header")]
    assert len(headers) == 2
    for name in headers:
        (embedded,) = made.find("//@r:embed", name)
        rels = made.part(f"word/_rels/{name.removeprefix('word/')}.rels")
        assert [one.get("Id") for one in rels] == [embedded]
        assert f"word/{rels[0].get('Target')}" in made.names


@pytest.fixture
def photographed(model_of: Any) -> Any:
    return model_of(NAMED + "<w:p><w:r><w:t>{{r photo }}</w:t></w:r></w:p>" + SECTION)


def test_docxtpl_s_own_pictures_work(model_of: Any, composed_of: Any, tmp_path: Any) -> None:
    file = tmp_path / "photo.png"
    file.write_bytes(picture("green"))
    model = model_of(NAMED + NAMED.replace("nom", "photo") + SECTION)
    photos = [InlineImage(model.docxtpl, str(file), width=Mm(20)) for _ in THREE]
    made = composed_of(model, [{**one, "photo": photo} for one, photo in zip(THREE, photos, strict=True)])

    assert len(set(made.find("//wp:docPr/@id"))) == 3
    assert len([name for name in made.names if "media" in name]) == 1


def test_docxtpl_s_own_links_work(photographed: Any, composed_of: Any) -> None:
    records = []
    for address in ("https://exemple.fr/a", "https://exemple.fr/b"):
        text = RichText("voir")
        text.add("ici", url_id=photographed.docxtpl.build_url_id(address))
        records.append({"nom": "x", "photo": text})
    made = composed_of(photographed, records)

    targets = [made.targets[id] for id in made.find("//w:hyperlink/@r:id")]
    assert targets == ["https://exemple.fr/a", "https://exemple.fr/b"]


def test_subdocuments_are_refused(photographed: Any, composed_of: Any) -> None:
    with pytest.raises(ModelError) as told:
        composed_of(photographed, [{"nom": "x", "photo": photographed.docxtpl.new_subdoc()}])

    assert told.value.problems[0].id == "model.subdocument"


def test_a_record_that_skipif_drops_leaves_no_page(composed: Any) -> None:
    field = '<w:fldSimple w:instr=" MERGEFIELD nom "><w:r><w:t>«nom»</w:t></w:r></w:fldSimple>'
    begin, separate, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end"))
    code = '<w:r><w:instrText xml:space="preserve"> {} </w:instrText></w:r>'
    nested = f"{begin}{code.format('MERGEFIELD nom')}{end}"
    skip = f"{begin}{code.format('SKIPIF ')}{nested}{code.format(' = &quot;Bob&quot; ')}{separate}{end}"
    made = composed(f"<w:p>{skip}{field}</w:p>" + SECTION, THREE)

    assert made.count == 2
    assert made.find("//w:t/text()") == ["Anna", "Anna"]
    assert len(made.elements("//w:sectPr")) == 2


def test_a_title_that_holds_a_name_is_nobody_s(composed: Any) -> None:
    title = "<dc:title>Attestation de {{ nom }}</dc:title><dc:creator>{{ ecole }}</dc:creator>"
    made = composed(NAMED + SECTION, [{**one, "ecole": "Collège"} for one in THREE], core=title)

    assert [one.text for one in made.part("docProps/core.xml")] == [None, "Collège"]


def test_the_title_of_a_single_record_is_its_own(composed: Any) -> None:
    made = composed(NAMED + SECTION, THREE[:1], core="<dc:title>Attestation de {{ nom }}</dc:title>")

    assert [one.text for one in made.part("docProps/core.xml")] == ["Attestation de Anna"]


def test_the_same_records_give_the_same_bytes(composed: Any) -> None:
    first = composed(NAMED + HEADED, THREE, header1=NAMED).file.read_bytes()

    assert composed(NAMED + HEADED, THREE, header1=NAMED).file.read_bytes() == first


def test_an_unknown_field_is_a_problem_of_the_model_and_leaves_no_file(composed: Any, tmp_path: Any) -> None:
    with pytest.raises(ModelError) as told:
        composed(NAMED.replace("nom", "mon") + SECTION, THREE)

    assert told.value.problems[0].id == "model.unknown-field"
    assert not (tmp_path / "composed.docx").exists()


def test_a_table_whose_columns_depend_on_the_record_gets_its_grid(composed: Any) -> None:
    cell = '<w:tc><w:tcPr><w:tcW w:w="100"/></w:tcPr><w:p><w:r><w:t>%s</w:t></w:r></w:p></w:tc>'
    row = "".join(cell % text for text in ("{%tc for x in nom %}", "{{ x }}", "{%tc endfor %}"))
    body = f'<w:tbl><w:tblGrid><w:gridCol w:w="100"/></w:tblGrid><w:tr>{row}</w:tr></w:tbl>' + NAMED
    made = composed(body + DRAWING + SECTION, [{"nom": "ab"}, {"nom": "cde"}])

    assert [len(one) for one in made.elements("//w:tblGrid")] == [2, 3]
    assert len(set(made.find("//wp:docPr/@id"))) == 2


DRAWING = '<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="x"/></wp:inline></w:drawing></w:r></w:p>'


PARTS_WITH_TEXT = ("body", "header1", "footnotes")


@pytest.mark.parametrize("part", PARTS_WITH_TEXT)
def test_a_value_whose_xml_does_not_fit_its_place_ends_the_document(
    model_of: Any, composed_of: Any, tmp_path: Path, part: str
) -> None:
    tag = "{{ x|safe }}"
    text = {name: f"<w:p><w:r><w:t>{tag if name == part else 'a'}</w:t></w:r></w:p>" for name in PARTS_WITH_TEXT}
    section = '<w:sectPr><w:headerReference w:type="default" r:id="header1"/></w:sectPr>'
    note = '<w:p><w:r><w:footnoteReference w:id="1"/></w:r></w:p>'
    model = model_of(
        text["body"] + note + section,
        header1=text["header1"],
        footnotes=f'<w:footnote w:id="1">{text["footnotes"]}</w:footnote>',
    )

    assert composed_of(model, [{"x": "<w:br/>"}, {"x": ""}]).count == 2
    (tmp_path / "composed.docx").unlink()
    with pytest.raises(ModelError) as told:
        composed_of(model, [{"x": ""}, {"x": "</w:t><w:p>"}])
    assert [one.id for one in told.value.problems] == ["model.value-unbalanced"]
    assert not (tmp_path / "composed.docx").exists()
