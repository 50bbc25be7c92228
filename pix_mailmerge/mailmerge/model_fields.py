"""What a model may use, and what this one uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pix_mailmerge.data_source.columns import FIELD_HEADERS
from pix_mailmerge.model.fields import SCHOOL_FIELDS, field_names
from pix_mailmerge.model.word_model import open_model
from pix_mailmerge.settings import IMAGES, OPTION_NAMES


@dataclass(frozen=True, slots=True)
class Field:
    """A field that a model may use. origin: the column it comes from, or the option that gives it; "" = worked out."""

    name: str
    origin: str
    used: bool


@dataclass(frozen=True, slots=True)
class ModelFields:
    """The fields that any model may use; the rest tells of one model, None and () where none was given.

    codes: of its Word fields, in capitals. link: to its data source (see link.read_link), None where it has none.
    """

    known: tuple[Field, ...]
    file: str | None = None
    kind: str | None = None
    used: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    link: Mapping[str, object] | None = None

    def as_json(self) -> dict[str, object]:
        """Return a mapping for ``--json``."""
        known = [{"name": one.name, "origin": one.origin, "used": one.used} for one in self.known]
        told = {"file": self.file, "kind": self.kind, "fields": list(self.used), "codes": list(self.codes)}
        return {**told, "link": dict(self.link) if self.link else None, "known": known}


def find_fields(path: Path | None = None) -> ModelFields:
    """Return the fields that a model may use and those that the model at ``path`` uses; raise ModelError."""
    if path is None:
        return ModelFields(_known(()))
    model = open_model(path)
    return ModelFields(_known(model.fields), path.name, model.kind, model.fields, model.field_types, model.link)


def _known(used: tuple[str, ...]) -> tuple[Field, ...]:
    return tuple(Field(name, _origin(name), name in used) for name in field_names())


def _origin(name: str) -> str:
    if name in {*SCHOOL_FIELDS, *IMAGES}:
        return f"--{OPTION_NAMES[name]}"
    return FIELD_HEADERS.get(name, "")
