"""Fourteen kinds of hostile models are refused, each with a problem of its own; twenty harmless ones are taken.

A model is refused before anything of it stands on the disk, and before a destination is touched.
"""

from __future__ import annotations

import io
import struct
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pix_mailmerge import cli
from pix_mailmerge.data_source.columns import HEADERS
from pix_mailmerge.model.word_model import open_model
from pix_mailmerge.problems import ModelError

ROOT = Path(__file__).parents[3]
SAMPLE = next((ROOT / "samples").glob("*3A.csv"))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
TEXT = "<w:p><w:r><w:t>{{ nom }}</w:t></w:r></w:p>"
Docx = Callable[..., bytes]


def zipped(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def overlapping(content: bytes) -> bytes:
    """The second entry of the directory leads into the first member."""
    at = content.rindex(b"PK\1\2")
    first = content.index(b"PK\1\2")
    return content[: at + 42] + content[first + 42 : first + 46] + content[at + 46 :]


def nested(levels: int) -> str:
    return "<w:p>" * levels + "</w:p>" * levels


HOSTILE: dict[str, list[Callable[[Docx], bytes]]] = {
    "model.macros": [
        lambda docx: docx(TEXT, parts={"word/vbaProject.bin": b"x"}),
        lambda docx: docx(TEXT, links={"rId9": "vbaProject elsewhere.bin"}, parts={"word/elsewhere.bin": b"x"}),
    ],
    "model.outside-link": [
        lambda docx: docx(TEXT, links={"rId9": "image http://exemple.fr/a.png External"}),
        lambda docx: docx(TEXT, links={"rId9": "frame file://serveur/a.html External"}),
    ],
    "model.remote-template": [
        lambda docx: docx(TEXT, links={"rId9": "attachedTemplate https://exemple.fr/m.dotm External"}),
        lambda docx: docx(TEXT, links={"rId9": "attachedTemplate \\\\serveur\\m.dotm External"}),
    ],
    "model.ole": [lambda docx: docx(TEXT, links={"rId9": "oleObject embeddings/oleObject1.bin"})],
    "model.alt-chunk": [lambda docx: docx(TEXT, links={"rId9": "aFChunk autre.html"})],
    "model.doctype": [
        lambda docx: docx(
            TEXT, parts={"word/styles.xml": "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a/>"}
        ),
        lambda docx: docx(
            TEXT, parts={"word/styles.xml": "<!DOCTYPE a [<!ENTITY b 'bb'>]><a>&b;</a>".encode("utf-16")}
        ),
    ],
    "model.dde": [
        lambda docx: docx('<w:p><w:r><w:instrText> DDEAUTO c:\\\\cmd.exe "/c calc" </w:instrText></w:r></w:p>'),
    ],
    "model.too-big": [
        lambda docx: docx(TEXT, parts={f"word/{number}.xml": b"<a/>" for number in range(2_100)}),
        lambda docx: docx(TEXT, parts={"word/media/a.bmp": bytes(30 * 1024**2)}),
        lambda docx: docx(TEXT, parts={"word/a.xml": b"<a>" + bytes(21 * 1024**2) + b"</a>"}),
    ],
    "model.malformed": [
        lambda docx: overlapping(docx(TEXT)),
        lambda docx: docx(TEXT, parts={"../../autre.xml": "<a/>"}),
        lambda docx: docx(TEXT, parts={"WORD/DOCUMENT.XML": "<a/>"}),
    ],
    "model.encrypted": [
        lambda _docx: OLE + "EncryptedPackage".encode("utf-16-le"),
    ],
    "model.old-word": [lambda _docx: OLE + "WordDocument".encode("utf-16-le")],
    "model.open-document": [lambda _docx: zipped({"mimetype": b"application/vnd.oasis.opendocument.text"})],
    "model.damaged": [
        lambda docx: docx(TEXT)[:-40],
        lambda docx: docx("<w:p>"),
        lambda docx: docx(nested(20_000)),
        lambda docx: docx(TEXT)[:300] + b"\xff" * 40 + docx(TEXT)[340:],
    ],
    "model.not-docx": [
        lambda _docx: b"{\\rtf1 }",
        lambda _docx: b"MZ" + bytes(400),
        lambda _docx: zipped({"xl/workbook.xml": b"<a/>"}),
    ],
}
SPECIMENS = [(id, number) for id, kinds in HOSTILE.items() for number in range(len(kinds))]

_written: list[str] | None = None


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if _written is not None and event == "open" and set(str(arguments[1])) & set("wax+"):
        _written.append(str(arguments[0]))


sys.addaudithook(_note)


@pytest.fixture
def written() -> Iterator[list[str]]:
    """Files that this process opens for writing, from now on."""
    global _written
    _written = []
    yield _written
    _written = None


def test_there_are_fourteen_kinds() -> None:
    assert len(HOSTILE) == 14


@pytest.mark.parametrize(("id", "number"), SPECIMENS)
def test_a_hostile_model_is_refused_by_its_name_and_nothing_of_it_is_unpacked(
    docx: Docx, tmp_path: Path, written: list[str], id: str, number: int
) -> None:
    file = tmp_path / "modèle.docx"
    file.write_bytes(HOSTILE[id][number](docx))
    written.clear()

    with pytest.raises(ModelError) as told:
        open_model(file)

    assert id in {problem.id for problem in told.value.problems}
    assert all(problem.remedy and problem.where.file == "modèle.docx" for problem in told.value.problems)
    assert written == []


@pytest.mark.parametrize("id", HOSTILE)
def test_a_run_with_a_hostile_model_ends_with_5_and_touches_nothing(docx: Docx, tmp_path: Path, id: str) -> None:
    file = tmp_path / "modèle.docx"
    file.write_bytes(HOSTILE[id][0](docx))
    out = tmp_path / "out"

    assert cli.exit_code(["run", str(SAMPLE), "--model", str(file), "--out", str(out)]) == 5
    assert not out.exists()


def picture() -> bytes:
    return (ROOT / "samples/signature.png").read_bytes()


def bitmap() -> bytes:
    size = 54 + 3 * 1_000 * 700
    return (
        b"BM"
        + struct.pack("<IHHIIiiHHIIiiII", size, 0, 0, 54, 40, 1_000, 700, 1, 24, 0, 0, 0, 0, 0, 0)
        + bytes(range(256)) * 8_204
    )


def deep(levels: int) -> str:
    table = "<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc>"
    return table * levels + TEXT + "</w:tc></w:tr></w:tbl><w:p/>" * levels


BENIGN: dict[str, Callable[[Docx], bytes]] = {
    "one tag": lambda docx: docx(TEXT),
    "the attestation": lambda _docx: (ROOT / "models/attestation-pix.docx").read_bytes(),
    "its Word fields": lambda _docx: (ROOT / "models/attestation-pix-publipostage.docx").read_bytes(),
    "the class list": lambda _docx: (ROOT / "models/releve-de-classe.docx").read_bytes(),
    "header and footer": lambda docx: docx(TEXT, stories={"header1": TEXT, "footer1": TEXT}),
    "footnotes": lambda docx: docx(TEXT, stories={"footnotes": f'<w:footnote w:id="1">{TEXT}</w:footnote>'}),
    "a link to follow": lambda docx: docx(TEXT, links={"rId9": "hyperlink https://pix.fr External"}),
    "a letter to write": lambda docx: docx(TEXT, links={"rId9": "hyperlink mailto:ce.0690000a@ac-lyon.fr External"}),
    "Word's own template": lambda docx: docx(
        TEXT, links={"rId9": "attachedTemplate file:///C:\\Users\\moi\\Normal.dotm External"}
    ),
    "a link to a workbook": lambda docx: docx(TEXT, links={"rId9": "mailMergeSource file:///D:\\r.xlsx External"}),
    "a picture": lambda docx: docx(TEXT, links={"rId9": "image media/a.png"}, parts={"word/media/a.png": picture()}),
    "a picture that packs well": lambda docx: docx(
        TEXT, links={"rId9": "image media/a.bmp"}, parts={"word/media/a.bmp": bitmap()}
    ),
    "a chart and its data": lambda docx: docx(
        TEXT, links={"rId9": "package embeddings/a.xlsx"}, parts={"word/embeddings/a.xlsx": b"PK"}
    ),
    "comments": lambda docx: docx(TEXT, links={"rId9": "comments comments.xml"}),
    "tracked changes": lambda docx: docx("<w:p><w:ins><w:r><w:t>{{ nom }}</w:t></w:r></w:ins></w:p>"),
    "properties of one's own": lambda docx: docx(TEXT, links={"rId9": "custom-properties custom.xml"}),
    "embedded fonts": lambda docx: docx(
        TEXT, links={"rId9": "font fonts/font1.odttf"}, parts={"word/fonts/font1.odttf": bytes(2_000)}
    ),
    "tables in tables": lambda docx: docx(deep(8)),
    "a long document": lambda docx: docx(TEXT + "<w:p><w:r><w:t>Lorem ipsum dolor.</w:t></w:r></w:p>" * 20_000),
    "what only looks dangerous": lambda docx: docx(
        TEXT + "<w:p><w:r><w:t>DDE, DOCTYPE, vbaProject, http://exemple.fr/a.dotm</w:t></w:r></w:p>"
    ),
    "printer settings": lambda docx: docx(
        TEXT, links={"rId9": "printerSettings p.bin"}, parts={"word/p.bin": b"<!DOCTYPE"}
    ),
}


def test_there_are_twenty_harmless_ones() -> None:
    assert len(BENIGN) >= 20


@pytest.mark.parametrize("name", BENIGN)
def test_a_harmless_model_is_taken(docx: Docx, tmp_path: Path, name: str) -> None:
    file = tmp_path / "modèle.docx"
    file.write_bytes(BENIGN[name](docx))

    model = open_model(file)

    assert [problem for problem in model.check(HEADERS).problems if problem.is_error] == []
