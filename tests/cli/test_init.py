"""init makes a folder ready; after it, run needs nothing but the files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from pix_mailmerge.cli import exit_code

ROOT = Path(__file__).parents[2]
GIVEN = ["--school", 'Collège « d’"A" \\ B', "--city", "Lyon", "--head", "Mme Fontaine"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_after_init_run_with_the_files_is_enough(tmp_path, capsys):
    shutil.copy(ROOT / "samples/20210618_resultats_3A.csv", tmp_path)
    shutil.copy(ROOT / "samples/signature.png", tmp_path)
    assert exit_code(["init", *GIVEN, "--signature", "signature.png"]) == 0
    assert "pix-mailmerge run *.csv" in capsys.readouterr().out
    assert exit_code(["run", "*.csv"]) == 0
    assert (tmp_path / "attestations/3A.pdf").is_file()
    assert "settings." not in capsys.readouterr().err


def test_the_file_says_what_was_given_and_shows_the_rest_as_comments(tmp_path):
    assert exit_code(["init", "new/folder", *GIVEN]) == 0
    text = (tmp_path / "new/folder/pix-mailmerge.toml").read_text("utf-8")
    read = tomllib.loads(text)
    assert read == {
        "etablissement": GIVEN[1],
        "ville": "Lyon",
        "chef": "Mme Fontaine",
        "modele": "attestation-pix.docx",
        "dossier": "attestations",
        "champs": {},
    }
    assert '# signature = "signature.png"' in text
    shipped = {path.name for path in (ROOT / "models").glob("*.docx")}
    assert {path.name for path in (tmp_path / "new/folder").iterdir()} == {"pix-mailmerge.toml", *shipped}


def test_nothing_is_replaced_without_being_asked(tmp_path, capsys):
    assert exit_code(["init", *GIVEN]) == 0
    (tmp_path / "attestation-pix.docx").write_bytes(b"mine")
    before = (tmp_path / "pix-mailmerge.toml").read_bytes()
    assert exit_code(["init", "--city", "Paris"]) == 6
    said = capsys.readouterr().err
    assert "pix-mailmerge.toml" in said and "attestation-pix.docx" in said and "--replace" in said
    assert (tmp_path / "attestation-pix.docx").read_bytes() == b"mine"
    assert (tmp_path / "pix-mailmerge.toml").read_bytes() == before
    assert exit_code(["init", "--city", "Paris", "--replace"]) == 0
    assert tomllib.loads((tmp_path / "pix-mailmerge.toml").read_text("utf-8"))["ville"] == "Paris"


def test_what_is_missing_is_told_where_nobody_can_be_asked(capsys, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "pix_mailmerge", "init"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
    )
    assert done.returncode == 0
    assert "À remplir  etablissement, ville, chef" in done.stdout.decode()


def test_an_image_or_a_model_that_is_not_there_writes_nothing(tmp_path, capsys):
    assert exit_code(["init", *GIVEN, "--signature", "none.png", "--model", "none.docx"]) == 3
    said = capsys.readouterr().err
    assert "none.png" in said and "none.docx" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal of POSIX")
def test_a_terminal_is_asked_in_french(tmp_path):
    import pty

    leader, follower = pty.openpty()
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "pix_mailmerge", "init", "--city", "Lyon"]
    process = subprocess.Popen(command, stdin=follower, stdout=subprocess.PIPE, stderr=follower, env=environment)
    os.close(follower)
    os.write(leader, "Collège\nMme Fontaine\n\n\n".encode())
    said, _ = process.communicate(timeout=60)
    os.close(leader)
    assert process.returncode == 0, said
    assert "Nom de l’établissement" in said.decode()
    read = tomllib.loads((tmp_path / "pix-mailmerge.toml").read_text("utf-8"))
    assert (read["etablissement"], read["ville"], read["chef"]) == ("Collège", "Lyon", "Mme Fontaine")
