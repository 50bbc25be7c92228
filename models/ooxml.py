"""The few shapes of WordprocessingML that the shipped models are made of, and their package.

Lengths are in twentieths of a point (« twips »), as in the format itself; ``cm`` converts.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Mapping
from io import BytesIO
from types import MappingProxyType
from typing import TypedDict, Unpack
from xml.sax.saxutils import escape, quoteattr

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TAG = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})")
SCRIPTS = ("ascii", "hAnsi", "eastAsia", "cs")
EPOCH = (1980, 1, 1, 0, 0, 0)


def cm(length: float) -> int:
    """Return a length in centimetres as twips."""
    return round(length * 1440 / 2.54)


class Look(TypedDict, total=False):
    """How a run or a style looks. size: in points. color: RRGGBB. spacing: between the letters, in twips."""

    font: str
    bold: bool
    italic: bool
    color: str
    spacing: int
    size: float


def runs(text: str, **look: Unpack[Look]) -> str:
    """Return the runs of ``text``; each tag is a run of its own, which Word's spelling marks may not cut in two."""
    return "".join(
        f"<w:r>{run_properties(look, no_proof=bool(TAG.fullmatch(piece)))}{_written(piece)}</w:r>"
        for piece in TAG.split(text)
        if piece
    )


def _written(piece: str) -> str:
    lines = (
        "<w:tab/>".join(f'<w:t xml:space="preserve">{escape(part)}</w:t>' if part else "" for part in line.split("\t"))
        for line in piece.split("\n")
    )
    return "<w:br/>".join(lines)


def run_properties(look: Look, *, no_proof: bool = False) -> str:
    """Return ``w:rPr``, in the order of the format; "" where there is nothing to say."""
    parts: list[str] = []
    if "font" in look:
        parts.append("<w:rFonts " + " ".join(f'w:{script}="{look["font"]}"' for script in SCRIPTS) + "/>")
    if look.get("bold"):
        parts.append("<w:b/>")
    if look.get("italic"):
        parts.append("<w:i/>")
    if no_proof:
        parts.append("<w:noProof/>")
    if "color" in look:
        parts.append(f'<w:color w:val="{look["color"]}"/>')
    if "spacing" in look:
        parts.append(f'<w:spacing w:val="{look["spacing"]}"/>')
    if "size" in look:
        half_points = round(look["size"] * 2)
        parts.append(f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>')
    return f"<w:rPr>{''.join(parts)}</w:rPr>" if parts else ""


def paragraph(content: str = "", style: str | None = None, *, properties: str = "") -> str:
    """Return a paragraph of runs; a content that is plain text with tags becomes runs."""
    inside = content if content.startswith("<") or not content else runs(content)
    chosen = (f'<w:pStyle w:val="{style}"/>' if style else "") + properties
    return f"<w:p>{f'<w:pPr>{chosen}</w:pPr>' if chosen else ''}{inside}</w:p>"


def cell(
    content: str,
    width: int,
    *,
    span: int = 1,
    borders: str = "",
    fill: str | None = None,
    margins: tuple[int, int, int, int] = (0, 0, 0, 0),
    centred: bool = False,
) -> str:
    """Return a table cell. margins: top, left, bottom, right. centred: between its top and bottom.

    The margins stand in each cell: dxpdf 0.8.1 takes a 0 of the table for « as in Word's default table style ».
    """
    sides = zip(("top", "left", "bottom", "right"), margins, strict=True)
    properties = [
        f'<w:tcW w:w="{width}" w:type="dxa"/>',
        f'<w:gridSpan w:val="{span}"/>' if span > 1 else "",
        f"<w:tcBorders>{borders}</w:tcBorders>" if borders else "",
        f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else "",
        "<w:tcMar>" + "".join(f'<w:{side} w:w="{length}" w:type="dxa"/>' for side, length in sides) + "</w:tcMar>",
        '<w:vAlign w:val="center"/>' if centred else "",
    ]
    return f"<w:tc><w:tcPr>{''.join(properties)}</w:tcPr>{content}</w:tc>"


def row(cells: Iterable[str], *, height: int = 0, exact: bool = False, header: bool = False) -> str:
    """Return a row that no page break cuts. height: at least, or exactly. header: repeated on each page."""
    rule = f'<w:trHeight w:val="{height}" w:hRule="{"exact" if exact else "atLeast"}"/>' if height else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{rule}{'<w:tblHeader/>' if header else ''}</w:trPr>{''.join(cells)}</w:tr>"


def tag_row(tag: str, width: int, columns: int) -> str:
    """Return the row that holds a ``{%tr … %}`` tag and goes when the model is merged."""
    return f"<w:tr>{cell(paragraph(tag), width, span=columns)}</w:tr>"


def table(rows: Iterable[str], widths: Iterable[int], *, title: str, description: str, borders: str = "") -> str:
    """Return a table of fixed widths, with its alternative text."""
    columns = list(widths)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in columns)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(columns)}" w:type="dxa"/>'
        f"{f'<w:tblBorders>{borders}</w:tblBorders>' if borders else ''}"
        f'<w:tblLayout w:type="fixed"/>'
        f"<w:tblCaption w:val={quoteattr(title)}/><w:tblDescription w:val={quoteattr(description)}/></w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def border(side: str, color: str, *, eighths: int = 4, space: int = 0) -> str:
    """Return one border of a table, cell or paragraph. eighths: of a point."""
    return f'<w:{side} w:val="single" w:sz="{eighths}" w:space="{space}" w:color="{color}"/>'


