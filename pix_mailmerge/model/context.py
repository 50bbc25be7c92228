"""The values of a record under the names that a model spells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from pix_mailmerge.model.analysis import Use, unknown_field
from pix_mailmerge.model.fields import ascii_name
from pix_mailmerge.problems import ModelError
from pix_mailmerge.settings import IMAGES

Missing = Literal["error", "blank"]
"""What a field is that the values lack."""


def context_of(uses: Iterable[Use], values: Mapping[str, object], missing: Missing = "error") -> dict[str, object]:
    """Return the values of the names that a model uses, as it spells them. Raises ModelError for those missing."""
    context: dict[str, object] = {}
    lacking: list[Use] = []
    for use in uses:
        name = use.name
        if name in context:
            continue
        try:
            context[name] = values[name]
        except KeyError:
            found = _find_key(name, values)
            if found is not None:
                context[name] = values[found]
            elif name in IMAGES:
                context[name] = None
            elif missing == "blank":
                context[name] = ""
            elif not use.optional:
                lacking.append(use)
    if lacking:
        raise ModelError(unknown_field(use.name, place, values) for use in lacking for place in use.places)
    return context


def _find_key(name: str, values: Mapping[str, object]) -> str | None:
    """Return the key that ``name`` stands for without accents and capitals; None where none does, or several."""
    form = ascii_name(name)
    found = [key for key in values if ascii_name(key) == form]
    return found[0] if len(found) == 1 else None
