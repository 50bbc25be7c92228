"""Word's formulas."""

from decimal import Decimal

import pytest

from pix_mailmerge.model.word_fields.formulas import evaluate, parse_formula
from pix_mailmerge.model.word_fields.functions import FormulaError
from pix_mailmerge.model.word_fields.language import language


def value(text: str, code: str = "en-US", **bookmarks: str) -> Decimal:
    return parse_formula([text], language(code)).value(None, bookmarks.get)


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("2 * 5", "10"),
        ("2+3*4", "14"),
        ("(2+3)*4", "20"),
        ("4--3", "7"),
        ("200*25%", "50"),
        ("4^2", "16"),
        ("27^(1/3)", "3"),
        ("1/3*3", "1"),
        ("0.1+0.2=0.3", "1"),
        ("2<>2", "0"),
        ("3>=2", "1"),
        ("1,234+1", "1235"),
        ("$5+3", "8"),
        ("SUM(1,2,3)", "6"),
        ("AVERAGE(1;2)", "1.5"),
        ("PRODUCT(2,3)", "6"),
        ("COUNT(5,6,7)", "3"),
        ("MIN(3,1,2)", "1"),
        ("MAX(3,1,2)", "3"),
        ("IF(1>2,10,20)", "20"),
        ("IF(2>1,10,1/0)", "10"),
        ("AND(1,0)", "0"),
        ("OR(1,0)", "1"),
        ("NOT(0)", "1"),
        ("ROUND(2.555,2)", "2.56"),
        ("ROUND(1234,-2)", "1200"),
        ("ABS(-3)", "3"),
        ("INT(5.67)", "5"),
        ("INT(-5.67)", "-5"),
        ("MOD(7,3)", "1"),
        ("SIGN(-4)", "-1"),
        ("TRUE", "1"),
        ("FALSE", "0"),
        ("DEFINED(order)", "1"),
        ("DEFINED(other)", "0"),
        ("order*2", "10"),
        ("DEFINED(order)+DEFINED(1/0)", "1"),
    ],
)
def test_a_formula(formula, result):
    assert value(formula, order="5") == Decimal(result)


@pytest.mark.parametrize(
    ("formula", "result"), [("1,5+1", "2.5"), ("SUM(1,5;2)", "3.5"), ("ROUND(2,567;1)", "2.6"), ("SUM(1, 2, 3)", "6"),
                            ("IF(1>2,10,20)", "20"), ("1 234+1", "1235")]
)  # fmt: skip
def test_a_formula_in_french(formula, result):
    assert value(formula, "fr-FR") == Decimal(result)


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("1/0", "!Zero Divide"),
        ("MOD(1,0)", "!Zero Divide"),
        ("2+", "!Unexpected End of Formula"),
        ("", "!Unexpected End of Formula"),
        ("2 2", "!Syntax Error"),
        ("ROUND(1)", "!Syntax Error"),
        ("PAPILLON(1)", "!Syntax Error"),
        ("order+1", "!Undefined Bookmark, ORDER"),
        ("#", "!Syntax Error"),
        ("(" * 200 + "1" + ")" * 200, "!Syntax Error"),
        ("+".join("1" * 3000), "!Syntax Error"),
    ],
)
def test_what_cannot_be_computed_says_what_word_says(formula, message):
    with pytest.raises(FormulaError, match=message):
        value(formula)


def test_a_huge_power_is_refused_at_once():
    with pytest.raises(FormulaError):
        value("9^9^9^9^9")


def test_a_nested_field_counts_for_the_number_that_it_shows_or_for_nothing():
    formula = parse_formula(["1+", lambda state: str(state)], language("fr-FR"))
    assert [formula.value(shown, {}.get) for shown in ("1 234,5", "2+3", "")] == [Decimal("1235.5"), 6, 1]


@pytest.mark.parametrize(("text", "number"), [("2 + 3", 5), ("12345-6789", 5556), ("7", 7)])
def test_arithmetic_in_a_text_is_evaluated(text, number):
    assert evaluate(text, language("fr-FR")) == number


@pytest.mark.parametrize("text", ["", "MARTIN", "1+", "+", "A1", "__import__('os')"])
def test_a_text_that_is_no_arithmetic(text):
    assert evaluate(text, language("fr-FR")) is None
