"""What the switches make of a value."""

from datetime import date

import pytest

from pix_mailmerge.model.word_fields.formats import Formats, plain_text, text_format
from pix_mailmerge.model.word_fields.language import language
from pix_mailmerge.model.word_fields.number_pictures import number_picture

FRENCH, ENGLISH = language("fr-FR"), language("en-US")


@pytest.mark.parametrize(
    ("name", "text", "changed"),
    [
        ("Upper", "éàç œuf", "ÉÀÇ ŒUF"),
        ("LOWER", "ÉÀÇ Œuf", "éàç œuf"),
        ("FirstCap", "jean MARTIN", "Jean MARTIN"),
        ("FirstCap", "RICHARD", "RICHARD"),
        ("Caps", "jean-pierre d'arc", "Jean-Pierre D'arc"),
        ("caps", "éric « le grand »", "Éric « Le Grand »"),
        ("roman", "1990", "mcmxc"),
        ("ROMAN", "4", "IV"),
        ("alphabetic", "54", "bbb"),
        ("ALPHABETIC", "3", "C"),
        ("Arabic", "007", "7"),
        ("ArabicDash", "5", "- 5 -"),
        ("Hex", "254", "FE"),
    ],
)
def test_a_format_of_text_or_numbers(name, text, changed):
    change = text_format(name, FRENCH)
    assert change is not None
    assert change(text) == changed


@pytest.mark.parametrize(
    ("name", "number", "english", "french"),
    [
        ("CardText", "790", "seven hundred ninety", "sept cent quatre-vingt-dix"),
        ("CardText", "80", "eighty", "quatre-vingts"),
        ("CardText", "81", "eighty-one", "quatre-vingt-un"),
        ("CardText", "71", "seventy-one", "soixante et onze"),
        ("CardText", "1000", "one thousand", "mille"),
        ("CardText", "200", "two hundred", "deux cents"),
        ("CardText", "80200", "eighty thousand two hundred", "quatre-vingt mille deux cents"),
        ("DollarText", "14.55", "fourteen and 55/100", "quatorze et 55/100"),
        ("OrdText", "1234.567", "one thousand two hundred thirty-fifth", "mille deux cent trente-cinquième"),
        ("OrdText", "1", "first", "premier"),
        ("OrdText", "9", "ninth", "neuvième"),
        ("OrdText", "20", "twentieth", "vingtième"),
        ("Ordinal", "32", "32nd", "32e"),
        ("Ordinal", "11", "11th", "11e"),
        ("Ordinal", "1", "1st", "1er"),
    ],
)
def test_numbers_in_letters(name, number, english, french):
    changes = [text_format(name, one) for one in (ENGLISH, FRENCH)]
    assert [change(number) for change in changes if change] == [english, french]


@pytest.mark.parametrize("name", ["CardText", "roman", "Hex", "alphabetic"])
@pytest.mark.parametrize("text", ["MARTIN", "-5", "99999999"])
def test_what_word_does_not_write_so_stays(name, text):
    change = text_format(name, FRENCH)
    assert change is not None
    assert change(text) == text or (name == "Hex" and text == "99999999")


def test_an_unknown_format_is_none():
    assert text_format("Papillon", FRENCH) is None


def test_formats_follow_each_other():
    lower, first = text_format("Lower", FRENCH), text_format("FirstCap", FRENCH)
    assert lower and first
    assert Formats(FRENCH, texts=(lower, first)).write("RICHARD") == "Richard"


@pytest.mark.parametrize("value", [None, ""])
def test_nothing_stays_nothing_whatever_the_picture(value):
    assert Formats(FRENCH, number_picture("0,00", FRENCH)).write(value) == ""


def test_a_picture_leaves_what_is_not_a_number():
    assert Formats(FRENCH, number_picture("0,00", FRENCH)).write("absent") == "absent"


@pytest.mark.parametrize(
    ("value", "text"), [(12, "12"), (12.5, "12,5"), (True, "True"), (date(2026, 5, 2), "02/05/2026"), ([], "")]
)
def test_a_typed_value_as_text(value, text):
    assert plain_text(value, FRENCH) == text
