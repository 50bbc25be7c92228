"""What the cells of a Pix file mean, and their one spelling."""

from datetime import date

import pytest

from pix_mailmerge.data_source import values


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("04/01/1990", date(1990, 1, 4)),
        ("4/1/90", date(1990, 1, 4)),
        ("4/1/09", date(2009, 1, 4)),
        ("04-01-1990", date(1990, 1, 4)),
        ("04.01.1990", date(1990, 1, 4)),
        ("1990-01-04", date(1990, 1, 4)),
        ("1990-01-04 00:00:00", date(1990, 1, 4)),
        ("1990-01-04T00:00:00", date(1990, 1, 4)),
        ("04/01/1990 00:00", date(1990, 1, 4)),
        ("32877", date(1990, 1, 4)),
        ("32877,0", date(1990, 1, 4)),
        ("4-janv-90", date(1990, 1, 4)),
        ("1er août 2009", date(2009, 8, 1)),
        ("4 déc. 2009", date(2009, 12, 4)),
        ("29/02/2008", date(2008, 2, 29)),
        ("", None),
        ("  ", None),
    ],
)
def test_a_date_is_read_in_every_form_that_excel_gives_it(text, day):
    assert values.parse_date(text) == day


@pytest.mark.parametrize("text", ["29/02/2009", "31/04/2009", "05/21/1993", "RAS", "-", "12", "0/1/2009", "1/1/123"])
def test_what_is_no_date_is_refused_and_kept(text):
    with pytest.raises(ValueError):
        values.parse_date(text)
    assert values.clean_date(text) == text


@pytest.mark.parametrize(
    ("text", "score", "cleaned"),
    [
        ("55", 55, "55"),
        ("0", 0, "0"),
        ("1024", 1024, "1024"),
        ("518,0", 518, "518"),
        ("518.00", 518, "518"),
        ("0 Pix", 0, "0"),
        ("1 Pix", 1, "1"),
        ("5\xa0Pix", 5, "5"),
        ("Novice 1 (5 Pix)", 5, "5"),
        ("-", None, "-"),
        ("–", None, "-"),
        ("'-", None, "-"),
        ("", None, ""),
    ],
)
def test_a_score_is_read_in_each_of_its_forms(text, score, cleaned):
    assert values.parse_score(text) == score
    assert values.clean_score(text) == cleaned


@pytest.mark.parametrize("text", ["1025", "55,5", "-55", "Admissible", "5 Pix 6", "(5 Pix)", "٥"])
def test_what_is_no_score_is_refused_and_kept(text):
    with pytest.raises(ValueError):
        values.parse_score(text)
    assert values.clean_score(text) == text


@pytest.mark.parametrize(
    ("text", "level", "cleaned"),
    [("5", 5, "5"), ("0", 0, "0"), ("5,0", 5, "5"), ("8", 8, "8"), ("-", None, "-"), ("", None, "")],
)
def test_level_zero_not_evaluated_and_unknown_stay_different(text, level, cleaned):
    assert values.parse_level(text) == level
    assert values.clean_level(text) == cleaned


@pytest.mark.parametrize("text", ["9", "5,5", "A", "55"])
def test_what_is_no_level_is_refused_and_kept(text):
    with pytest.raises(ValueError):
        values.parse_level(text)
    assert values.clean_level(text) == text


@pytest.mark.parametrize(
    ("text", "level", "score"),
    [
        ("Novice 1 (5 Pix)", "Novice 1", "5"),
        ("55", "", "55"),
        ("0 Pix", "", "0"),
        ("-", "", "-"),
        ("Admissible", "Admissible", ""),
        ("", "", ""),
    ],
)
def test_a_result_of_spring_2026_is_split(text, level, score):
    assert values.split_result(text) == (level, score)


def test_an_identifier_loses_the_decimals_of_a_spreadsheet_and_nothing_else():
    assert values.clean_number("106763,0") == "106763"
    assert values.clean_number("00123") == "00123"
    assert values.clean_number("A1,0") == "A1,0"


@pytest.mark.parametrize("clean", [values.clean_date, values.clean_score, values.clean_level, values.clean_number])
@pytest.mark.parametrize("text", ["4/1/90", "55,0", "5,0", "-", "'-", "", "RAS", "a\r\nb", "1 Pix", "32877"])
def test_cleaning_twice_changes_nothing(clean, text):
    assert clean(clean(text)) == clean(text)
