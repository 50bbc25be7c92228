"""Damaged fields: the right document, or clear problems; never a crash, never a document that Word must repair."""

import random

import pytest
from lxml import etree

from pix_mailmerge.problems import ModelError

SEEDS = range(250)
RECORDS = [{"Nom": "MARTIN", "Ville": "Lyon", "Vide": "", "N": "2", "x": "1"}] * 2
INSERTED = ('"', "\\\\", "\\*", "= ", '" " ', "<", "{", "{%", "MERGEFIELD", "\\# ", "“", "\\b")
KNOWN = frozenset({"field-unfinished", "field-code", "field-formula", "field-nesting", "unknown-field", "tag-syntax"})


def pieces_of(word):
    """Return a body of all kinds of fields as a list of tags and runs, to be damaged one by one."""

    def merge_field(name):
        return [word.mark("begin"), word.code(f" MERGEFIELD {name} "), word.mark("separate"), word.run("?"), end]

    begin, separate, end = (word.mark(kind) for kind in ("begin", "separate", "end"))
    cell = "<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc>"
    return [
        *("<w:p>", word.run("Bonjour "), *merge_field("Nom"), word.run(", "), *merge_field("Ville"), "</w:p>"),
        *(
            "<w:p>",
            begin,
            word.code(" IF "),
            *merge_field("Nom"),
            word.code(' = "MARTIN" "oui '),
            *merge_field("Ville"),
        ),
        *(word.code('" "non" '), separate, word.run("?"), end, "</w:p>"),
        *("<w:p>", begin, word.code(' IF 1 = 1 "un'), "</w:p>", "<w:p>", word.code('deux" "trois" '), end, "</w:p>"),
        *(cell, "<w:p>", *merge_field("Ville"), "</w:p>", "</w:tc></w:tr></w:tbl>"),
        *(
            "<w:p>",
            begin,
            word.code(" PAGE "),
            separate,
            word.run("1"),
            end,
            begin,
            word.code(" =1+"),
            *merge_field("N"),
        ),
        *(word.code(' \\# "0,00" '), separate, word.run("3"), end, "</w:p>", "<w:p>", *merge_field("Vide"), "</w:p>"),
        *("<w:p>", begin, word.code(' SET b "'), *merge_field("Nom"), word.code('" '), end),
        *(begin, word.code(" REF b \\* Upper "), end, word.simple(" MERGEFIELD Nom \\* Upper "), "</w:p>"),
    ]


def damaged(word, seed):
    chance = random.Random(seed)
    pieces = pieces_of(word)
    for _ in range(chance.randint(1, 4)):
        runs = [place for place, piece in enumerate(pieces) if piece.startswith(("<w:r>", "<w:fld"))]
        marks = [place for place in runs if "fldChar" in pieces[place]]
        place, other = chance.choice(runs), chance.choice(runs)
        kind = chance.randrange(7)
        if kind == 0 and marks:
            del pieces[chance.choice(marks)]
        elif kind == 1:
            pieces.insert(place, word.mark(chance.choice(["begin", "separate", "end"])))
        elif kind == 2:
            pieces[place], pieces[other] = pieces[other], pieces[place]
        elif kind == 3 and "instrText" in pieces[place]:
            pieces[place] = "".join(pieces[place].rsplit('"', pieces[place].count('"') > 2))
        elif kind == 4:
            pieces.insert(place, word.code(chance.choice(INSERTED)))
        elif kind == 5:
            del pieces[place]
        else:
            pieces[place] *= 2
    return "".join(pieces)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_damaged_body(word, seed):
    try:
        documents = [one.content for one in word.model(damaged(word, seed)).merge(RECORDS)]
    except ModelError as problem:
        assert {one.id.removeprefix("model.") for one in problem.problems if one.is_error} <= KNOWN
        assert all(one.what and one.remedy for one in problem.problems)
        return
    for document in documents:
        check_sound(etree.fromstring(word.part(document).encode()))


def check_sound(root):
    """Assert what Word asks of a body: fields that end, paragraphs where they belong, cells that end in one."""
    depth = 0
    for mark in root.iter("{*}fldChar"):
        kind = mark.get(mark.tag.replace("fldChar", "fldCharType"))
        depth += (kind == "begin") - (kind == "end")
        assert depth >= (0 if kind == "end" else 1)
    assert depth == 0
    parents = {"p": {"body", "tc"}, "r": {"p", "fldSimple"}, "fldSimple": {"p"}, "tbl": {"body"}}
    for name, allowed in parents.items():
        assert {etree.QName(one.getparent()).localname for one in root.iter(f"{{*}}{name}")} <= allowed
    assert all(etree.QName(cell[-1]).localname == "p" for cell in root.iter("{*}tc"))


def test_fifty_fields_deep(word):
    field = word.field("MERGEFIELD Nom")
    for _ in range(49):
        field = word.field('IF 1 = 1 "', field, '" ""')
    assert word.merged(word.paragraph(field), {"Nom": "x"}) == ["x"]


@pytest.mark.parametrize("end", ["end", "separate"])
def test_thousands_of_fields_deep_are_one_clear_problem(word, end):
    body = word.mark("begin") * 5000 + word.code("MERGEFIELD Nom") + word.mark(end) * 5000
    problems = word.model(word.paragraph(body)).check(["Nom"]).problems
    assert [problem.id for problem in problems] == ["model.field-nesting"]


def test_a_field_without_an_end_is_told_with_its_code(word):
    body = word.paragraph(word.mark("begin"), word.code(" MERGEFIELD Nom "), word.run("x"))
    (problem,) = word.model(body).check(["Nom"]).problems
    assert (problem.id, problem.where.part) == ("model.field-unfinished", "corps")
    assert "MERGEFIELD Nom" in problem.what


def test_an_end_without_a_beginning_is_taken_out(word):
    model = word.model(word.paragraph(word.mark("end"), word.run("x")))
    assert [problem.id for problem in model.check([]).problems] == ["model.field-stray"]
    assert "fldChar" not in word.part(model.render({}))


def test_a_field_from_one_cell_to_another_is_a_problem(word):
    table = word.table(
        [
            word.paragraph(word.mark("begin"), word.code("MERGEFIELD Nom")),
            word.paragraph(word.mark("end"), word.run("z")),
        ]
    )
    ids = [problem.id for problem in word.model(table).check(["Nom"]).problems]
    assert ids == ["model.field-unfinished", "model.field-stray"]


def test_ten_thousand_fields(word):
    body = word.paragraph(word.field("MERGEFIELD Nom") * 10) * 1000
    assert word.merged(body, {"Nom": "x"}) == ["x" * 10] * 1000


@pytest.mark.parametrize(
    ("code", "id"),
    [
        ("MERGEFIELD", "model.field-code"),
        ('MERGEFIELD ""', "model.field-code"),
        ('IF "a" "b" "c"', "model.field-code"),
        ("SKIPIF", "model.field-code"),
        ("SET", "model.field-code"),
        ("= 1 +", "model.field-formula"),
        ('MERGEFIELD Nom \\b "a', "model.field-quotes"),
        ("MERGEFIELD Nom \\f", "model.field-switch"),
        ("MERGEFIELD Nom \\* Papillon", "model.field-switch"),
    ],
)
def test_what_is_wrong_with_a_code_is_told(word, code, id):
    assert [problem.id for problem in word.model(word.paragraph(word.field(code))).check(["Nom"]).problems] == [id]
