"""The school's images (signature, stamp, logo), read with care and made plain PNGs whatever they were."""

from __future__ import annotations

import hashlib
import io
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import PIL.Image
import PIL.ImageOps

from pix_mailmerge.problems import Place, Problem, SettingsError, error

EMU_PER_MM = 36_000
DEFAULT_BOX = (50 * EMU_PER_MM, 22 * EMU_PER_MM)
"""What an image is fitted in when its tag asks nothing: 5 cm by 2.2 cm."""
MOST_BYTES = 30 * 1024**2
MOST_PIXELS = 40_000_000
"""A page scanned at 600 dots per inch has 35 million."""
MOST_OF_WEBP = 16_000_000
"""Pillow holds four copies of one that it opens."""
LONGEST_SIDE = 1_600
"""Pixels kept: 5 cm at 800 dots per inch."""
FORMATS = ("PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP")
_ORIENTATION = 0x0112
_STRIP = 64
"""Rows that are reduced at once, as they come out."""
_WAYS = (zlib.Z_FILTERED, zlib.Z_RLE)
"""Ways of deflating a picture: Pillow's own, mostly the shorter one, and that for grain on a plain ground (a signature
that was scanned)."""

_OTHER_FORMAT = "Enregistrez l’image au format PNG ou JPEG, puis donnez ce fichier-là."


@dataclass(frozen=True, slots=True)
class Image:
    """A picture ready for a document: PNG bytes, size in pixels, SHA-256 digest (hex), alternative text.

    box: width and height in EMU (360,000 a centimetre) that it is fitted in, keeping its ratio.
    """

    content: bytes = field(repr=False)
    pixels: tuple[int, int]
    digest: str
    alt: str = ""
    box: tuple[int, int] = DEFAULT_BOX

    @property
    def size(self) -> tuple[int, int]:
        """Return width and height in EMU: the largest of the image's own ratio that fits in the box."""
        scale = min(side / pixels for side, pixels in zip(self.box, self.pixels, strict=True))
        width, height = (max(1, round(pixels * scale)) for pixels in self.pixels)
        return width, height

    def boxed(self, *, width: float | None = None, height: float | None = None) -> Image:
        """Return the image to be printed ``width`` or ``height`` millimetres wide or high, or in that box."""
        asked = tuple(round(side * EMU_PER_MM) if side else 10**9 for side in (width, height))
        return replace(self, box=(asked[0], asked[1]))

    def named(self, alt: str) -> Image:
        """Return the image with another alternative text."""
        return replace(self, alt=alt)

    def padded(self, width: int, height: int) -> Image:
        """Return the image with transparent margins, so that it fills a frame of width : height undistorted."""
        return _padded(self, width, height)


def open_image(path: Path, alt: str = "") -> Image:
    """Return the image at ``path``: upright, at most 1,600 pixels a side, PNG without metadata.

    PNG, JPEG, GIF, TIFF, WebP and BMP are taken, told by their content. Raises SettingsError.
    """
    try:
        stat = path.stat()
        if stat.st_size > MOST_BYTES:
            raise SettingsError(_too_big(path))
        return _opened(path, stat.st_mtime_ns, stat.st_size).named(alt)
    except OSError as cause:
        raise SettingsError(_missing(path)) from cause


def parse_image(content: bytes, file: str) -> Image:
    """Return the image that ``content`` holds; ``file`` names it in the problems. Raises SettingsError."""
    if _is_svg(content):
        raise SettingsError(_svg(file))
    with _read(content, file) as picture:
        plain = _plain(picture)
    return _encoded(plain)


def blank_image() -> Image:
    """Return a transparent image, for a frame that is to stay empty."""
    return _encoded(PIL.Image.new("RGBA", (1, 1), (0, 0, 0, 0)))


@lru_cache(maxsize=16)
def _opened(path: Path, _modified: int, _size: int) -> Image:
    return parse_image(path.read_bytes(), str(path))


