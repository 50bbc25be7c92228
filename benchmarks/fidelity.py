"""How far the embedded engine's pages are from LibreOffice's: ``python -m benchmarks.fidelity [DOCS]``.

Prints the table of docs/pdf-fidelity.md; with DOCS, writes the page images, side by side, in DOCS/images/fidelity.
"""

from __future__ import annotations

import ctypes
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import hypot
from pathlib import Path
from statistics import median, quantiles

import PIL.Image
import pypdfium2
import pypdfium2.raw as pdfium

from benchmarks import pupils
from benchmarks.specimens import make_specimens
from pix_mailmerge.destination.compose import compose
from pix_mailmerge.destination.converter import Chunk, Converter
from pix_mailmerge.destination.preflight.survey import survey_document
from pix_mailmerge.model.fields import class_values, field_values
from pix_mailmerge.model.word_model import open_model

ROOT = Path(__file__).parents[1]
DPI = 50
PUPILS = 25


@dataclass(frozen=True, slots=True)
class Word:
    """A word and where its first letter stands, in points: from the left, from the bottom (its baseline)."""

    text: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Found:
    """What was measured: pages of both, words missing, displacement of the others without the constant shift."""

    name: str
    pages: tuple[int, int]
    words: int
    missing: int
    shift: float
    median: float
    p90: float


def main(docs: Path | None = None) -> None:
    """Print the table, and write the images where they are wanted."""
    print("| | document | pages | mots absents | décalage constant | écart médian | 90e centile | dit d’avance |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="pix-fidelity-") as name:
        work = Path(name)
        for number, (title, docx) in enumerate({**_models(work), **make_specimens(work)}.items(), 1):
            ours, theirs = (_converted(docx, engine, work) for engine in ("embedded", "libreoffice"))
            told = "oui" if survey_document(docx).drops else "–"
            print(f"| {number} {_row(compare(title, ours, theirs))} {told} |", flush=True)
            if docs:
                folder = docs / "images" / "fidelity"
                folder.mkdir(parents=True, exist_ok=True)
                _side_by_side(ours, theirs).save(folder / f"{number:02d}.png", optimize=True)


def compare(name: str, ours: Path, theirs: Path) -> Found:
    """Return how the words of one PDF lie beside those of the other, page by page."""
    pages, others = list(_pages(ours)), list(_pages(theirs))
    moves: list[tuple[float, float]] = []
    total = 0
    for one, other in zip(pages, others, strict=False):
        total += len(other)
        moves += _moves(one, other)
    missing = total - len(moves)
    shift = median(y for _, y in moves)
    distances = [hypot(x, y - shift) for x, y in moves]
    last = quantiles(distances, n=10)[-1] if len(distances) > 1 else distances[0]
    return Found(name, (len(pages), len(others)), total, missing, shift, median(distances), last)


def _moves(ours: Sequence[Word], theirs: Sequence[Word]) -> Iterator[tuple[float, float]]:
    """Yield how far each word of theirs stands from the nearest of ours that is the same and is no other's twin."""
    left: dict[str, list[Word]] = {}
    for word in ours:
        left.setdefault(word.text, []).append(word)
    for word in theirs:
        same = left.get(word.text)
        if same:
            twin = min(same, key=lambda one: hypot(one.x - word.x, one.y - word.y))
            same.remove(twin)
            yield twin.x - word.x, twin.y - word.y


def _models(work: Path) -> dict[str, Path]:
    """Return each shipped model, filled: a page per pupil, or a table of them."""
    made = {}
    school = pupils.school(ROOT / "samples/signature.png")
    records = list(pupils.records(PUPILS))
    for file in sorted((ROOT / "models").glob("*.docx")):
        model, docx = open_model(file), work / file.name
        if model.per_class:
            docx.write_bytes(model.render(class_values(records, school)))
        else:
            compose(model, (field_values(record, school) for record in records), docx)
        made[f"modèle « {file.stem} »"] = docx
    return made


def _converted(docx: Path, engine: str, work: Path) -> Path:
    pdf = work / f"{docx.stem}-{engine}.pdf"
    with Converter(engine, survey_document(docx), work=work) as converter:
        converter.convert(Chunk(docx, pdf))
    return pdf


def _pages(pdf: Path) -> Iterator[list[Word]]:
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            yield _words(page.get_textpage())


def _words(page: pypdfium2.PdfTextPage) -> list[Word]:
    """Return the words of a page; leaders, bullets and the like are none."""
    words: list[Word] = []
    letters, start = "", (0.0, 0.0)
    for place in range(page.count_chars()):
        char = chr(pdfium.FPDFText_GetUnicode(page.raw, place))
        if not char.isalnum():
            words += [Word(letters, *start)] if letters else []
            letters = ""
            continue
        if not letters:
            x, y = ctypes.c_double(), ctypes.c_double()
            pdfium.FPDFText_GetCharOrigin(page.raw, place, x, y)
            start = (x.value, y.value)
        letters += char
    return [*words, Word(letters, *start)] if letters else words


def _side_by_side(ours: Path, theirs: Path) -> PIL.Image.Image:
    """Return the first page of both, the embedded engine's on the left."""
    pages = []
    for pdf in (ours, theirs):
        with pypdfium2.PdfDocument(pdf) as document:
            pages.append(document[0].render(scale=DPI / 72).to_pil())
    gap = 8
    both = PIL.Image.new("RGB", (sum(page.width for page in pages) + gap, max(page.height for page in pages)), "grey")
    both.paste(pages[0], (0, 0))
    both.paste(pages[1], (pages[0].width + gap, 0))
    return both.quantize(64)


def _row(found: Found) -> str:
    figures: Sequence[str] = [f"{figure:.1f}".replace(".", ",") for figure in (found.shift, found.median, found.p90)]
    pages = (
        f"{found.pages[0]} = {found.pages[1]}" if found.pages[0] == found.pages[1] else "{} ≠ {}".format(*found.pages)
    )
    return f"| {found.name} | {pages} | {found.missing} sur {found.words} | {' | '.join(figures)} |"


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
