"""« MERGEFIELD »: Word's fields of a part made expressions of its Jinja source.

Each outermost field becomes ``{{ _mf0[7] }}`` (field 7 of part 0): its value is worked out for a record before the part
is rendered, in the order of the document, and is XML already. A paragraph that may vanish stands in
``{% if _mp0[7] %}``, a row that is repeated in ``{% for _mr in _mf0[7] %}``. Fields left to Word stay, with those
inside them replaced.

One tuple for each part, not one name for each field: Jinja's compiler copies all names at each ``if``.
"""

from __future__ import annotations

from pix_mailmerge.model.numbering import Numbering
from pix_mailmerge.model.opc import parse_xml
from pix_mailmerge.model.word_fields import problems
from pix_mailmerge.model.word_fields.assembly import assembled
from pix_mailmerge.model.word_fields.bookmarks import filled_bookmarks
from pix_mailmerge.model.word_fields.compiler import FieldCompiler
from pix_mailmerge.model.word_fields.controls import Control, find_controls, has_controls
from pix_mailmerge.model.word_fields.findings import Findings
from pix_mailmerge.model.word_fields.formats import plain_text
from pix_mailmerge.model.word_fields.frames import Frame, find_frames, has_frames
from pix_mailmerge.model.word_fields.nodes import Node, Show, Template
from pix_mailmerge.model.word_fields.parts import MARK, MARKS, Options, PartFields, mark
from pix_mailmerge.model.word_fields.places import join_paragraphs, remove_run, text_near
from pix_mailmerge.model.word_fields.reader import read_story, split_runs
from pix_mailmerge.model.word_fields.runs import RunWriter, look_of, xml_of
from pix_mailmerge.model.word_fields.state import MergeState
from pix_mailmerge.model.word_fields.surroundings import Surroundings
from pix_mailmerge.model.word_fields.tree import (
    NAMESPACES,
    Box,
    Element,
    Field,
    Story,
    Trouble,
    ancestor,
    attribute,
    cells,
    local,
)
from pix_mailmerge.problems import Place

_PARTS = {
    "body": "corps",
    "hdr": "en-tête",
    "ftr": "pied de page",
    "footnotes": "note de bas de page",
    "endnotes": "note de fin",
}


def translate(xml: str, findings: Findings, options: Options, number: int = 0) -> PartFields:
    """Return a part's XML with its merge fields as expressions; ``number`` tells the parts of a model apart.

    What is wrong with them goes to the findings; a broken field is left as it is, and so is a part without fields.
    """
    root = parse_xml(xml.encode())
    has_fields = root.find(".//{*}fldChar") is not None or root.find(".//{*}fldSimple") is not None
    if not (has_fields or has_frames(xml) or has_controls(xml)):
        return PartFields(number, [xml])
    return _Translator(root, findings, options).translated(number)


