"""PDFs: what the engines, the split, the reading back and a whole run take, as ratios within one run.

``python -m benchmarks pdf [--quick] [--json]``. Each ratio is the median over rounds in which its two sides take turns,
so that a busy machine slows both. What is not installed is left out, and told.
"""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from benchmarks import pupils
from benchmarks.memory import Watch
from benchmarks.report import machine
from benchmarks.rounds import tell
from pix_mailmerge.destination.compose import compose
from pix_mailmerge.destination.engines import libreoffice
from pix_mailmerge.destination.engines.embedded import EmbeddedSession
from pix_mailmerge.destination.engines.engine import Job, Session
from pix_mailmerge.destination.engines.libreoffice import LibreOfficeSession
from pix_mailmerge.destination.split import Part, bookmark, split
from pix_mailmerge.mailmerge.verify import verify
from pix_mailmerge.model.fields import field_values
from pix_mailmerge.model.shipped import shipped_model
from pix_mailmerge.model.word_model import open_model

PUPILS, QUICK_PUPILS = 300, 60
SHARED, QUICK_SHARED = 3_000, 300
GROWTH, QUICK_GROWTH = (3_000, 10_000), (300,)
CLASS = 30
ROUNDS, QUICK_ROUNDS = 3, 1
SINGLE_FILES = 3
"""Files given to one soffice each; what 300 would take is reckoned from them."""
SIGNATURE = Path(__file__).parents[1] / "samples/signature.png"


@dataclass(frozen=True, slots=True)
class Line:
    """A figure: seconds, and the ratio that is asked for, with the word that says which way it counts."""

    name: str
    seconds: float
    ratio: float | None = None
    wanted: str = ""
    peak_mb: float | None = None


