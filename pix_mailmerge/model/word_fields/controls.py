"""Content controls for what a school writes once in a model: those whose tag is « pix:etablissement », « pix:ville »…

In Word one types into them; here an option may say it instead (``--school``). What was typed stays where no value is
given; a control that still shows its prompt needs one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pix_mailmerge.model.known_names import SCHOOL_FIELDS
from pix_mailmerge.model.word_fields.tree import Element, ancestor, attribute, local

PREFIX = "pix:"


@dataclass(frozen=True, slots=True)
class Control:
    """A content control. name: of the school's value. runs: what it shows. is_prompt: nobody typed into it yet."""

    name: str
    runs: tuple[Element, ...]
    is_prompt: bool


def has_controls(xml: str) -> bool:
    """Tell at once whether a part may hold such a control."""
    return f'"{PREFIX}' in xml


def find_controls(root: Element) -> Iterator[Control]:
    """Yield the controls that hold text alone; whatever Word would do with their prompt or their binding is removed."""
    for control in list(root.iter("{*}sdt")):
        properties = next((child for child in control if local(child) == "sdtPr"), None)
        name = "" if properties is None else _name(properties)
        runs = tuple(run for run in control.iter() if local(run) == "r")
        if name in SCHOOL_FIELDS and runs and len({ancestor(run, "p") for run in runs}) == 1 and _is_text(control):
            yield Control(name, runs, _unbind(properties))


def _name(properties: Element) -> str:
    tag = next((child for child in properties if local(child) == "tag"), None)
    value = "" if tag is None else attribute(tag, "val") or ""
    return value.removeprefix(PREFIX) if value.startswith(PREFIX) else ""


def _is_text(control: Element) -> bool:
    return all(local(child) not in ("fldChar", "fldSimple", "sdt", "drawing") for child in control.iterdescendants())


def _unbind(properties: Element) -> bool:
    """Remove the binding to other data, and the mark of a prompt; tell whether there was one."""
    prompts = [child for child in properties if local(child) == "showingPlcHdr"]
    for child in [*prompts, *(child for child in properties if local(child) in ("dataBinding", "placeholder"))]:
        properties.remove(child)
    return bool(prompts)
