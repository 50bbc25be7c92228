"""A folder made ready: its settings in a commented file, and the models to edit."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pix_mailmerge._files import unwritable, write_file
from pix_mailmerge.destination.writable import check_writable
from pix_mailmerge.model.shipped import shipped_model, shipped_models
from pix_mailmerge.problems import Place, Problem, error, raise_errors
from pix_mailmerge.settings import FILE_NAME, IMAGES, check_images

EXAMPLES = {
    "etablissement": "Collège Jean-Moulin",
    "ville": "Lyon",
    "adresse": "12 rue des Écoles, 69003 Lyon",
    "academie": "Académie de Lyon",
    "uai": "0690000A",
    "chef": "Mme Claire Fontaine",
    "fonction_chef": "La principale",
    "date": "1er juin 2026",
    "signature": "signature.png",
    "cachet": "cachet.png",
    "logo": "logo.png",
}
"""Setting -> what it may look like, in the order of the file."""

NOTES = {
    "etablissement": "L’établissement, tel qu’il doit être imprimé.",
    "chef": "Qui signe.",
    "date": "Date de signature ; sans elle, celle du jour.",
    "signature": "Images (PNG ou JPEG), à côté de ce fichier ; sans elles, la place reste libre.",
}
HEAD = """\
# Réglages de pix-mailmerge pour ce dossier. Se modifie avec le Bloc-notes.
# Une ligne qui commence par # ne compte pas : retirez le # pour vous en servir.
# Une option donnée sur la ligne de commande l’emporte sur ce fichier.
"""


@dataclass(frozen=True, slots=True)
class Ready:
    """What was put in the folder. missing: settings that the models need and nobody gave."""

    folder: Path
    files: tuple[Path, ...]
    missing: tuple[str, ...]


def init(folder: Path, values: Mapping[str, str], models: Sequence[str] = (), *, replace: bool = False) -> Ready:
    """Write the settings file with ``values`` (by setting name) and copy the shipped models to ``folder``.

    models: the ones to use, shipped names or files. Raises PixMailMergeError with all problems, nothing written.
    """
    contents = {name: shipped_model(name).read_bytes() for name in shipped_models()}
    used = tuple(models) or (shipped_model().name,)
    known = {folder / name for name, content in contents.items() if _holds(folder / name, content)}
    contents[FILE_NAME] = settings_text(folder, values, used).encode()
    wanted = [name for name in contents if folder / name not in known]
    occupied = check_writable(folder, wanted, replace)
    raise_errors([*check_images(values), *_check_models(used), *occupied])
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise unwritable(folder, cause) from cause
    for name in wanted:
        write_file(folder / name, contents[name])
    missing = tuple(name for name in ("etablissement", "ville", "chef") if not values.get(name))
    return Ready(folder, tuple(folder / name for name in wanted), missing)


def settings_text(folder: Path, values: Mapping[str, str], models: Sequence[str]) -> str:
    """Return the text of the settings file: each setting, or an example of it that does not count."""
    return "\n".join(_lines(folder, values, models)) + "\n"


def _lines(folder: Path, values: Mapping[str, str], models: Sequence[str]) -> Iterator[str]:
    yield HEAD
    for name, example in EXAMPLES.items():
        if name in NOTES:
            yield f"\n# {NOTES[name]}"
        value = values.get(name) or ""
        told = _beside(folder, value) if value and name in IMAGES else value
        yield f"{name} = {_quoted(told)}" if told else f"# {name} = {_quoted(example)}"
    yield "\n# Le ou les modèles, et le dossier des résultats."
    named = [one if one in shipped_models() else _beside(folder, one) for one in models]
    yield f"modele = {_quoted(named[0])}" if len(named) == 1 else f"modele = [{', '.join(map(_quoted, named))}]"
    yield 'dossier = "attestations"'
    yield "\n# Tout autre champ que vos modèles utilisent."
    yield '[champs]\n# annee = "2025-2026"'


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")  # a string of JSON is one of TOML


def _beside(folder: Path, file: str) -> str:
    """Return the path as seen from the folder where it is in it, else whole, with « / » on every system."""
    path, base = Path(file).absolute(), folder.absolute()
    return (path.relative_to(base) if path.is_relative_to(base) else path).as_posix()


def _holds(file: Path, content: bytes) -> bool:
    return file.is_file() and file.read_bytes() == content


def _check_models(models: Sequence[str]) -> list[Problem]:
    remedy = f"Vérifiez le nom, ou prenez un modèle livré : {', '.join(shipped_models())}."
    return [
        error("model.not-found", "Ce modèle n’existe pas.", remedy, Place(file=one))
        for one in models
        if one not in shipped_models() and not Path(one).is_file()
    ]
