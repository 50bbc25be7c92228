"""A .docx model: opened, inspected, checked, rendered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal

from jinja2 import TemplateSyntaxError

from pix_mailmerge.data_source.record import Header, Record
from pix_mailmerge.model.analysis import Analysis, Use, analyse
from pix_mailmerge.model.compiled import CompiledModel
from pix_mailmerge.model.context import Missing, context_of
from pix_mailmerge.model.document import Document
from pix_mailmerge.model.failures import FAILURES, failure, find_failure
from pix_mailmerge.model.fields import PUPILS, field_values
from pix_mailmerge.model.jinja_tags import DocxTemplate
from pix_mailmerge.model.leaks import without_leaks
from pix_mailmerge.model.link import read_link
from pix_mailmerge.model.merge_fields import Merged, MergeModel, Variant
from pix_mailmerge.model.model_check import ModelCheck, check_columns, unknown_fields
from pix_mailmerge.model.names import resolve
from pix_mailmerge.model.opc import main_part, parse_xml, read_relationships
from pix_mailmerge.model.package import Package, open_package
from pix_mailmerge.model.prefixes import with_usual_prefixes
from pix_mailmerge.model.safety import check_leaks, check_safety
from pix_mailmerge.model.tag_lookalikes import check_lookalikes
from pix_mailmerge.model.word_fields.program import MergeProgram, is_list
from pix_mailmerge.model.word_fields.state import NOTHING_BEFORE, Before
from pix_mailmerge.problems import ModelError, Place, Problem, error, raise_errors
from pix_mailmerge.settings import School

Kind = Literal["tags", "merge-fields", "mixed", "plain"]


class Model:
    """A model ready to be merged. Made by open_model; not for several threads at once."""

    def __init__(self, path: Path, package: Package) -> None:
        self.path = path
        self.package = package
        self.merge_fields = MergeModel(package, path.name)
        self.analysis: Analysis = self._analysed()

    @property
    def kind(self) -> Kind:
        """Return « tags », « merge-fields », « mixed », or « plain » for a model without any field."""
        if not self._default.has_fields:
            return "tags" if self.analysis.uses else "plain"
        return "mixed" if self._default.has_tags else "merge-fields"

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the fields that the model uses, as it spells them, in their order: tags first, then merge fields."""
        return tuple(dict.fromkeys(use.name for use in self.uses))

    @property
    def uses(self) -> tuple[Use, ...]:
        """Return the fields that the model uses and where, tags and merge fields."""
        findings = self._default.findings
        merged = (Use(name, False, tuple(use.places)) for name, use in findings.fields.items())
        own = (Use(name, not use.needed, tuple(use.places), not use.needed) for name, use in findings.of_school.items())
        return (*self.analysis.uses, *merged, *own)

    @property
    def field_types(self) -> tuple[str, ...]:
        """Return the codes of the Word fields in the model, in capitals, in their order."""
        return tuple(self._default.findings.codes)

    @property
    def changes_records(self) -> bool:
        """Tell whether a document may hold several records or a record have none: NEXT, NEXTIF, SKIPIF."""
        return not {"NEXT", "NEXTIF", "SKIPIF"}.isdisjoint(self.field_types)

    @property
    def counts_records(self) -> bool:
        """Tell whether a document depends on the records before its own: as above, or MERGEREC, MERGESEQ."""
        return self.changes_records or not {"MERGEREC", "MERGESEQ"}.isdisjoint(self.field_types)

    @cached_property
    def link(self) -> dict[str, object] | None:
        """Return the model's link to its data source (see link.read_link); None where it has none."""
        return read_link(self.package)

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """Return what is wrong with the tags and fields themselves, whatever the data."""
        return (
            *self.analysis.problems,
            *self._default.findings.problems,
            *check_lookalikes(self.package, self.path.name),
            *check_leaks(self.package),
        )

    @property
    def per_class(self) -> bool:
        """Tell whether the model is merged once per class: it uses « eleves »."""
        return PUPILS in self.fields

    @cached_property
    def title(self) -> str | None:
        """Return the title of the document's properties; None where it has none, or one that tags fill."""
        link = next((link for link in read_relationships(self.package) if link.kind == "core-properties"), None)
        if link is None or link.target not in self.package:
            return None
        found = parse_xml(self.package.read(link.target)).find("{http://purl.org/dc/elements/1.1/}title")
        text = (found.text or "").strip() if found is not None else ""
        return None if "{{" in text else text or None

    @cached_property
    def compiled(self) -> CompiledModel:
        """Return the compiled model. Raises ModelError when its tags or fields cannot be compiled."""
        return self.compiled_of(self._default)

    def compiled_of(self, variant: Variant) -> CompiledModel:
        """Return the compiled model of a variant of its merge fields; raises as above."""
        raise_errors(self.problems)
        try:
            return variant.compiled
        except TemplateSyntaxError as cause:
            raise ModelError(failure(Place(file=self.path.name), cause)) from cause

    @property
    def docxtpl(self) -> DocxTemplate:
        """Return docxtpl's own template, which its InlineImage, Subdoc and replaced pictures are made with."""
        return self.compiled.companion.template

    def check(self, columns: Iterable[str], school: School | None = None) -> ModelCheck:
        """Return what would go wrong with records under the headers ``columns``, at ``school``; raises nothing."""
        return check_columns(self, tuple(columns), school)

    def render(self, values: Mapping[str, object], language: str | None = None, missing: Missing = "error") -> bytes:
        """Return the document for one record as the bytes of a .docx file.

        values: name -> value, for instance of fields.field_values. missing: what a field that ``values`` lacks is, an
        error or blank. Raises ModelError.
        """
        if not self._default.has_steps:
            return self._rendered(self.compiled, self.context(values, missing))
        merged = next(self.documents([values], language, missing), None)
        if merged is None:
            raise ModelError(skipped(self.path.name))
        return self.rendered(merged)

    def documents(
        self,
        records: Iterable[Mapping[str, object]],
        language: str | None = None,
        missing: Missing = "error",
        *,
        before: Before = NOTHING_BEFORE,
        repeated: frozenset[int] = frozenset(),
    ) -> Iterator[Merged]:
        """Yield what each document shows, for the values of records: fewer where NEXT takes some or SKIPIF drops some.

        before: what the same merge was made of until now. repeated: as MergeModel.lists tells. Raises as render does,
        when it comes to that record.
        """
        raise_errors(self.problems)
        if not self._default.has_steps:
            for number, values in enumerate(records, before.records + 1):
                yield Merged((values,), self.context(values, missing), self._default, number)
            return

        def demand(program: MergeProgram, values: Mapping[str, object]) -> None:
            self._demand(program, values, missing)

        for merged in self.merge_fields.merge(
            records, language, strict=missing == "error", check=demand, before=before, repeated=repeated
        ):
            if self.analysis.uses:
                merged.context.update(self.context(merged.records[0], missing))
            yield merged

    def merge(
        self,
        records: Iterable[Record | Mapping[str, object]],
        language: str | None = None,
        missing: Missing = "error",
        *,
        school: School | None = None,
    ) -> Iterator[Document]:
        """Yield the documents of the records, in order. Raises as render does, when it comes to that record.

        A record may be a mapping of headers and values, with lists of mappings for the rows of tables. There may be
        fewer documents than records: Word's fields NEXT and SKIPIF say so.
        """
        given = school or School()
        values = (field_values(one, given) if isinstance(one, Record) else one for one in records)
        for merged in self.documents(values, language, missing):
            yield Document(tuple(map(_record, merged.records)), self.rendered(merged))

    def rendered(self, merged: Merged) -> bytes:
        """Return a document as the bytes of a .docx file. Raises ModelError."""
        return self._rendered(self.compiled_of(merged.variant), merged.context)

    def _rendered(self, compiled: CompiledModel, context: Mapping[str, object]) -> bytes:
        try:
            return compiled.render(context)
        except FAILURES as cause:
            raise self.failed(cause, compiled, context) from cause

    @property
    def _default(self) -> Variant:
        return self.merge_fields.default

    def _analysed(self) -> Analysis:
        """Return what the tags use; a model of merge fields alone has none."""
        default = self._default
        if default.has_fields and not default.has_tags:
            return Analysis((), ())
        return analyse(default.parsed, self.path.name)

    def _demand(self, program: MergeProgram, values: Mapping[str, object], missing: Missing) -> None:
        """Raise ModelError where the values lack a name that a merge field asks for, or where two fit one."""
        header = program.header(values)
        if header.is_complete:
            return
        lists = [value for value in header.row(values) if is_list(value)]
        rows = [tuple(row) for value in lists for row in value]  # type: ignore[attr-defined]
        wrong = {
            name: match
            for name, use in self._default.findings.fields.items()
            if (match := header.matches[use.position]).is_ambiguous
            or not (
                match.headers or missing == "blank" or any(resolve(name, row).headers for row in rows) or [] in lists
            )
        }
        raise_errors(unknown_fields(self._default.findings, wrong, tuple(values)))

    def failed(
        self, cause: Exception, compiled: CompiledModel | None = None, values: Mapping[str, object] | None = None
    ) -> ModelError:
        """Return the error for one of FAILURES in a program of the model; with its place, given the values."""
        file = self.path.name
        where = find_failure(compiled, values or {}, file) if compiled is not None else Place(file=file)
        return ModelError(failure(where, cause))

    def context(self, values: Mapping[str, object], missing: Missing = "error") -> dict[str, object]:
        """Return the values under the names that the model spells. Raises ModelError for those that are missing."""
        try:
            return {name: values[name] for name in self._names}
        except KeyError:
            return context_of(self.analysis.uses, values, missing)

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(use.name for use in self.analysis.uses))


