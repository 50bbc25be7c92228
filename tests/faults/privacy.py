"""Run a school whose every name is known, and look for the names where none may be; count what goes to a network.

    python tests/faults/privacy.py [--pupils 2000] [--engine embedded|libreoffice] [--strace] [--alone]

Searched for each pupil's names and birth date: what the program says, the arguments and titles of all its processes
(seen from outside, again and again), the names of temporary files and folders, the metadata of each .docx, .xlsx and
PDF, and what it says of a bug. Network: sockets that any of its Python processes makes (by sys.audit); with --strace,
the system calls of all its processes, native programs included; with --alone, in a network namespace that has nothing.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pikepdf

sys.path.insert(0, str(Path(__file__).parent))
import processes
from scenes import OWN, Scene

WATCH = str(Path(__file__).parent / "watch")
DATE = "24 juin 2026"
_INET = re.compile(r"AF_INET6?")


def names_of(scene: Scene) -> set[str]:
    """Return, of each pupil, the name as files and pages have it, and the birth date."""
    found: set[str] = set()
    for file in (scene.work / "sources").iterdir():
        with file.open(encoding="utf-8-sig", newline="") as opened:
            for row in csv.DictReader(opened, delimiter=";"):
                found |= {f"{row['Nom']} {row['Prénom']}", f"{row['Prénom']} {row['Nom']}", row["Date de naissance"]}
    return found


def hits(texts: Iterable[str], names: set[str]) -> list[str]:
    """Return the names that stand in the texts."""
    text = "\n".join(texts)
    return sorted(name for name in names if name in text)


def metadata(out: Path) -> list[str]:
    """Return what the documents say of themselves: properties of .docx and .xlsx, information and XMP of PDFs."""
    told = []
    for path in out.rglob("*"):
        if path.suffix in (".docx", ".xlsx"):
            with zipfile.ZipFile(path) as archive:
                told += [archive.comment.decode("utf-8", "replace")]
                told += [archive.read(name).decode() for name in archive.namelist() if name.startswith("docProps/")]
        elif path.suffix == ".pdf":
            with pikepdf.open(path) as pdf:
                told.append(str(dict(pdf.docinfo.items())))
                if "/Metadata" in pdf.Root:
                    told.append(pdf.Root.Metadata.read_bytes().decode("utf-8", "replace"))
    return told


def look(scene: Scene, engine: str, before: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """Run the school and return, for each place that was searched, what was found and may not be there."""
    out, watched = scene.work / "out", scene.work / "watched.jsonl"
    names = names_of(scene)
    seen: set[str] = set()
    command = [*before, *scene.command(out, DATE, "--engine", engine)]
    done = processes.watch(
        command, scene.environment(PIX_WATCH=str(watched)), lambda pid: seen.add(processes.arguments(pid))
    )
    assert done.returncode == 0, done.stderr.decode()
    events = [json.loads(line) for line in watched.read_text("utf-8").splitlines()]
    opened = [one[1] for one in events if one[0] in ("open", "os.mkdir", "os.rename") or one[0].startswith("tempfile")]
    temporary = [name for name in opened if not is_final(name, out)]
    assert len(temporary) > scene.pupils, "temporary files were not seen"
    assert len(seen) > 2, "processes were not seen"
    return {
        "console": hits([done.stdout.decode(), done.stderr.decode()], names),
        "arguments of processes": hits([*seen, *(" ".join(one[1:]) for one in events if "Popen" in one[0])], names),
        "names of temporary files": hits(temporary, names),
        "metadata": hits(metadata(out), names),
        "report of a bug": hits([report_of_a_bug(scene)], names),
        "sockets": [str(one) for one in events if one[0].startswith("socket.")],
    }


def is_final(name: str, out: Path) -> bool:
    """Tell whether a path is a class's folder or a file that is to stay."""
    path = Path(name)
    return out in path.parents and OWN not in path.parts and not path.name.startswith(".")


def report_of_a_bug(scene: Scene) -> str:
    """Return what the program says where a bug of ours meets a pupil's values."""
    bug = (
        "import sys\nfrom pix_mailmerge import cli\nfrom pix_mailmerge.mailmerge import prepare\n"
        "def broken(chosen, *rest, **more):\n    raise KeyError(str([list(one.cells) for one in chosen]))\n"
        "prepare.plan_documents = broken\nsys.exit(cli.exit_code(sys.argv[1:]))\n"
    )
    arguments = scene.command(scene.work / "bug", DATE)[3:]
    done = subprocess.run([sys.executable, "-c", bug, *arguments], env=scene.environment(), capture_output=True)
    assert done.returncode == 1, done
    return done.stdout.decode() + done.stderr.decode()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pupils", type=int, default=2_000)
    parser.add_argument("--engine", default="embedded")
    parser.add_argument("--strace", action="store_true")
    parser.add_argument("--alone", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        scene = Scene(Path(work), given.pupils, first=(WATCH,)).prepare()
        calls = scene.work / "calls"
        before = ("unshare", "-n") if given.alone else ()
        if given.strace:
            before = ("strace", "-f", "-qq", "-e", "trace=network", "-o", str(calls), *before)
        found = look(scene, given.engine, before)
        if given.strace:
            lines = calls.read_text("utf-8", "replace").splitlines()
            found["system calls to a network"] = [line for line in lines if _INET.search(line)]
        print(f"{len(names_of(scene))} names and dates, engine {given.engine}")
    for place, there in found.items():
        print(f"{place:30} {len(there):4} {'; '.join(there[:3])[:120]}")
    return int(any(found.values()))


if __name__ == "__main__":
    sys.exit(main())
