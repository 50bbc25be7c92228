"""What an order is prepared from: any source, any model, the school's values."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from pix_mailmerge.mailmerge.order import Order
from pix_mailmerge.mailmerge.prepare import prepare
from pix_mailmerge.model.fields import field_values
from pix_mailmerge.settings import School


@pytest.fixture
def source(tmp_path: Path) -> str:
    file = tmp_path / "any.csv"
    file.write_text("Nom;Ville;Date\nDUPONT;Nice;12/03/2026\n", "utf-8")
    return str(file)


def model(folder: Path, text: str) -> Path:
    document = docx.Document()
    document.add_paragraph(text)
    document.save(str(folder / "m.docx"))
    return folder / "m.docx"


def printed(order: Order) -> list[str]:
    prepared = prepare(order)
    assert [problem for problem in prepared.problems if problem.is_error] == []
    values = field_values(prepared.selection.chosen[0], prepared.school)
    return [str(values[name]) for name in ("nom", "ville", "date")]


def test_a_column_gives_what_nobody_gave_for_the_school(tmp_path, source):
    order = Order((source,), (model(tmp_path, "{{ nom }} {{ ville }} {{ date }}"),))
    assert printed(order) == ["DUPONT", "Nice", "12/03/2026"]


def test_an_option_comes_before_a_column_of_the_same_name(tmp_path, source):
    school = School(ville="Lyon", date="1er juin 2026")
    order = Order((source,), (model(tmp_path, "{{ nom }} {{ ville }} {{ date }}"),), school=school)
    assert printed(order) == ["DUPONT", "Lyon", "1er juin 2026"]


def test_a_source_that_is_not_pix_needs_a_model_of_its_own(source):
    problems = prepare(Order((source,), school=School("É", "L", chef="C"))).problems
    assert [problem.id for problem in problems if problem.is_error] == ["source.not-results"]


def test_a_source_that_is_not_there_is_the_only_thing_said_of_it(tmp_path):
    problems = prepare(Order(("nowhere.csv",), (model(tmp_path, "{{ nom }}"),))).problems
    assert [problem.id for problem in problems] == ["source.not-found"]
