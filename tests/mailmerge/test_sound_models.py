"""Twenty-one sound models, as Word, LibreOffice and Google Docs save them, pass untouched and print what they say."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from xml.sax.saxutils import escape, unescape

import docx
import pytest

from pix_mailmerge.data_source.pix_export import read_sources
from pix_mailmerge.mailmerge.check import check
from pix_mailmerge.mailmerge.order import Order
from pix_mailmerge.model.fields import field_values
from pix_mailmerge.model.word_model import open_model
from pix_mailmerge.settings import School

ROOT = Path(__file__).parents[2]
SOURCE = str(ROOT / "samples/20210618_resultats_3A.csv")
SCHOOL = School(etablissement="Collège", ville="Lyon", chef="Mme Fontaine", date="1er juin 2026")

PAGES: dict[str, tuple[list[str], list[str]]] = {
    "letter": (
        ["Je soussignée, {{ chef }}, atteste que {{ prenom }} {{ nom }} est né(e) le {{ date_naissance }}."],
        ["Je soussignée, Mme Fontaine, atteste que Camille AUBRY est né(e) le 03/02/2006."],
    ),
    "accents": (
        ["{{ Prénom }} {{ NOM }} {{ Date_de_naissance }}", "{{ nom|nom_propre }} {{ date_certification|date_longue }}"],
        ["Camille AUBRY 03/02/2006", "Aubry 8 juin 2021"],
    ),
    "quotes": (
        ['{% if statut == "Validée" %}certifiée{% else %}non{% endif %} {{ absent|default("rien") }}'],
        ["certifiée rien"],
    ),
    "comparison": (["{% if nombre_pix > 500 and c1_1 >= 4 %}bravo{% endif %} {{ c1_1 }}"], ["bravo 4"]),
    "inline loop": (
        ["{% for d in domaines %}{{ d.code }}{% if not loop.last %}, {% endif %}{% endfor %}."],
        ["1, 2, 3, 4, 5."],
    ),
    "paragraphs": (
        ["{%p if lieu_naissance %}", "Née à {{ lieu_naissance }}", "{%p endif %}", "{%p if nom %}", "x", "{%p endif%}"],
        ["Née à Lyon 3e Arrondissement", "x"],
    ),
    "rows": (
        ["| Domaine |", "|{%tr for d in domaines %}|", "|{{ d.code }}|", "|{%tr endfor %}|", "Fait à {{ ville }}"],
        ["Domaine", "1", "2", "3", "4", "5", "Fait à Lyon"],
    ),
}  # fmt: skip
"""Name of a page -> its paragraphs (between bars: rows of a table), and what Camille Aubry's document says."""


def typed(lines: Iterable[str], file: Path) -> Path:
    document = docx.Document()
    for is_row, group in itertools.groupby(lines, key=lambda line: line.startswith("|")):
        if not is_row:
            for line in group:
                document.add_paragraph(line)
            continue
        rows = [line.strip("| ") for line in group]
        table = document.add_table(len(rows), 1)
        for number, text in enumerate(rows):
            table.cell(number, 0).text = text
    document.sections[0].header.paragraphs[0].text = "{{ etablissement }}"
    document.save(str(file))
    return file


def rewritten(file: Path, runs: Callable[[str], str]) -> None:
    """Write the texts of the model again, each run of one text made the runs that ``runs`` says."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for name in ("word/document.xml", "word/header1.xml"):
        xml = members[name].decode()
        pattern = r"<w:r>(?:<w:rPr/?>)?<w:t(?: [^>]*)?>([^<]*)</w:t></w:r>"
        members[name] = re.sub(pattern, lambda found: runs(unescape(found[1], {"&quot;": '"'})), xml).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def by_word(file: Path) -> None:
    """Word: a run for each edit and each word that its speller marks, curly quotes, no-break spaces, « _GoBack »."""

    def runs(text: str) -> str:
        text = re.sub(r"\"(.*?)\"", r"“\1”", text).replace("{{ n", "{{\N{NO-BREAK SPACE}n")
        pieces = re.findall(r"\{\{|\}\}|\{%\w*|%\}|\w{1,3}|.", text)
        look = '<w:rPr><w:noProof/><w:lang w:val="fr-FR"/></w:rPr>'
        made = [
            f'<w:r w:rsidR="00A1{number:04X}" w:rsidRPr="00C30D10">{look if number % 2 else ""}'
            f'<w:t xml:space="preserve">{escape(piece)}</w:t></w:r>'
            for number, piece in enumerate(pieces)
        ]
        made.insert(1, '<w:proofErr w:type="spellStart"/>')
        made.insert(len(made) // 2, '<w:bookmarkStart w:id="0" w:name="_GoBack"/><w:bookmarkEnd w:id="0"/>')
        return "".join([*made, '<w:proofErr w:type="gramEnd"/>'])

    rewritten(file, runs)


def by_google_docs(file: Path) -> None:
    """Google Docs: ``rtl`` on every run, deletions' marks, another run where the look changes, in a tag too."""

    def runs(text: str) -> str:
        half = len(text) // 2
        looks = ('<w:rtl w:val="0"/>', '<w:b w:val="1"/><w:rtl w:val="0"/>')
        return "".join(
            f'<w:r w:rsidDel="00000000" w:rsidR="00000000" w:rsidRPr="00000000"><w:rPr>{look}</w:rPr>'
            f'<w:t xml:space="preserve">{escape(piece)}</w:t></w:r>'
            for look, piece in zip(looks, (text[:half], text[half:]), strict=True)
        )

    rewritten(file, runs)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    for number, (lines, _) in enumerate(PAGES.values()):
        by_word(typed(lines, folder / f"word{number}.docx"))
        by_google_docs(typed(lines, folder / f"google{number}.docx"))
    return folder


@pytest.fixture(scope="module")
def saved_by_libreoffice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("libreoffice")
    (folder / "typed").mkdir()
    files = [str(typed(lines, folder / f"typed/{number}.docx")) for number, (lines, _) in enumerate(PAGES.values())]
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "docx", "--outdir", str(folder / "saved"), *files]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return folder / "saved"


def texts(document: Path) -> list[str]:
    """Every paragraph that is not empty, in the order of the page."""
    xml = zipfile.ZipFile(document).read("word/document.xml").decode()
    paragraphs = re.findall(r"<w:p[ >].*?</w:p>", xml, re.S)
    found = ["".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", one)).strip() for one in paragraphs]
    return [text for text in found if text]


def passes(model: Path, page: str, tmp_path: Path) -> None:
    before = model.read_bytes()
    found = check(Order((SOURCE,), models=(model,), school=SCHOOL))
    assert [str(one) for one in found if one.family == "model"] == []
    camille = read_sources([SOURCE]).records[0]
    made = tmp_path / "made.docx"
    made.write_bytes(open_model(model).render(field_values(camille, SCHOOL)))
    assert texts(made) == [escape(text) for text in PAGES[page][1]]
    assert model.read_bytes() == before


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("program", ["word", "google"])
def test_a_sound_model_passes_untouched(program, page, models, tmp_path):
    number = list(PAGES).index(page)
    passes(shutil.copy(models / f"{program}{number}.docx", tmp_path / "m.docx"), page, tmp_path)


@pytest.mark.real("soffice")
@pytest.mark.parametrize("page", PAGES)
def test_a_sound_model_that_libreoffice_saved_passes_untouched(page, saved_by_libreoffice, tmp_path):
    passes(saved_by_libreoffice / f"{list(PAGES).index(page)}.docx", page, tmp_path)
