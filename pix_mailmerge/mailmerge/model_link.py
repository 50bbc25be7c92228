"""A model linked to a workbook for Word's own mail merge, or no longer."""

from __future__ import annotations

from pathlib import Path

from pix_mailmerge.model.link import unlink_model
from pix_mailmerge.model.link_writing import link_model
from pix_mailmerge.model.word_model import open_model
from pix_mailmerge.problems import ModelError, Place, UsageError, error


def link(model: Path, workbook: Path | None, *, unlink: bool = False) -> str:
    """Link the model to the first sheet of a workbook, or unlink it; return what was done, for the user.

    Raises UsageError where not exactly one of the two is asked for, ModelError for a model without merge fields or a
    workbook that is none.
    """
    if (workbook is None) != unlink:
        what = "Il faut un classeur à relier au modèle, ou --unlink pour retirer le lien."
        remedy = "Écrivez link MODÈLE.docx CLASSEUR.xlsx, ou link MODÈLE.docx --unlink."
        raise UsageError(error("usage.link-what", what, remedy))
    if workbook is None:
        unlink_model(model)
        return f"« {model.name} » n’est plus relié à aucun classeur."
    if open_model(model).kind not in ("merge-fields", "mixed"):
        what = "Ce modèle n’a aucun champ de fusion de Word : Word n’y mettrait rien du classeur."
        remedy = "Reliez un modèle de publipostage, par exemple attestation-pix-publipostage.docx."
        raise ModelError(error("model.link-kind", what, remedy, Place(file=model.name)))
    link_model(model, workbook)
    return f"« {model.name} » est relié à « {workbook.absolute()} ». Ouvrez-le dans Word là où ils sont tous les deux."
