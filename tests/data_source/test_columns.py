"""The table of columns, and the headers that name them."""

import unicodedata

import pytest

from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.statuses import find_status


@pytest.mark.parametrize(
    "header",
    [
        "Commentaire jury pour l’organisation",
        "Commentaire jury pour l'organisation",
        "COMMENTAIRE JURY POUR L’ORGANISATION",
        " Commentaire\xa0jury  pour l’organisation ",
        "Commentaire jury pour l?organisation",
        unicodedata.normalize("NFD", "Commentaire jury pour l’organisation"),
        "Examining body’s comment for the organisation",
        "Commentaar van de jury op de organisatie",
    ],
)
def test_a_header_is_known_by_its_name_however_it_is_spelt(header):
    assert columns.find_column(header).header == "Commentaire jury pour l’organisation"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("1.1", "1.1"),
        ("1,1", "1.1"),
        ("5,2", "5.2"),
        ("01-janv", "1.1"),
        ("01-févr", "1.2"),
        ("03-avr", "3.4"),
        ("1-Mar", "1.3"),
        ("01-mrt", "1.3"),
        ("janv-01", "1.1"),
        ("mai-02", "5.2"),
        ("févr.-04", "2.4"),
        ("01/02/2026", "1.2"),
        ("2026-02-01 00:00:00", "1.2"),
        ("01/05/2002", "5.2"),
        ("janv-1", "1.1"),
    ],
)
def test_a_competence_is_known_after_excel_made_a_date_of_it(header, code):
    assert columns.find_code(header) == code


@pytest.mark.parametrize("header", ["1.4", "5.3", "6.1", "0.1", "1.11", "11", "01-juin", "06-janv", "1.1.1", "Nom", ""])
def test_other_headers_are_no_competence(header):
    assert columns.find_code(header) is None


def test_every_header_of_the_workbook_finds_its_own_column():
    for column in columns.COLUMNS:
        assert columns.find_column(column.header) is column
        assert all(columns.find_column(other) is column for other in column.others)


def test_there_are_sixteen_competences_in_five_domains():
    assert [len(domain.competences) for domain in columns.DOMAINS] == [3, 4, 4, 3, 2]
    assert columns.COMPETENCES[6].name == "S’insérer dans le monde numérique"
    assert columns.COMPETENCES[0].field == "c1_1"


def test_the_fields_of_a_model_are_those_of_the_design():
    fields = "numero prenom nom date_naissance lieu_naissance identifiant type_certification statut niveau nombre_pix"
    more = "maximum commentaire session date_certification centre classe fichier"
    codes = {f"c{code.replace('.', '_')}" for code in columns.COMPETENCE_CODES}
    assert set(columns.FIELD_ATTRIBUTES) == {*fields.split(), *more.split()} | codes


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("Validée", "certified"),
        ("VALIDEE", "certified"),
        ("Validated", "certified"),
        ("Gevalideerd", "certified"),
        ("Non obtenue", "rejected"),
        ("Rejetée", "rejected"),
        ("Annulée", "cancelled"),
        ("En erreur", "error"),
        ("Démarrée", "started"),
        ("Begonnen met", "started"),
        ("Peut-être", None),
        ("", None),
    ],
)
def test_a_status_is_known_in_three_languages(label, kind):
    assert find_status(label) == kind


def test_a_complementary_certification_is_known_by_its_first_word():
    assert columns.is_complementary("Certification Pix+ Droit Maître")
    assert not columns.is_complementary("Certification number")
    assert not columns.is_complementary("Observation")
