"""attestation-pix-publipostage.docx: the same page as a main document of Word's own mail merge.

What comes from « Résultats Pix.xlsx » is a merge field under the name that Word gives its column. What the school
writes once stands in content controls, to be typed over in Word; its images take the place of three transparent
pictures. The program fills all of them by itself (``--school``, ``--signature``…): it knows them by their tag, or their
alternative text.

It is not linked to a workbook: Word keeps the path in three places, and asks about it on every opening.
"""

from __future__ import annotations

import base64
from typing import Unpack
from xml.sax.saxutils import escape, quoteattr

from attestation import STYLES, SUBJECT, TITLE, WIDTH, footer, page
from look import GREY, INK, PALE, RIGHT, RULE
from ooxml import Look, border, cell, cm, package, paragraph, row, run_properties, runs, spacing, table

from pix_mailmerge.data_source import columns
from pix_mailmerge.model.names import word_name

LEVELS = 7
"""Dots of a competence: the highest level that a certification gives so far."""
EMU_PER_CM = 360_000
TRANSPARENT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNgYGBgAAAABQABeqhXUAAAAABJRU5ErkJggg=="
)
"""A PNG of one transparent pixel."""


def publipostage() -> bytes:
    """Return the model as a .docx."""
    body = page(_letterhead(), _pupil(), _score(), _competences(), _signatures(), untested="-")
    pictures = {f"rId{name}": TRANSPARENT for name in ("Logo", "Cachet", "Signature")}
    return package(body=body, footer=footer(), styles=STYLES, title=TITLE, subject=SUBJECT, pictures=pictures)


def _field(*code: str, shown: str, **look: Unpack[Look]) -> str:
    """Return a field; pieces of its code that are fields already stay as they are. shown: until it is merged."""
    properties = run_properties(look, no_proof=True)

    def run(inside: str) -> str:
        return f"<w:r>{properties}{inside}</w:r>"

    pieces = "".join(
        piece if piece.startswith("<") else run(f'<w:instrText xml:space="preserve">{escape(piece)}</w:instrText>')
        for piece in code
    )
    return (
        run('<w:fldChar w:fldCharType="begin"/>')
        + pieces
        + run('<w:fldChar w:fldCharType="separate"/>')
        + run(f'<w:t xml:space="preserve">{escape(shown)}</w:t>')
        + run('<w:fldChar w:fldCharType="end"/>')
    )


def _merged(header: str, before: str = "", **look: Unpack[Look]) -> str:
    """Return the merge field of a column. before: what stands before its value, and goes with it."""
    name = word_name(header)
    switch = f' \\b "{before}"' if before else ""
    return _field(f" MERGEFIELD {name}{switch} ", shown=f"«{name}»", **look)


def _control(name: str, prompt: str, *, typed: bool = False, **look: Unpack[Look]) -> str:
    """Return a content control for a value of the school. typed: ``prompt`` may be printed as it is."""
    mark = "" if typed else "<w:showingPlcHdr/>"
    return (
        f'<w:sdt><w:sdtPr><w:alias w:val={quoteattr(prompt)}/><w:tag w:val="pix:{name}"/>{mark}'
        f"<w:text/></w:sdtPr><w:sdtContent>{runs(prompt, **look)}</w:sdtContent></w:sdt>"
    )


def _picture(number: int, name: str, width: float, height: float) -> str:
    """Return a transparent picture, of a size in centimetres, that an image of the school takes the place of."""
    cx, cy = round(width * EMU_PER_CM), round(height * EMU_PER_CM)
    drawing = "http://schemas.openxmlformats.org/drawingml/2006"
    return (
        f'<w:r><w:drawing><wp:inline xmlns:wp="{drawing}/wordprocessingDrawing" distT="0" distB="0" distL="0" '
        f'distR="0"><wp:extent cx="{cx}" cy="{cy}"/><wp:docPr id="{number}" name="{name.capitalize()}" descr="{name}"/>'
        f'<wp:cNvGraphicFramePr><a:graphicFrameLocks xmlns:a="{drawing}/main" noChangeAspect="1"/>'
        f'</wp:cNvGraphicFramePr><a:graphic xmlns:a="{drawing}/main"><a:graphicData uri="{drawing}/picture">'
        f'<pic:pic xmlns:pic="{drawing}/picture"><pic:nvPicPr><pic:cNvPr id="{number}" name="{name.capitalize()}"/>'
        f'<pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="rId{name.capitalize()}"/><a:stretch>'
        f'<a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{cx}" cy="{cy}"/>'
        '</a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r>"
    )


def _letterhead() -> str:
    left, right = cm(11.8), WIDTH - cm(11.8)
    school = paragraph(_control("etablissement", "Nom de l’établissement"), "Etablissement") + paragraph(
        _control("ville", "Ville"), "Coordonnees"
    )
    logo = paragraph(_picture(1, "logo", 4.0, 1.7), properties=spacing(0, 4) + RIGHT)
    return table(
        [row([cell(school, left), cell(logo, right)], height=cm(1.7))],
        [left, right],
        title="En-tête de l’établissement",
        description="À gauche le nom et l’adresse de l’établissement, à droite son logo s’il est donné.",
        borders=border("bottom", INK, eighths=8),
    )


