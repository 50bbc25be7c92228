"""Our own child and all that it started, watched from outside (Linux): memory, arguments."""

from __future__ import annotations

import resource
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path


def descendants(pid: int) -> Iterator[int]:
    """Yield the process and all below it."""
    yield pid
    for thread in _entries(f"/proc/{pid}/task"):
        try:
            children = Path(f"/proc/{pid}/task/{thread}/children").read_text().split()
        except OSError:
            continue
        for child in children:
            yield from descendants(int(child))


def watch(
    command: list[str], environment: dict[str, str], look: Callable[[int], None], every: float = 0.05
) -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end; ``look`` is called again and again with each of its processes."""
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    ended = threading.Event()

    def watching() -> None:
        while not ended.wait(every):
            for pid in descendants(process.pid):
                look(pid)

    thread = threading.Thread(target=watching)
    thread.start()
    out, err = process.communicate()
    ended.set()
    thread.join()
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def processor_seconds() -> float:
    """Return the seconds of a processor that our children took, all that they started included, once they ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def peak_memory(pid: int) -> int:
    """Return the most kilobytes that a process held; 0 where it is gone."""
    for line in _read(f"/proc/{pid}/status").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return 0


def run_in_memory(
    arguments: list[str], environment: dict[str, str], timeout: float = 300
) -> tuple[subprocess.CompletedProcess[bytes], float]:
    """Run the program to its end; return what it ended with and the most megabytes that it or a child of its took."""
    command = [sys.executable, "-c", _TELLING_ITS_MEMORY, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=timeout)
    *_, kilobytes = done.stdout.split()
    return done, int(kilobytes) / 1024


_TELLING_ITS_MEMORY = """
import resource, sys
from pix_mailmerge import cli
code = cli.exit_code(sys.argv[1:])
# its own ru_maxrss would count the memory of the process that started it, too
own = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)
"""


def open_files(pid: int) -> int:
    """Return how many files a process has open now; 0 where it is gone."""
    return len(_entries(f"/proc/{pid}/fd"))


def arguments(pid: int) -> str:
    """Return what anybody on the machine sees of a process: its arguments and its title."""
    return (_read(f"/proc/{pid}/cmdline") + "\0" + _read(f"/proc/{pid}/comm")).replace("\0", " ")


def _read(file: str) -> str:
    try:
        return Path(file).read_text("utf-8", "replace")
    except OSError:
        return ""


def _entries(folder: str) -> list[str]:
    try:
        return [entry.name for entry in Path(folder).iterdir()]
    except OSError:
        return []
