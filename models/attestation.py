"""attestation-pix.docx: one page per pupil, to be signed by the head of the school.

Why loops, and not sixteen rows of ``c1_1`` … ``c5_2``: whoever changes the dots, a size or a colour does it at one
place instead of sixteen, and the page always has the names that Pix gives the competences. The price is four tags
that staff must leave where they are; each stands alone in its row or paragraph.

Why paragraphs with tab stops inside a row per domain, and not a row per competence: no merged cells to keep right,
and Word, LibreOffice and dxpdf 0.8.1 all draw them alike.
"""

from __future__ import annotations

from look import CENTRED, COMMON_STYLES, GREY, HAIR, INK, PALE, RIGHT, RULE, SERIF
from ooxml import border, cell, cm, package, paragraph, row, runs, spacing, style, table, tag_row

PAGE_WIDTH, PAGE_HEIGHT = cm(21.0), cm(29.7)
SIDE = cm(2.0)
WIDTH = PAGE_WIDTH - 2 * SIDE
TITLE = "Attestation de résultats à la certification Pix"
SUBJECT = "Modèle : une page par élève"


def attestation() -> bytes:
    """Return the model as a .docx."""
    body = page(_letterhead(), _pupil(), _score(), _competences(), _signatures(), untested="–")
    return package(body=body, footer=footer(), styles=STYLES, title=TITLE, subject=SUBJECT)


def page(letterhead: str, pupil: str, score: str, competences: str, signatures: str, *, untested: str) -> str:
    """Return the body of an attestation; ``untested``: what stands for a competence that was not looked at."""
    return (
        letterhead
        + paragraph("Attestation de résultats", "Title")
        + paragraph("Certification Pix des compétences numériques", "Subtitle")
        + pupil
        + paragraph(properties=HAIR)
        + score
        + paragraph("Niveaux par compétence", "Heading1")
        + competences
        + paragraph(
            "Un point plein par niveau atteint. 0\u00a0: compétence évaluée, niveau\u00a01 non atteint. "
            f"{untested}\u00a0: compétence non évaluée.",
            "Legende",
        )
        + signatures
        + paragraph(properties=HAIR)
        + section()
    )


def _letterhead() -> str:
    left, right = cm(11.8), WIDTH - cm(11.8)
    school = (
        paragraph("{{ etablissement }}", "Etablissement")
        + paragraph("{% if adresse %}{{ adresse }} – {% endif %}{{ ville }}", "Coordonnees")
        + paragraph(
            "{% if academie %}{{ academie }}{% endif %}"
            "{% if uai %}{% if academie %} – {% endif %}UAI {{ uai }}{% endif %}",
            "Coordonnees",
        )
    )
    logo = paragraph("{{ logo }}", properties=spacing(0, 4) + RIGHT)
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
        + paragraph("{{ prenom }} {{ nom }}", "Eleve")
        + paragraph(
            "Né(e) le {{ date_naissance }}{% if lieu_naissance %} à {{ lieu_naissance }}{% endif %}"
            "{% if classe %} – classe de {{ classe }}{% endif %}",
            "Naissance",
        )
        + paragraph(
            "pour la certification Pix passée le {{ date_certification }}, avec les résultats suivants.", "Phrase"
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
        runs("{{ nombre_pix }}", bold=True, size=26, color=INK)
        + runs("{% if maximum %}")
        + runs(" / {{ maximum }}", size=14, color=GREY)
        + runs("{% endif %}")
        + runs(" Pix", size=14, color=INK)
        + runs("{% if niveau %}")
        + runs("\u2003niveau ", size=14, color=GREY)
        + runs("{{ niveau }}", bold=True, size=14, color=INK)
        + runs("{% endif %}"),
        "Score",
    )
    number = paragraph("Numéro de certification", "Etiquette", properties=spacing(9) + RIGHT) + paragraph(
        runs("{{ numero }}", bold=True, size=13, color=INK), properties=RIGHT
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
        description="Le score sur le maximum, le niveau global s’il y en a un, et le numéro de certification.",
    )


