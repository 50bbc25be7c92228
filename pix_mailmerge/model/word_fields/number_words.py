"""Numbers in letters, as ``\\* CardText``, ``OrdText`` and ``DollarText`` write them: in French, else in English."""

from __future__ import annotations

from decimal import Decimal

from pix_mailmerge.model.word_fields.language import Language
from pix_mailmerge.model.word_fields.numbers import round_half_up

LARGEST = 999_999
"""Word writes no larger number in letters."""

_EN_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_EN_TENS = ["_", "_", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_EN_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_FR_UNITS = [
    "zéro",
    "un",
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "sept",
    "huit",
    "neuf",
    "dix",
    "onze",
    "douze",
    "treize",
    "quatorze",
    "quinze",
    "seize",
    "dix-sept",
    "dix-huit",
    "dix-neuf",
]
_FR_TENS = [
    "_",
    "_",
    "vingt",
    "trente",
    "quarante",
    "cinquante",
    "soixante",
    "soixante",
    "quatre-vingt",
    "quatre-vingt",
]


def cardinal_words(number: Decimal, language: Language) -> str | None:
    """Return « cent vingt-trois »; None where Word writes no letters (negative, above 999 999)."""
    whole = int(round_half_up(number, 0))
    if not 0 <= whole <= LARGEST:
        return None
    return _french(whole) if language.is_french else _english(whole)


def ordinal_words(number: Decimal, language: Language) -> str | None:
    """Return « cent vingt-troisième »; None where Word writes no letters."""
    whole = int(round_half_up(number, 0))
    if not 0 <= whole <= LARGEST:
        return None
    return _french_ordinal(whole) if language.is_french else _english_ordinal(_english(whole))


def amount_words(number: Decimal, language: Language) -> str | None:
    """Return the whole part in letters, the hundredths in digits: « quatorze et 55/100 », « fourteen and 55/100 »."""
    cents = int(round_half_up(number, 2).scaleb(2)) if number >= 0 else -1
    words = cardinal_words(Decimal(cents // 100), language)
    return None if words is None else f"{words} {'et' if language.is_french else 'and'} {cents % 100:02d}/100"


def ordinal_digits(number: Decimal, language: Language) -> str:
    """Return « 1er », « 2e » in French, « 1st », « 2nd », « 3rd », « 11th » in English."""
    whole = int(round_half_up(number, 0))
    if language.is_french:
        return f"{whole}{'er' if whole == 1 else 'e'}"
    last = abs(whole) % 100
    suffix = "th" if 10 < last < 20 else {1: "st", 2: "nd", 3: "rd"}.get(last % 10, "th")
    return f"{whole}{suffix}"


def _english(number: int) -> str:
    if number < 20:
        return _EN_UNITS[number]
    if number < 100:
        tens, unit = divmod(number, 10)
        return _EN_TENS[tens] + (f"-{_EN_UNITS[unit]}" if unit else "")
    size, name = (1000, "thousand") if number >= 1000 else (100, "hundred")
    high, rest = divmod(number, size)
    return f"{_english(high)} {name}" + (f" {_english(rest)}" if rest else "")


def _english_ordinal(words: str) -> str:
    cut = max(words.rfind(" "), words.rfind("-")) + 1
    last = words[cut:]
    if last in _EN_ORDINALS:
        return words[:cut] + _EN_ORDINALS[last]
    return words[:cut] + (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")


def _french(number: int) -> str:
    if number < 20:
        return _FR_UNITS[number]
    if number < 100:
        return _french_tens(number)
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        head = "cent" if hundreds == 1 else f"{_FR_UNITS[hundreds]} cent{'' if rest else 's'}"
        return f"{head} {_french(rest)}" if rest else head
    thousands, rest = divmod(number, 1000)
    head = "mille" if thousands == 1 else f"{_before_mille(_french(thousands))} mille"
    return f"{head} {_french(rest)}" if rest else head


def _french_tens(number: int) -> str:
    tens, unit = divmod(number, 10)
    if tens in (7, 9):
        unit += 10
    name = _FR_TENS[tens]
    if unit == 0:
        return f"{name}s" if tens == 8 else name
    joint = " et " if unit in (1, 11) and tens < 8 else "-"
    return f"{name}{joint}{_FR_UNITS[unit]}"


def _before_mille(words: str) -> str:
    """« quatre-vingts » and « deux cents » lose their s before « mille »."""
    return words[:-1] if words.endswith(("vingts", "cents")) else words


def _french_ordinal(number: int) -> str:
    if number == 1:
        return "premier"
    words = _before_mille(_french(number))
    if words.endswith("cinq"):
        return f"{words}uième"
    if words.endswith("neuf"):
        return f"{words[:-1]}vième"
    return f"{words.removesuffix('e')}ième"
