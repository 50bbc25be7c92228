"""What the school says of itself once: names, images, date, and any other field of its models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class School:
    """The school's values, by the name that a model knows them under; None = nobody gave it.

    signature, cachet, logo: image files. date: as it is to be printed. champs: any other field, name -> text.
    """

    etablissement: str | None = None
    ville: str | None = None
    adresse: str | None = None
    academie: str | None = None
    uai: str | None = None
    chef: str | None = None
    fonction_chef: str | None = None
    date: str | None = None
    signature: Path | None = None
    cachet: Path | None = None
    logo: Path | None = None
    champs: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
