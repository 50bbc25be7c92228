"""Word's number pictures: what ``\\# "# ##0,00"`` makes of a number.

``0`` a digit or 0 · ``#`` a digit or a space (the number 0 shows its 0) · ``x`` drops the digits to its left, or rounds
there · ``.`` decimal sign · ``,`` grouping · ``-`` minus or space · ``+`` plus, minus or space · ``;`` parts the
pictures of positive, negative and zero · ``'text'`` as it stands · anything else stands for itself. Separators are
printed as the language has them, and a picture written with the language's own (``# ##0,00``) is understood.
Sources: ECMA-376 part 1, 17.16.4.2; Microsoft's help on numeric pictures; what Word 2010 was seen to show.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from pix_mailmerge.model.word_fields.language import NBSP, Language
from pix_mailmerge.model.word_fields.numbers import round_half_up

_DIGITS = frozenset("0#x")
_SPACES = f" {NBSP}\N{NARROW NO-BREAK SPACE}"
_SPACED_GROUPS = re.compile(f"(?<=[0#x])[{_SPACES}](?=[0#x]{{3}}(?![0#x]))")
_COMMA_GROUP = re.compile(r",[0#x]{3}(?![0#x])")
_DOT_GROUP = re.compile(r"\.[0#x]{3}(?![0#x])")

Kind = Literal["digit", "text", "minus", "plus"]


@dataclass(frozen=True, slots=True)
class _Item:
    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class _Section:
    """One of the pictures between ``;``: what stands before and after the decimal sign."""

    whole: tuple[_Item, ...]
    fraction: tuple[_Item, ...]
    has_point: bool
    grouped: bool

    @property
    def is_signed(self) -> bool:
        return any(item.kind in ("minus", "plus") for item in (*self.whole, *self.fraction))

    @property
    def begins_with_digit(self) -> bool:
        return bool(self.whole) and self.whole[0].kind == "digit"

    @property
    def has_digits(self) -> bool:
        return any(item.kind == "digit" for item in (*self.whole, *self.fraction))

    @property
    def is_fraction_alone(self) -> bool:
        """True for « .00 »: Word 2010 shows 95.4 as .40, and -0.75 without its sign."""
        return bool(self.fraction) and not any(item.kind == "digit" for item in self.whole)

    def shows_zero(self, fraction: str) -> bool:
        """True where a 0 before the decimal sign is shown, since no digit of the ``fraction`` would be."""
        return not fraction.strip("0") and all(item.text == "#" for item in self.fraction if item.kind == "digit")


@dataclass(frozen=True, slots=True)
class NumberPicture:
    """A compiled picture; ``write`` is all there is to do with it."""

    sections: tuple[_Section, ...]
    language: Language

    def write(self, number: Decimal) -> str:
        """Return ``number`` as the picture shows it."""
        if number < 0 and len(self.sections) > 1:
            return self._written(self.sections[1], number)
        if number == 0 and len(self.sections) > 2:
            return self._written(self.sections[2], number)
        section = self.sections[0]
        text = self._written(section, number)
        places = sum(item.kind == "digit" for item in section.fraction)
        shown = round_half_up(number, places)
        if shown >= 0 or not section.has_digits or section.is_signed or section.is_fraction_alone:
            return text
        blanks = len(text) - len(text.lstrip(" ")) if section.begins_with_digit else 0
        return f"{text[:blanks]}-{text[blanks:]}"

    def _written(self, section: _Section, number: Decimal) -> str:
        if not section.has_digits:
            return "".join(_signed(item, number) for item in (*section.whole, *section.fraction))
        places = [item.text for item in section.fraction if item.kind == "digit"]
        rounded = round_half_up(abs(number), len(places))
        whole, _, fraction = format(rounded, "f").partition(".")
        signed = number if rounded else Decimal(0)
        point = self.language.decimal if section.has_point else ""
        digits = "" if section.is_fraction_alone else whole.lstrip("0") or "0" * section.shows_zero(fraction)
        return self._whole(section, digits, signed) + point + _fraction(section, fraction, signed)

    def _whole(self, section: _Section, digits: str, number: Decimal) -> str:
        """Return the part before the decimal sign: digits fill the places from the right, what is left stands first."""
        places = [item.text for item in section.whole if item.kind == "digit"]
        if "x" in places:
            kept = len(places) - places.index("x")
            digits = digits[-kept:] if len(digits) > kept else digits
        lead, placed = digits[: -len(places) or None] if len(digits) > len(places) else "", digits[-len(places) :]
        if not places:
            lead, placed = digits, ""
        count = len(digits)
        written: list[str] = []
        left = len(places)
        for item in section.whole:
            if item.kind != "digit":
                written.append(_signed(item, number))
                continue
            if lead:
                written.append(self._grouped(section, lead, count))
                lead = ""
            digit = placed[-left] if left <= len(placed) else ("0" if item.text == "0" else " ")
            written.append(digit)
            left -= 1
            if section.grouped and digit != " " and left and left % 3 == 0:
                written.append(self.language.group)
        return "".join(written) + (self._grouped(section, lead, count) if lead else "")

    def _grouped(self, section: _Section, lead: str, count: int) -> str:
        """Return the digits for which the picture has no place; ``count`` digits stand before the decimal sign."""
        if not section.grouped:
            return lead
        written = []
        for position, digit in enumerate(lead):
            after = count - position - 1
            written.append(digit + (self.language.group if after and after % 3 == 0 else ""))
        return "".join(written)


def number_picture(picture: str, language: Language) -> NumberPicture | None:
    """Return ``picture`` compiled, None where it is empty."""
    if not picture.strip():
        return None
    return NumberPicture(tuple(_section(part, language) for part in _split(picture)), language)


def _split(picture: str) -> list[str]:
    """Return the parts between the ``;`` that stand outside quotes; Word knows three."""
    parts, quoted = [""], False
    for char in picture:
        quoted ^= char == "'"
        if char == ";" and not quoted:
            parts.append("")
        else:
            parts[-1] += char
    return parts[:3]


def _section(part: str, language: Language) -> _Section:
    decimal, groups = _separators(re.sub("'[^']*'?", "", part), language)
    spaced = {match.start() for match in _SPACED_GROUPS.finditer(part)} if " " in groups else set()
    whole: list[_Item] = []
    fraction: list[_Item] = []
    items, grouped, point = whole, False, False
    for literal, position, char in _characters(part):
        if literal:
            items.append(_Item("text", char))
        elif char == decimal and not point:
            items, point = fraction, True
        elif (char in groups and char not in _SPACES) or position in spaced:
            grouped = True
        else:
            items.append(_Item(_kind(char), char))
    return _Section(tuple(whole), tuple(fraction), point, grouped)


def _characters(part: str) -> list[tuple[bool, int, str]]:
    """Return the characters of a section: whether quoted, position, character; the quotes themselves go."""
    characters, quoted = [], False
    for position, char in enumerate(part):
        if char == "'":
            quoted = not quoted
        else:
            characters.append((quoted, position, char))
    return characters


def _kind(char: str) -> Kind:
    if char in _DIGITS:
        return "digit"
    kinds: dict[str, Kind] = {"-": "minus", "+": "plus"}
    return kinds.get(char, "text")


def _separators(part: str, language: Language) -> tuple[str, str]:
    """Return the decimal sign and the grouping characters of a section, however it was written."""
    spaces = _SPACES if language.groups_with_spaces else ""
    dot, comma = "." in part, "," in part
    if dot and comma:
        last_is_comma = part.rindex(",") > part.rindex(".") and language.decimal == ","
        return (",", "." + spaces) if last_is_comma else (".", "," + spaces)
    if language.decimal == ".":
        return ".", ","
    if comma:
        return ("", "," + spaces) if _COMMA_GROUP.search(part) else (",", spaces)
    if dot:
        return ("", "." + spaces) if language.group == "." and _DOT_GROUP.search(part) else (".", spaces)
    return "", spaces


def _signed(item: _Item, number: Decimal) -> str:
    if item.kind == "minus":
        return "-" if number < 0 else " "
    if item.kind == "plus":
        return "-" if number < 0 else "+" if number > 0 else " "
    return item.text


def _fraction(section: _Section, digits: str, number: Decimal) -> str:
    """Return the part after the decimal sign; a ``#`` beyond the last digit that counts is a space."""
    significant = len(digits.rstrip("0"))
    written, place = [], 0
    for item in section.fraction:
        if item.kind != "digit":
            written.append(_signed(item, number))
            continue
        digit = digits[place] if place < len(digits) else "0"
        written.append(" " if item.text == "#" and place >= significant else digit)
        place += 1
    return "".join(written)
