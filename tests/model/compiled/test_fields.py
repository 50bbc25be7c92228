"""The values that a model may use, under the names it may use."""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path

import pytest

from pix_mailmerge.data_source.columns import COMPETENCE_CODES, HEADERS
from pix_mailmerge.data_source.record import Header, Record, Value
from pix_mailmerge.model.fields import ascii_name, class_values, field_names, field_values, names_of
from pix_mailmerge.model.filters import date_complete, date_longue, nom_propre
from pix_mailmerge.model.media import Picture
from pix_mailmerge.settings import School

SIGNATURE = Path(__file__).parents[3] / "samples" / "signature.png"


def pupil(**cells: Value) -> Record:
    """A record of a Pix file; a cell's header in words joined by _ , the others empty."""
    given = {name.replace("_", " "): value for name, value in cells.items()}
    header = Header((*HEADERS, *(name for name in given if name not in HEADERS)))
    return Record("3A.csv", 2, header, tuple(given.get(name, "") for name in header))


def printed(record: Record, name: str, school: School | None = None) -> str:
    value = field_values(record, school or School())[name]
    return "" if value is None else str(value)


ANNA = pupil(
    **{
        "Numéro_de_certification": "123",
        "Prénom": "Anna",
        "Nom": "D’ANGELO",
        "Date_de_naissance": "04/01/2010",
        "Nombre_de_Pix": "358",
        "Date_de_passage_de_la_certification": "01/06/2025",
        "Niveau": "Indépendant 1",
        "Classe": "3A",
        "1.1": "5",
        "1.2": "0",
        "1.3": "-",
    }
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("numero", "123"),
        ("prenom", "Anna"),
        ("nom", "D’ANGELO"),
        ("date_naissance", "04/01/2010"),
        ("lieu_naissance", ""),
        ("nombre_pix", "358"),
        ("maximum", "895"),
        ("niveau", "Indépendant 1"),
        ("date_certification", "01/06/2025"),
        ("classe", "3A"),
        ("c1_1", "5"),
        ("c1_2", "0"),
        ("c1_3", "–"),
        ("c5_2", ""),
    ],
)
def test_a_field_prints_as_the_page_needs_it(name: str, expected: str) -> None:
    assert printed(ANNA, name) == expected


@pytest.mark.parametrize(
    ("name", "state"), [("c1_1", "niveau"), ("c1_2", "zero"), ("c1_3", "non_evalue"), ("c5_2", "inconnu")]
)
def test_a_competence_tells_its_state(name: str, state: str) -> None:
    assert field_values(ANNA, School())[name].etat == state  # type: ignore[attr-defined]


def test_scores_and_levels_compare_as_numbers() -> None:
    values = field_values(ANNA, School())

    assert values["nombre_pix"] >= 64  # type: ignore[operator]
    assert values["c1_1"] > values["c1_2"]  # type: ignore[operator]


@pytest.mark.parametrize(("cell", "expected"), [("-", "–"), ("", ""), ("n’importe quoi", "")])
def test_no_score_counts_as_nothing(cell: str, expected: str) -> None:
    value = field_values(pupil(Nombre_de_Pix=cell), School())["nombre_pix"]

    assert (str(value), value < 64) == (expected, True)  # type: ignore[operator]


def test_no_level_is_false() -> None:
    assert field_values(pupil(Niveau="-"), School())["niveau"] is None


def test_a_date_that_is_none_is_printed_as_it_is() -> None:
    assert printed(pupil(Date_de_naissance="hier"), "date_naissance") == "hier"


def test_the_domains_list_the_sixteen_competences() -> None:
    domains = field_values(ANNA, School())["domaines"]

    listed = [(one.code, str(one.niveau), one.etat, bool(one.nom)) for domain in domains for one in domain.competences]  # type: ignore[attr-defined]
    assert [code for code, *_ in listed] == list(COMPETENCE_CODES)
    assert listed[:4] == [
        ("1.1", "5", "niveau", True),
        ("1.2", "0", "zero", True),
        ("1.3", "–", "non_evalue", True),
        ("2.1", "", "inconnu", True),
    ]
    assert [domain.nom for domain in domains][:2] == ["Information et données", "Communication et collaboration"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "name",
    ["Prénom", unicodedata.normalize("NFD", "Prénom"), "PRENOM", "prénom", "First_name", "Voornaam"],
)
def test_a_name_is_found_with_accents_capitals_and_in_other_languages(name: str) -> None:
    assert printed(ANNA, name) == "Anna"


@pytest.mark.parametrize("name", ["Nombre_de_Pix", "Score_en_Pix", "nombre_pix", "Nombre de Pix"])
def test_the_score_is_known_by_both_of_its_headers(name: str) -> None:
    assert printed(ANNA, name) == "358"


