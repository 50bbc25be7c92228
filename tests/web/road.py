"""The steps that the journeys share, by the names that a screen reader says."""

from __future__ import annotations

import csv
import hashlib
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Page, expect

from pix_mailmerge.destination.engines.choice import Engine
from pix_mailmerge.mailmerge.order import Order
from pix_mailmerge.mailmerge.run import run
from pix_mailmerge.settings import School

ROOT = Path(__file__).parents[2]
SAMPLES = sorted((ROOT / "samples").glob("*.csv"))
SIGNATURE = ROOT / "samples/signature.png"
SCHOOL = {"Établissement": "Collège Jean-Moulin", "Ville": "Lyon", "Chef d’établissement": "Mme Claire Fontaine"}


def drop(page: Page, label: str, *files: Path) -> None:
    """Give files, and wait until the page tells of them."""
    page.get_by_label(label, exact=True).set_input_files(files)
    for file in files:
        expect(page.locator(".part", has_text=file.name).first).to_be_visible()


def fill_school(page: Page) -> None:
    for label, text in SCHOOL.items():
        page.get_by_label(label, exact=True).fill(text)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def check(page: Page) -> str:
    """Press « Contrôler » and return what the check said."""
    press(page, "Contrôler")
    return told(page, "controle-titre")


def produce(page: Page) -> str:
    """Press « Produire » and return what it said."""
    press(page, "Produire")
    return told(page, "faits-titre")


def told(page: Page, heading: str) -> str:
    """Wait for the end of the work and return the heading of what came of it."""
    expect(page.locator(f"#{heading}")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("button", name="Arrêter")).to_be_hidden(timeout=60_000)
    return page.locator(f"#{heading}").inner_text().replace("\u00a0", " ")


def take(page: Page, folder: Path) -> Path:
    """Download everything and return the folder that it was unpacked in."""
    with page.expect_download() as waited:
        page.get_by_role("link", name="Tout télécharger (ZIP)").click()
    archive = folder / waited.value.suggested_filename
    waited.value.save_as(archive)
    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None
        opened.extractall(folder / "taken")
    return folder / "taken"


def tree(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def digests(folder: Path) -> dict[str, str]:
    """Return what each file of a folder holds, the lock apart; the journal and PDFs name no hour, nor do the others."""
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in tree(folder)}


def run_the_same(
    out: Path,
    *sources: Path,
    model: Path | None = None,
    signature: Path | None = SIGNATURE,
    engine: Engine = "auto",
) -> Path:
    """Make the same by ``run``, as the command line does, and return the folder."""
    school = School(etablissement=SCHOOL["Établissement"], ville=SCHOOL["Ville"], chef=SCHOOL["Chef d’établissement"])
    school = replace(school, signature=signature)
    order = Order(tuple(map(str, sources)), (model,) if model else (), out, school, engine=engine)
    assert run(order).exit_code == 0
    return out


def copied(model: Path, to: Path, edit: Callable[[str], str]) -> Path:
    """Write a copy of a model whose text went through ``edit``."""
    with zipfile.ZipFile(model) as package, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as copy:
        for info in package.infolist():
            content = package.read(info)
            if info.filename == "word/document.xml":
                assert edit(content.decode()) != content.decode()
                content = edit(content.decode()).encode()
            copy.writestr(info, content)
    return to


def classes(folder: Path, count: int, pupils: int) -> list[Path]:
    """Write ``count`` exports of ``pupils`` certified pupils each, no two alike."""
    with (ROOT / "samples/20260612_resultats_3B.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file, delimiter=";")
    row = next(row for row in rows if row[header.index("Statut")] == "Validée")
    written = []
    for number in range(count):
        path = folder / f"20260612_resultats_5{chr(65 + number)}.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, delimiter=";")
            writer.writerow(header)
            for pupil in range(pupils):
                own = {"Numéro de certification": f"{9_000_000 + number * 1000 + pupil}", "Nom": f"NOM{number}"}
                own["Prénom"] = f"Prénom{pupil}"
                writer.writerow([own.get(name, cell) for name, cell in zip(header, row, strict=True)])
        written.append(path)
    return written
