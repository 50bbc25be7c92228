"""Columns of another list of the school, pupil by pupil, never guessed."""

import openpyxl
import pytest

from pix_mailmerge.data_source.join_list import is_same_name, name_keys
from pix_mailmerge.data_source.pix_export import read_sources
from pix_mailmerge.data_source.results_xlsx import read_workbook, write_results
from pix_mailmerge.data_source.select import select


@pytest.fixture
def results(specimens, written):
    """Return what writes a class of (number, first name, surname, birth date)."""
    d3 = next(each for each in specimens if each.form == "D3")

    def write(*pupils):
        rows = []
        for pupil in pupils:
            rows.append(";".join(f'"{cell}"' for cell in (*pupil, *d3.cells[4:])))
        return written("20260401_resultats_3A.csv", "\n".join((d3.header, *rows)))

    return write


def ids(reading):
    return [problem.id for problem in reading.problems]


def test_a_pupil_is_found_by_certification_number(results, written):
    file = results((1, "Léa", "Martin", "01/02/2009"), (2, "Zoé", "Petit", "03/04/2009"))
    codes = written("codes.csv", "Numéro de certification;Code de vérification\n2;P-BBB\n1;P-AAA")
    reading = read_sources([file], join=codes)
    assert [record.text("Code de vérification") for record in reading.records] == ["P-AAA", "P-BBB"]
    assert not reading.problems


@pytest.mark.parametrize(
    ("last", "first", "born"),
    [
        ("DE LA TOUR", "Jean-Marie", "01/02/2009"),
        ("de la Tour", "JEAN MARIE", "1/2/09"),
        ("La Tour (de)", "Jean Marie", "2009-02-01"),
        ("De-La-Tour", "Jeanmarie", "01/02/2009"),
        ("Tour", "jean–marie", "39845"),
    ],
)
def test_a_pupil_is_found_by_name_and_birth_date_however_spelt(last, first, born, results, written):
    file = results((1, "Jean-Marie", "de La Tour", "01/02/2009"))
    classes = written("eleves.csv", f"Nom de famille;Prénom 1;Date de naissance;INE\n{last};{first};{born};123X")
    (record,) = read_sources([file], join=classes).records
    assert record.text("INE") == "123X"


@pytest.mark.parametrize(
    ("last", "other"),
    [
        ("D’ANGELO", "Dangelo"),
        ("N'DIAYE", "Ndiaye"),
        ("O’Neil", "ONEIL"),
        ("ŒUVRARD", "Oeuvrard"),
        ("LE GOFF", "Le Goff"),
    ],
)
def test_apostrophes_ligatures_and_case_do_not_part_a_pupil(last, other):
    assert set(name_keys(last, "Zoë", "01/02/2009")) & set(name_keys(other, "ZOE", "01/02/2009"))


def test_a_name_without_birth_date_finds_nobody():
    assert name_keys("Martin", "Léa", "") == ()


def test_homonyms_are_told_apart_by_their_birth_date(results, written):
    file = results((1, "Léa", "Martin", "01/02/2009"), (2, "Léa", "Martin", "03/04/2009"))
    classes = written("e.csv", "Nom;Prénom;Né(e) le;INE\nMARTIN;LÉA;03/04/2009;B\nMARTIN;LÉA;01/02/2009;A")
    assert [record.text("INE") for record in read_sources([file], join=classes).records] == ["A", "B"]


def test_who_is_not_in_the_list_is_told_and_left_empty(results, written):
    file = results((1, "Léa", "Martin", "01/02/2009"), (2, "Zoé", "Petit", "03/04/2009"))
    classes = written("e.csv", "Nom;Prénom;Date de naissance;INE\nMARTIN;LÉA;01/02/2009;A")
    reading = read_sources([file], join=classes)
    assert [record.text("INE") for record in reading.records] == ["A", ""]
    (problem,) = reading.problems
    assert (problem.id, problem.severity, problem.where.line) == ("source.join-unmatched", "warning", 3)
    assert "Zoé Petit" in problem.what


def test_who_is_there_twice_with_different_values_is_told_and_left_empty(results, written):
    file = results((1, "Léa", "Martin", "01/02/2009"), (2, "Zoé", "Petit", "03/04/2009"))
    rows = ["MARTIN;LÉA;01/02/2009;A", "MARTIN;LÉA;01/02/2009;B", "PETIT;ZOÉ;03/04/2009;C", "PETIT;ZOÉ;03/04/2009;C"]
    classes = written("e.csv", "\n".join(["Nom;Prénom;Date de naissance;INE", *rows]))
    reading = read_sources([file], join=classes)
    assert [record.text("INE") for record in reading.records] == ["", "C"]
    assert ids(reading) == ["source.join-ambiguous"]


