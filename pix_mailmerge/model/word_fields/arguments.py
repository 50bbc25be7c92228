"""The arguments and switches of a field's code, compiled."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from pix_mailmerge.model.word_fields.codes import Argument, Code
from pix_mailmerge.model.word_fields.date_pictures import date_picture
from pix_mailmerge.model.word_fields.findings import Findings
from pix_mailmerge.model.word_fields.formats import KEPT_RUN, Formats, text_format
from pix_mailmerge.model.word_fields.language import Language, language
from pix_mailmerge.model.word_fields.nodes import Content, Item, Node, Reference, Style, Template
from pix_mailmerge.model.word_fields.number_pictures import number_picture
from pix_mailmerge.model.word_fields.problems import no_operator, unknown_format
from pix_mailmerge.model.word_fields.results import Comparison
from pix_mailmerge.model.word_fields.runs import RunWriter, Segment, look_of, xml_of
from pix_mailmerge.model.word_fields.state import MergeState
from pix_mailmerge.model.word_fields.tree import Block, Element, Field, Inline, Mark, Piece, Text, attribute, local
from pix_mailmerge.problems import Place, Problem


@dataclass(slots=True)
class ArgumentCompiler(ABC):
    """Compiles the arguments and switches of the fields of one part.

    place: where a field stands, for a user. templates: makes a Template of an element that stands inside a result.
    kept: the same of a field left to Word inside a result.
    """

    findings: Findings
    writer: RunWriter
    known: dict[str | None, str]
    place: Callable[[Field], Place]
    template: Callable[[Element], Template | str]
    kept: Callable[[Field], Template | None]
    _last_look: tuple[Element | None, Element | None] = field(default=(None, None), init=False)
    """The paragraph whose ``w:pPr`` was asked for last, and what it is."""

    @abstractmethod
    def compile(self, compiled: Field) -> Node:
        """Return the node of a field inside another one, a Kept one where it is left to Word."""

    def comparison(self, code: Code, compiled: Field) -> Comparison | None:
        """Return the comparison of a code; None where it is wrong (told) or where Word alone can decide it."""
        if not code.operator:
            self.tell(no_operator(code.keyword, compiled, self.place(compiled)))
            return None
        left = self.operand(code.left)
        second = code.arguments[:1]
        pattern = _pattern(second[0], self) if second and code.operator in ("=", "<>") else None
        right = Content(()) if pattern else self.operand(second)
        if any(node.is_live for operand in (left, right) for node in getattr(operand, "nodes", ())):
            return None
        return Comparison(left, code.operator, right, self.language(code), pattern)

    def operand(self, arguments: Sequence[Argument]) -> Node:
        """Return one side of a comparison; a bookmark's name out of quotes stands for its text."""
        if len(arguments) == 1 and not arguments[0].quoted:
            name = (arguments[0].literal or "").casefold()
            if name in self.findings.bookmarks:
                return Reference(name, Style(Formats(self.findings.own_language)))
        return self.joined(arguments)

    def joined(self, arguments: Iterable[Argument]) -> Content:
        items: list[Item] = []
        for number, argument in enumerate(arguments):
            if number and not argument.quoted:
                items.append(Segment("text", "", " "))
            items += self.items(argument.parts)
        return Content(items)

    def content(self, pieces: Iterable[Piece]) -> Content:
        return Content(self.items(pieces))

    def items(self, pieces: Iterable[Piece]) -> list[Item]:
        items: list[Item] = []
        for piece in pieces:
            if isinstance(piece, Text):
                items.append(Segment("text", look_of(piece.run, self.known), piece.text))
            elif isinstance(piece, Inline):
                items.append(self.child(piece))
            elif isinstance(piece, Mark):
                items.append(Segment("mark", "", self.paragraph_look(piece.paragraph)))
            elif isinstance(piece, Block):
                items.append(_of("block", "", self.template(piece.element)))
            else:
                items.append(self.compile(piece))
        return items

    def child(self, piece: Inline) -> Item:
        look = look_of(piece.run, self.known)
        if piece.text in ("\t", "\n"):
            return Segment("text", look, piece.text)
        return _of("child", look, self.template(piece.element))

    def paragraph_look(self, paragraph: Element) -> str:
        """Return the ``w:pPr`` of a paragraph as XML, "" where it has none."""
        known, look = self._last_look
        if known is not paragraph or (look is not None and look.getparent() is not paragraph):
            look = paragraph.find("{*}pPr")  # it looks at each run, of which there may be thousands, for each field
            self._last_look = paragraph, look
        return "" if look is None else xml_of(look, self.known)

    # Switches

    def style(self, code: Code, compiled: Field) -> Style:
        chosen = {name.upper() for name in code.formats} & KEPT_RUN
        return Style(self.formats(code, compiled), self.look_for(code, compiled) if chosen else None)

    def formats(self, code: Code, compiled: Field) -> Formats:
        spoken = self.language(code)
        number, moment = code.switch("#"), code.switch("@")
        texts = []
        for name in code.formats:
            if name.upper() in KEPT_RUN:
                continue
            change = text_format(name, spoken)
            if change is None:
                self.tell(unknown_format(name, compiled, self.place(compiled)))
            else:
                texts.append(change)
        return Formats(
            spoken,
            number_picture(number.literal or "", spoken) if number else None,
            date_picture(moment.literal or "", spoken) if moment else None,
            tuple(texts),
        )

    def look_for(self, code: Code, compiled: Field) -> str:
        """Return the look of a result: with CHARFORMAT that of the keyword, else that of the last result."""
        if any(name.upper() == "CHARFORMAT" for name in code.formats):
            return look_of(code.keyword_run, self.known)
        return self.look(compiled, code.keyword_run)

    def look(self, compiled: Field, keyword_run: Element | None = None) -> str:
        for piece in _texts(compiled.result):
            return look_of(piece.run, self.known)
        if keyword_run is None:
            keyword_run = next((piece.run for piece in compiled.code if isinstance(piece, Text)), None)
        return look_of(keyword_run, self.known)

    def language(self, code: Code) -> Language:
        """Return the language asked for, else that of the code's text, else the model's."""
        if self.findings.language is not None:
            return self.findings.language
        return _run_language(code.keyword_run, self.findings.own_language)

    def tell(self, problem: Problem) -> None:
        self.findings.problems.setdefault(problem)


