"""What Excel and its like make of a Pix file: 3,864 damaged copies of the raw text, read to the same records."""

from __future__ import annotations

import csv
import io
import itertools
import subprocess
from datetime import date

import pytest

from pix_mailmerge.data_source.pix_export import read_sources

ENCODINGS = {
    "UTF-8": ("utf-8", b""),
    "UTF-8 with a mark": ("utf-8", b"\xef\xbb\xbf"),
    "UTF-16 LE": ("utf-16-le", b"\xff\xfe"),
    "UTF-16 BE": ("utf-16-be", b"\xfe\xff"),
    "UTF-16 LE without a mark": ("utf-16-le", b""),
    "cp1252": ("cp1252", b""),
    "Mac Roman": ("mac_roman", b""),
}
DELIMITERS = (";", ",", "\t", "|")
LINE_ENDS = ("\n", "\r\n", "\r")
COMBINATIONS = tuple(itertools.product(ENCODINGS, DELIMITERS, LINE_ENDS))
SIZES = (1, 4, 40)

MONTHS = ("", "janv", "févr", "mars", "avr", "mai")
DATES = ("Date de naissance", "Date de passage de la certification", "Date of birth", "Date of Pix certification exam")
DATES += ("Geboortedatum", "Datum van certificering")


NUMBER = "Numéro de certification"


def is_code(header):
    return len(header) == 3 and header[1] == "."


def with_codes(form):
    """Return a damage that writes the header « 1.2 » as form(1, 2)."""

    def damage(rows):
        rows[0] = [form(int(name[0]), int(name[2])) if is_code(name) else name for name in rows[0]]
        return rows

    return damage


def with_dates(form):
    """Return a damage that writes each date as form(date)."""

    def damage(rows):
        places = [n for n, name in enumerate(rows[0]) if name in DATES]
        for row in rows[1:]:
            for place in places:
                day, month, year = map(int, row[place].split("/"))
                row[place] = form(date(year, month, day))
        return rows

    return damage


def with_decimals(rows):
    places = [n for n, name in enumerate(rows[0]) if is_code(name) or name in {"Nombre de Pix", "Session"}]
    for row in rows[1:]:
        for place in places:
            row[place] += ",0" if row[place].isdigit() else ""
    return rows


def with_empty_columns_and_rows(rows):
    width = len(rows[0]) + 3
    return [row + [""] * 3 for row in rows] + [[""] * width, [""] * width]


def with_dashes(rows):
    return [rows[0]] + [["–" if cell == "-" else cell for cell in row] for row in rows[1:]]


DAMAGES = {
    "none": lambda rows: rows,
    "1,2": with_codes(lambda domain, rank: f"{domain},{rank}"),
    "01-févr": with_codes(lambda domain, rank: f"{domain:02}-{MONTHS[rank]}"),
    "janv-02": with_codes(lambda domain, rank: f"{MONTHS[domain]}-{rank:02}"),
    "01/02/2026": with_codes(lambda domain, rank: f"{domain:02}/{rank:02}/2026"),
    "serial dates": with_dates(lambda day: str((day - date(1899, 12, 30)).days)),
    "d/m/yy": with_dates(lambda day: f"{day.day}/{day.month}/{day.year % 100:02}"),
    "ISO dates": with_dates(lambda day: f"{day} 00:00:00"),
    "5,0": with_decimals,
    "empty columns and rows": with_empty_columns_and_rows,
    "a title row": lambda rows: [["Résultats de la classe"] + [""] * (len(rows[0]) - 1), [""] * len(rows[0]), *rows],
    "a short title": lambda rows: [["Résultats 2026"], *rows],
    "dashes": with_dashes,
}
TITLE_ROWS = {"a title row": 2, "a short title": 1}


