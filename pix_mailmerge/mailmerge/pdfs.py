"""From any .docx to .pdf."""

from __future__ import annotations

import glob
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from pix_mailmerge._files import folded
from pix_mailmerge.destination.engines.engine import Job
from pix_mailmerge.destination.pdf import Conversion
from pix_mailmerge.destination.pdf import convert_documents as convert_all
from pix_mailmerge.destination.writable import check_writable
from pix_mailmerge.mailmerge.order import Order, Outcome, Progress, silent
from pix_mailmerge.problems import Place, Problem, error, raise_errors


def convert_documents(order: Order, report: Progress = silent) -> Outcome:
    """Convert the order's .docx to PDFs of the same names in its folder; one bad file does not end the rest.

    Raises PixMailMergeError where a file is not there or a PDF may not be written: then nothing is.
    """
    started = time.monotonic()
    documents = find_documents(order.sources)
    names = [f"{document.stem}.pdf" for document in documents]
    occupied = check_writable(order.out, names, order.replace, inputs=documents)
    raise_errors([*_check_documents(documents), *_check_twins(documents, names), *occupied])
    order.out.mkdir(parents=True, exist_ok=True)
    jobs = [Job(document, order.out / name) for document, name in zip(documents, names, strict=True)]
    answers = convert_all(
        jobs,
        order.engine,
        processes=order.jobs,
        done=lambda done: report("Conversion en PDF", done, len(jobs)),
        pdfa=order.pdfa,
    )
    made = [answer for answer in answers if isinstance(answer, Conversion)]
    return Outcome(
        folder=order.out,
        read=len(documents),
        sources=len(documents),
        chosen=len(documents),
        files=tuple(answer.pdf for answer in made),
        problems=tuple(dict.fromkeys(problem for answer in answers for problem in answer.problems)),
        seconds=time.monotonic() - started,
        engine="\n".join(dict.fromkeys(answer.why for answer in made)),
    )


def find_documents(texts: Iterable[str]) -> tuple[Path, ...]:
    """Return the files that the texts name, ``*`` and ``?`` expanded (Windows shells do not), folders opened."""
    found: dict[Path, None] = {}
    for text in texts:
        matches = [text] if Path(text).exists() else sorted(glob.glob(text)) or [text]  # noqa: PTH207 - Path.glob takes no absolute pattern
        for path in map(Path, matches):
            inside = sorted(path.glob("*.docx")) if path.is_dir() else [path]
            found |= dict.fromkeys(one for one in inside if not one.name.startswith("~$"))
    return tuple(found)


def _check_documents(documents: Sequence[Path]) -> list[Problem]:
    return [
        error(
            "source.not-found",
            "Ce document n’existe pas.",
            "Vérifiez le nom et le dossier.",
            Place(file=str(document)),
        )
        for document in documents
        if not document.is_file()
    ]


def _check_twins(documents: Sequence[Path], names: Sequence[str]) -> list[Problem]:
    """Return a problem for each document whose PDF would take another's place."""
    seen: dict[str, Path] = {}
    return [
        error(
            "usage.same-pdf",
            f"Son PDF prendrait la place de celui de « {first} ».",
            "Convertissez-les dans deux dossiers, ou renommez l’un des deux.",
            Place(file=str(document)),
        )
        for document, name in zip(documents, names, strict=True)
        if (first := seen.setdefault(folded(name), document)) != document
    ]
