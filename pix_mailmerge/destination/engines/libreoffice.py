"""LibreOffice, started by us with a profile of its own: no window, no macro, no link followed, nothing of the user's.

It sees our fonts beside the machine's: where Carlito is not installed, Calibri would become a wider font.

``soffice``'s exit code says nothing (0 with a missing file, 0 with rubbish), and a fresh profile may end with 81 and
ask to be started again. So the verdict is read from the files made, and a batch that gave nothing is run again.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from pix_mailmerge.destination.engines.engine import Answer, Job, Program, count_pages, failed
from pix_mailmerge.destination.engines.own_fonts import font_environment
from pix_mailmerge.problems import ProgramFailedError, ProgramMissingError, error

NAME = "libreoffice"
TITLE = "LibreOffice"
STARTUP_TIMEOUT = 120.0
"""Seconds that a first start may take on a slow machine, whatever it converts."""
SECONDS_PER_MEGABYTE = 60.0
"""More time for larger files; 300 composed pages (about 1 MB) take 5 to 15 s."""
LEAST_ROOM = 1_000_000
"""Bytes free below which a PDF that was not made tells of a full disk."""
_TEMPORARY = ("TMPDIR", "TMP", "TEMP")
"""Where the program is told to put its own temporary files: what a killed one leaves goes with our folder."""
ATTEMPTS = 3
"""A fresh profile may end with 81 (« start me again ») once; a second crash in a row is not chance."""

EXPORT_OPTIONS: Mapping[str, tuple[str, str]] = {
    "ExportBookmarksToPDFDestination": ("boolean", "true"),  # a record's bookmark becomes a destination
    "ReduceImageResolution": ("boolean", "false"),  # reducing took half of the time, and blurs a signature
}
PDFA_OPTIONS: Mapping[str, tuple[str, str]] = {"SelectPdfVersion": ("long", "2")}

_ITEM = (
    '<item oor:path="/org.openoffice.Office.{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop>'
    "</item>"
)
_SETTINGS = (
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Common/Misc", "FirstRun", "false"),
    ("Java", "Enable", "false"),
    ("Writer/Content/Update", "Link", "2"),  # 2: never
)


def find_program() -> Program | None:
    """Return LibreOffice as found on PATH or in its usual places; None where there is none."""
    for path in _candidates():
        if path.is_file():
            return Program(NAME, TITLE, _version(path), path)
    return None


class LibreOfficeSession:
    """A LibreOffice with a private profile; one process per batch, several sessions may run at once."""

    keeps_bookmarks = True

    def __init__(self, work: Path | None = None, *, pdfa: bool = False) -> None:
        """``work``: folder for the private copies, None = the system's. Raises ProgramMissingError."""
        program = find_program()
        if program is None or program.path is None:
            raise ProgramMissingError(
                error(
                    "missing.libreoffice",
                    "LibreOffice n’a pas été trouvé sur cet ordinateur.",
                    "Installez LibreOffice, ou choisissez --engine embedded.",
                )
            )
        self._program = program.path
        self._filter = _export_filter(pdfa)
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = Path(tempfile.mkdtemp(prefix="pix-", dir=work)).absolute()

    def convert(self, docx: Path, pdf: Path, *, timeout: float | None = None) -> int:
        """Write ``pdf`` (which must not exist) from ``docx`` and return its pages; raise ProgramFailedError."""
        (answer,) = self.convert_batch([Job(docx, pdf)], timeout=timeout)
        if isinstance(answer, ProgramFailedError):
            raise answer
        return answer

    def convert_batch(self, jobs: Sequence[Job], *, timeout: float | None = None) -> list[Answer]:
        """Convert all ``jobs`` in one start of the program; return the pages, or the error, of each.

        A document that gave nothing is tried again alone, so that one bad file does not end the batch.
        """
        answers = self._attempt(jobs, timeout)
        if len(jobs) > 1 and all(_has_failed(answer, but_timeout=True) for answer in answers):
            answers = self._attempt(jobs, timeout)
        for position, job in enumerate(jobs):
            for _ in range(ATTEMPTS - 1):
                if not _has_failed(answers[position], but_timeout=len(jobs) == 1):
                    break
                (answers[position],) = self._attempt([job], timeout)
        return answers

    def close(self) -> None:
        """End the program where it runs; remove the profile and the private copies."""
        if self._process is not None:
            _end(self._process)
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, cause: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _attempt(self, jobs: Sequence[Job], timeout: float | None) -> list[Answer]:
        """Start the program once on private copies of the documents, under names that tell nothing."""
        with tempfile.TemporaryDirectory(prefix="lot-", dir=self._folder) as name:
            folder = Path(name)
            copies = [folder / f"lot-{number:03d}.docx" for number in range(1, len(jobs) + 1)]
            for job, copy in zip(jobs, copies, strict=True):
                shutil.copyfile(job.docx, copy)
            seconds = _time_for(copies) if timeout is None else timeout
            in_time = self._run(copies, seconds)
            return [
                _moved(copy.with_suffix(".pdf"), job, None if in_time else seconds)
                for job, copy in zip(jobs, copies, strict=True)
            ]

    def _run(self, copies: Sequence[Path], seconds: float) -> bool:
        """Run the program on ``copies`` and tell whether it ended by itself."""
        profile = _fresh_profile(self._folder / "profil")
        self._process = process = subprocess.Popen(
            [
                str(self._program),
                f"-env:UserInstallation={profile.as_uri()}",
                *("--headless", "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard"),
                "--infilter=MS Word 2007 XML",  # or else it makes a page of the bytes of a file that is no .docx
                *("--convert-to", self._filter, "--outdir", str(copies[0].parent)),
                *map(str, copies),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **font_environment(system_fonts=True), **dict.fromkeys(_TEMPORARY, str(self._folder))},
            start_new_session=True,
        )
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        finally:
            _end(process)
        return True


