"""Texts as they stand in the XML of a part: escaped, in UTF-8, without what no document can hold."""

from __future__ import annotations

import re

from markupsafe import escape

LONGEST_REMEMBERED = 200
MOST_REMEMBERED = 20_000

_MARKS = re.compile("[&<>\"']")
"""What markupsafe escapes; most texts hold none of it, and it takes its time to make a Markup of them."""
_NOT_XML = re.compile("[^\t\n\r\a\f\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
r"""What XML 1.0 cannot hold, \a and \f aside: docxtpl makes a paragraph and a page break of them."""

TURNING = re.compile("[\\u202a-\\u202e\\u2066-\\u2069]")
"""Marks that turn the letters of all that follows: left out of values, or they would turn the model's own words."""


class Escapes(dict[str, bytes]):
    """Text -> its escaped UTF-8 bytes; short texts (names, levels, dates) are remembered, in bounded memory."""

    def __missing__(self, text: str) -> bytes:
        escaped = text.encode() if text.isalnum() else self._escaped(text)
        if len(text) <= LONGEST_REMEMBERED:
            if len(self) >= MOST_REMEMBERED:
                self.clear()
            self[text] = escaped
        return escaped

    @staticmethod
    def _escaped(text: str) -> bytes:
        kept = text if text.isprintable() else TURNING.sub("", printable(text))
        return (escape(kept) if _MARKS.search(kept) else kept).encode()


def printable(text: str) -> str:
    """Return ``text`` without the control characters that no document can hold; a lone surrogate becomes U+FFFD."""
    return _NOT_XML.sub(lambda found: "\ufffd" if "\ud800" <= found[0] <= "\udfff" else "", text)
