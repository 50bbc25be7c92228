"""What the page says speaks of the page: no option of the command line, no path of the private folder."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pix_mailmerge.destination.engines.choice import ENGINES
from pix_mailmerge.mailmerge.look import look
from pix_mailmerge.mailmerge.order import Order
from pix_mailmerge.problems import Place, error
from pix_mailmerge.web.words import ENGINE_NAMES, REMEDIES, told

PACKAGE = Path(__file__).parents[2] / "pix_mailmerge"
OF_COMMANDS = {
    *("narrow.py", "order_by.py", "name_pattern.py", "documents.py", "workbook.py", "model_link.py", "changes.py"),
    *("doctor.py", "doctor_folder.py", "machine.py", "settings.py", "init.py", "package.py", "join_list.py"),
}
"""Modules whose options the page does not have, and so never their problems."""


def texts_with_options() -> Iterator[tuple[str, str]]:
    """Yield the texts of the rooms that name an option, and the id of their problem where it stands beside."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.parts[len(PACKAGE.parts)] in {"cli", "web"} or path.name in OF_COMMANDS:
            continue
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(call, ast.Call)
                and "usage.pdfa" not in ast.unparse(call)
                and getattr(call.func, "id", "") in {"error", "warning"}
            ):
                own = [one.value for one in ast.walk(call) if isinstance(one, ast.Constant)]
                words = [one for one in own if isinstance(one, str)]
                yield from ((words[0], word) for word in words if re.search(r"(^|\W)--[a-z]", word))


@pytest.mark.parametrize("id, text", sorted(set(texts_with_options())))
def test_no_option_of_the_command_line_is_named(id: str, text: str, tmp_path: Path):
    seen = look(Order((), out=tmp_path), ())
    shown = told([error(id, "Quoi", text)], seen, tmp_path)
    assert "--" not in "".join(one.what + one.remedy for one in shown)


def test_each_remedy_of_the_page_is_of_a_problem_that_there_is():
    known = {found for page in (PACKAGE.parent / "docs/problems").glob("*.md") for found in page.read_text().split("`")}
    assert set(REMEDIES) <= known


def test_the_private_folder_is_not_shown(tmp_path: Path):
    seen = look(Order((), out=tmp_path), ())
    file = str(tmp_path / "signature-3" / "ma signature.png")
    (one,) = told([error("settings.image-unreadable", f"« {file} » ?", "", Place(file=file))], seen, tmp_path)
    assert one.where == "ma signature.png" and one.what == "« ma signature.png » ?"
    assert one.field == "signature"


def test_an_engine_is_named_as_in_the_list_and_its_error_leads_there(tmp_path: Path):
    seen = look(Order((), out=tmp_path), ())
    remedy = "Choisissez --engine embedded ou --engine libreoffice."
    (one,) = told([error("program.missing", "Word n’est pas là.", remedy)], seen, tmp_path)
    said = "Choisissez « Moteur intégré » ou « LibreOffice » comme « Moteur des PDF », dans « Autres réglages »."
    assert one.remedy == said
    assert (one.field, one.label) == ("engine", "Moteur des PDF")


def test_each_engine_has_a_name():
    assert set(ENGINE_NAMES) == set(ENGINES)
