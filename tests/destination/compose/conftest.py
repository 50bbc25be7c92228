"""Models of a few lines of XML, and what is composed of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from lxml import etree

from pix_mailmerge.destination.compose import compose
from pix_mailmerge.model.word_model import Model, open_model

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = {
    "w": W,
    "r": R,
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
}
_DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.%s+xml"
_ROOTS = {"header": "hdr", "footer": "ftr", "numbering": "numbering", "styles": "styles", "comments": "comments"}
_ROOTS |= {"footnotes": "footnotes", "endnotes": "endnotes", "settings": "settings"}
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/">%s</cp:coreProperties>'
)
PAGE = '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" '
PAGE += 'w:header="567" w:footer="567" w:gutter="0"/>'
SECTION = f"<w:sectPr>{PAGE}</w:sectPr>"


def paragraph(text: str, properties: str = "") -> str:
    """Return a paragraph of one run."""
    return f'<w:p>{properties}<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def docx(body: str, core: str = "", **parts: str) -> bytes:
    """Return a .docx. parts: name without extension (« header1 », « numbering ») -> XML inside its root element.

    The body refers to a part by its name: ``r:id="header1"``.
    """
    kinds = {name: name.rstrip("0123456789") for name in parts}
    files = {"word/document.xml": f"<w:document {_DECLARED}><w:body>{body}</w:body></w:document>"}
    for name, xml in parts.items():
        files[f"word/{name}.xml"] = f"<w:{_ROOTS[kinds[name]]} {_DECLARED}>{xml}</w:{_ROOTS[kinds[name]]}>"
    links = "".join(_link(name, f"{R}/{kind}", f"{name}.xml") for name, kind in kinds.items())
    overrides = "".join(_override(f"word/{name}.xml", _MAIN_TYPE % kind) for name, kind in kinds.items())
    main = _link("main", f"{R}/officeDocument", "word/document.xml")
    if core:
        kind = "application/vnd.openxmlformats-package.core-properties+xml"
        main += _link(
            "core",
            f"{R[: -len('officeDocument/2006/relationships')]}package/2006/relationships/metadata/core-properties",
            "docProps/core.xml",
        )
        overrides += _override("docProps/core.xml", kind)
        files["docProps/core.xml"] = _CORE % core
    files["[Content_Types].xml"] = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>'
        f"{_override('word/document.xml', _MAIN_TYPE % 'document.main')}{overrides}</Types>"
    )
    files["_rels/.rels"] = _relationships(main)
    files["word/_rels/document.xml.rels"] = _relationships(links)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        for name, xml in files.items():
            package.writestr(name, _DECLARATION + xml)
    return made.getvalue()


def _link(id: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{id}" Type="{kind}" Target="{target}"/>'


def _override(part: str, kind: str) -> str:
    return f'<Override PartName="/{part}" ContentType="{kind}"/>'


def _relationships(links: str) -> str:
    uri = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{uri}">{links}</Relationships>'


@dataclass(frozen=True)
class Composed:
    """A composed document, its parts parsed."""

    file: Path
    count: int

    def read(self, part: str) -> bytes:
        with zipfile.ZipFile(self.file) as package:
            return package.read(part)

    def part(self, name: str) -> etree._Element:
        return etree.fromstring(self.read(name))

    @property
    def names(self) -> list[str]:
        with zipfile.ZipFile(self.file) as package:
            return package.namelist()

    @property
    def body(self) -> etree._Element:
        return self.part("word/document.xml")[0]

    def find(self, path: str, part: str = "word/document.xml") -> list[str]:
        """Return what an XPath finds in a part, as text."""
        return [str(one) for one in self.part(part).xpath(path, namespaces=NAMESPACES)]

    def elements(self, path: str, part: str = "word/document.xml") -> list[etree._Element]:
        return list(self.part(part).xpath(path, namespaces=NAMESPACES))

    @property
    def targets(self) -> dict[str, str]:
        """Return the relationships of the body: id -> target."""
        return {one.get("Id", ""): one.get("Target", "") for one in self.part("word/_rels/document.xml.rels")}

    def header_texts(self, kind: str = "header") -> list[str]:
        """Return the text of the header of each section, in order."""
        ids = self.find(f"//w:{kind}Reference/@r:id")
        return ["".join(self.part(f"word/{self.targets[id]}").itertext()) for id in ids]


Values = Mapping[str, object]


@pytest.fixture
def model_of(tmp_path: Path) -> Callable[..., Model]:
    """Return what opens a model of such a body and parts."""

    def made(body: str, core: str = "", **parts: str) -> Model:
        file = tmp_path / "model.docx"
        file.write_bytes(docx(body, core, **parts))
        return open_model(file)

    return made


@pytest.fixture
def composed_of(tmp_path: Path) -> Callable[..., Composed]:
    """Return what composes an opened model with records' values."""

    def made(model: Model, records: Iterable[Values], *, duplex: bool = False, bookmarks: bool = False) -> Composed:
        file = tmp_path / "composed.docx"
        return Composed(file, compose(model, records, file, duplex=duplex, bookmarks=bookmarks))

    return made


@pytest.fixture
def composed(model_of: Callable[..., Model], composed_of: Callable[..., Composed]) -> Callable[..., Composed]:
    """Return what composes a model of such a body and parts with records' values."""

    def made(
        body: str, records: Iterable[Values], *, duplex: bool = False, bookmarks: bool = False, **parts: str
    ) -> Composed:
        return composed_of(model_of(body, **parts), records, duplex=duplex, bookmarks=bookmarks)

    return made
