"""Which methods a benchmark runs, over how many pupils and rounds; and whether what they made is what it should be.

A method that is slow is measured over fewer of the same pupils: its time per document does not depend on how many.
"""

from __future__ import annotations

import re
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from html import unescape
from pathlib import Path

from benchmarks import node_peers, peer_models, pupils
from benchmarks.composed import FILE
from benchmarks.methods import named
from benchmarks.report import Absent, Report
from benchmarks.rounds import Method, measured
from pix_mailmerge.data_source.record import Record

RENDER = {"pix_mailmerge": 2000, "docxtpl": 200, "docxtpl-reused": 200, "docx-mailmerge2": 200, "floor": 2000}
RENDER_QUICK = {"pix_mailmerge": 2000, "docxtpl": 25, "docxtpl-reused": 25, "docx-mailmerge2": 25, "floor": 2000}
COMPOSE_AT = 10_000
COMPOSE_QUICK_AT = 1_000
DOCXCOMPOSE, DOCXCOMPOSE_QUICK = 100, 20
"""docxcompose takes a time that grows with the square: at these numbers it is faster than it would be at ours."""
SCHOOL, SCHOOL_QUICK = 20_000, 4_000
INSTALL_SECONDS, INSTALL_SECONDS_QUICK = 120.0, 10.0


def render(quick: bool, count: int | None, rounds: int | None) -> Report:
    """Measure one .docx per pupil."""
    counts = dict(RENDER_QUICK if quick else RENDER)
    if count:
        counts |= {"pix_mailmerge": count, "floor": count}
    slow = counts["docxtpl"]
    with tempfile.TemporaryDirectory(prefix="pix-benchmark-") as name:
        workshop = Path(name)
        peer_models.make_models(workshop, slow)
        methods = [_python("methods", method, workshop, number) for method, number in counts.items()]
        script, why = node_peers.find_child(INSTALL_SECONDS_QUICK if quick else INSTALL_SECONDS)
        absent = [Absent(name, why) for name in node_peers.NAMES if script is None]
        if script:
            methods += [Method(name, ("node", str(script), name, str(workshop)), slow) for name in node_peers.NAMES]
        report = measured("render", methods, workshop / "files", rounds or (3 if quick else 5), _checked_files)
    return Report("render", report.results, (*report.absent, *absent))


def fallback(quick: bool, count: int | None, rounds: int | None) -> Report:
    """Measure a model with a table whose columns depend on the pupil: docxtpl's own step runs for each document."""
    slow = 25 if quick else 200
    counts = {"pix_mailmerge": count or slow * 10, "docxtpl": slow, "floor": count or slow * 10}
    with tempfile.TemporaryDirectory(prefix="pix-benchmark-") as name:
        workshop = Path(name)
        peer_models.make_models(workshop, 0)
        peer_models.add_table_of_cells(workshop / peer_models.JINJA)
        methods = [_python("methods", method, workshop, number) for method, number in counts.items()]
        return measured("fallback", methods, workshop / "files", rounds or (3 if quick else 5), _checked_files)


def compose(quick: bool, count: int | None, rounds: int | None) -> Report:
    """Measure all pupils in one .docx."""
    number = count or (COMPOSE_QUICK_AT if quick else COMPOSE_AT)
    fewer = min(number, DOCXCOMPOSE_QUICK if quick else DOCXCOMPOSE)
    counts = {"pix_mailmerge": number, "docx-mailmerge2": number, "docxcompose": fewer, "floor": number}
    with tempfile.TemporaryDirectory(prefix="pix-benchmark-") as name:
        workshop = Path(name)
        peer_models.make_models(workshop, 0)
        methods = [_python("composed", method, workshop, number, fresh=True) for method, number in counts.items()]
        return measured("compose", methods, workshop / "files", rounds or (2 if quick else 3), _checked_composed)


def school(quick: bool, count: int | None, rounds: int | None) -> Report:
    """Measure a large school in one process and in two."""
    number = count or (SCHOOL_QUICK if quick else SCHOOL)
    counts: Mapping[str, int] = {"pix_mailmerge": number, "pix_mailmerge-2-processes": number, "floor": number}
    with tempfile.TemporaryDirectory(prefix="pix-benchmark-") as name:
        workshop = Path(name)
        peer_models.make_models(workshop, 0)
        methods = [_python("processes", method, workshop, number) for method, number in counts.items()]
        return measured("school", methods, workshop / "files", rounds or 3, _checked_files)


def _python(group: str, name: str, workshop: Path, count: int, *, fresh: bool = False) -> Method:
    return Method(name, (sys.executable, "-m", "benchmarks.child", group, name, str(workshop)), count, fresh)


def _checked_files(folder: Path, method: str, count: int) -> str | None:
    """Return what is wrong with the files of the first and the last pupil; None when all is well."""
    if method == "floor":
        return None
    records = list(pupils.records(count))
    wanted = {0: records[0], count - 1: records[-1]}
    wrong = [index for index, record in wanted.items() if not _holds(named(folder, index), [_name(record)])]
    return f"the file of pupil {wrong[0] + 1} lacks its name" if wrong else None


def _checked_composed(folder: Path, method: str, count: int) -> str | None:
    names = [_name(record) for record in pupils.records(count)]
    if method == "floor" or _holds(folder / FILE, names):
        return None
    return "the file lacks a pupil's name"


def _name(record: Record) -> str:
    return record.text("Nom")


def _holds(file: Path | str, names: Iterable[str]) -> bool:
    """Tell whether a .docx shows these names, in this order."""
    with zipfile.ZipFile(file) as package:
        text = unescape(re.sub(r"<[^>]+>", "", package.read("word/document.xml").decode()))
    place = 0
    for name in names:
        place = text.find(name, place)
        if place < 0:
            return False
    return True
