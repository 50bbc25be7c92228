"""A .docx model: opened, inspected, checked, rendered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from jinja2 import TemplateError, TemplateSyntaxError
from jinja2.exceptions import SecurityError, UndefinedError

from pix_mailmerge.data_source.columns import COMPETENCES
from pix_mailmerge.data_source.record import Record
from pix_mailmerge.model.analysis import Analysis, Use, analyse, check_names, unknown_field
from pix_mailmerge.model.compiled import CompiledModel
from pix_mailmerge.model.document import Document
from pix_mailmerge.model.fields import DOMAINS, PUPILS, ascii_name, field_values, names_of
from pix_mailmerge.model.jinja_tags import DocxTemplate
from pix_mailmerge.model.opc import main_part, parse_xml, read_relationships
from pix_mailmerge.model.package import Package, open_package
from pix_mailmerge.model.programs import BytesEnvironment
from pix_mailmerge.model.sources import read_sources
from pix_mailmerge.problems import ModelError, Place, Problem, error, raise_errors
from pix_mailmerge.settings import IMAGES, School

Kind = Literal["tags", "merge-fields", "mixed", "plain"]
Missing = Literal["error", "blank"]


@dataclass(frozen=True, slots=True)
class ModelCheck:
    """What checking a model against the columns of a data source found.

    fields_without_column: fields of the model that nothing gives. columns_unused: headers that no field asks for.
    unsupported: codes and tags kept as they are. problems: all of it with places.
    """

    fields_without_column: tuple[str, ...]
    columns_unused: tuple[str, ...]
    unsupported: tuple[str, ...]
    problems: tuple[Problem, ...]


class Model:
    """A model ready to be merged. Made by open_model; not for several threads at once."""

    def __init__(self, path: Path, package: Package) -> None:
        self.path = path
        self.package = package
        self.analysis: Analysis = analyse(read_sources(package), BytesEnvironment(), path.name)

    @property
    def kind(self) -> Kind:
        """Return « tags », « merge-fields », « mixed », or « plain » for a model without any field."""
        return "tags" if self.analysis.uses else "plain"

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the fields that the model uses, as it spells them, in their order."""
        return tuple(dict.fromkeys(use.name for use in self.analysis.uses))

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
        """Return the compiled model. Raises ModelError when its tags cannot be compiled."""
        raise_errors(self.analysis.problems)
        try:
            return CompiledModel(self.package)
        except TemplateSyntaxError as cause:
            raise ModelError(_failed(self.path.name, cause)) from cause

    @property
    def docxtpl(self) -> DocxTemplate:
        """Return docxtpl's own template, which its InlineImage, Subdoc and replaced pictures are made with."""
        return self.compiled.companion.template

    def check(self, columns: Iterable[str], school: School | None = None) -> ModelCheck:
        """Return what would go wrong with records under the headers ``columns``, at ``school``; raises nothing."""
        headers = tuple(columns)
        names = names_of(headers, tuple((school or School()).champs), per_class=True)
        problems = (*self.analysis.problems, *check_names(self.analysis.uses, names))
        found = {name: names.find(name) for name in self.fields}
        required = {use.name for use in self.analysis.uses if not use.optional}
        used = set(found.values()) | ({one.field for one in COMPETENCES} if DOMAINS in found.values() else set())
        return ModelCheck(
            fields_without_column=tuple(name for name, own in found.items() if own is None and name in required),
            columns_unused=tuple(header for header in headers if names.find(ascii_name(header)) not in used),
            unsupported=(),
            problems=problems,
        )

    def render(self, values: Mapping[str, object], language: str | None = None, missing: Missing = "error") -> bytes:
        """Return the document for one record as the bytes of a .docx file.

        values: name -> value, for instance of fields.field_values. missing: what a field that ``values`` lacks is, an
        error or blank. Raises ModelError.
        """
        context = self.context(values, missing)
        with self.told():
            return self.compiled.render(context)

    def merge(
        self,
        records: Iterable[Record],
        language: str | None = None,
        missing: Missing = "error",
        *,
        school: School | None = None,
    ) -> Iterator[Document]:
        """Yield the document of each record, in order. Raises as render does, when it comes to that record."""
        for record in records:
            content = self.render(field_values(record, school or School()), language, missing)
            yield Document((record,), content)

    @contextmanager
    def told(self) -> Iterator[None]:
        """Make a ModelError of what goes wrong in the programs of the model."""
        try:
            yield
        except (TemplateError, ArithmeticError, TypeError, ValueError, LookupError, AttributeError) as cause:
            raise ModelError(_failed(self.path.name, cause)) from cause

    def context(self, values: Mapping[str, object], missing: Missing = "error") -> dict[str, object]:
        """Return the values under the names that the model spells. Raises ModelError for those that are missing."""
        context: dict[str, object] = {}
        lacking: list[Use] = []
        for use in self.analysis.uses:
            if use.name in context:
                continue
            found = use.name if use.name in values else _find_key(use.name, values)
            if found is not None:
                context[use.name] = values[found]
            elif use.name in IMAGES:
                context[use.name] = None
            elif missing == "blank":
                context[use.name] = ""
            elif not use.optional:
                lacking.append(use)
        if lacking:
            raise ModelError(unknown_field(use.name, place, values) for use in lacking for place in use.places)
        return context


def open_model(path: Path | str) -> Model:
    """Return the model at ``path``. Raises ModelError when it is not there, not a .docx, damaged or dangerous.

    What is wrong with its tags is told by Model.check, and raised when it is rendered.
    """
    path = Path(path)
    package = open_package(path)
    if main_part(package) is None:
        what, remedy = "Ce fichier ne contient pas de document.", "Enregistrez-le de nouveau dans Word, en .docx."
        raise ModelError(error("model.not-docx", what, remedy, Place(file=path.name)))
    return Model(path, package)


def _find_key(name: str, values: Mapping[str, object]) -> str | None:
    """Return the key that ``name`` stands for without accents and capitals; None where none does, or several."""
    form = ascii_name(name)
    found = [key for key in values if ascii_name(key) == form]
    return found[0] if len(found) == 1 else None


def _failed(file: str, cause: Exception) -> Problem:
    where = Place(file=file)
    if isinstance(cause, UndefinedError):
        what = f"Une balise demande une valeur qui n’existe pas ({cause})."
        return error("model.unknown-field", what, "Voyez la liste des champs : pix-mailmerge fields.", where)
    if isinstance(cause, SecurityError):
        what = "Une balise demande ce qu’un modèle n’a pas le droit de faire."
        return error("model.tag-forbidden", what, "N’utilisez pas ce modèle sans savoir d’où il vient.", where)
    what = f"Une balise ne peut pas être calculée ({cause})."
    return error("model.tag-failed", what, "Corrigez le calcul dans la balise.", where)
