"""The command that links a model for Word's own merge."""

import json
import shutil
from pathlib import Path

import openpyxl
import pytest

from pix_mailmerge.cli import main
from pix_mailmerge.mailmerge.model_fields import find_fields
from pix_mailmerge.mailmerge.model_link import link
from pix_mailmerge.problems import ModelError, UsageError

MODELS = Path(__file__).parents[2] / "models"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return Path(shutil.copy(MODELS / "attestation-pix-publipostage.docx", tmp_path))


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    file = tmp_path / "Résultats Pix.xlsx"
    openpyxl.Workbook().save(file)
    return file


def test_a_model_is_linked_and_unlinked(model, workbook):
    assert str(workbook) in link(model, workbook)
    found = find_fields(model)
    assert found.link is not None
    assert found.link["source_basename"] == workbook.name
    assert found.codes == ("MERGEFIELD", "IF")
    link(model, None, unlink=True)
    assert find_fields(model).link is None


def test_a_model_of_tags_is_not_linked(tmp_path, workbook):
    model = Path(shutil.copy(MODELS / "attestation-pix.docx", tmp_path))
    before = model.read_bytes()
    with pytest.raises(ModelError, match="aucun champ de fusion"):
        link(model, workbook)
    assert model.read_bytes() == before


@pytest.mark.parametrize("unlink", [True, False])
def test_a_workbook_or_unlink_and_not_both(model, workbook, unlink):
    with pytest.raises(UsageError):
        link(model, workbook if unlink else None, unlink=unlink)


def test_fields_tells_codes_and_link_as_json(model, capsys):
    with pytest.raises(SystemExit):
        main(["fields", str(model), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (told["kind"], told["codes"], told["link"]) == ("merge-fields", ["MERGEFIELD", "IF"], None)