class _Translator:
    """One pass over a part. Fields become marks in its XML; the marks become expressions once it is text again."""

    def __init__(self, root: Element, findings: Findings, options: Options) -> None:
        self._root = root
        self._findings = findings
        self._numbering = Numbering(root, findings.file, _PARTS.get(local(root), "document"))
        self._known: dict[str | None, str] = dict(root.nsmap)
        prefix = next((prefix for prefix, name in self._known.items() if name in NAMESPACES), None)
        self._writer = RunWriter(prefix or "")
        self._compiler = FieldCompiler(
            findings, self._writer, self._known, self._place, self._template, self._kept_template
        )
        self._shows: list[Show] = []
        self._surroundings = Surroundings(options)
        self._owns: dict[int, str] = {}
        self._is_mended = False

    def translated(self, number: int) -> PartFields:
        split_runs(self._root)
        stories = [read_story(container) for container in self._containers()]
        self._findings.bookmarks |= frozenset(filled_bookmarks(stories))
        marks = self._root.iter("{*}bookmarkStart")
        self._findings.own_bookmarks |= {(attribute(mark, "name") or "").casefold() for mark in marks}
        for frame in find_frames(self._root):
            self._frame(frame)
        for control in find_controls(self._root):
            self._control(control)
        for copies in list(self._root.iter("{*}AlternateContent")):
            self._rewind_between(copies)
        for story in stories:
            self._translate(story)
        flags = self._surroundings.marked()
        return assembled(self._root, number, self._shows, flags, is_mended=self._is_mended)

    def _containers(self) -> list[Element]:
        if local(self._root) in ("footnotes", "endnotes"):
            return [note for note in self._root if local(note) in ("footnote", "endnote")]
        return [self._root]

    def _translate(self, story: Story) -> None:
        broken = [self._broken(trouble) for trouble in story.troubles]
        if any(broken):
            return
        for item in story.items:
            if isinstance(item, Field):
                self._field(item)
            else:
                self._translate(read_story(item.content) if isinstance(item, Box) else item)

    def _broken(self, trouble: Trouble) -> bool:
        """Tell what is wrong with a field's structure; True where the story cannot be trusted any more."""
        place = self._numbering.place(trouble.element, _typed(trouble.code) or text_near(trouble.element))
        if trouble.kind == "stray":
            self._findings.problems.setdefault(problems.stray(place))
            trouble.element.getparent().remove(trouble.element)
            self._is_mended = True
            return False
        problem = problems.too_deep(place) if trouble.kind == "too-deep" else problems.unfinished(trouble.code, place)
        self._findings.problems.setdefault(problem)
        return True

    def _field(self, placed: Field) -> None:
        """Replace a field by a mark, or only the fields inside one that is left to Word."""
        self._inner(placed)
        node = self._compiler.find_node(placed)
        if node is None:
            self._nested(placed)
        else:
            self._replace(placed, node)

    def _inner(self, placed: Field) -> None:
        """Translate the tables and text boxes inside a field, before it is cut out."""
        for block in placed.blocks:
            for container in cells(block) if local(block) == "tbl" else [block]:
                self._translate(read_story(container))
        placed.blocks = [block for block in placed.blocks if local(block) != "txbxContent"]

    def _nested(self, outer: Field) -> None:
        """Replace the fields inside one that is left to Word, those of its code by text that is code."""
        for pieces in (outer.code, outer.result):
            for piece in pieces:
                if not isinstance(piece, Field) or piece.is_placed:
                    continue
                node = self._compiler.find_node(piece)
                if node is None:
                    self._nested(piece)
                else:
                    self._replace(piece, node, in_code=pieces is outer.code)

    def _replace(self, placed: Field, node: Node, *, in_code: bool = False) -> None:
        start: Element = ancestor(placed.begin, "p")
        end: Element = ancestor(placed.runs[-1], "p")
        if start is not end and start.getparent() is not end.getparent():
            self._findings.problems.setdefault(problems.astray(placed, self._place(placed)))
            return
        placed.is_placed = self._findings.is_merged = True
        last_look = self._compiler.paragraph_look(end)
        one_paragraph = placed.begin.getparent() is not start
        if in_code:
            show = _code_show(self._writer, node, look_of(placed.begin, self._known))
        else:
            show = node.show(self._writer, last_look, one_paragraph=one_paragraph)
        if start is not end and not in_code:
            show = self._show_first_look(start, node, last_look) or show
        mark = self._mark("f", show)
        placed.begin.addprevious(mark)
        for run in placed.runs:
            remove_run(run)
        if start is not end:
            join_paragraphs(start, end, placed.blocks)
        self._surroundings.note(mark, node, start, in_code=in_code)

    def _show_first_look(self, start: Element, node: Node, last_look: str) -> Show | None:
        """Let the first paragraph of a field that spans several look like the first paragraph of its result.

        In Word the look of a paragraph belongs to its end: of what the field shows, or that after the field. Return
        what then shows the field; None where all paragraphs look alike.
        """
        if self._compiler.paragraph_look(start) == last_look:
            return None
        held: list[list] = []  # type: ignore[type-arg]
        writer = self._writer

        def show_look(state: MergeState) -> str:
            held[:] = [node.segments(state)]
            return writer.first_look(held[0], last_look)

        look = next((child for child in start if local(child) == "pPr"), None)
        if look is not None:
            start.remove(look)
        start.insert(0, self._mark("f", show_look))
        return lambda state: writer.write(held[0], last_look)

    def _rewind_between(self, copies: Element) -> None:
        """Let the copy of a text box for older programs begin with the record that the first copy began with."""
        codes = "".join(child.text or "" for child in copies.iter() if local(child) == "instrText")
        if "NEXT" in codes.upper() and len(copies) > 1:
            copies[0].insert(0, self._mark("f", _remember))
            for copy in copies[1:]:
                copy.insert(0, self._mark("f", _rewind))

    def _frame(self, frame: Frame) -> None:
        """Let the school's image take the place of a picture."""
        place = self._numbering.place(frame.element, text_near(frame.element))
        position = self._findings.ask_school(frame.name, place, needed=False)
        frame.element.set(frame.attribute, f"{MARK}:f:{len(self._shows)};")
        self._owns[len(self._shows)] = frame.own
        self._shows.append(lambda state: frame.shown(state.row[position]))

    def _control(self, control: Control) -> None:
        """Let the school's value take the place of what a content control shows."""
        first = control.runs[0]
        place = self._numbering.place(first, text_near(first))
        position = self._findings.ask_school(control.name, place, needed=control.is_prompt)
        look = look_of(first, self._known)
        typed = "".join(xml_of(run, self._known) for run in control.runs)
        spoken, write = self._findings.own_language, self._writer.run
        first.addprevious(self._mark("f", lambda state: write(plain_text(state.row[position], spoken), look) or typed))
        for run in control.runs:
            run.getparent().remove(run)

    def _mark(self, kind: str, show: Show) -> Element:
        self._shows.append(show)
        return mark(kind, len(self._shows) - 1)

    # XML inside a result

    def _template(self, element: Element) -> Template | str:
        """Return an element inside a result as XML, with the fields that were already marked in it."""
        return self._with_fields(xml_of(element, self._known))

    def _kept_template(self, kept: Field) -> Template | None:
        """Return a field left to Word inside a result; None where it spans paragraphs, or has no end of its own."""
        self._nested(kept)
        begin, end = kept.begin, kept.runs[-1]
        parent = begin.getparent()
        if parent is None or parent is not end.getparent() or parent.index(begin) > parent.index(end):
            return None
        runs = parent[parent.index(begin) : parent.index(end) + 1]
        made = self._with_fields("".join(xml_of(run, self._known) for run in runs))
        return made if isinstance(made, Template) else Template((made,))

    def _with_fields(self, xml: str) -> Template | str:
        pieces: list[str | Show] = []
        for number, piece in enumerate(MARKS.split(xml)):
            if number % 3 == 1:
                kind = piece
            elif number % 3 == 2 and kind == "f":
                pieces.append(self._owns.get(int(piece)) or self._shows[int(piece)])
            elif number % 3 == 0 and piece:
                pieces.append(piece)
        return "".join(pieces) if all(isinstance(one, str) for one in pieces) else Template(tuple(pieces))  # type: ignore[arg-type]

    def _place(self, placed: Field) -> Place:
        return self._numbering.place(placed.begin, _typed(placed.code_text))


def _typed(code: str) -> str | None:
    """Return a field's code on one line, for a user; None where it is empty."""
    return " ".join(code.split())[:60] or None


def _remember(state: MergeState) -> str:
    state.remember()
    return ""


def _rewind(state: MergeState) -> str:
    state.rewind()
    return ""


def _code_show(writer: RunWriter, node: Node, look: str) -> Show:
    return lambda state: writer.code(node.text(state), look)
