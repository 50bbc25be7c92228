"""Bilan.html and bilan.json: what was made and of what, whom was left out and why."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

import pytest

from pix_mailmerge.mailmerge.order import Order, Outcome
from pix_mailmerge.mailmerge.report import Absent, ClassReport, Input, Pupil, Report
from pix_mailmerge.mailmerge.report_files import counted, french, html_of
from pix_mailmerge.mailmerge.run import run
from pix_mailmerge.problems import Place, warning
from pix_mailmerge.settings import School

ROOT = Path(__file__).parents[2]
SAMPLES = sorted((ROOT / "samples").glob("*.csv"))
SCHOOL = School(etablissement="Collège", ville="Lyon", chef="Mme Fontaine", date="23 juin 2026")

EMPTY = Report(
    version="1.2.3",
    date="23 juin 2026",
    settings=MappingProxyType({}),
    inputs=(),
    read=0,
    duplicates=0,
    two_sided=False,
    engine="",
    classes=(),
    files=(),
    checked=None,
    warnings=(),
)


def report(**given: Any) -> Report:
    return replace(EMPTY, **given)


class Page(HTMLParser):
    """What a reader of the page finds: its elements with their attributes, and its text."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def rows_of(source: Path) -> list[dict[str, str]]:
    with source.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return run(Order(tuple(map(str, SAMPLES)), out=tmp_path_factory.mktemp("report") / "out", school=SCHOOL))


@pytest.fixture(scope="module")
def told(made: Outcome) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((made.folder / "bilan.json").read_text("utf-8"))
    return content


@pytest.fixture(scope="module")
def page(made: Outcome) -> Page:
    return Page((made.folder / "Bilan.html").read_bytes())


def test_each_class_tells_its_pupils_and_those_left_out_with_the_jury_s_comment(told):
    assert told["schema"] == 1
    assert [one["name"] for one in told["classes"]] == [source.stem.split("_resultats_")[1] for source in SAMPLES]
    for one, source in zip(told["classes"], SAMPLES, strict=True):
        rows = rows_of(source)
        kept = [row["Numéro de certification"] for row in rows if row["Statut"] == "Validée"]
        assert [pupil["number"] for pupil in one["pupils"]] == kept
        others = [row for row in rows if row["Statut"] != "Validée"]
        assert [(absent["number"], absent["reason"], absent["comment"]) for absent in one["left_out"]] == [
            (
                row["Numéro de certification"],
                f"Statut « {row['Statut']} »",
                " ".join((row.get("Commentaire jury pour l’organisation") or "").split()),
            )
            for row in others
        ]


def test_the_totals_are_those_of_the_sources(told):
    rows = [row for source in SAMPLES for row in rows_of(source)]
    kept = sum(row["Statut"] == "Validée" for row in rows)
    assert told["totals"] == {
        "read": len(rows),
        "duplicates": 0,
        "kept": kept,
        "left_out": len(rows) - kept,
        "failed": 0,
        "pages": kept,
    }


def test_every_file_that_is_named_is_there_and_is_what_its_digest_says(made, told):
    named = [*told["files"], *(file for one in told["classes"] for file in one["files"])]
    assert {file["path"] for file in named} == {
        "Résultats Pix.xlsx",
        *(f"{name}{kind}" for name in ("Attestations", "3A", "3B", "3e Émeraude") for kind in (".docx", ".pdf")),
    }
    for file in named:
        assert hashlib.sha256((made.folder / file["path"]).read_bytes()).hexdigest() == file["sha256"]
    for pupil in (pupil for one in told["classes"] for pupil in one["pupils"]):
        assert [Path(path).suffix for path in pupil["files"]] == [".docx", ".pdf"]
        assert all((made.folder / path).is_file() for path in pupil["files"])


def test_the_digests_of_what_was_read_are_those_of_the_files(told):
    files = [*SAMPLES, ROOT / "models/attestation-pix.docx"]
    assert [(one["kind"], one["file"], one["sha256"]) for one in told["inputs"]] == [
        ("source" if file in SAMPLES else "modèle", file.name, hashlib.sha256(file.read_bytes()).hexdigest())
        for file in files
    ]


def test_the_same_input_gives_the_same_report_byte_for_byte(tmp_path, made):
    again = run(Order(tuple(map(str, SAMPLES)), out=tmp_path / "elsewhere", school=SCHOOL))
    for name in ("Bilan.html", "bilan.json"):
        assert (again.folder / name).read_bytes() == (made.folder / name).read_bytes()


