"""Fields compiled to nodes: each code takes its arguments and switches, and asks for the names it needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pix_mailmerge.model.names import ADDRESS_FIELDS
from pix_mailmerge.model.word_fields.codes import Argument, Code, parse_code
from pix_mailmerge.model.word_fields.date_pictures import date_picture
from pix_mailmerge.model.word_fields.formats import KEPT_RUN, Formats, text_format
from pix_mailmerge.model.word_fields.formulas import Operand, parse_formula
from pix_mailmerge.model.word_fields.functions import FormulaError
from pix_mailmerge.model.word_fields.greeting import Greeting
from pix_mailmerge.model.word_fields.language import Language, language
from pix_mailmerge.model.word_fields.nodes import (
    Compare,
    Comparison,
    Compute,
    Content,
    Counter,
    If,
    Item,
    Kept,
    MergeField,
    Next,
    Node,
    Quote,
    Reference,
    SetBookmark,
    SkipIf,
    Style,
    Template,
)
from pix_mailmerge.model.word_fields.number_pictures import number_picture
from pix_mailmerge.model.word_fields.problems import (
    bad_formula,
    bare_switch,
    nameless,
    no_operator,
    unclosed,
    unknown_format,
    unsupported,
)
from pix_mailmerge.model.word_fields.runs import RunWriter, Segment, look_of, xml_of
from pix_mailmerge.model.word_fields.state import Asked, MergeState
from pix_mailmerge.model.word_fields.tree import (
    Block,
    Element,
    Field,
    Inline,
    Mark,
    Piece,
    Text,
    attribute,
    local,
    plain,
)
from pix_mailmerge.problems import Place, Problem

MERGED = frozenset(
    {"MERGEFIELD", "IF", "NEXT", "NEXTIF", "SKIPIF", "MERGEREC", "MERGESEQ", "COMPARE", "=", "SET", "REF", "QUOTE"}
    | {"GREETINGLINE"}
)
"""Codes that are replaced by what they show."""

UNSUPPORTED = frozenset(
    {"ADDRESSBLOCK", "ASK", "BARCODE", "DATABASE", "DISPLAYBARCODE", "FILLIN", "INCLUDEPICTURE", "INCLUDETEXT"}
    | {"MERGEBARCODE"}
)
"""Codes that would need a person, a file or a machine: kept as they are, and told."""


@dataclass(slots=True)
class FieldUse:
    """A name that MERGEFIELD asks for. position: among all names asked for. places: where."""

    position: int
    places: dict[Place, None] = field(default_factory=dict)


@dataclass(slots=True)
class Findings:
    """What the parts of a model share, filled while their fields are compiled.

    language: asked for by the caller, None = that of the text. own_language: of the model, with its settings'
    decimal sign. mapped: Word's name of an address field -> column. bookmarks: names that SET fills, in small letters.
    asked: the names of columns needed. fields: MERGEFIELD names as typed. frames: names of the images that replace a
    picture. codes: every code, in capitals. is_merged: one of them belongs to a merge, or is computed.
    """

    file: str
    own_language: Language
    language: Language | None = None
    mapped: Mapping[str, str] = field(default_factory=dict)
    bookmarks: frozenset[str] = frozenset()
    asked: list[Asked] = field(default_factory=list)
    fields: dict[str, FieldUse] = field(default_factory=dict)
    frames: dict[str, FieldUse] = field(default_factory=dict)
    codes: dict[str, None] = field(default_factory=dict)
    is_merged: bool = False
    unsupported: dict[str, None] = field(default_factory=dict)
    problems: dict[Problem, None] = field(default_factory=dict)
    _positions: dict[Asked, int] = field(default_factory=dict)

    def ask(self, asked: Asked) -> int:
        """Return the position of a name among those asked for."""
        if asked not in self._positions:
            self._positions[asked] = len(self.asked)
            self.asked.append(asked)
        return self._positions[asked]

    def ask_mapped(self, name: str, *, required: bool = False) -> int:
        """Return the position of an address field, under whichever column stands for it."""
        column = (self.mapped[name],) if name in self.mapped else ()
        return self.ask(Asked((*column, name, *ADDRESS_FIELDS.get(name, ())), required))


@dataclass(slots=True)
class FieldCompiler:
    """Compiles the fields of one part.

    place: where a field stands, for a user. templates: makes a Template of an element that stands inside a result.
    kept: the same of a field left to Word inside a result.
    """

    findings: Findings
    writer: RunWriter
    known: dict[str | None, str]
    place: Callable[[Field], Place]
    template: Callable[[Element], Template | str]
    kept: Callable[[Field], Template | None]

    def compile(self, compiled: Field) -> Node:
        """Return the node of a field inside another one, a Kept one where it is left to Word."""
        node = self.find_node(compiled)
        return self._kept_node(compiled) if node is None else node

    def find_node(self, compiled: Field) -> Node | None:
        """Return the node of a field, None where it is left to Word; its problems go to the findings."""
        code = parse_code(compiled.code)
        self._note(code, compiled)
        return self._node(code, compiled)

    def _note(self, code: Code, compiled: Field) -> None:
        if code.keyword:
            self.findings.codes.setdefault(code.keyword)
        self.findings.is_merged |= code.keyword in MERGED - _GENERAL
        if code.keyword in UNSUPPORTED:
            self.findings.unsupported.setdefault(code.keyword)
            self._tell(unsupported(code.keyword, self.place(compiled)))
        if code.keyword in MERGED and any(
            argument is not None and not argument.is_closed
            for argument in (*code.arguments, *code.left, *(switch.argument for switch in code.switches))
        ):
            self._tell(unclosed(compiled, self.place(compiled)))

    def _node(self, code: Code, compiled: Field) -> Node | None:
        if code.keyword == "=":
            return self._formula(code, compiled)
        make = _MAKERS.get(code.keyword)
        if make is not None:
            return make(self, code, compiled)
        name = code.keyword.casefold()
        if name in self.findings.bookmarks and not code.arguments:
            return Reference(name, self._style(code, compiled))
        return None

    def _kept_node(self, compiled: Field) -> Node:
        return Kept(self.kept(compiled), plain(compiled.result).strip("\n"), self._look(compiled))

    # One method for each code. None: left to Word.

    def _merge_field(self, code: Code, compiled: Field) -> Node | None:
        if not code.arguments:
            self._tell(nameless(compiled, self.place(compiled)))
            return None
        name = code.arguments[0].literal
        formats = self._formats(code, compiled)
        before, after = self._beside(code, compiled, "b"), self._beside(code, compiled, "f")
        look = self._look_for(code, compiled)
        if name is None:
            computed = self._content(code.arguments[0].parts)
            return MergeField(0, formats, look, before, after, computed)
        name = " ".join(name.split()) if code.arguments[0].quoted else name
        if not name:
            self._tell(nameless(compiled, self.place(compiled)))
            return None
        position = self.findings.ask_mapped(name, required=True) if code.has("m") else self.findings.ask(Asked((name,)))
        self.findings.fields.setdefault(name, FieldUse(position)).places.setdefault(self.place(compiled))
        return MergeField(position, formats, look, before, after)

    def _beside(self, code: Code, compiled: Field, letter: str) -> Content:
        """Return the text of ``\\b`` or ``\\f``; where one of the two has no text, both are ignored, and it is told."""
        bare = [one for one in "bf" if code.has(one) and code.switch(one) is None]
        for one in bare:
            self._tell(bare_switch(one, compiled, self.place(compiled)))
        argument = code.switch(letter)
        if argument is None or bare:
            return Content(())
        content = self._content(argument.parts)
        look = self._look_for(code, compiled)
        if content.constant is None:
            return content
        return Content([one._replace(look=look) if one.kind == "text" else one for one in content.constant])

    def _if(self, code: Code, compiled: Field) -> Node | None:
        comparison = self._comparison(code, compiled)
        if comparison is None:
            return None
        branches = [self._content(argument.parts) for argument in code.arguments[1:3]]
        yes, no = [*branches, Content(()), Content(())][:2]
        return If(comparison, yes, no, self._style(code, compiled))

    def _compare(self, code: Code, compiled: Field) -> Node | None:
        comparison = self._comparison(code, compiled)
        if comparison is None:
            return None
        return Compare(comparison, self._style(code, compiled), self._look_for(code, compiled))

    def _next(self, code: Code, compiled: Field) -> Node | None:
        return Next()

    def _next_if(self, code: Code, compiled: Field) -> Node | None:
        comparison = self._comparison(code, compiled)
        return None if comparison is None else Next(comparison)

    def _skip_if(self, code: Code, compiled: Field) -> Node | None:
        comparison = self._comparison(code, compiled)
        return None if comparison is None else SkipIf(comparison)

    def _record_number(self, code: Code, compiled: Field) -> Node | None:
        return Counter(lambda state: state.record, self._style(code, compiled), self._look_for(code, compiled))

    def _sequence_number(self, code: Code, compiled: Field) -> Node | None:
        return Counter(lambda state: state.sequence, self._style(code, compiled), self._look_for(code, compiled))

    def _set(self, code: Code, compiled: Field) -> Node | None:
        name = code.arguments[0].literal if code.arguments else None
        if not name:
            self._tell(nameless(compiled, self.place(compiled)))
            return None
        content = self._joined(code.arguments[1:])
        return None if any(node.is_live for node in content.nodes) else SetBookmark(name, content)

    def _ref(self, code: Code, compiled: Field) -> Node | None:
        name = code.arguments[0].literal if code.arguments else None
        if name is None or name.casefold() not in self.findings.bookmarks:
            return None
        return Reference(name, self._style(code, compiled))

    def _quote(self, code: Code, compiled: Field) -> Node | None:
        return Quote(self._joined(code.arguments), self._style(code, compiled))

    def _greeting(self, code: Code, compiled: Field) -> Node | None:
        pattern, otherwise = code.switch("f"), code.switch("e")
        return Greeting(
            (pattern.literal or "") if pattern else "",
            (otherwise.literal or "") if otherwise else "",
            self.findings.ask_mapped,
            self._language(code),
            self._look_for(code, compiled),
        )

    def _formula(self, code: Code, compiled: Field) -> Node | None:
        spoken = self._language(code)
        pieces: list[str | Operand] = []
        for piece in code.formula:
            if isinstance(piece, Field):
                node = self.compile(piece)
                if node.is_live:
                    return None
                pieces.append(_operand(node))
            else:
                pieces.append(getattr(piece, "text", " "))
        typed = "".join(piece for piece in pieces if isinstance(piece, str))
        if _CELLS.search(typed):
            self.findings.unsupported.setdefault("=")
            self._tell(unsupported("=", self.place(compiled)))
            return None
        try:
            formula = parse_formula(pieces, spoken)
        except FormulaError as cause:
            self._tell(bad_formula(compiled, str(cause), self.place(compiled)))
            return None
        if any(name.casefold() not in self.findings.bookmarks for name in formula.names):
            return None  # a bookmark of the document: Word knows its text
        return Compute(formula, self._formats(code, compiled), self._look_for(code, compiled), self.place(compiled),
                       compiled.code_text)  # fmt: skip

    # Arguments

    def _comparison(self, code: Code, compiled: Field) -> Comparison | None:
        """Return the comparison of a code; None where it is wrong (told) or where Word alone can decide it."""
        if not code.operator:
            self._tell(no_operator(code.keyword, compiled, self.place(compiled)))
            return None
        left = self._operand(code.left)
        second = code.arguments[:1]
        pattern = _pattern(second[0], self) if second and code.operator in ("=", "<>") else None
        right = Content(()) if pattern else self._operand(second)
        if any(node.is_live for operand in (left, right) for node in getattr(operand, "nodes", ())):
            return None
        return Comparison(left, code.operator, right, self._language(code), pattern)

    def _operand(self, arguments: Sequence[Argument]) -> Node:
        """Return one side of a comparison; a bookmark's name out of quotes stands for its text."""
        if len(arguments) == 1 and not arguments[0].quoted:
            name = (arguments[0].literal or "").casefold()
            if name in self.findings.bookmarks:
                return Reference(name, Style(Formats(self.findings.own_language)))
        return self._joined(arguments)

    def _joined(self, arguments: Iterable[Argument]) -> Content:
        items: list[Item] = []
        for number, argument in enumerate(arguments):
            if number and not argument.quoted:
                items.append(Segment("text", "", " "))
            items += self._items(argument.parts)
        return Content(items)

    def _content(self, pieces: Iterable[Piece]) -> Content:
        return Content(self._items(pieces))

    def _items(self, pieces: Iterable[Piece]) -> list[Item]:
        items: list[Item] = []
        for piece in pieces:
            if isinstance(piece, Text):
                items.append(Segment("text", look_of(piece.run, self.known), piece.text))
            elif isinstance(piece, Inline):
                items.append(self._child(piece))
            elif isinstance(piece, Mark):
                items.append(Segment("mark", "", self.paragraph_look(piece.paragraph)))
            elif isinstance(piece, Block):
                items.append(_of("block", "", self.template(piece.element)))
            else:
                items.append(self.compile(piece))
        return items

    def _child(self, piece: Inline) -> Item:
        look = look_of(piece.run, self.known)
        if piece.text in ("\t", "\n"):
            return Segment("text", look, piece.text)
        return _of("child", look, self.template(piece.element))

    def paragraph_look(self, paragraph: Element) -> str:
        """Return the ``w:pPr`` of a paragraph as XML, "" where it has none."""
        for child in paragraph:
            if local(child) == "pPr":
                return xml_of(child, self.known)
        return ""

    # Switches

    def _style(self, code: Code, compiled: Field) -> Style:
        chosen = {name.upper() for name in code.formats} & KEPT_RUN
        return Style(self._formats(code, compiled), self._look_for(code, compiled) if chosen else None)

    def _formats(self, code: Code, compiled: Field) -> Formats:
        spoken = self._language(code)
        number, moment = code.switch("#"), code.switch("@")
        texts = []
        for name in code.formats:
            if name.upper() in KEPT_RUN:
                continue
            change = text_format(name, spoken)
            if change is None:
                self._tell(unknown_format(name, compiled, self.place(compiled)))
            else:
                texts.append(change)
        return Formats(
            spoken,
            number_picture(number.literal or "", spoken) if number else None,
            date_picture(moment.literal or "", spoken) if moment else None,
            tuple(texts),
        )

    def _look_for(self, code: Code, compiled: Field) -> str:
        """Return the look of a result: with CHARFORMAT that of the keyword, else that of the last result."""
        if any(name.upper() == "CHARFORMAT" for name in code.formats):
            return look_of(code.keyword_run, self.known)
        return self._look(compiled, code.keyword_run)

    def _look(self, compiled: Field, keyword_run: Element | None = None) -> str:
        for piece in _texts(compiled.result):
            return look_of(piece.run, self.known)
        if keyword_run is None:
            keyword_run = next((piece.run for piece in compiled.code if isinstance(piece, Text)), None)
        return look_of(keyword_run, self.known)

    def _language(self, code: Code) -> Language:
        """Return the language asked for, else that of the code's text, else the model's."""
        if self.findings.language is not None:
            return self.findings.language
        return _run_language(code.keyword_run, self.findings.own_language)

    def _tell(self, problem: Problem) -> None:
        self.findings.problems.setdefault(problem)


