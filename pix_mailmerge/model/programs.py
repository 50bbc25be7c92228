"""Jinja sources compiled to programs that yield UTF-8 bytes.

Jinja has an extension point for what its compiled code yields, ``Environment.code_generator_class`` (as
jinja2.nativetypes uses it). Here the text of a model is a bytes constant, and a value goes through an escape that
remembers; inside macros and set blocks, whose results are values again, the code stays Jinja's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from itertools import count
from types import MappingProxyType
from typing import Any

from jinja2 import StrictUndefined, Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.meta import TrackingCodeGenerator
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import escape

from pix_mailmerge.model.filters import FILTERS
from pix_mailmerge.model.jinja_tags import InlineImage, numbered_drawings, plain_braces
from pix_mailmerge.model.markup import judge
from pix_mailmerge.model.media import drawn
from pix_mailmerge.model.printed import Day, DomainResult, Level, Score
from pix_mailmerge.model.proofs import NO_ROUND, Markup, told_empty_loops
from pix_mailmerge.model.remembered import Rounds, names_of_round

LONGEST_REMEMBERED = 200
MOST_REMEMBERED = 20_000

_PLAIN_VALUES = frozenset({Level, Score, Day, DomainResult, LoopContext})
"""What no attribute of can do harm, those with an underscore aside."""
_PLAIN_ATTRIBUTES = MappingProxyType(
    {
        name: frozenset(kind for kind in _PLAIN_VALUES if name in kind.__dict__ or name in kind.__annotations__)
        for name in (*Level.__annotations__, "niveau", *DomainResult.__annotations__)
        if not name.startswith("_")
    }
)
"""Attribute that models often ask for -> the plain values that always have it."""
_LOOPS = count(1)
"""Numbers of the loops whose rounds are remembered, of all programs."""
_DICT_ATTRIBUTES = frozenset(dir(dict))

_NOT_XML = re.compile("[^\t\n\r\a\f\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
r"""What XML 1.0 cannot hold, \a and \f aside: docxtpl makes a paragraph and a page break of them."""


class Escape(dict[str, bytes]):
    """Text -> its escaped UTF-8 bytes; short texts (names, levels, dates) are remembered, in bounded memory."""

    def __missing__(self, text: str) -> bytes:
        escaped = printable(escape(text)).encode()
        if len(text) <= LONGEST_REMEMBERED:
            if len(self) >= MOST_REMEMBERED:
                self.clear()
            self[text] = escaped
        return escaped


def printable(text: str) -> str:
    """Return ``text`` without the control characters that no document can hold; a lone surrogate becomes U+FFFD."""
    return _NOT_XML.sub(lambda found: "\ufffd" if "\ud800" <= found[0] <= "\udfff" else "", text)


class _Unfolding(CodeGenerator):
    """Works nothing out beforehand."""

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> str:
        """Take the text of the model as constant, and no expression: opening a model must not work out its bombs."""
        if not isinstance(node, nodes.TemplateData):
            raise nodes.Impossible
        return super()._output_child_to_const(node, frame, finalize)


class _BytesCodeGenerator(_Unfolding):
    """Yields bytes where Jinja's own generator yields strings; what is gathered in a buffer stays a string."""

    _yields = False
    _rounds: Mapping[int, tuple[int, tuple[str, ...]]] = MappingProxyType({})

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:  # noqa: N802 - a visitor's names
        outer, self._yields = self._yields, frame.buffer is None
        super().visit_Output(node, frame)
        self._yields = outer

    def _output_const_repr(self, group: Iterable[Any]) -> str:
        text = plain_braces("".join(map(str, group)))
        return repr(printable(text).encode() if self._yields else text)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if self._yields and self._escapes(frame):
            self.write("environment.encoded(")
            return
        if self._yields:
            self.write("environment.encoded_markup(")
        super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if not (self._yields and self._escapes(frame)):
            super()._output_child_post(node, frame, finalize)
        if self._yields:
            self.write(")")

    @staticmethod
    def _escapes(frame: Frame) -> bool:
        return bool(frame.eval_ctx.autoescape) and not frame.eval_ctx.volatile

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - a visitor's names
        """Write ``level.etat`` as it is for a value that is known to have it, by the sandbox's way for any other."""
        if node.attr not in _PLAIN_ATTRIBUTES or not isinstance(node.node, nodes.Name):
            super().visit_Getattr(node, frame)
            return
        self.write("(")
        self.visit(node.node, frame)
        self.write(f".{node.attr} if type(")
        self.visit(node.node, frame)
        self.write(f") in environment.plain[{node.attr!r}] else ")
        super().visit_Getattr(node, frame)
        self.write(")")

    def visit_For(self, node: nodes.For, frame: Frame) -> None:  # noqa: N802 - a visitor's names
        names = names_of_round(node) if frame.buffer is None and self._escapes(frame) else None
        if names is not None:
            self._rounds = {**self._rounds, id(node.body): (next(_LOOPS), names)}
        super().visit_For(node, frame)

    def blockvisit(self, nodes: Iterable[nodes.Node], frame: Frame) -> None:
        """Write the statements of a block; those of a round that is remembered, to run where it is not known yet."""
        if id(nodes) not in self._rounds:
            super().blockvisit(nodes, frame)
            return
        number, names = self._rounds[id(nodes)]
        values = [frame.symbols.ref(name) for name in names]
        self.writeline(f"key = environment.rounds.key({number}, ({', '.join(values)},))")
        self.writeline("printed = environment.rounds.get(key)")
        self.writeline("if printed is None:")
        self.indent()
        self.writeline("def printing():")
        self.indent()
        self.writeline("if 0: yield None")  # a generator, too, where the round prints nothing
        super().blockvisit(nodes, frame)
        self.outdent()
        self.writeline(f"printed = environment.rounds.keep(key, {values[0]}, printing())")
        self.outdent()
        self.writeline("yield printed")

    def start_write(self, frame: Frame, node: nodes.Node | None = None) -> None:
        super().start_write(frame, node)
        if frame.buffer is None:
            self.write("environment.encoded_markup(")

    def end_write(self, frame: Frame) -> None:
        if frame.buffer is None:
            self.write(")")
        super().end_write(frame)


