"""Specimens: the smallest .docx that holds what a test is about, and what a merge makes of it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest
from lxml import etree

from pix_mailmerge.model.word_model import Model, open_model

TRANSITIONAL = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_NAMESPACES = {
    "r": _OFFICE,
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "v": "urn:schemas-microsoft-com:vml",
}


class Word:
    """Writes fields as Word does, and reads what a merge made of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def run(self, text: str, look: str = "") -> str:
        """Return a run; ``look``: what its ``w:rPr`` holds."""
        return f'<w:r>{self._look(look)}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'

    def code(self, text: str, look: str = "") -> str:
        """Return a piece of the code of a field."""
        return f'<w:r>{self._look(look)}<w:instrText xml:space="preserve">{escape(text)}</w:instrText></w:r>'

    def mark(self, kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    def field(self, *code: str, result: str | None = "?", look: str = "", result_look: str = "") -> str:
        """Return a complex field; pieces of its code that are XML already (nested fields) stay as they are.

        result: its last result, None = it has no separator.
        """
        pieces = "".join(piece if piece.startswith("<") else self.code(piece, look) for piece in code)
        last = "" if result is None else self.mark("separate") + self.run(result, result_look)
        return self.mark("begin") + pieces + last + self.mark("end")

    def simple(self, code: str, result: str = "?") -> str:
        return f"<w:fldSimple w:instr={quoteattr(code)}>{self.run(result)}</w:fldSimple>"

    def paragraph(self, *content: str, look: str = "") -> str:
        properties = f"<w:pPr>{look}</w:pPr>" if look else ""
        return f"<w:p>{properties}{''.join(content)}</w:p>"

    def table(self, *rows: Sequence[str]) -> str:
        grid = "<w:gridCol/>" * len(rows[0])
        cells = ("".join(f"<w:tc>{cell}</w:tc>" for cell in row) for row in rows)
        return (
            f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"
        )

    def model(
        self,
        body: str,
        *,
        namespace: str = TRANSITIONAL,
        settings: str | None = None,
        settings_links: str = "",
        members: Mapping[str, bytes] | None = None,
        **stories: str,
    ) -> Model:
        """Return the model of a body; stories: what header1, footer1, footnotes… hold."""
        file = self._folder / f"{len(list(self._folder.iterdir()))}.docx"
        file.write_bytes(self.package(body, namespace, settings, settings_links, members or {}, stories))
        return open_model(file)

    def package(
        self,
        body: str,
        namespace: str,
        settings: str | None,
        settings_links: str,
        members: Mapping[str, bytes],
        stories: Mapping[str, str],
    ) -> bytes:
        declared = f'xmlns:w="{namespace}" ' + " ".join(f'xmlns:{name}="{uri}"' for name, uri in _NAMESPACES.items())
        kinds = {name: re.sub(r"\d", "", name) for name in stories}
        roots = {"header": "hdr", "footer": "ftr"}
        parts = {"document": f"<w:document {declared}><w:body>{body}<w:sectPr/></w:body></w:document>"}
        for name, kind in kinds.items():
            root = roots.get(kind, kind)
            parts[name] = f"<w:{root} {declared}>{stories[name]}</w:{root}>"
        if settings is not None:
            parts["settings"], kinds["settings"] = f"<w:settings {declared}>{settings}</w:settings>", "settings"
        links = "".join(
            f'<Relationship Id="r-{name}" Type="{_OFFICE}/{kind}" Target="{name}.xml"/>' for name, kind in kinds.items()
        )
        links += "".join(
            f'<Relationship Id="r-{Path(name).stem}" Type="{_OFFICE}/image" Target="media/{Path(name).name}"/>'
            for name in members
            if name.startswith("word/media/")
        )
        kinds["document"] = "document.main"
        types = "".join(
            f'<Override PartName="/word/{name}.xml" ContentType="{_WORD_TYPE}.{kinds[name]}+xml"/>' for name in parts
        )
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(
                "[Content_Types].xml",
                f'<Types xmlns="{_TYPES}"><Default Extension="rels" '
                'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                '<Default Extension="xml" ContentType="application/xml"/>'
                f'<Default Extension="png" ContentType="image/png"/>{types}</Types>',
            )
            archive.writestr(
                "_rels/.rels",
                f'<Relationships xmlns="{_RELS}"><Relationship Id="r1" Type="{_OFFICE}/officeDocument" '
                'Target="word/document.xml"/></Relationships>',
            )
            archive.writestr("word/_rels/document.xml.rels", f'<Relationships xmlns="{_RELS}">{links}</Relationships>')
            if settings_links:
                archive.writestr(
                    "word/_rels/settings.xml.rels", f'<Relationships xmlns="{_RELS}">{settings_links}</Relationships>'
                )
            for name, xml in parts.items():
                archive.writestr(f"word/{name}.xml", xml)
            for name, content in members.items():
                archive.writestr(name, content)
        return file.getvalue()

    def merged(self, body: str, *records: Mapping[str, object], language: str | None = None, **model: str) -> list[str]:
        """Return the lines of the first document that records make of a body."""
        documents = self.model(body, **model).merge(records or [{}], language)  # type: ignore[arg-type]
        return self.lines(next(documents).content)

    def shown(self, code: str, *, language: str | None = None, **values: object) -> str:
        """Return what one field shows for one record."""
        return "\n".join(self.merged(self.paragraph(self.field(code)), values, language=language))

    def part(self, docx: bytes, name: str = "document") -> str:
        """Return the XML of a part of a document."""
        with zipfile.ZipFile(io.BytesIO(docx)) as archive:
            return archive.read(f"word/{name}.xml").decode()

    def members(self, docx: bytes) -> dict[str, str]:
        """Return the members of a document as text, by their names."""
        with zipfile.ZipFile(io.BytesIO(docx)) as archive:
            return {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist()}

    def lines(self, docx: bytes, name: str = "document") -> list[str]:
        """Return the text of each paragraph, fields left to Word by their result."""
        return [_text(paragraph) for paragraph in etree.fromstring(self.part(docx, name).encode()).iter("{*}p")]

    @staticmethod
    def _look(look: str) -> str:
        return f"<w:rPr>{look}</w:rPr>" if look else ""


def _text(paragraph: etree._Element) -> str:
    shown: list[str] = []
    for element in paragraph.iter():
        if next(element.iterancestors("{*}p"), None) is not paragraph:
            continue
        name = etree.QName(element).localname
        if name == "t":
            shown.append(element.text or "")
        elif name in ("tab", "br") and etree.QName(element.getparent()).localname == "r":
            shown.append("\t" if name == "tab" else "\n")
        elif name == "noBreakHyphen":
            shown.append("-")
    return "".join(shown)


@pytest.fixture
def word(tmp_path: Path) -> Word:
    return Word(tmp_path)
