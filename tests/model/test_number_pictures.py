"""Number pictures: the examples of ECMA-376 and of Microsoft's help, and French ones."""

from decimal import Decimal

import pytest

from pix_mailmerge.model.word_fields.language import language
from pix_mailmerge.model.word_fields.number_pictures import number_picture
from pix_mailmerge.model.word_fields.numbers import as_number, parse_number, plain_number

NBSP = "\N{NO-BREAK SPACE}"


def written(picture: str, number: str, code: str) -> str:
    compiled = number_picture(picture, language(code))
    assert compiled is not None
    return compiled.write(Decimal(number))


@pytest.mark.parametrize(
    ("picture", "number", "text"),
    [
        ("00.00", "9", "09.00"),
        ("$###", "15", "$ 15"),
        ("x##", "222492", "492"),
        ("0.00x", "0.125", "0.125"),
        ("0.00x", "0.125678", "0.126"),
        (".x", "0.75", ".8"),
        ("$###.00", "95.4", "$ 95.40"),
        ("$###.00", "5", "$  5.00"),
        ("$#,###,###", "2456800", "$2,456,800"),
        ("-##", "-80", "-80"),
        ("-##", "10", " 10"),
        ("+##", "10", "+10"),
        ("+##", "-10", "-10"),
        ("+##", "0", "  0"),
        ("##%", "33", "33%"),
        ("##0.00 'is the sales tax'", "3.98", "  3.98 is the sales tax"),
        ("$#,##0.00;-$#,##0.00", "-1245.65", "-$1,245.65"),
        ("$0.00;($0.00);$0", "0", "$0"),
        ("0;;", "0", ""),
        (",0.00", "1234567.895", "1,234,567.90"),
        ("0", "1234", "1234"),
        ("0.00", "-5", "-5.00"),
        ("##0.00", "-5", "  -5.00"),
        ("$0.00", "-5", "-$5.00"),
        ("0", "-0.2", "0"),
        ("000'-'0000", "1234567", "123-4567"),
        ("0.##", "1.5", "1.5 "),
        ("'Pix'", "12", "Pix"),
        ("#", "0", "0"),
        ("##%", "0.25", " 0%"),
        ("#.##", "0", "0.  "),
        ("#.00", "0", " .00"),
        (".00", "95.4", ".40"),
        (".###", "-0.75", ".75 "),
    ],
)
def test_an_english_picture(picture, number, text):
    assert written(picture, number, "en-US") == text


@pytest.mark.parametrize(
    ("picture", "number", "text"),
    [
        ("0,0", "1234.5", "1234,5"),
        ("# ##0,00", "1234.5", f"1{NBSP}234,50"),
        ("# ##0,00 €", "1234567.5", f"1{NBSP}234{NBSP}567,50 €"),
        ("# ##0", "45", "  45"),
        ("#,##0.00", "1234.5", f"1{NBSP}234,50"),
        ("0.00", "3", "3,00"),
        ("0# ## ## ## ##", "612345678", "06 12 34 56 78"),
        ("00 00 00 00 00", "612345678", "06 12 34 56 78"),
    ],
)
def test_a_french_picture_and_an_english_one_in_a_french_text(picture, number, text):
    assert written(picture, number, "fr-FR") == text


def test_a_german_point_groups():
    assert written("#.##0,00", "1234.5", "de-DE") == "1.234,50"


def test_an_empty_picture_is_none():
    assert number_picture(" ", language("fr-FR")) is None


@pytest.mark.parametrize(
    ("code", "text", "number"),
    [
        ("fr-FR", "1 234,5", "1234.5"),
        ("fr-FR", f"1{NBSP}234{NBSP}567", "1234567"),
        ("fr-FR", "1.5", "1.5"),
        ("fr-FR", "1.234,5", "1234.5"),
        ("fr-FR", "1,234", "1.234"),
        ("en-US", "1,234", "1234"),
        ("en-US", "9,5", "9.5"),
        ("en-US", "$1,234.50", "1234.50"),
        ("fr-FR", "12,50 €", "12.50"),
        ("fr-FR", "12,50 EUR", "12.50"),
        ("en-US", "€180,000.00 EUR", "180000"),
        ("fr-FR", "\N{MINUS SIGN}3", "-3"),
        ("fr-FR", "0.", "0"),
        ("fr-FR", "007", "7"),
    ],
)
def test_text_that_shows_a_number(code, text, number):
    assert parse_number(text, language(code)) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    ["", " ", ".", "abc", "01 02 03", "12/05/2026", "12%", "1 2", "1-2", "٣", "9" * 100, "EUR", "A EUR", "12 Pix"],
)
def test_text_that_shows_none(text):
    assert parse_number(text, language("fr-FR")) is None


@pytest.mark.parametrize(("value", "text"), [(0.1 + 0.2, "0,3"), (12.0, "12"), (1e21, "1" + "0" * 21), (-0.0, "0")])
def test_a_typed_number_shows_the_digits_that_excel_shows(value, text):
    french = language("fr-FR")
    number = as_number(value, french)
    assert number is not None
    assert plain_number(number, french) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), None, object()])
def test_what_is_no_number(value):
    assert as_number(value, language("fr-FR")) is None
