"""Fields compiled to nodes: each code takes its arguments and switches, and asks for the names it needs."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable

from pix_mailmerge.model.word_fields.arguments import ArgumentCompiler
from pix_mailmerge.model.word_fields.codes import Code, parse_code
from pix_mailmerge.model.word_fields.findings import FieldUse
from pix_mailmerge.model.word_fields.formula_tokens import Operand
from pix_mailmerge.model.word_fields.formulas import parse_formula
from pix_mailmerge.model.word_fields.functions import FormulaError
from pix_mailmerge.model.word_fields.greeting import Greeting
from pix_mailmerge.model.word_fields.nodes import Content, Kept, Node, Reference
from pix_mailmerge.model.word_fields.problems import (
    bad_formula,
    bare_switch,
    misspelt,
    nameless,
    unclosed,
    unsupported,
)
from pix_mailmerge.model.word_fields.results import (
    Compare,
    Compute,
    Counter,
    If,
    MergeField,
    Next,
    Quote,
    SetBookmark,
    SkipIf,
)
from pix_mailmerge.model.word_fields.state import Asked
from pix_mailmerge.model.word_fields.tree import (
    Field,
    plain,
)

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


class FieldCompiler(ArgumentCompiler):
    """Compiles the fields of one part: one method for each code, which returns None where it is left to Word."""

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
            self.tell(unsupported(code.keyword, self.place(compiled)))
        elif is_misspelt(code.keyword):
            self.tell(misspelt(code.keyword, "MERGEFIELD", self.place(compiled)))
        if code.keyword in MERGED and any(
            argument is not None and not argument.is_closed
            for argument in (*code.arguments, *code.left, *(switch.argument for switch in code.switches))
        ):
            self.tell(unclosed(compiled, self.place(compiled)))

    def _node(self, code: Code, compiled: Field) -> Node | None:
        if code.keyword == "=":
            return self._formula(code, compiled)
        make = _MAKERS.get(code.keyword)
        if make is not None:
            return make(self, code, compiled)
        name = code.keyword.casefold()
        if name in self.findings.bookmarks and not code.arguments:
            return Reference(name, self.style(code, compiled))
        return None

    def _kept_node(self, compiled: Field) -> Node:
        return Kept(self.kept(compiled), plain(compiled.result).strip("\n"), self.look(compiled))

    def _merge_field(self, code: Code, compiled: Field) -> Node | None:
        if not code.arguments:
            self.tell(nameless(compiled, self.place(compiled)))
            return None
        name = code.arguments[0].literal
        formats = self.formats(code, compiled)
        before, after = self._beside(code, compiled, "b"), self._beside(code, compiled, "f")
        look = self.look_for(code, compiled)
        if name is None:
            computed = self.content(code.arguments[0].parts)
            return MergeField(0, formats, look, before, after, computed)
        name = " ".join(name.split()) if code.arguments[0].quoted else name
        if not name:
            self.tell(nameless(compiled, self.place(compiled)))
            return None
        position = self.findings.ask_mapped(name, required=True) if code.has("m") else self.findings.ask(Asked((name,)))
        self.findings.fields.setdefault(name, FieldUse(position)).places.setdefault(self.place(compiled))
        return MergeField(position, formats, look, before, after)

    def _beside(self, code: Code, compiled: Field, letter: str) -> Content:
        """Return the text of ``\\b`` or ``\\f``; where one of the two has no text, both are ignored, and it is told."""
        bare = [one for one in "bf" if code.has(one) and code.switch(one) is None]
        for one in bare:
            self.tell(bare_switch(one, compiled, self.place(compiled)))
        argument = code.switch(letter)
        if argument is None or bare:
            return Content(())
        content = self.content(argument.parts)
        look = self.look_for(code, compiled)
        if content.constant is None:
            return content
        return Content([one._replace(look=look) if one.kind == "text" else one for one in content.constant])

    def _if(self, code: Code, compiled: Field) -> Node | None:
        comparison = self.comparison(code, compiled)
        if comparison is None:
            return None
        branches = [self.content(argument.parts) for argument in code.arguments[1:3]]
        yes, no = [*branches, Content(()), Content(())][:2]
        return If(comparison, yes, no, self.style(code, compiled))

    def _compare(self, code: Code, compiled: Field) -> Node | None:
        comparison = self.comparison(code, compiled)
        if comparison is None:
            return None
        return Compare(comparison, self.style(code, compiled), self.look_for(code, compiled))

    def _next(self, code: Code, compiled: Field) -> Node | None:
        return Next()

    def _next_if(self, code: Code, compiled: Field) -> Node | None:
        comparison = self.comparison(code, compiled)
        return None if comparison is None else Next(comparison)

    def _skip_if(self, code: Code, compiled: Field) -> Node | None:
        comparison = self.comparison(code, compiled)
        return None if comparison is None else SkipIf(comparison)

    def _record_number(self, code: Code, compiled: Field) -> Node | None:
        return Counter(lambda state: state.record, self.style(code, compiled), self.look_for(code, compiled))

    def _sequence_number(self, code: Code, compiled: Field) -> Node | None:
        return Counter(lambda state: state.sequence, self.style(code, compiled), self.look_for(code, compiled))

    def _set(self, code: Code, compiled: Field) -> Node | None:
        name = code.arguments[0].literal if code.arguments else None
        if not name:
            self.tell(nameless(compiled, self.place(compiled)))
            return None
        content = self.joined(code.arguments[1:])
        return None if any(node.is_live for node in content.nodes) else SetBookmark(name, content, self.place(compiled))

    def _ref(self, code: Code, compiled: Field) -> Node | None:
        name = code.arguments[0].literal if code.arguments else None
        if name is None or name.casefold() not in self.findings.bookmarks:
            return None
        return Reference(name, self.style(code, compiled))

    def _quote(self, code: Code, compiled: Field) -> Node | None:
        return Quote(self.joined(code.arguments), self.style(code, compiled))

    def _greeting(self, code: Code, compiled: Field) -> Node | None:
        pattern, otherwise = code.switch("f"), code.switch("e")
        return Greeting(
            (pattern.literal or "") if pattern else "",
            (otherwise.literal or "") if otherwise else "",
            self.findings.ask_mapped,
            self.language(code),
            self.look_for(code, compiled),
        )

    def _formula(self, code: Code, compiled: Field) -> Node | None:
        spoken = self.language(code)
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
            self.tell(unsupported("=", self.place(compiled)))
            return None
        try:
            formula = parse_formula(pieces, spoken)
        except FormulaError as cause:
            self.tell(bad_formula(compiled, str(cause), self.place(compiled)))
            return None
        filled = self.findings.bookmarks
        if any(name.casefold() not in filled for name in formula.names) or any(
            name.casefold() in self.findings.own_bookmarks - filled for name in formula.tested
        ):
            return None  # a bookmark of the document: Word knows its text
        return Compute(formula, self.formats(code, compiled), self.look_for(code, compiled), self.place(compiled),
                       compiled.code_text)  # fmt: skip


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


def is_misspelt(keyword: str) -> bool:
    """Tell whether a code is MERGEFIELD with a typing error, or what French Word calls that field in its menus."""
    likeness = difflib.SequenceMatcher(None, keyword, "MERGEFIELD").ratio()
    return keyword not in MERGED | UNSUPPORTED and (likeness > 0.8 or keyword in {"CHAMPFUSION", "FUSION"})


def _operand(node: Node) -> Operand:
    return lambda state: node.text(state)  # type: ignore[arg-type]
