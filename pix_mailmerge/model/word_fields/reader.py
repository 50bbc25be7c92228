"""Reads the fields of a story.

A field is ``w:fldSimple``, or runs: ``fldChar begin``, its code, maybe ``fldChar separate`` and its last result, and
``fldChar end``. Code and result may hold other fields, tabs, whole paragraphs; Word cuts runs anywhere. Sources:
ECMA-376 part 1, 17.16; files saved by Word, LibreOffice and Google Docs.
"""

from __future__ import annotations

import copy

from lxml import etree

from pix_mailmerge.model.word_fields.tree import (
    Block,
    Box,
    Element,
    Field,
    Inline,
    Mark,
    Piece,
    Story,
    Text,
    Trouble,
    attribute,
    cells,
    local,
)

DEEPEST = 60
"""Fields within fields; Word itself stops at twenty or so."""


_INLINE = frozenset({"hyperlink", "ins", "moveTo", "smartTag", "customXml", "dir", "bdo", "sdtContent"})
_DELETED = frozenset({"del", "moveFrom"})
_SILENT = frozenset({"rPr", "lastRenderedPageBreak", "annotationRef", "delText", "delInstrText"})
_TEXT = {"tab": "\t", "cr": "\n", "noBreakHyphen": "\N{NON-BREAKING HYPHEN}"}


def split_runs(root: Element) -> None:
    """Give each ``fldChar`` a run of its own, so that fields begin and end between runs."""
    for mark in [element for element in root.iter() if local(element) == "fldChar"]:
        run = mark.getparent()
        if run is None or local(run) != "r":
            continue
        children = [child for child in run if local(child) != "rPr"]
        if len(children) > 1:
            _split(run, children)


def _split(run: Element, children: list[Element]) -> None:
    look = run.find("{*}rPr")
    groups: list[list[Element]] = []
    for child in children:
        if local(child) == "fldChar" or not groups or local(groups[-1][0]) == "fldChar":
            groups.append([])
        groups[-1].append(child)
    for group in groups[1:][::-1]:
        part = etree.Element(run.tag, run.attrib)
        if look is not None:
            part.append(copy.deepcopy(look))
        part.extend(group)
        run.addnext(part)


def read_story(container: Element) -> Story:
    """Return the fields of a container of paragraphs (``w:body``, ``w:hdr``, ``w:tc``, ``w:txbxContent``…)."""
    return _Reader().read(container)


class _TooDeepError(Exception):
    """Raised at the field that is one too deep."""


class _Reader:
    """One pass over a container, with the fields that are open."""

    def __init__(self) -> None:
        self._story = Story()
        self._open: list[Field] = []

    def read(self, container: Element) -> Story:
        try:
            self._blocks(container)
        except _TooDeepError as cause:
            self._story.troubles.append(Trouble("too-deep", cause.args[0], ""))
            return self._story
        for unfinished in self._open[:1]:
            self._story.troubles.append(Trouble("unfinished", unfinished.begin, unfinished.code_text))
        return self._story

    def _blocks(self, container: Element) -> None:
        for child in container:
            name = local(child)
            if name == "p":
                self._inlines(child)
                self._add(Mark(child))
            elif name == "tbl":
                self._table(child)
            elif name in ("sdt", "customXml", "ins", "moveTo", "sdtContent"):
                self._control(child)

    def _control(self, control: Element) -> None:
        if self._open and _is_balanced(control):
            self._block(control)
        else:
            self._blocks(control)

    def _table(self, table: Element) -> None:
        if self._open:
            self._block(table)
        else:
            self._cells(table, self._story)

    def _block(self, element: Element) -> None:
        """Take a whole table or control as one piece of the open field; what it holds is read as stories of its own."""
        for opened in self._open:
            opened.blocks.append(element)
        self._add(Block(element))

    def _cells(self, parent: Element, story: Story) -> None:
        for cell in cells(parent):
            inner = read_story(cell)
            if inner.items or inner.troubles:
                story.items.append(inner)

    def _inlines(self, parent: Element) -> None:
        for child in parent:
            name = local(child)
            if name == "r":
                self._run(child)
            elif name == "fldSimple":
                self._simple(child)
            elif name == "sdt" or name in _INLINE:
                self._inlines(child)
            elif name in _DELETED:
                continue

    def _simple(self, element: Element) -> None:
        simple = Field(element, [Text(attribute(element, "instr") or "", None)], is_separated=True)
        self._enter(simple)
        self._take(element)
        self._inlines(element)
        self._leave(simple)

    def _run(self, run: Element) -> None:
        for child in run:
            name = local(child)
            if name == "fldChar":
                self._mark(run, attribute(child, "fldCharType"))
                return
        self._take(run)
        for child in run:
            name = local(child)
            if name in ("t", "instrText"):
                if child.text:
                    self._add(Text(child.text, run))
            elif name not in _SILENT:
                self._inline(child, name, run)

    def _inline(self, child: Element, name: str, run: Element) -> None:
        breaks_line = name == "br" and attribute(child, "type") not in ("page", "column")
        self._add(Inline(child, run, "\n" if breaks_line else _TEXT.get(name, "")))
        if len(child):
            for content in child.iter():
                if local(content) == "txbxContent" and not _is_nested_box(content, child):
                    self._box(content)

    def _box(self, content: Element) -> None:
        if self._open:
            self._open[0].blocks.append(content)
        else:
            self._story.items.append(Box(content))

    def _mark(self, run: Element, kind: str | None) -> None:
        if kind == "begin":
            self._enter(Field(run))
            self._take(run)
        elif not self._open:
            self._story.troubles.append(Trouble("stray", run, ""))
        elif kind == "separate":
            self._take(run)
            self._open[-1].is_separated = True
        elif kind == "end":
            self._take(run)
            self._leave(self._open[-1])

    def _enter(self, entered: Field) -> None:
        self._add(entered)
        if not self._open:
            self._story.items.append(entered)
        if len(self._open) == DEEPEST:
            raise _TooDeepError(entered.begin)
        self._open.append(entered)

    def _leave(self, left: Field) -> None:
        """Close a field, and those inside it that have no end of their own (in a ``w:fldSimple``)."""
        while self._open:
            closed = self._open.pop()
            if closed is left:
                return
            self._story.troubles.append(Trouble("unfinished", closed.begin, closed.code_text))

    def _take(self, run: Element) -> None:
        for opened in self._open:
            opened.runs.append(run)

    def _add(self, piece: Piece) -> None:
        if self._open:
            inner = self._open[-1]
            (inner.result if inner.is_separated else inner.code).append(piece)


def _is_balanced(element: Element) -> bool:
    depth = 0
    for mark in element.iter():
        if local(mark) == "fldChar":
            kind = attribute(mark, "fldCharType")
            depth += (kind == "begin") - (kind == "end")
            if depth < 0:
                return False
    return depth == 0


def _is_nested_box(content: Element, above: Element) -> bool:
    """True for a text box inside another one below ``above``: it belongs to the inner story."""
    for parent in content.iterancestors():
        if parent is above:
            return False
        if local(parent) == "txbxContent":
            return True
    return False
