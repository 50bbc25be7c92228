"""LibreOffice's own mail merge of the native model with our workbook: the same text on each page as ours."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from pix_mailmerge.data_source.pix_export import read_sources
from pix_mailmerge.data_source.results_xlsx import read_workbook, write_results
from pix_mailmerge.destination.pdf import convert
from pix_mailmerge.model.word_model import open_model
from pix_mailmerge.settings import School

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "models/attestation-pix-publipostage.docx"
CLIENT = Path(__file__).with_name("libreoffice_merge.py")
PROMPTS = School(etablissement="Nom de l’établissement", ville="Ville", chef="Nom du chef d’établissement", date="date")
"""What the content controls say as they are: LibreOffice leaves them so."""

OF_WORD = re.compile("à|classede|niveau|nonévaluée|[●○–\\s]")
"""What IF and the switch \\b add, which LibreOffice does not read."""


def text(pdf: Path) -> str:
    """Return the text of a page without blanks, and without what Word's codes add."""
    command = ["pdftotext", "-raw", str(pdf), "-"]
    found = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    return OF_WORD.sub("", re.sub(r"\s", "", found))


@pytest.mark.real("soffice", "pdftotext")
def test_libreoffice_and_we_print_the_same_pupils(tmp_path: Path) -> None:
    records = read_sources(sorted((ROOT / "samples").glob("*.csv"))).records
    chosen = [record for record in records if record.text("Statut") == "Validée"][::9]
    write_results(tmp_path / "Résultats Pix.xlsx", chosen)
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    command = ["/usr/bin/python3", str(CLIENT), str(MODEL), str(tmp_path / "Résultats Pix.xlsx"), str(theirs)]
    subprocess.run(command, check=True, timeout=180)
    again = read_workbook(tmp_path / "Résultats Pix.xlsx").records
    documents = open_model(MODEL).merge(again, school=PROMPTS)
    for number, document in enumerate(documents):
        docx, pdf = tmp_path / f"{number}.docx", tmp_path / f"{number}.pdf"
        docx.write_bytes(document.content)
        convert(docx, pdf, "libreoffice")
        assert text(pdf) == text(theirs / f"page{number}.pdf")
    assert number + 1 == len(chosen) == len(list(theirs.iterdir()))