def _pupil() -> str:
    """Return the pupil's part, as high for a name of one line as for one of three: the rest of the page never moves."""
    lines = (
        paragraph("délivrée à", "Phrase")
        + paragraph(_merged(columns.FIRST_NAME) + runs(" ") + _merged(columns.LAST_NAME), "Eleve")
        + paragraph(
            runs("Né(e) le ")
            + _merged(columns.BIRTH_DATE)
            + _merged(columns.BIRTH_PLACE, " à ")
            + _merged(columns.CLASS, " – classe de "),
            "Naissance",
        )
        + paragraph(
            runs("pour la certification Pix passée le ")
            + _merged(columns.EXAM_DATE)
            + runs(", avec les résultats suivants."),
            "Phrase",
        )
    )
    return table(
        [row([cell(lines, WIDTH, centred=True)], height=cm(5.3))],
        [WIDTH],
        title="Élève",
        description="Le nom de l’élève, sa naissance, sa classe et la date de la certification.",
    )


def _score() -> str:
    left, right = cm(10.5), WIDTH - cm(10.5)
    score = paragraph(
        _merged(columns.PIX, bold=True, size=26, color=INK)
        + runs(" Pix", size=14, color=INK)
        + _merged(columns.LEVEL, "\u2003niveau ", bold=True, size=14, color=INK),
        "Score",
    )
    number = paragraph("Numéro de certification", "Etiquette", properties=spacing(9) + RIGHT) + paragraph(
        _merged(columns.NUMBER, bold=True, size=13, color=INK), properties=RIGHT
    )
    edge = border("left", INK, eighths=36)
    around = (0, cm(0.4), 0, cm(0.4))
    return table(
        [
            row(
                [
                    cell(score, left, borders=edge, fill=PALE, margins=around),
                    cell(number, right, fill=PALE, margins=around),
                ]
            )
        ],
        [left, right],
        title="Score et numéro de certification",
        description="Le score, le niveau global s’il y en a un, et le numéro de certification.",
    )


def _competences() -> str:
    left, right = cm(4.0), WIDTH - cm(4.0)
    rows = [
        row(
            [
                cell(paragraph(runs(f"{domain.code}. {domain.name}"), "Domaine"), left, margins=(0, 0, 0, cm(0.2))),
                cell("".join(map(_competence, domain.competences)), right),
            ]
        )
        for domain in columns.DOMAINS
    ]
    return table(
        rows,
        [left, right],
        title="Niveaux par compétence",
        description="Une ligne par domaine : son nom, puis ses compétences avec leur niveau.",
        borders=border("top", INK) + border("bottom", INK) + border("insideH", RULE),
    )


def _competence(competence: columns.CompetenceName) -> str:
    return paragraph(
        runs(competence.code, color=GREY)
        + runs(f"\t{competence.name}\t")
        + _dots(competence.code)
        + runs("\t")
        + _merged(competence.code, bold=True),
        "Competence",
    )


def _dots(code: str) -> str:
    """Return the field that draws a level in dots; nothing where the file does not tell it."""
    dots: Look = {"color": INK, "size": 11, "spacing": 20}
    each = [_field(" IF ", _merged(code), f' > {level} "●" "○" ', shown="○", **dots) for level in range(LEVELS)]
    aside: Look = {"italic": True, "size": 9, "color": GREY}
    evaluated = _field(
        " IF ", _merged(code), ' = "-" "', _text("non évaluée", aside), '" "', *each, '" ', shown="○" * LEVELS, **dots
    )
    return _field(" IF ", _merged(code), ' = "" "" "', evaluated, '" ', shown="○" * LEVELS, **dots)


def _text(text: str, look: Look) -> str:
    """Return a piece of the code of a field that keeps a look of its own when it is shown."""
    return f'<w:r>{run_properties(look, no_proof=True)}<w:instrText xml:space="preserve">{text}</w:instrText></w:r>'


def _signatures() -> str:
    left, right = cm(8.5), WIDTH - cm(8.5)
    place = paragraph(
        runs("Fait à ") + _control("ville", "Ville") + runs(", le ") + _control("date", "date")
    ) + paragraph("Cachet de l’établissement", "Etiquette")
    head = paragraph(_control("fonction_chef", "Le chef d’établissement", typed=True)) + paragraph(
        _control("chef", "Nom du chef d’établissement", bold=True)
    )
    images = [
        cell(paragraph(_picture(2, "cachet", 5.0, 2.2)), left),
        cell(paragraph(_picture(3, "signature", 5.0, 2.2)), right),
    ]
    return table(
        [row([cell(place, left), cell(head, right)]), row(images, height=cm(2.4))],
        [left, right],
        title="Signature",
        description="À gauche le lieu, la date et le cachet ; à droite la fonction, le nom et la signature.",
    )
