"""Everything that could go wrong, before anything is made."""

from __future__ import annotations

from pix_mailmerge.mailmerge.order import Order
from pix_mailmerge.mailmerge.prepare import Prepared, prepare
from pix_mailmerge.problems import Problem, warning


def check(order: Order) -> tuple[Problem, ...]:
    """Return every problem of the sources, the models and the school's settings, errors first."""
    prepared = prepare(order)
    problems = (*prepared.problems, *check_someone(prepared))
    return tuple(sorted(problems, key=lambda problem: not problem.is_error))


def check_someone(prepared: Prepared) -> tuple[Problem, ...]:
    """Return a warning when nobody gets a document."""
    if prepared.selection.chosen or any(problem.is_error for problem in prepared.problems):
        return ()
    return (
        warning(
            "source.nobody",
            "Aucun élève de ces fichiers n’est à attester.",
            "Vérifiez la colonne « Statut », ou choisissez d’autres statuts avec --status.",
        ),
    )
