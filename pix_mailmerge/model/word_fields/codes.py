"""The code of a field taken apart: keyword, arguments, switches.

Arguments are parted by white space, or stand in quotes (straight or curly); ``\\"`` and ``\\\\`` are a quote and a
backslash; a quote that is never closed holds the rest. A nested field is one argument, or part of one. Source: ECMA-376
part 1, 17.16.1 and 17.16.4.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pix_mailmerge.model.word_fields.formats import KEPT_RUN
from pix_mailmerge.model.word_fields.tree import Block, Element, Field, Inline, Mark, Piece, Text

COMPARING = frozenset({"IF", "COMPARE", "NEXTIF", "SKIPIF"})
_OPERATORS = {"=": "=", "<>": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "=<": "<=", "=>": ">=", "><": "<>"}
_CLOSING = {'"': '"', "“": '”"', "„": '“”"', "”": '”"'}
_PICTURES = frozenset("*#@")
_WITH_ARGUMENT = {"MERGEFIELD": frozenset("bf"), "GREETINGLINE": frozenset("efl"), "REF": frozenset("d")}
"""Switches of a code that take an argument; ``\\*``, ``\\#`` and ``\\@`` always do."""


@dataclass(slots=True, eq=False)
class Argument:
    """One argument: its pieces, and whether it stood in quotes."""

    parts: list[Piece] = field(default_factory=list)
    quoted: bool = False
    is_closed: bool = True

    @property
    def literal(self) -> str | None:
        """Return the text of an argument made of text alone; None when a field or a drawing is part of it."""
        if all(isinstance(part, (Text, Mark)) or (isinstance(part, Inline) and part.text) for part in self.parts):
            return "".join(getattr(part, "text", "\n") for part in self.parts)
        return None


@dataclass(frozen=True, slots=True)
class Switch:
    """A switch (its letter in lower case) and its argument, None where it takes or has none."""

    letter: str
    argument: Argument | None


@dataclass(slots=True, eq=False)
class Code:
    """A code taken apart. keyword: in capitals, "" for an empty field, "=" for a formula. operator: of a comparison,
    "" where it has none; ``left`` is what stands before it. formula: the pieces of a formula. keyword_run: the run of
    the keyword's first letter.
    """

    keyword: str = ""
    arguments: list[Argument] = field(default_factory=list)
    switches: list[Switch] = field(default_factory=list)
    operator: str = ""
    left: list[Argument] = field(default_factory=list)
    formula: list[Piece] = field(default_factory=list)
    keyword_run: Element | None = None

    def switch(self, letter: str) -> Argument | None:
        """Return the argument of the last switch ``letter`` that has one."""
        return next((switch.argument for switch in self.switches[::-1] if switch.letter == letter), None)

    def has(self, letter: str) -> bool:
        return any(switch.letter == letter for switch in self.switches)

    @property
    def formats(self) -> list[str]:
        """Return the names after ``\\*``, in their order."""
        return [
            name
            for switch in self.switches
            if switch.letter == "*" and switch.argument
            for name in (switch.argument.literal or "").split()
        ]


def parse_code(pieces: Sequence[Piece]) -> Code:
    """Return the code that the pieces before a field's separator make up."""
    code = Code(keyword_run=_first_run(pieces))
    start = _formula_start(pieces)
    if start is not None:
        code.keyword = "="
        code.formula, rest = _formula(start)
        _arrange(code, _Lexer(rest, "=").tokens())
        return code
    tokens = _Lexer(pieces, "").tokens()
    if tokens and isinstance(tokens[0], Argument):
        code.keyword = (tokens[0].literal or "").strip().upper()
    if code.keyword in COMPARING or code.keyword in _WITH_ARGUMENT:
        tokens = _Lexer(pieces, code.keyword).tokens()
    _arrange(code, tokens[1:])
    return code


@dataclass(slots=True)
class _SwitchMark:
    letter: str


@dataclass(slots=True)
class _Operator:
    text: str


_Token = Argument | _SwitchMark | _Operator


def _arrange(code: Code, tokens: Iterable[_Token]) -> None:
    """Give each switch its argument, each argument its place before or after the operator."""
    wanting = ""
    after_format = False
    takes = _WITH_ARGUMENT.get(code.keyword, frozenset()) | _PICTURES
    for token in tokens:
        if isinstance(token, _SwitchMark):
            if wanting:
                code.switches.append(Switch(wanting, None))
            wanting, after_format = (token.letter, False) if token.letter in takes else ("", False)
            if not wanting:
                code.switches.append(Switch(token.letter, None))
        elif isinstance(token, _Operator):
            code.operator, code.left, code.arguments = token.text, code.arguments, []
        elif wanting:
            code.switches.append(Switch(wanting, token))
            after_format, wanting = wanting == "*", ""
        elif after_format and (token.literal or "").upper() in KEPT_RUN:  # « \* FirstCap MERGEFORMAT »
            code.switches.append(Switch("*", token))
        else:
            code.arguments.append(token)
            after_format = False
    if wanting:
        code.switches.append(Switch(wanting, None))


