"""A model's sources, each parsed once: for what is told about its tags, and for the program that renders them."""

from __future__ import annotations

from functools import cached_property

from jinja2 import nodes

from pix_mailmerge.model.generated import Generated, generated
from pix_mailmerge.model.package import Package
from pix_mailmerge.model.programs import BytesEnvironment
from pix_mailmerge.model.proofs import Proof, prove
from pix_mailmerge.model.sources import Source, Translate, read_sources


class Parsed:
    """A source and its tree."""

    def __init__(self, source: Source, tree: nodes.Template) -> None:
        self.source = source
        self.tree = tree

    @cached_property
    def generated(self) -> Generated:
        """Return the code of its program, and the names that it takes from its values."""
        return generated(self.tree)

    @cached_property
    def proof(self) -> Proof:
        """Return what holds for every rendering."""
        return prove(self.tree)


class ParsedModel:
    """The sources of a model and the environment of their programs; translate, tags: see sources.read_sources."""

    def __init__(self, package: Package, translate: Translate | None = None, *, tags: bool = True) -> None:
        self.package = package
        self.tags = tags
        self.environment = BytesEnvironment()
        self.sources = read_sources(package, translate, tags=tags)
        for source in self.sources:
            self.environment.globals.update(source.globals)
        self._parsed: dict[str, Parsed] = {}

    def parse(self, source: Source) -> Parsed:
        """Return a source parsed; raises jinja2.TemplateSyntaxError."""
        if source.name not in self._parsed:
            self._parsed[source.name] = Parsed(source, self.environment.parse(source.xml))
        return self._parsed[source.name]
