"""Word's formulas: the ``=`` field, and arithmetic inside a comparison.

Operators by strength: ``%`` · ``^`` · ``* /`` · ``+ -`` · ``= <> < <= > >=`` (1 or 0); functions as Microsoft lists
them (article Q105640). Arguments are parted by ``;`` or ``,``, whichever is not the language's decimal sign. A name is
a bookmark; cells of a table (``A1``, ``ABOVE``) belong to Word, and a formula that has some is left to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, DecimalException

from pix_mailmerge.model.word_fields.formula_tokens import Operand, Token, tokens_of
from pix_mailmerge.model.word_fields.functions import (
    COMPARISONS,
    FUNCTIONS,
    MATHS,
    POWERS,
    PRODUCTS,
    SHOWN,
    SUMS,
    Binary,
    FormulaError,
    Given,
    Lookup,
    Node,
)
from pix_mailmerge.model.word_fields.language import Language
from pix_mailmerge.model.word_fields.numbers import parse_number

MOST_TOKENS = 2_000
DEEPEST = 60

_ARITHMETIC = re.compile(r"[\s\d.,;()%^*/+\-]*\d[\s\d.,;()%^*/+\-]*")


@dataclass(frozen=True, slots=True)
class Formula:
    """A compiled formula. names: the bookmarks it uses, as they are typed; tested: those that DEFINED asks about."""

    node: Node
    names: tuple[str, ...]
    tested: tuple[str, ...] = ()

    def value(self, state: object, lookup: Lookup) -> Decimal:
        """Return the result rounded to the fifteen digits Word reckons with; FormulaError."""
        try:
            return SHOWN.plus(self.node(Given(state, lookup)))
        except DecimalException as cause:
            raise FormulaError("!Syntax Error") from cause


def parse_formula(pieces: Sequence[str | Operand], language: Language) -> Formula:
    """Return the formula that text and nested fields make up; FormulaError where it is not one.

    One that is wrong in a language of decimal commas, but right with decimal points (« SUM(1,2,3) »), was typed on an
    English machine.
    """
    try:
        return _parsed(tokens_of(pieces, language), language)
    except FormulaError:
        if language.decimal == ".":
            raise
        try:
            return _parsed(tokens_of(pieces, language.with_decimal(".")), language)
        except FormulaError:
            pass
        raise


def _parsed(tokens: list[Token], language: Language) -> Formula:
    if len(tokens) > MOST_TOKENS:
        raise FormulaError("!Syntax Error")
    parser = _Parser(tokens, language)
    node = parser.comparison(0)
    parser.expect_end()
    return Formula(node, tuple(parser.names), tuple(parser.tested))


def evaluate(text: str, language: Language, lookup: Lookup = lambda name: None) -> Decimal | None:
    """Return the number that ``text`` is, or whose arithmetic it holds (« 2 + 3 »); None where it is neither."""
    number = parse_number(text, language)
    if number is not None or not _ARITHMETIC.fullmatch(text):
        return number
    try:
        return parse_formula([text], language).value(None, lookup)
    except FormulaError:
        return None


class _Parser:
    """Recursive descent over the tokens; each rule returns a node."""

    def __init__(self, tokens: list[Token], language: Language) -> None:
        self._tokens = tokens
        self._language = language
        self._at = 0
        self.names: list[str] = []
        self.tested: list[str] = []

    def expect_end(self) -> None:
        if self._at != len(self._tokens):
            raise FormulaError("!Syntax Error")

    def comparison(self, depth: int) -> Node:
        if depth > DEEPEST:
            raise FormulaError("!Syntax Error")
        return self._chain(COMPARISONS, lambda: self._sum(depth))

    def _sum(self, depth: int) -> Node:
        return self._chain(SUMS, lambda: self._product(depth))

    def _product(self, depth: int) -> Node:
        return self._chain(PRODUCTS, lambda: self._power(depth))

    def _power(self, depth: int) -> Node:
        return self._chain(POWERS, lambda: self._percent(depth))

    def _chain(self, operators: Mapping[str, Binary], operand: Callable[[], Node]) -> Node:
        left = operand()
        while (operator := self._operator()) in operators:
            self._at += 1
            left = _binary(operators[operator], left, operand())
        return left

    def _percent(self, depth: int) -> Node:
        negative = False
        while self._operator() in ("-", "+"):
            negative ^= self._operator() == "-"
            self._at += 1
        node = self._operand(depth)
        while self._operator() == "%":
            self._at += 1
            node = _binary(MATHS.divide, node, _constant(Decimal(100)))
        return _negated(node) if negative else node

    def _operand(self, depth: int) -> Node:
        if self._at >= len(self._tokens):
            raise FormulaError("!Unexpected End of Formula")
        token = self._tokens[self._at]
        self._at += 1
        if token.kind == "number":
            return _constant(token.number)
        if token.operand is not None:
            return _nested(token.operand, self._language)
        if token.text == "(":
            node = self.comparison(depth + 1)
            self._expect(")")
            return node
        if token.kind == "name":
            return self._named(token.text, depth)
        raise FormulaError("!Syntax Error")

    def _named(self, name: str, depth: int) -> Node:
        if name.upper() in ("TRUE", "FALSE"):
            if self._operator() == "(":
                self._arguments(depth)
            return _constant(Decimal(name.upper() == "TRUE"))
        if self._operator() == "(":
            function = FUNCTIONS.get(name.upper())
            if function is None:
                raise FormulaError("!Syntax Error")
            known = len(self.names)
            arguments = self._arguments(depth)
            if name.upper() == "DEFINED":
                self.tested += self.names[known:]
                del self.names[known:]
            return function(arguments)
        self.names.append(name)
        return _bookmark(name, self._language)

    def _arguments(self, depth: int) -> list[Node]:
        self._expect("(")
        arguments: list[Node] = []
        while self._operator() != ")":
            arguments.append(self.comparison(depth + 1))
            if self._operator() not in (";", ","):
                break
            self._at += 1
        self._expect(")")
        return arguments

    def _operator(self) -> str:
        token = self._tokens[self._at] if self._at < len(self._tokens) else None
        return token.text if token is not None and token.kind == "operator" else ""

    def _expect(self, operator: str) -> None:
        if self._operator() != operator:
            raise FormulaError("!Syntax Error")
        self._at += 1


def _constant(number: Decimal) -> Node:
    return lambda given: number


def _negated(node: Node) -> Node:
    return lambda given: -node(given)


def _binary(operation: Binary, left: Node, right: Node) -> Node:
    return lambda given: operation(left(given), right(given))


def _nested(operand: Operand, language: Language) -> Node:
    def value(given: Given) -> Decimal:
        return _value_of(operand(given.state), language, given)

    return value


def _bookmark(name: str, language: Language) -> Node:
    def value(given: Given) -> Decimal:
        text = given.lookup(name)
        if text is None:
            raise FormulaError(f"!Undefined Bookmark, {name.upper()}")
        return _value_of(text, language, given)

    return value


def _value_of(text: str, language: Language, given: Given) -> Decimal:
    """Return what a nested field or a bookmark counts for: nothing shown is 0."""
    if not text.strip():
        return Decimal(0)
    number = evaluate(text, language, given.lookup)
    if number is None:
        raise FormulaError(f"!Syntax Error, {text[:20]}")
    return number
