"""What a model may use, and what this one uses."""

from __future__ import annotations

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
    """The fields that any model may use; file, kind and used tell of one model, None and () where none was given."""

    known: tuple[Field, ...]
    file: str | None = None
    kind: str | None = None
    used: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Return a mapping for ``--json``."""
        known = [{"name": one.name, "origin": one.origin, "used": one.used} for one in self.known]
        return {"file": self.file, "kind": self.kind, "fields": list(self.used), "known": known}


def find_fields(path: Path | None = None) -> ModelFields:
    """Return the fields that a model may use and those that the model at ``path`` uses; raise ModelError."""
    model = open_model(path) if path else None
    used = model.fields if model else ()
    known = tuple(Field(name, _origin(name), name in used) for name in field_names())
    return ModelFields(known, path.name if path else None, model.kind if model else None, used)


def _origin(name: str) -> str:
    if name in {*SCHOOL_FIELDS, *IMAGES}:
        return f"--{OPTION_NAMES[name]}"
    return FIELD_HEADERS.get(name, "")
