"""What is fuzzed: the readers of files that come from elsewhere, each a function of bytes that must return.

A target may be refused its bytes with a problem of ours; any other exception is a crash, and a long wait a hang.
"""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from xml.sax.saxutils import escape

from pix_mailmerge.data_source.pix_export import read_sources
from pix_mailmerge.data_source.results_xlsx import write_results
from pix_mailmerge.data_source.select import select
from pix_mailmerge.model.word_model import open_model
from pix_mailmerge.problems import PixMailMergeError
from pix_mailmerge.settings import School

CORPUS = Path(__file__).parent / "corpus"
_FOLDER = Path(tempfile.mkdtemp(prefix="fuzz-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MEMBERS = (
    "word/document.xml",
    "[Content_Types].xml",
    "_rels/.rels",
    "word/_rels/document.xml.rels",
    "word/settings.xml",
    "docProps/core.xml",
)
VALUES = {"Nom": "D’Arc & <Fils>", "Prénom": "Zoé", "Nombre": "1 234,5", "Date": "24/12/2012", "Vide": "", "Neuf": 9}
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read_csv(content: bytes) -> None:
    """Read the bytes as an export, choose the pupils, write the workbook."""
    file = _FOLDER / "20260612_resultats_3A.csv"
    file.write_bytes(content)
    reading = read_sources([file])
    assert reading.records or reading.problems
    selection = select(reading, keep_going=True)
    if len(selection.chosen) + len(selection.left_out) < 20:
        write_results(_FOLDER / "r.xlsx", selection.chosen, selection.left_out)


def parse_fields(content: bytes) -> None:
    """Merge a document whose fields the bytes spell: ``{`` begins one, ``|`` comes before its result, ``}`` ends it."""
    text = _NOT_XML.sub("", content.decode("utf-8", "ignore"))
    document = f'<w:document xmlns:w="{_W}"><w:body>{_body(text)}<w:sectPr/></w:body></w:document>'
    file = _FOLDER / "champs.docx"
    file.write_bytes(docx({"word/document.xml": document.encode()}))
    with suppress(PixMailMergeError):
        model = open_model(file)
        model.check(tuple(VALUES), School())
        list(model.merge([VALUES, {**VALUES, "Nom": "2"}]))


def open_docx(content: bytes) -> None:
    """Open the bytes as a model; where they are no zip, their first byte tells which part of a model they stand for."""
    packed = content if content[:2] == b"PK" else docx({MEMBERS[sum(content[:1]) % len(MEMBERS)]: content[1:]})
    file = _FOLDER / "modèle.docx"
    file.write_bytes(packed)
    with suppress(PixMailMergeError):
        model = open_model(file)
        model.check(tuple(VALUES), School())
        assert isinstance(model.problems, tuple) and isinstance(model.link, dict | None)


TARGETS: dict[str, Callable[[bytes], None]] = {"csv": read_csv, "champs": parse_fields, "docx": open_docx}


def docx(parts: dict[str, bytes]) -> bytes:
    """Return a small .docx with other parts in place of, or beside, its own."""
    own = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="{_MAIN}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="a" '
        f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/><Relationship Id="b" '
        f'Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="a" '
        f'Type="{_OFFICE}/settings" Target="settings.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{_W}"><w:body><w:p><w:r><w:t>{{{{ nom }}}}</w:t></w:r></w:p>'
        "<w:sectPr/></w:body></w:document>",
        "word/settings.xml": f'<w:settings xmlns:w="{_W}"><w:zoom/></w:settings>',
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, part in ({name: text.encode() for name, text in own.items()} | parts).items():
            archive.writestr(name, part)
    return file.getvalue()


def _body(text: str) -> str:
    runs = [""]
    in_code: list[bool] = []
    for piece in re.split(r"([{|}\n])", text):
        if piece == "\n":
            runs.append("")
        elif piece == "{" or (piece and piece in "|}" and in_code):
            runs[-1] += f'<w:r><w:fldChar w:fldCharType="{_CHARS[piece]}"/></w:r>'
            if piece == "{":
                in_code.append(True)
            elif piece == "|":
                in_code[-1] = False
            else:
                in_code.pop()
        elif piece:
            tag = "instrText" if in_code and in_code[-1] else "t"
            runs[-1] += f'<w:r><w:{tag} xml:space="preserve">{escape(piece)}</w:{tag}></w:r>'
    return "".join(f"<w:p>{inside}</w:p>" for inside in runs)


_CHARS = {"{": "begin", "|": "separate", "}": "end"}
