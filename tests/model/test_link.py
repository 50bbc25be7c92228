"""The native link of a model to its source."""

import re
from pathlib import Path, PureWindowsPath

import openpyxl
import pytest

from pix_mailmerge.model.link import read_link, unlink_model, unlinked
from pix_mailmerge.model.link_writing import first_sheet, link_model, linked, target_of
from pix_mailmerge.model.word_model import open_model
from pix_mailmerge.problems import ModelError

SETTINGS = "<w:zoom/><w:proofState/><w:documentType/><w:trackRevisions/><w:defaultTabStop/>"
SOURCE = PureWindowsPath("C:\\Élèves 3A\\Résultats Pix.xlsx")


@pytest.fixture
def model(word):
    return word.model(word.paragraph(word.field("MERGEFIELD Nom")), settings=SETTINGS)


def settings_of(word, package):
    return word.part(package.content, "settings")


def test_a_link_stands_in_the_order_of_the_schema_and_names_the_path_three_times(word, model):
    package = linked(model.package, SOURCE, "Feuil1")
    names = re.findall(r"<w:(\w+)", settings_of(word, package))
    assert names[1:5] == ["zoom", "proofState", "documentType", "mailMerge"]
    assert names[5:] == [
        *("mainDocumentType", "linkToQuery", "dataType", "connectString", "query", "dataSource"),
        *("odso", "udl", "table", "src", "colDelim", "type", "fHdr", "trackRevisions", "defaultTabStop"),
    ]
    assert settings_of(word, package).count(f"Data Source={SOURCE};") == 2
    links = word.members(package.content)["word/_rels/settings.xml.rels"]
    assert links.count('Target="file:///C:\\%C3%89l%C3%A8ves%203A\\R%C3%A9sultats%20Pix.xlsx"') == 2
    assert links.count('TargetMode="External"') == 2


def test_what_is_written_is_read(model):
    assert read_link(model.package) is None
    link = read_link(linked(model.package, SOURCE, "Feuil1"))
    assert link is not None
    assert (link["mainDocumentType"], link["dataType"], link["linkToQuery"], link["fHdr"]) == (
        *("formLetters", "native"),
        *(True, True),
    )
    assert (link["query"], link["table"], link["odso_type"]) == ("SELECT * FROM `Feuil1$` ", "Feuil1$", "database")
    assert link["source_basename"] == "Résultats Pix.xlsx"
    assert link["recipients"] is None
    assert link["field_map"] == {}


def test_unlinking_leaves_the_settings_as_they_were(word, model):
    package = unlinked(linked(model.package, SOURCE, "Feuil1"))
    assert re.findall(r"<w:(\w+)", settings_of(word, package))[1:] == re.findall(r"<w:(\w+)", SETTINGS)
    assert "mailMergeSource" not in "".join(word.members(package.content).values())


def test_linking_again_replaces_the_link(model):
    once = linked(model.package, SOURCE, "Feuil1")
    again = read_link(linked(once, Path("/tmp/autre.xlsx"), "Notes"))
    assert again is not None
    assert (again["source_basename"], again["table"]) == ("autre.xlsx", "Notes$")


def test_a_model_without_settings_gets_some(word):
    bare = word.model(word.paragraph(word.run("x")))
    package = linked(bare.package, SOURCE, "Feuil1")
    assert read_link(package) is not None
    assert 'PartName="/word/settings.xml"' in word.members(package.content)["[Content_Types].xml"]


def test_files_are_linked_where_they_lie_and_unlinked(tmp_path, model):
    workbook = tmp_path / "Résultats Pix.xlsx"
    book = openpyxl.Workbook()
    book.worksheets[0].title = "3e A"
    book.save(workbook)
    link_model(model.path, workbook)
    link = open_model(model.path).link
    assert link is not None
    assert link["table"] == "3e A$"
    unlink_model(model.path)
    assert open_model(model.path).link is None
    before = model.path.read_bytes()
    unlink_model(model.path)
    assert model.path.read_bytes() == before


def test_a_workbook_that_is_none_is_a_problem(tmp_path, model):
    (tmp_path / "a.xlsx").write_text("Nom;Prénom")
    for file in ("a.xlsx", "absent.xlsx"):
        with pytest.raises(ModelError, match="classeur"):
            first_sheet(tmp_path / file)


@pytest.mark.parametrize(
    ("path", "target"),
    [
        (PureWindowsPath("D:\\a b\\c.xlsx"), "file:///D:\\a%20b\\c.xlsx"),
        (PureWindowsPath("\\\\serveur\\partage\\c.xlsx"), "file:///\\\\serveur\\partage\\c.xlsx"),
        (Path("/home/a b/c.xlsx"), "file:///home/a%20b/c.xlsx"),
    ],
)
def test_a_path_is_written_as_word_writes_it(path, target):
    assert target_of(path) == target
