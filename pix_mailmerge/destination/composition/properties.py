"""The title, author… of a composed document: what the records agree on, and nothing of any single one."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from pix_mailmerge.model.opc import parse_xml, serialize_xml
from pix_mailmerge.model.programs import Program


class Properties:
    """The core properties of the records so far. A model whose title holds a pupil's name gives all of them none."""

    def __init__(self, program: Program | None) -> None:
        self._program = program
        self._last = b""
        self._kept: etree._Element | None = None

    def add(self, values: Mapping[str, object]) -> None:
        """Empty what differs in this record."""
        if self._program is None:
            return
        content = b"".join(self._program(values))
        if content == self._last:
            return
        self._last = content
        root = parse_xml(content)
        if self._kept is None:
            self._kept = root
            return
        for kept, other in zip(self._kept, root, strict=True):
            if kept.text != other.text:
                kept.text = None

    @property
    def content(self) -> bytes:
        """Return the part."""
        return b"" if self._kept is None else serialize_xml(self._kept)
