"""Which files a user means."""

import io
import sys
import zipfile
from pathlib import Path

import pytest

from pix_mailmerge.data_source.pix_export import read_sources
from pix_mailmerge.data_source.sources import LARGEST_BYTES, find_sources, natural_key


def names(paths):
    sources, problems = find_sources(paths)
    assert not problems
    return [source.name for source in sources]


def problem_ids(paths):
    return [problem.id for problem in find_sources(paths)[1]]


@pytest.fixture
def folder(tmp_path):
    for name in ("10A.csv", "6B.csv", "6A.csv", "notes.pdf", "~$6A.xlsx", ".caché.csv", "6C.XLSX"):
        (tmp_path / name).write_text("x")
    return tmp_path


def archive(file, members):
    with zipfile.ZipFile(file, "w") as package:
        for name, content in members.items():
            package.writestr(name, content)
    return file


def test_a_pattern_is_expanded_in_the_order_of_people(folder):
    assert names([folder / "*.csv"]) == ["6A.csv", "6B.csv", "10A.csv"]
    assert names([folder / "6?.csv"]) == ["6A.csv", "6B.csv"]


def test_a_pattern_stands_in_a_folder_too(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "3A.csv").write_text("x")
    assert names([tmp_path / "*" / "3A.csv"]) == ["a/3A.csv", "b/3A.csv"]


def test_a_bracket_in_a_name_is_a_bracket(tmp_path):
    (tmp_path / "[3A] x.csv").write_text("x")
    assert names([tmp_path / "[3A]*.csv"]) == ["[3A] x.csv"]


def test_a_folder_gives_its_tables_and_no_lock_file(folder):
    assert names([folder]) == ["6A.csv", "6B.csv", "6C.XLSX", "10A.csv"]


def test_a_file_that_is_named_twice_is_read_once(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert names(["6B.csv", "6?.csv", folder / "6B.csv"]) == ["6B.csv", "6A.csv"]


def test_a_file_that_does_not_exist_is_told(folder):
    assert problem_ids([folder / "7A.csv", folder / "7*.csv"]) == ["source.not-found", "source.not-found"]


def test_a_folder_without_tables_is_told(tmp_path):
    assert problem_ids([tmp_path]) == ["source.folder-empty"]


def test_a_zip_gives_its_tables_under_its_own_name(tmp_path):
    members = {"b/10A.csv": "x", "b/6A.csv": "x", "__MACOSX/b/._6A.csv": "x", "lisez.pdf": "x"}
    assert names([archive(tmp_path / "classes.zip", members)]) == ["classes.zip/b/6A.csv", "classes.zip/b/10A.csv"]


def test_an_accent_in_a_zip_made_by_windows_is_read(tmp_path):
    info = zipfile.ZipInfo("20260401_resultats_3e X.csv")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as package:
        package.writestr(info, "x")
    content = (tmp_path / "a.zip").read_bytes().replace(b"3e X.csv", "3è X.csv".encode("cp850"))
    (tmp_path / "a.zip").write_bytes(content)
    assert names([tmp_path / "a.zip"]) == ["a.zip/20260401_resultats_3è X.csv"]


def test_a_workbook_named_zip_is_a_workbook(tmp_path):
    assert names([archive(tmp_path / "a.zip", {"xl/workbook.xml": ""})]) == ["a.zip"]


@pytest.mark.parametrize(
    ("content", "id"),
    [(b"PK\x03\x04rest", "source.zip-damaged"), (b"PK", "source.zip-damaged")],
)
def test_a_zip_that_cannot_be_opened_is_told(content, id, tmp_path):
    (tmp_path / "a.zip").write_bytes(content)
    assert problem_ids([tmp_path / "a.zip"]) == [id]


def test_a_zip_without_tables_is_told(tmp_path):
    assert problem_ids([archive(tmp_path / "a.zip", {"lisez.pdf": "x"})]) == ["source.zip-empty"]


def test_a_zip_of_siecle_is_named(tmp_path):
    members = {"ElevesSansAdresses.xml": '<?xml version="1.0"?><BEE_ELEVES/>'}
    assert problem_ids([archive(tmp_path / "a.zip", members)]) == ["source.is-siecle"]


def test_a_zip_with_a_password_is_told(tmp_path):
    file = archive(tmp_path / "a.zip", {"6A.csv": "x"})
    content = bytearray(file.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    file.write_bytes(content)
    assert problem_ids([file]) == ["source.zip-protected"]


def test_a_zip_bomb_is_refused(tmp_path):
    file = archive(tmp_path / "a.zip", {f"{n}.csv": "" for n in range(5001)})
    assert problem_ids([file]) == ["source.too-large"]


def test_a_damaged_member_of_a_zip_is_told(tmp_path):
    file = archive(tmp_path / "a.zip", {"6A.csv": "canari" * 100})
    file.write_bytes(file.read_bytes().replace(b"canaricanari", b"canarXcanari", 1))
    assert [problem.id for problem in read_sources([file]).problems] == ["source.zip-damaged"]


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    with (tmp_path / "a.csv").open("wb") as file:
        file.truncate(LARGEST_BYTES + 1)
    assert [problem.id for problem in read_sources([tmp_path / "a.csv"]).problems] == ["source.too-large"]


def test_a_file_that_may_not_be_read_is_told(tmp_path, monkeypatch):
    def refuse(path, mode):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "a.csv").write_text("x")
    monkeypatch.setattr(Path, "open", refuse)
    assert [problem.id for problem in read_sources([tmp_path / "a.csv"]).problems] == ["source.unreadable"]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no /dev/zero")
def test_a_device_that_never_ends_is_refused():
    assert [problem.id for problem in read_sources(["/dev/zero"]).problems] == ["source.too-large"]


def test_standard_input_is_a_file_without_class(specimens, monkeypatch):
    d3 = next(each for each in specimens if each.form == "D3")

    class Stdin:
        buffer = io.BytesIO(f"{d3.header}\n{d3.row}".encode())

    monkeypatch.setattr(sys, "stdin", Stdin)
    (record,) = read_sources(["-"], class_name="3A").records
    assert (record.file, record.text("Fichier"), record.text("Classe")) == ("entrée standard", "entrée standard", "3A")


def test_several_files_are_read_in_their_order(specimens, written):
    d3 = next(each for each in specimens if each.form == "D3")
    d5 = next(each for each in specimens if each.form == "D5")
    files = [
        written("3B.csv", f"{d5.header}\n{d5.row}"),
        written("3A.csv", f"{d3.header}\n{d3.row}".replace("123", "9")),
    ]
    reading = read_sources(files)
    assert reading.files == ("3B.csv", "3A.csv")
    assert [record.file for record in reading.records] == ["3B.csv", "3A.csv"]


def test_names_are_sorted_by_their_numbers():
    assert sorted(["6e10", "6e9", "10A", "É", "e"], key=natural_key) == ["6e9", "6e10", "10A", "e", "É"]
