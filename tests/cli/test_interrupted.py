"""Ctrl-C in the middle of a run: whole files only, 130, and how to go on."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pypdfium2
import pytest

ROOT = Path(__file__).parents[2]
SCHOOL = ["--school", "Collège", "--city", "Lyon", "--head", "Mme Fontaine"]


INTERRUPTED = """
import os, pathlib, runpy, signal, sys
def replace(source, target, *, given=os.replace, **folders):
    given(source, target, **folders)
    if pathlib.Path(target).suffix == ".pdf" and pathlib.Path(target).parent == pathlib.Path(sys.argv[-1]):
        signal.raise_signal(signal.SIGINT)
os.replace = replace
signal.signal(signal.SIGINT, signal.default_int_handler)  # the tests may run where Ctrl-C is ignored: in the background
runpy.run_module("pix_mailmerge", run_name="__main__")
"""
"""Runs the program, and presses Ctrl-C when the first document of a class is there."""


def options(out: Path) -> list[str]:
    return ["run", str(ROOT / "samples/*.csv"), *SCHOOL, "--out", str(out)]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to a whole console")
def test_an_interrupted_run_leaves_whole_files_and_the_next_one_finishes_it(tmp_path):
    out = tmp_path / "out"
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    interrupted = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, *options(out)], env=environment, capture_output=True
    )
    said = interrupted.stderr.decode()
    assert interrupted.returncode == 130
    assert "Interrompu" in said and "relancez la même commande" in said
    assert "Traceback" not in said
    left = [path for path in out.rglob("*") if path.is_file() and ".pix-mailmerge" not in path.parts]
    for path in left:
        if path.suffix == ".pdf":
            pypdfium2.PdfDocument(path).close()
        elif path.suffix in {".docx", ".xlsx"}:
            assert zipfile.ZipFile(path).testzip() is None
    assert not (out / "bilan.json").exists()
    command = [sys.executable, "-m", "pix_mailmerge", *options(out)]
    done = subprocess.run(command, env=environment, capture_output=True)
    assert done.returncode == 0
    assert "Inchangés" in done.stdout.decode() and (out / "bilan.json").is_file()
