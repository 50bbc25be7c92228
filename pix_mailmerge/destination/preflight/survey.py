"""Look at a document once: what the embedded engine needs cured, what it would drop all the same."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from pix_mailmerge.destination.preflight.cures import BY_NAME, CURES
from pix_mailmerge.destination.preflight.fields import name_of
from pix_mailmerge.destination.preflight.fonts import missing_font, split_by_machine, unknown_fonts
from pix_mailmerge.destination.preflight.gaps import (
    BODY_GAPS,
    DRAWN_IMAGES,
    PICTURES,
    RUN_GAPS,
    STORY_GAPS,
)
from pix_mailmerge.destination.preflight.ooxml import Story, Styles, q, read_stories, story_title, texts
from pix_mailmerge.model.opc import parse_xml, rels_name, serialize_xml
from pix_mailmerge.model.package import Package, open_package
from pix_mailmerge.problems import Place, Problem, warning

NEAR = 40
"""Characters of the text around that a problem shows."""

_INSTRUCTIONS = texts("//w:instrText/text() | //w:fldSimple/@w:instr")


@dataclass(frozen=True, slots=True)
class Survey:
    """What a document, or all documents of one model, ask of an engine.

    drops: what the embedded engine would not draw, a warning each. cures: names of the changes that it needs on a copy.
    counts_pages: « page 1 sur 2 » is written: each record must be converted alone to be counted alone.
    system_fonts: it asks for a font that is not ours and that this machine has. missing_fonts: a warning for each font
    that the machine has not: no other engine would have it either.
    """

    drops: tuple[Problem, ...] = ()
    cures: frozenset[str] = frozenset()
    counts_pages: bool = False
    system_fonts: bool = False
    missing_fonts: tuple[Problem, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return all that there is to tell before anything is converted."""
        return (*self.drops, *self.missing_fonts)

    @property
    def demands(self) -> tuple[object, ...]:
        """Return what decides on the engine and the cures: documents of equal demands are converted together."""
        names = tuple(sorted({problem.what for problem in self.drops}))
        return (names, self.cures, self.counts_pages, self.system_fonts)

    def cures_for(self, engine: str) -> tuple[str, ...]:
        """Return the names of the cures that an engine needs, in the order in which they are applied."""
        needed = [cure for cure in CURES if cure.name in self.cures]
        return tuple(cure.name for cure in needed if cure.everywhere or engine == "embedded")


NOTHING_SPECIAL = Survey()
"""Of documents that every engine draws as they are."""


def survey_document(docx: Path) -> Survey:
    """Return the survey of a .docx, a model or a merged document; raise ModelError where it cannot be opened.

    A document whose XML is damaged has nothing special: the engine says what it makes of it.
    """
    package = open_package(docx)
    try:
        return survey_package(package, docx.name)
    except etree.XMLSyntaxError:
        return NOTHING_SPECIAL


def survey_package(package: Package, file: str) -> Survey:
    """Return the survey of a document. file: its name, for the problems."""
    styles = Styles.of(package)
    stories = list(read_stories(package))
    counts = any(name_of(text) in {"NUMPAGES", "SECTIONPAGES"} for one in stories for text in _INSTRUCTIONS(one.root))
    needed = {cure.name for one in stories for cure in CURES if cure.act(one.root, styles)}
    there, missing = split_by_machine(unknown_fonts(package, stories, styles))
    drops = tuple(_drops(package, stories, styles, file))
    return Survey(drops, frozenset(needed), counts, bool(there), tuple(missing_font(name, file) for name in missing))


def cure_document(docx: Path, copy: Path, cures: Iterable[str]) -> None:
    """Write at ``copy`` the document after these cures. ``docx`` is trusted: it is ours, or was surveyed."""
    with zipfile.ZipFile(docx) as source, zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as made:
        contents = {name: source.read(name) for name in source.namelist() if not name.endswith("/")}
        styles = Styles(parse_xml(contents["word/styles.xml"]) if "word/styles.xml" in contents else None)
        acts = [BY_NAME[name].act for name in cures]
        for story in _stories(contents):
            for act in acts:
                act(story.root, styles)
            contents[story.part] = serialize_xml(story.root)
        for name, content in contents.items():
            made.writestr(zipfile.ZipInfo(name), content)


def _stories(contents: dict[str, bytes]) -> Iterator[Story]:
    for name, content in list(contents.items()):
        title = story_title(name)
        if title is not None:
            yield Story(name, title, parse_xml(content))


def _drops(package: Package, stories: Sequence[Story], styles: Styles, file: str) -> Iterator[Problem]:
    """Yield what is still there, after the cures, that the engine does not draw: one problem per thing and part."""
    for story in stories:
        gaps = [*RUN_GAPS, *STORY_GAPS, *(BODY_GAPS if story.title == "corps" else ())]
        for gap in gaps:
            found = gap.find(story.root)
            if found:
                where = Place(file=file, part=story.title, near=_near(found[0]))
                yield _drop(gap.name, gap.remedy, where)
        yield from _image_drops(package, story, file)
        yield from _symbol_drops(story, file)
    for style in styles.used({story.part: story.root for story in stories}):
        for gap in RUN_GAPS:
            if gap.find(style):
                yield _drop(gap.name, gap.remedy, Place(file=file, part="style", near=_style_name(style)))


def _image_drops(package: Package, story: Story, file: str) -> Iterator[Problem]:
    rels = rels_name(story.part)
    if rels not in package:
        return
    targets = {one.get("Id"): one.get("Target", "") for one in parse_xml(package.read(rels))}
    wanted = {id: targets.get(id, "").rpartition(".")[2].lower() for id in PICTURES(story.root)}
    for kind in sorted(set(wanted.values()) - DRAWN_IMAGES - {""}):
        remedy = "Enregistrez l’image en PNG ou en JPEG et insérez-la de nouveau."
        yield _drop(f"Image au format {kind.upper()}", remedy, Place(file=file, part=story.title))


def _symbol_drops(story: Story, file: str) -> Iterator[Problem]:
    """Yield a problem for each symbol font of which characters are left."""
    left = {symbol.get(q("w:font"), ""): symbol for symbol in story.root.iter(q("w:sym"))}
    for font, symbol in sorted(left.items()):
        remedy = "Prenez ce symbole dans la police « Segoe UI Symbol », ou choisissez un autre moteur."
        yield _drop(f"Symbole de la police {font}", remedy, Place(file=file, part=story.title, near=_near(symbol)))


def _drop(name: str, remedy: str, where: Place) -> Problem:
    return warning("model.not-drawn", f"« {name} » ne sera pas dessiné par le moteur PDF intégré.", remedy, where)


def _style_name(style: etree._Element) -> str | None:
    name = style.find(q("w:name"))
    return None if name is None else name.get(q("w:val"))


def _near(found: etree._Element) -> str | None:
    """Return the beginning of the text of the paragraph around an element."""
    paragraph = next(found.iterancestors(q("w:p")), None)
    text = "" if paragraph is None else "".join(one.text or "" for one in paragraph.iter(q("w:t")))
    return text[:NEAR].strip() or None
