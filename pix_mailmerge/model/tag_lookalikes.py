"""What looks like a tag and is none: it would be printed on every page as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from pix_mailmerge.data_source.columns import FIELD_HEADERS
from pix_mailmerge.model.jinja_tags import plain_braces
from pix_mailmerge.model.known_names import ascii_name, field_names
from pix_mailmerge.model.numbering import Numbering
from pix_mailmerge.model.opc import main_part, parse_xml
from pix_mailmerge.model.package import Package
from pix_mailmerge.model.sources import FRENCH, stories
from pix_mailmerge.model.tags import paragraph_text, shortened
from pix_mailmerge.problems import Place, Problem, warning

_TAG = re.compile(r"\{% *raw *%\}.*?(?:\{% *endraw *%\}|$)|\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|\{[{%#].*", re.DOTALL)
_ALIKE = re.compile(
    r"(?P<braces>\{\s+\{[^{}]*\}\s*\}|\{[^{}]{1,60}\}\}|%\{[^{}]{1,60}\}%|[^{}\s][^{}]{0,40}(?:\}\}|%\}|#\}))"
    r"|\[\[?(?P<named>[^\[\]]{1,60})\]\]?|\{(?P<single>[^{}%#]{1,60})\}|<<(?P<pointed>[^<>]{1,60})>>"
    r"|«[\s\u00a0\u202f]*(?P<quoted>[^«»]{1,60}?)[\s\u00a0\u202f]*»"
)
KNOWN = frozenset(map(ascii_name, (*FIELD_HEADERS.values(), *field_names())))
_WITHIN = re.compile(r"[\w' ’.-]+")


def check_lookalikes(package: Package, file: str) -> Iterator[Problem]:
    """Yield a warning for each piece of a model's text that is written almost as a tag; ``file`` names the model.

    A single brace, square brackets and « » are usual in a text: they are told only around the name of a field.
    """
    main = main_part(package)
    if main is None:
        return
    for kind, name in (("body", main), *stories(package, main)):
        root = parse_xml(package.read(name))
        numbers: Numbering | None = None
        for paragraph in root.iter("{*}p"):
            if next(paragraph.iterancestors("{*}Fallback"), None) is None:
                for near, meant in _alike(_typed_text(paragraph)):
                    numbers = numbers or Numbering(_story_of(root), file, FRENCH[kind])
                    yield _alike_problem(near, meant, numbers.place(paragraph, shortened(near)))


def _story_of(root: etree._Element) -> etree._Element:
    body = root.find("{*}body")
    return root if body is None else body


def _alike(text: str) -> Iterator[tuple[str, str]]:
    """Yield each lookalike of a text with the name of a field that it holds, "" for none."""
    if not any(mark in text for mark in "{}[«<"):
        return
    for found in _ALIKE.finditer(plain_braces(_TAG.sub("\n", text)) if "{" in text else text):
        inside = next(filter(None, found.group("named", "single", "pointed", "quoted")), "")
        words = _WITHIN.findall(found["braces"]) if found["braces"] else [inside]
        name = next((form for form in map(ascii_name, words) if form in KNOWN), "")
        if found["braces"] or name:
            yield found[0], name


def _typed_text(paragraph: etree._Element) -> str:
    """Return the text of a paragraph; "" where it holds Word fields: « Nom » is what one shows before it is merged."""
    if paragraph.find(".//{*}fldChar") is None and paragraph.find(".//{*}fldSimple") is None:
        return paragraph_text(paragraph)
    return ""


def _alike_problem(near: str, name: str, place: Place) -> Problem:
    shown = shortened(near)
    what = f"{shown if shown[0] == '«' else f'« {shown} »'} ressemble à une balise et n’en est pas une : ce texte "
    remedy = (
        f"Si c’est un champ, écrivez « {{{{ {name} }}}} »." if name else "Écrivez « {{ champ }} » ou « {% if … %} »."
    )
    return warning("model.tag-lookalike", what + "sera imprimé tel quel.", remedy, place)
