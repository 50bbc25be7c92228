"""Word's merge fields in one document for all records."""

import re

import pytest

from pix_mailmerge.destination.compose import compose
from pix_mailmerge.problems import DestinationError


@pytest.fixture
def composed(word, tmp_path):
    def made(body, records, **options):
        stories = {name: options.pop(name) for name in list(options) if name.startswith(("header", "footer"))}
        file = tmp_path / "out" / "tous.docx"
        file.parent.mkdir()
        count = compose(word.model(body, **stories), records, file, fsync=False, **options)
        return count, file.read_bytes()

    return made


def test_each_record_has_its_section(word, composed):
    body = word.paragraph(word.run("Bonjour "), word.field("MERGEFIELD Nom"))
    count, document = composed(body, [{"Nom": name} for name in "ABC"])
    assert count == 3
    assert word.lines(document) == ["Bonjour A", "Bonjour B", "Bonjour C"]
    assert word.part(document).count("<w:sectPr") == 3


def test_next_and_skipif_make_fewer_documents(word, composed):
    name = word.field("MERGEFIELD Nom")
    body = word.paragraph(word.field("SKIPIF ", name, ' = "B"'), name) + word.paragraph(word.field("NEXT"), name)
    count, document = composed(body, [{"Nom": name} for name in "ABCDE"], bookmarks=False)
    assert (count, word.lines(document)) == (3, ["A", "B", "C", "D", "E", ""])


def test_a_header_with_fields_is_made_for_each_of_its_values(word, composed):
    header = word.paragraph(word.field("MERGEFIELD Classe"))
    section = '<w:p><w:pPr><w:sectPr><w:headerReference w:type="default" r:id="r-header1"/></w:sectPr></w:pPr></w:p>'
    body = word.paragraph(word.field("MERGEFIELD Nom")) + section
    records = [{"Nom": name, "Classe": "3A" if name in "AB" else "3B"} for name in "ABC"]
    members = word.members(composed(body, records, header1=header)[1])
    headers = [members[name] for name in members if re.fullmatch(r"word/header\d+\.xml", name)]
    assert [sum(classe in xml for xml in headers) for classe in ("3A", "3B")] == [1, 1]


def test_repeated_rows(word, composed):
    table = word.table([word.paragraph(word.field("MERGEFIELD Code"))]) + word.paragraph(word.run("."))
    records = [{"Code": [{"Code": "a"}, {"Code": "b"}]}, {"Code": [{"Code": "c"}]}]
    assert word.lines(composed(table, records, bookmarks=False)[1]) == ["a", "b", ".", "c", "."]


def test_a_row_is_repeated_for_all_where_any_record_has_several(word, composed):
    table = word.table([word.paragraph(word.field("MERGEFIELD Code"))]) + word.paragraph(word.run("."))
    records = [{"Code": "a"}, {"Code": [{"Code": "b"}, {"Code": "c"}]}]
    assert word.lines(composed(table, records, bookmarks=False)[1]) == ["a", ".", "b", "c", "."]


def test_nobody_left_is_a_problem(word, composed):
    with pytest.raises(DestinationError):
        composed(word.paragraph(word.field("SKIPIF 1 = 1")), [{}])
