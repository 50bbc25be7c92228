"""The model compiled once: its parts, their programs, and the package that all documents share.

Per record only the programs run; what they yield is deflated beside the shared members, which are copied as they are
packed. A part that comes out as it did for the record before is not deflated again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pix_mailmerge.model import media
from pix_mailmerge.model.jinja_tags import finished_tables, numbered_drawings, resolved_listings
from pix_mailmerge.model.package import Package
from pix_mailmerge.model.programs import BytesEnvironment, Program
from pix_mailmerge.model.sources import Source, Translate, read_sources
from pix_mailmerge.model.zip_records import Layout, Packed, pack

_SECTION_END = b"</w:body>"


@dataclass(slots=True)
class Part:
    """A part and its program; ``slow`` says why docxtpl's own last steps run on it for each record, "" = they need not.

    last: the values that it was last rendered from, and what came out.
    """

    source: Source
    program: Program
    slow: str = ""
    last: tuple[tuple[object, ...], bytes] | None = field(default=None, repr=False)


def _slow_reason(source: Source) -> str:
    return "tables" if source.kind == "body" and "<w:tbl>" in source.xml else ""


class CompiledModel:
    """A model ready to be rendered as often as there are records, one at a time: it is not for several threads."""

    def __init__(self, package: Package, translate: Translate | None = None) -> None:
        self.package = package
        self.environment = BytesEnvironment()
        self.sources = read_sources(package, translate)
        self.shared = media.SharedMedia(package)
        for source in self.sources:
            self.environment.globals.update(source.globals)
        self._parts = {one.name: Part(one, self.compile(one.xml), _slow_reason(one)) for one in self.sources}
        self._last: dict[str, tuple[bytes, Packed]] = {}
        self._layout: Layout | None = None

    def source(self, part: str) -> str:
        """Return the Jinja XML source of a part after all preprocessing, from the declaration on; KeyError."""
        return self._parts[part].source.xml

    def compile(self, source: str) -> Program:
        """Return the program of a Jinja XML source, which may call all that the model's own parts may."""
        return Program(self.environment, source)

    def render_parts(self, values: Mapping[str, object], *, stable_ids: bool = False) -> dict[str, bytes]:
        """Return the parts of the document that are not the model's own: name -> content.

        values: by the names that the model uses. stable_ids: see media.Additions.
        """
        additions = media.Additions(self.shared, stable_ids=stable_ids)
        parts = {name: self._rendered(part, values, additions) for name, part in self._parts.items()}
        return {**parts, **additions.parts()}

    def render(self, values: Mapping[str, object]) -> bytes:
        """Return the document for ``values`` as the bytes of a .docx file."""
        parts = self.render_parts(values)
        changed = {name: (content, self._packed(name, content)) for name, content in parts.items()}
        if self._layout is None or changed.keys() != self._last.keys():
            self._layout = Layout.of(member for member in self.package if member.name not in changed)
        self._last = changed
        return self._layout.completed(packed for _, packed in changed.values())

    def _rendered(self, part: Part, values: Mapping[str, object], additions: media.Additions) -> bytes:
        source = part.source
        with media.rendering(media.StoryPart(source.name, additions, self.shared)):
            rendered = resolved_listings(b"".join(part.program(values)))
        if source.kind != "body":
            return rendered
        if not part.slow:
            return numbered_drawings(rendered)
        return self._finished(source, rendered)

    def _finished(self, source: Source, rendered: bytes) -> bytes:
        start, rest = rendered.split(b"<w:body>", 1)
        inside, end = rest.rsplit(_SECTION_END, 1)
        body = finished_tables(source.body_start.encode() + inside + _SECTION_END)
        return b"".join((start, body, end))

    def _packed(self, name: str, content: bytes) -> Packed:
        """Return the part deflated, as it was for the record before where it has not changed since."""
        last = self._last.get(name)
        return last[1] if last is not None and last[0] == content else pack(name, content)
