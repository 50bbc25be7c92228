"""What may stand once in a document stands once, however many records there are."""

from __future__ import annotations

from typing import Any

import pytest

SECTION = '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr>'
NAMED = "<w:p><w:r><w:t>{{ nom }}</w:t></w:r></w:p>"
DRAWING = '<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="x"/></wp:inline></w:drawing></w:r></w:p>'
FOR = "<w:p><w:r><w:t>{%p for x in nom %}</w:t></w:r></w:p>"
ENDFOR = "<w:p><w:r><w:t>{%p endfor %}</w:t></w:r></w:p>"
THREE = [{"nom": name} for name in ("Anna", "Bob", "Carl")]


def marked(text: str, id: int, name: str) -> str:
    start, end = f'<w:bookmarkStart w:id="{id}" w:name="{name}"/>', f'<w:bookmarkEnd w:id="{id}"/>'
    return f"<w:p>{start}<w:r><w:t>{text}</w:t></w:r>{end}</w:p>"


def test_drawings_have_numbers_of_their_own_in_loops_too(composed: Any) -> None:
    made = composed(DRAWING + FOR + DRAWING + ENDFOR + NAMED + SECTION, THREE)

    ids = made.find("//wp:docPr/@id")
    assert len(ids) == 3 + len("AnnaBobCarl")
    assert len(set(ids)) == len(ids)


def test_drawings_of_the_body_do_not_take_the_number_of_one_in_a_header(composed: Any) -> None:
    section = '<w:sectPr><w:headerReference w:type="default" r:id="header1"/></w:sectPr>'
    made = composed(DRAWING + NAMED + section, THREE, header1=DRAWING.replace('id="1"', 'id="2"'))

    assert "2" not in made.find("//wp:docPr/@id")


def test_drawings_of_headers_that_differ_have_numbers_of_their_own(composed: Any) -> None:
    section = '<w:sectPr><w:headerReference w:type="default" r:id="header1"/></w:sectPr>'
    made = composed(DRAWING + NAMED + section, THREE, header1=NAMED + DRAWING)

    ids = made.find("//wp:docPr/@id")
    for name in made.names:
        ids += made.find("//wp:docPr/@id", name) if "header" in name else []
    assert len(ids) == 6
    assert len(set(ids)) == 6


def test_bookmarks_have_names_and_ids_of_their_own(composed: Any) -> None:
    made = composed(marked("{{ nom }}", 7, "eleve") + SECTION, THREE)

    assert made.find("//w:bookmarkStart/@w:name") == ["eleve", "eleve_2", "eleve_3"]
    starts, ends = made.find("//w:bookmarkStart/@w:id"), made.find("//w:bookmarkEnd/@w:id")
    assert starts == ends
    assert len(set(starts)) == 3


def test_a_bookmark_in_a_loop_has_a_name_of_its_own_each_time(composed: Any) -> None:
    made = composed(FOR + marked("{{ x }}", 7, "lettre") + ENDFOR + NAMED + SECTION, [{"nom": "ab"}, {"nom": "c"}])

    assert made.find("//w:bookmarkStart/@w:name") == ["lettre", "lettre_2", "lettre_3"]


def test_a_long_name_of_a_bookmark_stays_within_what_word_allows(composed: Any) -> None:
    made = composed(marked("{{ nom }}", 1, "n" * 40) + SECTION, THREE)

    names = made.find("//w:bookmarkStart/@w:name")
    assert len(set(names)) == 3
    assert max(map(len, names)) == 40


@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
def test_references_follow_the_bookmark_of_their_record(composed: Any, first: bool) -> None:
    field = '<w:p><w:fldSimple w:instr=" REF eleve \\h "><w:r><w:t>x</w:t></w:r></w:fldSimple></w:p>'
    link = '<w:p><w:hyperlink w:anchor="eleve"><w:r><w:t>x</w:t></w:r></w:hyperlink></w:p>'
    target = marked("{{ nom }}", 7, "eleve")
    made = composed((field + link + target if first else target + field + link) + NAMED + SECTION, THREE)

    names = ["eleve", "eleve_2", "eleve_3"]
    assert made.find("//w:bookmarkStart/@w:name") == names
    assert made.find("//w:hyperlink/@w:anchor") == names
    assert made.find("//w:fldSimple/@w:instr") == [f" REF {name} \\h " for name in names]


