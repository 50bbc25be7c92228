"""Headers and the merge fields Word makes of them."""

import pytest

from pix_mailmerge.model.names import resolve, suggestion, word_name


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Prénom", "Prénom"),
        ("Nombre de Pix", "Nombre_de_Pix"),
        ("1.1", "M_11"),
        ("1256", "M_1256"),
        ("Volume d'eau", "Volume_deau"),
        ("% de réussite", "M__de_réussite"),
        ("x" * 39 + "'suite", "x" * 39),
        ("Pre\N{COMBINING ACUTE ACCENT}nom", "Prénom"),
    ],
)
def test_word_names_a_field_after_its_header(header, name):
    assert word_name(header) == name


@pytest.mark.parametrize("name", ["1.1", "M_11", "m_11", "M_1_1", "M1.1"])
def test_a_competence_is_found_however_its_field_is_written(name):
    assert resolve(name, ["Nom", "1.1", "1.2"]).header == "1.1"


@pytest.mark.parametrize("name", ["Prénom", "PRÉNOM", "prenom"])
def test_case_and_accents_may_differ(name):
    assert resolve(name, ["Nom", "Prénom"]).header == "Prénom"


def test_the_closest_form_wins():
    assert resolve("nom", ["Nom", "nom"]).header == "nom"


def test_two_columns_that_fit_are_both_told():
    match = resolve("nom_élève", ["Nom élève", "NOM élève"])
    assert match.header is None
    assert match.headers == ("Nom élève", "NOM élève")


def test_a_name_that_no_column_fits_gets_a_suggestion():
    assert resolve("Prenon", ["Prénom"]).headers == ()
    assert suggestion("Prenon", ["Prénom", "Nom"]) == "Prénom"
    assert suggestion("xyz", ["Prénom", "Nom"]) is None
