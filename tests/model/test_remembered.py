"""What is remembered of a loop is what it would print again."""

from __future__ import annotations

import pytest
from jinja2 import UndefinedError

from pix_mailmerge.model.printed import Level, Score
from pix_mailmerge.model.programs import BytesEnvironment, Program
from pix_mailmerge.model.remembered import LONGEST_TEXT, MOST_LOOPS, MOST_ROUNDS


@pytest.fixture
def environment() -> BytesEnvironment:
    return BytesEnvironment()


def printed(program: Program, **values: object) -> str:
    return b"".join(program(values)).decode()


def test_a_round_is_printed_again_from_memory(environment: BytesEnvironment) -> None:
    program = Program(environment, "{% for c in levels %}<b>{{ c.code }}:{{ c }} of {{ most }}</b>{% endfor %}")
    levels = [Level("1.1", 3, "niveau"), Level("1.2", 3, "niveau")]

    first = printed(program, levels=levels, most=7)

    assert first == "<b>1.1:3 of 7</b><b>1.2:3 of 7</b>"
    assert printed(program, levels=levels, most=7) == first
    assert len(environment.rounds) == 2


def test_equal_figures_of_two_competences_do_not_mix(environment: BytesEnvironment) -> None:
    program = Program(environment, "{% for c in levels %}{{ c.code }}={{ c }};{% endfor %}")
    known = [Level("1.1", 0, "zero"), Level("1.1", None, "non_evalue"), Level("5.2", 0, "zero")]

    for levels in (known, known[::-1], known):
        assert printed(program, levels=levels) == "".join(f"{c.code}={c};" for c in levels)


def test_a_new_item_is_not_taken_for_one_that_is_gone(environment: BytesEnvironment) -> None:
    program = Program(environment, "{% for c in levels %}{{ c.code }}{% endfor %}")

    for number in range(50):  # a key is the place of an item in memory, which a later item could have
        assert printed(program, levels=[Level(str(number), 1, "niveau")]) == str(number)


def test_outer_values_are_told_apart(environment: BytesEnvironment) -> None:
    program = Program(environment, "{% for c in levels %}{{ c }}{{ other }} {% endfor %}")
    levels = [Level("1.1", 3, "niveau"), Level("1.2", 5, "niveau")]

    for other, shown in ((1, "1"), (True, "True"), (1.0, "1.0"), ("1", "1"), (None, ""), (Score(1), "1"), (1, "1")):
        assert printed(program, levels=levels, other=other) == f"3{shown} 5{shown} "
    assert printed(program, levels=levels, other=Score(None, "–")) == "3– 5– "
    assert printed(program, levels=levels, other=Score(0)) == "30 50 "


def test_two_loops_alike_are_two_loops(environment: BytesEnvironment) -> None:
    source = "{% for c in levels %}<i>{{ c }}</i>{% endfor %}{% for c in levels %}<b>{{ c }}</b>{% endfor %}"
    levels = [Level("1.1", 3, "niveau"), Level("1.2", 5, "niveau")]
    other = Program(environment, source.replace("i>", "u>"))

    assert printed(Program(environment, source), levels=levels) == "<i>3</i><i>5</i><b>3</b><b>5</b>"
    assert printed(other, levels=levels) == "<u>3</u><u>5</u><b>3</b><b>5</b>"


@pytest.mark.parametrize(
    "body",
    [
        "{{ loop.index }}",
        "{{ next() }}",
        "{{ c|safe }}",
        "{% set d = c %}{{ d }}",
        "{% for d in 'ab' %}{{ loop.length }}{% endfor %}",
        "{{ c.bit_length() }}",
        "{{ c['code'] }}",
    ],
)
def test_a_round_that_may_do_more_than_print_is_done_each_time(environment: BytesEnvironment, body: str) -> None:
    count = iter(range(100))
    program = Program(environment, f"{{% for c in levels %}}{body};{{% endfor %}}")

    printed(program, next=lambda: next(count), levels=[Level("1.1", 3, "niveau")])

    assert len(environment.rounds) == 0


def test_a_call_in_a_round_is_made_each_time(environment: BytesEnvironment) -> None:
    count = iter(range(100))
    program = Program(environment, "{% for c in levels %}{{ next() }};{% endfor %}")
    levels = [Level("1.1", 3, "niveau")] * 2

    assert printed(program, levels=levels, next=lambda: next(count)) == "0;1;"
    assert printed(program, levels=levels, next=lambda: next(count)) == "2;3;"


def test_an_unknown_name_in_a_round_is_an_error_each_time(environment: BytesEnvironment) -> None:
    program = Program(environment, "{% for c in levels %}{{ c }}{{ unknown }}{% endfor %}")

    for _ in range(2):
        with pytest.raises(UndefinedError):
            printed(program, levels=[Level("1.1", 3, "niveau")])


@pytest.mark.parametrize("rows", [[], [Level("1.1", 3, "niveau")]])
def test_an_unknown_value_that_no_round_prints_is_no_error(environment: BytesEnvironment, rows: list[Level]) -> None:
    source = "{% set other = pupil.unknown %}{% for c in levels %}{{ other if other is defined else c }}{% endfor %}"

    assert printed(Program(environment, source), pupil={}, levels=rows) == "3" * len(rows)


