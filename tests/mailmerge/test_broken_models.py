"""A hundred models broken on purpose, as staff break them: each is named by ``check`` with its place.

The model is a page as a school writes one; each fault is put where one of its paragraphs is, so that the place is
counted by hand once: body, cell, nested table, text box, header, footer, footnote.
"""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from pix_mailmerge.mailmerge.check import check
from pix_mailmerge.mailmerge.order import Order
from pix_mailmerge.problems import Place, Problem
from pix_mailmerge.settings import School

ROOT = Path(__file__).parents[2]
SOURCE = str(ROOT / "samples/20210618_resultats_3A.csv")
SCHOOL = School(etablissement="Collège", ville="Lyon", chef="Mme Fontaine", date="1er juin 2026")
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def p(*content: str) -> str:
    """A paragraph of runs; what begins with ``<w:`` is XML already."""
    return f"<w:p>{''.join(one if one.startswith('<w:') else run(one) for one in content)}</w:p>"


def mark(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def code(text: str) -> str:
    return f'<w:r><w:instrText xml:space="preserve">{escape(text)}</w:instrText></w:r>'


def field(*codes: str) -> str:
    return mark("begin") + "".join(map(code, codes)) + mark("separate") + run("…") + mark("end")


def row(*cells: str) -> str:
    return f"<w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in cells)}</w:tr>"


def table(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/><w:gridCol/></w:tblGrid>{''.join(rows)}</w:tbl>"


def box(inside: str) -> str:
    """A text box as Word writes it: once for itself, once for older programs."""
    shape = f"<v:shape><v:textbox><w:txbxContent>{inside}</w:txbxContent></v:textbox></v:shape>"
    old = f"<mc:Fallback><w:pict>{shape}</w:pict></mc:Fallback>"
    new = f'<mc:Choice Requires="wps"><w:drawing><w:txbxContent>{inside}</w:txbxContent></w:drawing></mc:Choice>'
    return f"<w:p><w:r><mc:AlternateContent>{new}{old}</mc:AlternateContent></w:r></w:p>"


PLACES = {
    "body": Place(part="corps", paragraph=2),
    "cell": Place(part="corps", table=1, row=2, cell=2, paragraph=1),
    "nested": Place(part="corps", table=2, row=1, cell=1, paragraph=1),
    "after": Place(part="corps", table=1, row=4, cell=1, paragraph=1),
    "box": Place(part="corps, zone de texte 1", paragraph=1),
    "end": Place(part="corps", paragraph=4),
    "header": Place(part="en-tête", paragraph=1),
    "footer": Place(part="pied de page", paragraph=2),
    "note": Place(part="note de bas de page 1", paragraph=1),
}
"""Slot of the page below -> where a reader finds it."""


def page(slot: str, fault: str) -> dict[str, str]:
    """The parts of a model whose one fault is in ``slot``."""
    at = {name: fault if name == slot else p("sans balise") for name in PLACES}
    nested = table(row(at["nested"], p("b"))) + p("")
    body = (
        p("Attestation de {{ prenom }} {{ nom }}")
        + at["body"]
        + table(
            row(p("Score"), p("{{ nombre_pix }}")),
            row(p("Niveau"), at["cell"]),
            row(p("a"), nested),
            row(at["after"], p("b")),
        )
        + box(at["box"])
        + at["end"]
    )
    notes = (
        f'<w:footnote w:type="separator" w:id="-1">{p("")}</w:footnote><w:footnote w:id="2">{at["note"]}</w:footnote>'
    )
    return {"document": body, "header1": at["header"], "footer1": p("Lyon") + at["footer"], "footnotes": notes}


def written(folder: Path, parts: dict[str, str]) -> Path:
    kinds = {"document": "document.main", "header1": "header", "footer1": "footer", "footnotes": "footnotes"}
    roots = {"document": "document", "header1": "hdr", "footer1": "ftr", "footnotes": "footnotes"}
    names = (
        f'xmlns:w="{W}" xmlns:r="{OFFICE}" xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    )
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    types = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{word}.{kind}+xml"/>' for name, kind in kinds.items()
    )
    links = "".join(
        f'<Relationship Id="r-{name}" Type="{OFFICE}/{kind}" Target="{name}.xml"/>'
        for name, kind in kinds.items()
        if name != "document"
    )
    file = folder / "m.docx"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
            f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{types}</Types>',
        )
        document = f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'
        relations = f'<Relationships xmlns="{PACKAGE}/relationships">'
        archive.writestr("_rels/.rels", f"{relations}{document}</Relationships>")
        archive.writestr("word/_rels/document.xml.rels", f"{relations}{links}</Relationships>")
        for name, inside in parts.items():
            content = f"<w:body>{inside}</w:body>" if name == "document" else inside
            archive.writestr(f"word/{name}.xml", f"<w:{roots[name]} {names}>{content}</w:{roots[name]}>")
    return file


NB = "\N{NO-BREAK SPACE}"
NARROW = "\N{NARROW NO-BREAK SPACE}"
FAULTS = [
    # a field misspelt: id, what is typed, what the place shows, what the message says
    ("unknown-field", p("{{ prenon }}"), "{{ prenon }}", "« prenom »"),
    ("unknown-field", p("{{ Prenoms }}"), "{{ Prenoms }}", "« prenom »"),
    ("unknown-field", p("{{ ", "pre", "non", " }}"), "{{ prenon }}", "« prenom »"),
    ("unknown-field", p("{", "{ no", "n }", "}"), "{{ non }}", "« nom »"),
    ("unknown-field", p("{{ nombre_de_pixx }}"), "{{ nombre_de_pixx }}", "« Nombre de Pix »"),
    ("unknown-field", p("{{ date-naissance }}"), "{{ date-naissance }}", "« date_naissance »"),
    ("unknown-field", p("{{ date–naissance }}"), "{{ date–naissance }}", "« date_naissance »"),
    ("unknown-field", p("{{ c1-1 }}"), "{{ c1-1 }}", "« c1_1 »"),
    ("unknown-field", p("{{ c1.1 }}"), "{{ c1.1 }}", "« c1_1 »"),
    ("unknown-field", p("{{ c6_1 }}"), "{{ c6_1 }}", "« c5_1 »"),
    ("unknown-field", p("{{ annee_scolaire }}"), "{{ annee_scolaire }}", "pix-mailmerge fields"),
    ("unknown-field", p("{% if nivau %}a{% endif %}"), "{% if nivau %}", "« niveau »"),
    ("unknown-field", p("{% for d in domaine %}a{% endfor %}"), "{% for d in domaine %}", "« domaines »"),
    ("unknown-field", p("{% for d in domaines %}{{ d.titre }}{% endfor %}"), "{{ d.titre }}", "« d.titre »"),
    ("unknown-field", p("{{ nom.prenom }}"), "{{ nom.prenom }}", "« nom.prenom »"),
    ("unknown-field", p("{{ c1_1.etta }}"), "{{ c1_1.etta }}", "« c1_1.etat »"),
    ("unknown-field", p("{{ nom,nom_propre }}"), "{{ nom,nom_propre }}", "« nom_propre »"),
    ("unknown-filter", p("{{ nom|nom_propres }}"), "{{ nom|nom_propres }}", "« nom_propre »"),
    ("unknown-filter", p("{{ nom|majuscules }}"), "{{ nom|majuscules }}", "« majuscules »"),
    ("unknown-filter", p("{% if nom is defini %}a{% endif %}"), "{% if nom is defini %}", "« defined »"),
    # typed as one writes French, or as Word corrects it
    ("tag-syntax", p("{{ Numéro de certification }}"), "{{ Numéro de certification }}", "{{ numero }}"),
    ("tag-syntax", p("{{ Date de naissance }}"), "{{ Date de naissance }}", "{{ date_naissance }}"),
    ("tag-syntax", p("{{ nombre pix }}"), "{{ nombre pix }}", "{{ nombre_pix }}"),
    ("tag-syntax", p(f"{{{{ date{NB}naissance }}}}"), "{{ date naissance }}", "{{ date_naissance }}"),
    ("tag-syntax", p(f"{{{{ nombre{NARROW}pix }}}}"), "{{ nombre pix }}", "{{ nombre_pix }}"),
    ("tag-syntax", p("{{ nom prenom }}"), "{{ nom prenom }}", "{{ prenom }}"),
    ("tag-syntax", p("{{ l’eleve }}"), "{{ l’eleve }}", "ne peut pas être comprise"),
    ("tag-syntax", p("{{ c1\N{NON-BREAKING HYPHEN}1 }}"), "{{ c1\N{NON-BREAKING HYPHEN}1 }}", "{{ c1_1 }}"),
    ("tag-syntax", p("{{ }}"), "{{ }}", "en un mot"),
    ("tag-syntax", p("{% %}"), "{% %}", "ne peut pas être comprise"),
    ("tag-syntax", p("{{{ nom }}}"), "{{{ nom }}", "{{ nom }}"),
    ("tag-syntax", p("{{ nom| }}"), "{{ nom| }}", "ne peut pas être comprise"),
    ("tag-syntax", p("{{ nom|default(“a) }}"), "{{ nom|default(“a) }}", "ne peut pas être comprise"),
    ("tag-syntax", p("{% if nom == ‘Léa” %}a{% endif %}"), "{% if nom == ‘Léa” %}", "ne peut pas être comprise"),
    ("tag-syntax", p("{% if nom == «Léa %}a{% endif %}"), "{% if nom == «Léa %}", "ne peut pas être comprise"),
    ("tag-syntax", p("{{ date_certification|date longue }}"), "{{ date_certification|date longue }}", "comprise"),
    ("tag-quoted", p("{{ « nom » }}"), "{{ « nom » }}", "{{ nom }}"),
    ("tag-quoted", p("{{ “prenom” }}"), "{{ “prenom” }}", "{{ prenom }}"),
    ("tag-quoted", p('{{ "Prénom"|upper }}'), '{{ "Prénom"|upper }}', "{{ prenom }}"),
    ("tag-number", p("{{ 1.1 }}"), "{{ 1.1 }}", "{{ c1_1 }}"),
    ("tag-number", p("{{ 5,2 }}"), "{{ 5,2 }}", "{{ c5_2 }}"),
    ("tag-number", p(f"{{{{{NB}3.4{NB}}}}}"), "{{ 3.4 }}", "{{ c3_4 }}"),
    ("tag-number", p("{{ 7 }}"), "{{ 7 }}", "le nombre lui-même"),
    # Jinja's words
    ("tag-syntax", p("{% si nom %}a{% endif %}"), "{% si nom %}", "« if »"),
    ("tag-syntax", p("{% if nom %}a{% sinon %}b{% endif %}"), "{% sinon %}", "« else »"),
    ("tag-syntax", p("{% pour d in domaines %}a{% endfor %}"), "{% pour d in domaines %}", "« for »"),
    ("tag-syntax", p("{% IF nom %}a{% endif %}"), "{% IF nom %}", "« if »"),
    ("tag-syntax", p("{% iff nom %}a{% endif %}"), "{% iff nom %}", "« if »"),
    ("tag-syntax", p("{% if %}a{% endif %}"), "{% if %}", "ne peut pas être comprise"),
    ("tag-syntax", p("{% if nom et prenom %}a{% endif %}"), "{% if nom et prenom %}", "« and »"),
    ("tag-syntax", p('{% if niveau = "Expert" %}a{% endif %}'), '{% if niveau = "Expert" %}', "deux signes égal"),
    ("tag-syntax", p("{% if nom %}a{% else if prenom %}b{% endif %}"), "{% else if prenom %}", "{% elif prenom %}"),
    ("tag-syntax", p("{% if nom %}a{% elseif prenom %}b{% endif %}"), "{% elseif prenom %}", "« elif »"),
    ("tag-syntax", p("{% for x on domaines %}a{% endfor %}"), "{% for x on domaines %}", "comprise"),
    ("tag-syntax", p("{% for domaines %}a{% endfor %}"), "{% for domaines %}", "comprise"),
    ("tag-syntax", p("{% nom %}"), "{% nom %}", "{{ nom }}"),
    ("tag-syntax", p("{%pif nom %}") + p("a"), "{%pif nom %}", "« if »"),
    ("tag-unsupported", p("{% include 'autre.docx' %}"), "{% include 'autre.docx' %}", "autre fichier"),
    ("tag-unsupported", p("{% extends 'autre.docx' %}"), "{% extends 'autre.docx' %}", "autre fichier"),
    # tags without an end, blocks without one
    ("tag-unclosed", p("{{ nom"), "{{ nom", "}}"),
    ("tag-unclosed", p("{{ nom }"), "{{ nom }", "}}"),
    ("tag-unclosed", p("{{ no") + p("m }}"), "{{ no", "}}"),
    ("tag-unclosed", p("{", "{ nom, né le ", "{{ date_naissance }}"), "{{ nom, né le", "}}"),
    ("tag-unclosed", p("{% if nom"), "{% if nom", "%}"),
    ("tag-unclosed", p("{% if nom }}a"), "{% if nom }}a", "%}"),
    ("tag-unclosed", p("{# à revoir"), "{# à revoir", "#}"),
    ("block-unclosed", p("{% if nom %}a"), "{% if nom %}", "{% endif %}"),
    ("block-unclosed", p(f"{{%{NB}if nom{NB}%}}a"), "{% if nom %}", "{% endif %}"),
    ("block-unclosed", p("{% for d in domaines %}a"), "{% for d in domaines %}", "{% endfor %}"),
    ("block-unclosed", p("{%p if nom %}") + p("a"), "{%p if nom %}", "{% endif %}"),
    ("block-unclosed", p("{% if nom %}{% if niveau %}a{% endif %}"), "{% if nom %}", "{% endif %}"),
    ("block-unclosed", p("{% if nom %}a{% endif }"), "{% if nom %}", "{% endif %}"),
    ("block-unmatched", p("a{% endif %}"), "{% endif %}", "aucune autre"),
    ("block-unmatched", p("{% else %}"), "{% else %}", "aucune autre"),
    ("block-unmatched", p("{% if nom %}a{% endfor %}"), "{% endfor %}", "{% if nom %}"),
    ("block-unmatched", p("{% if nom %}a{% end if %}"), "{% end if %}", "{% endif %}"),
    ("block-unmatched", p("{% if nom %}a{% endif %}{% endif %}"), "{% endif %}", "aucune autre"),
    # what is not quite a tag
    ("tag-lookalike", p("{ nom }"), "{ nom }", "{{ nom }}"),
    ("tag-lookalike", p("{ prenom }}"), "{ prenom }}", "{{ prenom }}"),
    ("tag-lookalike", p("Né le date_naissance }}"), "Né le date_naissance }}", "imprimé tel quel"),
    ("tag-lookalike", p("{ { nom } }"), "{ { nom } }", "{{ nom }}"),
    ("tag-lookalike", p("[[ nom ]]"), "[[ nom ]]", "{{ nom }}"),
    ("tag-lookalike", p("[Prénom]"), "[Prénom]", "{{ prenom }}"),
    ("tag-lookalike", p("«Prénom»"), "«Prénom»", "{{ prenom }}"),
    ("tag-lookalike", p(f"«{NB}Date de naissance{NB}»"), "« Date de naissance »", "{{ date_de_naissance }}"),
    ("tag-lookalike", p("<<Nom>>"), "<<Nom>>", "{{ nom }}"),
    ("tag-lookalike", p("%{ if nom }%"), "%{ if nom }%", "imprimé tel quel"),
    # tags for a paragraph or a row, in the wrong place
    ("tag-not-alone", p("Bravo {%p if nom %}") + p("a") + p("{%p endif %}"), "{%p if nom %}", "Bravo"),
    ("tag-not-alone", p("{%p if nom %}a{%p endif %}"), "{%p if nom %}", "efface son paragraphe"),
    ("tag-not-alone", p("{{p nom }} et la suite"), "{{p nom }}", "et la suite"),
    ("tag-unbalanced", p("{%p if nom %}") + p("a {% endif %}"), "{%p if nom %}", "du texte serait perdu"),
    ("tag-unbalanced", p("a {% if nom %}") + p("{%p endif %}"), "{% if nom %}", "du texte serait perdu"),
    # Word's own fields
    ("unknown-field", p(field(" MERGEFIELD Prénon ")), "MERGEFIELD Prénon", "« Prénom »"),
    ("unknown-field", p(field(" MERGE", "FIELD Pré", "non ")), "MERGEFIELD Prénon", "« Prénom »"),
    ("unknown-field", p('<w:fldSimple w:instr=" MERGEFIELD Nome ">' + run("…") + "</w:fldSimple>"), "MERGEFIELD Nome",
     "« Nom »"),
    ("unknown-field", p(field(" MERGEFIELD Annee_scolaire ")), "MERGEFIELD Annee_scolaire", "n’existe pas"),
    ("field-code", p(field(" MERGEFIELD ")), "MERGEFIELD", "ne dit pas quel nom"),
    ("field-code", p(field(" MERGEFEILD Nom ")), "MERGEFEILD Nom", "MERGEFIELD"),
    ("field-code", p(field(" CHAMPFUSION Nom ")), "CHAMPFUSION Nom", "MERGEFIELD"),
    ("field-code", p(field(' IF 1 "a" "b" ')), 'IF 1 "a" "b"', "ne compare rien"),
    ("field-formula", p(field(" = 1 + ")), "= 1 +", "il en manque la fin"),
    ("field-formula", p(field(" = (2 * 3 ")), "= (2 * 3", "n’est pas lisible"),
    ("field-quotes", p(field(' MERGEFIELD "Nom ')), 'MERGEFIELD "Nom', "jamais fermé"),
    ("field-switch", p(field(" MERGEFIELD Nom \\* Majuscule ")), "MERGEFIELD Nom \\* Majuscule", "« Majuscule »"),
    ("field-switch", p(field(' MERGEFIELD Nom \\b "(" \\f ')), 'MERGEFIELD Nom \\b "(" \\f', "rien ne suit"),
    ("field-unfinished", p(mark("begin") + code(" MERGEFIELD Nom ") + mark("separate"), "x"), "MERGEFIELD Nom",
     "n’a pas de fin"),
    ("field-stray", p("Nom : ", mark("separate") + run("Dupont") + mark("end")), "Nom : Dupont", "pas de début"),
    ("field-unsupported", p(field(' INCLUDETEXT "c:\\\\x.docx" ')), 'INCLUDETEXT "c:\\\\x.docx"', "laissé tel quel"),
]  # fmt: skip
"""Faults of one paragraph: what follows « model. » in the id, the paragraph, the text near the place, the message."""

IN_TABLES = [
    (
        "tag-misplaced",
        p("{%tr for d in domaines %}") + p("{%tr endfor %}"),
        Place(part="corps", paragraph=2, near="{%tr for d in domaines %}"),
    ),
    (
        "tag-misplaced",
        p("{%tc if nom %}") + p("{%tc endif %}"),
        Place(part="corps", paragraph=2, near="{%tc if nom %}"),
    ),
    (
        "tag-not-alone",
        table(row(p("{%tr for d in domaines %}"), p("Score")), row(p("a"), p("b")), row(p("{%tr endfor %}"), p(""))),
        Place(part="corps", table=1, row=1, cell=1, paragraph=1, near="{%tr for d in domaines %}"),
    ),
    (
        "tag-not-alone",
        table(row(p("a"), p("b")), row(p("{%tr for d in domaines %}"), p("{%tr endfor %}"))),
        Place(part="corps", table=1, row=2, cell=1, paragraph=1, near="{%tr for d in domaines %}"),
    ),
    (
        "tag-unbalanced",
        table(row(p("{%tr for d in domaines %}"), p("")), row(p("a"), p("b"))) + p("{%p endfor %}"),
        Place(part="corps", table=1, row=1, cell=1, paragraph=1, near="{%tr for d in domaines %}"),
    ),
    (
        "tag-unbalanced",
        p("{% if nom %}") + table(row(p("a"), p("b{% endif %}"))),
        Place(part="corps", paragraph=2, near="{% if nom %}"),
    ),
    (
        "block-unclosed",
        table(row(p("a"), p("{%tr for d in domaines %}")), row(p("a"), p("b"))),
        Place(part="corps", table=1, row=1, cell=2, paragraph=1, near="{%tr for d in domaines %}"),
    ),
    (
        "block-crossing",
        table(row(p("{% for d in domaines %}a"), p("b{% endfor %}"))),
        Place(part="corps", table=1, row=1, cell=1, paragraph=1, near="{% for d in domaines %}"),
    ),
    (
        "block-crossing",
        table(row(p("a"), p("b")), row(p("{% for d in domaines %}a"), p("b")), row(p("c{% endfor %}"), p("d"))),
        Place(part="corps", table=1, row=2, cell=1, paragraph=1, near="{% for d in domaines %}"),
    ),
    (
        "block-crossing",
        table(row(p("a"), p("") + p("{% if niveau %}b")), row(p("c{% endif %}"), p("d"))),
        Place(part="corps", table=1, row=1, cell=2, paragraph=2, near="{% if niveau %}"),
    ),
    (
        "field-unfinished",
        table(row(p(mark("begin") + code(" MERGEFIELD Nom ")), p(mark("separate") + run("…") + mark("end")))),
        Place(part="corps", table=1, row=1, cell=1, paragraph=1, near="MERGEFIELD Nom"),
    ),
]
"""Faults of a table or of several paragraphs, in the place of the second paragraph of the page."""


def told(file: Path, id: str) -> Problem:
    found = check(Order((SOURCE,), models=(file,), school=SCHOOL))
    named = [one for one in found if one.id == f"model.{id}"]
    assert named, [f"{one.id} {one.where}" for one in found]
    return named[0]


def test_there_are_a_hundred():
    assert len(FAULTS) + len(IN_TABLES) >= 100


@pytest.mark.parametrize("number", range(len(FAULTS)), ids=[f"{n}-{one[0]}" for n, one in enumerate(FAULTS)])
def test_a_broken_model_is_named_with_its_place(number, tmp_path):
    id, fault, near, message = FAULTS[number]
    slot = list(PLACES)[number % len(PLACES)]
    problem = told(written(tmp_path, page(slot, fault)), id)
    assert problem.where == replace(PLACES[slot], file="m.docx", near=near)
    assert message in f"{problem.what} {problem.remedy}"
    assert problem.remedy


@pytest.mark.parametrize("number", range(len(IN_TABLES)), ids=[f"{n}-{one[0]}" for n, one in enumerate(IN_TABLES)])
def test_a_table_broken_is_named_with_its_place(number, tmp_path):
    id, fault, place = IN_TABLES[number]
    assert told(written(tmp_path, page("body", fault)), id).where == replace(place, file="m.docx")


def test_the_page_without_a_fault_is_sound(tmp_path):
    found = check(Order((SOURCE,), models=(written(tmp_path, page("body", p("Bravo."))),), school=SCHOOL))
    assert [one for one in found if one.family == "model"] == []
