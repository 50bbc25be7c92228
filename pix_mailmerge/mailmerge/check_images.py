"""The school's images, looked at as they will be printed: fine enough, and without a coloured ground around the ink."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from pathlib import Path

from pix_mailmerge.mailmerge.prepare import Prepared
from pix_mailmerge.model.images import EMU_PER_MM, Image, open_image
from pix_mailmerge.model.sources import read_sources
from pix_mailmerge.model.word_model import Model
from pix_mailmerge.problems import Place, Problem, SettingsError, warning
from pix_mailmerge.settings import IMAGES

LEAST_DPI = 150
"""Dots per inch below which ink looks jagged on paper."""
MM_PER_INCH = 25.4
LEAST_LIGHT = 235
"""Of 255: a ground this light is white on paper."""


def check_images(prepared: Prepared) -> Iterator[Problem]:
    """Yield what is wrong with each image that a model prints: unreadable, too coarse, on a dark ground."""
    for name in IMAGES:
        path: Path | None = getattr(prepared.school, name)
        models = [model for model in prepared.models if name in model.fields]
        if path is None or not models:
            continue
        try:
            image = open_image(path)
        except SettingsError as cause:
            yield from cause.problems
            continue
        dpi = min(_dots_per_inch(_boxed(image, model, name)) for model in models)
        if dpi < LEAST_DPI:
            what = f"Cette image sera floue : {image.pixels[0]} × {image.pixels[1]} pixels, {dpi} points par pouce."
            remedy = f"Numérisez-la de nouveau à 300 points par pouce ; {LEAST_DPI} suffisent à peine."
            yield warning("settings.image-coarse", what, remedy, Place(file=str(path)))
        if not has_light_ground(image):
            what = "Le fond de cette image n’est ni blanc ni transparent : un rectangle se verra sur la page."
            remedy = "Numérisez-la sur papier blanc, ou rendez le fond transparent, puis enregistrez-la en PNG."
            yield warning("settings.image-ground", what, remedy, Place(file=str(path)))


def has_light_ground(image: Image) -> bool:
    """Tell whether the border of an image, where no ink should be, is mostly transparent or white."""
    import PIL.Image

    with PIL.Image.open(io.BytesIO(image.content)) as picture:
        on_white = PIL.Image.new("RGBA", picture.size, "white")
        on_white.alpha_composite(picture.convert("RGBA"))
    grey = on_white.convert("L")
    width, height = grey.size
    edges = ((0, 0, width, 1), (0, height - 1, width, height), (0, 0, 1, height), (width - 1, 0, width, height))
    border = b"".join(grey.crop(edge).tobytes() for edge in edges)
    return sum(light >= LEAST_LIGHT for light in border) > len(border) / 2


def _dots_per_inch(image: Image) -> int:
    inches = image.size[0] / EMU_PER_MM / MM_PER_INCH
    return round(image.pixels[0] / inches)


def _boxed(image: Image, model: Model, name: str) -> Image:
    """Return the image at the size that the model asks for: « {{ signature|largeur(60) }} »; else at the usual one."""
    asked = re.compile(rf"{{{{[^}}]*\b{name}\b[^}}]*\|\s*(largeur|hauteur)\(\s*([\d.]+)")
    for source in read_sources(model.package):
        found = asked.search(source.xml)
        with contextlib.suppress(ValueError):
            if found is not None:
                side = float(found[2])
                return image.boxed(width=side) if found[1] == "largeur" else image.boxed(height=side)
    return image
