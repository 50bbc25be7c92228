"""40 situations in which something is wrong: the right code, plain French, the place and the remedy."""

from __future__ import annotations

import ast
import io
import os
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from pix_mailmerge.cli import exit_code

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "samples/20210618_resultats_3A.csv"
SCHOOL = ["--school", "Collège", "--city", "Lyon", "--head", "Mme Fontaine"]
ENGLISH = frozenset(
    re.findall(
        r"\w+",
        """
        the and not is are was were be been this that these those with without from for of files folder found
        missing invalid unknown error errors warning value values expected got must should cannot could failed failure
        unable directory path usage default required show exit try help name row rows column columns input output such
        permission denied read write open close empty already exists does do did has have which when what there here
        please check install completion current shell customize integer string number boolean text traceback exception
        unexpected command commands
        """,
    )
)
TECHNICAL = re.compile(
    r"«[^»]*»|pip install|--?[a-z][\w-]*|pix-mailmerge(?: \w+)?|`[^`]*`|\S*[./\\]\S*|\b[A-Z][A-Z=_.\[\]]+\b"
)
"""What is not prose: quotations, options, commands, paths, metavars."""


def english_words(text: str) -> set[str]:
    prose = TECHNICAL.sub(" ", text)
    return set(re.findall(r"[a-zà-ÿœ]+", prose.lower())) & ENGLISH


def broken_docx(folder: Path) -> None:
    (folder / "m.docx").write_bytes(b"PK\x03\x04broken")


def model(text: str):
    def make(folder: Path) -> None:
        import docx

        document = docx.Document()
        document.add_paragraph(text)
        document.save(str(folder / "m.docx"))

    return make


def written(name: str, content: bytes):
    def make(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)

    return make


def damaged_sample(old: str, new: str):
    def make(folder: Path) -> None:
        text = SAMPLE.read_text("utf-8-sig")
        assert old in text
        (folder / "20260101_resultats_3Z.csv").write_text(text.replace(old, new, 1), "utf-8-sig")

    return make


def not_a_zip_of_word(folder: Path) -> None:
    with zipfile.ZipFile(folder / "m.docx", "w") as archive:
        archive.writestr("a.txt", "x")


def workbook_of_another_kind(folder: Path) -> None:
    openpyxl.Workbook().save(folder / "w.xlsx")


def two_documents(folder: Path) -> None:
    written("a/x.docx", b"x")(folder)
    written("b/x.docx", b"x")(folder)


def folder_of_the_workbook(folder: Path) -> None:
    (folder / "r.xlsx").mkdir()


def results_in_place(folder: Path) -> None:
    (folder / "o").mkdir()
    assert exit_code(["convert", S, "--to", "o/Résultats Pix.xlsx"]) == 0


