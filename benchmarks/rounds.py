"""Rounds in which methods take turns, each in a child process of its own, so that a busy machine slows all alike."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import Any

from benchmarks.report import Absent, Report, Result

ROOT = Path(__file__).resolve().parent.parent
DEADLINE = 900.0
"""Seconds after which a child that has not answered is ended."""

Check = Callable[[Path, str, int], str | None]
"""(folder a method wrote to, its name, pupils) -> what is wrong with it, or None."""


@dataclass(frozen=True, slots=True)
class Method:
    """A method to measure. command: its child process. count: pupils in a round. fresh: a new process each round."""

    name: str
    command: Sequence[str]
    count: int
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Timing:
    """What a child says of a round: seconds, documents, bytes of the files, peak memory (MiB) since it began."""

    seconds: float
    documents: int
    bytes: int
    peak_mb: float | None

    @property
    def speed(self) -> float:
        return self.documents / self.seconds


class MethodFailedError(Exception):
    """A method's child could not do its work; the text says why."""


@dataclass(slots=True)
class Measured:
    """The rounds of one method."""

    timings: list[Timing] = field(default_factory=list)
    peak_mb: float | None = None


def measured(name: str, methods: Iterable[Method], folder: Path, rounds: int, check: Check) -> Report:
    """Return what ``rounds`` rounds of the methods showed; each writes to a folder of its own below ``folder``."""
    absent: dict[str, str] = {}
    found: dict[str, Measured] = {method.name: Measured() for method in methods}
    with ExitStack() as stack:
        children = {method.name: Child(method, folder / method.name, stack) for method in methods}
        for turn in range(rounds):
            for method in methods:
                if method.name not in absent:
                    _take_turn(children[method.name], found[method.name], turn, check, absent)
    for method in methods:
        if method.name not in absent:
            tell(f"{name}: memory of {method.name}")
            found[method.name].peak_mb = _peak(method, folder / method.name, absent)
    kept = {key: value for key, value in found.items() if key not in absent}
    return Report(name, tuple(results(kept)), tuple(Absent(*item) for item in absent.items()))


def results(found: Mapping[str, Measured]) -> Iterable[Result]:
    """Yield the figures of each method: medians over the rounds, ratios taken within each round."""
    for name, one in found.items():
        speeds = [timing.speed for timing in one.timings]
        last = one.timings[-1]
        yield Result(
            name,
            median(speeds),
            _ratio(one, found.get("docxtpl")),
            _ratio(one, found.get("floor")),
            one.peak_mb,
            last.bytes / last.documents if last.bytes else None,
            (max(speeds) - min(speeds)) / median(speeds),
        )


def _ratio(one: Measured, other: Measured | None) -> float | None:
    if other is None:
        return None
    return median(mine.speed / theirs.speed for mine, theirs in zip(one.timings, other.timings, strict=False))


def _take_turn(child: Child, found: Measured, turn: int, check: Check, absent: dict[str, str]) -> None:
    tell(f"round {turn + 1}: {child.method.name}, {child.method.count} pupils")
    try:
        found.timings.append(child.round())
        wrong = check(child.folder, child.method.name, child.method.count) if turn == 0 else None
    except MethodFailedError as cause:
        wrong = str(cause)
    if wrong:
        absent[child.method.name] = wrong


def _peak(method: Method, folder: Path, absent: dict[str, str]) -> float | None:
    """Return the peak memory (MiB) of a new child that takes its pupils one by one where its library can."""
    with ExitStack() as stack:
        try:
            return Child(method, folder / "memory", stack).round(streamed=True).peak_mb
        except MethodFailedError as cause:
            absent[method.name] = str(cause)
            return None


class Child:
    """The process of a method, started at its first round; it reads an order a line, and answers with a line."""

    def __init__(self, method: Method, folder: Path, stack: ExitStack) -> None:
        self.method = method
        self._rounds = 0
        self._place = folder
        self._process: subprocess.Popen[str] | None = None
        stack.push(self._close)

    @property
    def folder(self) -> Path:
        """Return the folder of the current round: a new one each time."""
        return self._place / str(self._rounds)

    def round(self, *, streamed: bool = False) -> Timing:
        """Return the timing of one round over all the method's pupils; raise MethodFailedError when it fails."""
        self._rounds += 1
        self.folder.mkdir(parents=True)
        _settle()
        answer = self._asked({"folder": str(self.folder), "count": self.method.count, "streamed": streamed})
        if self.method.fresh:
            self._end()
        if "absent" in answer:
            raise MethodFailedError(answer["absent"])
        return Timing(**answer)

    def _asked(self, order: Mapping[str, object]) -> dict[str, Any]:
        process = self._process = self._process or self._started()
        assert process.stdin and process.stdout
        clock = threading.Timer(DEADLINE, process.kill)
        clock.start()
        try:
            process.stdin.write(json.dumps(order) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = ""
        finally:
            clock.cancel()
        if not line:
            self._end()
            raise MethodFailedError(f"its process ended with {process.returncode}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _started(self) -> subprocess.Popen[str]:
        try:
            return subprocess.Popen(
                list(self.method.command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=sys.stderr,
                cwd=ROOT,
                encoding="utf-8",
            )
        except OSError as cause:
            raise MethodFailedError(f"{self.method.command[0]} cannot be started ({cause.strerror})") from cause

    def _end(self) -> None:
        if self._process is not None:
            if self._process.stdin:
                self._process.stdin.close()
            self._process.wait(DEADLINE)
            if self._process.stdout:
                self._process.stdout.close()
            self._process = None

    def _close(
        self, _kind: type[BaseException] | None, cause: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if cause is not None and self._process is not None:
            self._process.kill()
        self._end()


def _settle() -> None:
    """Have the files of the last round written to the disk, so that the next one does not pay for them.

    They stay: renaming over a file, and removing many, both cost time later on some file systems.
    """
    if hasattr(os, "sync"):
        os.sync()


def tell(text: str) -> None:
    """Say on stderr how far we are."""
    print(text, file=sys.stderr, flush=True)
