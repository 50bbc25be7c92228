"""Jinja sources compiled to programs that yield UTF-8 bytes.

Jinja has an extension point for what its compiled code yields, ``Environment.code_generator_class`` (as
jinja2.nativetypes uses it): see generated. Here is what that code calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

from pix_mailmerge.model.escapes import Escapes, printable
from pix_mailmerge.model.filters import FILTERS
from pix_mailmerge.model.generated import PLAIN_ATTRIBUTES, BytesCodeGenerator, Generated, generated
from pix_mailmerge.model.jinja_tags import Drawings, InlineImage
from pix_mailmerge.model.markup import judge
from pix_mailmerge.model.media import drawn
from pix_mailmerge.model.printed import Day, DomainResult, Level, Score
from pix_mailmerge.model.proofs import NO_ROUND, Markup
from pix_mailmerge.model.remembered import Rounds
from pix_mailmerge.model.word_fields.parts import Shown

_PLAIN_VALUES = frozenset({Level, Score, Day, DomainResult, LoopContext})
"""What no attribute of can do harm, those with an underscore aside."""
_PRINTED = frozenset({int, Score, Day})
"""What prints as its text, and brings no XML of its own."""
_DICT_ATTRIBUTES = frozenset(dir(dict))


def _joined(pieces: Iterable[str | bytes]) -> str:
    return "".join(piece.decode() if isinstance(piece, bytes) else piece for piece in pieces)


DEEPEST = 60
"""Levels of a tree: parentheses, loops, conditions within each other. Those of real models stay below 12."""
_LEAVES = (nodes.TemplateData, nodes.Name, nodes.Const)


def _depth(tree: nodes.Node) -> int:
    depth, level = 0, [tree]
    while level and depth <= DEEPEST:
        inner = (node for node in level if not isinstance(node, _LEAVES))
        depth, level = depth + 1, [child for node in inner for child in node.iter_child_nodes()]
    return depth


def _too_deep() -> TemplateSyntaxError:
    return TemplateSyntaxError("trop de boucles, de conditions ou de parenthèses les unes dans les autres", 1)


class BytesEnvironment(ImmutableSandboxedEnvironment):
    """A sandbox for the tags of a model: unknown names are errors, values are escaped, None prints nothing.

    texts: an exact text -> its bytes; what the compiled code prints of any other value is ``encoded``.
    markup: what the values that brought XML of their own (``__html__``) may have done since it was last set to 0: the
    values of Markup, united (a Flag takes ten times as long).
    next_drawing: the number of the next drawing that they bring, 0 = they are not numbered.
    """

    code_generator_class = BytesCodeGenerator
    concat = staticmethod(_joined)

    plain = PLAIN_ATTRIBUTES
    shown = Shown

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=True, finalize=_finalized, optimized=False)
        self.texts: Mapping[str, bytes] = Escapes()
        self._escapes = self.texts
        self.markup = 0
        self.next_drawing = 0
        self.rounds, self._rounds_emitted = Rounds(), Rounds()
        self.filters.update(FILTERS)
        del self.filters["random"], self.globals["lipsum"]  # what differs each time cannot be compared, nor made again
        self.globals[NO_ROUND] = _NoRound(self)

    def parse(self, source: str, name: str | None = None, filename: str | None = None) -> nodes.Template:
        """Return the tree of a source; TemplateSyntaxError too where Jinja and Python would run out of stack on it."""
        try:
            tree = super().parse(source, name, filename)
        except RecursionError:
            raise _too_deep() from None
        if len(source) > DEEPEST and _depth(tree) > DEEPEST:
            raise _too_deep()
        return tree

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
            return self._escapes[value]  # type: ignore[index]
        if kind is Level:
            return self._escapes[value.text]  # type: ignore[attr-defined]
        if kind is bytes:  # what a Word field shows: XML already, well-formed where it stands
            return value  # type: ignore[return-value]
        if kind in _PRINTED:
            return self._escapes[str(value)]
        if value is None:
            return b""
        if hasattr(value, "__html__"):
            return self._marked(drawn(value) if isinstance(value, InlineImage) else str(value.__html__()))
        return self._escapes[str(value)]

    def encoded_markup(self, markup: str) -> bytes:
        """Return what is XML already: the result of a call block, a filter block, a recursive loop."""
        return self._marked(str(markup))

    @contextmanager
    def emitting(self, emit: Callable[[object], bytes]) -> Iterator[None]:
        """Have the programs print what ``emit`` returns for each value, in place of ``encoded``: always the same."""
        known, self.rounds = self.rounds, self._rounds_emitted
        vars(self).update(encoded=emit, texts=_Emitted(emit))
        try:
            yield
        finally:
            del vars(self)["encoded"]
            self.texts, self.rounds = self._escapes, known

    def _marked(self, xml: str) -> bytes:
        encoded, markup, drawings = _judged(xml)
        self.markup |= markup
        if drawings and self.next_drawing:
            encoded, self.next_drawing = drawings.numbered(self.next_drawing)
        return encoded


@lru_cache(maxsize=1024)
def _judged(xml: str) -> tuple[bytes, int, Drawings | None]:
    """Return the XML of a value as bytes, what it may do to its part, and the drawings that it holds."""
    xml = printable(xml)
    markup, encoded = judge(xml) if "<" in xml else Markup.PLAIN, xml.encode()
    return encoded, markup.value, Drawings.read(encoded) if Markup.DRAWS in markup else None


class _Emitted(dict[str, bytes]):
    """Text -> what a function returns for it, each time."""

    def __init__(self, emit: Callable[[object], bytes]) -> None:
        super().__init__()
        self._emit = emit

    def __missing__(self, text: str) -> bytes:
        return self._emit(text)


class _NoRound:
    """Prints nothing where a loop makes no row, and says that its table has to be looked at."""

    def __init__(self, environment: BytesEnvironment) -> None:
        self._environment = environment

    def __str__(self) -> str:
        self._environment.markup |= Markup.UNPROVED.value
        return ""


def _finalized(value: object) -> object:
    return "" if value is None else value


class _Names(dict[str, object]):
    """Name -> value; of others where it has none, ``missing`` where these have none either."""

    others: Mapping[str, object]

    def __missing__(self, name: str) -> object:
        return self.others.get(name, missing)


class Program:
    """A Jinja source, compiled. Called with the values of a record, yields the rendered UTF-8 bytes in pieces."""

    def __init__(self, environment: BytesEnvironment, source: str | Generated) -> None:
        self._environment = environment
        self._source = source

    @cached_property
    def _template(self) -> Template:
        """Return the compiled code, made at its first use: a composed document never runs that of a single one."""
        source, environment = self._source, self._environment
        try:
            made = source if isinstance(source, Generated) else generated(environment.parse(source))
            code = compile(made.code, "<template>", "exec")
        except (SyntaxError, RecursionError):  # Python's own limits: 20 loops within each other, 200 parentheses
            raise _too_deep() from None
        return Template.from_code(environment, code, environment.make_globals(None))

    @cached_property
    def _globals(self) -> Mapping[str, object]:
        return dict(self._template.globals)

    def __call__(self, values: Mapping[str, object]) -> Iterable[bytes]:
        template = self._template
        names = _Names(values)
        names.others = self._globals
        context = Context(self._environment, names, template.name, {})
        context.resolve_or_missing = names.__getitem__  # type: ignore[assignment, method-assign]
        pieces: Iterable[Any] = template.root_render_func(context)
        return pieces