@lru_cache(maxsize=32)
def _padded(image: Image, width: int, height: int) -> Image:
    wide, high = image.pixels
    frame = (max(wide, round(high * width / height)), max(high, round(wide * height / width)))
    if frame == image.pixels:
        return image
    with PIL.Image.open(io.BytesIO(image.content)) as picture:
        padded = PIL.Image.new("RGBA", frame, (0, 0, 0, 0))
        padded.paste(picture.convert("RGBA"), ((frame[0] - wide) // 2, (frame[1] - high) // 2))
    return replace(_encoded(padded), alt=image.alt, box=image.box)


@contextmanager
def _read(content: bytes, file: str) -> Iterator[PIL.Image.Image]:
    try:
        with warnings.catch_warnings(), PIL.Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            warnings.simplefilter("ignore")
            if picture.width * picture.height > (MOST_OF_WEBP if picture.format == "WEBP" else MOST_PIXELS):
                raise SettingsError(_too_big(Path(file)))
            picture.draft(None, (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is decoded no larger than needed
            picture.load()
            yield picture
    except PIL.Image.DecompressionBombError as cause:
        raise SettingsError(_too_big(Path(file))) from cause
    except (OSError, SyntaxError, ValueError, EOFError, TypeError, ArithmeticError, LookupError) as cause:
        raise SettingsError(_unreadable(file)) from cause


def _plain(picture: PIL.Image.Image) -> PIL.Image.Image:
    """Return the first frame upright, in grey, RGB or RGBA, small enough."""
    mode = "RGBA" if picture.has_transparency_data else ("L" if picture.mode in {"1", "L"} else "RGB")
    small = _reduced(picture, mode)
    if turned := picture.getexif().get(_ORIENTATION):
        small.getexif()[_ORIENTATION] = turned
    plain = PIL.ImageOps.exif_transpose(small) or small
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return plain


def _reduced(picture: PIL.Image.Image, mode: str) -> PIL.Image.Image:
    """Return a picture in another mode, less than twice too large; by strips, as a second one would not fit."""
    factor = max(picture.size) // LONGEST_SIDE
    if factor < 2:
        return picture.convert(mode)
    width, height = picture.size
    made = PIL.Image.new(mode, (-(-width // factor), -(-height // factor)))
    for top in range(0, height, _STRIP * factor):
        strip = picture.crop((0, top, width, min(top + _STRIP * factor, height)))
        made.paste(strip.convert(mode).reduce(factor), (0, top // factor))
    return made


def _encoded(picture: PIL.Image.Image) -> Image:
    picture.info = {}  # no metadata: neither the camera nor the place where the photo was taken
    content = min((_png(picture, way) for way in _WAYS), key=len)
    return Image(content, picture.size, hashlib.sha256(content).hexdigest())


def _png(picture: PIL.Image.Image, way: int) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG", compress_type=way)  # optimize=True: 100 ms for a twentieth fewer bytes
    return file.getvalue()


def _is_svg(content: bytes) -> bool:
    start = content[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith(b"<") and b"<svg" in content[:20_000].lower()


def _missing(path: Path) -> Problem:
    remedy = "Vérifiez le nom et le dossier de l’image."
    return error("settings.image-missing", "L’image n’existe pas ou ne peut pas être lue.", remedy, _at(path))


def _unreadable(file: str) -> Problem:
    what = "Ce fichier n’est pas une image lisible, ou il est abîmé."
    return error("settings.image-unreadable", what, _OTHER_FORMAT, _at(file))


def _svg(file: str) -> Problem:
    return error("settings.image-svg", "Une image SVG ne peut pas être imprimée ici.", _OTHER_FORMAT, _at(file))


def _too_big(path: Path) -> Problem:
    remedy = "Réduisez l’image (2 000 pixels de côté suffisent), puis recommencez."
    return error("settings.image-too-big", "L’image est trop grande.", remedy, _at(path))


def _at(file: Path | str) -> Place:
    return Place(file=str(file))
