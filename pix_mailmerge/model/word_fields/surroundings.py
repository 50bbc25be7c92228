"""What stands around fields: paragraphs that go when they show nothing, rows that are repeated for a list."""

from __future__ import annotations

from pix_mailmerge.model.word_fields.assembly import row_key
from pix_mailmerge.model.word_fields.nodes import Node
from pix_mailmerge.model.word_fields.parts import MARK, Options, mark
from pix_mailmerge.model.word_fields.places import may_vanish
from pix_mailmerge.model.word_fields.results import MergeField, SetBookmark, SkipIf
from pix_mailmerge.model.word_fields.tree import Element, ancestor, local

_POINTS = frozenset({"bookmarkStart", "bookmarkEnd", "proofErr", "pPr", "commentRangeStart", "commentRangeEnd"})


class Surroundings:
    """Notes where fields were put in a part, then puts paragraphs and rows between marks."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._flags: list[list[int]] = []
        self._rows: dict[Element, int] = {}
        self._touched: dict[Element, None] = {}
        self._plain: dict[int, Node] = {}

    def note(self, placed: Element, node: Node, paragraph: Element, *, in_code: bool) -> None:
        """Note the mark that stands in a paragraph for a field; in_code: of a field that is left to Word."""
        if isinstance(node, (MergeField, SetBookmark, SkipIf)) and not in_code:
            self._plain[int(placed.get("n"))] = node
            self._touched.setdefault(paragraph)
        if isinstance(node, MergeField) and node.position in self._options.repeated:
            row = ancestor(paragraph, "tr")
            if row is not None:
                self._rows.setdefault(row, node.position)

    def marked(self) -> list[list[int]]:
        """Put the marks, once all fields are noted; return for each that may go the fields that it depends on."""
        self._suppress()
        self._repeat()
        return self._flags

    def _suppress(self) -> None:
        """Put each paragraph that holds nothing but merge fields between marks: it goes when they are all empty."""
        if self._options.keeps_blank_lines:
            return
        for paragraph in self._touched:
            numbers = self._only_fields(paragraph)
            if numbers and may_vanish(paragraph) and not self._is_repeated(paragraph):
                self._flag(paragraph, numbers)

    def _only_fields(self, paragraph: Element) -> list[int]:
        """Return the fields of a paragraph that holds nothing else, [] where it holds anything else."""
        numbers = []
        for child in paragraph:
            if child.tag == f"{{{MARK}}}f":
                if int(child.get("n")) not in self._plain:
                    return []
                numbers.append(int(child.get("n")))
            elif local(child) not in _POINTS:
                return []
        return numbers if any(isinstance(self._plain[number], MergeField) for number in numbers) else []

    def _is_repeated(self, element: Element) -> bool:
        row = ancestor(element, "tr")
        return row is not None and row in self._rows

    def _repeat(self) -> None:
        """Put each row of a list between marks; a table that would keep no row goes when the list is empty."""
        for row, position in self._rows.items():
            row.addprevious(mark("row", position))
            row.addnext(mark("rowend", 0))
        for table in dict.fromkeys(row.getparent() for row in self._rows):
            rows = [child for child in table if local(child) == "tr"]
            if local(table) == "tbl" and all(row in self._rows for row in rows) and not self._is_repeated(table):
                self._flag(table, [row_key(self._rows[row]) for row in rows])

    def _flag(self, element: Element, numbers: list[int]) -> None:
        self._flags.append(numbers)
        element.addprevious(mark("p", len(self._flags) - 1))
        element.addnext(mark("e", 0))
