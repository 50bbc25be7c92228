"""samples/signature.png is what make_signature.py draws: ink on nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from PIL import Image, ImageChops

SAMPLES = Path(__file__).parents[2] / "samples"


def test_the_signature_is_dark_ink_on_a_transparent_ground() -> None:
    with Image.open(SAMPLES / "signature.png") as image:
        assert (image.format, image.mode, image.size) == ("PNG", "RGBA", (600, 220))
        alpha = image.getchannel("A")
        left, top, right, bottom = alpha.getbbox() or (0, 0, 0, 0)
        inked = sum(alpha.histogram()[128:])
        assert alpha.getpixel((0, 0)) == 0
        assert image.getchannel("R").tobytes()[0] < 64, "dark"
    assert right - left > 400
    assert bottom - top > 120
    assert 0.02 < inked / (600 * 220) < 0.15


def test_the_maker_draws_the_same_signature_again(tmp_path: Path) -> None:
    again = tmp_path / "again.png"
    subprocess.run([sys.executable, str(SAMPLES / "make_signature.py"), str(again)], check=True, timeout=60)
    with Image.open(again) as made, Image.open(SAMPLES / "signature.png") as kept:
        difference = ImageChops.difference(made, kept).tobytes()
        assert max(difference) <= 2, "but for rounding between Pillow versions"
