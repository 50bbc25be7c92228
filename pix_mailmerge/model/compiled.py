"""The model compiled once: its parts, their programs, and the package that all documents share.

Per record only the programs run; what they yield is deflated beside the shared members, which are copied as they are
packed. A part that comes out as it did for the record before is not deflated again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pix_mailmerge.model import media
from pix_mailmerge.model.additions import Additions, SharedMedia
from pix_mailmerge.model.companion import Companion
from pix_mailmerge.model.jinja_tags import (
    FIRST_DRAWING_ID,
    finished_tables,
    has_drawings,
    numbered_drawings,
    resolved_listings,
)
from pix_mailmerge.model.opc import check_xml
from pix_mailmerge.model.packing import Packing
from pix_mailmerge.model.parsed import Parsed, ParsedModel
from pix_mailmerge.model.programs import Program
from pix_mailmerge.model.proofs import Markup, Proof
from pix_mailmerge.model.sources import Source

_PARSED_AGAIN = frozenset({"header", "footer"})
_BODY_START, _BODY_END = b"<w:body>", b"</w:body>"
_UNPROVED, _REOPENS = Markup.UNPROVED.value, Markup.REOPENS.value


@dataclass(frozen=True, slots=True)
class Part:
    """A part: its source, its program, what is proved of it, and the names of the values that it uses.

    slow_road: why docxtpl's own last steps run on each rendering of this part; "" where they need not.
    """

    source: Source
    program: Program
    proof: Proof
    names: tuple[str, ...]
    has_drawings: bool
    slow_road: str

    def may_change(self, markup: int) -> bool:
        """Tell whether values with XML of their own, which did ``markup`` (of Markup, united), undo what is proved."""
        return bool(markup & _UNPROVED or (markup & _REOPENS and not self.proof.texts))

    def may_break(self, markup: int, *, is_resolved: bool) -> bool:
        """Tell whether a rendering may not be well-formed.

        is_resolved: docxtpl has cut its runs at the line breaks of a value, wherever that stood.
        """
        return not self.proof.well_formed or self.may_change(markup) or (is_resolved and not self.proof.texts)


class CompiledModel:
    """A model ready to be rendered as often as there are records, one at a time: it is not for several threads."""

    def __init__(self, model: ParsedModel) -> None:
        self.package = model.package
        self.environment = model.environment
        self.sources = model.sources
        self.companion = Companion(self.package)
        self.shared = SharedMedia(self.package, self.companion)
        self.parts = {source.name: self._part(model.parse(source)) for source in self.sources}
        self.resolved = resolved_listings if model.tags else bytes
        self._packing = Packing(self.package, self.sources[0].name)

    def source(self, part: str) -> str:
        """Return the Jinja XML source of a part after all preprocessing, from the declaration on; KeyError."""
        return self.parts[part].source.xml

    def compile(self, source: str) -> Program:
        """Return the program of a Jinja XML source, which may call all that the model's own parts may."""
        return Program(self.environment, source)

    def render_parts(self, values: Mapping[str, object], *, stable_ids: bool = False) -> dict[str, bytes]:
        """Return the parts of the document that are not the model's own: name -> content.

        values: by the names that the model uses. stable_ids: see Additions. Raises what Jinja raises, and
        lxml.etree.XMLSyntaxError when the rendering is not well-formed.
        """
        additions = Additions(self.shared, stable_ids=stable_ids)
        self.companion.begin()
        parts = {name: self._rendered(part, values, additions) for name, part in self.parts.items()}
        if not self.companion.is_used:
            return {**parts, **additions.parts()}
        main = self.sources[0].name
        attached = self.companion.attached(parts[main])
        if not attached:  # or the addresses are attached, too
            for link in self.companion.links(parts[main]):
                additions.link(main, link)
        return {**attached, **parts, **additions.parts(attached), **self.companion.replaced()}

    def render(self, values: Mapping[str, object]) -> bytes:
        """Return the document for ``values`` as the bytes of a .docx file; raises as render_parts does."""
        return self._packing.packed(self.render_parts(values))

    def _part(self, parsed: Parsed) -> Part:
        source, proof, code = parsed.source, parsed.proof, parsed.generated
        slow_road = proof.reason if proof.is_slow(source.kind) else ""
        program, names = Program(self.environment, code), tuple(sorted(code.names))
        return Part(source, program, proof, names, has_drawings(source.xml), slow_road)

    def _rendered(self, part: Part, values: Mapping[str, object], additions: Additions) -> bytes:
        source = part.source
        in_order = source.kind == "body" and not part.has_drawings
        self.environment.markup = 0
        self.environment.next_drawing = FIRST_DRAWING_ID if in_order else 0
        is_parsed = source.kind in _PARSED_AGAIN
        story = media.StoryPart(source.name, additions, self.shared, is_parsed=is_parsed)
        if self.companion.is_used:
            self.companion.template.current_rendering_part = story
        joined = media.joined(story, part.program(values))
        rendered = self.resolved(joined)
        markup = self.environment.markup
        if part.may_break(markup, is_resolved=rendered is not joined):
            check_xml(rendered)
        if part.slow_road or part.may_change(markup):
            return self._finished(source, rendered)
        return numbered_drawings(rendered)[0] if source.kind == "body" and part.has_drawings else rendered

    def _finished(self, source: Source, rendered: bytes) -> bytes:
        """Return a rendered part, which is well-formed, after docxtpl's own last steps."""
        if source.kind != "body":
            return rendered
        start, rest = rendered.split(_BODY_START, 1)
        inside, end = rest.rsplit(_BODY_END, 1)
        body = finished_tables(source.body_start.encode() + inside + _BODY_END)
        return b"".join((start, body, end))
