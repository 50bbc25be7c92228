"""Tables whose title row is missing or has moved: named, and nothing of their cells shown."""

from __future__ import annotations

import itertools

import pytest

from pix_mailmerge.data_source.pix_export import read_sources
from pix_mailmerge.data_source.select import select_every

UNTITLED = {
    "passwords": ("3A;MARTIN;Léa;lea.martin0102;canari1", "3A;PETIT;Zoé;zoe.petit0304;canari2"),
    "one password": ("3A;MARTIN;Léa;lea.martin0102;canari1",),
    "passwords, class last": ("lea.martin0102;canari1;3A", "zoe.d-ange0304;canari2;3A"),
    "accounts of another kind": ("3A;MARTIN;Léa;lmartin;canari1", "3A;PETIT;Zoé;zpetit;canari2"),
    "addresses": ("canari1;l@ecole.fr", "canari2;z@ecole.fr"),
    "birth dates": ("MARTIN;Léa;01/02/2009", "PETIT;Zoé;03/04/2009"),
}


@pytest.mark.parametrize("rows", UNTITLED.values(), ids=UNTITLED)
def test_a_table_without_titles_is_refused_and_nothing_of_it_is_shown(rows, written):
    reading = read_sources([written("a.csv", "\n".join(rows))])
    (problem,) = reading.problems
    assert problem.is_error
    assert problem.id == ("source.is-passwords" if "0102" in rows[0] else "source.titles-missing")
    assert not reading.records
    shown = repr(reading) + repr(select_every(reading))
    assert "canari" not in shown
    assert "MARTIN" not in shown


@pytest.mark.parametrize(
    "header", ["Login;Mot de passe", "Nom;Prénom;MDP", "Classe;Password", "Nom;Nouveau mot de passe"]
)
def test_a_table_with_a_column_of_passwords_is_refused_whatever_else_it_has(header, written):
    row = ";".join(["canari"] * len(header.split(";")))
    reading = read_sources([written("a.csv", f"{header}\n{row}")])
    assert [problem.id for problem in reading.problems] == ["source.is-passwords"]
    assert "canari" not in repr(reading)


def test_a_comment_on_a_password_makes_no_list_of_passwords(written):
    reading = read_sources([written("a.csv", "Nom;Remarque\nMARTIN;mot de passe\nPETIT;mot de passe oublié")])
    assert not reading.problems


@pytest.mark.parametrize("rows", [1, 2, 28])
def test_an_export_without_its_titles_gives_one_message(rows, specimen, written):
    lines = [f"{number}{specimen.row[specimen.row.index(';') :]}" for number in range(rows)]
    reading = read_sources([written("3A.csv", "\n".join(lines))])
    assert [(problem.id, problem.where.line) for problem in reading.problems] == [("source.titles-missing", 1)]
    assert not reading.records


@pytest.mark.parametrize(
    "content",
    [
        "Nom;01/09/2025;08/09/2025\nMARTIN;P;A\nPETIT;A;P",
        "Élève;2024;2025\nMARTIN;12;13\nPETIT;14;15",
        "Nom;Prénom\nNom;Léa",
        "A;B\n1;2\nA;B\n3;4",
        "Ville;Date\nNice;12/03/2026",
        "Titre",
        "x;y\n1;1\n1;1",
    ],
)
def test_titles_that_may_be_titles_are_taken(content, written):
    reading = read_sources([written("a.csv", content)])
    assert not [problem for problem in reading.problems if problem.is_error]
    assert reading.header == tuple(content.split("\n")[0].split(";"))


@pytest.mark.parametrize("place", [1, 3, 12])
def test_titles_that_a_sort_has_moved_among_the_pupils_are_told(place, specimens, written):
    d3 = next(each for each in specimens if each.form == "D3")
    lines = [f"{number}{d3.row[d3.row.index(';') :]}" for number in range(12)]
    lines.insert(place, d3.header)
    reading = read_sources([written("3A.csv", "\n".join(lines))])
    (problem,) = [problem for problem in reading.problems if problem.is_error]
    assert (problem.id, problem.where.line) == ("source.rows-above-titles", 1)
    assert f"ligne {place + 1}" in problem.what


def test_every_small_table_is_read_or_refused(written):
    """Tables of two rows and two columns, of each kind of cell: never a traceback."""
    kinds = ("", "a", "1", "01/02/2009", "lea.martin0102", "Nom")
    for number, cells in enumerate(itertools.product(kinds, repeat=4)):
        reading = read_sources([written(f"{number}.csv", "{};{}\n{};{}".format(*cells))])
        assert reading.problems or reading.records
