"""The options, each declared once; a command takes the ones it names."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from pix_mailmerge.settings import OPTION_NAMES, read_settings

if TYPE_CHECKING:
    from pix_mailmerge.mailmerge.order import Order
    from pix_mailmerge.mailmerge.paper import Paper

R = TypeVar("R")

MOST_JOBS = 64
"""Processes: more would wait for one another, and a slip of the finger would start thousands."""


class Engine(StrEnum):
    """The engines that make a PDF; « auto » chooses and says why."""

    auto = "auto"
    embedded = "embedded"
    libreoffice = "libreoffice"
    word = "word"


def option(*names: str, help: str, metavar: str | None = None, **more: Any) -> Any:
    """Return typer's description of an option whose default is told in its French help."""
    return typer.Option(*names, help=help, metavar=metavar, show_default=False, **more)


Sources = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCES...",
        help="Fichiers CSV de Pix Orga, classeurs, dossiers, archives .zip, ou - (entrée standard).",
        show_default=False,
    ),
]

PAPER = ("printer", "copies")
READING = ("status", "types", "compute_level", "class_name", "join", "keep_going", "only", "sort")
SELECTION = (*READING, "name")
SCHOOL = (*(name for name in OPTION_NAMES if name not in {"modele", "dossier"}), "champs")

PLAIN = (
    "status",
    "compute_level",
    "class_name",
    "name",
    "names",
    "jobs",
    "keep_going",
    "replace",
    "duplex",
    "dry_run",
    "pdfa",
)
"""Options that an Order takes as they are."""

OPTIONS: Mapping[str, tuple[Any, Any]] = {
    "models": (
        list[str] | None,
        option("--model", "-m", metavar="MODÈLE", help="Modèle .docx (répétable) ; sinon l’attestation fournie."),
    ),
    "out": (str | None, option("--out", "-o", metavar="DOSSIER", help="Dossier des résultats (attestations sinon).")),
    "status": (
        str | None,
        option("--status", metavar="STATUT", help="certified (certifiés), all (tous) ou un statut, « Non obtenue »…"),
    ),
    "types": (
        list[str] | None,
        option("--type", metavar="TYPE", help="Autre certification, avec son modèle : « Pix+ Droit »… (répétable)."),
    ),
    "compute_level": (
        bool | None,
        option("--compute-level", help="Calcule le niveau global d’après le score, où le fichier n’en donne pas."),
    ),
    "class_name": (str | None, option("--class", metavar="CLASSE", help="Classe, au lieu de celle du fichier.")),
    "join": (
        str | None,
        option("--join", metavar="FICHIER", help="Autre liste de l’établissement : ses colonnes sont ajoutées."),
    ),
    "only": (
        list[str] | None,
        option("--only", metavar="COLONNE=VALEUR", help="Ces élèves seulement : --only classe=3A (répétable)."),
    ),
    "sort": (
        list[str] | None,
        option(
            "--sort", metavar="COLONNES", help="Ordre des élèves : --sort classe,nom (ordre alphabétique français)."
        ),
    ),
    "name": (str | None, option("--name", metavar="NOM", help="L’élève de ce nom, lui seul.")),
    "names": (
        str | None,
        option("--names", metavar="FORME", help='Noms des fichiers ; "{classe}/{nom} {prenom}" sinon.'),
    ),
    "dry_run": (bool | None, option("--dry-run", help="Dit ce qui serait fait, et n’écrit rien.")),
    "engine": (
        Engine | None,
        option("--engine", metavar="MOTEUR", help="Moteur PDF : auto (sinon), embedded, libreoffice ou word."),
    ),
    "jobs": (int | None, option("--jobs", metavar="N", min=1, max=MOST_JOBS, help="Nombre de processus de travail.")),
    "keep_going": (
        bool | None,
        option("--keep-going", help="Continue sans les lignes illisibles, et les liste (code de sortie 10)."),
    ),
    "replace": (bool | None, option("--replace", help="Remplace les fichiers qui existent déjà.")),
    "duplex": (bool | None, option("--duplex", help="Recto verso : chaque élève commence sur une page de droite.")),
    "pdfa": (bool | None, option("--pdfa", help="PDF d’archivage (PDF/A-2b), fait par LibreOffice.")),
    "to_paper": (
        bool | None,
        option("--print", help="Imprime ensuite, une classe après l’autre, si tout est en place."),
    ),
    "printer": (
        str | None,
        option("--printer", metavar="NOM", help="Imprimante ; sinon celle par défaut (print --list les donne)."),
    ),
    "copies": (int | None, option("--copies", metavar="N", help="Nombre d’exemplaires (1 sinon).")),
    "json": (bool | None, option("--json", help="Écrit le résultat en JSON.")),
    "etablissement": (str | None, option("--school", metavar="TEXTE", help="Nom de l’établissement.")),
    "ville": (str | None, option("--city", metavar="TEXTE", help="Ville.")),
    "adresse": (str | None, option("--address", metavar="TEXTE", help="Adresse.")),
    "academie": (str | None, option("--academy", metavar="TEXTE", help="Académie.")),
    "uai": (str | None, option("--uai", metavar="TEXTE", help="Code UAI de l’établissement.")),
    "chef": (str | None, option("--head", metavar="TEXTE", help="Chef d’établissement.")),
    "fonction_chef": (str | None, option("--head-title", metavar="TEXTE", help="Fonction du chef d’établissement.")),
    "date": (str | None, option("--date", metavar="TEXTE", help="Date de signature (aujourd’hui sinon).")),
    "signature": (str | None, option("--signature", metavar="IMAGE", help="Image de la signature.")),
    "cachet": (str | None, option("--stamp", metavar="IMAGE", help="Image du cachet.")),
    "logo": (str | None, option("--logo", metavar="IMAGE", help="Logo de l’établissement.")),
    "champs": (
        list[str] | None,
        option("--set", metavar="NOM=VALEUR", help="Tout autre champ du modèle (répétable)."),
    ),
}
"""Parameter -> type and description; None means that it was not given."""


