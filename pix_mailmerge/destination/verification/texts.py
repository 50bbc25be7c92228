"""The text of a part of a .docx in its order, and the forms in which texts are compared; pure."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType

from pix_mailmerge.data_source import columns
from pix_mailmerge.model.escapes import printable

START, END, WILD = "\ufdd0", "\ufdd1", "\ufdd2"
"""Around a value that the model emitted; in the place of what Word computes anew (a page number, today's date).

Noncharacters: XML takes them, and nobody types them.
"""
KINDS = MappingProxyType(
    {
        header: chr(0xFDD3 + place)
        for place, header in enumerate(
            (columns.SCORE, columns.LAST_NAME, columns.FIRST_NAME, columns.NUMBER, *columns.COMPETENCE_CODES)
        )
    }
)
"""What stands for START where the value is known to be that of one column."""
PAGE_BREAK = "\f"

_TOKEN = re.compile(
    r"<(?:w:(?:t(?:\s[^>]*)?>(?P<text>[^<]*)</w:t>"
    r"|(?P<blank>tab|cr)/>|(?P<hyphen>noBreakHyphen)/>"
    r'|br(?:\s+(?:w:type="(?P<break>\w+)"|[^>]*?))?/>'
    r"|(?P<page>pageBreakBefore)/>|(?P<empty>p)(?:\s[^>]*)?/>"
    r'|fldChar\s[^>]*?w:fldCharType="(?P<field>\w+)"|instrText(?:\s[^>]*)?>(?P<code>[^<]*)<'
    r'|fldSimple\s[^>]*?w:instr="(?P<simple>[^"]*)"[^>]*>|(?P<box>txbxContent)>)'
    r"|/w:(?:(?P<end>p)|(?P<end_simple>fldSimple)|(?P<end_box>txbxContent))>"
    r"|w:(?P<gone>del|moveFrom)(?:\s[^>]*)?(?<!/)>.*?</w:(?P=gone)>|mc:Fallback.*?</mc:Fallback>"
    r'|a:blip\s[^>]*?r:embed="(?P<picture>[^"]+)"|v:imagedata\s[^>]*?r:id="(?P<old_picture>[^"]+)")',
    re.DOTALL,
)
_HIDDEN = re.compile(r"<w:r(?:\s[^>]*)?>(?:(?!</w:r>).)*?<w:vanish/>.*?</w:r>", re.DOTALL)
_VOLATILE = frozenset(
    {
        "PAGE",
        "NUMPAGES",
        "SECTION",
        "SECTIONPAGES",
        "DATE",
        "TIME",
        "CREATEDATE",
        "SAVEDATE",
        "PRINTDATE",
        "EDITTIME",
        "FILENAME",
        "FILESIZE",
        "AUTHOR",
        "USERNAME",
        "USERINITIALS",
        "NUMWORDS",
        "NUMCHARS",
        "REVNUM",
        "LASTSAVEDBY",
        "PAGEREF",
        "TOC",
        "DOCPROPERTY",
    }
)
_CUT = re.compile("[\x02\ufffe\u00ad\u2010\u2011-]")
"""Hyphens: pdfium writes U+0002 (U+FFFE) where a line is cut, whether the hyphen is the author's or the engine's."""
_UNSEEN = re.compile("[\\u061c\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\ufeff]")
"""Joiners, blanks without width, marks of direction: never drawn; some engines write them into a PDF, others do not."""
_STARTS = frozenset({START, *KINDS.values()})
_MARKS = re.compile(f"[{''.join(_STARTS)}{END}]")
_PIECE = re.compile(f"[{''.join(_STARTS)}{END}{WILD}]|[^{''.join(_STARTS)}{END}{WILD}]+")
_NUMBER_COMMA = re.compile(r"(?<=\d),(?=\d)")


@dataclass(frozen=True, slots=True)
class Story:
    """The text of a part, paragraph after paragraph, those of its text boxes apart; ids of its pictures in order.

    codes: the instructions of its fields.
    """

    paragraphs: tuple[str, ...]
    boxes: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


def read_story(xml: str) -> Story:
    """Return what the XML of a part, or a piece of one, shows; hidden and deleted text left out."""
    if "<w:vanish/>" in xml:
        xml = _HIDDEN.sub("", xml)
    reader = _Reader()
    for token in _TOKEN.finditer(xml):
        kind = token.lastgroup
        if kind == "text":
            reader.add(token["text"])
        elif kind == "end" or kind == "empty":
            reader.end_paragraph()
        elif kind is None:
            reader.add("\n" if token[0].startswith("<w:br") else "")
        else:
            reader.take(kind, token[kind])
    return reader.story()


class _Reader:
    """Gathers paragraphs; a text box inside a paragraph is a flow of its own."""

    def __init__(self) -> None:
        self._flows: list[list[str]] = [[]]
        self._done: list[str] = []
        self._boxes: list[str] = []
        self._pictures: list[str] = []
        self._fields: list[str | None] = []
        self._codes: list[str] = []

    def add(self, text: str) -> None:
        if not self._fields or not any(code is None or _is_volatile(code) for code in self._fields):
            self._flows[-1].append(text)

    def end_paragraph(self) -> None:
        text = "".join(self._flows[-1])
        (self._done if len(self._flows) == 1 else self._boxes).append(html.unescape(text) if "&" in text else text)
        self._flows[-1] = []

    def take(self, kind: str, value: str) -> None:
        if kind in {"picture", "old_picture"}:
            self._pictures.append(value)
        elif kind == "box":
            self._flows.append([])
        elif kind == "end_box" and len(self._flows) > 1:
            self._flows.pop()
        elif kind in {"break", "page"}:
            self.add(PAGE_BREAK if value in {"page", "pageBreakBefore"} else "\n")
        elif kind in {"blank", "hyphen"}:
            self.add("-" if kind == "hyphen" else "\t")
        else:
            self._field(kind, value)

    def _field(self, kind: str, value: str) -> None:
        """Keep the result of a field as text; what Word computes anew is WILD."""
        if kind == "code":
            self._codes.append(value)
        elif kind == "simple":
            self._codes.append(value)
            self._begin_result(value)
        elif value == "begin":
            self._fields.append(None)
            self._codes.append("")
        elif value == "separate" and self._fields:
            self._fields.pop()
            self._begin_result(self._codes[-1])
        elif (value == "end" or kind == "end_simple") and self._fields:
            self._fields.pop()

    def _begin_result(self, code: str) -> None:
        if _is_volatile(code):
            self.add(WILD)
        self._fields.append(code)

    def story(self) -> Story:
        if any(self._flows[0]):
            self.end_paragraph()
        codes = tuple(code for code in self._codes if code)
        return Story(tuple(self._done), tuple(self._boxes), tuple(self._pictures), codes)


def _is_volatile(code: str) -> bool:
    return code.split()[:1] != [] and code.split()[0].upper() in _VOLATILE


def plain(text: str) -> str:
    """Return ``text`` without the marks around values."""
    return _MARKS.sub("", text)


@lru_cache(maxsize=16384)
def loose(text: str) -> str:
    """Return the form in which texts of two .docx are the same: NFKC, any blank one space, 12,5 as 12.5."""
    lines = unicodedata.normalize("NFKC", plain(text)).split(PAGE_BREAK)
    return _NUMBER_COMMA.sub(".", PAGE_BREAK.join(" ".join(line.split()) for line in lines))


def squeezed(text: str) -> str:
    """Return the form in which a text and its print are the same: no blanks, hyphens, ligatures, capitals, marks."""
    text = _UNSEEN.sub("", printable(text))  # a document cannot hold what a source may: control characters
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold())
    return _NUMBER_COMMA.sub(".", _CUT.sub("", "".join(folded.split())))


def rare_letters(text: str) -> str:
    """Return the letters that the font of a document may lack: engines may draw these apart from their neighbours."""
    return "".join(char for char in text if char > "\xff" and char.isalpha() and char != "œ")


def without_rare(text: str) -> str:
    """Return ``text`` without its rare letters."""
    return "".join(char for char in text if char <= "\xff" or not char.isalpha() or char == "œ")


@lru_cache(maxsize=8192)
def _squeezed_piece(text: str) -> str:
    return squeezed(text)


@dataclass(frozen=True, slots=True)
class Stream:
    """A story squeezed. slots: start and end of each value in ``text``. values: as they were emitted.

    cuts: where something stands that is not known beforehand.
    """

    text: str
    slots: tuple[tuple[int, int], ...]
    values: tuple[str, ...]
    cuts: tuple[int, ...] = ()

    @property
    def blocks(self) -> tuple[str, ...]:
        """Return the text between the cuts."""
        edges = (0, *self.cuts, len(self.text))
        return tuple(self.text[start:end] for start, end in pairwise(edges) if end > start)


def stream_of(paragraphs: Iterable[str]) -> Stream:
    """Return paragraphs, values marked, as one squeezed stream."""
    done: list[str] = []
    length = depth = 0
    starts: list[int] = []
    found: list[tuple[int, int, str]] = []
    raw: list[str] = []
    cuts: list[int] = []
    for piece in _PIECE.findall("\n".join(paragraphs)):
        if piece in _STARTS:
            depth += 1
            if depth == 1:
                starts.append(length)
                raw = []
        elif piece == END:
            depth = max(0, depth - 1)
            if depth == 0 and len(starts) > len(found):
                found.append((starts[-1], length, "".join(raw)))
        elif piece == WILD:
            cuts.append(length)
        else:
            raw.append(piece)
            done.append(_squeezed_piece(piece))
            length += len(done[-1])
    slots = tuple((start, end) for start, end, _ in found)
    return Stream("".join(done), slots, tuple(value for _, _, value in found), tuple(cuts))


def values_of(paragraph: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a marked paragraph, and whether each is a value."""
    depth = 0
    gathered: list[str] = []
    for piece in _PIECE.findall(paragraph):
        if piece in _STARTS:
            if depth == 0 and gathered:
                yield "".join(gathered), False
                gathered = []
            depth += 1
        elif piece == END:
            depth = max(0, depth - 1)
            if depth == 0:
                yield "".join(gathered), True
                gathered = []
        else:
            gathered.append(piece)
    if gathered:
        yield "".join(gathered), False


def without_blank_end(paragraphs: Sequence[str]) -> tuple[str, ...]:
    """Return paragraphs without the empty ones at the end, which a composed document may have more of."""
    end = len(paragraphs)
    while end and not plain(paragraphs[end - 1]).strip(" \n\t"):
        end -= 1
    return tuple(paragraphs[:end])


def form_of(paragraphs: Sequence[str]) -> tuple[str, ...]:
    """Return the form in which the paragraphs of two .docx are the same."""
    return tuple(map(loose, without_blank_end(paragraphs)))
