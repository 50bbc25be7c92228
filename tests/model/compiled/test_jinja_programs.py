"""Jinja sources compiled to programs that yield bytes."""

from __future__ import annotations

import pytest
from jinja2.exceptions import UndefinedError
from markupsafe import Markup

from pix_mailmerge.model.escapes import LONGEST_REMEMBERED, MOST_REMEMBERED, Escapes
from pix_mailmerge.model.generated import generated
from pix_mailmerge.model.printed import Level
from pix_mailmerge.model.programs import BytesEnvironment, Program


def rendered(source: str, **values: object) -> str:
    pieces = list(Program(BytesEnvironment(), source)(values))
    assert all(isinstance(piece, bytes) for piece in pieces)
    return b"".join(pieces).decode()


def test_text_and_values_come_as_bytes() -> None:
    assert rendered("é {{ a }} à", a="<&>") == "é &lt;&amp;&gt; à"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{% macro m(x) %}[{{ x }}]{% endmacro %}{{ m(a) }}", "[&lt;]"),
        ("{% set z %}{{ a }}{% endset %}{{ z }}", "&lt;"),
        ("{% for x in [a, a] recursive %}{{ x }}{% endfor %}", "&lt;&lt;"),
        ("{% macro m() %}({{ caller() }}){% endmacro %}{% call m() %}{{ a }}{% endcall %}", "(&lt;)"),
        ("{% filter upper %}a{% endfilter %}", "A"),
        ("{% autoescape false %}{{ a }}{% endautoescape %}", "<"),
        ("{{ a ~ 'b' }}", "&lt;b"),
        ("{% for x in [1, 2] %}{% endfor %}.", "."),
        ("{% for x in [1, 2] %}{# nothing #}{% else %}b{% endfor %}.", "."),
        ("{{ none }}{{ [none] }}", "[None]"),
        ("{{ 1 }}{{ 1.0 }}{{ true }}", "11.0True"),
        ("{% raw %}{{ a }}{% endraw %}", "{{ a }}"),
        ("{_{ a }_} {_% b %_}", "{{ a }} {% b %}"),
    ],
)
def test_what_is_gathered_before_it_is_printed_is_escaped_once(source: str, expected: str) -> None:
    assert rendered(source, a="<") == expected


def test_markup_is_not_escaped() -> None:
    assert rendered("{{ a }}", a=Markup("<b/>")) == "<b/>"


def test_equal_numbers_of_other_types_print_as_themselves() -> None:
    assert rendered("{{ a }} {{ b }} {{ c }}", a=1, b=True, c=1.0) == "1 True 1.0"


def test_levels_that_are_equal_as_numbers_print_as_themselves() -> None:
    levels = [Level("1.1", 0, "zero"), Level("1.1", None, "non_evalue"), Level("1.1", None, "inconnu")]

    assert rendered("{% for x in a %}[{{ x }}]{% endfor %}", a=levels) == "[0][–][]"


@pytest.mark.parametrize("source", ["{{ a }}", "{{ a.b }}", "{% for x in a %}{% endfor %}", "{% if a %}{% endif %}"])
def test_an_unknown_name_is_an_error(source: str) -> None:
    with pytest.raises(UndefinedError):
        rendered(source)


def test_a_key_of_a_mapping_comes_before_its_methods() -> None:
    assert rendered("{{ a.nom }}{% if a.autre is defined %}!{% endif %}", a={"nom": "x"}) == "x"


def test_nothing_is_worked_out_before_it_is_rendered() -> None:
    """A bomb like {{ 9**9**9 }} must not go off when a model is only opened."""
    environment, calls = BytesEnvironment(), []
    environment.filters["note"] = calls.append

    Program(environment, "{{ 'a'|note }}{% if 'b'|note %}{% endif %}")
    generated(environment.parse("{{ 'a'|note }}{% set x = 1|note %}"))

    assert calls == []


def test_names_that_a_source_takes_from_its_values() -> None:
    tree = BytesEnvironment().parse("{% for x in a %}{{ x.b }}{{ c }}{% endfor %}{% set d = 1 %}{{ d }}{{ range(3) }}")

    assert generated(tree).names == {"a", "c"}


def test_what_is_remembered_is_bounded() -> None:
    escape = Escapes()

    for number in range(MOST_REMEMBERED + 10):
        escape[f"{number}"]
    escape["x" * (LONGEST_REMEMBERED + 1)]

    assert len(escape) <= MOST_REMEMBERED
    assert "x" * (LONGEST_REMEMBERED + 1) not in escape
