"""What a benchmark found: one Result per method, the absent ones, as JSON or as a table."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Result:
    """One method's figures; None where a figure has no sense.

    documents_per_second: median over the rounds. ratios: median over the rounds of this method's speed by the other's
    in the same round. peak_mb: the most memory (MiB) its own process held, its worker processes included.
    bytes_per_document: size of the files made by their pupils. spread: (fastest - slowest) / median of the rounds.
    """

    name: str
    documents_per_second: float | None
    ratio_to_docxtpl: float | None = None
    ratio_to_floor: float | None = None
    peak_mb: float | None = None
    bytes_per_document: float | None = None
    spread: float | None = None


@dataclass(frozen=True, slots=True)
class Absent:
    """A method that could not be measured, and why."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Report:
    """All that one benchmark found."""

    benchmark: str
    results: tuple[Result, ...]
    absent: tuple[Absent, ...] = ()

    def as_json(self) -> str:
        """Return the report, with the machine, as JSON text."""
        content = {
            "benchmark": self.benchmark,
            "machine": machine(),
            "results": [_rounded(result) for result in self.results],
            "absent": [asdict(absent) for absent in self.absent],
        }
        return json.dumps(content, indent=2, ensure_ascii=False)

    def as_table(self) -> str:
        """Return the report as lines for a person."""
        heads = ("", "documents/s", "x docxtpl", "x floor", "peak MiB", "bytes/document", "spread")
        rows = [heads, *(_texts(result) for result in self.results)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
        lines = [_aligned(row, widths) for row in rows]
        lines += [f"{absent.name}: absent ({absent.why})" for absent in self.absent]
        return "\n".join([f"{self.benchmark} on {', '.join(str(value) for value in machine().values())}", *lines])


def machine() -> dict[str, object]:
    """Return what the figures depend on: the system, the processor, the cores we may use, the Python."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
    }


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    if told.is_file():
        for line in told.read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"


def _rounded(result: Result) -> dict[str, object]:
    return {key: _significant(value) if isinstance(value, float) else value for key, value in asdict(result).items()}


def _significant(value: float) -> float:
    return float(f"{value:.4g}") if abs(value) < 1000 else float(round(value))


def _texts(result: Result) -> tuple[str, ...]:
    figures = list(asdict(result).values())[1:]
    return result.name, *("–" if figure is None else f"{_significant(figure):g}" for figure in figures)


def _aligned(row: tuple[str, ...], widths: list[int]) -> str:
    return "  ".join(
        [row[0].ljust(widths[0]), *(text.rjust(width) for text, width in zip(row[1:], widths[1:], strict=True))]
    )
