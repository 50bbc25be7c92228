"""What was given and is printed nowhere: most often a name that is spelt in another way in the model."""

from __future__ import annotations

from collections.abc import Iterator

from pix_mailmerge.data_source import columns
from pix_mailmerge.mailmerge.order import Order
from pix_mailmerge.mailmerge.prepare import Prepared
from pix_mailmerge.model.fields import ascii_name
from pix_mailmerge.problems import Place, Problem, warning
from pix_mailmerge.settings import IMAGES

LISTED = 5


def check_unused(order: Order, prepared: Prepared) -> Iterator[Problem]:
    """Yield a warning for each field of the school, image and column of ``--join`` that no model of the order uses."""
    if not prepared.models:
        return
    used = {ascii_name(name) for model in prepared.models for name in model.fields}
    named = ", ".join(model.path.name for model in prepared.models)
    for name in prepared.school.champs:
        if ascii_name(name) not in used:
            what = f"Le champ « {name} » est donné, et aucun modèle ne l’utilise ({named})."
            yield warning(
                "settings.unused", what, f"Écrivez « {{{{ {ascii_name(name)} }}}} » dans le modèle, ou retirez-le."
            )
    for name in IMAGES:
        if getattr(prepared.school, name) is not None and name not in used:
            what = f"L’image « {name} » est donnée, et aucun modèle ne l’utilise ({named})."
            remedy = f"Écrivez « {{{{ {name} }}}} » dans le modèle, là où elle doit être, ou retirez-la."
            yield warning("settings.unused", what, remedy, Place(file=str(getattr(prepared.school, name))))
    yield from _check_joined(order, prepared, used)


def _check_joined(order: Order, prepared: Prepared, used: set[str]) -> Iterator[Problem]:
    """Yield a warning where a list was joined and none of its columns is printed."""
    if order.join is None:
        return
    added = [header for header in prepared.reading.header if columns.find_column(header) is None]
    if added and not used.intersection(map(ascii_name, added)):
        shown = ", ".join(f"« {header} »" for header in added[:LISTED]) + (" …" if len(added) > LISTED else "")
        what = f"Aucune colonne de cette liste n’est utilisée par le modèle : {shown}."
        remedy = f"Écrivez par exemple « {{{{ {ascii_name(added[0])} }}}} » dans le modèle, ou retirez cette liste."
        yield warning("settings.unused", what, remedy, Place(file=order.join.name))
