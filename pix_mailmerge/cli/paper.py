"""Printing on the command line: what is sent, how far it is, what came of it. No pupil's name is shown."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pix_mailmerge.cli.show import counted, shown_progress

if TYPE_CHECKING:
    from pix_mailmerge.destination.printer import Printed
    from pix_mailmerge.mailmerge.order import Order, Outcome
    from pix_mailmerge.mailmerge.paper import Paper

STATES = {"ready": "prête", "printing": "imprime", "stopped": "arrêtée"}


def check_printer(paper: Paper) -> None:
    """Raise what forbids to print so, before anything is made."""
    from pix_mailmerge.mailmerge import paper as printing

    printing.check_printer(paper.printer, paper.copies)


def print_paths(texts: Sequence[str], paper: Paper) -> None:
    """Print files, and tell what was printed."""
    from pix_mailmerge.mailmerge import paper as printing

    with shown_progress() as report:
        printed = printing.print_paths(texts, paper, report)
    _tell(printed, paper)


def print_outcome(outcome: Outcome, order: Order, paper: Paper) -> None:
    """Print what a run left, and tell what was printed, or why nothing was."""
    from pix_mailmerge.mailmerge import paper as printing

    if outcome.dry_run or any(problem.is_error for problem in outcome.problems):
        why = "c’est un essai (--dry-run)" if outcome.dry_run else "il y a des erreurs à voir d’abord"
        print(f"Rien n’a été imprimé : {why}.", file=sys.stdout if outcome.dry_run else sys.stderr)
        return
    with shown_progress() as report:
        printed = printing.print_outcome(outcome, order, paper, report)
    _tell(printed, paper)


def print_printers() -> None:
    """Print the name and the state of each printer of this machine."""
    from pix_mailmerge.mailmerge.paper import find_printers

    printers = find_printers()
    if not printers:
        print("Aucune imprimante n’est installée sur cet ordinateur.")
    for one in printers:
        states = [STATES[one.state], *([one.reason] if one.reason else [])]
        states += ["n’accepte pas de travaux"] * (not one.accepting) + ["par défaut"] * one.is_default
        print(f"{one.name} : {', '.join(states)}")


def _tell(printed: Sequence[Printed], paper: Paper) -> None:
    pages = sum(one.pages for one in printed) * paper.copies
    copies = f", en {paper.copies} exemplaires" if paper.copies > 1 else ""
    sides = ", recto verso" if paper.duplex else ""
    print(f"Imprimés   {counted(len(printed), 'document')}, {counted(pages, 'page')}{copies}{sides}")
