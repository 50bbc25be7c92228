"""Every record is a section of its own, as Word's own merge writes it."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from pix_mailmerge.destination.composition.sections import ORDER
from pix_mailmerge.problems import DestinationError

PAGE = '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134"/>'
SECTION = f"<w:sectPr>{PAGE}</w:sectPr>"
NAMED = "<w:p><w:r><w:t>{{ nom }}</w:t></w:r></w:p>"
STATEMENT = "<w:p><w:r><w:t>{%%p %s %%}</w:t></w:r></w:p>"
TABLE = "<w:tbl><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc>%s</w:tc></w:tr></w:tbl>"
THREE = [{"nom": name} for name in ("Anna", "Bob", "Carl")]


def named(xml: str) -> list[str]:
    return [name.rpartition("}")[2] for name in xml]


def test_the_last_paragraph_of_each_record_ends_its_section_and_the_body_that_of_the_last(composed: Any) -> None:
    made = composed(NAMED + SECTION, THREE)

    assert made.count == 3
    assert named([child.tag for child in made.body]) == ["p", "p", "p", "sectPr"]
    assert made.find("//w:p[w:pPr/w:sectPr]//w:t/text()") == ["Anna", "Bob"]
    assert made.find("//w:p[not(w:pPr/w:sectPr)]//w:t/text()") == ["Carl"]


def test_one_record_makes_one_section_and_no_more(composed: Any) -> None:
    made = composed(NAMED + SECTION, THREE[:1])

    assert made.count == 1
    assert named([child.tag for child in made.body]) == ["p", "sectPr"]


def test_no_record_is_an_error_and_leaves_no_file(composed: Any, tmp_path: Any) -> None:
    with pytest.raises(DestinationError) as told:
        composed(NAMED + SECTION, [])

    assert told.value.problems[0].id == "destination.no-record"
    assert not (tmp_path / "composed.docx").exists()


def test_sections_begin_on_a_new_page_whose_number_is_1(composed: Any) -> None:
    made = composed(NAMED + SECTION, THREE)

    assert made.find("//w:sectPr/w:pgNumType/@w:start") == ["1", "1", "1"]
    assert made.find("//w:sectPr/w:type/@w:val") == []  # none: the next page


def test_a_model_that_numbers_its_pages_from_5_keeps_that(composed: Any) -> None:
    made = composed(f'{NAMED}<w:sectPr>{PAGE}<w:pgNumType w:fmt="upperRoman" w:start="5"/></w:sectPr>', THREE)

    assert made.find("//w:pgNumType/@w:start") == ["5", "5", "5"]
    assert made.find("//w:pgNumType/@w:fmt") == ["upperRoman"] * 3


def test_the_format_of_page_numbers_stays_when_they_restart(composed: Any) -> None:
    made = composed(f'{NAMED}<w:sectPr>{PAGE}<w:pgNumType w:fmt="lowerRoman"/></w:sectPr>', THREE)

    assert [dict(one.attrib) for one in made.elements("//w:pgNumType")] == [
        {"{http://schemas.openxmlformats.org/wordprocessingml/2006/main}start": "1",
         "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}fmt": "lowerRoman"}
    ] * 3  # fmt: skip


@pytest.mark.parametrize("kind", ["continuous", "nextColumn"])
def test_a_model_whose_first_section_continues_a_page_begins_a_new_one(composed: Any, kind: str) -> None:
    made = composed(f'{NAMED}<w:sectPr><w:type w:val="{kind}"/>{PAGE}</w:sectPr>', THREE)

    assert made.find("//w:type/@w:val") == []


def test_duplex_begins_each_record_on_an_odd_page(composed: Any) -> None:
    made = composed(NAMED + SECTION, THREE, duplex=True)

    assert made.find("//w:sectPr/w:type/@w:val") == ["oddPage"] * 3


def test_duplex_lets_the_other_sections_of_a_record_be(composed: Any) -> None:
    inner = f"<w:p><w:pPr><w:sectPr>{PAGE}</w:sectPr></w:pPr></w:p>"
    made = composed(f'{inner}{NAMED}<w:sectPr><w:type w:val="continuous"/>{PAGE}</w:sectPr>', THREE, duplex=True)

    assert made.find("//w:sectPr/w:type/@w:val") == ["oddPage", "continuous"] * 3
    assert made.find("//w:sectPr/w:pgNumType/@w:start") == ["1"] * 3


def test_the_properties_of_a_section_stand_in_the_order_of_the_schema(composed: Any) -> None:
    children = '<w:headerReference w:type="default" r:id="header1"/><w:pgSz w:w="1" w:h="2"/><w:cols w:space="3"/>'
    children += '<w:titlePg/><w:docGrid w:linePitch="360"/>'
    made = composed(f"{NAMED}<w:sectPr>{children}</w:sectPr>", THREE, duplex=True, header1=NAMED)

    for section in made.elements("//w:sectPr"):
        names = named([child.tag for child in section])
        assert names == ["headerReference", "type", "pgSz", "pgNumType", "cols", "titlePg", "docGrid"]
        assert names == sorted(names, key=ORDER.index)


def test_section_properties_follow_the_look_of_the_paragraph_mark_and_go_before_a_change(composed: Any) -> None:
    change = '<w:pPrChange w:id="1" w:author="a"><w:pPr/></w:pPrChange>'
    properties = f'<w:pPr><w:jc w:val="right"/><w:rPr><w:b/></w:rPr>{change}</w:pPr>'
    made = composed(f"<w:p>{properties}<w:r><w:t>{{{{ nom }}}}</w:t></w:r></w:p>{SECTION}", THREE)

    first, *_ = made.elements("//w:body/w:p/w:pPr")
    assert named([child.tag for child in first]) == ["jc", "rPr", "sectPr", "pPrChange"]


@pytest.mark.parametrize("empty", ["<w:p/>", "<w:p></w:p>", "<w:p><w:pPr/></w:p>", '<w:p w:rsidR="00AB12CD"/>'])
def test_an_empty_last_paragraph_ends_the_section_too(composed: Any, empty: str) -> None:
    made = composed(NAMED + empty + SECTION, THREE)

    assert len(made.elements("//w:body/w:p")) == 6
    assert len(made.elements("//w:body/w:p/w:pPr/w:sectPr")) == 2


@pytest.mark.parametrize(
    "body",
    [
        TABLE % NAMED,
        "<w:sdt><w:sdtContent>" + NAMED + "</w:sdtContent></w:sdt>",
        "<w:p><w:r><w:t>{%p if nom %}</w:t></w:r></w:p>" + NAMED + "<w:p><w:r><w:t>{%p endif %}</w:t></w:r></w:p>",
        "<w:p><w:r><w:t>{%p for x in nom %}</w:t></w:r></w:p>"
        + NAMED
        + "<w:p><w:r><w:t>{%p endfor %}</w:t></w:r></w:p>",
        NAMED + f"<w:p><w:pPr><w:sectPr>{PAGE}</w:sectPr></w:pPr></w:p>",
    ],
    ids=["table", "content control", "condition", "loop", "section"],
)
def test_a_body_without_a_last_paragraph_of_its_own_gets_one_a_point_high(composed: Any, body: str) -> None:
    made = composed(body + SECTION, THREE)

    last = made.elements("//w:body/w:p")[-1]
    assert "".join(last.itertext()) == ""
    assert [one.attrib.values() for one in last.iter("{*}spacing")] == [["0", "0", "20", "exact"]]
    assert len(made.elements("//w:sectPr[w:pgNumType]")) == 3


def test_the_last_paragraph_that_is_there_ends_the_section(composed: Any) -> None:
    maybe = STATEMENT % "if plus" + "<w:p><w:r><w:t>{{ plus }}</w:t></w:r></w:p>" + STATEMENT % "endif"
    records = [{"nom": "Anna", "plus": "oui"}, {"nom": "Bob", "plus": ""}, {"nom": "Carl", "plus": "non"}]
    made = composed(NAMED + maybe + SECTION, records)

    texts = ["".join(one.itertext()) for one in made.elements("//w:body/w:p")]
    assert texts == ["Anna", "oui", "Bob", "Carl", "non"]
    assert ["".join(one.itertext()) for one in made.elements("//w:p[w:pPr/w:sectPr]")] == ["oui", "Bob"]


@pytest.mark.parametrize("mark", ["\a", "\f"], ids=["paragraph", "page"])
def test_a_value_that_makes_paragraphs_of_the_last_one_makes_no_section(composed: Any, mark: str) -> None:
    made = composed(NAMED + SECTION, [{"nom": f"a{mark}b"}, {"nom": "c"}])

    assert len(made.elements("//w:sectPr")) == 2
    assert ["".join(one.itertext()) for one in made.elements("//w:p[w:pPr/w:sectPr]")] == ["b"]


def test_a_bookmark_that_ends_after_the_last_paragraph_is_no_matter(composed: Any) -> None:
    body = '<w:bookmarkStart w:id="1" w:name="tout"/>' + NAMED + '<w:bookmarkEnd w:id="1"/>' + SECTION
    made = composed(body, THREE)

    assert len(made.elements("//w:body/w:p")) == 3


def test_a_body_without_section_properties_gets_them(composed: Any) -> None:
    made = composed(NAMED, THREE)

    assert len(made.elements("//w:sectPr")) == 3
    assert named([child.tag for child in made.body]) == ["p", "p", "p", "sectPr"]


def test_a_record_whose_first_section_has_no_header_does_not_show_the_one_of_the_record_before(composed: Any) -> None:
    first = f"<w:p><w:pPr><w:sectPr>{PAGE}</w:sectPr></w:pPr></w:p>"
    second = f'<w:sectPr><w:headerReference w:type="default" r:id="header1"/>{PAGE}</w:sectPr>'
    made = composed(first + NAMED + second, THREE, header1=NAMED)

    assert made.header_texts() == ["", "Anna", "", "Bob", "", "Carl"]


def test_what_follows_the_first_section_of_a_record_stays_as_the_model_has_it(composed: Any) -> None:
    first = '<w:p><w:pPr><w:sectPr><w:pgSz w:w="1" w:h="2"/></w:sectPr></w:pPr></w:p>'
    made = composed(f'{first}{NAMED}<w:sectPr><w:pgSz w:w="3" w:h="4" w:orient="landscape"/></w:sectPr>', THREE)

    assert made.find("//w:sectPr/w:pgSz/@w:w") == ["1", "3"] * 3
    assert etree.tostring(made.body).count(b"landscape") == 3


def test_fields_that_count_pages_count_those_of_the_record(composed: Any) -> None:
    paged = '<w:p><w:fldSimple w:instr=" NUMPAGES "><w:r><w:t>1</w:t></w:r></w:fldSimple></w:p>'
    section = f'<w:sectPr><w:footerReference w:type="default" r:id="footer1"/>{PAGE}</w:sectPr>'
    made = composed(NAMED + paged + section, THREE, footer1=paged)

    assert made.find("//w:fldSimple/@w:instr") == [" SECTIONPAGES "] * 3
    assert made.find("//w:fldSimple/@w:instr", "word/footer1.xml") == [" SECTIONPAGES "]
