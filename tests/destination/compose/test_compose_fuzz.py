"""Random models composed, and rendered one by one: the same text in the same order, ids that stand once.

The models are those that are rendered against docxtpl (tests/model/compiled/test_fuzz_docxtpl.py). A share runs with
the tests; ``python tests/destination/compose/test_compose_fuzz.py 3000`` runs more.
"""

from __future__ import annotations

import importlib.util
import io
import sys
import tempfile
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from lxml import etree

from pix_mailmerge.destination.compose import compose
from pix_mailmerge.model.word_model import open_model
from pix_mailmerge.problems import ModelError

_MAKER = Path(__file__).parents[2] / "model" / "compiled" / "test_fuzz_docxtpl.py"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
RECORDS = 3


def maker() -> ModuleType:
    """Return the module that makes the models."""
    spec = importlib.util.spec_from_file_location("fuzz_models", _MAKER)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def children(body: etree._Element) -> list[list[tuple[str, str]]]:
    """Return the elements of each record of a body: name and text."""
    records: list[list[tuple[str, str]]] = [[]]
    for child in body:
        if child.tag == f"{W}sectPr":
            break
        name = etree.QName(child).localname
        if (name == "p" and not _is_spacer(child)) or name == "tbl":
            records[-1].append((name, "".join(str(text) for text in child.itertext())))
        if child.find(f"{W}pPr/{W}sectPr") is not None:
            records.append([])
    return records


def _is_spacer(paragraph: etree._Element) -> bool:
    spacing = paragraph.find(f"{W}pPr/{W}spacing")
    return spacing is not None and spacing.get(f"{W}line") == "20"


def body_of(package: bytes) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return etree.fromstring(archive.read("word/document.xml"))[0]


def compared(module: ModuleType, seed: int, folder: Path) -> bool:
    """Compare a random model composed with its documents; return False when it is refused."""
    file = folder / "model.docx"
    file.write_bytes(module.Maker(seed).model())
    model = open_model(file)

    def values(record: int) -> dict[str, object]:
        return {**module.values(seed * RECORDS + record, model.docxtpl)}

    try:
        single = [children(body_of(model.render(values(record))))[0] for record in range(RECORDS)]
    except ModelError:
        return False
    composed = folder / "composed.docx"
    compose(model, map(values, range(RECORDS)), composed, fsync=False)
    body = body_of(composed.read_bytes())
    assert children(body) == single, f"model {seed}"
    drawings = [one.get("id") for one in body.iter("{*}docPr")]
    assert len(set(drawings)) == len(drawings), f"model {seed}"
    marks = [one.get(f"{W}name") for one in body.iter(f"{W}bookmarkStart")]
    assert len(set(marks)) == len(marks), f"model {seed}"
    assert [one for one in marks if one.startswith("e0")] == [f"e{n:06d}" for n in range(1, RECORDS + 1)]
    return True


@pytest.mark.parametrize("start", [0, 40, 80])
def test_a_composed_document_holds_what_its_documents_hold(tmp_path: Path, start: int) -> None:
    module = maker()

    taken = sum(compared(module, seed, tmp_path) for seed in range(start, start + 40))

    assert taken > 20  # the rest is refused: tags that stand where they should not


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        made = maker()
        count = int(sys.argv[1])
        print(sum(compared(made, seed, Path(name)) for seed in range(count)), "of", count)