class _Lexer:
    """Cuts pieces into arguments, switches and, in a comparison, its operator."""

    def __init__(self, pieces: Iterable[Piece], keyword: str) -> None:
        self._pieces = pieces
        self._keyword = keyword
        self._compares = keyword in COMPARING
        self._tokens: list[_Token] = []
        self._argument: Argument | None = None
        self._text = ""
        self._run: Element | None = None
        self._closing = ""
        self._backslash = False

    def tokens(self) -> list[_Token]:
        for piece in self._pieces:
            if isinstance(piece, Text):
                for char in piece.text:
                    self._char(char, piece.run)
            else:
                self._other(piece)
        if self._backslash:
            self._keep("\\", self._run)
        if self._closing and self._argument is not None:
            self._argument.is_closed = False
        self._end()
        return self._tokens

    def _char(self, char: str, run: Element | None) -> None:
        if self._backslash:
            self._backslash = False
            self._escaped(char, run)
        elif char == "\\":
            self._backslash = True
            self._at(run)
        elif self._closing:
            if char in self._closing:
                self._end()
            else:
                self._keep(char, run)
        elif char in _CLOSING:
            self._end()
            self._argument, self._closing = Argument(quoted=True), _CLOSING[char]
        elif char.isspace() and char != "\N{NO-BREAK SPACE}":
            self._end()
        elif char in "<>=" and self._may_compare:
            self._compare(char)
        else:
            self._keep(char, run)

    def _escaped(self, char: str, run: Element | None) -> None:
        """Take what follows a backslash: an escaped character, or the letter of a switch."""
        if char in '\\"' or char in _CLOSING:
            self._keep(char, run)
        elif self._closing or (self._argument is not None and char not in _PICTURES):
            self._keep("\\", run)
            self._keep(char, run)
        else:
            self._end()
            self._tokens.append(_SwitchMark(char.lower()))

    @property
    def _may_compare(self) -> bool:
        """True where ``< > =`` is the operator, or its second character, and not part of an argument."""
        if any(isinstance(token, _Operator) for token in self._tokens):
            return isinstance(self._tokens[-1], _Operator) and self._argument is None
        return self._compares and bool(self._tokens or self._argument)

    def _compare(self, char: str) -> None:
        last = self._tokens[-1] if self._tokens else None
        if not isinstance(last, _Operator) or self._argument is not None:
            self._end()
            self._tokens.append(_Operator(char))
        elif last.text + char in _OPERATORS:
            last.text = _OPERATORS[last.text + char]
        else:
            self._keep(char, self._run)

    def _other(self, piece: Piece) -> None:
        if self._backslash:
            self._backslash = False
            self._keep("\\", self._run)
        if self._closing:
            self._part(piece)
        elif isinstance(piece, Mark) or (isinstance(piece, Inline) and piece.text.isspace()):
            self._end()
        else:
            if not self._tokens and isinstance(piece, Field):  # « IF{ MERGEFIELD … }»
                self._end()
            self._part(piece)

    def _part(self, piece: Piece) -> None:
        self._flush()
        if self._argument is None:
            self._argument = Argument()
        self._argument.parts.append(piece)

    def _at(self, run: Element | None) -> None:
        if run is not self._run:
            self._flush()
            self._run = run

    def _keep(self, char: str, run: Element | None) -> None:
        self._at(run)
        if self._argument is None:
            self._argument = Argument()
        self._text += char

    def _flush(self) -> None:
        if self._text and self._argument is not None:
            self._argument.parts.append(Text(self._text, self._run))
        self._text = ""

    def _end(self) -> None:
        """Close the current argument, an empty one too if it stood in quotes."""
        self._flush()
        if self._argument is not None:
            self._tokens.append(self._argument)
        self._argument, self._closing = None, ""


def _first_run(pieces: Iterable[Piece]) -> Element | None:
    """Return the run of the first visible character."""
    for piece in pieces:
        if isinstance(piece, Text) and piece.text.strip():
            return piece.run
    return None


def _formula_start(pieces: Sequence[Piece]) -> list[Piece] | None:
    """Return the pieces after the ``=`` of a formula; None where the code is another."""
    for position, piece in enumerate(pieces):
        if not isinstance(piece, Text):
            return None
        if text := piece.text.lstrip():
            return [Text(text[1:], piece.run), *pieces[position + 1 :]] if text[0] == "=" else None
    return None


def _formula(pieces: Iterable[Piece]) -> tuple[list[Piece], list[Piece]]:
    """Return a formula and what follows it, from its first switch on."""
    formula: list[Piece] = []
    rest: list[Piece] = []
    for piece in pieces:
        if rest:
            rest.append(piece)
        elif isinstance(piece, Text) and "\\" in piece.text:
            cut = piece.text.index("\\")
            formula.append(Text(piece.text[:cut], piece.run))
            rest.append(Text(piece.text[cut:], piece.run))
        elif isinstance(piece, (Text, Field)):
            formula.append(piece)
        elif isinstance(piece, Block):
            continue
        else:
            formula.append(Text(" ", None))
    return formula, rest
