"""From sources to « Résultats Pix.xlsx » alone."""

from __future__ import annotations

import time
from pathlib import Path

from pix_mailmerge._files import written_beside
from pix_mailmerge.data_source.reasons import key_of
from pix_mailmerge.data_source.results_xlsx import write_results
from pix_mailmerge.data_source.select import Selection
from pix_mailmerge.data_source.statuses import is_certified
from pix_mailmerge.destination.writable import check_writable
from pix_mailmerge.mailmerge.endings import check_ending
from pix_mailmerge.mailmerge.gather import gather
from pix_mailmerge.mailmerge.inputs import inputs_of
from pix_mailmerge.mailmerge.order import Order, Outcome
from pix_mailmerge.problems import Problem, raise_errors, warning


def convert(order: Order, to: Path, *, typed: bool = False) -> Outcome:
    """Write « Résultats Pix.xlsx » at ``to``: every row, or those of the order's status with the others aside.

    typed: numbers and dates as such. Raises PixMailMergeError with all problems, nothing written.
    """
    started = time.monotonic()
    gathered = gather(order, pix_only=True, every=not order.status)
    reading, selection = gathered.reading, gathered.selection
    occupied = check_writable(to.absolute().parent, [to.name], order.replace, inputs=inputs_of(order))
    raise_errors([*gathered.problems, *occupied, *check_ending(to, ".xlsx")])
    left_out = selection.left_out if order.status or selection.left_out else None
    with written_beside(to) as beside:
        write_results(beside, selection.chosen, left_out, typed=typed)
    return Outcome(
        folder=to.parent,
        read=reading.rows_read,
        duplicates=reading.duplicates,
        sources=len(reading.files),
        chosen=len(selection.chosen),
        left_out=selection.left_out,
        files=(to,),
        problems=(*gathered.problems, *_check_certified(selection)),
        seconds=time.monotonic() - started,
    )


def _check_certified(selection: Selection) -> list[Problem]:
    """Return how many of the rows ``--status certified`` would leave out."""
    spared = [is_certified(record) for record in selection.chosen if key_of(record) in selection.spared]
    uncertified, others = spared.count(False), spared.count(True)
    told = []
    if uncertified > 1:
        told.append(f"{uncertified} lignes sont celles d’élèves qui ne sont pas certifiés.")
    elif uncertified:
        told.append("Une ligne est celle d’un élève qui n’est pas certifié.")
    if others > 1:
        told.append(f"{others} lignes sont celles d’une autre certification que Pix, ou d’élèves certifiés de nouveau.")
    elif others:
        told.append("Une ligne est celle d’une autre certification que Pix, ou d’un élève certifié de nouveau.")
    remedy = "Pour un publipostage des seuls certifiés, ajoutez --status certified."
    return [warning("source.uncertified", " ".join(told), remedy)] if told else []
