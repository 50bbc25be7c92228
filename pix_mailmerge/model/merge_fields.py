"""The merge fields of a whole model: found once, compiled once for each language and each set of repeated rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from jinja2 import TemplateSyntaxError
from lxml import etree

from pix_mailmerge.model.compiled import CompiledModel
from pix_mailmerge.model.fields import Names
from pix_mailmerge.model.link import unlinked
from pix_mailmerge.model.names import Match
from pix_mailmerge.model.opc import main_part, parse_xml, read_relationships
from pix_mailmerge.model.package import Package
from pix_mailmerge.model.parsed import ParsedModel
from pix_mailmerge.model.programs import BytesEnvironment
from pix_mailmerge.model.sources import Translation
from pix_mailmerge.model.word_fields.compiler import UNSUPPORTED
from pix_mailmerge.model.word_fields.findings import Findings
from pix_mailmerge.model.word_fields.language import language
from pix_mailmerge.model.word_fields.parts import Options, PartFields
from pix_mailmerge.model.word_fields.program import Context, MergeProgram
from pix_mailmerge.model.word_fields.settings import read_merge_settings
from pix_mailmerge.model.word_fields.state import NOTHING_BEFORE, Before, Counted, Header, SkipRecordError, Values
from pix_mailmerge.model.word_fields.translation import translate

_STORIES = ("header", "footer", "footnotes", "endnotes")
_NONE: frozenset[int] = frozenset()
_TAG = re.compile(r"\{\{.+?\}\}|\{%.+?%\}|\{#.*?#\}", re.DOTALL)
_XML_TAG = re.compile(r"<[^>]*>")
_SCOPE = re.compile(r"^(\{[{%])(?:tr|tc|p|r)\s")
_STATEMENT = re.compile(r"\{%-?\s*(\w+)")
_STATEMENTS = frozenset(
    {"if", "elif", "else", "endif", "for", "endfor", "set", "endset", "with", "endwith", "macro", "endmacro", "raw"}
    | {"endraw", "filter", "endfilter", "call", "endcall", "colspan", "cellbg", "hm", "vm", "do", "autoescape"}
)


@dataclass
class Variant:
    """A model's fields compiled for a language, for rows that are repeated or not.

    package: without its link. parts: name -> fields. has_tags: it holds Jinja tags too.
    """

    package: Package = field(repr=False)
    findings: Findings
    parts: Mapping[str, PartFields] = field(repr=False)
    has_tags: bool

    @cached_property
    def program(self) -> MergeProgram:
        return MergeProgram(self.findings.asked, self.parts.values())

    @cached_property
    def compiled(self) -> CompiledModel:
        """Return the compiled model; raises what Jinja raises."""
        return CompiledModel(self.parsed)

    @cached_property
    def parsed(self) -> ParsedModel:
        return ParsedModel(self.package, self.translate, tags=self.has_tags or not self.has_fields)

    @property
    def has_fields(self) -> bool:
        """Tell whether the model holds fields of a mail merge, those we cannot compute too."""
        return self.findings.is_merged or not UNSUPPORTED.isdisjoint(self.findings.codes)

    @cached_property
    def has_steps(self) -> bool:
        """Tell whether anything is worked out for a record before the model is rendered."""
        return any(part.steps for part in self.parts.values())

    def translate(self, part: str, xml: str) -> Translation:
        """Return the Jinja source of a part; one without fields is taken as it comes."""
        fields = self.parts.get(part)
        if fields is None or not fields.is_changed:
            fields = PartFields(0, [xml])
        return Translation(fields.source(tags=self.has_tags or not self.has_fields))


class Merged(NamedTuple):
    """What one document shows. records: the values of the records it used, more than one after NEXT; number: of the
    first of them, from 1."""

    records: tuple[Values, ...]
    context: Context
    variant: Variant
    number: int


class KnownNames(Mapping[str, object]):
    """The names of records to come: headers of their columns, and the names that fields gives besides."""

    def __init__(self, headers: tuple[str, ...], names: Names | None) -> None:
        self.headers = headers
        self.names = names

    def __getitem__(self, name: str) -> object:
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.headers if self.names is None else self.names.own)

    def __len__(self) -> int:
        return len(self.headers)


class MergeModel:
    """The fields of the model in ``package``; ``file`` names it in the problems."""

    def __init__(self, package: Package, file: str) -> None:
        self._file = file
        self._settings = read_merge_settings(package)
        self._package = unlinked(package)
        self._stories = tuple(read_stories(package))
        self._variants: dict[tuple[str | None, frozenset[int]], Variant] = {}
        self.default = self.variant()

    def variant(self, spoken: str | None = None, repeated: frozenset[int] = _NONE) -> Variant:
        """Return the fields compiled for a language (None = that of the text) and for rows to repeat."""
        key = (spoken, repeated)
        if key not in self._variants:
            self._variants[key] = self._compiled(spoken, repeated)
        return self._variants[key]

    def merge(
        self,
        records: Iterable[Values],
        spoken: str | None = None,
        *,
        strict: bool = True,
        check: Callable[[MergeProgram, Values], None] = lambda program, values: None,
        before: Before = NOTHING_BEFORE,
        repeated: frozenset[int] = _NONE,
    ) -> Iterator[Merged]:
        """Yield what each document shows, fewer than the records where NEXT takes some and SKIPIF drops some.

        strict: what cannot be computed raises. check: called with the first record of each document. before: of the
        same merge. repeated: positions of the names that are lists in any record.
        """
        taken = Counted(records, before.records)
        base = self.variant(spoken)
        sequence = before.documents + 1
        for values in taken:
            number = taken.given
            check(base.program, values)
            lists = base.program.lists(values) | repeated
            variant = self.variant(spoken, lists) if lists else base
            state = variant.program.state(values, taken, sequence, strict=strict)
            try:
                context = variant.program.context(state)
            except SkipRecordError:
                taken.take_fresh()
                continue
            yield Merged(taken.take_fresh(), context, variant, number)
            sequence += 1

    def lists(self, records: Iterable[Values]) -> frozenset[int]:
        """Return the positions of the names that are lists in any of the records."""
        if not self.default.has_steps:
            return _NONE
        program = self.default.program
        return _NONE.union(*map(program.lists, records))

    def check(self, known: KnownNames) -> dict[str, Match]:
        """Return what each MERGEFIELD name stands for among the names known."""
        matches = Header(self.default.findings.asked, known).matches
        return {name: matches[use.position] for name, use in self.default.findings.fields.items()}

    def used(self, known: KnownNames) -> frozenset[str]:
        """Return the names known that any field asks for, GREETINGLINE too."""
        matches = Header(self.default.findings.asked, known).matches
        return frozenset(header for match in matches for header in match.headers)

    def _compiled(self, spoken: str | None, repeated: frozenset[int]) -> Variant:
        settings = self._settings
        findings = Findings(
            self._file,
            language(settings.language or None).with_decimal(settings.decimal),
            language(spoken) if spoken else None,
            settings.mapped,
        )
        options = Options(settings.keeps_blank_lines, repeated)
        parts: dict[str, PartFields] = {}
        for number, (name, xml) in enumerate(self._stories):
            parts[name] = translate(xml, findings, options, number)
        return Variant(self._package, findings, parts, any(holds_tags(part.literal) for part in parts.values()))


def read_stories(package: Package) -> Iterator[tuple[str, str]]:
    """Yield the parts that may hold fields: name and XML, of the body its ``w:body`` alone."""
    main = main_part(package)
    if main is None:
        return
    body = parse_xml(package.read(main)).find("{*}body")
    if body is None:
        return
    yield main, _text_of(body)
    links = read_relationships(package, main)
    for kind in _STORIES:
        for name in dict.fromkeys(link.target for link in links if link.kind == kind and not link.external):
            if name in package:
                yield name, _text_of(parse_xml(package.read(name)))


def _text_of(element: etree._Element) -> str:
    return str(etree.tostring(element, encoding="unicode", with_tail=False))


def holds_tags(xml: str) -> bool:
    """Tell whether a part's text holds a whole tag that Jinja could read; any other brace is a brace."""
    return any(
        _is_tag(tag[0])
        for paragraph in xml.split("</w:p>")
        if "{" in paragraph
        for tag in _TAG.finditer(_XML_TAG.sub("", paragraph))
    )


def _is_tag(text: str) -> bool:
    if text.startswith("{#"):
        return False
    text = _SCOPE.sub(r"\1 ", text.replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&"))
    statement = _STATEMENT.match(text)
    if statement is not None:
        return statement[1] in _STATEMENTS
    try:
        BytesEnvironment().parse(text)
    except TemplateSyntaxError:
        return False
    return True
