"""Each problem of this room has a paragraph for whoever meets it, and each paragraph its problem."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ELSEWHERE = {"narrow.py", "order_by.py", "headers.py"}
"""``--only``, ``--sort``, ``--name``: told with the other options."""


def texts_in_code():
    for file in (ROOT / "pix_mailmerge" / "data_source").glob("*.py"):
        if file.name not in ELSEWHERE:
            nodes = ast.walk(ast.parse(file.read_text("utf-8")))
            yield from (str(node.value) for node in nodes if isinstance(node, ast.Constant))


def test_problems_and_paragraphs_match():
    text = (ROOT / "docs" / "problems" / "data_source.md").read_text("utf-8")
    ids = {each for each in texts_in_code() if re.fullmatch(r"(source|usage|destination)\.[a-z0-9-]*[a-z0-9]", each)}
    assert set(re.findall(r"^### `(.+)`$", text, re.MULTILINE)) == ids