_GENERAL = frozenset({"=", "IF", "REF", "QUOTE"})
"""Codes that documents without a merge have too."""
_CELLS = re.compile(r"\b(?:ABOVE|BELOW|LEFT|RIGHT|[A-Z]{1,2}\d+(?::[A-Z]{1,2}\d+)?)\b|[\[\]:]", re.IGNORECASE)
"""Cells of a table in a formula."""

Maker = Callable[[FieldCompiler, Code, Field], Node | None]
_MAKERS: dict[str, Maker] = {
    "MERGEFIELD": FieldCompiler._merge_field,
    "IF": FieldCompiler._if,
    "COMPARE": FieldCompiler._compare,
    "NEXT": FieldCompiler._next,
    "NEXTIF": FieldCompiler._next_if,
    "SKIPIF": FieldCompiler._skip_if,
    "MERGEREC": FieldCompiler._record_number,
    "MERGESEQ": FieldCompiler._sequence_number,
    "SET": FieldCompiler._set,
    "REF": FieldCompiler._ref,
    "QUOTE": FieldCompiler._quote,
    "GREETINGLINE": FieldCompiler._greeting,
}


def _operand(node: Node) -> Operand:
    return lambda state: node.text(state)  # type: ignore[arg-type]


def _of(kind: str, look: str, made: Template | str) -> Item:
    return Segment(kind, look, made) if isinstance(made, str) else (kind, look, made)  # type: ignore[arg-type]


