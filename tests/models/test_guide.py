"""docs/guide.md tells staff only what there is: tags, commands, options, files."""

from __future__ import annotations

import re
from pathlib import Path

import typer.main

from pix_mailmerge.cli.commands import app
from pix_mailmerge.model.fields import field_names
from pix_mailmerge.model.filters import FILTERS
from pix_mailmerge.settings import OPTION_NAMES

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "guide.md").read_text("utf-8")


def test_every_tag_of_the_guide_is_a_field_and_every_filter_exists() -> None:
    tags = re.findall(r"\{\{ (\w+)(?:\\\|(\w+))?", GUIDE)
    assert len(tags) > 20
    assert {name for name, _ in tags} <= {*field_names(), "annee", "prenon"}  # of the school; the fault that is shown
    assert {used for _, used in tags} - {""} <= set(FILTERS)


def test_every_command_and_option_of_the_guide_exists() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    assert set(re.findall(r"pix-mailmerge (\w+) ", GUIDE)) <= set(commands)
    known = {name for command in commands.values() for parameter in command.params for name in parameter.opts}
    assert set(re.findall(r"--[a-z][a-z-]*", GUIDE)) <= known | {"--install-completion"}


def test_every_setting_of_the_guide_is_one() -> None:
    blocks = "".join(re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL))
    assert set(re.findall(r"^(\w+) =", blocks, re.MULTILINE)) <= {*OPTION_NAMES, "annee"}


def test_the_links_of_the_guide_lead_to_its_own_headings() -> None:
    headings = re.findall(r"^#+ (.+)$", GUIDE, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\(#([^)]+)\)", GUIDE)) <= anchors
