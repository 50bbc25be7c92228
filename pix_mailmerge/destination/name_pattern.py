"""``--names``: where a pupil's documents go and what they are called, as « {classe}/{nom} {prenom} »."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from string import Formatter

from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.headers import find_header, unknown_column
from pix_mailmerge.problems import Problem, UsageError, error

DEFAULT = "{classe}/{nom} {prenom}"
CLASS_FOLDER = "{classe}"
"""What ``fill`` gives for a folder that is the class's own, which has a name that its documents share."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern: for each folder, then for the name, its pieces: a text, then a header or None."""

    parts: tuple[tuple[tuple[str, str | None], ...], ...]

    @property
    def headers(self) -> tuple[str, ...]:
        return tuple(header for part in self.parts for _, header in part if header is not None)

    def fill(self, text_of: Callable[[str], str]) -> list[str]:
        """Return the folders and the name, as the values have it: they are still to be made safe."""
        return [
            CLASS_FOLDER if part == (("", columns.CLASS),) else "".join(
                text + (text_of(header) if header else "") for text, header in part
            )
            for part in self.parts
        ]  # fmt: skip


def parse_pattern(text: str, headers: Sequence[str] | None = None) -> Pattern:
    """Return the pattern that ``text`` means; raise UsageError where it means none, or a column of no source.

    headers: of the sources; None = those of Pix. ``/`` and ``\\`` part folders; an extension at the end is left out.
    """
    bare = re.sub(r"\.(docx|pdf)$", "", text.strip(), flags=re.IGNORECASE).replace("\\", "/")
    try:
        parts = [_pieces(part) for part in bare.split("/") if part.strip()]
    except ValueError as cause:
        raise UsageError(_wrong(text)) from cause
    if not parts:
        raise UsageError(_wrong(text))
    known = columns.HEADERS if headers is None else headers
    problems: list[Problem] = []
    found = [[(literal, _header(name, known, problems)) for literal, name in part] for part in parts]
    if problems:
        raise UsageError(problems)
    return Pattern(tuple(map(tuple, found)))


def _pieces(part: str) -> list[tuple[str, str | None]]:
    pieces = []
    for literal, name, spec, conversion in Formatter().parse(part):
        if spec or conversion or name == "":
            raise ValueError(part)
        pieces.append((literal, name))
    return pieces


def _header(name: str | None, headers: Sequence[str], problems: list[Problem]) -> str | None:
    """Return the Pix header that ``name`` means, or the source's own; add a problem where it means none."""
    if name is None:
        return None
    found = find_header(name, headers)
    if found is None and name in {"nom", "prenom", "classe"}:
        return columns.FIELD_HEADERS[name]  # a source without classes still takes the pattern that everyone uses
    if found is None:
        problems.append(unknown_column("--names", name, headers))
        return None
    column = columns.find_column(found)
    return column.header if column else found


def _wrong(text: str) -> Problem:
    return error(
        "usage.wrong-names",
        f"« --names {text} » ne donne pas de nom de fichier.",
        f'Écrivez un modèle de nom, avec les colonnes entre accolades, par exemple --names "{DEFAULT}".',
    )
