"""Problems in the words of the page: where its remedy names an option, what to click instead; the field it is about."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pix_mailmerge.mailmerge.look import Look
from pix_mailmerge.problems import Problem
from pix_mailmerge.settings import IMAGES

LABELS: Mapping[str, str] = {
    "etablissement": "Établissement",
    "ville": "Ville",
    "chef": "Chef d’établissement",
    "fonction_chef": "Fonction",
    "date": "Date",
    "adresse": "Adresse",
    "academie": "Académie",
    "uai": "Code UAI",
    "signature": "Signature",
    "cachet": "Cachet",
    "logo": "Logo",
}
"""Setting -> the label of its field."""

REMEDIES: Mapping[str, str] = {
    "settings.no-signature": "Pour l’imprimer, déposez son image dans « Signature ».",
    "source.none": "Déposez les fichiers CSV téléchargés dans Pix Orga.",
    "source.nobody": "Vérifiez la colonne « Statut » des fichiers : seuls les élèves certifiés ont une attestation.",
    "source.value-absent": "Complétez « Résultats Pix.xlsx » (il est parmi les fichiers produits), puis déposez ce "
    "classeur à la place du fichier.",
    "model.overflow": "Regardez son aperçu, puis laissez plus de place dans le modèle ou diminuez la taille des "
    "lettres.",
    "model.not-found": "Déposez le modèle de nouveau.",
    "settings.image-missing": "Déposez l’image de nouveau.",
    "destination.busy": "Attendez qu’il finisse.",
}
"""Problem -> its remedy on the page."""

ENGINE_NAMES: Mapping[str, str] = {
    "auto": "Automatique",
    "embedded": "Moteur intégré",
    "libreoffice": "LibreOffice",
    "word": "Word",
}
"""Engine -> its name in the list."""
ENGINE_LABEL = "Moteur des PDF"
ENGINE_PLACE = f"« {ENGINE_LABEL} », dans « Autres réglages »"


def _chosen_engines(found: re.Match[str]) -> str:
    names = " ou ".join(f"« {ENGINE_NAMES[name]} »" for name in re.findall(r"--engine (\w+)", found[0]))
    return f"{names} comme {ENGINE_PLACE}"


SAID: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r" \(--engine[^)]*\)"), f" ({ENGINE_PLACE})"),
    (re.compile(r"--engine \w+(?: ou --engine \w+)*"), _chosen_engines),
    (re.compile(r" \(--printer\)| avec --out|, ou ajoutez --replace pour le remplacer| \(--status\)"), ""),
    (re.compile(r" \(pip install [^)]*\)| puis relancez avec --replace"), ""),
)
"""What is said otherwise in all texts."""


@dataclass(frozen=True, slots=True)
class Told:
    """A problem as the page shows it. field: id of the control that it is about, "" for none; label: its name."""

    where: str
    what: str
    remedy: str
    is_error: bool
    field: str = ""
    label: str = ""


def told(problems: Iterable[Problem], look: Look, folder: Path) -> tuple[Told, ...]:
    """Return the problems as the page tells them, errors first. folder: private, whose path is left out."""
    found = dict.fromkeys(_told(problems, look, folder))
    return tuple(sorted(found, key=lambda one: not one.is_error))


def _told(problems: Iterable[Problem], look: Look, folder: Path) -> Iterator[Told]:
    for problem in problems:
        if problem.id == "settings.missing-value":
            yield from (_missing(name) for name in look.missing)
            continue
        field = _field(problem)
        remedy = REMEDIES.get(problem.id, problem.remedy)
        where, what, remedy = (_plain(text, folder) for text in (str(problem.where), problem.what, remedy))
        yield Told(where, what, remedy, problem.is_error, field, _LABELS.get(field, ""))


_LABELS = {"resultats": "Résultats", "modele": "Modèle", "engine": ENGINE_LABEL, **LABELS}


def _missing(name: str) -> Told:
    label = LABELS[name]
    return Told("", f"« {label} » n’est pas rempli, et le modèle l’imprime.", "Remplissez ce champ.", True, name, label)


def _field(problem: Problem) -> str:
    if "--engine" in problem.remedy:
        return "engine"
    if problem.family == "settings":
        file = problem.where.file or ""
        return next((name for name in IMAGES if f"{name}-" in file), "signature")
    return {"source": "resultats", "model": "modele"}.get(problem.family, "")


def _plain(text: str, folder: Path) -> str:
    """Return ``text`` without options, and with the names of files alone."""
    for pattern, words in SAID:
        text = pattern.sub(words, text)
    return re.sub(re.escape(str(folder)) + r"[/\\](?:[^/\\ ]+[/\\])?", "", text)