S = str(SAMPLE)
LONG = "é" * 5000
RUN = ["run", S, *SCHOOL, "--out", "o"]
MODEL = [*RUN, "--model", "m.docx"]
SITUATIONS = {
    "command that does not exist": (["runn"], 2, None),
    "no source": (["run"], 2, None),
    "option that does not exist": ([*RUN, "--shool", "x"], 2, None),
    "option without its value": (["run", S, "--out"], 2, None),
    "flag with a value": ([*RUN, "--duplex=1"], 2, None),
    "not a number": ([*RUN, "--jobs", "many"], 2, None),
    "too small a number": ([*RUN, "--jobs", "0"], 2, None),
    "engine that does not exist": ([*RUN, "--engine", "acrobat"], 2, None),
    "too many arguments": (["fields", "a.docx", "b.docx"], 2, None),
    "option that is needed": (["convert", S], 2, None),
    "merge to nowhere": (["merge", S, *SCHOOL], 2, None),
    "merge to two places": (["merge", S, *SCHOOL, "--out", "o", "--one-file", "x.docx"], 2, None),
    "workbook under another ending": (["convert", S, "--to", "r.csv"], 2, None),
    "document under another ending": (["merge", S, *SCHOOL, "--one-file", "x.txt"], 2, None),
    "only without equals": ([*RUN, "--only", "3A"], 2, None),
    "only of no column": ([*RUN, "--only", "clase=3A"], 2, None),
    "only of no value": ([*RUN, "--only", "classe=9Z"], 2, None),
    "only of nobody": ([*RUN, "--only", "classe=3A", "--only", "statut=Rejetée"], 2, None),
    "name of nobody": ([*RUN, "--name", "Personne"], 2, None),
    "sort by no column": ([*RUN, "--sort", "clas"], 2, None),
    "names that mean nothing": ([*RUN, "--names", "{nom"], 2, None),
    "names of no column": ([*RUN, "--names", "{nmo}"], 2, None),
    "status that nobody has": ([*RUN, "--status", "Valide"], 2, None),
    "same PDF twice": (["pdf", "a/x.docx", "b/x.docx", "--out", "o"], 2, two_documents),
    "set without equals": ([*RUN, "--set", "annee"], 3, None),
    "no school": (["run", S, "--out", "o"], 3, None),
    "signature that is not there": ([*RUN, "--signature", "s.png"], 3, None),
    "settings with a wrong key": (RUN, 3, written("pix-mailmerge.toml", b'vile = "Lyon"')),
    "settings with a wrong value": (RUN, 3, written("pix-mailmerge.toml", b"ville = 3")),
    "settings that cannot be read": (RUN, 3, written("pix-mailmerge.toml", b'ville = "Lyon')),
    "source that is not there": (["run", "x.csv", *SCHOOL], 4, None),
    "empty source": (["run", "x.csv", *SCHOOL], 4, written("x.csv", b"")),
    "source of another kind": (["run", "x.csv", *SCHOOL], 4, written("x.csv", b"a;b\n1;2\n")),
    "broken workbook": (["run", "x.xlsx", *SCHOOL], 4, written("x.xlsx", b"PK\x03\x04broken")),
    "empty workbook": (["run", "w.xlsx", *SCHOOL], 4, workbook_of_another_kind),
    "birth date that is none": (["run", "*.csv", *SCHOOL], 4, damaged_sample("/2006", "/20x6")),
    "list to join that is not there": ([*RUN, "--join", "l.csv"], 4, None),
    "list to join without names": ([*RUN, "--join", "l.csv"], 4, written("l.csv", b"a;b\n1;2\n")),
    "document that is not there": (["pdf", "x.docx", "--out", "o"], 4, None),
    "model that is not there": (MODEL, 5, None),
    "model that is a device": ([*RUN, "--model", os.devnull], 5, None),
    "broken model": (MODEL, 5, broken_docx),
    "model that is no Word document": (MODEL, 5, not_a_zip_of_word),
    "model with an unknown field": (MODEL, 5, model("{{ prenon }}")),
    "model with a tag that is not closed": (MODEL, 5, model("{{ prenom ")),
    "model with a loop without end": (MODEL, 5, model("{% if prenom %} x")),
    "model with a wrong tag": (MODEL, 5, model("{{ prenom | }}")),
    "model of fields": (["fields", "x.docx"], 5, None),
    "preview to a file": (["preview", S, *SCHOOL, "--out", "f"], 6, written("f", b"mine")),
    "verify of a file": (["verify", "f"], 6, written("f", b"mine")),
    "a file of mine in the way": (RUN, 6, written("o/3A.docx", b"mine")),
    "workbook in the way": (["convert", S, "--to", "r.xlsx"], 6, written("r.xlsx", b"mine")),
    "file instead of the folder": (RUN, 6, written("o", b"mine")),
    "settings in the way of init": (["init"], 6, written("pix-mailmerge.toml", b"")),
    "folder instead of a file": (["convert", S, "--to", "r.xlsx"], 6, folder_of_the_workbook),
    "nothing on the standard input": (["convert", "-", "--to", "r.xlsx"], 4, None),
    "more processes than there can be": ([*RUN, "--jobs", "9" * 20], 2, None),
    "source in the place of the folder": (
        ["run", "f.csv", *SCHOOL, "--out", "f.csv"],
        6,
        written("f.csv", Path(S).read_bytes()),
    ),
    "source without a name": (["run", "", *SCHOOL], 4, None),
    "source with a NUL": (["run", "a\0b.csv", *SCHOOL], 2, None),
    "model with a NUL": ([*RUN, "--model", "m\0.docx"], 2, None),
    "logo that is a NUL": ([*RUN, "--logo", "\0"], 2, None),
    "workbook with a NUL": (["convert", S, "--to", "r\0.xlsx"], 2, None),
    "value that is no text": ([*RUN, "--school", "\udcff"], 2, None),
    "source of 5,000 letters": (["run", LONG, *SCHOOL], 2, None),
    "model of 5,000 letters": ([*RUN, "--model", LONG], 2, None),
    "logo of 5,000 letters": ([*RUN, "--logo", LONG], 2, None),
    "list to join of 5,000 letters": ([*RUN, "--join", LONG], 2, None),
    "document of 5,000 letters": (["pdf", LONG, "--out", "o"], 2, None),
    "file to print of 5,000 letters": (["print", LONG], 2, None),
    "folder of 5,000 letters": (["run", S, *SCHOOL, "--out", LONG], 6, None),
    "folder to verify of 5,000 letters": (["verify", LONG], 6, None),
    "port that does not exist": (["serve", "--port", "99999999"], 2, None),
    "model that is a folder": ([*RUN, "--model", "d"], 5, written("d/x", b"")),
    "signature that is a folder": ([*RUN, "--signature", "d"], 3, written("d/x", b"")),
    "signature without a byte": ([*RUN, "--signature", "s.png"], 3, written("s.png", b"")),
    "set of no name": ([*RUN, "--set", "=x"], 3, None),
    "only of nothing": ([*RUN, "--only", "="], 2, None),
    "sort of nothing": ([*RUN, "--sort", ","], 2, None),
    "names of nothing": ([*RUN, "--names", "/"], 2, None),
    "nothing to print": (["print"], 2, None),
    "verify of the whole disk": (["verify", "/"], 6, None),
    "corrected workbook given where it would be written": (
        ["run", "o/Résultats Pix.xlsx", *SCHOOL, "--out", "o"],
        6,
        results_in_place,
    ),
    "engine that is not installed": ([*RUN, "--engine", "word"], 7, None),
}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))


