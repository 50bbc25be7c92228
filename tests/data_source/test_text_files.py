"""Encodings and delimiters, where the header decides and where it cannot."""

import pytest

from pix_mailmerge.data_source.pix_export import read_sources
from pix_mailmerge.data_source.select import select
from pix_mailmerge.data_source.text_files import find_form


def by_form(specimens, form):
    return next(each for each in specimens if each.form == form)


def only_record(reading):
    assert not [problem for problem in reading.problems if problem.is_error]
    (record,) = reading.records
    return record


@pytest.mark.parametrize("name", ["ŒUVRARD", "Lemœuf", "ŠIMEK", "Božena", "NIŽ", "Ÿves"])
def test_latin_9_is_told_by_fractions_inside_names(name, specimens, written):
    d2 = by_form(specimens, "D2")
    text = f"{d2.header}\n{d2.row}".replace("ŒUVRARD", name).replace("’", "'")
    content = text.encode("iso8859_15")
    assert find_form(content).encoding == "iso8859_15"
    assert only_record(read_sources([written("a.csv", content)])).text("Nom") == name


def test_a_fraction_that_touches_no_letter_stays_one(specimens, written):
    d2 = by_form(specimens, "D2")
    content = f"{d2.header}\n{d2.row}".replace("EXT 12", "").replace("ŒUVRARD", "Appt 12 ½").replace("’", "'")
    assert only_record(read_sources([written("a.csv", content.encode("cp1252"))])).text("Nom") == "Appt 12 ½"


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman"])
@pytest.mark.parametrize("name", ["Aïssatou", "Chloé", "ÉLODIE", "Noël", "Zoë"])
def test_names_decide_where_the_header_has_no_accent(encoding, name, specimens, written):
    dutch = by_form(specimens, "D3-nl")
    content = f"{dutch.header}\n{dutch.row}".replace("Aïssatou", name).encode(encoding)
    assert only_record(read_sources([written("a.csv", content)])).text("Prénom") == name


def test_an_accent_beyond_the_first_64_kilobytes_counts(specimens, written):
    dutch = by_form(specimens, "D3-nl")
    row = dutch.row.replace("Aïssatou", "Lea").replace("N’DIAYE", "NDIAYE").replace("Saint-Étienne", "Sete")
    rows = [row.replace("202;", f"{number};", 1) for number in range(1000)]
    rows[900] = rows[900].replace("Lea", "Léa")
    content = "\n".join([dutch.header, *rows]).encode("cp1252")
    assert read_sources([written("a.csv", content)]).records[900].text("Prénom") == "Léa"


def test_a_line_for_excel_alone_is_not_counted(specimens, written):
    d3 = by_form(specimens, "D3")
    content = f"sep=,\r\n{d3.header}\r\n{d3.row}".replace(";", ",")
    assert only_record(read_sources([written("a.csv", content)])).line == 2


def test_utf_8_that_was_taken_for_cp1252_and_saved_is_undone(specimens, written):
    d3 = by_form(specimens, "D3")
    text = f"{d3.header}\n{d3.row}".replace("Lili", "Zoé").replace("Torreilles", "Œting-à-Í")
    broken = "".join(
        chr(byte) if byte in b"\x81\x8d\x8f\x90\x9d" else bytes([byte]).decode("cp1252") for byte in text.encode()
    )
    record = only_record(read_sources([written("a.csv", broken)]))
    assert (record.text("Prénom"), record.text("Lieu de naissance")) == ("Zoé", "Œting-à-Í")


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_rows_that_excel_put_into_one_cell_are_split(delimiter, specimens, written):
    d3 = by_form(specimens, "D3")
    lines = [line.replace(";", delimiter).replace('"', '""') for line in (d3.header, d3.row)]
    record = only_record(read_sources([written("a.csv", "".join(f'"{line}"\r\n' for line in lines))]))
    assert record.text("Nom") == "Oxford"
    assert record.text("5.2") == "0"


def test_a_quoted_line_end_stays_in_its_cell_and_counts_as_one_line(specimens, written):
    d3 = by_form(specimens, "D3")
    second = d3.row.replace("123;", "124;", 1)
    first = d3.row.replace("RAS", "un\r\ndeux")
    reading = read_sources([written("a.csv", f"{d3.header}\n{first}\n{second}")])
    assert [record.line for record in reading.records] == [2, 3]
    assert reading.records[0].text("Commentaire jury pour l’organisation") == "un\ndeux"


