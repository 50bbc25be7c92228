"""Some of the pupils, in the order of a French list."""

from __future__ import annotations

from pix_mailmerge.data_source.narrow import narrow
from pix_mailmerge.data_source.order_by import collation_key, parse_sort, sort_records
from pix_mailmerge.data_source.reading import Reading
from pix_mailmerge.data_source.record import Header, Record
from pix_mailmerge.data_source.select import LeftOut, Selection
from pix_mailmerge.problems import Place, warning

HEADER = Header(("Nom", "Prénom", "Classe", "Date de naissance"))
PUPILS = (
    ("MARTIN", "Léa", "3A", "02/01/2010"),
    ("ÉLUARD", "Zoé", "3B", "01/02/2009"),
    ("DE LA TOUR", "Jean", "3a", ""),
    ("MARTIN", "Hugo", "6e 10", "15/12/2008"),
)
RECORDS = tuple(Record("a.csv", line, HEADER, row) for line, row in enumerate(PUPILS, 2))
READING = Reading(RECORDS, HEADER, is_pix=True)
WHOLE = Selection(RECORDS[:3], (LeftOut(RECORDS[3], "Statut « Rejetée »"),))


def first_names(selection: Selection) -> list[str]:
    return [record.text("Prénom") for record in selection.chosen]


def problem_of(*only: str, name: str | None = None) -> tuple[str, str]:
    (problem,) = narrow(READING, WHOLE, only, name).problems
    return problem.id, f"{problem.what} {problem.remedy}"


def test_nothing_asked_for_is_everyone():
    assert narrow(READING, WHOLE) is WHOLE


def test_a_column_is_known_by_its_header_or_by_the_name_of_its_field_and_case_does_not_count():
    for asked in ("classe=3A", "Classe=3a", "CLASSE= 3A "):
        assert first_names(narrow(READING, WHOLE, [asked])) == ["Léa", "Jean"]


def test_several_values_of_a_column_are_any_and_several_columns_are_all():
    assert first_names(narrow(READING, WHOLE, ["classe=3A", "classe=3B"])) == ["Léa", "Zoé", "Jean"]
    assert first_names(narrow(READING, WHOLE, ["classe=3A", "classe=3B", "nom=eluard"])) == ["Zoé"]


def test_an_empty_value_finds_the_empty_cells():
    assert first_names(narrow(READING, WHOLE, ["date_naissance="])) == ["Jean"]


def test_those_left_out_and_the_problems_of_the_others_are_not_told():
    told = warning("source.nobody", "x", "y", Place("a.csv", 3)), warning("source.nobody", "x", "y", Place("a.csv", 2))
    found = narrow(READING, Selection(WHOLE.chosen, WHOLE.left_out, told), ["classe=3A"])
    assert (found.left_out, found.problems) == ((), told[1:])


def test_one_pupil_is_found_by_words_of_the_name_in_any_order():
    assert first_names(narrow(READING, WHOLE, name="lea martin")) == ["Léa"]
    assert first_names(narrow(READING, WHOLE, name="tour")) == ["Jean"]


def test_what_matches_nothing_is_a_problem_with_what_was_perhaps_meant():
    assert problem_of("3A") == (
        "usage.wrong-only",
        "« --only 3A » n’a pas la forme colonne=valeur. Écrivez par exemple --only classe=3A.",
    )
    id, told = problem_of("clase=3A")
    assert id == "usage.unknown-column" and "Vouliez-vous dire « Classe » ?" in told
    id, told = problem_of("classe=6e 11")
    assert id == "usage.only-value" and "« 3A », « 3B », « 6e 10 »" in told.replace("« 3a », ", "")
    assert problem_of("classe=3A", "nom=eluard")[0] == "usage.only-nobody"
    id, told = problem_of(name="Martn Léa")
    assert id == "usage.no-such-name" and "Vouliez-vous dire « MARTIN Léa » ?" in told
    assert "écarté : Statut « Rejetée »" in problem_of(name="Hugo")[1]


def test_a_list_is_sorted_as_the_french_do():
    wanted = [
        *("3A", "6e 2", "6e 10", "cote", "Coté", "côte", "côté", "D'ANGELO", "DA SILVA", "DE LA TOUR", "de Latour"),
        *("DEBOIS", "Elan", "ELUARD", "ÉLUARD", "Émile", "LE GOFF", "LEGAL", "MARTIN-DUPONT", "MARTINEZ", "O'NEIL"),
        *("Odile", "Œdipe", "oeuf", "Of", "Zoe", "Zoé", ""),
    ]
    assert sorted(sorted(wanted), key=collation_key) == wanted


def test_records_are_sorted_by_several_columns_dates_as_dates():
    headers, problems = parse_sort(["nom, date_naissance"], HEADER)
    assert (headers, problems) == (("Nom", "Date de naissance"), [])
    assert [record.line for record in sort_records(RECORDS, headers)] == [4, 3, 5, 2]


def test_an_unknown_column_to_sort_by_is_a_problem():
    (problem,) = parse_sort(["clas"], HEADER)[1]
    assert problem.id == "usage.unknown-column" and "« Classe »" in problem.remedy
