"""The text of a part in its order, and the forms in which texts are compared."""

from __future__ import annotations

import pytest

from pix_mailmerge.destination.verification.compare import (
    Difference,
    differences,
    find_on_pages,
    found_beside,
    identity,
    unfilled,
    wrong_order,
)
from pix_mailmerge.destination.verification.texts import END, START, WILD, read_story, squeezed, stream_of


def value(text: str) -> str:
    return f"{START}{text}{END}"


def test_paragraphs_are_read_in_order_with_tabs_and_breaks():
    xml = (
        "<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b &amp; c</w:t></w:r></w:p><w:p/><w:p><w:r><w:br/><w:t>d</w:t></w:r></w:p>"
    )
    assert read_story(xml).paragraphs == ("a\tb & c", "", "\nd")


def test_a_page_break_is_part_of_the_text():
    assert read_story('<w:p><w:r><w:br w:type="page"/></w:r></w:p>').paragraphs == ("\f",)
    assert read_story("<w:p><w:pPr><w:pageBreakBefore/></w:pPr></w:p>").paragraphs == ("\f",)


def test_a_tab_stop_is_not_a_tab():
    xml = '<w:p><w:pPr><w:tabs><w:tab w:val="left" w:pos="10"/></w:tabs></w:pPr><w:r><w:t>a</w:t></w:r></w:p>'
    assert read_story(xml).paragraphs == ("a",)


def test_the_paragraphs_of_a_text_box_stand_apart_and_once():
    box = "<w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbxContent>"
    xml = (
        "<w:p><w:r><w:t>before </w:t></w:r><mc:AlternateContent><mc:Choice>"
        f"{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent><w:r><w:t>after</w:t></w:r></w:p>"
    )
    story = read_story(xml)
    assert (story.paragraphs, story.boxes) == (("before after",), ("box",))


def test_hidden_and_deleted_text_is_left_out():
    xml = (
        "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>"
        "<w:del><w:r><w:t>deleted</w:t></w:r></w:del><w:r><w:t>shown</w:t></w:r></w:p>"
    )
    assert read_story(xml).paragraphs == ("shown",)


@pytest.mark.parametrize(
    ("code", "shown"), [("PAGE", WILD), (' DATE \\@ "d"', WILD), ("REF x", "7"), ("MERGEFIELD x", "7")]
)
def test_what_word_computes_anew_is_not_compared(code, shown):
    complex_field = (
        f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{code}</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>7</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    assert read_story(complex_field).paragraphs == (shown,)
    simple = code.replace('"', "&quot;")
    xml = f'<w:p><w:fldSimple w:instr="{simple}"><w:r><w:t>7</w:t></w:r></w:fldSimple></w:p>'
    assert read_story(xml).paragraphs == (shown,)


@pytest.mark.parametrize(
    ("written", "drawn"),
    [
        ("Fionnuala Affif", "ﬁonnuala Aﬀif".replace("ﬁ", "Fi")),
        ("compétences numériques", "compé\x02\r\ntences numé\ufffe\r\nriques"),
        ("Jean-Éric", "Jean\x02\nÉric"),
        ("Éléonore", "E\u0301le\u0301onore"),
        ("N’Diaye Œuvrard", "N’Diaye\u00a0Œuvrard"),
        ("DE LA TOUR", "de la\ntour"),
    ],
)
def test_a_text_and_its_print_are_the_same(written, drawn):
    assert squeezed(written) == squeezed(drawn)


def test_names_that_differ_by_an_accent_are_not_the_same():
    assert squeezed("Lea") != squeezed("Léa")


def test_a_wrong_value_is_told_with_what_stands_in_its_place():
    expected = [f"Niveau : {value('4')} sur 8", "fin"]
    assert differences(expected, ["Niveau : 5 sur 8", "fin"]) == [Difference("4", "5")]


def test_an_added_paragraph_is_no_value():
    (found,) = differences(["a"], ["a", "b"])
    assert (found.found, found.is_value) == ("b", False)


def test_an_added_page_break_is_told_as_such():
    (found,) = differences(["a"], ["a", "\f"])
    assert found.breaks_page


def test_12_5_and_12_dot_5_are_the_same_number():
    assert differences([f"Note {value('12.5')}"], ["Note 12,5"]) == []


LEVELS = stream_of([f"1.1 Mener {value('4')}", f"1.2 Gérer {value('5')}", f"1.3 Traiter {value('4')}"])


def test_all_values_are_found_in_their_places():
    finding = find_on_pages(LEVELS, [squeezed("En-tête 1.1 Mener 4 1.2 Gérer 5 1.3 Traiter 4 Pied 1")])
    assert (finding.lost, finding.moved) == ([], [])


def test_a_level_that_stands_elsewhere_too_is_missed_in_its_place():
    text = "1.1 Mener 5 1.2 Gérer 5 1.3 Traiter 4"
    finding = find_on_pages(LEVELS, [squeezed(text)])
    assert finding.lost == []
    assert 0 in finding.moved
    assert found_beside(LEVELS, 0, text) == "5"


def test_a_value_that_is_nowhere_is_lost():
    assert find_on_pages(LEVELS, [squeezed("1.1 Mener 4 1.2 Gérer 3 1.3 Traiter 4")]).lost == [1]


def test_pages_may_cut_a_text_between_headers_and_footers():
    pages = ["Collège X 1.1 Mener 4 1.2 Gé page 1", "Collège X rer 5 1.3 Traiter 4 page 2"]
    finding = find_on_pages(LEVELS, list(map(squeezed, pages)))
    assert (finding.lost, finding.moved) == ([], [])


def test_a_letter_of_another_font_may_be_drawn_after_its_neighbours():
    stream = stream_of([f"délivrée à {value('Đức')} le"])
    finding = find_on_pages(stream, [squeezed("délivrée à Đ c ứ le")])
    assert finding.lost == []


def test_a_page_number_is_not_looked_for():
    stream = stream_of([f"page {WILD} de {value('Léa')}"])
    assert find_on_pages(stream, [squeezed("page 3 de Léa")]).lost == []


def test_a_pupil_is_known_by_number_or_full_name_that_is_not_in_the_own_text():
    lea = identity("9000001", "MARTIN", "Léa")
    assert lea.is_in(squeezed("né à Lyon, 9000001"), "")
    assert lea.is_in(squeezed("Léa MARTIN"), "")
    assert not lea.is_in(squeezed("Léa MARTINEZ"), squeezed("Léa MARTINEZ"))
    assert not lea.is_in(squeezed("Hugo MARTIN"), "")


def test_a_pupil_without_a_name_is_not_looked_for():
    assert not identity("", "", "Léa").is_in("léa", "")


def test_fields_left_unfilled_are_told_and_french_quotation_marks_are_not():
    known = {"prénom": "Prénom"}
    text = "{{ prenom }} «Prénom» « Pix » MERGEFIELD Nom"
    assert unfilled(text, "", known) == ["{{ prenom }}", "«Prénom»", "MERGEFIELD Nom"]
    assert unfilled("{{ voulu }}", "{{voulu}}", {}) == []


def test_the_order_of_pupils_is_told():
    assert wrong_order([0, 1, 2], 3) == ([], [], False)
    assert wrong_order([0, 2, 1], 3) == ([], [], True)
    assert wrong_order([0, 1, 1], 3) == ([2], [1], False)
