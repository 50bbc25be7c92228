"""The process that measures one method: ``python -m benchmarks.child GROUP NAME WORKSHOP``.

Each line of its input is an order, {"folder", "count", "streamed"}; its answer is a line: a Timing, or {"absent": why}.
The pupils' values are made before the clock starts; when streamed, one by one: that is for the memory, not the clock.
"""

from __future__ import annotations

import gc
import importlib
import json
import sys
from pathlib import Path
from time import perf_counter

from benchmarks import methods, pupils

PROC_STATUS = Path("/proc/self/status")


def main(group: str, name: str, workshop: str) -> None:
    """Answer the orders of the standard input, line by line, until it ends."""
    answers, sys.stdout = sys.stdout, sys.stderr
    try:
        method = importlib.import_module(f"benchmarks.{group}").METHODS[name](methods.Workshop(Path(workshop)))
        failure = None
    except Exception as cause:
        failure = _told(cause)
    for line in sys.stdin:
        order = json.loads(line)
        try:
            answer = {"absent": failure} if failure else _round(method, **order)
        except Exception as cause:
            answer = {"absent": _told(cause)}
        print(json.dumps(answer), file=answers, flush=True)


def _round(method: methods.Runner, folder: str, count: int, streamed: bool) -> dict[str, object]:
    values = (method.values(record) for record in pupils.records(count))
    chosen = values if streamed else list(values)
    gc.collect()
    gc.freeze()
    start = perf_counter()
    method.run(chosen, Path(folder))
    seconds = perf_counter() - start
    gc.unfreeze()
    size = sum(file.stat().st_size for file in Path(folder).iterdir())
    return {"seconds": seconds, "documents": count, "bytes": size, "peak_mb": peak_mb(method)}


def peak_mb(method: methods.Runner | None = None) -> float | None:
    """Return the most memory (MiB) this process held so far, with its method's workers; None where nothing tells."""
    workers = getattr(method, "workers_mb", 0.0)
    if PROC_STATUS.is_file():  # ru_maxrss would count the memory of the process that started us, too
        line = next(line for line in PROC_STATUS.read_text("ascii", "replace").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024 + workers
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10) + workers


def _told(cause: Exception) -> str:
    return f"{type(cause).__name__}: {cause}"


if __name__ == "__main__":
    main(*sys.argv[1:])
