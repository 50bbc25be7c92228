"""The command line: what each command prints and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import docx
import openpyxl
import pytest

from pix_mailmerge.cli import exit_code

ROOT = Path(__file__).parents[2]
SOURCE = str(ROOT / "samples/20210618_resultats_3A.csv")
SCHOOL = ["--school", "Collège", "--city", "Lyon", "--head", "Mme Fontaine"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_no_argument_shows_the_help_and_ends_well(capsys):
    assert exit_code([]) == 0
    assert "Utilisation : pix-mailmerge" in capsys.readouterr().out


@pytest.mark.parametrize("option", ["-h", "--help"])
@pytest.mark.parametrize(
    "command", [[], ["run"], ["convert"], ["merge"], ["pdf"], ["check"], ["preview"], ["doctor"], ["fields"]]
)
def test_every_help_page_is_french(capsys, command, option):
    assert exit_code([*command, option]) == 0
    page = capsys.readouterr().out
    assert "Utilisation :" in page
    for english in (
        "Usage",
        "Options:",
        "Arguments:",
        "Commands:",
        "Show this",
        "required",
        "default",
        "Install ",
        "<",
        "x>=",
    ):
        assert english not in page


def test_the_version_is_told(capsys):
    assert exit_code(["--version"]) == 0
    assert capsys.readouterr().out.startswith("pix-mailmerge 0.")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["runn"], "La commande « runn » n’existe pas. (vouliez-vous dire : « run »)"),
        (["run"], "Il manque un argument : SOURCES...."),
        (
            ["run", SOURCE, "--shool", "x"],
            "L’option « --shool » n’existe pas. (options possibles : --only, --school, --sort)",
        ),
        (["run", SOURCE, "--out"], "L’option « --out » attend une valeur."),
        (["run", SOURCE, "--duplex=1"], "L’option « --duplex » ne prend pas de valeur."),
        (["convert", SOURCE], "Il manque l’option --to."),
        (["run", SOURCE, "--jobs", "many"], "--jobs attend un nombre entier."),
        (["run", SOURCE, "--jobs", "0"], "--jobs : au moins 1."),
        (["run", SOURCE, "--engine", "acrobat"], "« acrobat » ne convient pas pour --engine."),
        (["fields", "a.docx", "b.docx"], "De trop sur la ligne de commande : b.docx."),
        (["merge", SOURCE], "Il faut dire où fusionner"),
    ],
)
def test_a_wrong_command_line_is_told_in_french_and_ends_with_2(capsys, arguments, told):
    assert exit_code(arguments) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["run", "nowhere.csv", *SCHOOL], 4, "nowhere.csv"),
        (["run", SOURCE, *SCHOOL, "--model", "nowhere.docx"], 5, "nowhere.docx"),
        (["run", SOURCE, *SCHOOL, "--signature", "nowhere.png"], 3, "nowhere.png"),
        (["run", SOURCE, "--school", "Collège"], 3, "--city"),
        (["run", SOURCE, *SCHOOL, "--engine", "word"], 7, "Microsoft Word"),
        (["convert", "nowhere.csv", "--to", "r.xlsx"], 4, "nowhere.csv"),
        (["merge", SOURCE, "--model", "nowhere.docx", "--out", "o"], 5, "nowhere.docx"),
        (["pdf", "nowhere.docx", "--out", "o"], 4, "nowhere.docx"),
        (["fields", "nowhere.docx"], 5, "nowhere.docx"),
        (["check", "nowhere.csv", *SCHOOL], 4, "nowhere.csv"),
    ],
)
def test_each_family_of_errors_has_its_code_and_nothing_is_written(capsys, tmp_path, arguments, code, told):
    assert exit_code(arguments) == code
    said = capsys.readouterr()
    assert told in said.err + said.out
    assert list(tmp_path.iterdir()) == []


def test_several_families_at_once_end_with_the_lowest_code(capsys):
    assert exit_code(["run", "nowhere.csv", "--model", "nowhere.docx"]) == 4
    said = capsys.readouterr().err
    assert "nowhere.csv" in said and "nowhere.docx" in said


def test_all_missing_values_of_the_school_are_named_at_once(capsys):
    assert exit_code(["run", SOURCE]) == 3
    said = capsys.readouterr().err
    assert all(option in said for option in ("--school", "--city", "--head"))
    assert "--signature" in said  # told, as the place that stays free


def test_convert_writes_every_row_and_says_how_many_are_not_certified(capsys):
    assert exit_code(["convert", SOURCE, "--to", "r.xlsx"]) == 0
    said = capsys.readouterr()
    assert "--status certified" in said.err
    workbook = openpyxl.load_workbook("r.xlsx")
    assert workbook.sheetnames == ["Feuil1"]
    assert workbook["Feuil1"].max_row == 32


def test_convert_writes_nothing_when_a_row_was_cut_unless_told_to_keep_going(capsys, tmp_path):
    lines = Path(SOURCE).read_text("utf-8-sig").split("\n")
    whole, cut = lines[1], lines[2][: len(lines[2]) // 2]
    (tmp_path / "3A.csv").write_text("\n".join([lines[0], whole, cut, lines[3]]), "utf-8-sig")
    assert exit_code(["convert", "3A.csv", "--to", "r.xlsx"]) == 4
    assert "3A.csv, ligne 3" in capsys.readouterr().err
    assert not (tmp_path / "r.xlsx").exists()
    assert exit_code(["convert", "3A.csv", "--to", "r.xlsx", "--keep-going"]) == 10
    workbook = openpyxl.load_workbook("r.xlsx")
    assert (workbook["Feuil1"].max_row, workbook["Écartés"].max_row) == (3, 2)


def test_convert_never_replaces_a_file_without_being_asked(capsys, tmp_path):
    (tmp_path / "r.xlsx").write_bytes(b"mine")
    assert exit_code(["convert", SOURCE, "--to", "r.xlsx"]) == 6
    assert (tmp_path / "r.xlsx").read_bytes() == b"mine"
    assert exit_code(["convert", SOURCE, "--to", "r.xlsx", "--replace"]) == 0


def test_merge_makes_one_docx_per_certified_pupil(tmp_path):
    assert exit_code(["merge", SOURCE, *SCHOOL, "--out", "out"]) == 0
    assert len(list((tmp_path / "out/3A").glob("*.docx"))) == 26
    assert not list((tmp_path / "out").rglob("*.pdf"))


def test_merge_takes_the_workbook_that_convert_made(tmp_path):
    assert exit_code(["convert", SOURCE, "--to", "r.xlsx"]) == 0
    assert exit_code(["merge", "r.xlsx", *SCHOOL, "--out", "from-workbook"]) == 0
    assert exit_code(["merge", SOURCE, *SCHOOL, "--out", "from-csv"]) == 0
    made = [{path.name: path.read_bytes() for path in (tmp_path / name).rglob("*.docx") if path.parent.name == "3A"}
            for name in ("from-workbook", "from-csv")]  # fmt: skip
    assert made[0] == made[1]


def test_merge_puts_everyone_in_one_file(tmp_path):
    assert exit_code(["merge", SOURCE, *SCHOOL, "--one-file", "all.docx"]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["all.docx"]


def test_pdf_converts_any_document(tmp_path):
    assert exit_code(["merge", SOURCE, *SCHOOL, "--one-file", "all.docx"]) == 0
    assert exit_code(["pdf", "*.docx", "--out", "pdf"]) == 0
    assert (tmp_path / "pdf/all.pdf").read_bytes().startswith(b"%PDF")


def test_fields_tells_what_a_model_may_use_and_what_it_uses(capsys):
    assert exit_code(["fields", str(ROOT / "models/attestation-pix.docx"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {"prenom", "nom", "numero", "nombre_pix", "signature"} <= set(told["fields"])
    assert {"c1_1", "c5_2", "etablissement", "eleves"} <= {one["name"] for one in told["known"]}


def test_check_tells_what_to_look_at_and_json_is_json(capsys):
    assert exit_code(["check", SOURCE, *SCHOOL, "--json"]) == 0
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert [(problem["id"], problem["where"].get("line")) for problem in problems] == [
        ("settings.no-signature", None),
        ("source.homonyms", 19),  # the two MARTIN Lucas
        ("source.value-absent", 15),  # HADDAD Yanis, without a birthplace
    ]


def test_a_run_tells_what_it_read_kept_left_out_and_made(capsys):
    assert exit_code(["run", SOURCE, *SCHOOL, "--out", "out"]) == 0
    said = capsys.readouterr()
    for told in ("31 lignes dans 1 fichier", "26 élèves", "5 élèves", "ligne 10, Diallo Mariama", "Durée"):
        assert told in said.out
    assert "la place reste libre" in said.err


def test_a_bug_of_ours_shows_no_data_and_no_traceback(capsys, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise KeyError("DUPONT Zoé")

    monkeypatch.setattr("pix_mailmerge.mailmerge.check.check", broken)
    assert exit_code(["check", SOURCE]) == 1
    said = capsys.readouterr().err
    assert "KeyError" in said and "DUPONT" not in said and "Traceback" not in said


@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "ascii", "utf-8"])
def test_a_console_of_any_encoding_is_written_to(encoding):
    command = [sys.executable, "-m", "pix_mailmerge", "check", SOURCE, "--set", "œ→✔"]
    done = subprocess.run(command, capture_output=True, env={"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding})
    assert done.returncode == 3
    assert b"Traceback" not in done.stderr


def written_row(header: str, *cells: str) -> str:
    return header + "\n" + ";".join(f'"{cell}"' for cell in cells)


def test_another_certification_gets_a_document_when_its_model_is_given(tmp_path):
    header = (
        '"Numéro de certification";"Prénom";"Nom";"Date de naissance";"Lieu de naissance";"Identifiant Externe";'
        '"Type de certification";"Statut";"Niveau";"Commentaire jury pour l’organisation";"Session";'
        '"Centre de certification";"Date de passage de la certification"'
    )
    row = ("20", "Ana", "SUMMERS", "22/02/2008", "Guéret", "", "Pix+ Droit", "Validée", "Expert", "", "1", "Lycée")
    (tmp_path / "3A.csv").write_text(written_row(header, *row, "02/05/2026"), "utf-8-sig")
    document = docx.Document()
    document.add_paragraph("{{ prenom }} {{ nom }} : {{ type_certification }}, {{ niveau }}")
    document.save("droit.docx")
    assert exit_code(["merge", "3A.csv", "--model", "droit.docx", "--out", "none"]) == 0
    assert not list(tmp_path.glob("none/**/*.docx"))
    assert exit_code(["merge", "3A.csv", "--model", "droit.docx", "--type", "Pix+ Droit", "--out", "out"]) == 0
    (made,) = (path for path in tmp_path.glob("out/**/*.docx") if ".pix-mailmerge" not in path.parts)
    assert docx.Document(str(made)).paragraphs[0].text == "Ana SUMMERS : Pix+ Droit, Expert"


def test_the_global_level_is_computed_when_asked(tmp_path):
    source = str(ROOT / "samples/20250616_resultats_3e Émeraude.csv")
    assert exit_code(["convert", source, "--to", "r.xlsx", "--status", "certified", "--compute-level"]) == 0
    header, *rows = openpyxl.load_workbook("r.xlsx")["Feuil1"].values
    levels = {row[header.index("Nombre de Pix")]: row[header.index("Niveau")] for row in rows}
    assert levels["548"] == "Avancé 1"


def test_rows_that_two_files_share_are_counted_aloud(tmp_path, capsys):
    again = tmp_path / "copie" / Path(SOURCE).name
    again.parent.mkdir()
    again.write_bytes(Path(SOURCE).read_bytes())
    assert exit_code(["convert", SOURCE, str(again), "--to", "r.xlsx"]) == 0
    rows = len(Path(SOURCE).read_text("utf-8-sig").splitlines()) - 1
    assert f"Lus        {2 * rows} lignes dans 2 fichiers, dont {rows} en double\n" in capsys.readouterr().out
