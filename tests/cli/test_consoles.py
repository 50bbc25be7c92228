"""Every command on consoles of 4 encodings, on a terminal and in a pipe: nothing crashes, nothing is lost."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "samples/20210618_resultats_3A.csv"
SCHOOL = ("--school", "Collège « œ → ✔ »", "--city", "Łódź", "--head", "Mme Fontaine")
COMMANDS = {
    "help": (["--help"], 0),
    "version": (["--version"], 0),
    "init": (["init", "new", *SCHOOL, "--signature", "s.png", "--model", "attestation-pix.docx"], 0),
    "run": (["run", "→_résultats_3Ω.csv", *SCHOOL, "--out", "new"], 0),
    "convert": (["convert", "→_résultats_3Ω.csv", "--to", "r.xlsx"], 0),
    "check": (["check", "→_résultats_3Ω.csv", *SCHOOL], 0),
    "check --json": (["check", "→_résultats_3Ω.csv", "--json"], 3),
    "preview": (["preview", "→_résultats_3Ω.csv", *SCHOOL, "--worst", "1", "--out", "new"], 0),
    "fields": (["fields"], 0),
    "merge": (["merge", "→_résultats_3Ω.csv", *SCHOOL, "--out", "new"], 0),
    "pdf": (["pdf", "✔.docx", "--out", "new"], 4),
    "verify": (["verify", "✔"], 6),
    "doctor": (["doctor"], 0),
    "link": (["link", "✔.docx"], 2),
    "print": (["print"], 2),
    "print a file": (["print", "→.pdf"], 4),
    "serve": (["serve", "--port", "999999"], 2),
    "wrong": (["rün"], 2),
    "nobody": (["run", "→_résultats_3Ω.csv", *SCHOOL, "--name", "Ω"], 2),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = SAMPLE.read_text("utf-8-sig").splitlines()[:3]
    (tmp_path / "→_résultats_3Ω.csv").write_text("\n".join(lines) + "\n", "utf-8-sig")
    (tmp_path / "s.png").write_bytes((ROOT / "samples/signature.png").read_bytes())
    return tmp_path


def environment(encoding: str) -> dict[str, str]:
    own = {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding, "NO_COLOR": "1", "COLUMNS": "60", "TERM": "xterm"}
    return os.environ | own


def in_a_pipe(arguments: list[str], encoding: str, folder: Path) -> tuple[int, bytes]:
    command = [sys.executable, "-m", "pix_mailmerge", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment(encoding), stdin=subprocess.DEVNULL, capture_output=True)
    return done.returncode, done.stdout + done.stderr


def on_a_terminal(arguments: list[str], encoding: str, folder: Path) -> tuple[int, bytes]:
    import pty

    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "pix_mailmerge", *arguments]
    process = subprocess.Popen(
        command, cwd=folder, env=environment(encoding), stdin=follower, stdout=follower, stderr=follower
    )
    os.close(follower)
    said = bytearray()

    def listen() -> None:
        while True:
            try:
                heard = os.read(leader, 65536)
            except OSError:  # Linux: the other end is closed
                return
            if not heard:
                return
            said.extend(heard)

    listener = threading.Thread(target=listen)
    listener.start()
    code = process.wait(timeout=120)
    listener.join()
    os.close(leader)
    return code, bytes(said)


CONSOLES = [in_a_pipe, pytest.param(on_a_terminal, marks=pytest.mark.skipif(sys.platform == "win32", reason="pty"))]


@pytest.mark.parametrize("console", CONSOLES)
@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "ascii", "utf-8"])
@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_crashes_on_any_console(name, encoding, console, folder):
    arguments, wanted = COMMANDS[name]
    code, said = console(arguments, encoding, folder)
    text = said.decode(encoding, "replace")
    assert code == wanted or (name == "doctor" and code in {0, 6, 7}), text
    assert text.strip()
    assert "Traceback" not in text and "UnicodeEncodeError" not in text
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", text), "a colour in spite of NO_COLOR"
