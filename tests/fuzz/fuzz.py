"""Fuzz one of the readers for some minutes, guided by what each input reaches in our code (atheris, Linux only).

    pip install atheris
    python tests/fuzz/fuzz.py csv|champs|docx --seconds 1200 [--found FOLDER]

Starts from the corpus kept in ``tests/fuzz/corpus``. What is found goes to FOLDER (a temporary one by default); the
last lines tell how many executions there were and what was found. Ends with 1 when something was.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HANG_SECONDS = 20
MEMORY_MB = 1_500


def main() -> int:
    if sys.argv[1:2] == ["--child"]:
        return fuzz(sys.argv[2], sys.argv[3:])
    given = arguments()
    found = Path(given.found or tempfile.mkdtemp(prefix="fuzz-found-"))
    fresh = found / "corpus"
    fresh.mkdir(parents=True, exist_ok=True)
    options = [
        f"-max_total_time={given.seconds}",
        f"-timeout={HANG_SECONDS}",
        f"-rss_limit_mb={MEMORY_MB}",
        f"-max_len={given.longest}",
        f"-artifact_prefix={found}/",
        "-print_final_stats=1",
        str(fresh),
        str(Path(__file__).parent / "corpus" / given.target),
    ]
    command = [sys.executable, __file__, "--child", given.target, *options]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, errors="replace")
    told = dict(re.findall(r"stat::(\w+):\s+(\d+)", done.stderr))
    crashes = sorted(path.name for path in found.iterdir() if path.is_file())
    if done.returncode or crashes:
        print(done.stderr[-6000:])
    print(
        f"{given.target}: {told.get('number_of_executed_units', '?')} executions, "
        f"{told.get('average_exec_per_sec', '?')} per second, peak {told.get('peak_rss_mb', '?')} MB, "
        f"{len(list(fresh.iterdir()))} inputs that reach something new, found: {', '.join(crashes) or 'nothing'}"
    )
    return 1 if done.returncode or crashes else 0


def fuzz(target: str, options: list[str]) -> int:
    """Run atheris in this process; it ends the process itself."""
    import atheris

    sys.path.insert(0, str(Path(__file__).parent))
    with atheris.instrument_imports(include=["pix_mailmerge", "targets"]):
        import targets
    atheris.Setup([sys.argv[0], *options], targets.TARGETS[target])
    atheris.Fuzz()
    return os.EX_OK


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", choices=("csv", "champs", "docx"))
    parser.add_argument("--seconds", type=int, default=1_200)
    parser.add_argument("--longest", type=int, default=6_000, help="bytes of an input")
    parser.add_argument("--found")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
