"""Models broken on purpose: each is told with its place and what to do; sound ones pass."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pix_mailmerge.data_source.columns import HEADERS
from pix_mailmerge.model.word_model import open_model
from pix_mailmerge.problems import ModelError, Problem


def p(*texts: str) -> str:
    return f"<w:p>{''.join(f'<w:r><w:t>{text}</w:t></w:r>' for text in texts)}</w:p>"


def row(*cells: str) -> str:
    return f"<w:tr>{''.join(f'<w:tc><w:tcPr><w:noWrap/></w:tcPr>{cell}</w:tc>' for cell in cells)}</w:tr>"


def drawing(description: str) -> str:
    """Return a paragraph with a picture whose alternative text no reader of paragraphs sees."""
    properties = f'<wp:docPr id="1" name="a" descr="{description}"/>'
    return f"<w:p><w:r><w:drawing><wp:inline>{properties}</wp:inline></w:drawing></w:r></w:p>"


def table(*rows: str) -> str:
    return f'<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w="9"/></w:tblGrid>{"".join(rows)}</w:tbl>'


def checked(file: Path) -> list[Problem]:
    return [one for one in open_model(file).check(HEADERS).problems if one.is_error]


BROKEN = [
    # unknown or misspelt fields
    ("model.unknown-field", p("{{ prenon }}"), "prenom"),
    ("model.unknown-field", p("{{ Prenoms }}"), "prenom"),
    ("model.unknown-field", p("{{ nombre_de_pixx }}"), "nombre_de_pix"),
    ("model.unknown-field", p("{% if nivau %}a{% endif %}"), "niveau"),
    ("model.unknown-field", p("{% for d in domaine %}{{ d.nom }}{% endfor %}"), "domaines"),
    ("model.unknown-field", p("{{ c1_9 }}"), "c1_"),
    ("model.unknown-field", p("{{ chef_etablissement }}"), "etablissement"),
    ("model.unknown-field", p("{{ ", "pre", "non }}"), "prenom"),
    ("model.unknown-field", table(row(p("{{ prenon }}"))), "prenom"),
    ("model.unknown-field", p("{{ zzz }}"), "pix-mailmerge fields"),
    ("model.unknown-field", p("{{ date-naissance }}"), "date_naissance"),
    # what Jinja cannot read
    ("model.tag-syntax", p("{{ Numéro de certification }}"), "{{ numero }}"),
    ("model.tag-syntax", p("{{ Nombre de Pix }}"), "{{ nombre_pix }}"),
    ("model.tag-syntax", p("{{ Date de naissance }}"), "{{ date_naissance }}"),
    ("model.tag-syntax", p("{{ nom prenom }}"), "{{ prenom }}"),
    ("model.tag-syntax", p("{{ }}"), "un mot"),
    ("model.tag-number", p("{{ 1.1.1 }}"), ""),
    ("model.tag-number", p("{{ 1,1 }}"), "{{ c1_1 }}"),
    ("model.unknown-filter", p("{{ nom|uper }}"), "upper"),
    ("model.unknown-filter", p("{% if nom is defini %}a{% endif %}"), "defined"),
    ("model.unknown-filter", p("{{ nom|zzz }}"), "guide"),
    ("model.tag-syntax", p("{{ nom|upper( }}"), ""),
    ("model.tag-syntax", p("{{ &quot;a }}"), ""),
    ("model.tag-syntax", p("{{ not }}"), "{{ nom }}"),
    ("model.tag-syntax", p("{% if not %}a{% endif %}"), "{% if nombre_pix"),
    ("model.tag-syntax", p("{% if nom %}a{% elif not %}b{% endif %}"), "{% if nombre_pix"),
    ("model.tag-syntax", p("{% if %}a{% endif %}"), ""),
    ("model.tag-syntax", p("{% if nom = 1 %}a{% endif %}"), ""),
    ("model.tag-syntax", p("{% si nom %}a{% finsi %}"), ""),
    ("model.tag-syntax", p("{% iff nom %}a{% endif %}"), "if"),
    ("model.tag-syntax", p("{% for x on domaines %}a{% endfor %}"), ""),
    ("model.tag-syntax", p("{% for domaines %}a{% endfor %}"), ""),
    ("model.tag-syntax", p("{% set = 1 %}"), ""),
    ("model.tag-syntax", p("{% nom %}"), ""),
    ("model.tag-syntax", p("{%p if nom & prenom %}").replace("&", "&amp;") + p("{%p endif %}"), ""),
    # numbers
    ("model.tag-number", p("{{ 1.1 }}"), "{{ c1_1 }}"),
    ("model.tag-number", p("{{ 5.2 }}"), "{{ c5_2 }}"),
    ("model.tag-number", p("{{ 3 }}"), ""),
    # tags that do not end
    ("model.tag-unclosed", p("{{ nom"), "}}"),
    ("model.tag-unclosed", p("{{ nom }") + p("a"), "}}"),
    ("model.tag-unclosed", p("{% if nom"), "%}"),
    ("model.tag-unclosed", p("{{ nom") + p("prenom }}"), "}}"),
    ("model.tag-unclosed", p("{{ nom {{ prenom }}"), "}}"),
    ("model.tag-unclosed", p("{# note"), "#}"),
    ("model.tag-unclosed", table(row(p("{{ nom"), p("prenom }}"))), "}}"),
    # blocks
    ("model.block-unclosed", p("{% if nom %}a"), "{% endif %}"),
    ("model.block-unclosed", p("{% for d in domaines %}a"), "{% endfor %}"),
    ("model.block-unclosed", p("{%p if nom %}") + p("a"), "{% endif %}"),
    ("model.block-unclosed", p("{% if nom %}{% if prenom %}a{% endif %}"), "{% endif %}"),
    ("model.block-unclosed", table(row(p("{%tr for d in domaines %}")), row(p("a"))), "{% endfor %}"),
    ("model.block-unmatched", p("a{% endif %}"), "endif"),
    ("model.block-unmatched", p("a{% endfor %}"), "endfor"),
    ("model.block-unmatched", p("{% else %}"), "endif"),
    ("model.block-unmatched", p("{% if nom %}a{% endfor %}"), "endif"),
    ("model.block-unmatched", p("{% for d in domaines %}{% if nom %}{% endfor %}{% endif %}"), ""),
    ("model.block-unmatched", p("{% if nom %}a{% endif %}{% endif %}"), ""),
    # tags in the wrong place
    ("model.tag-not-alone", p("Bonjour {%p if nom %}") + p("a") + p("{%p endif %}"), "Bonjour"),
    ("model.tag-not-alone", p("{%p if nom %}a{%p endif %}"), ""),
    ("model.tag-not-alone", table(row(p("{%tr for d in domaines %}") + p("perdu")), row(p("{%tr endfor %}"))), "perdu"),
    ("model.tag-not-alone", table(row(p("{%tr for d in domaines %}"), p("{{ d.nom }}"), p("{%tr endfor %}"))), ""),
    (
        "model.tag-not-alone",
        p("{%p if nom %}").replace("</w:p>", "<w:r><w:drawing/></w:r></w:p>") + p("{%p endif %}"),
        "image",
    ),
    ("model.tag-misplaced", p("{%tr for d in domaines %}") + p("{%tr endfor %}"), "{%p"),
    ("model.tag-misplaced", p("{%tc if nom %}") + p("{%tc endif %}"), "{%p"),
    ("model.tag-unbalanced", p("{%p if nom %}") + p("a {% endif %}"), "{%p"),
    ("model.tag-unbalanced", p("a {% if nom %}") + p("{%p endif %}"), "{%p"),
    ("model.tag-unbalanced", table(row(p("{% if nom %}a")), row(p("b")) + "") + p("c{% endif %}"), "{%tr"),
    ("model.tag-unbalanced", table(row(p("{% for d in domaines %}a"), p("b"))) + p("c{% endfor %}"), "{%p"),
    ("model.tag-unbalanced", table(row(p("{%tr if nom %}")), row(p("a"))) + p("{%p endif %}"), "{%tr"),
    ("model.tag-unbalanced", p("{%p for d in domaines %}") + table(row(p("a")), row(p("{%tr endfor %}"))), ""),
    (
        "model.tag-unbalanced",
        "<w:p><w:r><w:t>{{ n</w:t></w:r><w:ins><w:r><w:t>om }}</w:t></w:r></w:ins></w:p>",
        "Acceptez les modifications suivies",
    ),
    # what a model may not do
    ("model.tag-unsupported", p("{% include 'autre.docx' %}"), ""),
    ("model.tag-unsupported", p("{% extends 'autre.docx' %}"), ""),
    ("model.tag-unsupported", p("{% import 'autre.docx' as a %}"), ""),
    ("model.tag-unsupported", p("{% block a %}b{% endblock %}"), ""),
    ("model.tag-syntax", drawing("{% block a %}b{% endblock %}"), ""),
    ("model.tag-syntax", drawing("{% include 'autre.docx' %}"), ""),
    ("model.tag-syntax", drawing("{{ nom|zzz }}"), ""),
    ("model.tag-syntax", drawing("{{ nom prenom }}"), ""),
]


@pytest.mark.parametrize(("id", "body", "remedy"), BROKEN, ids=[f"{n}-{one[0]}" for n, one in enumerate(BROKEN)])
@pytest.mark.parametrize("story", ["body", "header1"])
def test_a_broken_model_is_told_with_its_place(
    model: Callable[..., Path], id: str, body: str, remedy: str, story: str
) -> None:
    file = model(p("avant") + body) if story == "body" else model(p(""), stories={story: p("avant") + body})

    found = checked(file)

    assert id in {one.id for one in found}, found
    first = next(one for one in found if one.id == id)
    assert first.where.file == "modèle.docx"
    assert first.where.part == ("corps" if story == "body" else "en-tête")
    assert first.where.near
    assert remedy in f"{first.remedy} {first.what}"


@pytest.mark.parametrize("body", [one[1] for one in BROKEN[:12] + BROKEN[35:39] + BROKEN[55:61]])
def test_a_broken_model_is_not_rendered(model: Callable[..., Path], body: str) -> None:
    with pytest.raises(ModelError):
        open_model(model(body)).render({"nom": "a", "prenom": "b"})


def test_places_are_counted_as_a_reader_counts(model: Callable[..., Path]) -> None:
    body = (
        p("un")
        + table(row(p("a"), p("b")))
        + p("deux {{ x1 }}")
        + table(row(p("a")), row(p("c"), p("d") + p("{{ x2 }}")))
    )

    places = [one.where for one in checked(model(body))]

    assert [(one.paragraph, one.table, one.row, one.cell) for one in places] == [(2, None, None, None), (2, 2, 2, 2)]
    assert str(places[1]) == ("modèle.docx, corps, tableau 2, rangée 2, cellule 2, paragraphe 2, près de « {{ x2 }} »")


def test_everything_is_told_at_once(model: Callable[..., Path]) -> None:
    file = model(p("{{ a b }}") + p("{{ prenon }}") + p("{{ 1.1 }}"), stories={"footer1": p("{% if nom %}")})

    assert {one.id for one in checked(file)} >= {"model.tag-syntax", "model.tag-number", "model.block-unclosed"}


SOUND = [
    p("{{ nom }} {{prenom}} {{ Prénom }} {{ NOM }} {{ Date_de_naissance }} {{ c1_1.etat }}"),
    p("{{ Pre\u0301nom }}"),
    p("{% if niveau is defined %}{{ niveau }}{% endif %}{{ inconnu|default('') }}"),
    p("{% if autre is defined %}{{ autre }}{% endif %}"),
    p("{% for d in domaines %}{{ d.nom }}{% for c in d.competences %}{{ c.nom }} {{ c }}{% endfor %}{% endfor %}"),
    p("{%p for d in domaines %}") + p("{{ d.nom }}") + p("{%p endfor %}"),
    table(row(p("{%tr for d in domaines %}")), row(p("{{ d.nom }}")), row(p("{%tr endfor %}"))),
    p("{% if nombre_pix &gt;= 64 %}oui{% elif nom %}peut-être{% else %}non{% endif %}"),
    p("{% if nom %}un") + p("deux{% endif %}"),
    p("{# une note #}") + p("{#p une note #}"),
    p("{{ date_certification|date_longue }} {{ nom|nom_propre }} {{ signature|largeur(40) }}"),
    p("{{ “a” }} {{ ‘b’ }} {{ « c » }}"),
    p("{{\u00a0nom\u00a0}} {%\u00a0if nom\u00a0%}a{%\u00a0endif\u00a0%}"),
    p("{", "{ no", "m", " }", "}"),
    p("{% set total = c1_1 + c1_2 %}{{ total }}"),
    p("{% macro m(x) %}{{ x }}{% endmacro %}{{ m(nom) }}"),
    p("{% for e in eleves %}{{ e.nom }}{% endfor %}"),
    p("prix : { 3 } et } ou {"),
    p("{% raw %}{{ pas un champ }}{% endraw %}"),
    p("{{r nom }}"),
    p("{{ nom }}").replace("<w:t>", '<w:t xml:space="preserve">'),
]  # fmt: skip


@pytest.mark.parametrize("body", SOUND)
def test_a_sound_model_passes(model: Callable[..., Path], body: str) -> None:
    assert checked(model(body)) == []


def test_two_columns_that_fit_one_name_are_told(model: Callable[..., Path]) -> None:
    (problem,) = open_model(model(p("{{ nom_2 }}"))).check(["Nom 2", "nom-2"]).problems

    assert problem.id == "model.ambiguous-field"
    assert "Nom 2" in problem.what and "nom-2" in problem.what


PAYLOADS = [
    "{{ cycler.__init__.__globals__.os.popen('touch MARK').read() }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ self.__init__.__globals__ }}",
    "{{ lipsum.__globals__['os'].system('touch MARK') }}",
    "{{ nom.__class__ }}",
    "{{ nom.format.__globals__ }}",
    "{{ '{0.__class__}'.format(nom) }}",
    "{{ [].append.__self__.__class__ }}",
    "{{ (nom|attr('__class__')) }}",
    "{% for x in ().__class__.__bases__ %}{{ x }}{% endfor %}",
    "{% set x = namespace() %}{{ x.__init__ }}",
    "{{ joiner.__init__.__globals__ }}",
    "{{ domaines[0].__class__ }}",
    "{{ c1_1.__reduce__() }}",
    "{{ c1_1.__new__ }}",
]


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("story", ["body", "header1"])
def test_a_payload_runs_nothing(
    model: Callable[..., Path], tmp_path: Path, payload: str, story: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pix_mailmerge.data_source.record import Header, Record
    from pix_mailmerge.model.fields import field_values
    from pix_mailmerge.settings import School

    monkeypatch.chdir(tmp_path)
    header = Header(HEADERS)
    values = field_values(Record("a.csv", 2, header, ("",) * len(header)), School())
    file = model(p(payload)) if story == "body" else model(p(""), stories={story: p(payload)})

    with pytest.raises(ModelError) as told:
        open_model(file).render(values)

    assert told.value.exit_code == 5
    assert not (tmp_path / "MARK").exists()


@pytest.mark.parametrize(
    "text",
    [
        "{{ " + "(" * 500 + "nom" + ")" * 500 + " }}",
        "{{ " + "(" * 80 + "nom" + ")" * 80 + " }}",
        "{{ " + "not " * 3000 + "nom }}",
        "{{ nom" + ".a" * 500 + " }}",
        "{% if nom %}" * 1500 + "x" + "{% endif %}" * 1500,
        "{% for a in [1] %}" * 25 + "x" + "{% endfor %}" * 25,
    ],
    ids=["parentheses", "fewer parentheses", "not", "dots", "conditions", "loops"],
)
def test_what_is_nested_beyond_reason_is_told_in_a_few_words(model: Callable[..., Path], text: str) -> None:
    with pytest.raises(ModelError) as told:
        opened = open_model(model(p(text)))
        opened.check(HEADERS)
        opened.render({"nom": "Zoé"})

    assert all(one.id in {"model.tag-syntax", "model.tag-failed"} for one in told.value.problems)
    assert all(len(one.what) < 200 for one in told.value.problems)
