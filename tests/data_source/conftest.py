"""Specimens: rows as Pix writes them, and what they say, worked out by hand or by splitting, never by our reader."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

CODES = ("1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "2.4", "3.1", "3.2", "3.3", "3.4", "4.1", "4.2", "4.3", "5.1", "5.2")
D3_HEADERS = (
    *("Numéro de certification", "Prénom", "Nom", "Date de naissance", "Lieu de naissance", "Identifiant Externe"),
    *("Statut", "Nombre de Pix", *CODES, "Commentaire jury pour l’organisation", "Session"),
    "Date de passage de la certification",
)
RESULTS = {
    "412": ("", "412"),
    "55": ("", "55"),
    "0": ("", "0"),
    "-": ("", "-"),
    "1 Pix": ("", "1"),
    "0 Pix": ("", "0"),
    "Indépendant 2 (412 Pix)": ("Indépendant 2", "412"),
    "Non admissible": ("Non admissible", ""),
}
"""« Résultat » of spring 2026 -> Niveau, Score en Pix."""


@dataclass(frozen=True)
class Specimen:
    """A header line and a row as Pix writes them. cells: the same, split. expected: header of ours -> text."""

    form: str
    header: str
    row: str

    @property
    def headers(self) -> list[str]:
        return split(self.header)

    @property
    def cells(self) -> list[str]:
        return split(self.row)

    @property
    def expected(self) -> dict[str, str]:
        return expected(self.form, self.headers, self.cells)


def split(line: str) -> list[str]:
    """Return the cells of a line in which no quoted cell holds a delimiter or a quote."""
    return [cell.removeprefix('"').removesuffix('"') for cell in line.split(";")]


def expected(form: str, headers: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """Return what the records must say: the cells under French headers, both scores, « Résultat » split."""
    french = D3_HEADERS if form in {"D3-en", "D3-nl"} else headers
    told = dict(zip(french, cells, strict=True))
    if "Résultat" in told:
        told["Niveau"], told["Nombre de Pix"] = RESULTS[told.pop("Résultat")]
    score = told.get("Nombre de Pix") or told.get("Score en Pix", "")
    return told | {"Nombre de Pix": score, "Score en Pix": score}


SPECIMENS = tuple(
    Specimen(**each) for each in json.loads(Path(__file__).with_name("pix_rows.json").read_text(encoding="utf-8"))
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that asks for a ``specimen`` each of them in turn."""
    if "specimen" in metafunc.fixturenames:
        metafunc.parametrize("specimen", SPECIMENS, ids=lambda specimen: specimen.form)


@pytest.fixture(scope="session")
def specimens() -> tuple[Specimen, ...]:
    return SPECIMENS


@pytest.fixture
def told() -> Callable[[Mapping[str, object]], dict[str, object]]:
    """Return what drops the empty values of a mapping, so that absent columns need not be named."""
    return lambda values: {name: value for name, value in values.items() if value not in {"", None}}


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Return what writes a file of the test's folder: text as Pix does (UTF-8 with a mark), bytes as they are."""

    def write(name: str, content: str | bytes) -> Path:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else b"\xef\xbb\xbf" + content.encode())
        return file

    return write
