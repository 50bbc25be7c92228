"""What ``init`` asks on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from pix_mailmerge.cli.options import SCHOOL
from pix_mailmerge.settings import IMAGES

QUESTIONS = {
    "etablissement": "Nom de l’établissement",
    "ville": "Ville",
    "chef": "Chef d’établissement (qui signe)",
    "signature": "Image de la signature (rien : la place reste libre)",
}
MODEL = "attestation-pix.docx"


def answers_of(given: Mapping[str, Any]) -> tuple[dict[str, str], list[str]]:
    """Return the settings and the models that ``init`` was given, asking for what is missing on a terminal."""
    values = {name: given[name] for name in SCHOOL if given.get(name) and name != "champs"}
    models = list(given.get("models") or ())
    if not sys.stdin.isatty():
        return values, models
    for name, question in QUESTIONS.items():
        if name not in values:
            values[name] = _image(question) if name in IMAGES else _answer(question)
    return values, models or [_answer("Modèle", MODEL)]


def _image(question: str) -> str:
    """Return the path of an image that is there, or nothing."""
    while (path := _answer(question)) and not Path(path).is_file():
        typer.echo(f"« {path} » n’est pas là : donnez le chemin de l’image, ou rien.")
    return path


def _answer(question: str, default: str = "") -> str:
    """Return what is typed, without the quotes that a file has when it is dropped on a window."""
    text: str = typer.prompt(question, default=default, show_default=bool(default), prompt_suffix=" : ")
    return text.strip().strip("\"'")
