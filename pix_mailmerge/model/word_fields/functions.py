"""The operators and functions of Word's formulas, on decimal numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, DecimalException

from pix_mailmerge.model.word_fields.numbers import round_half_up

MATHS = Context(prec=28, rounding=ROUND_HALF_UP, Emax=400, Emin=-400)
SHOWN = Context(prec=15, rounding=ROUND_HALF_UP)
"""The digits that Word reckons with: 0.1 + 0.2 is 0.3, and 1/3*3 is 1."""

Lookup = Callable[[str], str | None]
"""Name of a bookmark -> its text, None where there is none."""
Node = Callable[["Given"], Decimal]
Binary = Callable[[Decimal, Decimal], Decimal]
Function = Callable[[list[Node]], Node]


class FormulaError(Exception):
    """A formula that cannot be computed; the message is what Word would print in its place."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a formula is computed from: the state that its nested fields read, and the bookmarks."""

    state: object
    lookup: Lookup


def _divide(left: Decimal, right: Decimal) -> Decimal:
    if right == 0:
        raise FormulaError("!Zero Divide")
    return MATHS.divide(left, right)


def _raise_to(left: Decimal, right: Decimal) -> Decimal:
    result = MATHS.power(left, right)
    return Context(prec=20).plus(result)  # 27^(1/3) is 3, not 2.9999999999999999999999999995


def _remainder(left: Decimal, right: Decimal) -> Decimal:
    if right == 0:
        raise FormulaError("!Zero Divide")
    return MATHS.remainder(left, right)


def _test(compare: Callable[[Decimal, Decimal], bool]) -> Binary:
    return lambda left, right: Decimal(compare(SHOWN.plus(left), SHOWN.plus(right)))


COMPARISONS: dict[str, Binary] = {
    "=": _test(lambda left, right: left == right),
    "<>": _test(lambda left, right: left != right),
    "<": _test(lambda left, right: left < right),
    "<=": _test(lambda left, right: left <= right),
    ">": _test(lambda left, right: left > right),
    ">=": _test(lambda left, right: left >= right),
}
SUMS: dict[str, Binary] = {"+": MATHS.add, "-": MATHS.subtract}
PRODUCTS: dict[str, Binary] = {"*": MATHS.multiply, "/": _divide}
POWERS: dict[str, Binary] = {"^": _raise_to}


def _of_all(compute: Callable[[list[Decimal]], Decimal], count: int | None = None) -> Function:
    """Return a function of all its arguments, ``count`` of them if given, at least one if not."""

    def made(arguments: list[Node]) -> Node:
        if len(arguments) != count if count is not None else not arguments:
            raise FormulaError("!Syntax Error")
        return lambda given: compute([argument(given) for argument in arguments])

    return made


def _if(arguments: list[Node]) -> Node:
    if len(arguments) != 3:
        raise FormulaError("!Syntax Error")
    condition, yes, no = arguments
    return lambda given: yes(given) if condition(given) else no(given)


def _defined(arguments: list[Node]) -> Node:
    def value(given: Given) -> Decimal:
        try:
            for argument in arguments:
                argument(given)
        except (FormulaError, DecimalException):
            return Decimal(0)
        return Decimal(bool(arguments))

    return value


def _round(values: list[Decimal]) -> Decimal:
    return round_half_up(values[0], max(-30, min(30, int(values[1]))))


def _sum(values: list[Decimal]) -> Decimal:
    total = Decimal(0)
    for value in values:
        total = MATHS.add(total, value)
    return total


def _product(values: list[Decimal]) -> Decimal:
    total = Decimal(1)
    for value in values:
        total = MATHS.multiply(total, value)
    return total


def _sign(value: Decimal) -> Decimal:
    return Decimal((value > 0) - (value < 0))


FUNCTIONS: dict[str, Function] = {
    "ABS": _of_all(lambda values: abs(values[0]), 1),
    "AND": _of_all(lambda values: Decimal(all(values))),
    "AVERAGE": _of_all(lambda values: MATHS.divide(_sum(values), Decimal(len(values)))),
    "COUNT": _of_all(lambda values: Decimal(len(values))),
    "DEFINED": _defined,
    "IF": _if,
    "INT": _of_all(lambda values: values[0].to_integral_value(ROUND_DOWN), 1),
    "MAX": _of_all(max),
    "MIN": _of_all(min),
    "MOD": _of_all(lambda values: _remainder(values[0], values[1]), 2),
    "NOT": _of_all(lambda values: Decimal(not values[0]), 1),
    "OR": _of_all(lambda values: Decimal(any(values))),
    "PRODUCT": _of_all(_product),
    "ROUND": _of_all(_round, 2),
    "SIGN": _of_all(lambda values: _sign(values[0]), 1),
    "SUM": _of_all(_sum),
}
TWO_OR_MORE = frozenset({"AND", "IF", "MOD", "OR", "ROUND"})