def main(quick: bool, rounds: int | None, as_json: bool) -> str:
    """Return the table, or JSON."""
    with tempfile.TemporaryDirectory(prefix="pix-benchmark-") as name:
        lines = list(_measured(Path(name), quick, rounds))
    if as_json:
        content = {"benchmark": "pdf", "machine": machine(), "results": [asdict(line) for line in lines]}
        return json.dumps(content, indent=2, ensure_ascii=False)
    rows = [("", "seconds", "ratio", "wanted", "MiB a process"), *map(_texts, lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    told = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([f"pdf on {', '.join(map(str, machine().values()))}", *told])


def _measured(work: Path, quick: bool, asked: int | None) -> Iterator[Line]:
    count, rounds = (QUICK_PUPILS, QUICK_ROUNDS) if quick else (PUPILS, ROUNDS)
    rounds = asked or rounds
    tell(f"composing {count} pages")
    workshop = Workshop(work, count)
    yield from _engines(workshop, rounds)
    yield from _two_processes(workshop, QUICK_SHARED if quick else SHARED, rounds)
    yield from _split(workshop, rounds)
    yield from _whole(workshop, rounds, QUICK_GROWTH if quick else GROWTH)


class Workshop:
    """The composed pages that are converted: all of them, and their two halves."""

    def __init__(self, folder: Path, count: int) -> None:
        self.folder, self.count = folder, count
        self._made = 0
        self.whole = self.composed(0, count)
        half = count // 2
        self.halves = (self.composed(0, half), self.composed(half, count))

    def composed(self, start: int, end: int) -> Path:
        """Return a .docx of the pupils from ``start`` to ``end``."""
        school = pupils.school(SIGNATURE)
        records = list(pupils.records(end))[start:]
        file = self.new(".docx")
        compose(open_model(shipped_model()), (field_values(record, school) for record in records), file)
        return file

    def new(self, extension: str) -> Path:
        """Return the name of a file that is not there."""
        self._made += 1
        return self.folder / f"{self._made:05d}{extension}"


def _engines(workshop: Workshop, rounds: int) -> Iterator[Line]:
    with EmbeddedSession() as session:
        session.convert(workshop.halves[0], workshop.new(".pdf"))  # it is loaded

        def embedded() -> None:
            session.convert(workshop.whole, workshop.new(".pdf"))

        if libreoffice.find_program() is None:
            (own,) = _turns(rounds, embedded)
            yield Line(f"embedded, {workshop.count} pages, one process", median(own))
            tell("LibreOffice is not here: nothing to compare with")
            return
        with _offices(workshop.folder) as (one, other):
            yield from _beside_libreoffice(workshop, rounds, embedded, one, other)


def _beside_libreoffice(
    workshop: Workshop, rounds: int, embedded: Callable[[], None], one: Session, other: Session
) -> Iterator[Line]:
    def road() -> None:
        with ThreadPoolExecutor(2) as threads:
            jobs = [Job(half, workshop.new(".pdf")) for half in workshop.halves]
            list(threads.map(lambda pair: pair[0].convert_batch([pair[1]]), zip((one, other), jobs, strict=True)))

    def best() -> None:
        one.convert(workshop.whole, workshop.new(".pdf"))

    def plain() -> None:
        _soffice(workshop.folder, workshop.whole)

    def singles() -> None:
        for _ in range(SINGLE_FILES):
            _soffice(workshop.folder, single)

    single = workshop.composed(0, 1)
    _soffice(workshop.folder, single)  # its profile is made, as are those of the two sessions
    for session in (one, other):
        session.convert(single, workshop.new(".pdf"))
    own, same, default, ours, alone = _turns(rounds, embedded, best, plain, road, singles)
    files = [seconds * workshop.count / SINGLE_FILES for seconds in alone]
    pages = f"{workshop.count} pages"
    yield Line(f"embedded, {pages}, one process", median(own))
    yield Line(f"LibreOffice, {pages}, one process, our options", median(same), _ratio(same, own), "≥ 4 × embedded")
    yield Line(f"one soffice per file, {workshop.count} files (reckoned)", median(files), _ratio(files, own), "≥ 150 ×")
    yield Line(f"our LibreOffice road, {pages}, two processes", median(ours))
    yield Line("one soffice call, our options", median(same), _ratio(same, ours), "≥ 1.4 × our road")
    yield Line("one soffice call, default options", median(default), _ratio(default, ours), "≥ 1.8 × our road")


def _two_processes(workshop: Workshop, count: int, rounds: int) -> Iterator[Line]:
    chunks = [workshop.whole] * (count // workshop.count)
    with EmbeddedSession() as one, EmbeddedSession() as other:
        for session in (one, other):
            session.convert(workshop.halves[0], workshop.new(".pdf"))

        def alone() -> None:
            for chunk in chunks:
                one.convert(chunk, workshop.new(".pdf"))

        def together() -> None:
            waiting = list(chunks)

            def work(session: Session) -> None:
                while waiting:
                    session.convert(waiting.pop(), workshop.new(".pdf"))

            with ThreadPoolExecutor(2) as threads:
                list(threads.map(work, (one, other)))

        single, double = _turns(rounds, alone, together)
    yield Line(f"embedded, {count} pages, one process", median(single), _ratio(single, double), "≥ 1.5 × two")
    yield Line(f"embedded, {count} pages, two processes", median(double))


def _split(workshop: Workshop, rounds: int) -> Iterator[Line]:
    pdf = workshop.new(".pdf")
    with EmbeddedSession() as session:
        session.convert(workshop.whole, pdf)
        folder = workshop.folder / "parts"
        folder.mkdir()
        parts = [Part(bookmark(n), folder / f"{n}.pdf", "Attestation") for n in range(1, workshop.count + 1)]
        cut, made = _turns(
            rounds,
            lambda: split(pdf, parts),
            lambda: session.convert(workshop.whole, workshop.new(".pdf")),
        )
    yield Line(f"split into {workshop.count} PDFs", median(cut), _ratio(cut, made), "< 0.20 × the conversion")


def _whole(workshop: Workshop, rounds: int, growth: Sequence[int]) -> Iterator[Line]:
    """Yield what a run takes, and what it is measured by: one conversion and one merge, their processes started."""
    source = _sources(workshop, workshop.count)
    out = workshop.folder / "out"

    def convert() -> None:
        with EmbeddedSession() as session:
            session.convert(workshop.whole, workshop.new(".pdf"))

    def merge() -> None:
        shutil.rmtree(out, ignore_errors=True)
        _command("merge", source, out)

    def run() -> None:
        shutil.rmtree(out, ignore_errors=True)
        _command("run", source, out)

    converted, merged, ran, read = _turns(rounds, convert, merge, run, lambda: verify(out))
    sums = [one + other for one, other in zip(converted, merged, strict=True)]
    making = [one - other for one, other in zip(ran, read, strict=True)]
    yield Line(f"one embedded conversion of {workshop.count}, its process started", median(converted))
    yield Line(f"one merge of {workshop.count}, process start included", median(merged))
    yield Line(f"run of {workshop.count}, process start included", median(ran), _ratio(ran, sums), "≤ 2.5 × both")
    yield Line(f"verify of {workshop.count}, docx and PDF", median(read), _ratio(read, making), "< 1 × making them")
    for count in growth:
        shutil.rmtree(out, ignore_errors=True)
        tell(f"a run of {count}")
        many = _sources(workshop, count)
        started = time.perf_counter()
        with Watch() as watch:
            _command("run", many, out, watch)
        seconds = time.perf_counter() - started
        per_pupil = (seconds / count) / (median(ran) / workshop.count)
        yield Line(f"run of {count}", seconds, per_pupil, "≈ 1 × a pupil of the first", watch.peak_mb)


def _sources(workshop: Workshop, count: int) -> list[str]:
    """Return class files, as Pix Orga exports them, of ``count`` pupils."""
    folder = workshop.folder / f"sources-{count}"
    folder.mkdir()
    records = list(pupils.records(count))
    for start in range(0, count, CLASS):
        with (folder / f"20260615_resultats_3C{start // CLASS + 1:03d}.csv").open(
            "w", newline="", encoding="utf-8"
        ) as f:
            rows = csv.writer(f, delimiter=";")
            rows.writerow(records[0].header)
            rows.writerows(record.cells for record in records[start : start + CLASS])
    return [str(folder)]


def _command(name: str, sources: Sequence[str], out: Path, watch: Watch | None = None) -> None:
    school = pupils.school(SIGNATURE)
    texts = {"school": school.etablissement, "city": school.ville, "head": school.chef, "signature": str(SIGNATURE)}
    given = [word for option, text in texts.items() for word in (f"--{option}", str(text))]
    command = [sys.executable, "-m", "pix_mailmerge", name, *sources, "--out", str(out), *given]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    if watch:
        watch.follow(process.pid)
    if process.wait() != 0:
        raise SystemExit(f"{name} ended with {process.returncode}")


@contextmanager
def _offices(work: Path) -> Iterator[tuple[Session, Session]]:
    """Yield two sessions, each with a profile of its own."""
    with LibreOfficeSession(work) as one, LibreOfficeSession(work) as other:
        yield one, other


def _soffice(work: Path, docx: Path) -> None:
    """Convert with LibreOffice's default options, in a profile that is kept."""
    program = libreoffice.find_program()
    assert program is not None
    profile = (work / "profile").absolute().as_uri()
    command = [str(program.path), f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf"]
    out = work / "plain"
    subprocess.run([*command, "--outdir", str(out), str(docx)], check=True, capture_output=True)


def _turns(rounds: int, *actions: Callable[[], object]) -> list[list[float]]:
    """Return the seconds of each action in each round, in which they take turns."""
    found: list[list[float]] = [[] for _ in actions]
    for turn in range(rounds):
        for number, action in enumerate(actions):
            tell(f"round {turn + 1} of {rounds}, {number + 1} of {len(actions)}")
            started = time.perf_counter()
            action()
            found[number].append(time.perf_counter() - started)
    return found


def _ratio(these: Sequence[float], those: Sequence[float]) -> float:
    return median(one / other for one, other in zip(these, those, strict=True))


def _texts(line: Line) -> tuple[str, ...]:
    ratio, peak = ("" if figure is None else f"{figure:.4g}" for figure in (line.ratio, line.peak_mb))
    return line.name, f"{line.seconds:.3g}", ratio, line.wanted, peak
