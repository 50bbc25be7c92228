"""releve-de-classe.docx: one document per class, for the office and for the signature sheet.

A4 landscape, a row per pupil and a column per competence, with room to sign; the heading rows come back on each page.
The level columns are sixteen cells with a tag each (``eleve.c1_1`` …): a column is dropped in Word by deleting it.
"""

from __future__ import annotations

from collections.abc import Iterable

from look import CENTRED, COMMON_STYLES, GREY, INK, PALE, RIGHT, RULE, SERIF
from ooxml import border, cell, cm, field, package, paragraph, row, runs, spacing, style, table, tag_row

PAGE_WIDTH, PAGE_HEIGHT = cm(29.7), cm(21.0)
SIDE = cm(1.2)

TITLE = "Relevé des résultats à la certification Pix"
SUBJECT = "Modèle : un document par classe"

DOMAINS = (
    ("1.1", "1.2", "1.3"),
    ("2.1", "2.2", "2.3", "2.4"),
    ("3.1", "3.2", "3.3", "3.4"),
    ("4.1", "4.2", "4.3"),
    ("5.1", "5.2"),
)
LEGEND = (
    "Domaines\u00a0: 1 Information et données, 2 Communication et collaboration, 3 Création de contenu, "
    "4 Protection et sécurité, 5 Environnement numérique.\n"
    "0\u00a0: compétence évaluée, niveau\u00a01 non atteint. –\u00a0: compétence non évaluée. "
    "Relevé établi par l’établissement\u00a0; le certificat officiel de chaque élève est dans son compte Pix "
    "(app.pix.fr)."
)
PUPIL = (
    ("N°", "{{ loop.index }}", cm(0.7)),
    ("Nom", "{{ eleve.nom }}", cm(3.7)),
    ("Prénom", "{{ eleve.prenom }}", cm(2.6)),
    ("Né(e) le", "{{ eleve.date_naissance }}", cm(1.8)),
    ("Certification n°", "{{ eleve.numero }}", cm(2.2)),
    ("Passée le", "{{ eleve.date_certification }}", cm(1.8)),
    ("Pix", "{{ eleve.nombre_pix }}", cm(1.1)),
    ("Niveau", "{{ eleve.niveau }}", cm(2.1)),
)
LEVEL = cm(0.5)
SIGNED = cm(3.3)
WIDTHS = [*(width for _, _, width in PUPIL), *[LEVEL] * 16, SIGNED]
WIDTH = sum(WIDTHS)


def releve() -> bytes:
    """Return the model as a .docx."""
    body = (
        _heading()
        + paragraph(properties='<w:spacing w:line="120" w:lineRule="exact"/>')
        + _pupils()
        + paragraph(LEGEND, "Legende")
        + _section()
    )
    return package(body=body, footer=_footer(), styles=STYLES, title=TITLE, subject=SUBJECT)


def _heading() -> str:
    left = cm(17.0)
    right = WIDTH - left
    named = paragraph("Relevé des résultats à la certification Pix", "Title") + paragraph(
        runs("{% if classe %}Classe de {{ classe }} – {% endif %}effectif\u00a0: {{ eleves|length }}"), "Subtitle"
    )
    school = paragraph("{{ etablissement }}", "Etablissement", properties=RIGHT) + paragraph(
        "{{ ville }}, le {{ date }}", "Coordonnees", properties=RIGHT
    )
    return table(
        [row([cell(named, left), cell(school, right)])],
        [left, right],
        title="En-tête",
        description="À gauche le titre et la classe, à droite l’établissement, la ville et la date.",
    )


