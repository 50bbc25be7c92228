"""Values for the shipped models, written out by hand, and docxtpl to merge them: nothing of the program itself."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

MODELS = Path(__file__).parents[2] / "models"

Merge = Callable[[str, Mapping[str, object]], bytes]
Values = Callable[..., dict[str, object]]

SCHOOL = {
    "etablissement": "Collège Jean-Moulin",
    "ville": "Lyon",
    "adresse": "",
    "academie": "",
    "uai": "",
    "chef": "Mme Claire Fontaine",
    "fonction_chef": "",
    "date": "18 juin 2021",
    "signature": "",
    "cachet": "",
    "logo": "",
}
DOMAINS = {"1": "Information et données", "2": "Communication et collaboration", "3": "Création de contenu",
           "4": "Protection et sécurité", "5": "Environnement numérique"}  # fmt: skip
CODES = ["1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "2.4", "3.1", "3.2", "3.3", "3.4", "4.1", "4.2", "4.3", "5.1", "5.2"]
STATES = {"": "inconnu", "–": "non_evalue", "0": "zero"}


def pupil(levels: str = "5 4 3 2 1 0 – 6 5 4 3 2 1 0 – 6", **changes: object) -> dict[str, object]:
    """Return a pupil's values. levels: 16 as they are printed, « . » for one the file does not tell."""
    printed = dict(zip(CODES, levels.replace(".", "").split(" "), strict=True))
    domains = [
        {
            "code": domain,
            "nom": name,
            "competences": [
                {"code": code, "nom": f"Compétence {code}", "niveau": level, "etat": STATES.get(level, "niveau")}
                for code, level in printed.items()
                if code[0] == domain
            ],
        }
        for domain, name in DOMAINS.items()
    ]
    values: dict[str, object] = {
        "numero": "1318265",
        "prenom": "Hugo",
        "nom": "Bernard",
        "date_naissance": "28/12/2006",
        "lieu_naissance": "Villeurbanne",
        "nombre_pix": "155",
        "maximum": "768",
        "niveau": "",
        "classe": "3A",
        "date_certification": "08/06/2021",
        "domaines": domains,
    }
    values |= {f"c{code.replace('.', '_')}": level for code, level in printed.items()}
    return values | SCHOOL | changes


def merged(model: str, values: Mapping[str, object]) -> bytes:
    """Return the document that docxtpl makes of a shipped model, as bytes."""
    document = DocxTemplate(MODELS / model)
    document.render(dict(values), ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True))
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def lines(document: bytes) -> list[str]:
    """Return the text of each paragraph of the body, a tab for a tab."""
    with zipfile.ZipFile(io.BytesIO(document)) as file:
        xml = file.read("word/document.xml").decode()
    found = []
    for paragraph in re.findall(r"<w:p[ >].*?</w:p>", xml, re.DOTALL):
        texts = re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>|<w:(tab)/>", paragraph)
        found.append("".join("\t" if tab else text for text, tab in texts).replace("&amp;", "&"))
    return found


@pytest.fixture(name="pupil")
def pupil_fixture() -> Values:
    return pupil


@pytest.fixture
def merge() -> Merge:
    return merged


@pytest.fixture
def read_lines() -> Callable[[bytes], list[str]]:
    return lines
