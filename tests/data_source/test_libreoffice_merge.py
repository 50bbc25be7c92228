"""LibreOffice, a client that nobody here wrote, merges our workbook: one field per column, every value compared."""

import html
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from pix_mailmerge.data_source.pix_export import read_sources
from pix_mailmerge.data_source.results_xlsx import write_results

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/document.xml" ContentType="application/vnd.openxmlformats-officedocument'
        '.wordprocessingml.document.main+xml"/></Types>'
    ),
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1"'
        ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"'
        ' Target="document.xml"/></Relationships>'
    ),
}
NAMES = (
    "Zoé",
    "D’ANGELO",
    "NGUYỄN",
    "de La Tour",
    "Ķ",
    "ŒUVRARD",
    "O'Neil & Fils",
    "=1+1",
    "+33",
    "007",
    "x" * 300,
    "<b>",
)


def field(header):
    quoted = header.replace('"', "&quot;")
    return f'<w:fldSimple w:instr=" MERGEFIELD &quot;{quoted}&quot; "><w:r><w:t>?</w:t></w:r></w:fldSimple>'


def run(text):
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def write_model(file, headers):
    """Write a main document with one paragraph per column: number, bar, field, bar."""
    body = "".join(f"<w:p>{run(f'{n}|')}{field(header)}{run('|')}</w:p>" for n, header in enumerate(headers))
    with zipfile.ZipFile(file, "w") as package:
        for name, content in PARTS.items():
            package.writestr(name, content)
        package.writestr("document.xml", f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>')


def merged_values(file):
    """Return what stands between the bars of each paragraph of a merged document."""
    with zipfile.ZipFile(file) as package:
        xml = package.read("word/document.xml").decode()
    xml = re.sub(r"<w:instrText.*?</w:instrText>", "", xml)
    paragraphs = re.findall(r"<w:p[ >].*?</w:p>", xml, re.DOTALL)
    texts = (html.unescape("".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", each))) for each in paragraphs)
    return dict(re.fullmatch(r"(\d+)\|(.*)\|", text, re.DOTALL).groups() for text in texts if text)


def python_with_uno():
    """Return a Python that can talk to LibreOffice: the system's, or the one LibreOffice brings."""
    beside = Path(shutil.which("soffice")).resolve().with_name("python")
    for python in (sys.executable, "/usr/bin/python3", str(beside)):
        if shutil.which(python) and subprocess.run([python, "-c", "import uno"], capture_output=True).returncode == 0:
            return python
    pytest.fail("no Python has uno: python3-uno is missing", pytrace=False)


def merge_with_libreoffice(workbook, model, folder):
    """Have LibreOffice merge ``workbook`` into ``model``, a document per row in ``folder``."""
    accept = f"pipe,name=pix{abs(hash(folder))}"
    profile = (folder.parent / "profile").as_uri()
    options = ["--headless", "--norestore", "--nologo", f"-env:UserInstallation={profile}", f"--accept={accept};urp;"]
    office = subprocess.Popen([shutil.which("soffice"), *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        script = Path(__file__).with_name("uno_merge.py")
        command = [python_with_uno(), script, accept, workbook, "Feuil1", model, folder]
        done = subprocess.run(command, capture_output=True, text=True, timeout=180)
        assert done.returncode == 0, done.stderr
        office.wait(60)
    finally:
        office.kill()
        office.wait()


@pytest.mark.real("soffice")
def test_libreoffice_merges_every_value_of_every_column(specimens, written, tmp_path):
    d5 = next(each for each in specimens if each.form == "D5" and "Validée" in each.row)
    rows = []
    for number, name in enumerate(NAMES, start=1):
        quoted = (f'"{cell}"' for cell in (str(number), name, *d5.cells[2:]))
        rows.append(";".join(quoted))
    reading = read_sources([written("20260401_resultats_3A.csv", "\n".join((d5.header, *rows)))])
    workbook, model, folder = tmp_path / "Résultats Pix.xlsx", tmp_path / "modele.docx", tmp_path / "sortie"
    folder.mkdir()
    write_results(workbook, reading.records)
    write_model(model, reading.header)
    merge_with_libreoffice(workbook, model, folder)
    documents = sorted(folder.glob("*.docx"), key=lambda file: int(re.findall(r"\d+", file.stem)[-1]))
    assert len(documents) == len(NAMES)
    for document, record in zip(documents, reading.records, strict=True):
        seen = merged_values(document)
        assert [seen[str(n)] for n in range(len(reading.header))] == list(record.cells)
