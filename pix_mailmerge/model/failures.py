"""Where a tag failed: found by rendering the part once more, with a line for each of its tags."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pix_mailmerge.model import media
from pix_mailmerge.model.compiled import CompiledModel, Part
from pix_mailmerge.model.tags import read_tags, shortened
from pix_mailmerge.problems import Place

_OPENING = re.compile(r"(?<!\{)\{(?=[{%])")
_TAG = re.compile(r"\{[{%].*?[}%]\}", re.DOTALL)


def find_failure(compiled: CompiledModel, values: Mapping[str, object], file: str) -> Place:
    """Return the place of the tag that fails for ``values``; no more than the file where none does."""
    for part in compiled.parts.values():
        line = _failing_line(compiled, part, values)
        if line is not None:
            return _place(part, line, file)
    return Place(file=file)


def _failing_line(compiled: CompiledModel, part: Part, values: Mapping[str, object]) -> str | None:
    marked = _OPENING.sub("\n{", part.source.xml)
    program = compiled.compile(marked)
    story = media.StoryPart(part.source.name, media.Additions(compiled.shared), compiled.shared)
    try:
        with media.rendering(story):
            for _ in program(values):
                pass
    except Exception as cause:
        trace, line = cause.__traceback__, 0
        while trace is not None:
            template = trace.tb_frame.f_globals.get("__jinja_template__")
            line = template.get_corresponding_lineno(trace.tb_lineno) if template is not None else line
            trace = trace.tb_next
        return marked.splitlines()[line - 1] if line else ""
    return None


def _place(part: Part, line: str, file: str) -> Place:
    found = _TAG.search(line)
    typed = {tag.jinja: tag.place for tag in reversed(read_tags(part.source, file))}
    if found is not None and found[0] in typed:
        return typed[found[0]]
    return Place(file=file, part=part.source.french, near=shortened(found[0]) if found else None)
