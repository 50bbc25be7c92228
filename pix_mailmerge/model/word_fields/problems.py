"""What may be wrong with the fields of a model, told as a secretary can act on it."""

from __future__ import annotations

from pix_mailmerge.model.word_fields.tree import Field
from pix_mailmerge.problems import Place, Problem, error, warning

_CAUSES = (
    ("!Unexpected End of Formula", "il en manque la fin"),
    ("!Undefined Bookmark, ", "elle cite un signet inconnu : "),
    ("!Zero Divide", "elle divise par zéro"),
    ("!Syntax Error, ", "faute d’écriture : "),
    ("!Syntax Error", "faute d’écriture"),
)
"""What Word prints in the place of a formula that it cannot work out -> what is told."""


def near(compiled: Field) -> str:
    return " ".join(compiled.code_text.split())[:60]


def unsupported(keyword: str, place: Place) -> Problem:
    return warning(
        "model.field-unsupported",
        f"Le champ Word « {keyword} » n’est pas calculé ici : il est laissé tel quel.",
        "Remplacez-le par un champ MERGEFIELD, ou mettez-le à jour dans Word (F9) après la fusion.",
        place,
    )


def unclosed(compiled: Field, place: Place) -> Problem:
    return warning(
        "model.field-quotes",
        f"Un guillemet du champ « {near(compiled)} » n’est jamais fermé.",
        "Affichez les codes de champ (Alt+F9 dans Word) et fermez ce guillemet.",
        place,
    )


def bare_switch(letter: str, compiled: Field, place: Place) -> Problem:
    return warning(
        "model.field-switch",
        f"Dans le champ « {near(compiled)} », rien ne suit le commutateur \\{letter}.",
        "Ajoutez son texte entre guillemets, ou retirez le commutateur.",
        place,
    )


def unknown_format(name: str, compiled: Field, place: Place) -> Problem:
    return warning(
        "model.field-switch",
        f"Dans le champ « {near(compiled)} », le format « {name} » n’est pas connu.",
        "Les formats connus : Upper, Lower, FirstCap, Caps, MERGEFORMAT, CHARFORMAT, Arabic, Roman, CardText…",
        place,
    )


def nameless(compiled: Field, place: Place) -> Problem:
    return error(
        "model.field-code",
        f"Le champ « {near(compiled)} » ne dit pas quel nom il demande.",
        "Supprimez-le, puis insérez-le de nouveau (Publipostage > Insérer un champ de fusion).",
        place,
    )


def misspelt(keyword: str, meant: str, place: Place) -> Problem:
    return error(
        "model.field-code",
        f"Le champ Word « {keyword} » n’existe pas.",
        f"Vouliez-vous dire {meant} ? Supprimez-le, puis insérez-le de nouveau (Publipostage > Insérer un champ de "
        "fusion).",
        place,
    )


def no_operator(keyword: str, compiled: Field, place: Place) -> Problem:
    return error(
        "model.field-code",
        f"Le champ {keyword} « {near(compiled)} » ne compare rien : il y manque =, <>, <, >, <= ou >=.",
        "Affichez les codes de champ (Alt+F9 dans Word) et corrigez-le.",
        place,
    )


def bad_formula(compiled: Field, cause: str, place: Place) -> Problem:
    return error(
        "model.field-formula",
        f"La formule « {near(compiled)} » n’est pas lisible ({_french(cause)}).",
        "Affichez les codes de champ (Alt+F9 dans Word) et corrigez-la.",
        place,
    )


def unfinished(code: str, place: Place) -> Problem:
    return error(
        "model.field-unfinished",
        f"Le champ « {' '.join(code.split())[:60]} » n’a pas de fin.",
        "Supprimez ce champ dans Word, puis insérez-le de nouveau.",
        place,
    )


def stray(place: Place) -> Problem:
    return warning(
        "model.field-stray",
        "Le modèle contient la fin d’un champ qui n’a pas de début ; elle est retirée des documents.",
        "Ouvrez le modèle dans Word, insérez de nouveau le champ qui manque à cet endroit, puis enregistrez.",
        place,
    )


def too_deep(place: Place) -> Problem:
    return error(
        "model.field-nesting",
        "Trop de champs sont imbriqués les uns dans les autres.",
        "Simplifiez ces champs dans Word : vingt niveaux suffisent toujours.",
        place,
    )


def astray(placed: Field, place: Place) -> Problem:
    return error(
        "model.field-nesting",
        f"Le champ « {near(placed)} » commence et finit à deux endroits sans rapport (deux cellules, deux cadres…).",
        "Supprimez ce champ dans Word, puis insérez-le de nouveau en entier au même endroit.",
        place,
    )


def failed_formula(code: str, cause: str, place: Place) -> Problem:
    what = f"La formule « {code.strip()} » ne peut pas être calculée pour cet enregistrement ({_french(cause)})."
    return error("model.field-formula", what, "Corrigez la formule, ou la donnée qu’elle utilise.", place)


def _french(cause: str) -> str:
    for typed, french in _CAUSES:
        if cause.startswith(typed):
            return french + cause.removeprefix(typed)
    return cause


def too_large(name: str, place: Place) -> Problem:
    what = f"Le champ SET donne au signet « {name} » un texte démesuré."
    return error("model.field-large", what, "Simplifiez ce champ : un signet tient en quelques lignes.", place)
