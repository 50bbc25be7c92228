"""Make the pictures of the page again: python docs/screenshots.py (needs the « test » extra and Chromium).

Each step at 1,366 and 390 pixels, light and dark, with the fictional classes of samples/.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests/web"))

from conftest import launched  # noqa: E402
from road import SAMPLES, SIGNATURE, check, drop, fill_school, produce  # noqa: E402
from running import start  # noqa: E402

IMAGES = ROOT / "docs/images"
WIDTHS = (1366, 390)
SCHEMES = {"light": "clair", "dark": "sombre"}
COLOURS = 96
"""Of the palette: the pages are flat, and the files stay small."""


def shoot(page: Page, name: str, step: str) -> None:
    """Write the pictures of one step."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme, told in SCHEMES.items():
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            path = IMAGES / f"page-{name}-{width}-{told}.png"
            page.locator(step).screenshot(path=path)
            with Image.open(path) as picture:
                picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = start(Path(folder))
        try:
            page = launched(playwright).new_page(locale="fr-FR", viewport={"width": 1366, "height": 900})
            page.goto(server.link)
            drop(page, "Résultats", *SAMPLES)
            shoot(page, "1-resultats", "#etape-1")
            fill_school(page)
            drop(page, "Signature", SIGNATURE)
            page.get_by_label("Ville", exact=True).blur()
            page.locator("#modele-vu .note").wait_for(state="hidden")
            shoot(page, "2-modele", "#etape-2")
            check(page)
            page.locator("#apercus img").first.wait_for()
            shoot(page, "3-controle", "#etape-3")
            produce(page)
            shoot(page, "4-produit", "#faits")
        finally:
            server.end()
            server.process.communicate()


if __name__ == "__main__":
    main()