def spacing(before: float = 0, after: float = 0) -> str:
    """Return the space around a paragraph, given in points."""
    return f'<w:spacing w:before="{round(before * 20)}" w:after="{round(after * 20)}"/>'


def field(instruction: str, shown: str) -> str:
    """Return a field that Word computes, such as the page number. shown: until it does."""
    return f'<w:fldSimple w:instr=" {instruction} "><w:r><w:t>{shown}</w:t></w:r></w:fldSimple>'


def style(
    style_id: str,
    name: str,
    *,
    based_on: str | None = "Normal",
    properties: str = "",
    look: Look | None = None,
    default: bool = False,
) -> str:
    """Return a paragraph style. name: as the format knows it (Word says « Titre » for Title), or our own in French."""
    base = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    inside = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    origin = ' w:default="1"' if default else ("" if style_id in BUILT_IN else ' w:customStyle="1"')
    return (
        f'<w:style w:type="paragraph"{origin} w:styleId="{style_id}">'
        f"<w:name w:val={quoteattr(name)}/>{base}<w:qFormat/>{inside}{run_properties(look or {})}</w:style>"
    )


TABLE_NORMAL = (
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:uiPriority '
    'w:val="99"/><w:semiHidden/><w:unhideWhenUsed/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar>'
    '<w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/>'
    '<w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
)
"""Word's own default, which it would add at the first save."""

BUILT_IN = ("Normal", "Title", "Subtitle", "Heading1", "Footer")


def package(
    *,
    body: str,
    footer: str,
    styles: str,
    title: str,
    subject: str,
    pictures: Mapping[str, bytes] = MappingProxyType({}),
) -> bytes:
    """Return the .docx: no author, no date, the same bytes at every run. pictures: id of the relationship -> PNG."""
    parts = {
        "[Content_Types].xml": _CONTENT_TYPES,
        "_rels/.rels": _PACKAGE_RELATIONSHIPS,
        "docProps/core.xml": _core_properties(title, subject),
        "word/document.xml": f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": _document_relationships(pictures),
        "word/styles.xml": f"<w:styles {NAMESPACES}>{_DEFAULTS}{styles}</w:styles>",
        "word/settings.xml": f"<w:settings {NAMESPACES}>{_SETTINGS}</w:settings>",
        "word/footer1.xml": f"<w:ftr {NAMESPACES}>{footer}</w:ftr>",
    }
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(zipfile.ZipInfo(name, EPOCH), DECLARATION + content, zipfile.ZIP_DEFLATED)
        for rid, picture in pictures.items():
            file.writestr(zipfile.ZipInfo(f"word/media/{rid}.png", EPOCH), picture, zipfile.ZIP_STORED)
    return stream.getvalue()


def _document_relationships(pictures: Iterable[str]) -> str:
    images = "".join(f'<Relationship Id="{rid}" Type="{_OFFICE}/image" Target="media/{rid}.png"/>' for rid in pictures)
    return f'<Relationships xmlns="{_RELATIONSHIPS}">{_DOCUMENT_RELATIONSHIPS}{images}</Relationships>'


def _core_properties(title: str, subject: str) -> str:
    return (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{escape(title)}</dc:title><dc:subject>{escape(subject)}</dc:subject>"
        "<dc:language>fr-FR</dc:language></cp:coreProperties>"
    )


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_WORD}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_WORD}.styles+xml"/>'
    f'<Override PartName="/word/settings.xml" ContentType="{_WORD}.settings+xml"/>'
    f'<Override PartName="/word/footer1.xml" ContentType="{_WORD}.footer+xml"/>'
    '<Override PartName="/docProps/core.xml" '
    'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
)
_PACKAGE_RELATIONSHIPS = (
    f'<Relationships xmlns="{_RELATIONSHIPS}">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
    '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/'
    'core-properties" Target="docProps/core.xml"/></Relationships>'
)
_DOCUMENT_RELATIONSHIPS = (
    f'<Relationship Id="rId1" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/settings" Target="settings.xml"/>'
    f'<Relationship Id="rId3" Type="{_OFFICE}/footer" Target="footer1.xml"/>'
)
_DEFAULTS = (
    '<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:eastAsia="Calibri" '
    'w:cs="Calibri"/>'
    '<w:lang w:val="fr-FR" w:eastAsia="fr-FR" w:bidi="fr-FR"/></w:rPr></w:rPrDefault>'
    '<w:pPrDefault><w:pPr><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/></w:pPr></w:pPrDefault>'
    "</w:docDefaults>"
)
_SETTINGS = (
    '<w:zoom w:percent="100"/><w:defaultTabStop w:val="708"/><w:hyphenationZone w:val="425"/>'
    '<w:characterSpacingControl w:val="doNotCompress"/><w:compat>'
    '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
    '</w:compat><w:themeFontLang w:val="fr-FR"/><w:decimalSymbol w:val=","/><w:listSeparator w:val=";"/>'
)
