"""The school's images: whatever they were, they come out upright, small enough, as plain PNGs."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import PIL.Image
import pytest

from pix_mailmerge.model import images
from pix_mailmerge.model.images import EMU_PER_MM, Image, blank_image, open_image, parse_image
from pix_mailmerge.problems import SettingsError

CM = 360_000


def saved(picture: PIL.Image.Image, format: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, format, **options)  # type: ignore[arg-type]
    return file.getvalue()


def read(image: Image) -> PIL.Image.Image:
    assert image.content.startswith(b"\x89PNG")
    return PIL.Image.open(io.BytesIO(image.content))


RED = PIL.Image.new("RGB", (30, 20), "red")


@pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP"])
def test_each_format_becomes_a_png(format: str) -> None:
    image = parse_image(saved(RED, format), f"a.{format}")

    assert image.pixels == (30, 20)
    assert read(image).convert("RGB").getpixel((5, 5))[0] > 240


def test_the_content_tells_the_format_not_the_name(tmp_path: Path) -> None:
    (tmp_path / "signature.jpg").write_bytes(saved(RED, "PNG"))

    assert open_image(tmp_path / "signature.jpg").pixels == (30, 20)


def test_a_photo_is_turned_upright() -> None:
    exif = PIL.Image.Exif()
    exif[0x0112] = 6  # turned by a quarter

    assert parse_image(saved(RED, "JPEG", exif=exif), "a.jpg").pixels == (20, 30)


def test_cmyk_is_made_rgb() -> None:
    assert read(parse_image(saved(RED.convert("CMYK"), "JPEG"), "a.jpg")).mode == "RGB"


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_is_kept(mode: str) -> None:
    clear = PIL.Image.new("RGBA", (4, 4), (255, 0, 0, 0))
    options = {"transparency": 0} if mode == "P" else {}
    content = saved(clear.convert(mode), "PNG", **options)

    assert read(parse_image(content, "a.png")).getpixel((1, 1))[3] == 0  # type: ignore[index]


def test_metadata_is_dropped() -> None:
    exif = PIL.Image.Exif()
    exif[0x010E] = "chez moi"
    content = saved(RED, "JPEG", exif=exif, comment=b"secret")

    image = parse_image(content, "a.jpg")

    assert b"chez moi" not in image.content
    assert b"secret" not in image.content
    assert b"eXIf" not in image.content


GRAIN = PIL.Image.effect_noise((300, 110), 8).point(lambda grey: 255 if grey > 118 else grey)


@pytest.mark.parametrize(
    ("picture", "way"), [(PIL.Image.radial_gradient("L").convert("RGB"), zlib.Z_FILTERED), (GRAIN, zlib.Z_RLE)]
)
def test_of_two_ways_to_deflate_the_shorter_is_kept_pixel_for_pixel(picture: PIL.Image.Image, way: int) -> None:
    (other,) = {zlib.Z_FILTERED, zlib.Z_RLE} - {way}

    image = parse_image(saved(picture, "PNG"), "a.png")

    assert image.content == saved(picture, "PNG", compress_type=way)
    assert len(image.content) < len(saved(picture, "PNG", compress_type=other))
    assert read(image).tobytes() == picture.tobytes()


def test_a_large_image_is_made_smaller_keeping_its_ratio() -> None:
    assert parse_image(saved(PIL.Image.new("L", (4000, 2000)), "PNG"), "a.png").pixels == (1600, 800)


@pytest.mark.parametrize("mode", ["RGBA", "RGB", "L", "P", "1", "CMYK"])
def test_a_very_large_image_shows_the_same_made_smaller(mode: str) -> None:
    """Made smaller by strips: none is lost, none is moved."""
    halves = PIL.Image.new("RGB", (3_201, 6_500), "white")
    halves.paste("black", (0, 3_250, 3_201, 6_500))
    exif = PIL.Image.Exif()
    exif[0x0112] = 3  # upside down
    picture = halves.convert(mode)
    plain = read(parse_image(saved(picture, "TIFF", exif=exif), "a.tif")).convert("L")

    assert plain.size in {(788, 1_600), (789, 1_600)}
    rows = [plain.getpixel((400, y)) for y in (0, 400, 790, 810, 1_200, 1_599)]
    assert [light > 200 for light in rows] == [False] * 3 + [True] * 3  # type: ignore[operator]


def test_an_animation_gives_its_first_frame() -> None:
    content = saved(RED, "GIF", save_all=True, append_images=[PIL.Image.new("RGB", (30, 20), "blue")])

    assert read(parse_image(content, "a.gif")).convert("RGB").getpixel((5, 5)) == (255, 0, 0)


def bomb() -> bytes:
    """A PNG that says it is 60,000 by 60,000 pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))

    head = struct.pack(">LL5B", 60_000, 60_000, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "id"),
    [
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "settings.image-svg"),
        (b"  <svg width='1'/>", "settings.image-svg"),
        (b"", "settings.image-unreadable"),
        (b"not an image", "settings.image-unreadable"),
        (b"%PDF-1.7", "settings.image-unreadable"),
        (saved(RED, "PNG")[:60], "settings.image-unreadable"),
        (saved(PIL.Image.effect_noise((200, 200), 50), "JPEG")[:900], "settings.image-unreadable"),
        (saved(RED, "PNG").replace(b"IDAT", b"IDAX"), "settings.image-unreadable"),
        (bomb(), "settings.image-too-big"),
        (saved(RED, "ICO"), "settings.image-unreadable"),
    ],
)
def test_what_is_no_image_to_print_is_told(content: bytes, id: str) -> None:
    with pytest.raises(SettingsError) as told:
        parse_image(content, "signature.png")

    (problem,) = told.value.problems
    assert (problem.id, problem.exit_code, problem.where.file) == (id, 3, "signature.png")


