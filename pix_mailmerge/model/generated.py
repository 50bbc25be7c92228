"""The Python code that a Jinja source is compiled to, where it differs from Jinja's own: it yields UTF-8 bytes.

The text of a model is a bytes constant. A text that is printed is looked up in ``environment.texts``, any other value
goes through ``environment.encoded``. What is gathered in a buffer (inside macros and set blocks, whose results are
values again) stays Jinja's own code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from types import MappingProxyType
from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.idtracking import VAR_LOAD_RESOLVE

from pix_mailmerge.model.escapes import printable
from pix_mailmerge.model.jinja_tags import plain_braces
from pix_mailmerge.model.printed import DomainResult, Level
from pix_mailmerge.model.proofs import told_empty
from pix_mailmerge.model.remembered import remembered_loops
from pix_mailmerge.model.word_fields.parts import OF_FIELDS

PLAIN_ATTRIBUTES: Mapping[str, frozenset[type]] = MappingProxyType(
    {
        name: frozenset(kind for kind in (Level, DomainResult) if name in kind.__dict__ or name in kind.__annotations__)
        for name in (*Level.__annotations__, "niveau", *DomainResult.__annotations__)
        if not name.startswith("_")
    }
)
"""Attribute that models often ask for -> the values that always have it, of which no attribute can do harm."""
_LOOPS = count(1)
"""Numbers of the loops whose rounds are remembered, of all programs."""


@dataclass(frozen=True, slots=True)
class Generated:
    """The Python code of a source. names: those that it takes from its values."""

    code: str = field(repr=False)
    names: frozenset[str]


class BytesCodeGenerator(CodeGenerator):
    """Yields bytes where Jinja's own generator yields strings, and works nothing out beforehand.

    undeclared: the names that the source does not define, as jinja2.meta tells them.
    """

    _yields = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.undeclared: set[str] = set()
        self._rounds: dict[int, tuple[int, str]] = {}

    def enter_frame(self, frame: Frame) -> None:
        super().enter_frame(frame)
        loads = frame.symbols.loads.values()
        self.undeclared.update(str(name) for action, name in loads if action == VAR_LOAD_RESOLVE)
        self.undeclared.difference_update(self.environment.globals)

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> str:
        """Take the text of the model as constant, and no expression: opening a model must not work out its bombs."""
        if not isinstance(node, nodes.TemplateData):
            raise nodes.Impossible
        return super()._output_child_to_const(node, frame, finalize)

    def write_commons(self) -> None:
        super().write_commons()
        self.writeline("texts, encoded, plain = environment.texts, environment.encoded, environment.plain")
        self.writeline("shown = environment.shown")

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:  # noqa: N802 - a visitor's names
        outer, self._yields = self._yields, frame.buffer is None
        super().visit_Output(node, frame)
        self._yields = outer

    def _output_const_repr(self, group: Iterable[Any]) -> str:
        text = plain_braces("".join(map(str, group)))
        return repr(printable(text).encode() if self._yields else text)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if self._yields and self._escapes(frame):
            self.write("(texts[value] if type(value := ")
            return
        if self._yields:
            self.write("environment.encoded_markup(")
        super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if self._yields and self._escapes(frame):
            self.write(") is str else encoded(value))")
            return
        super()._output_child_post(node, frame, finalize)
        if self._yields:
            self.write(")")

    @staticmethod
    def _escapes(frame: Frame) -> bool:
        return bool(frame.eval_ctx.autoescape) and not frame.eval_ctx.volatile

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - a visitor's names
        """Write ``level.etat`` as it is for a value that is known to have it, by the sandbox's way for any other."""
        if node.attr not in PLAIN_ATTRIBUTES or not isinstance(node.node, nodes.Name):
            super().visit_Getattr(node, frame)
            return
        self.write("(")
        self.visit(node.node, frame)
        self.write(f".{node.attr} if type(")
        self.visit(node.node, frame)
        self.write(f") in plain[{node.attr!r}] else ")
        super().visit_Getattr(node, frame)
        self.write(")")

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:  # noqa: N802 - a visitor's names
        """Write ``_mf0[7]`` as it is where that is what Word's fields show, by the sandbox's way for any other."""
        name, place = node.node, node.arg
        if not (isinstance(name, nodes.Name) and isinstance(place, nodes.Const) and name.name.startswith(OF_FIELDS)):
            super().visit_Getitem(node, frame)
            return
        self.write("(")
        self.visit(name, frame)
        self.write(f"[{place.value!r}] if type(")
        self.visit(name, frame)
        self.write(") is shown else ")
        super().visit_Getitem(node, frame)
        self.write(")")

    def _refuse(self, node: Any, frame: Frame) -> None:
        self.fail("un modèle n’appelle aucun autre fichier", node.lineno)

    visit_Block = visit_Extends = visit_FromImport = visit_Import = visit_Include = _refuse  # noqa: N815

    def visit_For(self, node: nodes.For, frame: Frame) -> None:  # noqa: N802 - a visitor's names
        if frame.buffer is None and self._escapes(frame):
            for loop, names in remembered_loops(node):
                if id(loop.body) not in self._rounds:
                    self._write_known(loop, names, frame)
        super().visit_For(told_empty(node), frame)

    def _write_known(self, loop: nodes.For, names: Iterable[str], frame: Frame) -> None:
        number, item = next(_LOOPS), loop.target
        assert isinstance(item, nodes.Name)
        values = [frame.symbols.find_ref(name) or f"resolve({name!r})" for name in names]
        self.writeline(f"known_{number} = environment.rounds.known({number}, [{', '.join(values)}])")
        self._rounds[id(loop.body)] = number, item.name

    def blockvisit(self, nodes: Iterable[nodes.Node], frame: Frame) -> None:
        """Write the statements of a block; those of a round that is remembered, to run where it is not known yet."""
        if id(nodes) not in self._rounds or frame.buffer is not None or not self._escapes(frame):
            super().blockvisit(nodes, frame)
            return
        number, name = self._rounds[id(nodes)]
        item = frame.symbols.ref(name)
        self.writeline(f"printed = known_{number}.get(id({item}))")
        self.writeline("if printed is None:")
        self.indent()
        self.writeline("def printing():")
        self.indent()
        self.writeline("if 0: yield None")  # a generator, too, where the round prints nothing
        super().blockvisit(nodes, frame)
        self.outdent()
        self.writeline(f"printed = known_{number}.kept({item}, printing())")
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


def generated(tree: nodes.Template) -> Generated:
    """Return the code of a parsed source; raises jinja2.TemplateSyntaxError for an unknown filter or test."""
    generator = BytesCodeGenerator(tree.environment, None, None, optimized=False)
    generator.visit(tree)
    return Generated(generator.stream.getvalue(), frozenset(generator.undeclared))  # type: ignore[attr-defined]