def test_the_page_stands_alone(page):
    assert page.all("script") == page.all("link") == page.all("img") == []
    style = (ROOT / "pix_mailmerge/mailmerge/bilan.html.j2").read_text("utf-8")
    assert "http" not in style and "url(" not in style


def test_the_page_speaks_french_and_is_built_for_a_screen_reader(page):
    assert page.all("html") == [{"lang": "fr"}]
    assert len(page.all("h1")) == 1 and len(page.all("main")) == 1
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1 and set(levels[1:]) == {2}
    assert len(page.all("caption")) == len(page.all("table")) > 3
    assert all(attributes.get("scope") in {"row", "col"} for attributes in page.all("th"))
    first = next(attributes for tag, attributes in page.elements if tag == "a")
    ids = {attributes.get("id") for _, attributes in page.elements}
    assert first["href"] == "#contenu" and "contenu" in ids
    assert {attributes["aria-labelledby"] for _, attributes in page.elements if "aria-labelledby" in attributes} <= ids


def test_every_link_of_the_page_leads_to_a_file(made, page):
    targets = [unquote(attributes["href"] or "") for attributes in page.all("a")][1:]
    assert len(targets) == 2 * 76 + 9
    assert [target for target in targets if not (made.folder / target).is_file()] == []


def test_the_colours_stand_out_enough_from_their_grounds():
    style = (ROOT / "pix_mailmerge/mailmerge/bilan.html.j2").read_text("utf-8")
    palettes = [dict(re.findall(r"--(\w+): (#\w{6});", found)) for found in re.findall(r":root \{(.+?)\}", style, re.S)]
    light, dark = (palette for palette in palettes if len(palette) == 7)
    for palette in (light, dark):
        for ink in ("ink", "soft", "accent", "alert"):
            for ground in ("paper", "band"):
                assert contrast(palette[ink], palette[ground]) >= 4.5, (ink, ground)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2.1 defines it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_what_a_name_or_a_comment_holds_is_text_and_never_markup():
    left = Absent("<script>x</script> & Cie", "1", "3A.csv", 2, "Statut « Rejetée »", "<b>", failed=False)
    content = html_of(report(classes=(ClassReport("3A", (), (left,), ()),)))
    assert b"<script" not in content and b"<b>" not in content
    assert "<script>x</script> & Cie" in Page(content).text


def test_a_pupil_whose_row_could_not_be_read_is_told_before_anything_else():
    left = Absent("PETIT Anna", "1", "3A.csv", 2, "Ligne illisible : …", "", failed=True)
    assert (
        "1 élève qui devait avoir un document n’en a pas"
        in Page(html_of(report(classes=(ClassReport("3A", (), (left,), ()),)))).text
    )


@pytest.mark.parametrize(
    ("checked", "said"),
    [
        (None, "n’ont pas été relus"),
        ((), "Chaque document a été relu"),
        ((warning("destination.x", "Le nom manque.", "Refaites-le.", Place(file="3A.pdf")),), "Le nom manque."),
    ],
)
def test_what_was_read_back_is_told_as_it_was(checked, said):
    assert said in Page(html_of(report(checked=checked))).text


def test_warnings_say_where_what_and_what_to_do():
    told = warning("settings.x", "Aucune image.", "Ajoutez --signature.", Place(file="modele.docx"))
    text = Page(html_of(report(warnings=(told,)))).text
    assert all(part in text for part in ("modele.docx", "Aucune image.", "Ajoutez --signature."))


def test_nobody_and_standard_input_make_a_page_too():
    text = Page(html_of(report(inputs=(Input("source", "entrée standard", None),)))).text
    assert "Aucun élève n’était à attester." in text and "Personne n’a été écarté." in text


def test_a_pupil_without_a_class_is_in_a_class_without_a_name():
    one = ClassReport("", (Pupil("PETIT Anna", "", "liste.xlsx", 2, 1, ("0001.pdf",)),), (), ())
    assert "(sans classe)" in Page(html_of(report(classes=(one,)))).text


def test_numbers_and_signs_are_written_as_the_french_do():
    assert counted(1, "élève") == "1 élève"
    assert counted(1204, "élève") == "1\u202f204 élèves"
    assert french("Statut « Rejetée » : non ; oui ?") == "Statut «\u00a0Rejetée\u00a0»\u00a0: non\u00a0; oui\u00a0?"


def test_a_run_reads_its_documents_back_before_it_reports(told, page):
    assert told["checked"] == []
    assert "Chaque document a été relu" in page.text
