"""Each record's documents get a place of their own, on any system, that a secretary can read."""

import pytest

from pix_mailmerge.data_source.record import Header, Record
from pix_mailmerge.destination.folder import place_classes, place_documents

HEADER = Header(("Numéro de certification", "Nom", "Prénom", "Classe"))


def places(*rows, header=HEADER):
    return [place.docx for place in place_documents([Record("a.csv", 2, header, row) for row in rows])]


def test_a_document_stands_in_the_folder_of_its_class_under_the_name_of_its_pupil():
    assert places(("P-1", "DE LA TOUR", "Zoé", "3A")) == ["3A/DE LA TOUR Zoé.docx"]


def test_a_name_with_a_dot_keeps_what_follows_it():
    (place,) = place_documents([Record("a.csv", 2, HEADER, ("P-1", "ST. MARTIN", "J. B", "3.A"))])
    assert (place.docx, place.pdf) == ("3.A/ST. MARTIN J. B.docx", "3.A/ST. MARTIN J. B.pdf")


def test_every_homonym_of_a_class_gets_its_certification_number():
    assert places(("P-1", "MARTIN", "Léa", "3A"), ("P-2", "Martin", "LÉA", "3A"), ("P-3", "MARTIN", "Léa", "3B")) == [
        "3A/MARTIN Léa (P-1).docx",
        "3A/Martin LÉA (P-2).docx",
        "3B/MARTIN Léa.docx",
    ]


def test_names_that_differ_by_the_way_an_accent_is_written_are_homonyms():
    assert places(("P-1", "MARTIN", "L\u00e9a", "3A"), ("P-2", "MARTIN", "Le\u0301a", "3A")) == [
        "3A/MARTIN Léa (P-1).docx",
        "3A/MARTIN Léa (P-2).docx",
    ]


def test_homonyms_without_a_number_are_counted():
    assert places(("", "MARTIN", "Léa", "3A"), ("", "MARTIN", "Léa", "3A")) == [
        "3A/MARTIN Léa.docx",
        "3A/MARTIN Léa (2).docx",
    ]


def test_the_same_pupil_twice_gets_two_documents():
    row = ("P-1", "MARTIN", "Léa", "3A")
    assert places(row, row) == ["3A/MARTIN Léa (P-1).docx", "3A/MARTIN Léa (P-1) (2).docx"]


def test_a_number_added_to_a_homonym_takes_no_other_pupil_s_name():
    rows = ("P-1", "MARTIN", "Léa", "3A"), ("P-2", "MARTIN", "Léa", "3A"), ("P-9", "MARTIN", "Léa (P-1)", "3A")
    assert len(set(places(*rows))) == 3


def test_a_record_without_a_name_takes_its_position():
    header = Header(("Ville",))
    assert places(("Lyon",), ("Brest",), header=header) == ["0001.docx", "0002.docx"]


def test_a_source_that_spells_its_headers_otherwise_is_understood():
    header = Header(("NOM", "Prenom", "classe"))
    assert places(("DUPONT", "Zoé", "6B"), header=header) == ["6B/DUPONT Zoé.docx"]


@pytest.mark.parametrize("name", ["Attestations", "Résultats Pix", "bilan"])
def test_a_pupil_without_class_takes_no_name_of_the_folder(name):
    assert places(("P-1", name, "", "")) == [f"{name} (P-1).docx"]


def test_a_pupil_without_class_does_not_take_the_name_of_a_class():
    assert places(("P-1", "3A", "", ""), ("P-2", "X", "Y", "3A")) == ["3A (P-1).docx", "3A/X Y.docx"]


@pytest.mark.parametrize("name", ["../../etc", "..", "C:\\x", "/abs", "a\x00b", "CON"])
def test_no_name_leads_out_of_the_folder(name):
    (path,) = places(("P-1", name, name, name))
    folder, _, file = path.partition("/")
    assert folder.strip(". ") and file and "/" not in file and "\\" not in path and ".." not in path.split("/")


def test_the_longest_names_are_cut_and_stay_unique():
    rows = [(f"P-{number}", "N" * 300, "P", "C" * 300) for number in range(3)]
    made = places(*rows)
    assert len({path.casefold() for path in made}) == 3
    assert all(len(part) <= 125 for path in made for part in path.split("/"))


def test_classes_that_windows_takes_for_one_get_two_folders():
    assert place_classes(["3A", "3a", "3A", "", "Attestations"]) == {
        "": "",
        "3A": "3A",
        "3a": "3a (2)",
        "Attestations": "Attestations (2)",
    }
