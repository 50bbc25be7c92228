"""Ctrl-C in the middle of a run: whole files only, 130, and how to go on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pypdfium2
import pytest

ROOT = Path(__file__).parents[2]
SCHOOL = ["--school", "Collège", "--city", "Lyon", "--head", "Mme Fontaine"]


def command(out: Path) -> list[str]:
    return [sys.executable, "-m", "pix_mailmerge", "run", str(ROOT / "samples/*.csv"), *SCHOOL, "--out", str(out)]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to a whole console")
def test_an_interrupted_run_leaves_whole_files_and_the_next_one_finishes_it(tmp_path):
    out = tmp_path / "out"
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    started = subprocess.Popen(command(out), env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    while not list(out.glob("*.pdf")) and started.poll() is None:  # the first class is there
        time.sleep(0.005)
    started.send_signal(signal.SIGINT)
    _, said = started.communicate(timeout=60)
    assert started.returncode == 130
    assert "Interrompu" in said.decode() and "relancez la même commande" in said.decode()
    assert "Traceback" not in said.decode()
    left = [path for path in out.rglob("*") if path.is_file() and ".pix-mailmerge" not in path.parts]
    for path in left:
        if path.suffix == ".pdf":
            pypdfium2.PdfDocument(path).close()
        elif path.suffix in {".docx", ".xlsx"}:
            assert zipfile.ZipFile(path).testzip() is None
    assert not (out / "bilan.json").exists()
    done = subprocess.run(command(out), env=environment, capture_output=True)
    assert done.returncode == 0
    assert "Inchangés" in done.stdout.decode() and (out / "bilan.json").is_file()