def _pupils() -> str:
    centred = [index in (0, 3, 5, 6) for index in range(len(PUPIL))]
    values = [
        _value(tag, width, centred=is_centred, bold=title in ("Nom", "Pix"))
        for (title, tag, width), is_centred in zip(PUPIL, centred, strict=True)
    ]
    levels = [
        _value(f"{{{{ eleve.c{code.replace('.', '_')} }}}}", LEVEL, centred=True, borders=_domain_border(code))
        for codes in DOMAINS
        for code in codes
    ]
    return table(
        [
            row(_upper_titles(), header=True),
            row(_column_titles(centred), header=True),
            tag_row("{%tr for eleve in eleves %}", WIDTH, len(WIDTHS)),
            row(
                [*values, *levels, cell(paragraph(style="Case"), SIGNED, borders=border("left", INK))], height=cm(0.72)
            ),
            tag_row("{%tr endfor %}", WIDTH, len(WIDTHS)),
        ],
        WIDTHS,
        title="Élèves de la classe",
        description="Une ligne par élève : nom, prénom, naissance, certification, score, niveaux, émargement.",
        borders=border("top", INK) + border("bottom", INK) + border("insideH", RULE) + border("insideV", RULE),
    )


def _upper_titles() -> Iterable[str]:
    yield cell(paragraph(style="Colonne"), sum(width for _, _, width in PUPIL), span=len(PUPIL), fill=PALE)
    yield cell(
        paragraph("Niveaux par compétence", "Colonne", properties=CENTRED),
        LEVEL * 16,
        span=16,
        fill=PALE,
        borders=_domain_border("1.1"),
    )
    yield cell(paragraph(style="Colonne"), SIGNED, fill=PALE, borders=border("left", INK))


def _column_titles(centred: Iterable[bool]) -> Iterable[str]:
    for (title, _, width), is_centred in zip(PUPIL, centred, strict=True):
        yield _title(title, width, centred=is_centred)
    for codes in DOMAINS:
        for code in codes:
            yield _title(code, LEVEL, centred=True, borders=_domain_border(code))
    yield _title("Émargement", SIGNED, borders=border("left", INK))


def _domain_border(code: str) -> str:
    """Return the darker line before the first competence of a domain."""
    return border("left", INK) if code.endswith(".1") else ""


def _title(text: str, width: int, *, centred: bool = False, borders: str = "") -> str:
    content = paragraph(text, "Colonne", properties=CENTRED if centred else "")
    return cell(content, width, fill=PALE, borders=borders, margins=_around(centred))


def _value(tag: str, width: int, *, centred: bool = False, bold: bool = False, borders: str = "") -> str:
    content = paragraph(runs(tag, bold=bold), "Case", properties=CENTRED if centred else "")
    return cell(content, width, borders=borders, margins=_around(centred), centred=True)


def _around(centred: bool) -> tuple[int, int, int, int]:
    return (0, 0, 0, 0) if centred else (0, cm(0.12), 0, cm(0.08))


def _footer() -> str:
    return paragraph(
        runs("{{ etablissement }}{% if classe %} – classe de {{ classe }}{% endif %} – page ")
        + field("PAGE", "1")
        + runs(" sur ")
        + field("NUMPAGES", "1"),
        "Footer",
    )


def _section() -> str:
    return (
        '<w:sectPr><w:footerReference w:type="default" r:id="rId3"/>'
        f'<w:pgSz w:w="{PAGE_WIDTH}" w:h="{PAGE_HEIGHT}" w:orient="landscape"/>'
        f'<w:pgMar w:top="{cm(1.3)}" w:right="{SIDE}" w:bottom="{cm(1.5)}" w:left="{SIDE}" '
        f'w:header="{cm(0.7)}" w:footer="{cm(0.7)}" w:gutter="0"/></w:sectPr>'
    )


STYLES = COMMON_STYLES + "".join(
    [
        style("Title", "Title", look={"font": SERIF, "size": 20, "color": INK}),
        style("Subtitle", "Subtitle", properties=spacing(1), look={"size": 12, "color": GREY}),
        style(
            "Colonne",
            "Titre de colonne",
            properties="<w:keepNext/>" + spacing(1, 1),
            look={"bold": True, "size": 8, "color": INK},
        ),
        style("Case", "Case du tableau", properties=spacing(1, 1), look={"size": 9}),
        style("Legende", "Légende", properties=spacing(4), look={"size": 8.5, "color": GREY}),
    ]
)