def test_the_last_place_of_the_cursor_is_not_repeated(composed: Any) -> None:
    made = composed(marked("{{ nom }}", 0, "_GoBack") + SECTION, THREE)

    assert made.elements("//w:bookmarkStart | //w:bookmarkEnd") == []


def test_each_record_begins_with_a_bookmark_in_its_first_paragraph(composed: Any) -> None:
    made = composed(NAMED + SECTION, THREE, bookmarks=True)

    assert made.find("//w:body/w:p/w:bookmarkStart/@w:name") == ["e000001", "e000002", "e000003"]
    assert made.find("//w:p[w:bookmarkStart]//w:t/text()") == ["Anna", "Bob", "Carl"]


def test_the_bookmark_of_a_record_that_begins_with_a_table_stands_in_its_first_cell(composed: Any) -> None:
    table = f"<w:tbl><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc>{NAMED}</w:tc></w:tr></w:tbl>"
    made = composed(table + "<w:p/>" + SECTION, THREE, bookmarks=True)

    assert made.find("//w:tc/w:p/w:bookmarkStart/@w:name") == ["e000001", "e000002", "e000003"]


def test_the_bookmark_of_a_record_whose_first_paragraph_may_be_missing_stands_in_the_first_that_is_there(
    composed: Any,
) -> None:
    loop = FOR + "<w:p><w:r><w:t>{{ x }}</w:t></w:r></w:p>" + ENDFOR
    made = composed(loop + loop + NAMED + SECTION, [{"nom": ""}, {"nom": "ab"}], bookmarks=True)

    assert made.find("//w:bookmarkStart/@w:name") == ["e000001", "e000002"]
    assert made.find("string(//w:p[w:bookmarkStart[@w:name='e000002']])") == list("a")
    assert len(made.elements("//w:body/w:p")) == 6


def test_what_word_would_have_to_find_once_and_need_not_have_goes(composed: Any) -> None:
    body = (
        '<w:p w14:paraId="00000001" w14:textId="77777777" w:rsidR="00AB12CD"><w:proofErr w:type="spellStart"/>'
        '<w:sdt><w:sdtPr><w:id w:val="12"/><w:tag w:val="t"/></w:sdtPr><w:sdtContent><w:r><w:t>{{ nom }}</w:t></w:r>'
        "</w:sdtContent></w:sdt></w:p>"
    )
    made = composed(body + SECTION, THREE)

    assert made.elements("//@w14:paraId | //@w14:textId | //@w:rsidR | //w:sdtPr/w:id | //w:proofErr") == []
    assert made.find("//w:sdtPr/w:tag/@w:val") == ["t"] * 3


def test_revisions_have_ids_of_their_own(composed: Any) -> None:
    body = '<w:p><w:ins w:id="3" w:author="a"><w:r><w:t>{{ nom }}</w:t></w:r></w:ins></w:p>'
    made = composed(marked("x", 3, "m") + body + SECTION, THREE)

    ids = made.find("//w:ins/@w:id | //w:bookmarkStart/@w:id")
    assert len(ids) == len(set(ids)) == 6


def test_comments_are_left_out(composed: Any) -> None:
    body = (
        '<w:p><w:commentRangeStart w:id="0"/><w:r><w:t>{{ nom }}</w:t></w:r><w:commentRangeEnd w:id="0"/>'
        '<w:r><w:commentReference w:id="0"/></w:r></w:p>'
    )
    made = composed(body + SECTION, THREE, comments='<w:comment w:id="0" w:author="a">' + "<w:p/></w:comment>")

    assert made.elements("//w:commentRangeStart | //w:commentRangeEnd | //w:commentReference") == []
    assert "word/comments.xml" not in made.names
    assert b"comments" not in made.read("[Content_Types].xml") + made.read("word/_rels/document.xml.rels")
