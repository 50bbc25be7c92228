"""What earlier runs left in the folder and is true no more: a pupil renamed, in another class, certified no longer.

A file that we made and nobody changed goes, and it is told: two attestations of one pupil under two names would both be
handed out. One that somebody changed stays (verify tells what is left of earlier runs), as does that of a pupil of whom
the sources say nothing any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pix_mailmerge._files import folded
from pix_mailmerge.data_source.record import Record
from pix_mailmerge.data_source.statuses import CERTIFIED, is_certified
from pix_mailmerge.destination.journal import Journal
from pix_mailmerge.mailmerge.order import Order
from pix_mailmerge.mailmerge.plan import Plan
from pix_mailmerge.mailmerge.prepare import Prepared, source_of
from pix_mailmerge.problems import Place, Problem, warning

KINDS = frozenset({"document", "pdf", "class", "class-pdf"})
LISTED = 5


def find_outdated(order: Order, prepared: Prepared, plan: Plan, journal: Journal) -> tuple[str, ...]:
    """Return the files of earlier runs, of pupils of this order, that stand at none of the names of ``plan``.

    Those of models that the order does not use are left out. Reads, and writes nothing.
    """
    names = {folded(name) for name in plan.names()}
    suffixes = {one.suffix for one in plan.models}
    concerned = {source_of(one).pupil for one in _concerned(order, prepared)}
    return tuple(
        entry.path
        for key, entry in journal.entries.items()
        if entry.kind in KINDS
        and entry.suffix in suffixes
        and key not in names
        and entry.sources
        and concerned.issuperset(source.pupil for source in entry.sources)
        and (order.out / entry.path).is_file()
    )


def told(names: Sequence[str], folder: str) -> list[Problem]:
    """Return the warning that tells which files are gone, or would be; none where there are none."""
    if not names:
        return []
    more = f" et {len(names) - LISTED} autres" if len(names) > LISTED else ""
    listed = ", ".join(f"« {name} »" for name in names[:LISTED]) + more
    gone = "l’ancien fichier est retiré" if len(names) == 1 else "les anciens fichiers sont retirés"
    what = f"{listed} : le nom, la classe ou le statut a changé depuis ; {gone}."
    remedy = "Ce que vous aviez déjà imprimé ou envoyé est à remplacer par le nouveau."
    return [warning("destination.outdated", what, remedy, Place(file=folder))]


def _concerned(order: Order, prepared: Prepared) -> Iterator[Record]:
    """Yield those who get a document, and those who get none for their status: it may have changed.

    Where the order asks for another status than « certified », the others are not what it is about.
    """
    yield from prepared.selection.chosen
    if order.status is None or order.status.strip() == CERTIFIED:
        yield from _not_certified(prepared)


def _not_certified(prepared: Prepared) -> Iterable[Record]:
    left_out = prepared.selection.left_out
    return (left.record for left in left_out if not left.failed and not is_certified(left.record))
