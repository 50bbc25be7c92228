"""The models that come with the program: in ``models/`` of a checkout, inside the package once installed."""

from __future__ import annotations

from pathlib import Path

from pix_mailmerge.problems import ModelError, Place, error

ATTESTATION = "attestation-pix.docx"
CLASS_STATEMENT = "releve-de-classe.docx"
_PACKAGE = Path(__file__).resolve().parent.parent
_FOLDERS = (_PACKAGE / "models", _PACKAGE.parent / "models")


def shipped_model(name: str = ATTESTATION) -> Path:
    """Return the path of a model that comes with the program; ModelError where there is none of that name."""
    found = next((folder / name for folder in _FOLDERS if (folder / name).is_file()), None)
    if found is None:
        what = "Le programme n’est pas livré avec un modèle de ce nom."
        known = ", ".join(shipped_models()) or "aucun"
        raise ModelError(error("model.not-found", what, f"Modèles livrés : {known}.", Place(file=name)))
    return found


def shipped_models() -> tuple[str, ...]:
    """Return the file names of all models that come with the program."""
    return tuple(sorted({path.name for folder in _FOLDERS for path in folder.glob("*.docx")}))
