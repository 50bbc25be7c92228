"""« Résultats Pix.xlsx »: a data source that Word, Excel and LibreOffice take as it is."""

import datetime
import zipfile

import openpyxl
import pytest
import python_calamine

from pix_mailmerge.data_source.pix_export import read_sources
from pix_mailmerge.data_source.record import Header, Record
from pix_mailmerge.data_source.results_xlsx import read_workbook, write_results
from pix_mailmerge.data_source.select import LeftOut, select
from pix_mailmerge.problems import DestinationError

CODES = ("1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "2.4", "3.1", "3.2", "3.3", "3.4", "4.1", "4.2", "4.3", "5.1", "5.2")
HEADERS = (
    *("Numéro de certification", "Prénom", "Nom", "Date de naissance", "Lieu de naissance", "Identifiant Externe"),
    *("Statut", "Nombre de Pix", *CODES, "Commentaire jury pour l’organisation", "Session"),
    *("Date de passage de la certification", "Type de certification", "Niveau", "Score en Pix"),
    *("Centre de certification", "Classe", "Fichier"),
)

FORMULAS = (
    *("=1+1", "+33612345678", "@SUM(1+1)", "-2+3", "\t=1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x")'),
    *("+1", "=A1", "@x", "{=1+1}", "'=1+1"),
)
CONTROLS = tuple(chr(code) for code in (*range(0x20), 0x7F, 0x85) if code != 0x0D)
ODD_TEXTS = (
    *("😀 Zoé 👩‍👩‍👧", "\u200fשלום\u200e", "Zoe\u0301", "_x0041_", "_x005F_x0041_", "_X0041_", "_x00", "x_x000D_y"),
    *("  deux espaces  ", " ", "\n", "ligne\nligne", "a\tb", "&amp; <b> \"x\" 'y' ]]>", "\ufeffx", "\u2028", "1.10"),
    *("00123", "1E5", "01/02", "VRAI", "x" * 300, "x" * 32_767, "\ufffe\uffff", "A" * 300 + "é"),
)


def one_cell(text):
    header = Header(("Nom", "Avis"))
    return Record("a.csv", 2, header, ("Martin", text))


@pytest.fixture
def file(tmp_path):
    return tmp_path / "Résultats Pix.xlsx"


@pytest.fixture
def reading(specimens, written):
    """The D3 specimens, numbered."""
    chosen = [each for each in specimens if each.form == "D3"]
    rows = [f"{n}{each.row[each.row.index(';') :]}" for n, each in enumerate(chosen, start=1)]
    return read_sources([written("20260401_resultats_3A.csv", "\n".join((chosen[0].header, *rows)))])


def test_the_headers_have_one_order_and_all_are_there(file, reading):
    write_results(file, reading.records)
    sheet = openpyxl.load_workbook(file)["Feuil1"]
    assert tuple(cell.value for cell in sheet[1]) == HEADERS


def test_without_records_the_headers_are_there_all_the_same(file):
    write_results(file, [], [])
    book = openpyxl.load_workbook(file)
    assert tuple(cell.value for cell in book["Feuil1"][1]) == HEADERS
    assert tuple(cell.value for cell in book["Écartés"][1]) == ("Motif", *HEADERS)


def test_every_cell_is_text(file, reading):
    write_results(file, reading.records)
    for row in openpyxl.load_workbook(file)["Feuil1"]:
        for cell in row:
            assert cell.number_format == "@"
            assert cell.value is None or cell.data_type == "s"


def test_two_other_readers_see_every_value(file, reading):
    write_results(file, reading.records)
    want = [list(record.cells) for record in reading.records]
    rows = openpyxl.load_workbook(file)["Feuil1"].iter_rows(min_row=2, values_only=True)
    assert [[value or "" for value in row] for row in rows] == want
    sheet = python_calamine.load_workbook(file).get_sheet_by_index(0).to_python()
    assert sheet[1:] == want


def test_it_is_pleasant_in_excel(file, reading):
    write_results(file, reading.records, [])
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["Feuil1", "Écartés"]
    sheet = book["Feuil1"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:AG5"
    assert [sheet.column_dimensions[name].width for name in ("A", "C", "I")] == [14, 24, 7]
    assert sheet["A1"].font.b


def test_it_tells_nothing_of_who_and_when(file, reading):
    write_results(file, reading.records)
    properties = openpyxl.load_workbook(file).properties
    assert properties.title == "Résultats Pix"
    assert properties.lastModifiedBy is None
    with zipfile.ZipFile(file) as package:
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"created" not in package.read("docProps/core.xml")


def test_the_same_records_give_the_same_bytes(file, reading, tmp_path):
    write_results(file, reading.records, select(reading).left_out)
    write_results(tmp_path / "b.xlsx", reading.records, select(reading).left_out)
    assert file.read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_nothing_of_the_system_that_wrote_it_is_in_the_file(file):
    write_results(file, [one_cell("Léa")])
    with zipfile.ZipFile(file) as package:
        assert {(info.create_system, info.external_attr, info.extra) for info in package.infolist()} == {
            (0, 0o600 << 16, b"")
        }


def test_who_is_left_out_stands_on_a_second_sheet_with_the_reason(file, reading):
    selection = select(reading)
    write_results(file, selection.chosen, selection.left_out)
    first, second = openpyxl.load_workbook(file).worksheets
    assert [row[0] for row in first.iter_rows(min_row=2, values_only=True)] == ["1", "4"]
    rows = list(second.iter_rows(min_row=2, values_only=True))
    assert [(row[0], row[1]) for row in rows] == [("Statut « Rejetée »", "2"), ("Statut « Rejetée »", "3")]
    assert rows[0][25].startswith("Le nombre de questions")


def test_who_is_left_out_is_not_read_back(file, reading):
    selection = select(reading)
    write_results(file, selection.chosen, selection.left_out)
    assert [record.cells for record in read_workbook(file).records] == [record.cells for record in selection.chosen]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_becomes_a_formula(text, file):
    write_results(file, [one_cell(text)], [LeftOut(one_cell(text), text)])
    for sheet in openpyxl.load_workbook(file):
        assert {cell.data_type for row in sheet for cell in row} == {"s"}
    assert openpyxl.load_workbook(file)["Feuil1"]["B2"].value == text
    assert read_workbook(file).records[0].cells == ("Martin", text)


@pytest.mark.parametrize("text", [*(f"Lé{char}a" for char in CONTROLS), *CONTROLS[1:], *ODD_TEXTS])
def test_odd_characters_are_read_back_as_they_were(text, file):
    write_results(file, [one_cell(text)])
    assert read_workbook(file).records[0].cells == ("Martin", text)
    seen = python_calamine.load_workbook(file).get_sheet_by_index(0).to_python()[1][1]
    assert seen == text.replace("\ufffe\uffff", "_xFFFE__xFFFF_")  # those two, that no text holds, it leaves escaped


def test_a_carriage_return_is_read_back_as_a_line_end(file):
    write_results(file, [one_cell("un\rdeux\r\ntrois")])
    assert read_workbook(file).records[0].cells == ("Martin", "un\ndeux\ntrois")


def test_a_text_beyond_the_limit_of_a_cell_is_told_and_cut(file, written):
    reading = read_sources([written("a.csv", "Nom;Avis\nMartin;" + "é" * 32_768)])
    (problem,) = select(reading).problems
    assert (problem.id, problem.severity) == ("source.cell-too-long", "warning")
    write_results(file, reading.records)
    assert openpyxl.load_workbook(file)["Feuil1"]["B2"].value == "é" * 32_767


def test_a_character_that_counts_twice_for_excel_is_never_halved(file):
    write_results(file, [one_cell("x" + "😀" * 16_384)])
    assert read_workbook(file).records[0].cells[1] == "x" + "😀" * 16_383


def test_a_comment_that_excel_cannot_hold_is_an_error_only_for_who_gets_a_document(specimens, written):
    d3 = next(each for each in specimens if each.form == "D3")
    for status, severity in (("Validée", "error"), ("Annulée", "warning")):
        row = d3.row.replace("Validée", status).replace("RAS", "x" * 32_768)
        (problem,) = select(read_sources([written("a.csv", f"{d3.header}\n{row}")])).problems
        assert (problem.id, problem.severity) == ("source.cell-too-long", severity)
        assert problem.where.column == "Commentaire jury pour l’organisation"


def test_numbers_and_dates_are_written_as_such_when_asked(file, reading):
    write_results(file, reading.records, typed=True)
    sheet = openpyxl.load_workbook(file)["Feuil1"]
    row = [cell.value for cell in sheet[2]]
    assert row[0] == "1"
    assert row[3] == datetime.datetime(1990, 1, 4)
    assert sheet["D2"].number_format == "mm-dd-yy"  # format 14: Excel shows it as the country writes dates
    assert row[7:12] == [55, 0, 1, 5, "-"]
    assert [record.cells for record in read_workbook(file).records] == [record.cells for record in reading.records]


def test_a_date_that_excel_cannot_count_stays_text(file):
    header = Header(("Nom", "Date de naissance"))
    write_results(file, [Record("a", 2, header, ("X", "01/01/1900"))], typed=True)
    assert openpyxl.load_workbook(file)["Feuil1"]["B2"].value == "01/01/1900"


def test_any_table_is_written_as_text(file):
    header = Header(("Nom", "Note", "Le", "Oui", "Rien"))
    day = datetime.date(2026, 6, 1)
    write_results(file, [Record("a.xlsx", 2, header, ("Léa", 12.5, day, True, None))])
    row = next(openpyxl.load_workbook(file)["Feuil1"].iter_rows(min_row=2, values_only=True))
    assert row == ("Léa", "12.5", "01/06/2026", "VRAI", None)


def test_too_many_records_are_refused(file, reading):
    class Many(tuple):
        def __len__(self):
            return 1_048_576

    with pytest.raises(DestinationError) as raised:
        write_results(file, Many())
    assert raised.value.problems[0].id == "destination.too-many-rows"


def edited(file, change):
    book = openpyxl.load_workbook(file)
    change(book["Feuil1"])
    book.save(file)
    return read_workbook(file)


def test_what_the_staff_corrected_is_read_back(file, reading):
    write_results(file, reading.records)

    def change(sheet):
        sheet["C2"] = "OXFORD-MARTIN"
        sheet["D2"] = datetime.datetime(2009, 2, 1)
        sheet["H2"] = 518
        sheet["AD2"] = 518
        sheet.move_range("A1:A5", cols=40)
        sheet.delete_cols(1)
        sheet.cell(1, 45, "Professeur principal")
        sheet.cell(2, 45, "M. Petit")

    back = edited(file, change)
    (record, *_) = back.records
    assert (record.text("Nom"), record.text("Date de naissance")) == ("OXFORD-MARTIN", "01/02/2009")
    assert (record.text("Nombre de Pix"), record.text("Score en Pix")) == ("518", "518")
    assert record.text("Numéro de certification") == "1"
    assert record.text("Professeur principal") == "M. Petit"
    assert [problem.id for problem in back.problems] == ["source.column-unknown"]
    assert not [problem for problem in select(back).problems if problem.is_error]


def test_a_score_that_was_corrected_in_one_of_its_columns_only_is_told(file, reading):
    write_results(file, reading.records)
    back = edited(file, lambda sheet: sheet.__setitem__("H2", "518"))
    (problem,) = select(back).problems
    assert (problem.id, problem.where.line, problem.is_error) == ("source.two-scores", 2, True)
    assert "518" in problem.what


def test_a_score_of_which_the_other_column_was_emptied_is_taken(file, reading):
    write_results(file, reading.records)

    def change(sheet):
        sheet["H2"] = None
        sheet["AD2"] = "518"

    assert edited(file, change).records[0].text("Nombre de Pix") == "518"


def test_a_header_that_was_renamed_is_named(file, reading):
    write_results(file, reading.records)
    back = edited(file, lambda sheet: sheet.__setitem__("C1", "Nom de l’élève"))
    assert {problem.id for problem in back.problems} == {"source.column-missing", "source.column-unknown"}


def test_the_line_is_that_of_the_workbook_and_the_file_that_of_the_export(file, reading):
    write_results(file, reading.records)
    record = read_workbook(file).records[2]
    assert (record.file, record.line) == ("Résultats Pix.xlsx", 4)
    assert record.text("Fichier") == "20260401_resultats_3A.csv"


def test_an_old_file_stays_whole_when_writing_fails(file, reading):
    file.write_bytes(b"old")

    def broken():
        yield from reading.records
        raise RuntimeError

    class Records(tuple):
        def __iter__(self):
            return broken()

    with pytest.raises(RuntimeError):
        write_results(file, Records(reading.records))
    assert file.read_bytes() == b"old"
    assert [each.name for each in file.parent.iterdir() if each.suffix != ".csv"] == [file.name]
