"""Everything that could go wrong, before anything is made."""

from __future__ import annotations

from dataclasses import replace

from pix_mailmerge.mailmerge.check_merge import check_merge
from pix_mailmerge.mailmerge.check_unused import check_unused
from pix_mailmerge.mailmerge.check_values import check_values
from pix_mailmerge.mailmerge.lot_maker import LotMaker
from pix_mailmerge.mailmerge.order import Order
from pix_mailmerge.mailmerge.prepare import prepare
from pix_mailmerge.problems import Problem


def check(order: Order, lots: LotMaker | None = None) -> tuple[Problem, ...]:
    """Return every problem of the sources, models and settings, and of what would be printed; errors first.

    lots: who merges the trial pages, started already, perhaps.
    """
    with lots or LotMaker() as merging:
        prepared = prepare(order)
        unused = check_unused(order, prepared)
        prepared = replace(prepared, problems=(*prepared.problems, *check_merge(prepared, merging)))
        found = dict.fromkeys([*prepared.problems, *unused, *check_values(prepared, merging)])
    return tuple(sorted(found, key=lambda problem: not problem.is_error))
