"""An engine works from a relative folder as from any other."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from pix_mailmerge.destination.engines.libreoffice import LibreOfficeSession


@pytest.mark.real("soffice")
def test_libreoffice_takes_a_relative_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    document = docx.Document()
    document.add_paragraph("Bonjour")
    document.save("a.docx")
    Path("work").mkdir()
    with LibreOfficeSession(Path("work")) as session:
        assert session.convert(Path("a.docx"), Path("a.pdf")) == 1
