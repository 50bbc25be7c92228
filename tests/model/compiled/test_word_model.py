"""A model as the rest of the program sees it: opened, inspected, checked, rendered."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from pix_mailmerge.data_source.columns import HEADERS
from pix_mailmerge.data_source.record import Header, Record
from pix_mailmerge.model.fields import class_values, field_values
from pix_mailmerge.model.shipped import ATTESTATION, CLASS_STATEMENT, shipped_model, shipped_models
from pix_mailmerge.model.word_model import open_model
from pix_mailmerge.problems import ModelError
from pix_mailmerge.settings import School

SIGNATURE = Path(__file__).parents[3] / "samples" / "signature.png"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def p(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def text(content: bytes, part: str = "word/document.xml") -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        root = etree.fromstring(archive.read(part))
    return "|".join("".join(t.text or "" for t in one.iter(f"{W}t")) for one in root.iter(f"{W}p"))


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pupil(**cells: str) -> Record:
    header = Header(HEADERS)
    given = {name.replace("_", " "): value for name, value in cells.items()}
    return Record("3A.csv", 2, header, tuple(given.get(name, "") for name in header))


def test_a_model_tells_its_kind_and_its_fields(model: Callable[..., Path]) -> None:
    opened = open_model(
        model(p("{{ nom }}{% if niveau %}{{ Prénom }}{% endif %}"), stories={"header1": p("{{ ville }}{{ nom }}")})
    )

    assert (opened.kind, opened.fields, opened.per_class) == ("tags", ("nom", "niveau", "Prénom", "ville"), False)


def test_a_model_without_fields_is_plain(model: Callable[..., Path]) -> None:
    assert (open_model(model(p("a"))).kind, open_model(model(p("a"))).fields) == ("plain", ())


def test_a_model_that_lists_pupils_is_merged_per_class(model: Callable[..., Path]) -> None:
    opened = open_model(model(p("{% for e in eleves %}{{ e.Prénom }} {{ e.nom }}, {% endfor %}{{ classe }}")))
    values = class_values([pupil(Nom="A", Prénom="B", Classe="3A"), pupil(Nom="C")], School())

    assert opened.per_class
    assert text(opened.render(values)) == "B A,  C, 3A"


def test_check_tells_fields_without_column_and_columns_unused(model: Callable[..., Path]) -> None:
    check = open_model(model(p("{{ nom }} {{ prenon }} {{ ville }} {{ autre|default('') }}"))).check(("Nom", "Prénom"))

    assert check.fields_without_column == ("prenon",)
    assert check.columns_unused == ("Prénom",)
    assert check.unsupported == ()
    assert [one.id for one in check.problems] == ["model.unknown-field"]


def test_other_fields_of_the_school_are_known(model: Callable[..., Path]) -> None:
    opened = open_model(model(p("{{ annee }}")))

    assert opened.check(HEADERS, School(champs={"année": "2025"})).problems == ()
    assert [one.id for one in opened.check(HEADERS).problems] == ["model.unknown-field"]


@pytest.mark.parametrize(
    ("tags", "what"),
    [
        ("{% for e in eleves %}{{ e.prenon }}{% endfor %}", "e.prenon"),
        ("{% for d in domaines %}{{ d.titre }}{% endfor %}", "d.titre"),
        ("{% for d in domaines %}{% for c in d.competences %}{{ c.niveaux }}{% endfor %}{% endfor %}", "c.niveaux"),
        (
            "{% for e in eleves|sort(attribute='nom') %}{% for d in e.domaines %}{{ d.x }}{% endfor %}{% endfor %}",
            "d.x",
        ),
    ],
)
def test_what_is_asked_of_the_items_of_a_list_is_checked(model: Callable[..., Path], tags: str, what: str) -> None:
    (problem,) = open_model(model(p(tags))).check(HEADERS).problems

    assert problem.id == "model.unknown-field"
    assert what in problem.what
    assert what in str(problem.where.near)


def test_the_name_of_an_item_may_be_used_again(model: Callable[..., Path]) -> None:
    tags = "{% for e in eleves %}{{ e.nom }}{% endfor %}{% for e in autre|default([]) %}{{ e.x }}{% endfor %}"

    assert open_model(model(p(tags))).check(HEADERS).problems == ()


def test_the_slow_road_is_announced(model: Callable[..., Path]) -> None:
    row = "".join(f"<w:tc><w:tcPr/>{p(one)}</w:tc>" for one in ("{%tc for x in domaines %}", "a", "{%tc endfor %}"))
    table = f'<w:tbl><w:tblGrid><w:gridCol w:w="9"/></w:tblGrid><w:tr>{row}</w:tr></w:tbl>'

    (problem,) = open_model(model(table)).check(HEADERS).problems

    assert (problem.id, problem.severity, problem.where.part) == ("model.slow-road", "warning", "corps")


def test_a_missing_value_is_an_error_that_names_all_of_them(model: Callable[..., Path]) -> None:
    opened = open_model(model(p("{{ nom }} {{ prenon }} {{ x }}")))

    with pytest.raises(ModelError) as told:
        opened.render({"nom": "a", "prenom": "b"})

    assert [(one.id, one.where.near) for one in told.value.problems] == [
        ("model.unknown-field", "{{ prenon }}"),
        ("model.unknown-field", "{{ x }}"),
    ]
    assert told.value.problems[0].remedy == "Vouliez-vous dire « prenom » ?"


def test_a_missing_value_may_be_blank(model: Callable[..., Path]) -> None:
    assert text(open_model(model(p("[{{ x }}]"))).render({}, missing="blank")) == "[]"


def test_values_of_a_plain_mapping_are_found_without_accents_and_capitals(model: Callable[..., Path]) -> None:
    opened = open_model(model(p("{{ Prénom }} {{ NOM }}")))

    assert text(opened.render({"prenom": "Anna", "Nom": "B"})) == "Anna B"


@pytest.mark.parametrize(
    ("tag", "id"),
    [
        ("{{ nom.inconnu }}", "model.unknown-field"),
        ("{{ 1 // nom|length }}", "model.tag-failed"),
        ("{{ nom + 1 }}", "model.tag-failed"),
        ("{{ nom.__class__.__mro__ }}", "model.tag-forbidden"),
        ("{% for x in range(10**9) %}{% endfor %}", "model.too-much-memory"),
        ("{{ '&lt;w:p&gt;'|safe }}", "model.value-unbalanced"),
    ],
)
@pytest.mark.parametrize("story", ["body", "footer1"])
def test_what_fails_for_a_record_is_told_with_its_place(
    model: Callable[..., Path], tag: str, id: str, story: str
) -> None:
    inside = p("avant {{ nom }}") + p(f"après {tag}")
    file = model(inside) if story == "body" else model(p("{{ nom }}"), stories={story: inside})

    with pytest.raises(ModelError) as told:
        open_model(file).render({"nom": ""})

    (problem,) = told.value.problems
    assert problem.id == id
    if id != "model.value-unbalanced":
        assert problem.where.part == ("corps" if story == "body" else "pied de page")
        assert problem.where.near is not None and tag[:20].replace("&lt;", "<") in problem.where.near


@pytest.mark.parametrize("nom", ["a\tb", "a\ab"])
def test_a_tab_where_no_run_can_be_cut_is_told(model: Callable[..., Path], nom: str) -> None:
    """docxtpl cuts the run there all the same; its parser then drops text in silence."""
    choice = '<mc:AlternateContent><mc:Choice Requires="v"><w:t>{{ nom }}</w:t></mc:Choice></mc:AlternateContent>'
    opened = open_model(model(f"<w:p><w:r>{choice}</w:r></w:p>"))

    assert text(opened.render({"nom": "ab"})) == "ab"
    with pytest.raises(ModelError) as told:
        opened.render({"nom": nom})
    assert [one.id for one in told.value.problems] == ["model.value-unbalanced"]


@pytest.mark.parametrize("tag", ["{{ a|safe }}{{ b|safe }}", "{{r a|safe }}{{ b }}"])
def test_a_value_that_reopens_what_is_not_open_is_told(model: Callable[..., Path], tag: str) -> None:
    """The second is sound where a text stands; in place of a run, nothing is open that it may end."""
    reopening = "</w:t></w:r><w:r><w:t>"
    values = {"a": "<w:p>" if "{{r" not in tag else reopening, "b": reopening}

    with pytest.raises(ModelError) as told:
        open_model(model(p(tag))).render(values)

    assert [one.id for one in told.value.problems] == ["model.value-unbalanced"]


def test_merge_yields_a_document_for_each_record(model: Callable[..., Path]) -> None:
    records = [pupil(Nom=name) for name in "ABC"]

    documents = list(open_model(model(p("{{ nom }} {{ ville }}"))).merge(records, school=School(ville="Lyon")))

    assert [one.records for one in documents] == [(record,) for record in records]
    assert [text(one.content) for one in documents] == ["A Lyon", "B Lyon", "C Lyon"]


def test_the_same_record_gives_the_same_bytes_whatever_came_before(model: Callable[..., Path]) -> None:
    file = model(p("{{ nom }}{{ signature }}"), stories={"header1": p("{{ ville }}")})
    records = [field_values(pupil(Nom=name), School(ville="Lyon", signature=SIGNATURE)) for name in "ABCA"]

    in_turn = [open_model(file).render(values) for values in records]
    opened = open_model(file)

    assert [opened.render(values) for values in records] == in_turn


@pytest.mark.parametrize("story", ["body", "header1", "footer1"])
def test_the_signature_is_drawn_where_its_tag_stands(model: Callable[..., Path], story: str) -> None:
    inside = p("{{ signature }}")
    file = model(inside) if story == "body" else model(p(""), stories={story: inside})
    part = "document" if story == "body" else story

    made = members(open_model(file).render(field_values(pupil(), School(signature=SIGNATURE, chef='M. "X" & Y'))))

    (name,) = [name for name in made if name.startswith("word/media/")]
    root = etree.fromstring(made[f"word/{part}.xml"])
    (inline,) = root.iter("{*}inline")
    assert inline.find("{*}docPr").get("descr") == 'Signature de M. "X" & Y'  # type: ignore[union-attr]
    extent = inline.find("{*}extent")
    assert extent is not None
    assert (extent.get("cx"), extent.get("cy")) == ("1800000", "660000")  # 600 by 220 pixels in 5 by 2.2 cm
    rid = next(root.iter("{*}blip")).get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed")
    links = {one.get("Id"): one.get("Target") for one in etree.fromstring(made[f"word/_rels/{part}.xml.rels"])}
    assert f"word/{links[rid]}" == name
    assert b'Extension="png"' in made["[Content_Types].xml"]


def test_without_an_image_nothing_is_drawn(model: Callable[..., Path]) -> None:
    opened = open_model(model(p("[{{ signature }}{{ cachet }}{{ logo|largeur(20) }}]")))

    made = opened.render(field_values(pupil(), School()))

    assert text(made) == "[]"
    assert text(opened.render({})) == "[]"


def test_one_image_used_twice_is_stored_once(model: Callable[..., Path]) -> None:
    opened = open_model(
        model(p("{{ signature }} {{ signature|hauteur(10) }}"), stories={"header1": p("{{ signature }}")})
    )

    made = members(opened.render(field_values(pupil(), School(signature=SIGNATURE))))

    assert len([name for name in made if name.startswith("word/media/")]) == 1
    sizes = [one.get("cy") for one in etree.fromstring(made["word/document.xml"]).iter("{*}extent")]
    assert sizes == ["660000", "360000"]
    numbers = [one.get("id") for one in etree.fromstring(made["word/document.xml"]).iter("{*}docPr")]
    assert numbers == ["1001", "1002"]


def test_a_file_without_a_document_is_told(tmp_path: Path, docx: Callable[..., bytes]) -> None:
    (tmp_path / "a.docx").write_bytes(docx(parts={"_rels/.rels": "<Relationships/>"}))

    with pytest.raises(ModelError) as told:
        open_model(tmp_path / "a.docx")

    assert told.value.problems[0].id == "model.not-docx"


def test_a_dangerous_model_is_not_opened(model: Callable[..., Path]) -> None:
    with pytest.raises(ModelError) as told:
        open_model(model(p(""), links={"rId9": "image http://exemple.fr/a.png External"}))

    assert told.value.problems[0].id == "model.outside-link"


def test_the_shipped_models_are_found_and_sound() -> None:
    assert {ATTESTATION, CLASS_STATEMENT} <= set(shipped_models())
    for name in (ATTESTATION, CLASS_STATEMENT):
        check = open_model(shipped_model(name)).check(HEADERS)
        assert check.problems == ()
        assert check.fields_without_column == ()


def test_a_model_that_is_not_shipped_is_told() -> None:
    with pytest.raises(ModelError) as told:
        shipped_model("absent.docx")

    assert ATTESTATION in told.value.problems[0].remedy
