"""Word's merge fields: the attestation's page with MERGEFIELDs, filled by this project and by docx-mailmerge2.

The same table as ``render``; both fill the same file with the same values.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks import peer_models, plans
from benchmarks.report import Report
from benchmarks.rounds import measured

OURS, THEIRS = "pix_mailmerge-native", "docx-mailmerge2"
COUNTS = {OURS: 2000, "pix_mailmerge": 2000, THEIRS: 200, "docxtpl": 100, "floor": 2000}
COUNTS_QUICK = {OURS: 1000, "pix_mailmerge": 1000, THEIRS: 50, "docxtpl": 25, "floor": 1000}


@dataclass(frozen=True, slots=True)
class NativeReport(Report):
    """The table, and how many times faster than docx-mailmerge2 this project is."""

    def as_table(self) -> str:
        floors = {one.name: one.ratio_to_floor or 0.0 for one in self.results}  # taken within each round
        ratio = floors[OURS] / floors[THEIRS] if floors.get(OURS) and floors.get(THEIRS) else None
        told = [] if ratio is None else [f"{OURS} x {THEIRS}: {ratio:.1f}"]
        return "\n".join((Report.as_table(self), *told))


def native(quick: bool, count: int | None, rounds: int | None) -> Report:
    """Measure one .docx per pupil from a model of merge fields."""
    counts = dict(COUNTS_QUICK if quick else COUNTS)
    if count:
        counts |= {OURS: count, "pix_mailmerge": count, "floor": count}
    with tempfile.TemporaryDirectory(prefix="pix-benchmark-") as name:
        workshop = Path(name)
        peer_models.make_models(workshop, 0)
        methods = [plans._python("methods", method, workshop, number) for method, number in counts.items()]
        report = measured("native", methods, workshop / "files", rounds or (3 if quick else 5), plans._checked_files)
    return NativeReport(report.benchmark, report.results, report.absent)
