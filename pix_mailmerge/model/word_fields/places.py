"""Where fields stand: runs taken out, paragraphs joined, paragraphs that may vanish."""

from __future__ import annotations

from pix_mailmerge.model.word_fields.tree import Element, ancestor, local

_WRAPPERS = frozenset({"hyperlink", "ins", "moveTo", "smartTag", "customXml", "sdt", "sdtContent", "dir", "bdo"})
_PROPERTIES = frozenset({"sdtPr", "sdtEndPr", "smartTagPr", "customXmlPr"})


def remove_run(run: Element) -> None:
    """Remove a run, and the wrappers around it that hold nothing any more."""
    parent = run.getparent()
    while parent is not None:
        parent.remove(run)
        if local(parent) not in _WRAPPERS or any(local(child) not in _PROPERTIES for child in parent):
            return
        run, parent = parent, parent.getparent()


def join_paragraphs(start: Element, end: Element, blocks: list[Element]) -> None:
    """Make one paragraph of those that a field spans: what stands after it in the last one goes to the first one."""
    element = start.getnext()
    while element is not None:
        following = element.getnext()
        if local(element) == "p":
            start.extend([child for child in element if local(child) != "pPr"])
            element.getparent().remove(element)
        elif any(element is block for block in blocks):
            element.getparent().remove(element)
        if element is end:
            return
        element = following


def may_vanish(paragraph: Element) -> bool:
    """Tell whether a document is still right without a paragraph: no section ends in it, a cell keeps its last one,
    two tables do not become one."""
    if paragraph.find("{*}pPr/{*}sectPr") is not None:
        return False
    following = paragraph.getnext()
    while following is not None and local(following) not in ("p", "tbl", "sdt"):
        following = following.getnext()
    if following is None:
        return False
    before = paragraph.getprevious()
    while before is not None and local(before) not in ("p", "tbl", "sdt"):
        before = before.getprevious()
    return not (local(following) == "tbl" and before is not None and local(before) == "tbl")


def text_near(element: Element) -> str | None:
    paragraph = ancestor(element, "p")
    texts = (child.text or "" for child in (element if paragraph is None else paragraph).iter() if local(child) == "t")
    return " ".join("".join(texts).split())[:60] or None
