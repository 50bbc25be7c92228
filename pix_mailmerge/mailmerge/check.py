"""Everything that could go wrong, before anything is made."""

from __future__ import annotations

from pix_mailmerge.mailmerge.order import Order
from pix_mailmerge.mailmerge.prepare import prepare
from pix_mailmerge.problems import Problem


def check(order: Order) -> tuple[Problem, ...]:
    """Return every problem of the sources, the models and the school's settings, errors first."""
    return tuple(sorted(prepare(order).problems, key=lambda problem: not problem.is_error))
