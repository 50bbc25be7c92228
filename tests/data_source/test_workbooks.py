"""Workbooks: saved from a CSV, corrected by the staff, or broken."""

import datetime
import io
import subprocess
import zipfile

import openpyxl
import pytest

from pix_mailmerge.data_source import tables, workbooks, xlsx_reader
from pix_mailmerge.data_source.pix_export import read_sources

ODS = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
}


def by_form(specimens, form):
    return next(each for each in specimens if each.form == form)


def filled(values):
    return {name: value for name, value in values.items() if value}


@pytest.fixture
def book(tmp_path):
    """Return what saves rows as an .xlsx and gives the sheet to change first."""

    def save(rows, change=lambda sheet: None, name="3A.xlsx"):
        workbook = openpyxl.Workbook()
        for row in rows:
            workbook.active.append(row)
        change(workbook.active)
        workbook.save(tmp_path / name)
        return tmp_path / name

    return save


@pytest.fixture
def ods(tmp_path):
    """Return what saves the XML of table rows as an .ods."""

    def save(*rows):
        spaces = " ".join(f'xmlns:{name}="{uri}"' for name, uri in ODS.items())
        tables = "".join(f'<table:table table:name="F{n}">{row}</table:table>' for n, row in enumerate(rows))
        content = f"<office:document-content {spaces}><office:body><office:spreadsheet>{tables}"
        with zipfile.ZipFile(tmp_path / "a.ods", "w") as package:
            package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            package.writestr("content.xml", f"{content}</office:spreadsheet></office:body></office:document-content>")
        return tmp_path / "a.ods"

    return save


