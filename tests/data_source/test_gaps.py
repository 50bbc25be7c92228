"""Cells that are empty where Pix leaves none: told, unless the file never had the column."""

from __future__ import annotations

import openpyxl
import pytest

from pix_mailmerge.data_source.pix_export import read_sources
from pix_mailmerge.data_source.results_xlsx import write_results
from pix_mailmerge.data_source.select import select, select_every

STATUS, NUMBER = 6, 0


@pytest.fixture
def read(specimens, written):
    """Return what reads copies of a D3 row, each with other cells: {place: text}."""
    d3 = next(each for each in specimens if each.form == "D3")

    def read(*changes, name="3A.csv"):
        rows = []
        for number, change in enumerate(changes, start=1):
            cells = {NUMBER: str(number), 2: f"N{number}"} | change
            rows.append(";".join(cells.get(place, cell) for place, cell in enumerate(d3.cells)))
        return read_sources([written(name, "\n".join((d3.header, *rows)))])

    return read


def places(problems):
    return [(one.id, one.is_error, one.where.line, one.where.column) for one in problems]


MISSING = "source.value-missing"


@pytest.mark.parametrize("rest", [(), ({},)])
def test_an_empty_status_is_an_error_with_its_line_and_column(read, rest):
    reading = read({STATUS: ""}, *rest)
    for selection in (select(reading), select_every(reading)):
        assert places(selection.problems) == [(MISSING, True, 2, "Statut")]
        assert "certifié" in selection.problems[0].what
    kept = select(reading, keep_going=True)
    assert [left.failed for left in kept.left_out] == [True]
    assert not any(problem.is_error for problem in kept.problems)


def test_an_empty_status_without_score_and_level_is_no_error_for_it_gets_no_document(read):
    selection = select(read({STATUS: "", 7: "-", 9: "-", 10: "-"}, {}))
    assert [left.reason for left in selection.left_out] == ["Ni statut, ni score avec des niveaux"]
    assert not selection.problems


def test_an_empty_status_is_nothing_where_everybody_gets_a_document(read):
    assert not select(read({STATUS: ""}, {}), "all").problems


def test_a_certified_row_without_any_level_is_an_error_for_its_file_has_levels(read, tmp_path):
    emptied = dict.fromkeys(range(8, 24), "")
    for reading in (read(emptied), read({}, emptied)):
        (problem,) = select(reading).problems
        assert (problem.id, problem.is_error, problem.where.column) == (MISSING, True, "1.1")
    assert not select(read({}, emptied | {STATUS: "Démarrée"})).problems
    write_results(tmp_path / "r.xlsx", read({}, emptied).records)
    assert places(select(read_sources([tmp_path / "r.xlsx"])).problems) == [(MISSING, True, 3, "1.1")]


def test_an_empty_number_is_an_error_with_its_line_and_column(read):
    assert places(select(read({}, {NUMBER: ""})).problems) == [(MISSING, True, 3, "Numéro de certification")]


def test_an_empty_number_of_who_gets_no_document_is_no_error(read):
    assert not select(read({}, {NUMBER: "", STATUS: "Annulée"})).problems


def test_a_status_that_an_equal_row_has_is_taken_from_there(read):
    assert not select(read({STATUS: ""}, {NUMBER: "1", 2: "N1"})).problems


@pytest.mark.parametrize("form", ["D1", "D2"])
def test_our_workbook_of_a_form_without_statuses_is_read_back_like_the_form(form, specimens, written, tmp_path):
    specimen = next(each for each in specimens if each.form == form)
    reading = read_sources([written("3A.csv", f"{specimen.header}\n{specimen.row}")])
    write_results(tmp_path / "r.xlsx", reading.records)
    back = select(read_sources([tmp_path / "r.xlsx"]))
    assert [problem.id for problem in back.problems] == [problem.id for problem in select(reading).problems]
    assert len(back.chosen) == 1


def test_a_row_that_was_added_to_our_workbook_without_a_status_is_an_error(read, tmp_path):
    write_results(tmp_path / "r.xlsx", read({}, {}).records)
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    added = [cell.value for cell in book["Feuil1"][3]]
    added[0], added[2], added[6], added[-1] = "9", "NEUF", None, None
    book["Feuil1"].append(added)
    book.save(tmp_path / "r.xlsx")
    assert places(select(read_sources([tmp_path / "r.xlsx"])).problems) == [(MISSING, True, 4, "Statut")]


def test_a_status_that_was_emptied_in_our_workbook_is_an_error(read, tmp_path):
    write_results(tmp_path / "r.xlsx", read({}, {}).records)
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    book["Feuil1"]["G3"] = None
    book.save(tmp_path / "r.xlsx")
    assert places(select(read_sources([tmp_path / "r.xlsx"])).problems) == [(MISSING, True, 3, "Statut")]
