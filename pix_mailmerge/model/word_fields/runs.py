"""The results of fields as runs: escaped text in the look of a run, tabs, line ends, whole paragraphs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from lxml import etree

from pix_mailmerge.model.escapes import TURNING
from pix_mailmerge.model.word_fields.tree import Element, local

Kind = Literal["text", "child", "run", "mark", "block", "picture"]


class Segment(NamedTuple):
    """A piece of a result.

    « text » in the look (XML of ``w:rPr``, "" = none) of a run · « child »: XML inside such a run · « run »: XML beside
    runs · « mark »: the end of a paragraph, whose ``w:pPr`` is ``data`` · « block »: XML between paragraphs ·
    « picture »: ``data`` is a value that brings its own XML (``__html__``), for inside a text.
    """

    kind: Kind
    look: str
    data: Any


_SPECIAL = re.compile("[^\x20-%'-;=?-\u2010\u2012-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What a text cannot hold as it stands: & < > and what is not XML; tabs, line ends, non-breaking hyphens; TURNING."""
_PIECE = re.compile("([\t\n\N{NON-BREAKING HYPHEN}])")
_NOT_XML = re.compile("[^\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class RunWriter:
    """Writes segments as XML, with the prefix that the part gives to WordprocessingML."""

    def __init__(self, prefix: str) -> None:
        name = f"{prefix}:" if prefix else ""
        self._text = (f'<{name}t xml:space="preserve">', f"</{name}t>")
        self._special = {
            "\t": f"<{name}tab/>",
            "\n": f"<{name}br/>",
            "\N{NON-BREAKING HYPHEN}": f"<{name}noBreakHyphen/>",
        }
        self._run = (f"<{name}r>", f"</{name}r>")
        self._paragraph = (f"<{name}p>", f"</{name}p>")
        self._code = (f'<{name}instrText xml:space="preserve">', f"</{name}instrText>")

    def around(self, look: str) -> tuple[str, str]:
        """Return what stands before and after a plain text in a run of that look."""
        return self._run[0] + look + self._text[0], self._text[1] + self._run[1]

    def run(self, text: str, look: str) -> str:
        """Return a run; "" for no text."""
        if not text:
            return ""
        if _SPECIAL.search(text) is None:
            return f"{self._run[0]}{look}{self._text[0]}{text}{self._text[1]}{self._run[1]}"
        return f"{self._run[0]}{look}{self.inside(text)}{self._run[1]}"

    def code(self, text: str, look: str) -> str:
        """Return a run of the code of a field that stays: quotes and backslashes of a value are no syntax."""
        guarded = escaped(text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ").replace("\t", " "))
        return f"{self._run[0]}{look}{self._code[0]}{guarded}{self._code[1]}{self._run[1]}" if text else ""

    def inside(self, text: str) -> str:
        """Return the children of a run that show ``text``."""
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n")
        return "".join(
            self._special.get(piece) or f"{self._text[0]}{escaped(piece)}{self._text[1]}"
            for piece in _PIECE.split(text)
            if piece
        )

    def write(self, segments: Sequence[Segment], last_look: str = "", *, one_paragraph: bool = False) -> str:
        """Return segments as they stand in a paragraph, whose own ``w:pPr`` is ``last_look``.

        A mark ends that paragraph and begins another one; with ``one_paragraph`` it is a line end.
        """
        if one_paragraph:
            segments = [Segment("text", "", "\n") if one.kind == "mark" else one for one in segments]
        written: list[str] = []
        opened: str | None = None  # the look of the run that is open
        inside = True  # a paragraph
        for position, (kind, look, data) in enumerate(segments):
            if opened is not None and (kind not in ("text", "child") or look != opened):
                written.append(self._run[1])
                opened = None
            if not inside and kind != "block":
                written.append(self._paragraph[0] + self._look_from(segments, position, last_look))
                inside = True
            if kind in ("text", "child"):
                if opened is None:
                    written.append(self._run[0] + look)
                    opened = look
                written.append(self.inside(data) if kind == "text" else data)
            elif kind == "mark":
                written.append(self._paragraph[1])
                inside = False
            elif kind == "block" and not one_paragraph:
                written.append(self._paragraph[1] * inside + data)
                inside = False
            elif kind == "run":
                written.append(data)
            elif kind == "picture":
                before, after = self.around(look)
                written.append(f"{before}{data.__html__()}{after}")
        if opened is not None:
            written.append(self._run[1])
        if not inside:
            written.append(self._paragraph[0] + last_look)
        return "".join(written)

    @staticmethod
    def first_look(segments: Sequence[Segment], last_look: str) -> str:
        """Return the ``w:pPr`` of the paragraph in which segments begin: that of its mark."""
        return RunWriter._look_from(segments, 0, last_look)

    @staticmethod
    def _look_from(segments: Sequence[Segment], position: int, last_look: str) -> str:
        return next((one.data for one in segments[position:] if one.kind == "mark"), last_look)


def escaped(text: str) -> str:
    """Return ``text`` as XML character data, without what XML cannot hold and the marks of TURNING."""
    text = _NOT_XML.sub(lambda found: "\ufffd" if "\ud800" <= found[0] <= "\udfff" else "", TURNING.sub("", text))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shown(segments: Sequence[Segment]) -> str:
    """Return the text of segments, paragraphs as line ends."""
    return "".join(
        "\n" if one.kind == "mark" else one.data if one.kind == "text" else _child_text(one.data)
        for one in segments
        if one.kind in ("text", "child", "mark")
    )


def _child_text(xml: str) -> str:
    return "\t" if re.match(r"<(\w+:)?tab\b", xml) else "\n" if re.match(r"<(\w+:)?(br|cr)\b", xml) else ""


def xml_of(element: Element, known: dict[str | None, str]) -> str:
    """Return an element as it stands inside a part that declares the namespaces ``known``."""
    xml: str = etree.tostring(element, encoding="unicode", with_tail=False)
    end = xml.index(">")
    start = xml[:end]
    for prefix, namespace in known.items():
        start = start.replace(f' xmlns{f":{prefix}" if prefix else ""}="{namespace}"', "", 1)
    return start + xml[end:]


def look_of(run: Element | None, known: dict[str | None, str]) -> str:
    """Return the ``w:rPr`` of a run as XML, "" where it has none."""
    if run is None:
        return ""
    for child in run:
        if local(child) == "rPr":
            return xml_of(child, known)
    return ""