def takes(*names: str) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Declare these OPTIONS on a command, which receives them as ``**given``.

    typer reads a command's signature, so the options are put there instead of being written in every command.
    """

    def declared(command: Callable[..., R]) -> Callable[..., R]:
        signature = inspect.signature(command, eval_str=True)
        own = [one for one in signature.parameters.values() if one.kind is not inspect.Parameter.VAR_KEYWORD]
        shared = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[OPTIONS[name]])
            for name in names
        ]
        command.__signature__ = signature.replace(parameters=[*own, *shared])  # type: ignore[attr-defined]
        return command

    return declared


def order_of(sources: list[str], given: Mapping[str, Any]) -> Order:
    """Return the Order of a command line, completed by the settings; raise SettingsError."""
    from pix_mailmerge.mailmerge.order import Order

    settings = read_settings(
        {name: given[name] for name in SCHOOL if name in given and name != "champs"}, given.get("champs") or ()
    )
    models = tuple(Path(text) for text in given.get("models") or ()) or settings.models
    out = Path(given["out"]) if given.get("out") else settings.out or Path("attestations")
    plain = {name: given[name] for name in PLAIN if given.get(name) is not None}
    return Order(
        sources=tuple(sources),
        models=models,
        out=out,
        school=settings.school,
        join=Path(given["join"]) if given.get("join") else None,
        engine=given["engine"].value if given.get("engine") else "auto",
        types=tuple(given.get("types") or ()),
        only=tuple(given.get("only") or ()),
        sort=tuple(given.get("sort") or ()),
        **plain,
    )


def paper_of(given: Mapping[str, Any]) -> Paper:
    """Return how a command line asks to print."""
    from pix_mailmerge.mailmerge.paper import Paper

    copies = given.get("copies")
    return Paper(given.get("printer"), 1 if copies is None else copies, bool(given.get("duplex")))
