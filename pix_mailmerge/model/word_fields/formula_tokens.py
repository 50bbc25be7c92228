"""The tokens of a formula: numbers as a language writes them, names, operators, nested fields."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pix_mailmerge.model.word_fields.functions import TWO_OR_MORE, FormulaError
from pix_mailmerge.model.word_fields.language import NBSP, Language
from pix_mailmerge.model.word_fields.numbers import parse_number

Operand = Callable[[object], str]
"""What a nested field shows, for the state of a merge."""


@dataclass(frozen=True, slots=True)
class Token:
    kind: str  # number name operator field
    text: str
    number: Decimal = Decimal(0)
    operand: Operand | None = None


_NAME = re.compile(r"[^\W\d]\w*")
_OPERATOR = re.compile(r"<>|<=|>=|[-+*/^%()=<>;,]")
_SPACE = re.compile(rf"[\s{NBSP}]+")
_GROUPED = {
    ",": re.compile(r"\d{1,3}(?:,\d{3})+(?![\d,])(?:\.\d+)?"),
    ".": re.compile(r"\d{1,3}(?:\.\d{3})+(?![\d.])(?:,\d+)?"),
    NBSP: re.compile(rf"\d{{1,3}}(?:[ {NBSP}]\d{{3}})+(?!\d)(?:,\d+)?"),
}
_POINT = re.compile(r"\d+(?:\.\d*)?|\.\d+")
_COMMA = re.compile(r"\d+(?:[.,]\d+)?|[.,]\d+")
_WHOLE = re.compile(r"\d+(?:\.\d+)?|\.\d+")


def tokens_of(pieces: Sequence[str | Operand], language: Language) -> list[Token]:
    """Return the tokens of text and nested fields; FormulaError where there is something else."""
    comma_parts = language.decimal == "," and not any(isinstance(piece, str) and ";" in piece for piece in pieces)
    tokens: list[Token] = []
    calls: list[str] = []
    for piece in pieces:
        if isinstance(piece, str):
            _lex(piece, language, tokens, calls, comma_parts)
        else:
            tokens.append(Token("field", "", operand=piece))
    return tokens


def _lex(text: str, language: Language, tokens: list[Token], calls: list[str], comma_parts: bool) -> None:
    """Append the tokens of ``text``; ``calls`` holds the open parentheses, each with its function's name or ""."""
    position = 0
    while position < len(text):
        if match := _SPACE.match(text, position):
            position = match.end()
        elif match := _number(text, position, language, calls, comma_parts):
            number = parse_number(match[0], language)
            tokens.append(Token("number", match[0], number if number is not None else Decimal(match[0])))
            position = match.end()
        elif match := _NAME.match(text, position):
            tokens.append(Token("name", match[0]))
            position = match.end()
        elif match := _OPERATOR.match(text, position):
            if match[0] == "(":
                calls.append(tokens[-1].text.upper() if tokens and tokens[-1].kind == "name" else "")
            elif match[0] == ")" and calls:
                calls.pop()
            tokens.append(Token("operator", match[0]))
            position = match.end()
        elif unicodedata.category(text[position]) == "Sc" or text[position] in "\"'":
            position += 1
        else:
            raise FormulaError("!Syntax Error")


def _number(text: str, position: int, language: Language, calls: list[str], comma_parts: bool) -> re.Match[str] | None:
    called = calls[-1] if calls else ""
    grouped = _GROUPED.get(language.group)
    if grouped is not None and not (called and language.group == ",") and (match := grouped.match(text, position)):
        return match
    if language.decimal != ",":
        return _POINT.match(text, position)
    # « ROUND(2,5) » typed on an English machine: a function of two arguments and no « ; » to part them
    return (_WHOLE if comma_parts and called in TWO_OR_MORE else _COMMA).match(text, position)
