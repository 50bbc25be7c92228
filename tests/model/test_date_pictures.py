"""Date pictures and text that looks like a date."""

from datetime import date, datetime, time

import pytest

from pix_mailmerge.model.word_fields.date_pictures import as_moment, date_picture, parse_moment, plain_date
from pix_mailmerge.model.word_fields.language import language

MOMENT = datetime(2013, 4, 5, 14, 7, 9)


@pytest.mark.parametrize(
    ("code", "picture", "text"),
    [
        ("en-US", "M/d/yyyy", "4/5/2013"),
        ("en-US", "dd-MMM-yy", "05-Apr-13"),
        ("en-US", "MMM. d, yy", "Apr. 5, 13"),
        ("en-US", "dddd, MMMM dd, yyyy", "Friday, April 05, 2013"),
        ("en-US", "ddd", "Fri"),
        ("en-US", "h:mm am/pm", "2:07 PM"),
        ("en-US", "hh:mm AM/PM", "02:07 PM"),
        ("en-US", "H:m:s", "14:7:9"),
        ("en-US", "HH:mm:ss", "14:07:09"),
        ("fr-FR", "dddd d MMMM yyyy", "vendredi 5 avril 2013"),
        ("fr-FR", "jjjj j MMMM aaaa", "vendredi 5 avril 2013"),
        ("fr-FR", "jj/MM/aaaa", "05/04/2013"),
        ("fr-FR", "jj/MM/aa", "05/04/13"),
        ("fr-FR", "'le' d MMMM 'à' H'h'mm", "le 5 avril à 14h07"),
        ("fr-FR", "DD/MM/YYYY", "05/04/2013"),
        ("de-DE", "d. MMMM yyyy", "5. April 2013"),
        ("en-US", "jj", "jj"),
    ],
)
def test_a_picture(code, picture, text):
    compiled = date_picture(picture, language(code))
    assert compiled is not None
    assert compiled.write(MOMENT) == text


def test_noon_and_midnight_on_a_clock_of_twelve_hours():
    picture = date_picture("h am/pm", language("en-US"))
    assert picture is not None
    assert [picture.write(datetime(2020, 1, 1, hour)) for hour in (0, 12)] == ["12 AM", "12 PM"]


@pytest.mark.parametrize(
    ("code", "text", "moment"),
    [
        ("fr-FR", "12/05/2026", datetime(2026, 5, 12)),
        ("en-US", "12/05/2026", datetime(2026, 12, 5)),
        ("en-US", "25/12/2020", datetime(2020, 12, 25)),
        ("fr-FR", "2026-05-12", datetime(2026, 5, 12)),
        ("fr-FR", "2026-05-12T10:20:30", datetime(2026, 5, 12, 10, 20, 30)),
        ("en-US", "5/12/2026 1:05:00 PM", datetime(2026, 5, 12, 13, 5)),
        ("fr-FR", "12.05.26", datetime(2026, 5, 12)),
        ("fr-FR", "12.05.68", datetime(1968, 5, 12)),
        ("fr-FR", "1er mai 2026", datetime(2026, 5, 1)),
        ("fr-FR", "mardi 12 mai 2026", datetime(2026, 5, 12)),
        ("en-US", "May 22nd, 2013", datetime(2013, 5, 22)),
        ("fr-FR", "12-May-2026", datetime(2026, 5, 12)),
        ("fr-FR", "12 mai 2026 à 14h30", datetime(2026, 5, 12, 14, 30)),
        ("fr-FR", "14:30", datetime(1899, 12, 30, 14, 30)),
    ],
)
def test_text_that_looks_like_a_date(code, text, moment):
    assert parse_moment(text, language(code)) == moment


@pytest.mark.parametrize(
    "text", ["", "512", "2012", "31/02/2020", "MARTIN", "1.5.2", "01 02 03 04 05", "25:61", "x" * 99]
)
def test_text_that_does_not(text):
    assert parse_moment(text, language("fr-FR")) is None


@pytest.mark.parametrize(
    ("code", "value", "text"),
    [
        ("fr-FR", date(2026, 5, 2), "02/05/2026"),
        ("en-US", date(2026, 5, 2), "5/2/2026"),
        ("fr-FR", datetime(2026, 5, 2, 8, 30), "02/05/2026 08:30:00"),
        ("fr-FR", datetime(2026, 5, 2), "02/05/2026"),
        ("fr-FR", time(8, 30), "08:30:00"),
    ],
)
def test_a_date_without_a_picture_is_written_short(code, value, text):
    assert plain_date(value, language(code)) == text


def test_a_number_is_no_date():
    assert as_moment(45000, language("fr-FR")) is None


@pytest.mark.parametrize("code", ["fr", "fr_CA", "zz-ZZ", "", None, "x-none"])
def test_an_unknown_language_is_read_as_its_family_or_as_french(code):
    assert language(code).months[0] == "janvier"