def test_there_are_forty_situations():
    assert len(SITUATIONS) >= 40


@pytest.mark.parametrize("situation", SITUATIONS)
def test_an_error_has_its_code_its_place_its_remedy_and_no_english(situation, tmp_path, capsys):
    arguments, code, prepare = SITUATIONS[situation]
    if prepare:
        prepare(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert exit_code(arguments) == code
    said = capsys.readouterr().err
    blocks = [block for block in re.split(r"^(?=Erreur : |Attention : )", said, flags=re.M) if block]
    errors = [block for block in blocks if block.startswith("Erreur : ")]
    assert errors
    for block in errors:
        assert re.search(r"^  → \S.*[.…?]\)?$", block, re.M), block
        assert "Traceback" not in block
    if code >= 4:
        assert re.match(r"Erreur : \S.* : ", errors[0]), errors[0]
    assert english_words(said) == set(), said
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_names_never_lead_out_of_the_folder(tmp_path):
    beside = {*tmp_path.parent.iterdir()}
    assert exit_code(["merge", S, *SCHOOL, "--out", "o", "--names", "../../x"]) == 0
    assert len([*(tmp_path / "o").glob("x*.docx")]) == 26
    assert [path.name for path in tmp_path.iterdir()] == ["o"] and {*tmp_path.parent.iterdir()} == beside


def test_an_image_without_a_name_is_no_image():
    assert exit_code(["check", S, *SCHOOL, "--signature", ""]) == 0


def sentences_of(path: Path) -> Iterator[str]:
    """The texts that a module gives to ``error`` and ``warning``, what is put into them left out."""
    tree = ast.parse(path.read_text("utf-8"))
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in {"error", "warning"}:
            for argument in call.args[1:]:
                texts = [one.value for one in ast.walk(argument) if isinstance(one, ast.Constant)]
                yield " … ".join(text for text in texts if isinstance(text, str))


@pytest.mark.parametrize("path", sorted((ROOT / "pix_mailmerge").rglob("*.py")), ids=lambda path: path.stem)
def test_no_error_of_the_program_has_an_english_word(path):
    assert {text: found for text in sentences_of(path) if (found := english_words(text))} == {}


def test_the_errors_of_the_program_are_found():
    told = [text for path in (ROOT / "pix_mailmerge").rglob("*.py") for text in sentences_of(path)]
    assert len(told) > 200 and "Ce modèle n’existe pas." in told


@pytest.mark.skipif(sys.platform == "win32", reason="the profile of bash")
def test_the_completion_is_installed_in_french(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")
    assert exit_code(["--install-completion", "bash"]) == 0
    said = capsys.readouterr().out
    assert "Complétion de bash installée" in said and english_words(said) == set()
    assert (tmp_path / ".bash_completions/pix-mailmerge.sh").is_file()


def commands_there_are(capsys: pytest.CaptureFixture[str]) -> list[str]:
    exit_code(["--help"])
    return re.findall(r"^  ([a-z]+)  ", capsys.readouterr().out.partition("Commandes :")[2], re.M)


@pytest.mark.parametrize("width", ["60", "80", "200"])
def test_no_help_page_has_an_english_word_and_none_is_too_wide(width, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", width)
    monkeypatch.setenv("TERMINAL_WIDTH", width)
    commands = commands_there_are(capsys)
    for command in [[], *([name] for name in commands)]:
        assert exit_code([*command, "--help"]) == 0
        page = capsys.readouterr().out
        assert english_words(page) - {*commands} == set(), (command, page)
        assert max(map(len, page.splitlines())) <= int(width), (command, page)


def test_the_word_list_knows_english_from_french():
    assert english_words("Invalid value for --jobs: should be a number") >= {"invalid", "value", "should", "number"}
    assert english_words("Le fichier « the file.csv » n’existe pas ; vérifiez --help.") == set()
