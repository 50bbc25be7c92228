"""From a column's header to the name Word gives it in a model, and back.

Word shortens a header to 40 characters, turns its spaces into ``_``, puts ``M_`` before a first character that is not a
letter, and drops every character that is neither letter, digit nor ``_``: ``Nombre de Pix`` is «Nombre_de_Pix», ``1.1``
is «M_11».
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LONGEST_HEADER = 40
"""Characters of a header that Word looks at."""

ADDRESS_FIELDS = {
    "Courtesy Title": ("Title", "Civilité", "Titre"),
    "First Name": ("Prénom", "First"),
    "Last Name": ("Nom", "Nom de famille", "Surname", "Last"),
    "Middle Name": ("Deuxième prénom",),
    "Suffix": ("Suffixe",),
    "Nickname": ("Surnom",),
    "Company": ("Société", "Établissement"),
    "Spouse/Partner Courtesy Title": ("Civilité du conjoint",),
    "Spouse/Partner First Name": ("Prénom du conjoint",),
    "Spouse/Partner Last Name": ("Nom du conjoint",),
}
"""Word's own names for what an address holds -> headers that it recognises for each, besides that name."""


@dataclass(frozen=True, slots=True)
class Match:
    """What a field's name stands for among the headers: one, none, or several that fit equally well."""

    headers: tuple[str, ...]

    @property
    def header(self) -> str | None:
        """Return the one header that fits; None when none or several do."""
        return self.headers[0] if len(self.headers) == 1 else None

    @property
    def is_ambiguous(self) -> bool:
        return len(self.headers) > 1


def word_name(header: str) -> str:
    """Return the name of the merge field that Word makes of a column's ``header``."""
    shortened = unicodedata.normalize("NFC", header)[:LONGEST_HEADER]
    prefix = "" if shortened[:1].isalpha() else "M_"
    named = ("_" if char.isspace() else char for char in shortened)
    return prefix + "".join(char for char in named if char.isalnum() or char == "_")


def resolve(name: str, headers: Sequence[str]) -> Match:
    """Return the header(s) that the merge field ``name`` stands for.

    Tried in turn, the first that finds anything wins: the header itself, the name Word makes of it, both without
    regard to case, then letters and digits alone without accents (``M_1_1`` and ``prenom``, as typed by hand).
    """
    for form in (_exact, _cased, _folded, _bare):
        wanted = form(name)
        found = tuple(dict.fromkeys(header for header in headers if wanted & form(header)))
        if found:
            return Match(found)
    return Match(())


def suggestion(name: str, headers: Iterable[str]) -> str | None:
    """Return the header nearest to ``name`` in spelling, None when none is near."""
    spelled = {_letters(header): header for header in headers}
    near = difflib.get_close_matches(_letters(name), spelled, n=1, cutoff=0.7)
    return spelled[near[0]] if near else None


def _exact(name: str) -> set[str]:
    return {unicodedata.normalize("NFC", name)}


def _cased(name: str) -> set[str]:
    return {unicodedata.normalize("NFC", name), word_name(name)}


def _folded(name: str) -> set[str]:
    return {form.casefold() for form in _cased(name)}


def _bare(name: str) -> set[str]:
    letters = _letters(name)
    return {letters.removeprefix("m") if letters[:1] == "m" and letters[1:2].isdigit() else letters} - {""}


def _letters(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name).casefold()
    return "".join(char for char in decomposed if char.isalnum())