def test_the_row_of_another_certification_is_not_taken(results, written):
    file = results((1, "Léa", "Martin", "01/02/2009"), (2, "Zoé", "Petit", "03/04/2009"))
    rows = ["1;Martin;Léa;01/02/2009;A", "99;Petit;Zoé;03/04/2009;B"]
    codes = written("c.csv", "\n".join(["Numéro de certification;Nom;Prénom;Date de naissance;Code", *rows]))
    reading = read_sources([file], join=codes)
    assert [record.text("Code") for record in reading.records] == ["A", ""]


def test_the_class_of_the_list_replaces_that_of_the_file_but_not_the_option(results, written):
    file = results((1, "Léa", "Martin", "01/02/2009"))
    classes = written("e.csv", "Nom;Prénom;Date de naissance;Libellé classe\nMARTIN;LÉA;01/02/2009;3e Bleue")
    assert read_sources([file], join=classes).records[0].text("Classe") == "3e Bleue"
    assert read_sources([file], join=classes, class_name="3C").records[0].text("Classe") == "3C"


def test_joined_columns_stand_before_class_and_file_and_survive_the_workbook(results, written, tmp_path):
    file = results((1, "Léa", "Martin", "01/02/2009"))
    classes = written("e.csv", "Nom;Prénom;Date de naissance;INE;Sexe\nMARTIN;LÉA;01/02/2009;1;F")
    reading = read_sources([file], join=classes)
    assert reading.header[-4:] == ("INE", "Sexe", "Classe", "Fichier")
    write_results(tmp_path / "r.xlsx", reading.records)
    back = read_workbook(tmp_path / "r.xlsx")
    assert back.header == reading.header
    assert back.records[0].cells == reading.records[0].cells


def test_a_list_may_be_a_workbook_with_titles_and_typed_cells(results, tmp_path):
    import datetime

    book = openpyxl.Workbook()
    rows = [["Collège Jean-Moulin"], [], ["Nom", "Prénom", "Date naissance", "Rang"]]
    for row in [
        *rows,
        ["MARTIN", "Léa", datetime.datetime(2009, 2, 1), 7],
        ["X", "Y", datetime.datetime(2009, 2, 2), 8],
    ]:
        book.active.append(row)
    book.save(tmp_path / "e.xlsx")
    file = results((1, "Léa", "Martin", "01/02/2009"))
    assert read_sources([file], join=tmp_path / "e.xlsx").records[0].text("Rang") == "7"


@pytest.mark.parametrize(
    ("content", "id"),
    [
        ("Nom;Prénom;INE\nMARTIN;LÉA;A", "source.join-columns"),
        ("Nom;Prénom;Date de naissance;INE\nAUTRE;X;01/02/2001;A", "source.join-nobody"),
        ("Nom;Prénom;Date de naissance;INE;INE\nMARTIN;LÉA;01/02/2009;A;B", "source.column-twice"),
        ("Classe;Nom;Prénom;Identifiant;Mot de passe\n3A;MARTIN;LÉA;l.m;canari", "source.is-passwords"),
        (b"%PDF-1.7", "source.is-pdf"),
        (b"", "source.is-empty"),
    ],
)
def test_a_list_that_cannot_be_joined_is_an_error(content, id, results, written):
    reading = read_sources([results((1, "Léa", "Martin", "01/02/2009"))], join=written("e.csv", content))
    (problem,) = reading.problems
    assert (problem.id, problem.is_error, problem.where.file) == (id, True, "e.csv")
    assert "canari" not in repr(reading)


def test_a_list_that_does_not_exist_is_an_error(results, tmp_path):
    reading = read_sources([results((1, "Léa", "Martin", "01/02/2009"))], join=tmp_path / "e.csv")
    assert ids(reading) == ["source.not-found"]


def test_the_list_of_onde_may_be_joined(results, written):
    content = "Nom élève;Prénom élève;INE; Cycle;Niveau;Libellé classe;Date naissance\nMARTIN;LÉA;9X;4;3E;3A;01/02/2009"
    reading = read_sources([results((1, "Léa", "Martin", "01/02/2009"))], join=written("onde.csv", content))
    assert [reading.records[0].text(name) for name in ("INE", "Cycle", "Niveau")] == ["9X", "4", ""]
    (problem,) = reading.problems
    assert (problem.id, problem.severity) == ("source.join-column-kept", "warning")
    assert "« Niveau »" in problem.what


