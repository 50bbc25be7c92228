"""The column that a user means: by its header, as any spelling of it, or by the name of its field in a model."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.columns import folded_header
from pix_mailmerge.problems import Problem, error

LISTED = 8
"""Choices told in one remedy."""


def find_header(name: str, headers: Sequence[str]) -> str | None:
    """Return the one of ``headers`` that ``name`` means: « classe », « Classe », « nombre_pix », « 1.1 »; or None."""
    if name in headers:
        return name
    wanted = folded_header(name)
    by_form = {folded_header(header): header for header in reversed(headers) if folded_header(header)}
    if wanted in by_form:
        return by_form[wanted]
    named = columns.FIELD_HEADERS.get(name.strip().casefold())
    column = columns.find_column(named or name)
    if column is None:
        return None
    return next((header for header in headers if columns.find_column(header) is column), None)


def unknown_column(option: str, name: str, headers: Sequence[str]) -> Problem:
    """Return the problem of an option that names a column which the sources do not have."""
    return error(
        "usage.unknown-column",
        f"Aucune colonne ne s’appelle « {name} » (option {option}).",
        f"{near_sentence(name, headers)}Les colonnes sont : {listed(headers, len(headers))}.",
    )


def near_sentence(text: str, choices: Sequence[str]) -> str:
    """Return « Vouliez-vous dire … ? » with the choice spelled most like ``text``; "" where none is."""
    forms = {folded_header(choice): choice for choice in choices}
    near = difflib.get_close_matches(folded_header(text), forms, 1, 0.6)
    return f"Vouliez-vous dire « {forms[near[0]]} » ? " if near else ""


def listed(choices: Sequence[str], most: int = LISTED) -> str:
    """Return the choices as a list, « … » where there are more than ``most``."""
    return ", ".join([*(f"« {choice} »" for choice in choices[:most]), *(["…"] if len(choices) > most else [])])