def _competences() -> str:
    left, right = cm(4.0), WIDTH - cm(4.0)
    line = paragraph(
        runs("{{ competence.code }}", color=GREY)
        + runs("\t{{ competence.nom }}\t")
        + runs('{% if competence.etat == "niveau" or competence.etat == "zero" %}')
        + runs('{{ "●" * competence.niveau|int }}', color=INK, size=11, spacing=20)
        + runs('{{ "○" * ((maximum|int + 1) // 128 - competence.niveau|int) }}', color=INK, size=11, spacing=20)
        + runs('{% elif competence.etat == "non_evalue" %}')
        + runs("non évaluée", italic=True, size=9, color=GREY)
        + runs("{% endif %}")
        + runs("\t{{ competence.niveau }}", bold=True),
        "Competence",
    )
    lines = (
        paragraph("{%p for competence in domaine.competences %}", "Competence")
        + line
        + paragraph("{%p endfor %}", "Competence")
    )
    domain = paragraph("{{ domaine.code }}. {{ domaine.nom }}", "Domaine")
    return table(
        [
            tag_row("{%tr for domaine in domaines %}", WIDTH, 2),
            row(
                [
                    cell(domain, left, margins=(0, 0, 0, cm(0.2))),
                    cell(lines, right),
                ]
            ),
            tag_row("{%tr endfor %}", WIDTH, 2),
        ],
        [left, right],
        title="Niveaux par compétence",
        description="Une ligne par domaine : son nom, puis ses compétences avec leur niveau.",
        borders=border("top", INK) + border("bottom", INK) + border("insideH", RULE),
    )


def _signatures() -> str:
    left, right = cm(8.5), WIDTH - cm(8.5)
    place = paragraph("Fait à {{ ville }}, le {{ date }}") + paragraph("Cachet de l’établissement", "Etiquette")
    head = paragraph(
        "{% if fonction_chef %}{{ fonction_chef }}{% else %}Le chef d’établissement{% endif %}"
    ) + paragraph(runs("{{ chef }}", bold=True))
    return table(
        [
            row([cell(place, left), cell(head, right)]),
            row([cell(paragraph("{{ cachet }}"), left), cell(paragraph("{{ signature }}"), right)], height=cm(2.4)),
        ],
        [left, right],
        title="Signature",
        description="À gauche le lieu, la date et le cachet ; à droite la fonction, le nom et la signature.",
    )


def footer() -> str:
    """Return the sentence at the foot of the page: what this document is not."""
    return paragraph(
        "Document établi par l’établissement. Il ne remplace pas le certificat officiel, que l’élève trouve dans "
        "son compte Pix (app.pix.fr) et dont le résultat est reporté dans le livret scolaire "
        "(LSU au collège, LSL au lycée).",
        "Footer",
    )


def section() -> str:
    return (
        '<w:sectPr><w:footerReference w:type="default" r:id="rId3"/>'
        f'<w:pgSz w:w="{PAGE_WIDTH}" w:h="{PAGE_HEIGHT}"/>'
        f'<w:pgMar w:top="{cm(1.5)}" w:right="{SIDE}" w:bottom="{cm(1.95)}" w:left="{SIDE}" '
        f'w:header="{cm(0.8)}" w:footer="{cm(0.9)}" w:gutter="0"/></w:sectPr>'
    )


STYLES = COMMON_STYLES + "".join(
    [
        style("Title", "Title", properties=spacing(16, 2) + CENTRED, look={"font": SERIF, "size": 28, "color": INK}),
        style("Subtitle", "Subtitle", properties=spacing(0, 4) + CENTRED, look={"size": 13, "color": GREY}),
        style(
            "Heading1",
            "heading 1",
            properties="<w:keepNext/>" + spacing(11, 4) + '<w:outlineLvl w:val="0"/>',
            look={"font": SERIF, "size": 12, "color": INK},
        ),
        style("Phrase", "Phrase", properties=spacing(2, 6) + CENTRED, look={"size": 12}),
        style("Naissance", "Naissance", properties=spacing(0, 6) + CENTRED, look={"size": 12, "color": GREY}),
        style(
            "Eleve",
            "Nom de l’élève",
            properties=spacing(0, 4) + CENTRED,
            look={"bold": True, "size": 22, "color": INK},
        ),
        style("Legende", "Légende", properties=spacing(3, 11), look={"size": 8.5, "color": GREY}),
        style("Score", "Score", properties=spacing(7, 4)),
        style("Domaine", "Domaine", properties=spacing(4, 2), look={"bold": True, "color": INK}),
        style(
            "Competence",
            "Compétence",
            properties=(
                f'<w:tabs><w:tab w:val="left" w:pos="{cm(0.75)}"/><w:tab w:val="left" w:pos="{cm(10.1)}"/>'
                f'<w:tab w:val="right" w:pos="{cm(12.75)}"/></w:tabs>'
                '<w:spacing w:before="80" w:after="40" w:line="270" w:lineRule="atLeast"/><w:contextualSpacing/>'
            ),
        ),
    ]
)