def test_a_value_that_brings_xml_of_its_own_is_not_remembered(environment: BytesEnvironment) -> None:
    class Bold(Level):
        def __html__(self) -> str:
            return "<b/>"

    program = Program(environment, "{% for c in items %}{{ c }}{% endfor %}")

    assert printed(program, items=[Bold("1.1", 3, "niveau"), Level("1.1", 3, "niveau"), "x"]) == "<b/>3x"
    assert len(environment.rounds) == 1


def test_memory_is_bounded(environment: BytesEnvironment) -> None:
    program = Program(environment, "{% for c in items %}{{ c }}{{ other }}{% endfor %}")

    printed(program, items=[Level("1.1", number, "niveau") for number in range(MOST_ROUNDS + 10)], other="")
    printed(program, items=[Level("1.1", 1, "niveau")], other="x" * (LONGEST_TEXT + 1))
    assert len(environment.rounds) == MOST_ROUNDS

    for number in range(MOST_LOOPS + 10):
        printed(program, items=[Level("1.1", 1, "niveau")], other=number)
    assert len(environment.rounds) < MOST_LOOPS


def test_conditions_and_computations_in_a_round_are_remembered(environment: BytesEnvironment) -> None:
    source = (
        "{% for c in levels %}{% if c.etat == 'niveau' and c > 2 %}"
        "{{ '●' * c|int }}{{ '○' * ((most|int + 1) // 128 - c|int) }}"
        "{% elif c.etat == 'non_evalue' %}non{% else %}{{ c }}{% endif %}|{% endfor %}"
    )
    levels = [Level("1.1", 3, "niveau"), Level("1.2", None, "non_evalue"), Level("1.3", 0, "zero")]
    program = Program(environment, source)

    for _ in range(2):
        assert printed(program, levels=levels, most=895) == "●●●○○○○|non|0|"
    assert len(environment.rounds) == 3


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("{% for c in d.levels %}{{ c }}{{ most }} {% endfor %}", "37 57 "),
        ("{% set most = d.number %}{% for c in d.levels %}{{ c }}{{ most }} {% endfor %}", "3{0} 5{0} "),
        ("{% with most = d.number %}{% for c in d.levels %}{{ c }}{{ most }} {% endfor %}{% endwith %}", "3{0} 5{0} "),
        ("{% set most %}{{ d.number }}{% endset %}{% for c in d.levels %}{{ c }}{{ most }} {% endfor %}", "3{0} 5{0} "),
        ("{% for most in [d.number] %}{% for c in d.levels %}{{ c }}{{ most }} {% endfor %}{% endfor %}", "3{0} 5{0} "),
        ("{% for c in d.levels %}{{ c }}{{ d.number }} {% endfor %}", "3{0} 5{0} "),
        ("{% set x %}{% for c in d.levels %}<{{ c }}>{% endfor %}{% endset %}{{ x }}", "<3><5>"),
        ("{% autoescape false %}{% for c in d.levels %}{{ c }}{{ sign }}{% endfor %}{% endautoescape %}", "3&5&"),
        ("{% for c in d.levels %}{{ c }}{{ sign }}{% endfor %}", "3&amp;5&amp;"),
    ],
)
def test_a_loop_in_a_loop_depends_on_what_the_outer_one_changes(
    environment: BytesEnvironment, body: str, shown: str
) -> None:
    levels = [Level("1.1", 3, "niveau"), Level("1.2", 5, "niveau")]
    program = Program(environment, f"{{% for d in items %}}{body}|{{% endfor %}}")
    items = [{"number": number, "levels": levels} for number in (1, 2)]

    for _ in range(2):
        expected = "".join(f"{shown}|".replace("{0}", str(number)) for number in (1, 2))
        assert printed(program, items=items, most=7, sign="&") == expected


def test_a_name_that_becomes_a_macro_is_no_longer_the_value(environment: BytesEnvironment) -> None:
    macro = "{% if d == 2 %}{% macro most() %}{% endmacro %}{% endif %}"
    loop = "{% for c in levels %}{{ c }}{{ most is number }} {% endfor %}"
    program = Program(environment, f"{{% for d in [1, 2, 1] %}}{macro}{loop}{{% endfor %}}")

    assert printed(program, levels=[Level("1.1", 3, "niveau")], most=7) == "3True 3False 3True "


def test_what_is_printed_unescaped_is_judged_each_time(environment: BytesEnvironment) -> None:
    loop = "{% autoescape false %}{% for c in levels %}{{ c }}{{ xml }}{% endfor %}{% endautoescape %}"
    program = Program(environment, f"{{% for d in [1, 2] %}}{loop}{{% endfor %}}")
    levels = [Level("1.1", 3, "niveau")]

    for _ in range(2):
        environment.markup = 0
        assert printed(program, levels=levels, xml="<w:tr/>") == "3<w:tr/>" * 2
        assert environment.markup


def test_a_value_called_loop_is_not_that_of_a_round(environment: BytesEnvironment) -> None:
    program = Program(environment, "{% for c in levels %}{{ loop.index }}{% endfor %}")

    assert printed(program, levels=[Level("1.1", 3, "niveau")] * 2, loop=7) == "12"


def test_what_is_emitted_to_read_a_page_back_is_remembered_apart(environment: BytesEnvironment) -> None:
    program = Program(environment, "{% for c in levels %}{{ c }}{% endfor %}")
    levels = [Level("1.1", 3, "niveau")]

    for _ in range(2):
        assert printed(program, levels=levels) == "3"
        with environment.emitting(lambda value: f"[{value}]".encode()):
            assert printed(program, levels=levels) == "[3]"