def open_model(path: Path | str) -> Model:
    """Return the model at ``path``. Raises ModelError when it is not there, not a .docx, damaged or dangerous.

    What is wrong with its tags is told by Model.check, and raised when it is rendered.
    """
    path = Path(path)
    package = open_package(path)
    raise_errors(check_safety(package))
    main = main_part(package)
    if main is None or not _has_body(package.read(main)):
        what, remedy = "Ce fichier ne contient pas de document.", "Enregistrez-le de nouveau dans Word, en .docx."
        raise ModelError(error("model.not-docx", what, remedy, Place(file=path.name)))
    return Model(path, without_leaks(with_usual_prefixes(package)))


def _has_body(document: bytes) -> bool:
    """Tell whether a part is a document with a body, under whatever prefix."""
    return b"<w:body" in document or parse_xml(document).find("{*}body") is not None


def _record(values: Mapping[str, object]) -> Record:
    """Return the record that values were made of; one of its own for a mapping."""
    record = getattr(values, "record", None)
    if isinstance(record, Record):
        return record
    return Record("", 0, Header(tuple(values)), tuple(values.values()))  # type: ignore[arg-type]


def skipped(file: str) -> Problem:
    """Return the problem of a record that has no document, where one was asked for."""
    return error(
        "model.record-skipped",
        "Le champ SKIPIF du modèle écarte cet enregistrement : il n’a pas de document.",
        "Fusionnez tous les enregistrements ensemble, ou retirez ce champ du modèle.",
        Place(file=file),
    )