def cell(kind, content="", **attributes):
    told = "".join(f' office:{name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f'<table:table-cell office:value-type="{kind}"{told}>{content}</table:table-cell>'


def row(*cells, **attributes):
    told = "".join(f' table:{name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f"<table:table-row{told}>{''.join(cells)}</table:table-row>"


def text(*paragraphs):
    return cell("string", "".join(f"<text:p>{paragraph}</text:p>" for paragraph in paragraphs))


def test_numbers_and_dates_of_a_saved_export_are_read_as_pix_wrote_them(specimens, book):
    d5 = by_form(specimens, "D5")
    typed = [int(cell) if cell.isdigit() else cell for cell in d5.cells]
    typed[3] = datetime.datetime(1990, 1, 4)
    typed[-1] = datetime.date(2020, 1, 1)
    headers = [float(name) if name[1:2] == "." else name for name in d5.headers]
    (record,) = read_sources([book([headers, typed])]).records
    assert filled(record.values) == filled(d5.expected | {"Classe": "3A", "Fichier": "3A.xlsx"})


def test_headers_that_excel_made_dates_of_are_known(specimens, book):
    d3 = by_form(specimens, "D3")
    headers = [datetime.datetime(2026, int(name[2]), int(name[0])) if name[1:2] == "." else name for name in d3.headers]
    reading = read_sources([book([headers, d3.cells])])
    assert not reading.problems
    assert filled(reading.records[0].values) == filled(d3.expected | {"Classe": "3A", "Fichier": "3A.xlsx"})


def test_the_cells_of_any_workbook_keep_their_type(book):
    day, moment = datetime.date(2026, 6, 1), datetime.datetime(2026, 6, 1, 14, 30)
    rows = [("Nom", "Note", "Rang", "Le", "À", "Oui"), ("Léa", 12.5, 3, day, moment, True), (None, None, None)]
    reading = read_sources([book(rows)])
    assert not reading.is_pix
    (record,) = reading.records
    assert record.cells == ("Léa", 12.5, 3, day, moment, True)


def test_a_time_is_a_time_and_a_number_format_with_letters_in_quotes_no_date(book):
    def change(sheet):
        sheet["A2"] = datetime.time(9, 30)
        sheet["B2"].number_format = '0 "jours"'
        sheet["C2"].number_format = "[Red]0.00"

    (record,) = read_sources([book([("Heure", "Jours", "Note"), (None, 5, 5.25)], change)]).records
    assert record.cells == (datetime.time(9, 30), 5, 5.25)


def test_dates_counted_from_1904_are_read(book):
    def change(sheet):
        sheet.parent.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904

    file = book([("Nom", "Le"), ("Léa", datetime.date(2026, 6, 1))], change)
    assert read_sources([file]).records[0].values["Le"] == datetime.date(2026, 6, 1)


def test_a_formula_gives_the_value_that_was_saved(book, tmp_path):
    file = book([("Nom", "Note"), ("Léa", "=1+1")])
    rewritten(file, tmp_path / "b.xlsx", b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>")
    assert read_sources([tmp_path / "b.xlsx"]).records[0].values["Note"] == 2


def test_a_formula_without_value_is_told_with_its_cell(book):
    (damage,) = read_sources([book([("Nom", "Note"), ("Léa", "=1+1")])]).damaged
    assert damage.problem.id == "source.formula-without-value"
    assert (damage.problem.where.line, damage.problem.where.column) == (2, "B")


def test_a_formula_that_failed_is_told(book, tmp_path):
    file = book([("Nom", "Note"), ("Léa", "=1/0")])
    rewritten(file, tmp_path / "b.xlsx", b'<c r="B2"><f>1/0</f><v></v>', b'<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v>')
    (damage,) = read_sources([tmp_path / "b.xlsx"]).damaged
    assert damage.problem.id == "source.formula-error"


def test_hidden_rows_are_read_and_told(specimens, book):
    d3 = by_form(specimens, "D3")

    def change(sheet):
        sheet.auto_filter.ref = "A1:AA2"
        sheet.row_dimensions[2].hidden = True

    reading = read_sources([book([d3.headers, d3.cells], change)])
    assert len(reading.records) == 1
    assert [problem.id for problem in reading.problems] == ["source.hidden-rows"]


def test_hidden_sheets_and_the_left_out_are_not_read(specimens, book):
    d3 = by_form(specimens, "D3")

    def change(sheet):
        sheet.title = "Écartés"
        hidden = sheet.parent.create_sheet("Caché")
        hidden.append(["x"])
        hidden.sheet_state = "hidden"
        second = sheet.parent.create_sheet("Feuil1")
        second.append(d3.headers)
        second.append(["777", *d3.cells[1:]])

    reading = read_sources([book([d3.headers, d3.cells], change)])
    assert [record.text("Numéro de certification") for record in reading.records] == ["777"]


def test_results_on_a_second_sheet_are_told(specimens, book):
    d3 = by_form(specimens, "D3")

    def change(sheet):
        second = sheet.parent.create_sheet("3B")
        second.append(d3.headers)
        second.append(["777", *d3.cells[1:]])

    reading = read_sources([book([d3.headers, d3.cells], change)])
    assert len(reading.records) == 1
    (problem,) = reading.problems
    assert problem.id == "source.several-sheets"
    assert "« 3B »" in problem.what


def test_a_note_before_the_results_does_not_hide_them(specimens, book):
    d3 = by_form(specimens, "D3")

    def change(sheet):
        sheet.parent.create_sheet("Lisez-moi", 0).append(["À imprimer avant vendredi"])

    assert len(read_sources([book([d3.headers, d3.cells], change)]).records) == 1


def test_a_stray_cell_in_the_last_corner_costs_nothing(specimens, book):
    d3 = by_form(specimens, "D3")
    reading = read_sources([book([d3.headers, d3.cells], lambda sheet: sheet.cell(1_048_576, 16_384, "x"))])
    assert len(reading.records) == 1
    assert [problem.id for problem in reading.problems] == ["source.row-not-a-pupil"]


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
@pytest.mark.parametrize("content", [b"", b"<worksheet", b"<a/>"])
def test_a_broken_workbook_is_named(part, content, book, tmp_path):
    with zipfile.ZipFile(book([("Nom", "Note"), ("Léa", 1)])) as old, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))
    reading = read_sources([tmp_path / "b.xlsx"])
    assert not reading.records
    assert {problem.id for problem in reading.problems} <= {"source.workbook-damaged", "source.is-empty"}
    assert reading.problems


def test_a_truncated_workbook_is_named(book, tmp_path):
    content = book([("Nom", "Note")] + [(f"Léa {n}", n) for n in range(500)]).read_bytes()
    (tmp_path / "b.xlsx").write_bytes(content[: len(content) // 2])
    (problem,) = read_sources([tmp_path / "b.xlsx"]).problems
    assert problem.id in {"source.workbook-damaged", "source.is-archive"}


def test_entities_are_not_followed(book, tmp_path):
    (tmp_path / "secret.txt").write_text("canari")
    entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{(tmp_path / "secret.txt").as_uri()}">]>'.encode()
    file = book([("Nom", "Note"), ("Léa", "x")])
    rewritten(file, tmp_path / "b.xlsx", b"<worksheet", entity + b"<worksheet", b"<t>x</t>", b"<t>&e;</t>")
    reading = read_sources([tmp_path / "b.xlsx"])
    assert "canari" not in repr(reading.problems) + "".join(str(record.cells) for record in reading.records)


@pytest.mark.parametrize("inserted", [b"<!-- canari -->", b"<?canari x?>", b"&canari;"])
@pytest.mark.parametrize("place", [b'<c r="B2" t="inlineStr">', b"<is>", b"<t>", b"<sheetData>"])
def test_comments_instructions_and_entities_are_not_text(inserted, place, book, tmp_path):
    declared = b'<!DOCTYPE x [<!ENTITY canari "canari">]><worksheet'
    file = book([("Nom", "Note"), ("Léa", "x")])
    rewritten(file, tmp_path / "b.xlsx", b"<worksheet", declared, place, place + inserted)
    reading = read_sources([tmp_path / "b.xlsx"])
    assert "canari" not in repr(reading) + "".join(str(record.cells) for record in reading.records)


def test_an_ods_keeps_types_spaces_and_line_ends(ods):
    table = row(text("Nom"), text("Note"), text("Le"), text("Avis"), text("Oui"), text("Heure"))
    table += row(
        text("Léa"),
        cell("float", "<text:p>12,5</text:p>", value="12.5"),
        cell("date", "<text:p>01/06/26</text:p>", date_value="2026-06-01"),
        text('un<text:s text:c="2"/>deux<text:tab/>x', "fin"),
        cell("boolean", "<text:p>VRAI</text:p>", boolean_value="true"),
        cell("time", "<text:p>09:30</text:p>", time_value="PT09H30M00S"),
    )
    (record,) = read_sources([ods(table)]).records
    day = datetime.date(2026, 6, 1)
    assert record.cells == ("Léa", 12.5, day, "un  deux\tx\nfin", True, datetime.time(9, 30))


def test_repeated_cells_and_rows_of_an_ods_are_counted(ods):
    blank = '<table:table-cell table:number-columns-repeated="2"/>'
    table = row(text("A"), text("B"), text("C"), text("D"))
    table += row('<table:table-cell table:number-columns-repeated="16384"/>', number_rows_repeated="3")
    table += row(text("x"), blank, text("y"), number_rows_repeated="2")
    table += row(blank, number_rows_repeated="1048000")
    reading = read_sources([ods(table)])
    assert [(record.line, record.cells) for record in reading.records] == [
        (5, ("x", None, None, "y")),
        (6, ("x", None, None, "y")),
    ]


def test_a_row_of_an_ods_repeated_beyond_measure_is_refused(ods):
    table = row(text("A"), text("B")) + row(*[text("x")] * 10, number_rows_repeated="1048576")
    assert [problem.id for problem in read_sources([ods(table)]).problems] == ["source.workbook-damaged"]


def test_a_workbook_that_unpacks_to_too_much_is_refused(book, monkeypatch):
    monkeypatch.setattr(workbooks, "LARGEST_UNPACKED", 1000)
    assert [problem.id for problem in read_sources([book([("Nom", "Note"), ("Léa", 1)])]).problems] == [
        "source.too-large"
    ]


def test_a_sheet_of_more_rows_than_one_has_is_refused(book, monkeypatch):
    monkeypatch.setattr(xlsx_reader, "MOST_ROWS", 3)
    rows = [("Nom", "Note"), ("Léa", 1), ("Zoé", 2)]
    assert len(read_sources([book(rows)]).records) == 2
    assert [problem.id for problem in read_sources([book([*rows, ("Ada", 3)])]).problems] == ["source.too-large"]


@pytest.mark.parametrize("rows", [10, 1000])
def test_a_table_of_too_many_cells_is_refused(rows, written, monkeypatch):
    monkeypatch.setattr(tables, "MOST_CELLS", 15)
    reading = read_sources([written("a.csv", "Nom;Note\n" + "Léa;1\n" * rows)])
    assert [problem.id for problem in reading.problems] == ["source.too-large"]


def test_a_million_columns_are_refused(written):
    reading = read_sources([written("a.csv", "Nom;" * 1_000_000 + "\nLéa")])
    assert [problem.id for problem in reading.problems] == ["source.too-many-columns"]


def test_a_comment_in_an_ods_is_no_text(ods):
    note = "<office:annotation><text:p>à vérifier</text:p></office:annotation>"
    table = row(text("Nom"), text("Note")) + row(cell("string", f"{note}<text:p>Léa</text:p>"), text("1"))
    assert read_sources([ods(table)]).records[0].cells == ("Léa", "1")


def test_hidden_rows_and_failed_formulas_of_an_ods_are_told(ods):
    failed = text("#N/D").replace("<table:table-cell", '<table:table-cell calcext:value-type="error"')
    table = row(text("Nom"), text("Note")) + row(text("Léa"), failed, visibility="filter")
    reading = read_sources([ods(table)])
    assert [problem.id for problem in reading.problems] == ["source.hidden-rows"]
    assert [damage.problem.id for damage in reading.damaged] == ["source.formula-error"]


def test_the_second_sheet_of_an_ods_is_read_where_the_first_is_empty(ods):
    table = row(text("Nom"), text("Note")) + row(text("Léa"), text("1"))
    assert len(read_sources([ods("", table)]).records) == 1


@pytest.mark.real("soffice")
@pytest.mark.parametrize("form", ["D1", "D3", "D5"])
@pytest.mark.parametrize("kind", ["ods", "xlsx"])
def test_what_libreoffice_saves_of_an_export_is_read_as_the_export(form, kind, specimens, written, tmp_path):
    specimen = by_form(specimens, form)
    source = written("20260401_resultats_3A.csv", f"{specimen.header}\n{specimen.row}")
    to_spreadsheet(source, kind, tmp_path / "profile")
    (record,) = read_sources([source.with_suffix(f".{kind}")]).records
    where = {"Classe": "3A", "Fichier": f"20260401_resultats_3A.{kind}"}
    assert filled(record.values) == filled(specimen.expected | where)


def to_spreadsheet(source, kind, profile):
    """Have LibreOffice open a UTF-8 CSV with semicolons, in French, and save it."""
    command = ["soffice", "--headless", f"-env:UserInstallation={profile.as_uri()}", "--convert-to", kind]
    command += ["--infilter=CSV:59,34,UTF8,1,,1036,false,true", "--outdir", str(source.parent), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)


def rewritten(source, target, *changes):
    """Copy a workbook with changes, (old, new, old, new …), made in its first sheet."""
    with zipfile.ZipFile(io.BytesIO(source.read_bytes())) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                for before, after in zip(changes[::2], changes[1::2], strict=True):
                    assert before in content, content
                    content = content.replace(before, after)
            new.writestr(name, content)


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_an_export_that_excel_put_into_the_first_column_is_read(delimiter, specimens, book):
    d3 = by_form(specimens, "D3")
    lines = [[line.replace(";", delimiter)] for line in (d3.header, d3.row)]
    (record,) = read_sources([book(lines)]).records
    assert filled(record.values) == filled(d3.expected | {"Classe": "3A", "Fichier": "3A.xlsx"})


def test_an_export_that_excel_opened_as_cp1252_is_read(specimens, book):
    d3 = by_form(specimens, "D3")
    cells = [[cell.encode().decode("cp1252") for cell in row] for row in (d3.headers, d3.cells)]
    (record,) = read_sources([book(cells)]).records
    assert filled(record.values) == filled(d3.expected | {"Classe": "3A", "Fichier": "3A.xlsx"})