def _joined(pieces: Iterable[str | bytes]) -> str:
    return "".join(piece.decode() if isinstance(piece, bytes) else piece for piece in pieces)


class BytesEnvironment(ImmutableSandboxedEnvironment):
    """A sandbox for the tags of a model: unknown names are errors, values are escaped, None prints nothing.

    markup: what the values that brought XML of their own (``__html__``) may have done since it was last set.
    next_drawing: the number of the next drawing that they bring, 0 = they are not numbered.
    """

    code_generator_class = _BytesCodeGenerator
    concat = staticmethod(_joined)

    plain = _PLAIN_ATTRIBUTES

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=True, finalize=_finalized, optimized=False)
        self._escape = Escape()
        self.markup = Markup.PLAIN
        self.next_drawing = 0
        self.rounds = Rounds()
        self.filters.update(FILTERS)
        self.globals[NO_ROUND] = _NoRound(self)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return an attribute or an item, as the sandbox does; plain values need none of its checks."""
        kind = type(obj)
        if kind is dict and attribute not in _DICT_ATTRIBUTES:
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        if kind in _PLAIN_VALUES and not attribute.startswith("_"):
            try:
                return getattr(obj, attribute)
            except AttributeError:
                return self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)

    def encoded(self, value: object) -> bytes:
        """Return a value as it stands in the XML of a part."""
        kind = type(value)
        if kind is str:
            return self._escape[value]  # type: ignore[index]
        if kind is Level:
            return self._escape[value.text]  # type: ignore[attr-defined]
        if kind is bytes:  # what a Word field shows: XML already, well-formed where it stands
            return value  # type: ignore[return-value]
        if value is None:
            return b""
        if hasattr(value, "__html__"):
            return self._marked(drawn(value) if isinstance(value, InlineImage) else str(value.__html__()))
        return self._escape[str(value)]

    def encoded_markup(self, markup: str) -> bytes:
        """Return what is XML already: the result of a call block, a filter block, a recursive loop."""
        return self._marked(str(markup))

    def _marked(self, xml: str) -> bytes:
        encoded, markup = _judged(xml)
        self.markup |= markup
        if self.next_drawing and Markup.DRAWS in markup:
            encoded, self.next_drawing = numbered_drawings(encoded, self.next_drawing)
        return encoded


@lru_cache(maxsize=1024)
def _judged(xml: str) -> tuple[bytes, Markup]:
    """Return the XML of a value as bytes, and what it may do to its part."""
    xml = printable(xml)
    return xml.encode(), judge(xml) if "<" in xml else Markup.PLAIN


class _Undeclared(_Unfolding, TrackingCodeGenerator):
    """Jinja's own search for the names that a source does not define."""


def undeclared_names(tree: nodes.Template) -> frozenset[str]:
    """Return the names that a parsed source takes from its values."""
    search = _Undeclared(tree.environment)  # type: ignore[arg-type]
    search.optimizer = None
    search.visit(tree)
    return frozenset(search.undeclared_identifiers)


class _NoRound:
    """Prints nothing where a loop makes no row, and says that its table has to be looked at."""

    def __init__(self, environment: BytesEnvironment) -> None:
        self._environment = environment

    def __str__(self) -> str:
        self._environment.markup |= Markup.UNPROVED
        return ""


def _finalized(value: object) -> object:
    return "" if value is None else value


class Program:
    """A Jinja source, compiled. Called with the values of a record, yields the rendered UTF-8 bytes in pieces."""

    def __init__(self, environment: BytesEnvironment, source: str) -> None:
        self._environment = environment
        self._source = source

    @cached_property
    def _template(self) -> Template:
        """Return the code, made at its first use: a composed document never runs the program of a single one."""
        return self._environment.from_string(told_empty_loops(self._environment.parse(self._source)))

    def __call__(self, values: Mapping[str, object]) -> Iterable[bytes]:
        template = self._template
        context = Context(template.environment, {**template.globals, **values}, template.name, template.blocks)
        pieces: Iterable[Any] = template.root_render_func(context)
        return pieces
