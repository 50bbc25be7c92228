"""What a tag that fails is told as, and where: found by rendering its part once more, with a line for each tag."""

from __future__ import annotations

from collections.abc import Mapping

from jinja2 import TemplateError
from jinja2.exceptions import SecurityError, UndefinedError
from lxml.etree import LxmlError

from pix_mailmerge.model import media
from pix_mailmerge.model.additions import Additions
from pix_mailmerge.model.compiled import CompiledModel, Part
from pix_mailmerge.model.tags import each_on_a_line, first_tag, read_tags, shortened
from pix_mailmerge.model.workers import too_big
from pix_mailmerge.problems import Place, Problem, error

FAILURES = (
    *(TemplateError, ArithmeticError, TypeError, ValueError, LookupError, AttributeError, RecursionError),
    *(MemoryError, LxmlError),
)
"""What a tag that cannot be computed may raise."""


def find_failure(compiled: CompiledModel, values: Mapping[str, object], file: str) -> Place:
    """Return the place of the tag that fails for ``values``; no more than the file where none does."""
    for part in compiled.parts.values():
        line = _failing_line(compiled, part, values)
        if line is not None:
            return _place(part, line, file)
    return Place(file=file)


def _failing_line(compiled: CompiledModel, part: Part, values: Mapping[str, object]) -> str | None:
    marked = each_on_a_line(part.source.xml)
    program = compiled.compile(marked)
    story = media.StoryPart(part.source.name, Additions(compiled.shared), compiled.shared)
    try:
        media.joined(story, program(values))
    except Exception as cause:
        trace, line = cause.__traceback__, 0
        while trace is not None:
            template = trace.tb_frame.f_globals.get("__jinja_template__")
            line = template.get_corresponding_lineno(trace.tb_lineno) if template is not None else line
            trace = trace.tb_next
        return marked.splitlines()[line - 1] if line else ""
    return None


def _place(part: Part, line: str, file: str) -> Place:
    found = first_tag(line)
    typed = {tag.jinja: tag.place for tag in reversed(read_tags(part.source, file))}
    if found in typed:
        return typed[found]
    return Place(file=file, part=part.source.french, near=shortened(found) if found else None)


def failure(where: Place, cause: Exception) -> Problem:
    """Return the problem of a tag that raised ``cause``, one of FAILURES."""
    if isinstance(cause, UndefinedError):
        what = f"Une balise demande une valeur qui n’existe pas ({cause})."
        return error("model.unknown-field", what, "Voyez la liste des champs : pix-mailmerge fields.", where)
    if isinstance(cause, SecurityError):
        what = "Une balise demande ce qu’un modèle n’a pas le droit de faire."
        return error("model.tag-forbidden", what, "N’utilisez pas ce modèle sans savoir d’où il vient.", where)
    if isinstance(cause, LxmlError):
        what = f"Une valeur apporte du XML qui ne tient pas à la place de sa balise ({cause})."
        return error("model.value-unbalanced", what, "Retirez le filtre « safe », ou corrigez cette valeur.", where)
    if isinstance(cause, (MemoryError, OverflowError)):
        return too_big(where)
    reason = cause.message if isinstance(cause, TemplateError) else cause  # its str has an English line number
    what = f"Une balise ne peut pas être calculée ({reason})."
    return error("model.tag-failed", what, "Corrigez le calcul dans la balise.", where)
