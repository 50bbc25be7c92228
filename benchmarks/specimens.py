"""Documents of a page or two, each with one thing that engines may lay out differently; made with python-docx."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import PIL.Image
import PIL.ImageDraw
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt

TEXT = (
    "La certification Pix atteste du niveau de maîtrise des compétences numériques à un moment donné\u00a0: "
    "rechercher, communiquer, créer, protéger, résoudre. L’élève l’a passée au collège, sous la "
    "surveillance de l’établissement."
)
_PICTURE_URI = "http://schemas.openxmlformats.org/drawingml/2006/picture"
_WPS = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"


def make_specimens(folder: Path) -> dict[str, Path]:
    """Write every specimen in ``folder`` and return its French name -> file."""
    made = {}
    for number, (name, build) in enumerate(SPECIMENS.items(), 1):
        document = _document()
        build(document)
        made[name] = folder / f"specimen-{number:02d}.docx"
        document.save(str(made[name]))
    return made


def _document() -> Any:
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2)
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Calibri", Pt(11)
    return document


def _texts(document: Any, count: int = 2) -> None:
    for _ in range(count):
        document.add_paragraph(TEXT)


def _running(document: Any) -> None:
    for alignment in (0, 1, 2, 3):
        document.add_paragraph(TEXT * 2).alignment = WD_ALIGN_PARAGRAPH(alignment)


def _families(document: Any) -> None:
    for name in ("Calibri", "Cambria", "Arial", "Times New Roman"):
        run = document.add_paragraph().add_run(f"{name} : {TEXT}")
        run.font.name = name


def _inline_picture(document: Any) -> None:
    _texts(document, 1)
    document.add_paragraph().add_run().add_picture(_drawn(), width=Cm(5))
    _texts(document, 1)


def _anchored_picture(document: Any) -> None:
    _anchored(document, "<wp:wrapNone/>")


def _wrapped_picture(document: Any) -> None:
    _anchored(document, "<wp:wrapTopAndBottom/>")


def _anchored(document: Any, wrapping: str) -> None:
    """Add a picture placed on the page, between two texts."""
    _texts(document, 1)
    run = document.add_paragraph(TEXT).add_run()
    run.add_picture(_drawn(), width=Cm(4))
    inline = run._r.find(qn("w:drawing"))[0]
    graphic, extent = inline.find(qn("a:graphic")), inline.find(qn("wp:extent"))
    anchor = parse_xml(
        f'<wp:anchor {nsdecls("wp", "a")} distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="1" '
        'behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
        '<wp:positionH relativeFrom="page"><wp:posOffset>5400000</wp:posOffset></wp:positionH>'
        '<wp:positionV relativeFrom="page"><wp:posOffset>7200000</wp:posOffset></wp:positionV>'
        f'<wp:extent cx="{extent.get("cx")}" cy="{extent.get("cy")}"/>{wrapping}'
        '<wp:docPr id="7" name="image"/><wp:cNvGraphicFramePr/></wp:anchor>'
    )
    anchor.append(graphic)
    inline.getparent().replace(inline, anchor)
    _texts(document, 1)


def _shading(document: Any) -> None:
    paragraph = document.add_paragraph(TEXT)
    fill = f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="DCE6F1"/>'
    paragraph._p.get_or_add_pPr().append(parse_xml(fill))
    _texts(document, 1)


def _merged_cells(document: Any) -> None:
    table = document.add_table(rows=4, cols=4, style="Table Grid")
    for row in table.rows:
        for cell in row.cells:
            cell.text = "Compétence"
    table.cell(0, 0).merge(table.cell(0, 3)).text = "1. Information et données"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "1.1"
    table.cell(3, 2)._tc.get_or_add_tcPr().append(
        parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="FFE699"/>')
    )


def _tabs(document: Any) -> None:
    for name, value in (("Mener une recherche", "5"), ("Gérer des données", "4"), ("Traiter des données", "12,5")):
        paragraph = document.add_paragraph(f"{name}\t{value}")
        paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(15), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)


def _text_box(document: Any) -> None:
    _texts(document, 1)
    box = (
        f'<w:r {nsdecls("w", "wp", "a")} xmlns:wps="{_WPS}" xmlns:mc="{_MC}"><mc:AlternateContent>'
        '<mc:Choice Requires="wps"><w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" '
        'relativeHeight="2" behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
        '<wp:positionH relativeFrom="page"><wp:posOffset>3600000</wp:posOffset></wp:positionH>'
        '<wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset></wp:positionV>'
        '<wp:extent cx="2520000" cy="720000"/><wp:wrapTopAndBottom/><wp:docPr id="9" name="cadre"/>'
        "<wp:cNvGraphicFramePr/><a:graphic><a:graphicData "
        f'uri="{_WPS}"><wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/>'
        '<a:ext cx="2520000" cy="720000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        '<a:ln w="9525"><a:solidFill><a:srgbClr val="000000"/></a:solidFill></a:ln></wps:spPr><wps:txbx>'
        "<w:txbxContent><w:p><w:r><w:t>Cachet de l’établissement</w:t></w:r></w:p></w:txbxContent></wps:txbx>"
        "<wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice><mc:Fallback/>"
        "</mc:AlternateContent></w:r>"
    )
    document.add_paragraph()._p.append(parse_xml(box))
    _texts(document, 1)


def _content_control(document: Any) -> None:
    paragraph = document.add_paragraph("Fait à ")
    control = "<w:sdt {}><w:sdtPr/><w:sdtContent><w:r><w:t>Lyon, le 18 juin</w:t></w:r></w:sdtContent></w:sdt>"
    paragraph._p.append(parse_xml(control.format(nsdecls("w"))))
    paragraph.add_run(" par la principale.")


def _list(document: Any) -> None:
    for style in ("List Number", "List Bullet"):
        for text in ("Information et données", "Communication et collaboration", TEXT):
            document.add_paragraph(text, style=style)


def _footnote(document: Any) -> None:
    reference = (
        f'<w:r {nsdecls("w")}><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="1"/></w:r>'
    )
    document.add_paragraph(TEXT)._p.append(parse_xml(reference))
    notes = (
        f'<w:footnotes {nsdecls("w")}><w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p>'
        '</w:footnote><w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r>'
        '</w:p></w:footnote><w:footnote w:id="1"><w:p><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
        "<w:footnoteRef/>"
        "</w:r><w:r><w:t> Cadre de référence des compétences numériques.</w:t></w:r></w:p></w:footnote></w:footnotes>"
    )
    part = Part(PackURI("/word/footnotes.xml"), _FOOTNOTES, notes.encode(), document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


def _missing_font(document: Any) -> None:
    run = document.add_paragraph().add_run(TEXT)
    run.font.name = "Police Absente"


def _two_pages(document: Any) -> None:
    for _ in range(24):
        document.add_paragraph(TEXT)


def _header(document: Any) -> None:
    document.sections[0].header.paragraphs[0].text = "Collège Jean-Moulin – Académie de Lyon"
    document.sections[0].footer.paragraphs[0].text = "Document de l’établissement, sans valeur de certificat."
    _texts(document)


SPECIMENS: dict[str, Callable[[Any], None]] = {
    "texte, quatre alignements": _running,
    "quatre polices": _families,
    "en-tête et pied de page": _header,
    "image dans le texte": _inline_picture,
    "image ancrée à la page": _anchored_picture,
    "image ancrée à la page, texte au-dessus et au-dessous": _wrapped_picture,
    "trame de fond": _shading,
    "cellules fusionnées": _merged_cells,
    "tabulations à points de suite": _tabs,
    "zone de texte": _text_box,
    "contrôle de contenu": _content_control,
    "listes": _list,
    "note de bas de page": _footnote,
    "police absente": _missing_font,
    "deux pages": _two_pages,
}


def _drawn() -> io.BytesIO:
    """Return a picture: a stroke like a signature."""
    picture = PIL.Image.new("RGB", (400, 160), "white")
    stroke = PIL.ImageDraw.Draw(picture)
    stroke.line([(20, 120), (110, 30), (170, 130), (250, 50), (380, 90)], fill="navy", width=6)
    file = io.BytesIO()
    picture.save(file, "PNG")
    file.seek(0)
    return file
