"""Shadings in percent, and the text of automatic colour on a dark ground: Word makes it white, dxpdf 0.8.1 black."""

from __future__ import annotations

from lxml import etree

from pix_mailmerge.destination.preflight.ooxml import Styles, q, xpath

DARK = 62
"""Luminance, of 255, below which LibreOffice makes automatic text white; Word changes about there."""

_PATTERNS = xpath("//w:shd[starts-with(@w:val, 'pct') or @w:val='solid']")
_GROUNDS = xpath("//*[self::w:tcPr or self::w:pPr or self::w:rPr]/w:shd[@w:val='clear']")
_RUNS = xpath(".//w:r[w:t or w:tab or w:sym]")


def fill_patterns(root: etree._Element) -> int:
    """Replace a shading in percent by the plain colour that it looks like; return how many."""
    found = _PATTERNS(root)
    for shading in found:
        shading.set(q("w:fill"), _blended(shading))
        shading.set(q("w:val"), "clear")
    return len(found)


def lighten_text(root: etree._Element, styles: Styles) -> int:
    """Make white the text of automatic colour on a dark cell, paragraph or run; return how many runs."""
    dark = [shading for shading in _GROUNDS(root) if _luminance(shading.get(q("w:fill"))) < DARK]
    runs = {id(run): run for shading in dark for run in _on_ground(shading)}
    automatic = [run for run in runs.values() if styles.value(run, "w:color") in {None, "auto"}]
    for run in automatic:
        properties = run.find(q("w:rPr"))
        if properties is None:
            properties = etree.Element(q("w:rPr"))
            run.insert(0, properties)
        for old in properties.findall(q("w:color")):
            properties.remove(old)
        etree.SubElement(properties, q("w:color")).set(q("w:val"), "FFFFFF")
    return len(automatic)


def _on_ground(shading: etree._Element) -> list[etree._Element]:
    """Return the runs of the cell, paragraph or run that a shading belongs to."""
    properties = shading.getparent()
    owner = None if properties is None else properties.getparent()
    if owner is None:
        return []
    return [owner] if owner.tag == q("w:r") else _RUNS(owner)


def _blended(shading: etree._Element) -> str:
    """Return the colour of ``pct25`` of a colour on a fill, as six hexadecimal digits."""
    value = shading.get(q("w:val"), "")
    share = 1.0 if value == "solid" else int(value.removeprefix("pct") or 0) / 100
    front, back = (_colour(shading.get(q(name)), auto) for name, auto in (("w:color", 0), ("w:fill", 255)))
    mixed = (round(share * one + (1 - share) * other) for one, other in zip(front, back, strict=True))
    return "".join(f"{part:02X}" for part in mixed)


def _luminance(fill: str | None) -> float:
    red, green, blue = _colour(fill, 255)
    return 0.299 * red + 0.587 * green + 0.114 * blue


def _colour(text: str | None, auto: int) -> tuple[int, int, int]:
    try:
        red, green, blue = bytes.fromhex(text or "auto")
    except ValueError:
        return (auto, auto, auto)
    return (red, green, blue)
