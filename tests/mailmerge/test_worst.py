"""Which pages are looked at first, and why."""

from __future__ import annotations

from pix_mailmerge.data_source.record import Header, Record
from pix_mailmerge.mailmerge.worst import find_worst

HEADER = Header(("Nom", "Prénom", "Lieu de naissance", "Centre de certification", "Nombre de Pix"))
ANNA = ("PETIT", "Anna", "Lyon", "Collège Jean-Moulin", "300")
TWIN = ("PETIT", "Élia", "Lyon", "Collège Jean-Moulin", "300")


def records(*rows: tuple[str, ...]) -> list[Record]:
    return [Record("3A.csv", line, HEADER, row) for line, row in enumerate(rows, 2)]


def told(*rows: tuple[str, ...], used: tuple[str, ...] = HEADER, pages: tuple[int, ...] = (), most: int = 5):
    return [(worst.record.line, list(worst.reasons)) for worst in find_worst(records(*rows), used, pages, most)]


def test_the_longest_name_comes_before_an_absent_birthplace():
    rows = (ANNA, ("DE LA TOUR D’AUVERGNE", "Maximilienne", "Lyon", "Collège Jean-Moulin", "300"),
            ("PETIT", "Anna", "", "Collège Jean-Moulin", "300"))  # fmt: skip
    assert told(*rows) == [(3, ["le nom le plus long (34 caractères)"]), (4, ["« Lieu de naissance » absent"])]


def test_the_longest_name_is_the_widest_on_paper_not_the_one_with_most_letters():
    rows = (ANNA, ("MMMMMMMMMM", "M", "Lyon", "X", "300"), ("llllllllllll", "ll", "Lyon", "X", "300"))
    assert told(*rows, used=("Nom", "Prénom")) == [(3, ["le nom le plus long (12 caractères)"])]


def test_the_document_with_most_pages_is_the_first_of_all():
    rows = (ANNA, TWIN, ("PETITJEAN", "Annabelle", "Lyon", "Collège Jean-Moulin", "300"))
    assert told(*rows, pages=(1, 3, 1)) == [(3, ["le plus de pages (3)"]), (4, ["le nom le plus long (19 caractères)"])]


def test_pages_that_are_all_as_many_say_nothing():
    rows = (ANNA, ("PETITJEAN", "Anna", "Lyon", "Collège Jean-Moulin", "300"))
    assert told(*rows, pages=(2, 2)) == [(3, ["le nom le plus long (14 caractères)"])]


def test_one_page_says_all_the_reasons_it_was_chosen_for():
    ((line, reasons),) = told(ANNA, ("GREGORIEVITCH", "Jean-Christophe", "", "", ""), used=HEADER[:4])
    assert line == 3
    assert reasons == [
        "le nom le plus long (29 caractères)",
        "le plus de valeurs absentes (Lieu de naissance, Centre de certification)",
        "« Lieu de naissance » absent",
        "« Centre de certification » absent",
    ]


def test_what_the_model_does_not_print_is_no_reason():
    assert told(ANNA, ("PETIT", "Anna", "", "", "9"), used=("Nom",)) == [
        (2, ["aucun cas n’est plus difficile que les autres"])
    ]


def test_a_birthplace_much_longer_than_the_others_is_shown():
    rows = (
        ANNA,
        TWIN,
        ("PETIT", "Elsa", "Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson", "Collège Jean-Moulin", "300"),
    )
    assert (4, ["« Lieu de naissance » le plus long (45 caractères)"]) in told(*rows)


def test_letters_that_few_fonts_have_are_shown_and_french_ones_are_not():
    rows = (ANNA, ("ŒUVRARD", "Zoé", "Lyon", "X", "300"), ("PETIT", "Łucja", "Lyon", "X", "300"))
    assert told(*rows, used=("Prénom", "Nom")) == [
        (3, ["le nom le plus long (11 caractères)"]),
        (4, ["des lettres que toute police n’a pas (Ł)"]),
    ]


def test_the_highest_and_the_lowest_score_are_shown():
    rows = (("A", "A", "L", "X", "300"), ("A", "A", "L", "X", "895"), ("A", "A", "L", "X", "64"))
    assert told(*rows, used=("Nombre de Pix",)) == [
        (3, ["le score le plus haut (895)"]),
        (4, ["le score le plus bas (64)"]),
    ]


def test_no_more_are_shown_than_asked_for():
    rows = (ANNA, ("PETITJEAN", "Annabelle", "Lyon", "X", "300"), ("PETIT", "Anna", "", "X", "300"))
    assert told(*rows, most=1) == [(3, ["le nom le plus long (19 caractères)"])]


def test_nobody_gives_nothing():
    assert told() == []