def test_an_image_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as told:
        open_image(tmp_path / "absent.png")

    assert told.value.problems[0].id == "settings.image-missing"


def test_a_huge_file_is_not_even_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MOST_BYTES", 10)
    (tmp_path / "a.png").write_bytes(saved(RED, "PNG"))

    with pytest.raises(SettingsError) as told:
        open_image(tmp_path / "a.png")

    assert told.value.problems[0].id == "settings.image-too-big"


@pytest.mark.parametrize(
    ("pixels", "size"),
    [((600, 220), (5 * CM, 660_000)), ((100, 100), (792_000, 792_000)), ((1, 50), (15_840, 792_000))],
)
def test_an_image_fits_in_five_by_two_point_two_centimetres(pixels: tuple[int, int], size: tuple[int, int]) -> None:
    image = parse_image(saved(PIL.Image.new("L", pixels), "PNG"), "a.png")

    assert image.size == size


def test_a_width_in_millimetres_keeps_the_ratio() -> None:
    image = parse_image(saved(RED, "PNG"), "a.png").boxed(width=40)

    assert image.size == (40 * EMU_PER_MM, round(40 * EMU_PER_MM * 20 / 30))


def test_margins_fill_a_frame_without_stretching() -> None:
    image = parse_image(saved(RED, "PNG"), "a.png")

    wide, same = image.padded(300, 100), image.padded(30, 20)

    assert wide.pixels == (60, 20)
    assert read(wide).getpixel((0, 0))[3] == 0  # type: ignore[index]
    assert read(wide).getpixel((30, 10)) == (255, 0, 0, 255)
    assert same is image


def test_the_blank_image_shows_nothing() -> None:
    assert read(blank_image()).getpixel((0, 0)) == (0, 0, 0, 0)


def test_the_same_picture_has_the_same_digest() -> None:
    first, second = (parse_image(saved(RED, "PNG"), name) for name in ("a.png", "b.png"))

    assert first == second
