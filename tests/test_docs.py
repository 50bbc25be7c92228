"""What the documents promise is what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pix_mailmerge.cli import exit_code
from pix_mailmerge.problems import EXIT_CODES

ROOT = Path(__file__).parents[1]
API = ROOT / "pix_mailmerge/__init__.py"
ID = re.compile(rf"[\"'`]((?:{'|'.join(EXIT_CODES)})\.[a-z][a-z0-9-]+[a-z0-9])[\"'`]")


def ids_of(paths: list[Path]) -> set[str]:
    return {found for path in paths for found in ID.findall(path.read_text("utf-8"))}


def test_every_problem_has_its_paragraph_and_no_paragraph_is_left_over():
    modules = sorted((ROOT / "pix_mailmerge").rglob("*.py"))
    in_code = {found for found in ids_of([path for path in modules if path != API]) if not found.endswith(".xml")}
    told = [path.read_text("utf-8") for path in (ROOT / "docs/problems").glob("*.md")]
    in_docs = {found for text in told for found in re.findall(r"^### `([a-z0-9.-]+)`$", text, re.M)}
    assert in_code - in_docs == set()
    families = tuple(f"{family}." for family in EXIT_CODES)
    assert all(found.startswith(families) for found in in_docs)


def test_every_exit_code_is_in_the_table():
    table = (ROOT / "docs/problems.md").read_text("utf-8")
    assert all(re.search(rf"^\| {code} \|", table, re.M) for code in {0, 1, 10, 130, *EXIT_CODES.values()})


@pytest.mark.parametrize("page", sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("samples/*.md")]))
def test_every_link_of_the_documents_leads_somewhere(page):
    targets = re.findall(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_readme_lists_the_commands_that_there_are(capsys):
    exit_code(["--help"])
    commands = re.findall(r"^  ([a-z]+)  ", capsys.readouterr().out.partition("Commandes :")[2], re.M)
    listed = re.findall(r"^\| `([a-z]+)", (ROOT / "README.md").read_text("utf-8"), re.M)
    assert listed == commands


def test_the_two_commands_of_the_readme_are_a_line_each():
    commands = re.findall(r"^pip install -c constraints.txt .*$", (ROOT / "README.md").read_text("utf-8"), re.M)
    posix = [command for command in commands if "&&" in command]
    assert len(posix) == 2
    assert posix[0].startswith("pip install -c constraints.txt . && pix-mailmerge run samples/*.csv")
    assert posix[1] == 'pip install -c constraints.txt ".[test]" && pytest'
