"""The typed view of a Pix record."""

from datetime import date

import pytest

from pix_mailmerge.data_source.certification import (
    Certification,
    Competence,
    find_global_level,
    find_maximum,
    with_level,
)
from pix_mailmerge.data_source.columns import HEADERS
from pix_mailmerge.data_source.record import Header, Record

HEADER = Header(HEADERS)


def with_cells(cells):
    return Record("3A.csv", 2, HEADER, tuple(cells.get(name, "") for name in HEADER))


def test_every_value_has_its_type():
    cells = dict(zip(HEADERS, [f"<{name}>" for name in HEADERS], strict=True))
    cells |= {"Date de naissance": "04/01/1990", "Date de passage de la certification": "01/06/2023"}
    cells |= {"Nombre de Pix": "55", "1.1": "5", "1.2": "0", "1.3": "-", "2.1": ""}
    seen = Certification.of(with_cells(cells))
    assert (seen.number, seen.first_name, seen.last_name) == ("<Numéro de certification>", "<Prénom>", "<Nom>")
    assert (seen.birth_date, seen.exam_date) == (date(1990, 1, 4), date(2023, 6, 1))
    assert (seen.score, seen.maximum, seen.level) == (55, 768, "<Niveau>")
    assert (seen.class_name, seen.file, seen.centre) == ("<Classe>", "<Fichier>", "<Centre de certification>")
    assert seen.comment == "<Commentaire jury pour l’organisation>"
    assert list(seen.competences)[:4] == ["1.1", "1.2", "1.3", "2.1"]


@pytest.mark.parametrize(
    ("text", "level", "state"),
    [("5", 5, "niveau"), ("0", 0, "zero"), ("-", None, "non_evalue"), ("", None, "inconnu"), ("x", None, "inconnu")],
)
def test_a_competence_is_in_one_of_four_states(text, level, state):
    assert Certification.of(with_cells({"3.2": text})).competences["3.2"] == Competence("3.2", level, state)


@pytest.mark.parametrize("text", ["-", ""])
def test_no_global_level_is_none(text):
    assert Certification.of(with_cells({"Niveau": text})).level is None


def test_a_global_level_is_computed_when_asked_where_the_file_names_none():
    cells = {"Nombre de Pix": "412", "Date de passage de la certification": "20/05/2025"}
    assert Certification.of(with_cells(cells)).level is None
    assert Certification.of(with_level(with_cells(cells))).level == "Indépendant 2"
    assert Certification.of(with_level(with_cells(cells | {"Niveau": "-"}))).level is None
    assert Certification.of(with_level(with_cells(cells | {"Niveau": "Novice 1"}))).level == "Novice 1"


def test_no_global_level_is_computed_before_the_third_version():
    cells = {"Nombre de Pix": "412", "Date de passage de la certification": "20/05/2022"}
    assert Certification.of(with_level(with_cells(cells))).level is None


@pytest.mark.parametrize(
    ("score", "level"),
    [
        (None, None),
        (0, None),
        (63, None),
        (64, "Novice 1"),
        (127, "Novice 1"),
        (128, "Novice 2"),
        (256, "Indépendant 1"),
        (384, "Indépendant 2"),
        (512, "Avancé 1"),
        (640, "Avancé 2"),
        (768, "Expert 1"),
        (895, "Expert 1"),
        (896, "Expert 2"),
    ],
)
def test_the_global_level_goes_by_the_score(score, level):
    assert find_global_level(score) == level


@pytest.mark.parametrize(
    ("day", "score", "maximum"),
    [
        (date(2020, 6, 1), 300, 640),
        (date(2021, 3, 1), 300, 768),
        (date(2023, 6, 1), 300, 768),
        (date(2023, 12, 1), 300, 896),
        (date(2025, 6, 1), 300, 895),
        (date(2025, 6, 1), 896, 896),
        (date(2020, 12, 15), 700, 768),
        (date(2023, 10, 1), 800, 895),
        (date(2027, 6, 1), 1000, 1024),
        (date(2025, 6, 1), None, 895),
        (None, 300, None),
    ],
)
def test_the_maximum_goes_by_the_day_and_is_never_below_the_score(day, score, maximum):
    assert find_maximum(day, score) == maximum
