"""Models written by other programs: another prefix, another encoding, no body."""

import io
import zipfile

import pytest

from pix_mailmerge.model.word_model import open_model
from pix_mailmerge.problems import ModelError


def rewritten(word, tmp_path, change):
    """Return the file of a model whose body was changed."""
    body = word.paragraph(word.field("MERGEFIELD Nom"))
    content = word.model(body, header1=body).path.read_bytes()
    file = tmp_path / "autre.docx"
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            part = old.read(name).decode()
            new.writestr(name, change(part) if name.startswith("word/") and name.endswith(".xml") else part)
    return file


@pytest.mark.parametrize("prefix", ["ns0:", "x:"])
def test_another_prefix_is_read(word, tmp_path, prefix):
    def change(part):
        return part.replace("xmlns:w=", f"xmlns:{prefix[:-1]}=").replace("w:", prefix)

    document = open_model(rewritten(word, tmp_path, change)).render({"Nom": "MARTIN"})
    assert word.lines(document) == word.lines(document, "header1") == ["MARTIN"]


def test_another_encoding_is_read(word, tmp_path):
    file = rewritten(word, tmp_path, lambda part: part.encode("utf-16"))
    assert word.lines(open_model(file).render({"Nom": "Zoé"})) == ["Zoé"]


def test_a_document_without_a_body_is_none(word, tmp_path):
    file = rewritten(word, tmp_path, lambda part: part.replace("w:body", "w:corps"))
    with pytest.raises(ModelError, match="ne contient pas de document"):
        open_model(file)