def _pattern(argument: Argument, compiler: FieldCompiler) -> Callable[[MergeState], re.Pattern[str]] | None:
    """Return the expression of a second operand whose own text has wildcards; those of the data are characters."""
    if not any(isinstance(part, Text) and ("*" in part.text or "?" in part.text) for part in argument.parts):
        return None
    pieces: list[str | Node] = []
    for part in argument.parts:
        if isinstance(part, Text):
            pieces.append(re.escape(part.text).replace(r"\*", ".*").replace(r"\?", "."))
        elif isinstance(part, Field):
            pieces.append(compiler.compile(part))
        else:
            pieces.append(re.escape(getattr(part, "text", "\n")))
    constant = [piece for piece in pieces if isinstance(piece, str)]
    if len(constant) == len(pieces):
        expression = re.compile("".join(constant), re.DOTALL)
        return lambda state: expression
    return lambda state: re.compile(
        "".join(piece if isinstance(piece, str) else re.escape(piece.text(state)) for piece in pieces), re.DOTALL
    )


def _texts(pieces: Iterable[Piece]) -> Iterable[Text]:
    for piece in pieces:
        if isinstance(piece, Text) and piece.text.strip():
            yield piece
        elif isinstance(piece, Field):
            yield from _texts(piece.result)


def _run_language(run: Element | None, otherwise: Language) -> Language:
    for child in () if run is None else run:
        if local(child) == "rPr":
            for mark in child:
                code = attribute(mark, "val") if local(mark) == "lang" else None
                if code:
                    return language(code)
    return otherwise