def _of(kind: str, look: str, made: Template | str) -> Item:
    return Segment(kind, look, made) if isinstance(made, str) else (kind, look, made)  # type: ignore[arg-type]


def _pattern(argument: Argument, compiler: ArgumentCompiler) -> Callable[[MergeState], re.Pattern[str]] | None:
    """Return the expression of a second operand whose own text has wildcards; those of the data are characters."""
    if not any(isinstance(part, Text) and ("*" in part.text or "?" in part.text) for part in argument.parts):
        return None
    pieces: list[str | Node] = []
    for part in argument.parts:
        if isinstance(part, Text):
            pieces.append(re.escape(part.text).replace(r"\*", _ANYTHING).replace(r"\?", "."))
        elif isinstance(part, Field):
            pieces.append(compiler.compile(part))
        else:
            pieces.append(re.escape(getattr(part, "text", "\n")))
    constant = [piece for piece in pieces if isinstance(piece, str)]
    if len(constant) == len(pieces):
        expression = _glob("".join(constant))
        return lambda state: expression
    return lambda state: _glob(
        "".join(
            piece if isinstance(piece, str) else re.escape(piece.text(state).replace(_ANYTHING, "")) for piece in pieces
        )
    )


_ANYTHING = "\0"


def _glob(expression: str) -> re.Pattern[str]:
    """Return an expression compiled, each run of characters that a ``*`` stands for taken once and for all: thirty
    stars take no longer than one."""
    first, *others = expression.split(_ANYTHING)
    if others:
        *middle, last = others
        first += "".join(f"(?>.*?{one})" for one in middle if one) + ".*" + last
    return re.compile(first, re.DOTALL)


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
