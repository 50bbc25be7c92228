"""What was given and is printed nowhere is told by check."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import docx
import pytest

from pix_mailmerge.mailmerge.check import check
from pix_mailmerge.mailmerge.order import Order
from pix_mailmerge.settings import School

ROOT = Path(__file__).parents[2]
SCHOOL = School(ville="Lyon", date="1er juin 2026")


@pytest.fixture
def order(tmp_path: Path) -> Order:
    document = docx.Document()
    document.add_paragraph("{{ prenom }} {{ nom }}, {% if annee %}{{ annee }}{% endif %} {{ Filiere }}")
    document.save(str(tmp_path / "m.docx"))
    source = str(ROOT / "samples/20210618_resultats_3A.csv")
    return Order((source,), models=(tmp_path / "m.docx",), school=replace(SCHOOL, champs={"filière": "Générale"}))


def unused(order: Order) -> list[str]:
    return [one.what for one in check(order) if one.id == "settings.unused"]


def test_a_field_that_a_model_uses_is_not_told_however_it_is_spelt(order):
    assert unused(replace(order, school=replace(order.school, champs={"filière": "G", "annee": "2026"}))) == []


def test_a_field_that_no_model_uses_is_told(order):
    (told,) = unused(replace(order, school=replace(order.school, champs={"filière": "G", "anee": "2026"})))
    assert "« anee »" in told and "m.docx" in told


def test_an_image_that_no_model_uses_is_told(order):
    school = replace(order.school, signature=ROOT / "samples/signature.png")
    (told,) = unused(replace(order, school=school))
    assert "« signature »" in told


def test_a_list_of_which_nothing_is_printed_is_told(order, tmp_path):
    (tmp_path / "l.csv").write_text("Nom;Prénom;Date de naissance;Salle\nAUBRY;Camille;03/02/2006;12\n", "utf-8")
    (told,) = unused(replace(order, join=tmp_path / "l.csv"))
    assert "« Salle »" in told