def test_any_other_header_is_known_by_its_ascii_form() -> None:
    record = pupil(**{"Nom_d’usage": "LÉA", "2e_vœu": "Lyon"})

    assert printed(record, "nom_d_usage") == "LÉA"
    assert printed(record, "c2e_voeu") == "Lyon"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("1.1", "c1_1"),
        ("Œuvre d’art", "oeuvre_d_art"),
        ("  Été  2025 ", "ete_2025"),
        ("N°", "n"),
        ("№", "no"),
        ("…", ""),
    ],
)
def test_ascii_names(header: str, name: str) -> None:
    assert ascii_name(header) == name


def test_two_headers_of_one_form_are_ambiguous_unless_named_exactly() -> None:
    names = names_of(("Nom 2", "nom-2"))

    assert names.find("nom_2") is None
    assert names.all("nom_2") == ("Nom 2", "nom-2")
    assert names.find("Nom 2") == "Nom 2"


def test_the_school_comes_before_a_column_of_its_name_once_it_is_given() -> None:
    record = pupil(Ville="Brest")

    assert printed(record, "ville", School(ville="Lyon")) == "Lyon"
    assert printed(record, "ville") == "Brest"


def test_other_fields_of_the_school() -> None:
    school = School(champs={"année scolaire": "2025-2026", "statut": "à nous"})

    assert printed(ANNA, "annee_scolaire", school) == "2025-2026"
    assert printed(ANNA, "statut", school) == "à nous"


def test_a_name_that_is_unknown_is_no_key() -> None:
    values = field_values(ANNA, School())

    assert "prenon" not in values
    with pytest.raises(KeyError):
        values["prenon"]


def test_any_workbook_gives_its_columns_with_their_types() -> None:
    header = Header(("Élève", "Moyenne", "Né le", "Points", "Rang"))
    record = Record("a.xlsx", 2, header, ("Zoé", 12.5, date(2010, 1, 4), 12.0, 3))

    assert [printed(record, name) for name in ("eleve", "moyenne", "ne_le", "points", "rang")] == [
        "Zoé",
        "12,5",
        "04/01/2010",
        "12",
        "3",
    ]
    assert "domaines" not in field_values(record, School())


def test_the_signature_says_whose_it_is() -> None:
    picture = field_values(ANNA, School(signature=SIGNATURE, chef="Mme X"))["signature"]

    assert isinstance(picture, Picture)
    assert picture.image.alt == "Signature de Mme X"
    assert field_values(ANNA, School())["signature"] is None


def test_a_class_lists_its_pupils() -> None:
    values = class_values([ANNA, pupil(Nom="B")], School(ville="Lyon"))

    assert [str(one.nom) for one in values["eleves"]] == ["D’ANGELO", "B"]  # type: ignore[attr-defined]
    assert (values["classe"], values["ville"]) == ("3A", "Lyon")
    assert class_values([], School())["eleves"] == ()


def test_every_documented_name_has_a_value() -> None:
    values = class_values([ANNA], School())

    assert all(name in values for name in field_names())
    assert [values[name] for name in field_names()]


def test_a_date_with_its_weekday() -> None:
    assert date_complete("01/06/2026") == "lundi 1er juin 2026"
    assert date_complete("hier") == "hier"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("01/06/2026", "1er juin 2026"),
        (date(2025, 12, 24), "24 décembre 2025"),
        ("2/2/2025", "2 février 2025"),
        ("hier", "hier"),
        ("", ""),
        (None, ""),
    ],
)
def test_long_dates(value: object, expected: str) -> None:
    assert date_longue(value) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("DE LA TOUR", "de La Tour"),
        ("LE GOFF", "Le Goff"),
        ("O'NEIL", "O'Neil"),
        ("O’NEIL", "O’Neil"),
        ("D'ANGELO", "D'Angelo"),
        ("L’HAŸ", "L’Haÿ"),
        ("MARTIN-DUPONT", "Martin-Dupont"),
        ("VAN DER BERG", "van der Berg"),
        ("DU", "Du"),
        ("NGUYỄN", "Nguyễn"),
        ("ŒUVRARD", "Œuvrard"),
        ("ÉMILE", "Émile"),
        ("de La Tour", "de La Tour"),
        ("McDonald", "McDonald"),
        ("MCDONALD", "McDonald"),
        ("DE LA TOUR D'AUVERGNE", "de La Tour d'Auvergne"),
        ("DUPONT D’ISIGNY", "Dupont d’Isigny"),
        ("QUEFFÉLEC'H", "Queffélec'h"),
        ("KERGOAC’HENN", "Kergoac’henn"),
        ("SAINT-EXUPÉRY", "Saint-Exupéry"),
        ("DUPONT\N{NO-BREAK SPACE}DE\N{NO-BREAK SPACE}NEMOURS", "Dupont\N{NO-BREAK SPACE}de\N{NO-BREAK SPACE}Nemours"),
        ("N'GUYEN", "N'Guyen"),
        ("BOYER & FILS", "Boyer & Fils"),
        ("", ""),
        (None, ""),
    ],
)
def test_names_in_capitals_are_written_properly(name: str | None, expected: str) -> None:
    assert nom_propre(name) == expected
