"""Finding: one line of a diagnosis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pix_mailmerge.problems import Problem

State = Literal["ok", "attention", "problème"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a diagnosis. told: what was found, in French. problem: what to do about it; None when all is well."""

    subject: str
    told: str
    problem: Problem | None = None

    @property
    def state(self) -> State:
        if self.problem is None:
            return "ok"
        return "problème" if self.problem.is_error else "attention"

    def as_json(self) -> dict[str, object]:
        """Return a mapping for ``--json``."""
        problem = None if self.problem is None else self.problem.as_json()
        return {"subject": self.subject, "state": self.state, "told": self.told, "problem": problem}