def test_an_empty_birth_place_is_taken_from_the_list(results, written):
    file = results((1, "Léa", "Martin", "01/02/2009"))
    file.write_text(file.read_text("utf-8").replace("Torreilles", ""), "utf-8")
    places = written("e.csv", "Nom;Prénom;Date de naissance;Lieu de naissance\nMARTIN;LÉA;01/02/2009;Sète")
    assert read_sources([file], join=places).records[0].text("Lieu de naissance") == "Sète"


def test_any_table_may_be_joined(written):
    table = written("notes.csv", "Nom;Prénom;Date de naissance;Note\nMartin;Léa;01/02/2009;12")
    classes = written("e.csv", "Nom;Prénom;Date de naissance;INE\nMARTIN;LÉA;01/02/2009;A")
    reading = read_sources([table], join=classes)
    assert reading.header == ("Nom", "Prénom", "Date de naissance", "Note", "INE")
    assert reading.records[0].text("INE") == "A"


def test_a_number_under_another_name_is_told_and_left_empty(results, written):
    file = results((1, "Léa", "Martin", "01/02/2009"), (2, "Zoé", "de Petit", "03/04/2009"))
    rows = ["1;DURAND;Hugo;P-AAA", "2;PETIT;Zoé Marie;P-BBB"]
    codes = written("codes.csv", "\n".join(["Numéro de certification;Nom;Prénom;Code", *rows]))
    reading = read_sources([file], join=codes)
    assert [record.text("Code") for record in reading.records] == ["", "P-BBB"]
    (problem,) = reading.problems
    assert (problem.id, problem.severity, problem.where.line) == ("source.join-other-name", "warning", 2)
    assert "« Hugo DURAND »" in problem.what
    assert "« Léa Martin »" in problem.what
    assert "ligne 2" in problem.what


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("DE LA TOUR", "La Tour", True),
        ("Jean-Marie", "JEANMARIE", True),
        ("Léa", "Léa Marie Anne", True),
        ("MARTIN-DUPONT", "Martin", True),
        ("Martin", "Martine", False),
        ("Petit", "Grand", False),
    ],
)
def test_names_are_the_same_where_one_has_all_words_of_the_other(one, other, same):
    assert is_same_name(one, other) is same
    assert is_same_name(other, one) is same


@pytest.mark.parametrize(("others", "told"), [(1, "Une ligne"), (3, "3 lignes")])
def test_rows_of_the_list_that_match_nobody_are_counted(others, told, results, written):
    rows = ["1;A", "1;A", *(f"{number};B" for number in range(10, 10 + others))]
    codes = written("codes.csv", "\n".join(["Numéro de certification;Code", *rows]))
    reading = read_sources([results((1, "Léa", "Martin", "01/02/2009"))], join=codes)
    (problem,) = reading.problems
    assert (problem.id, problem.severity, problem.where.file) == ("source.join-unused", "warning", "codes.csv")
    assert told in problem.what
    assert reading.records[0].text("Code") == "A"


def test_a_formula_that_failed_in_the_list_is_an_error_for_who_gets_a_document_alone(results, written):
    file = results((1, "Léa", "Martin", "01/02/2009"), (2, "Zoé", "Petit", "03/04/2009"))
    codes = written("codes.csv", "Numéro de certification;Classe\n1;#N/A\n2;3B")
    (problem,) = select(read_sources([file], join=codes)).problems
    assert (problem.id, problem.is_error) == ("source.formula-error", True)
    assert (problem.where.file, problem.where.line, problem.where.column) == ("codes.csv", 2, "Classe")
    file.write_text(file.read_text("utf-8").replace("Validée", "Annulée"), "utf-8")
    assert not [one for one in select(read_sources([file], join=codes)).problems if one.is_error]


def test_several_lists_are_refused(results, written, tmp_path):
    for name in ("a", "b"):
        written(f"listes/{name}.csv", "Numéro de certification;Code\n1;A")
    reading = read_sources([results((1, "Léa", "Martin", "01/02/2009"))], join=tmp_path / "listes")
    assert ids(reading) == ["source.join-several"]


def test_a_list_without_titles_is_refused(results, written):
    rows = "MARTIN;Léa;01/02/2009;3A\nPETIT;Zoé;03/04/2009;3A"
    reading = read_sources([results((1, "Léa", "Martin", "01/02/2009"))], join=written("e.csv", rows))
    assert ids(reading) == ["source.titles-missing"]


def test_a_list_that_lies_among_the_exports_is_no_source(results, written, tmp_path):
    results((1, "Léa", "Martin", "01/02/2009"))
    codes = written("codes.csv", "Numéro de certification;Code\n1;A")
    for sources in ([tmp_path], [tmp_path / "*.csv"]):
        reading = read_sources(sources, join=codes)
        assert not reading.problems
        assert [record.text("Code") for record in reading.records] == ["A"]
