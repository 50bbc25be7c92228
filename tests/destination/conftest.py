"""The smallest .docx that hold what a test needs, written as XML."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
    '<Override PartName="/word/styles.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/></Types>'
)
_RELATIONSHIPS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_STYLES = (
    '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:docDefaults><w:rPrDefault>'
    '<w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri"/><w:sz w:val="22"/><w:lang w:val="fr-FR"/></w:rPr>'
    "</w:rPrDefault></w:docDefaults></w:styles>"
)
_NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wpg="http://schemas.microsoft.com/office/word/2010/wordprocessingGroup" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
)
SECTION = (
    '<w:sectPr><w:type w:val="nextPage"/><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" w:header="567" w:footer="567" w:gutter="0"/>'
    "</w:sectPr>"
)

MakeDocx = Callable[..., Path]
MakeComposed = Callable[..., Path]


@pytest.fixture
def make_docx(tmp_path: Path) -> MakeDocx:
    """Return make(body, name=…, parts=…) -> a .docx with that body; parts: name in word/ -> (relationship, content).

    The relationships are r1, r2… in the order of the parts; ``{NS}`` in a part becomes the namespaces. section: its
    properties; styles: more styles.
    """

    def make(
        body: str,
        name: str = "essai.docx",
        parts: dict[str, tuple[str, bytes]] | None = None,
        section: str = SECTION,
        styles: str = "",
    ) -> Path:
        document = f"<w:document {_NAMESPACES}><w:body>{body}{section}</w:body></w:document>"
        related = "".join(
            f'<Relationship Id="r{number}" Type="{_TYPE}{kind}" Target="{target}"/>'
            for number, (target, (kind, _)) in enumerate((parts or {}).items(), 1)
        )
        styling = f'<Relationship Id="s" Type="{_TYPE}styles" Target="styles.xml"/>'
        main = f'<Relationship Id="d" Type="{_TYPE}officeDocument" Target="word/document.xml"/>'
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
            package.writestr("[Content_Types].xml", _TYPES)
            package.writestr("_rels/.rels", _RELATIONSHIPS.format(main))
            package.writestr("word/document.xml", document)
            package.writestr("word/styles.xml", _STYLES.replace("</w:styles>", f"{styles}</w:styles>"))
            package.writestr("word/_rels/document.xml.rels", _RELATIONSHIPS.format(styling + related))
            for target, (_, content) in (parts or {}).items():
                package.writestr(f"word/{target}", content.replace(b"{NS}", _NAMESPACES.encode()))
        return path

    return make


@pytest.fixture
def make_composed(make_docx: MakeDocx) -> MakeComposed:
    """Return make(names, pages, name=…) -> a composed .docx: a section per record, bookmarked, of so many pages."""

    def make(names: Sequence[str], pages: Sequence[int] | None = None, name: str = "lot.docx") -> Path:
        counts = pages or [1] * len(names)
        records = [_record(number, text, counts[number - 1]) for number, text in enumerate(names, 1)]
        broken = f"<w:p><w:pPr>{SECTION}</w:pPr></w:p>".join(records)
        return make_docx(broken, name)

    return make


def paragraph(text: str, properties: str = "") -> str:
    """Return a paragraph of one run."""
    return f'<w:p><w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def _record(number: int, text: str, pages: int) -> str:
    mark = f'<w:bookmarkStart w:id="{number}" w:name="e{number:06d}"/>'
    first = f'<w:p>{mark}<w:r><w:t xml:space="preserve">{text}</w:t></w:r><w:bookmarkEnd w:id="{number}"/></w:p>'
    further = "".join(
        f'<w:p><w:r><w:br w:type="page"/><w:t>{text} suite {page}</w:t></w:r></w:p>' for page in range(2, pages + 1)
    )
    return first + further
