"""The day of a secretary by docs/guide.md alone: each command of the guide is run, each answer is as it is shown there.

In the guide, a block ``sh`` is typed, the block ``text`` after it is what is printed (« … » stands for any text, alone
on its line for any lines), a block ``toml`` is found in the settings that init writes. What is done by hand, in Excel
or Word, is a comment « geste », and what is answered to questions a comment « réponses »: readers do not see them.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pytest

from pix_mailmerge.cli import exit_code

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs/guide.md").read_text("utf-8")
BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$|^ *<!-- (geste|réponses) : (.*?) -->$", re.MULTILINE | re.DOTALL)
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1", "COLUMNS": "120"}


def rename_in_the_workbook(folder: Path) -> None:
    workbook = openpyxl.load_workbook(folder / "Résultats Pix.xlsx")
    (cell,) = (cell for row in workbook["Feuil1"].iter_rows() for cell in row if cell.value == "AUBRY")
    cell.value = "AUBRAY"
    workbook.save(folder / "Résultats Pix.xlsx")


def lose_an_attestation(folder: Path) -> None:
    (folder / "attestations/3A/AUBRAY Camille.pdf").unlink()


def write_a_model_with_a_fault(folder: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Attestation")
    document.add_paragraph("{{ prenon }} {{ nom }}")
    document.save(str(folder / "notre-attestation.docx"))


GESTURES: dict[str, Callable[[Path], None]] = {
    "AUBRY devient AUBRAY dans le classeur": rename_in_the_workbook,
    "l’attestation de Camille est perdue": lose_an_attestation,
    "notre-attestation.docx avec une faute": write_a_model_with_a_fault,
}
CODES = {"pix-mailmerge check *.csv --model notre-attestation.docx": 5}
"""Command -> exit code, where it is not 0."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for source in (*ROOT.glob("samples/*.csv"), ROOT / "samples/signature.png"):
        shutil.copy(source, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def typed(line: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Type a command, and return what is printed, warnings first."""
    program, *arguments = shlex.split(line)
    assert program == "pix-mailmerge"
    assert exit_code(arguments) == CODES.get(line, 0), (line, capsys.readouterr())
    said = capsys.readouterr()
    return said.err + said.out


def answered(line: str, answers: list[str]) -> str:
    """Type a command on a terminal, answer what it asks, and return all that is seen."""
    import pty

    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "pix_mailmerge", *shlex.split(line)[1:]]
    process = subprocess.Popen(command, stdin=follower, stdout=follower, stderr=follower, env=ENVIRONMENT)
    os.close(follower)
    said = bytearray()
    while True:
        try:
            said += os.read(leader, 65536)
        except OSError:  # Linux: the other end is closed
            break
        if said.endswith(b" : ") and answers:
            os.write(leader, f"{answers.pop(0)}\n".encode())
    os.close(leader)
    assert process.wait(timeout=60) == 0
    return said.decode().replace("\r\n", "\n")


def pattern_of(shown: str) -> re.Pattern[str]:
    """Return what a printed text must match to be as the guide shows it."""
    lines = [
        r"(?:.*\n)*?" if line.strip() == "…" else ".*?".join(map(re.escape, line.rstrip().split("…"))) + " *\n"
        for line in shown.rstrip("\n").split("\n")
    ]
    return re.compile("".join(lines))


def dedented(block: str, indent: str) -> str:
    return "".join(line.removeprefix(indent) for line in block.splitlines(keepends=True))


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal of POSIX")
def test_the_day_goes_as_the_guide_says_and_leaves_the_files_that_it_names(folder, capsys):
    answers: list[str] = []
    said = ""
    ran = []
    for indent, kind, block, comment, told in BLOCK.findall(GUIDE):
        if comment == "geste":
            GESTURES[told](folder)
        elif comment == "réponses":
            answers = [answer.strip() for answer in told.split("|")]
        elif kind == "sh":
            (line,) = dedented(block, indent).splitlines()
            said = answered(line, answers) if answers else typed(line, capsys)
            ran.append(line.split()[1])
            if line == "pix-mailmerge run *.csv":
                every_file_that_the_guide_names_is_there(folder)
        elif kind == "text":
            assert pattern_of(dedented(block, indent)).fullmatch(said), f"{ran[-1]}:\n{said}"
        elif kind == "toml":
            settings = (folder / "pix-mailmerge.toml").read_text("utf-8")
            assert all(line in settings.splitlines() for line in block.splitlines()), block
            tomllib.loads(re.sub(r"^# (?=\w+ = )", "", block, flags=re.MULTILINE))
    assert ran == [
        *("init", "check", "preview", "run", "run", "convert", "run", "run", "verify", "check", "run"),
    ]


def every_file_that_the_guide_names_is_there(folder: Path) -> None:
    table = GUIDE.partition("Le dossier `attestations` contient")[2].partition("![")[0]
    rows = re.findall(r"^\| `([^`]+)`", table, re.MULTILINE)
    assert len(rows) == 5
    assert all((folder / "attestations" / name).is_file() for name in rows)


def test_installing_says_that_it_was_not_seen_on_windows():
    assert "n’ont pas été vues sous Windows" in (ROOT / "docs/installer.md").read_text("utf-8")
