"""Preset shapes drawn as paths: dxpdf 0.8.1 draws rectangles, lines and custom geometry, and no other preset."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from lxml import etree

from pix_mailmerge.destination.preflight.ooxml import q, xpath

Point = tuple[float, float]

SAME_AS = {
    "flowChartProcess": "rect",
    "straightConnector1": "line",
    "flowChartConnector": "ellipse",
    "flowChartDecision": "diamond",
    "flowChartAlternateProcess": "roundRect",
    "flowChartTerminator": "roundRect",
    "flowChartMerge": "triangle",
}
DRAWN = frozenset({"rect", "line"})
KAPPA = 4 * (math.sqrt(2) - 1) / 3
"""Of a radius: how far the handles of a Bézier quarter circle stand from its ends."""

_PRESETS = xpath("//wps:spPr/a:prstGeom")
_INLINE = xpath("//wp:inline[.//wps:wsp][not(ancestor::mc:Fallback)]")
_SEEN = xpath(".//w:t[normalize-space()] | .//w:tab | .//w:drawing | .//w:pict | .//w:instrText | .//w:sym")


def draw_shapes(root: etree._Element) -> int:
    """Replace the preset shapes that are known here by their paths; return how many."""
    changed = 0
    for preset in _PRESETS(root):
        name = preset.get("prst", "")
        kind = SAME_AS.get(name, name)
        properties = preset.getparent()
        extent = None if properties is None else properties.find(f"{q('a:xfrm')}/{q('a:ext')}")
        if kind in DRAWN:
            changed += kind != name
            preset.set("prst", kind)
        elif kind in PATHS and properties is not None and extent is not None:
            width, height = (int(extent.get(side, "0")) for side in ("cx", "cy"))
            path = PATHS[kind](float(width), float(height), _adjustments(preset, name))
            properties.replace(preset, _geometry(width, height, path))
            changed += 1
    return changed


def anchor_lone_shapes(root: etree._Element) -> int:
    """Anchor a shape that stands alone in its paragraph: the engine drops shapes in a line. Return how many."""
    changed = 0
    for inline in _INLINE(root):
        paragraph = next(inline.iterancestors(q("w:p")), None)
        if paragraph is not None and _is_alone(inline, paragraph):
            _anchor(inline, _alignment(paragraph))
            changed += 1
    return changed


def _ellipse(width: float, height: float, adjust: Callable[[str, int], float]) -> list[etree._Element]:
    return _rounded(width, height, width / 2, height / 2)


def _round_rectangle(width: float, height: float, adjust: Callable[[str, int], float]) -> list[etree._Element]:
    radius = min(width, height) * min(adjust("adj", 16667), 50000) / 100000
    return _rounded(width, height, radius, radius)


def _rounded(width: float, height: float, rx: float, ry: float) -> list[etree._Element]:
    """Return a rectangle whose corners are quarters of an ellipse."""
    hx, hy = rx * (1 - KAPPA), ry * (1 - KAPPA)
    return [
        _command("moveTo", (0, ry)),
        _command("cubicBezTo", (0, hy), (hx, 0), (rx, 0)),
        _command("lnTo", (width - rx, 0)),
        _command("cubicBezTo", (width - hx, 0), (width, hy), (width, ry)),
        _command("lnTo", (width, height - ry)),
        _command("cubicBezTo", (width, height - hy), (width - hx, height), (width - rx, height)),
        _command("lnTo", (rx, height)),
        _command("cubicBezTo", (hx, height), (0, height - hy), (0, height - ry)),
        _command("close"),
    ]


def _polygon(*points: Point) -> Callable[[float, float, object], list[etree._Element]]:
    """Return a drawing of a polygon whose corners are given in parts of its width and height."""

    def draw(width: float, height: float, adjust: object) -> list[etree._Element]:
        return _closed((x * width, y * height) for x, y in points)

    return draw


def _arrow(turns: int) -> Callable[[float, float, Callable[[str, int], float]], list[etree._Element]]:
    """Return a drawing of a block arrow: to the right, turned by so many quarters clockwise."""

    def draw(width: float, height: float, adjust: Callable[[str, int], float]) -> list[etree._Element]:
        along, across = (width, height) if turns % 2 == 0 else (height, width)
        half = across * min(adjust("adj1", 50000), 100000) / 200000
        neck = along - min(along, min(along, across) * adjust("adj2", 50000) / 100000)
        middle = across / 2
        points = [(0, middle - half), (neck, middle - half), (neck, 0), (along, middle)]
        points += [(neck, across), (neck, middle + half), (0, middle + half)]
        for _ in range(turns):
            points, across, along = [(across - y, x) for x, y in points], along, across
        return _closed(points)

    return draw


def _star() -> tuple[Point, ...]:
    """Return the corners of a five-pointed star that fills its box."""
    inner = math.sin(math.radians(18)) / math.sin(math.radians(54))
    corners = [
        (
            (1 if n % 2 == 0 else inner) * math.sin(n * math.pi / 5),
            (1 if n % 2 == 0 else inner) * -math.cos(n * math.pi / 5),
        )
        for n in range(10)
    ]
    left, top = min(x for x, _ in corners), min(y for _, y in corners)
    width, height = max(x for x, _ in corners) - left, max(y for _, y in corners) - top
    return tuple(((x - left) / width, (y - top) / height) for x, y in corners)


PATHS: dict[str, Callable[[float, float, Callable[[str, int], float]], list[etree._Element]]] = {
    "ellipse": _ellipse,
    "roundRect": _round_rectangle,
    "triangle": _polygon((0.5, 0), (1, 1), (0, 1)),
    "rtTriangle": _polygon((0, 0), (1, 1), (0, 1)),
    "diamond": _polygon((0.5, 0), (1, 0.5), (0.5, 1), (0, 0.5)),
    "star5": _polygon(*_star()),
    "rightArrow": _arrow(0),
    "downArrow": _arrow(1),
    "leftArrow": _arrow(2),
    "upArrow": _arrow(3),
}
"""Preset shape (ECMA-376, 20.1.10.56) -> its path in a box of that width and height, in EMU."""


def _adjustments(preset: etree._Element, name: str) -> Callable[[str, int], float]:
    """Return the adjustments that the shape was given, by name, with their defaults."""
    given = {guide.get("name", ""): guide.get("fmla", "") for guide in preset.iter(q("a:gd"))}

    def adjust(key: str, default: int) -> float:
        number = given.get(key, "").removeprefix("val ")
        if number.lstrip("-").isdigit():
            return max(0.0, float(number))
        return 50000.0 if name == "flowChartTerminator" else float(default)

    return adjust


def _geometry(width: int, height: int, commands: Iterable[etree._Element]) -> etree._Element:
    geometry = etree.Element(q("a:custGeom"))
    for name in ("a:avLst", "a:gdLst", "a:ahLst", "a:cxnLst"):
        etree.SubElement(geometry, q(name))
    etree.SubElement(geometry, q("a:rect"), {"l": "0", "t": "0", "r": "r", "b": "b"})
    paths = etree.SubElement(geometry, q("a:pathLst"))
    path = etree.SubElement(paths, q("a:path"), {"w": str(width), "h": str(height)})
    path.extend(commands)
    return geometry


def _closed(points: Iterable[Point]) -> list[etree._Element]:
    first, *others = points
    return [_command("moveTo", first), *(_command("lnTo", point) for point in others), _command("close")]


def _command(name: str, *points: Point) -> etree._Element:
    command = etree.Element(q(f"a:{name}"))
    for x, y in points:
        etree.SubElement(command, q("a:pt"), {"x": str(round(x)), "y": str(round(y))})
    return command


def _is_alone(inline: etree._Element, paragraph: etree._Element) -> bool:
    """Tell whether nothing else in the paragraph is seen."""
    drawing = inline.getparent()
    others = (seen for seen in _SEEN(paragraph) if seen is not drawing and drawing not in list(seen.iterancestors()))
    return all(any(one.tag == q("mc:Fallback") for one in seen.iterancestors()) for seen in others)


def _alignment(paragraph: etree._Element) -> str:
    justified = paragraph.find(f"{q('w:pPr')}/{q('w:jc')}")
    value = "left" if justified is None else justified.get(q("w:val"), "left")
    return {"center": "center", "right": "right", "end": "right"}.get(value, "left")


def _anchor(inline: etree._Element, alignment: str) -> None:
    """Make an anchor of an inline drawing: at the top of its paragraph, the text below it."""
    inline.tag = q("wp:anchor")
    for name, value in (
        ("simplePos", "0"),
        ("relativeHeight", "1"),
        ("behindDoc", "0"),
        ("locked", "0"),
        ("layoutInCell", "1"),
        ("allowOverlap", "1"),
    ):
        inline.set(name, value)
    horizontal, vertical = etree.Element(q("wp:positionH")), etree.Element(q("wp:positionV"))
    horizontal.set("relativeFrom", "column")
    vertical.set("relativeFrom", "paragraph")
    etree.SubElement(horizontal, q("wp:align")).text = alignment
    etree.SubElement(vertical, q("wp:posOffset")).text = "0"
    inline[0:0] = [etree.Element(q("wp:simplePos"), {"x": "0", "y": "0"}), horizontal, vertical]
    effect = inline.find(q("wp:effectExtent"))
    before = effect if effect is not None else inline.find(q("wp:extent"))
    if before is not None:
        before.addnext(etree.Element(q("wp:wrapTopAndBottom")))
