"""The fonts that a document asks for, and those among them that neither we nor the machine have."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from lxml import etree

from pix_mailmerge.destination.engines.own_fonts import LAST_RESORT, TWINS
from pix_mailmerge.destination.preflight.ooxml import NAMESPACES, Story, Styles, q
from pix_mailmerge.destination.preflight.symbols import SYMBOLS
from pix_mailmerge.model.opc import parse_xml
from pix_mailmerge.model.package import Package
from pix_mailmerge.problems import Place, Problem, warning

OURS = frozenset(
    {name.casefold() for name in (*TWINS, *TWINS.values(), *SYMBOLS, LAST_RESORT)}
    | {"calibri light", "cambria math", "courier", "segoe ui symbol", "ms gothic", "wingdings 3", "webdings"}
)
"""Fonts that need no word: ours, those ours stand for, those of symbols (told as symbols where they are not drawn)."""


def unknown_fonts(package: Package, stories: Sequence[Story], styles: Styles) -> tuple[str, ...]:
    """Return the fonts asked for that are neither ours nor embedded in the document, sorted."""
    used = styles.used({story.part: story.root for story in stories})
    places = [*(story.root for story in stories), *used]
    if styles.run_defaults is not None:
        places.append(styles.run_defaults)
    theme = _theme_fonts(package)
    asked = {name for place in places for name in _asked(place, theme)}
    embedded = {name.casefold() for name in _embedded(package)}
    return tuple(sorted(name for name in asked if name and name.casefold() not in OURS | embedded))


def split_by_machine(fonts: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the fonts that this machine has and those that it has not; elsewhere than on Linux: nothing is known."""
    wanted = tuple(fonts)
    if sys.platform in {"win32", "darwin"} or not wanted:
        return (), ()
    installed = _installed()
    there = tuple(name for name in wanted if name.casefold() in installed)
    return there, tuple(name for name in wanted if name not in there)


def missing_font(name: str, file: str) -> Problem:
    """Return the warning that a font will be replaced."""
    return warning(
        "model.font",
        f"La police « {name} » n’est pas sur cet ordinateur : une autre la remplacera, et les lignes peuvent bouger.",
        "Prenez Calibri, Cambria, Arial ou Times New Roman, ou incorporez la police dans le modèle (Word : Fichier, "
        "Options, Enregistrement, Incorporer les polices).",
        Place(file=file),
    )


def _asked(place: etree._Element, theme: dict[str, str]) -> Iterator[str]:
    for fonts in place.iter(q("w:rFonts")):
        for side in ("ascii", "hAnsi"):
            themed = fonts.get(q(f"w:{side}Theme"))
            if themed:
                yield theme.get(themed[:5], "")
            else:
                yield fonts.get(q(f"w:{side}"), "")


def _theme_fonts(package: Package) -> dict[str, str]:
    """Return « major », « minor » -> the theme's Latin font."""
    name = "word/theme/theme1.xml"
    if name not in package:
        return {}
    root = parse_xml(package.read(name))
    found = {}
    for kind in ("major", "minor"):
        latin = root.find(f".//a:{kind}Font/a:latin", NAMESPACES)
        found[kind] = "" if latin is None else latin.get("typeface", "")
    return found


def _embedded(package: Package) -> Iterator[str]:
    name = "word/fontTable.xml"
    if name in package:
        for font in parse_xml(package.read(name)).iter(q("w:font")):
            if font.find(q("w:embedRegular")) is not None:
                yield font.get(q("w:name"), "")


@lru_cache(maxsize=1)
def _installed() -> frozenset[str]:
    """Return the names of the fonts of this machine, folded; nothing where fontconfig is not there to say."""
    if shutil.which("fc-list") is None:
        return frozenset()
    done = subprocess.run(["fc-list", ":", "family"], capture_output=True, check=False, timeout=60)
    names = done.stdout.decode("utf-8", "replace").replace("\n", ",").split(",")
    return frozenset(name.strip().casefold() for name in names if name.strip())