def test_letters_that_are_lost_are_told(specimens, written):
    d3 = by_form(specimens, "D3")
    content = f"{d3.header}\n{d3.row}".encode().replace(b"Torreilles", b"Saint-\xc9tienne")
    reading = read_sources([written("a.csv", content)])
    (damage,) = reading.damaged
    assert damage.problem.id == "source.damaged-text"
    assert damage.problem.where.column == "Lieu de naissance"


@pytest.mark.parametrize("cell", ["Torreilles", "01/01/2020", "Oxford"])
def test_a_quote_that_is_missing_is_told_with_its_line(cell, specimens, written):
    d3 = by_form(specimens, "D3")
    rows = [d3.row.replace("123;", f"{number};", 1) for number in range(5)]
    rows[1] = rows[1].replace(f'"{cell}"', f'"{cell}')
    reading = read_sources([written("a.csv", "\n".join([d3.header, *rows]))])
    assert reading.damaged[0].problem.where.line == 3
    assert reading.damaged[0].problem.is_error


def test_a_quote_that_swallows_other_rows_is_told(specimens, written):
    d3 = by_form(specimens, "D3")
    rows = [d3.row.replace('"', "").replace("123;", f"{number};", 1) for number in range(5)]
    rows[1] = rows[1].replace("Torreilles", '"Torreilles')
    reading = read_sources([written("a.csv", "\n".join([d3.header, *rows]))])
    assert [damage.problem.id for damage in reading.damaged] == ["source.quote-open"]
    assert reading.damaged[0].problem.where.column == "Lieu de naissance"


def test_a_quote_that_swallows_the_whole_file_is_told(specimens, written):
    d3 = by_form(specimens, "D3")
    content = f"{d3.header}\n" + d3.row.replace('"Oxford"', '"Oxford') + "x" * 140_000
    (problem,) = read_sources([written("a.csv", content)]).problems
    assert (problem.id, problem.where.file, problem.where.line) == ("source.quote-open", "a.csv", 2)


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_of_any_table_is_the_one_that_makes_equal_rows(delimiter, written):
    rows = ["Nom;Note;Avis", "Léa;12,5;bien", "Zoé;13;très bien"]
    text = "\n".join(rows).replace(",", ".").replace(";", delimiter)
    reading = read_sources([written("notes.csv", text.encode("cp1252"))])
    assert not reading.is_pix
    assert reading.header == ("Nom", "Note", "Avis")
    assert [record.text("Nom") for record in reading.records] == ["Léa", "Zoé"]


@pytest.mark.parametrize("form", ["D1", "D2", "D3", "D5", "S3"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_what_excel_saves_for_ms_dos_is_read(form, delimiter, specimens, written):
    specimen = by_form(specimens, form)
    text = f"{specimen.header}\n{specimen.row}".replace("’", "'").replace("Œ", "É").replace(";", delimiter)
    record = only_record(read_sources([written("a.csv", text.encode("cp850"))]))
    assert record.text("Nom") == specimen.expected["Nom"].replace("Œ", "É")
    assert record.text("Lieu de naissance") == specimen.expected["Lieu de naissance"].replace("’", "'")
    assert record.text("Statut") == specimen.expected.get("Statut", "")


@pytest.mark.parametrize("encoding", ["utf-32", "utf-32-be"])
def test_utf_32_with_a_mark_is_read(encoding, specimens, written):
    d3 = by_form(specimens, "D3")
    mark = b"" if encoding == "utf-32" else b"\0\0\xfe\xff"
    content = mark + f"{d3.header}\n{d3.row}".encode(encoding)
    assert only_record(read_sources([written("a.csv", content)])).text("Nom") == "Oxford"


@pytest.mark.parametrize("content", ['Nom;Note\n"Léa;1\nZoé;3\nAnna;4', 'Nom;Note\nLéa;"1\nZoé;3\n', 'Nom\n"Léa\nZoé'])
def test_a_quote_of_any_table_that_swallows_the_rest_is_an_error(content, written):
    problems = select(read_sources([written("notes.csv", content)])).problems
    assert [(one.id, one.is_error, one.where.line) for one in problems] == [("source.quote-open", True, 2)]


def test_a_line_end_in_any_table_may_be_text(written):
    reading = read_sources([written("notes.csv", 'Nom;Note\n"Léa\nMarie";1\nZoé;"2\n3"')])
    assert [record.text("Nom") for record in reading.records] == ["Léa\nMarie", "Zoé"]
    assert not select(reading).problems


def test_a_quote_in_any_table_may_be_text(written):
    reading = read_sources([written("notes.csv", 'Nom;Taille\nÉcran;5" large\nAutre;7')])
    assert [record.text("Taille") for record in reading.records] == ['5" large', "7"]
    assert not select(reading).problems
