"""What the XML that a value brings may do to a part that is proved well-formed."""

from __future__ import annotations

import re

from pix_mailmerge.model.proofs import MARKUP, TEXT_ENDS, Markup

_TABLES = re.compile(r"<w:(?:tbl|tr|tc|tblGrid|gridSpan)[\s/>]")


def judge(markup: str) -> Markup:
    """Return what the XML of a value may do to a part that is well-formed and whose tables keep their columns."""
    if _TABLES.search(markup):
        return Markup.UNPROVED
    opened, position, kind = list(TEXT_ENDS), 0, Markup.DRAWS if "<wp:docPr " in markup else Markup.PLAIN
    for found in MARKUP.finditer(markup):
        if found["name"] is None or "<" in markup[position : found.start()]:
            return Markup.UNPROVED
        position = found.end()
        if found["empty"]:
            continue
        if not found["close"]:
            opened.append(found["name"])
        elif not opened or opened.pop() != found["name"]:
            return Markup.UNPROVED
        elif len(opened) < len(TEXT_ENDS):
            kind |= Markup.REOPENS
    return kind if tuple(opened) == TEXT_ENDS and "<" not in markup[position:] else Markup.UNPROVED
