"""160 layouts: columns in another order, missing, added, twice. Read rightly, or refused with the column named."""

import random

import pytest

from pix_mailmerge.data_source.pix_export import read_sources
from pix_mailmerge.data_source.select import select

FORMS = ("D1", "D2", "D3", "D4", "D5", "S2", "S3", "D3-en")
PLACE = {"Classe": "3A", "Fichier": "3A.csv"}
OPTIONAL = {"Numéro de certification", "Lieu de naissance", "Identifiant Externe", "Session"}
OPTIONAL |= {"Certification number", "Place of birth", "External user ID"}
SILENT = {"Statut", "Status", "Commentaire jury pour l’organisation", "Centre de certification"}
SILENT |= {"Examining body’s comment for the organisation", "Type de certification", "Niveau"}


def by_form(specimens, form):
    return next(each for each in specimens if each.form == form)


def filled(values):
    return {name: value for name, value in values.items() if value}


def read(written, headers, cells):
    lines = (";".join(f'"{cell}"' for cell in row) for row in (headers, cells))
    return read_sources([written("3A.csv", "\n".join(lines))])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(5))
def test_columns_in_another_order_are_found_by_name(form, seed, specimens, written):
    specimen = by_form(specimens, form)
    order = random.Random(seed).sample(range(len(specimen.headers)), len(specimen.headers))
    reading = read(written, [specimen.headers[n] for n in order], [specimen.cells[n] for n in order])
    assert not reading.problems
    assert filled(reading.records[0].values) == filled(specimen.expected | PLACE)


@pytest.mark.parametrize(
    ("form", "column"), [(form, column) for form in FORMS for column in (0, 1, 2, 3, 4, 5, -1, 6, -2)]
)
def test_a_missing_column_is_left_empty_or_named(form, column, specimens, written):
    specimen = by_form(specimens, form)
    headers, cells = specimen.headers, specimen.cells
    missing = headers.pop(column)
    cells.pop(column)
    reading = read(written, headers, cells)
    if missing in SILENT:
        assert not reading.problems
    else:
        (problem,) = reading.problems
        assert problem.id == ("source.column-absent" if missing in OPTIONAL else "source.column-missing")
        assert (problem.where.file, problem.where.line) == ("3A.csv", 1)
    assert reading.records[0].text("5.1") == specimen.expected["5.1"]


@pytest.mark.parametrize("form", ["D1", "D3", "D5"])
@pytest.mark.parametrize("code", ["1.1", "2.4", "4.2", "5.2"])
def test_a_competence_that_is_missing_is_named(form, code, specimens, written):
    specimen = by_form(specimens, form)
    place = specimen.headers.index(code)
    headers = [header for header in specimen.headers if header != code]
    reading = read(written, headers, specimen.cells[:place] + specimen.cells[place + 1 :])
    (problem,) = reading.problems
    assert problem.id == "source.column-missing"
    assert f"« {code} »" in problem.what


@pytest.mark.parametrize("form", FORMS)
def test_without_the_sixteen_competences_a_file_is_refused(form, specimens, written):
    specimen = by_form(specimens, form)
    kept = [n for n, name in enumerate(specimen.headers) if not (len(name) == 3 and name[1] == ".")]
    reading = read(written, [specimen.headers[n] for n in kept], [specimen.cells[n] for n in kept])
    if "Type de certification" in specimen.headers or len(kept) < 10:
        assert not select(reading).chosen or not reading.is_pix
    else:
        assert "source.column-missing" in {problem.id for problem in reading.problems}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("place", [0, 3, 20])
def test_columns_that_were_added_are_kept_at_the_end_and_told(form, place, specimens, written):
    specimen = by_form(specimens, form)
    headers = [*specimen.headers[:place], "Régime", *specimen.headers[place:], "Nom d’usage"]
    cells = [*specimen.cells[:place], "DP", *specimen.cells[place:], "MARTIN"]
    reading = read(written, headers, cells)
    (problem,) = reading.problems
    assert problem.id == "source.column-unknown"
    assert not problem.is_error
    assert "« Régime », « Nom d’usage »" in problem.what
    assert reading.header[31:] == ("Régime", "Nom d’usage", "Classe", "Fichier")
    assert filled(reading.records[0].values) == filled(
        specimen.expected | PLACE | {"Régime": "DP", "Nom d’usage": "MARTIN"}
    )


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("column", [1, 8, -1])
def test_a_column_that_stands_there_twice_is_refused_and_named(form, column, specimens, written):
    specimen = by_form(specimens, form)
    twice = specimen.headers[column]
    reading = read(written, [*specimen.headers, twice], [*specimen.cells, "5"])
    problem = next(problem for problem in reading.problems if problem.id == "source.column-twice")
    assert problem.is_error
    assert problem.where.column == twice


def test_a_column_without_header_is_named_for_its_letters(specimens, written):
    specimen = by_form(specimens, "D3")
    reading = read(written, [*specimen.headers, "", ""], [*specimen.cells, "", "note"])
    assert reading.header[-3:] == ("Colonne AC", "Classe", "Fichier")
    assert reading.records[0].text("Colonne AC") == "note"


def test_a_class_in_the_file_comes_before_its_name_and_the_option_before_both(specimens, written):
    specimen = by_form(specimens, "D3")
    file = written("20260401_resultats_3A.csv", f"{specimen.header};Classe\n{specimen.row};3B\n{specimen.row};")
    first = read_sources([file]).records[0]
    assert first.text("Classe") == "3B"
    assert {record.text("Classe") for record in read_sources([file], class_name="3C").records} == {"3C"}


def test_a_row_that_is_a_note_is_told_and_left_out(specimens, written):
    specimen = by_form(specimens, "D3")
    reading = read_sources([written("3A.csv", f"{specimen.header}\n{specimen.row}\nTotal : 1 élève;;;;\n")])
    assert len(reading.records) == 1
    (problem,) = reading.problems
    assert (problem.id, problem.severity, problem.where.line) == ("source.row-not-a-pupil", "warning", 3)


@pytest.mark.parametrize("below", ["", "{header}\n{row}"])
@pytest.mark.parametrize("lost", ["{row}", '9;"Zo"'])
def test_a_row_in_one_cell_is_no_note_and_an_error(lost, below, specimens, written):
    specimen = by_form(specimens, "D3")
    parts = [part.format(header=specimen.header, row=specimen.row) for part in (lost, below)]
    swallowed = lost if "Zo" in lost else parts[0].replace(";", ",")
    content = "\n".join([specimen.header, specimen.row, swallowed, parts[1]])
    problems = select(read_sources([written("3A.csv", content)])).problems
    assert [(one.id, one.severity, one.where.line) for one in problems] == [("source.row-too-short", "error", 3)]


def test_a_last_row_of_another_delimiter_is_not_taken_for_a_cut_file(specimens, written):
    specimen = by_form(specimens, "D3")
    content = f"{specimen.header}\n{specimen.row}\n{specimen.row.replace(';', ',')}"
    (problem,) = select(read_sources([written("3A.csv", content)])).problems
    assert (problem.id, problem.severity, problem.where.line) == ("source.row-too-short", "error", 3)
    assert "un autre séparateur" in problem.what


def test_a_last_row_that_was_cut_is_an_error(specimens, written):
    specimen = by_form(specimens, "D3")
    reading = read_sources([written("3A.csv", f'{specimen.header}\n{specimen.row}\n124;"Zo')])
    (problem,) = select(reading).problems
    assert (problem.id, problem.severity, problem.where.line) == ("source.file-cut", "error", 3)