def damaged(specimen, turn):
    """Return the bytes of the copy of this turn, how many pupils it holds, and the line of the first."""
    encoding, delimiter, line_end = COMBINATIONS[turn % len(COMBINATIONS)]
    damage = list(DAMAGES)[turn % len(DAMAGES)]
    size = SIZES[turn % len(SIZES)]
    rows = [specimen.headers] + [[str(9000 + n), *specimen.cells[1:]] for n in range(size)]
    text = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if turn % 2 else csv.QUOTE_MINIMAL
    csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=quoting).writerows(DAMAGES[damage](rows))
    codec, mark = ENCODINGS[encoding]
    return mark + text.getvalue().encode(codec), size, 2 + TITLE_ROWS.get(damage, 0)


def test_the_matrix_holds_at_least_2400_files(specimens):
    assert len(specimens) * len(COMBINATIONS) >= 2400


def test_damaged_copies_are_read_as_the_original(specimen, specimens, written):
    first_turn = specimens.index(specimen)
    want = specimen.expected | {"Classe": "3A", "Fichier": "20260401_resultats_3A.csv"}
    for turn in range(first_turn, first_turn + len(COMBINATIONS)):
        content, size, line = damaged(specimen, turn)
        reading = read_sources([written("20260401_resultats_3A.csv", content)])
        assert not reading.problems, turn
        assert not reading.damaged, turn
        assert [record.line for record in reading.records] == list(range(line, line + size)), turn
        for number, record in enumerate(reading.records, start=9000):
            got = {name: text for name, text in record.values.items() if text}
            assert got == {name: text for name, text in want.items() if text} | {NUMBER: str(number)}, turn


@pytest.mark.real("soffice")
@pytest.mark.parametrize("kind", ["ods", "xlsx"])
def test_damaged_copies_that_libreoffice_saved_again_are_read_as_the_original(kind, specimens, written, tmp_path):
    """Each form with three damages, opened as a French LibreOffice does and saved as a workbook."""
    forms = {specimen.form: specimen for specimen in specimens}.values()
    damages = list(DAMAGES)
    copies = {}
    for turn, specimen in enumerate(forms):
        for damage in (damages[(3 * turn + n) % len(damages)] for n in range(3)):
            name = f"20260401_resultats_{len(copies)}A.csv"
            text = io.StringIO(newline="")
            rows = DAMAGES[damage]([specimen.headers, ["9000", *specimen.cells[1:]]])
            csv.writer(text, delimiter=";").writerows(rows)
            copies[written(name, text.getvalue())] = specimen, damage
    command = ["soffice", "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"]
    command += ["--convert-to", kind, "--infilter=CSV:59,34,UTF8,1,,1036,false,true", "--outdir", str(tmp_path)]
    subprocess.run([*command, *map(str, copies)], check=True, capture_output=True, timeout=170)
    for number, (source, (specimen, damage)) in enumerate(copies.items()):
        reading = read_sources([source.with_suffix(f".{kind}")])
        what = specimen.form, damage
        assert not [problem for problem in reading.problems if problem.id != "source.column-unknown"], what
        assert not reading.damaged, what
        (record,) = reading.records
        want = specimen.expected | {NUMBER: "9000", "Classe": f"{number}A", "Fichier": f"{source.stem}.{kind}"}
        got = {name: text for name, text in record.values.items() if text}
        assert got == {name: text for name, text in want.items() if text}, what


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_files_pasted_under_each_other_are_one(specimens, delimiter, written):
    """A D3 under a D2 under a D5, each with its header and a title."""
    chosen = [next(each for each in specimens if each.form == form) for form in ("D5", "D2", "D3")]
    lines = []
    for number, specimen in enumerate(chosen):
        lines += [["Classe de 3A"], specimen.headers, [str(number), *specimen.cells[1:]]]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(lines)
    reading = read_sources([written("3A.csv", text.getvalue())])
    assert not reading.problems
    assert [record.line for record in reading.records] == [3, 6, 9]
    for number, (record, specimen) in enumerate(zip(reading.records, chosen, strict=True)):
        want = specimen.expected | {"Classe": "3A", "Fichier": "3A.csv", NUMBER: str(number)}
        assert {k: v for k, v in record.values.items() if v} == {k: v for k, v in want.items() if v}
