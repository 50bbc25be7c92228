"""What the fields of a model ask for, gathered while they are compiled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pix_mailmerge.model.names import ADDRESS_FIELDS
from pix_mailmerge.model.word_fields.language import Language
from pix_mailmerge.model.word_fields.state import Asked
from pix_mailmerge.problems import Place, Problem


@dataclass(slots=True)
class FieldUse:
    """A name that the model asks for. position: among all names asked for. places: where. needed: it must be given."""

    position: int
    places: dict[Place, None] = field(default_factory=dict)
    needed: bool = True


@dataclass(slots=True)
class Findings:
    """What the parts of a model share, filled while their fields are compiled.

    language: asked for by the caller, None = that of the text. own_language: of the model, with its settings'
    decimal sign. mapped: Word's name of an address field -> column. bookmarks: names that SET fills, own_bookmarks:
    those of the document's text, in small letters.
    asked: the names of columns needed. fields: MERGEFIELD names as typed. of_school: names of the school's values
    that frames and content controls show. codes: every code, in capitals. is_merged: one of them belongs to a merge,
    or is computed.
    """

    file: str
    own_language: Language
    language: Language | None = None
    mapped: Mapping[str, str] = field(default_factory=dict)
    bookmarks: frozenset[str] = frozenset()
    own_bookmarks: frozenset[str] = frozenset()
    asked: list[Asked] = field(default_factory=list)
    fields: dict[str, FieldUse] = field(default_factory=dict)
    of_school: dict[str, FieldUse] = field(default_factory=dict)
    codes: dict[str, None] = field(default_factory=dict)
    is_merged: bool = False
    unsupported: dict[str, None] = field(default_factory=dict)
    problems: dict[Problem, None] = field(default_factory=dict)
    _positions: dict[Asked, int] = field(default_factory=dict)

    def ask(self, asked: Asked) -> int:
        """Return the position of a name among those asked for."""
        if asked not in self._positions:
            self._positions[asked] = len(self.asked)
            self.asked.append(asked)
        return self._positions[asked]

    def ask_school(self, name: str, place: Place, *, needed: bool) -> int:
        """Return the position of a value of the school that is shown at ``place``."""
        position = self.ask(Asked((name,), required=False, of_school=True))
        use = self.of_school.setdefault(name, FieldUse(position, needed=False))
        use.places.setdefault(place)
        use.needed |= needed
        return position

    def ask_mapped(self, name: str, *, required: bool = False) -> int:
        """Return the position of an address field, under whichever column stands for it."""
        column = (self.mapped[name],) if name in self.mapped else ()
        return self.ask(Asked((*column, name, *ADDRESS_FIELDS.get(name, ())), required))