def _has_failed(answer: Answer, *, but_timeout: bool) -> bool:
    """Tell whether another attempt is worth it; ``but_timeout``: not after a time-out, which would only double it."""
    return isinstance(answer, ProgramFailedError) and not (
        but_timeout and any(problem.id == "program.timeout" for problem in answer.problems)
    )


def _moved(made: Path, job: Job, timed_out: float | None) -> Answer:
    """Return the verdict on the file that was made, which goes to where it is wanted."""
    try:
        if not made.exists() and timed_out is not None:
            raise failed("program.timeout", f"{TITLE} n’a pas répondu en {timed_out:g} secondes.", job.docx)
        pages = count_pages(made, TITLE, job.docx)
    except ProgramFailedError as cause:
        if shutil.disk_usage(made.parent).free < LEAST_ROOM:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from cause
        return cause
    shutil.move(made, job.pdf)
    return pages


def _time_for(copies: Sequence[Path]) -> float:
    return STARTUP_TIMEOUT + SECONDS_PER_MEGABYTE * sum(copy.stat().st_size for copy in copies) / 1e6


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and what it started: the group of our own child, known by its own process id."""
    if sys.platform == "win32":
        if process.poll() is None:
            subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)  # start_new_session made it the leader of its group
    process.wait()


def _fresh_profile(folder: Path) -> Path:
    """Return the profile, made anew where the program did not use it yet or where it was killed in it."""
    if (folder / ".lock").exists():
        shutil.rmtree(folder, ignore_errors=True)
    settings = folder / "user" / "registrymodifications.xcu"
    if not settings.exists():
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(_registry(), encoding="utf-8")
    return folder


def _registry() -> str:
    items = "".join(_ITEM.format(path=path, name=name, value=value) for path, name, value in _SETTINGS)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"{items}</oor:items>"
    )


def _export_filter(pdfa: bool) -> str:
    options = {**EXPORT_OPTIONS, **(PDFA_OPTIONS if pdfa else {})}
    given = {name: {"type": kind, "value": value} for name, (kind, value) in options.items()}
    return f"pdf:writer_pdf_Export:{json.dumps(given, separators=(',', ':'))}"


def _candidates() -> Iterator[Path]:
    for name in ("soffice", "libreoffice"):
        found = shutil.which(name)
        if found:
            yield _console(Path(found))
    if sys.platform == "win32":
        for variable in ("ProgramFiles", "ProgramW6432", "ProgramFiles(x86)"):
            yield Path(os.environ.get(variable, "C:\\")) / "LibreOffice" / "program" / "soffice.com"
    elif sys.platform == "darwin":
        for folder in (Path("/Applications"), Path.home() / "Applications"):
            yield folder / "LibreOffice.app" / "Contents" / "MacOS" / "soffice"
    else:
        yield from sorted(Path("/opt").glob("libreoffice*/program/soffice"), reverse=True)


def _console(path: Path) -> Path:
    """Return ``soffice.com`` where there is one: on Windows ``soffice.exe`` does not wait for the work to end."""
    console = path.with_suffix(".com")
    return console if path.suffix.lower() == ".exe" and console.exists() else path


def _version(path: Path) -> str:
    """Return the version as the installation's own file has it (« 7.4 »), without starting the program."""
    home = Path(os.path.realpath(path)).parent
    for file in (home / "bootstraprc", home / "bootstrap.ini", home.parent / "Resources" / "bootstraprc"):
        with contextlib.suppress(OSError):
            for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
                if line.startswith("ProductKey="):
                    return line.rpartition(" ")[2]
    return "?"
