"""The problems of a reading back, in French."""

from __future__ import annotations

from collections.abc import Sequence

from pix_mailmerge.destination.verification.compare import Difference, listed, shortened
from pix_mailmerge.problems import Place, Problem, error, warning

_AGAIN = "Relancez la même commande pour refaire les documents, puis relisez."
_ENGINE = "Refaites le PDF, au besoin avec un autre moteur (--engine), puis relisez."


def missing_file(where: Place) -> Problem:
    return error("program.verify-missing", "Ce fichier, fait lors du dernier passage, n’est plus là.", _AGAIN, where)


def unreadable(where: Place) -> Problem:
    return error("program.verify-unreadable", "Ce fichier ne s’ouvre pas : il est abîmé ou coupé.", _AGAIN, where)


def modified(where: Place, details: Sequence[Difference] = ()) -> Problem:
    what = "Ce fichier a été modifié depuis qu’il a été fait ; les valeurs de l’élève y sont justes."
    if details:
        what = f"{what} Le texte a changé : {_differences(details)}."
    remedy = "Rien à faire si la modification est voulue ; sinon relancez la même commande."
    return warning("destination.modified", what, remedy, where)


def modified_workbook(where: Place) -> Problem:
    return warning(
        "destination.modified",
        "Le classeur a été modifié depuis les documents, qui sont comparés à ce qu’il dit maintenant.",
        "Relancez à partir de ce classeur si les corrections doivent paraître dans les documents.",
        where,
    )


def wrong_values(where: Place, wrong: Sequence[Difference]) -> Problem:
    return error("program.verify-value", f"Valeur fausse : {_differences(wrong)}.", _AGAIN, where)


def wrong_text(where: Place, wrong: Sequence[Difference]) -> Problem:
    what = f"Le texte n’est pas celui du modèle : {_differences(wrong)}."
    return error("program.verify-text", what, _AGAIN, where)


def foreign(where: Place, others: Sequence[str]) -> Problem:
    what = f"Ce document porte des valeurs d’un autre élève : {', '.join(listed(others))}."
    return error("program.verify-foreign", what, f"Ne le distribuez pas. {_AGAIN}", where)


def unfilled(where: Place, marks: Sequence[str]) -> Problem:
    what = f"Il reste un champ non rempli : {', '.join(listed(marks))}."
    return error("program.verify-unfilled", what, _AGAIN, where)


def wrong_pages(where: Place, expected: int, found: int) -> Problem:
    what = f"Ce PDF devrait avoir {expected} page{'s' * (expected > 1)} et en a {found}."
    return error("program.verify-pages", what, _ENGINE, where)


def wrong_breaks(where: Place) -> Problem:
    what = "Un saut de page est en trop ou manque : une page blanche serait imprimée."
    return error("program.verify-pages", what, _AGAIN, where)


def signature(where: Place, expected: int, found: int) -> Problem:
    what = (
        "La signature (ou une autre image) manque."
        if found < expected
        else "La signature (ou une autre image) n’est pas celle qui a été donnée."
    )
    return error("program.verify-signature", what, _AGAIN, where)


def pupils(where: Place, missing: Sequence[str], doubled: Sequence[str], unknown: int, moved: bool) -> Problem:
    """Return the problem of a composed document that does not hold each pupil once, in order."""
    said = []
    if missing:
        said.append(f"il manque {', '.join(listed(missing))}")
    if doubled:
        said.append(f"en double : {', '.join(listed(doubled))}")
    if unknown:
        said.append(f"{unknown} page{'s' * (unknown > 1)} que l’on ne reconnaît pas")
    if moved:
        said.append("les élèves ne sont pas dans l’ordre du classeur")
    what = "Ce document ne contient pas chaque élève une fois, dans l’ordre : " + " ; ".join(said) + "."
    return error("program.verify-pupils", what, _AGAIN, where)


def workbook(where: Place, what: str) -> Problem:
    remedy = "Remettez ce fichier à sa place, ou relancez la même commande pour tout refaire."
    return error("program.verify-workbook", what, remedy, where)


def model(where: Place, why: str) -> Problem:
    what = f"Le modèle gardé avec les documents ne peut pas servir à les relire : {why}"
    return error("program.verify-model", what, "Relancez la même commande pour tout refaire.", where)


def earlier(where: Place, files: Sequence[str]) -> Problem:
    named = ", ".join(listed([f"« {name} »" for name in files]))
    what = f"Des fichiers d’un passage antérieur sont encore là et n’ont pas été relus : {named}."
    return warning("destination.earlier-run", what, "Supprimez-les s’ils ne servent plus.", where)


def _differences(found: Sequence[Difference]) -> str:
    return " ; ".join(listed([_difference(one) for one in found]))


def _difference(one: Difference) -> str:
    expected, shown = shortened(one.expected), shortened(one.found)
    if not shown:
        return f"« {expected} » manque" if expected else "un paragraphe vide est en trop"
    return f"attendu « {expected} », trouvé « {shown} »" if expected else f"« {shown} » est en trop"
