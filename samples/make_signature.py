"""Draw signature.png: the hand of nobody, in ink on a transparent ground; the same bytes at every run.

    python samples/make_signature.py [FILE]

A stroke is a smooth curve through a few points; the pen is wide going down and where it slows, thin going up.
"""

from __future__ import annotations

import math
import sys
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw

SIZE = (600, 220)
DOTS_PER_INCH = 300
FINER = 4  # drawn four times larger, then reduced: smooth edges
INK = (24, 34, 92)
THIN, WIDE = 1.6, 5.4  # pixels of the final image
STEPS = 90  # positions between two points

Point = tuple[float, float]

# fmt: off
STROKES: tuple[tuple[Point, ...], ...] = (
    # a tall C that loops at its top, and runs on into « laire »
    (
        (128, 62), (119, 38), (93, 30), (63, 56), (42, 104), (47, 148), (78, 160), (112, 140), (138, 98), (153, 50),
        (152, 31), (143, 40), (138, 84), (138, 128), (148, 138), (163, 122), (176, 106), (187, 103), (177, 106),
        (170, 124), (178, 136), (192, 122), (198, 106), (196, 128), (204, 137), (214, 120), (219, 106), (217, 127),
        (224, 137), (234, 120), (238, 108), (246, 111), (244, 130), (251, 136), (264, 120), (268, 109), (259, 107),
        (255, 124), (265, 137), (288, 124),
    ),
    # the stem of the F, ending in a hook to the left
    ((352, 40), (342, 78), (331, 130), (318, 172), (299, 184), (288, 172), (298, 156)),
    # its roof, long
    ((296, 54), (318, 38), (356, 33), (404, 38), (446, 30)),
    # its bar, then « ontaine » that flattens, then the flourish back under the name
    (
        (314, 104), (338, 98), (360, 97), (368, 110), (360, 124), (353, 112), (364, 102), (378, 106), (384, 124),
        (390, 106), (399, 105), (402, 122), (411, 118), (421, 88), (424, 72), (420, 104), (423, 123), (433, 118),
        (444, 106), (436, 117), (446, 121), (455, 107), (459, 120), (470, 109), (476, 120), (486, 110), (496, 119),
        (512, 112), (536, 108), (556, 116), (548, 136), (486, 154), (388, 164), (264, 180), (168, 190), (132, 182),
        (170, 170), (300, 172), (432, 180),
    ),
    # the cross of the t and the dots, quick
    ((404, 86), (424, 83), (446, 85)),
    ((222, 88), (225, 90)),
    ((462, 92), (465, 93)),
)
# fmt: on


def signature() -> Image.Image:
    """Return the signature, transparent around the ink."""
    mask = Image.new("L", (SIZE[0] * FINER, SIZE[1] * FINER), 0)
    draw = ImageDraw.Draw(mask)
    for stroke in STROKES:
        _draw_stroke(draw, stroke)
    mask = mask.resize(SIZE, Image.Resampling.LANCZOS)
    image = Image.new("RGBA", SIZE, (*INK, 0))
    image.putalpha(ImageChops.multiply(mask, Image.new("L", SIZE, 242)))
    return image


def _draw_stroke(draw: ImageDraw.ImageDraw, points: tuple[Point, ...]) -> None:
    path = list(_curve(points))
    width = THIN
    for position, (here, after) in enumerate(pairwise(path)):
        width += 0.03 * (_pressure(here, after) * _taper(position, len(path)) - width)
        radius = max(width, THIN * 0.55) * FINER / 2
        x, y = here[0] * FINER, here[1] * FINER
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)


def _pressure(here: Point, after: Point) -> float:
    """Return the width the pen tends to: wide straight down, thin up and sideways."""
    across, down = after[0] - here[0], after[1] - here[1]
    length = math.hypot(across, down) or 1.0
    return THIN + (WIDE - THIN) * max(0.0, 0.25 + 0.75 * down / length)


def _taper(position: int, length: int) -> float:
    """Return how much the pen has landed: it comes and goes lightly."""
    return min(1.0, 0.35 + position / 60, 0.3 + (length - position) / 140)


def _curve(points: tuple[Point, ...]) -> list[Point]:
    """Return positions on a smooth curve (cubic Béziers) through the points."""
    padded = (points[0], *points, points[-1])
    return [
        _bezier(b, _toward(b, a, c), _toward(c, d, b), c, step / STEPS)
        for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False)
        for step in range(STEPS)
    ]


def _toward(here: Point, before: Point, after: Point) -> Point:
    """Return the control point past ``here`` on the way from ``before`` to ``after``, nearer in tight turns."""
    direction = (after[0] - before[0], after[1] - before[1])
    reach = math.dist(here, after) / ((math.hypot(*direction) or 1.0) * 3) * 1.05
    return here[0] + direction[0] * reach, here[1] + direction[1] * reach


def _bezier(start: Point, first: Point, second: Point, end: Point, t: float) -> Point:
    a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
    return (
        a * start[0] + b * first[0] + c * second[0] + d * end[0],
        a * start[1] + b * first[1] + c * second[1] + d * end[1],
    )


if __name__ == "__main__":
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("signature.png")
    signature().save(file, dpi=(DOTS_PER_INCH, DOTS_PER_INCH), optimize=True)
