"""What is wrong with the values of who gets a document, and how it is told."""

from __future__ import annotations

import pytest

from pix_mailmerge.data_source.pix_export import read_sources
from pix_mailmerge.data_source.select import select

NUMBER, FIRST, LAST, BORN, STATUS, SCORE, LEVEL, SESSION, EXAM = 0, 1, 2, 3, 6, 7, 9, 25, 26


@pytest.fixture
def problems(specimens, written):
    """Return what tells the problems of a D3 row with other cells: {place: text}."""
    d3 = next(each for each in specimens if each.form == "D3")

    def problems(change, **more):
        row = ";".join(f'"{change.get(place, cell)}"' for place, cell in enumerate(d3.cells))
        return select(read_sources([written("3A.csv", f"{d3.header}\n{row}")]), **more).problems

    return problems


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({NUMBER: "1,00E+08"}, "« 1,00E+08 » n’est pas un numéro de certification, fait de chiffres : un tableur l’a"),
        ({NUMBER: "12A"}, "« 12A » n’est pas un numéro de certification"),
        ({NUMBER: "########"}, "« ######## » est ce qu’un tableur écrit à la place d’une valeur"),
        ({SESSION: "4,82E+04"}, "« 4,82E+04 » n’est pas un numéro de session : un tableur l’a arrondi"),
        ({SCORE: "1200"}, "« 1200 » dépasse 1 024, le plus grand nombre de Pix possible"),
        ({LEVEL: "9"}, "« 9 » n’est pas un niveau de 0 à 8"),
        ({LAST: "#N/A"}, "« #N/A » est ce qu’un tableur écrit à la place d’une valeur"),
        ({FIRST: "#REF!"}, "« #REF! » est ce qu’un tableur écrit"),
        ({LAST: " #NOM? "}, "« #NOM? » est ce qu’un tableur écrit"),
        ({BORN: "#VALEUR!"}, "« #VALEUR! » est ce qu’un tableur écrit"),
        ({BORN: "02/01/2020"}, "né le 02/01/2020, certifié le 01/01/2020, avant de naître"),
        ({BORN: "01/01/2020"}, "avant de naître"),
        ({SCORE: "-"}, "« - » : un élève certifié a un nombre de Pix"),
        ({STATUS: "#N/A"}, "« #N/A » est ce qu’un tableur écrit"),
        ({STATUS: "Valid\ufffde"}, "Des lettres ont été perdues"),
    ],
)
def test_a_value_that_cannot_be_is_an_error_that_shows_it(problems, change, what):
    (problem,) = problems(change)
    assert problem.is_error
    assert what in problem.what
    assert problem.remedy
    assert (problem.where.file, problem.where.line) == ("3A.csv", 2)
    assert problem.where.column is not None


@pytest.mark.parametrize("change", [{NUMBER: "x"}, {LAST: "#N/A"}, {BORN: "02/01/2020"}, {SCORE: "1200"}])
def test_what_cannot_be_is_nothing_in_a_row_that_gets_no_document(problems, change):
    assert not problems(change | {STATUS: "Annulée"})


@pytest.mark.parametrize("born", ["05/06/1909", "02/03/2019"])
def test_an_age_that_nobody_has_is_told(problems, born):
    (problem,) = problems({BORN: born})
    assert (problem.id, problem.severity) == ("source.age-unlikely", "warning")
    assert born in problem.what


@pytest.mark.parametrize("change", [{SCORE: "0"}, dict.fromkeys(range(8, 24), "-")])
def test_a_result_that_nobody_obtains_is_told(problems, change):
    (problem,) = problems(change)
    assert (problem.id, problem.severity) == ("source.result-unlikely", "warning")


@pytest.mark.parametrize("text", ["106763", "106763,0", "106 763", "106\u00a0763", "106\u202f763", " 106763 "])
def test_a_number_that_a_spreadsheet_spaced_out_is_read(specimens, written, text):
    d3 = next(each for each in specimens if each.form == "D3")
    row = ";".join(f'"{cell}"' for cell in (text, *d3.cells[1:]))
    reading = read_sources([written("3A.csv", f"{d3.header}\n{row}")])
    assert reading.records[0].text("Numéro de certification") == "106763"
    assert not select(reading).problems


@pytest.mark.parametrize("column", ["Prénom", "Date de naissance", "Nombre de Pix", "1.2"])
def test_a_missing_column_is_told_once_and_not_for_each_row(specimens, written, column):
    d3 = next(each for each in specimens if each.form == "D3")
    place = d3.headers.index(column)
    rows = [d3.headers] + [[str(number), *d3.cells[1:]] for number in range(5)]
    text = "\n".join(";".join(cells[:place] + cells[place + 1 :]) for cells in rows)
    reading = read_sources([written("3A.csv", text)])
    told = [*reading.problems, *select(reading).problems]
    assert [(problem.id, problem.where.column) for problem in told] == [("source.column-missing", column)]


def test_a_name_that_starts_with_a_hash_is_a_name(problems):
    assert not problems({LAST: "#1 Martin"})
