"""A look at the machine and the folder before the work: what is there, what is not, and what to do."""

from __future__ import annotations

import io
import os
import platform
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from pix_mailmerge._files import unwritable
from pix_mailmerge.destination.engines import embedded, libreoffice, word
from pix_mailmerge.destination.engines.engine import Program
from pix_mailmerge.destination.engines.own_fonts import TWINS, font_files
from pix_mailmerge.destination.printer import find_printers
from pix_mailmerge.mailmerge import machine
from pix_mailmerge.mailmerge.doctor_folder import (
    look_at_folder,
    look_at_length,
    look_at_room,
    look_at_settings,
    look_at_sync,
)
from pix_mailmerge.mailmerge.finding import Finding
from pix_mailmerge.problems import PixMailMergeError, Problem, error, warning

SHOWN_LETTERS = "éèàçœ’«»–→"
TIMEOUT = 30.0
_OFFICE = "http://schemas.openxmlformats.org"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_RELATIONSHIPS = "application/vnd.openxmlformats-package.relationships+xml"
ONE_LINE = {
    "[Content_Types].xml": f'<Types xmlns="{_OFFICE}/package/2006/content-types"><Default Extension="rels" '
    f'ContentType="{_RELATIONSHIPS}"/><Override PartName="/word/document.xml" ContentType="{_MAIN}"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_OFFICE}/package/2006/relationships"><Relationship Id="r1" Type='
    f'"{_OFFICE}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
    "word/document.xml": f'<w:document xmlns:w="{_OFFICE}/wordprocessingml/2006/main"><w:body><w:p><w:r>'
    "<w:t>Un élève, une page.</w:t></w:r></w:p></w:body></w:document>",
}
"""The members of the smallest .docx there is."""


def examine(folder: Path, environment: Mapping[str, str] | None = None) -> tuple[Finding, ...]:
    """Return all that was found on this machine and about ``folder``, where the documents are to be made.

    Nothing stays written; only an error among the problems stops the work.
    """
    looks: tuple[Callable[[], Iterator[Finding]], ...] = (
        _look_at_python,
        _look_at_engines,
        _look_at_fonts,
        _look_at_printers,
        lambda: look_at_folder(folder),
        lambda: look_at_room(folder),
        lambda: look_at_sync(folder, os.environ if environment is None else environment),
        lambda: look_at_length(folder, has_long_paths=machine.has_long_paths()),
        lambda: look_at_console(sys.stdout.encoding if sys.stdout else None),
        lambda: look_at_settings(folder),
    )
    return tuple(finding for look in looks for finding in look())


def look_at_console(encoding: str | None) -> Iterator[Finding]:
    """Yield whether a console of this encoding shows French."""
    told = encoding or "aucun encodage"
    if not machine.lost_letters(encoding, SHOWN_LETTERS):
        yield Finding("Console", f"{told} : tous les accents s’affichent")
        return
    what = f"Cette console ({told}) ne montre pas toutes les lettres : un point d’interrogation les remplace."
    remedy = "Cela ne change rien aux documents. Pour un affichage entier, tapez « chcp 65001 » avant."
    yield Finding("Console", told, warning("settings.console", what, remedy))


def _look_at_python() -> Iterator[Finding]:
    from pix_mailmerge import __version__

    python = f"{platform.python_implementation()} {platform.python_version()}, {platform.system()} {platform.machine()}"
    yield Finding("Programme", f"pix-mailmerge {__version__} ({python})")
    found = machine.packages()
    absent = [name for name, version in found.items() if version is None]
    listed = ", ".join(f"{name} {version}" for name, version in found.items() if version)
    problem = None
    if absent:
        what = f"Il manque : {', '.join(absent)}."
        remedy = "Réinstallez pix-mailmerge (pip install --force-reinstall pix-mailmerge)."
        problem = error("missing.package", what, remedy)
    yield Finding("Paquets", listed, problem)


def _look_at_engines() -> Iterator[Finding]:
    """Yield each engine; one of them is enough, and without any nothing becomes a PDF."""
    others = {title: find() for title, find in (("LibreOffice", libreoffice.find_program), ("Word", word.find_program))}
    problem = _try_embedded()
    if problem is not None and any(others.values()):
        problem = warning(problem.id, problem.what, "Un autre moteur prendra le relais. " + problem.remedy)
    program = embedded.find_program()
    told = f"dxpdf {program.version}" if program else "pas installé"
    yield Finding("Moteur PDF intégré", told if problem else f"{told} : a fait une page d’essai", problem)
    for title, other in others.items():
        yield Finding(title, _told_program(other))


def _told_program(program: Program | None) -> str:
    if program is None:
        return "pas trouvé ; il est facultatif, le moteur intégré fait les PDF"
    return program.version if program.path is None else f"{program.version} ({program.path})"


def _try_embedded() -> Problem | None:
    """Have the embedded engine convert a document of one line; return what is wrong with it, or None."""
    try:
        with tempfile.TemporaryDirectory(prefix="pix-") as folder, embedded.EmbeddedSession() as session:
            docx = Path(folder) / "essai.docx"
            _write_one_line(docx)
            session.convert(docx, docx.with_suffix(".pdf"), timeout=TIMEOUT)
    except PixMailMergeError as cause:
        return cause.problems[0]
    except OSError as cause:
        return unwritable(Path(tempfile.gettempdir()), cause).problems[0]
    return None


def _look_at_fonts() -> Iterator[Finding]:
    from PIL import ImageFont

    families: dict[str, None] = {}
    broken = []
    for file in font_files():
        try:
            # from bytes: where Pillow cannot read a path, it opens a font of the system of the same name
            families[ImageFont.truetype(io.BytesIO(file.read_bytes()), 10).getname()[0] or file.stem] = None
        except OSError:
            broken.append(file.name)
    lacking = sorted({*TWINS.values()} - families.keys())
    if not lacking and not broken:
        stands = "Carlito pour Calibri, Caladea pour Cambria, Liberation pour Arial et Times New Roman"
        yield Finding("Polices", f"{len(families)} familles fournies ({stands})")
        return
    what = f"Des polices du programme manquent ou sont abîmées : {', '.join([*lacking, *broken])}."
    remedy = "Réinstallez pix-mailmerge (pip install --force-reinstall pix-mailmerge)."
    yield Finding("Polices", "incomplètes", warning("missing.fonts", what, remedy))


def _look_at_printers() -> Iterator[Finding]:
    """Yield the printers of this machine; none is needed to make PDFs."""
    try:
        printers = find_printers()
    except PixMailMergeError:
        yield Finding("Imprimantes", "aucun service d’impression ici ; les PDF s’impriment depuis un autre poste")
        return
    told = ", ".join(f"{one.name} ({one.reason})" if one.reason else one.name for one in printers)
    yield Finding("Imprimantes", told or "aucune ; les PDF s’impriment depuis un autre poste")


def _write_one_line(docx: Path) -> None:
    """Write the smallest .docx there is."""
    with zipfile.ZipFile(docx, "w") as package:
        for name, content in ONE_LINE.items():
            package.writestr(name, content)
