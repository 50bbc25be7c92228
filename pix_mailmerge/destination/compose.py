"""All records in one .docx, streamed: memory stays flat, however many there are.

Each record is a section of its own (or several, as in the model), as Word's own merge writes it: new page, page numbers
from 1, its headers and footers, notes and numbered lists from their beginning. Everything that must differ from record
to record was made an expression of the model's source beforehand (composition.plan); the records only run through it.

    head of the body | record 1 | record 2 | … | record N, last section | parts that grew: headers, notes, lists
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from pix_mailmerge._files import written_beside
from pix_mailmerge.destination.composition.plan import Plan
from pix_mailmerge.destination.composition.run import Run
from pix_mailmerge.destination.split import bookmark
from pix_mailmerge.model.compiled import CompiledModel
from pix_mailmerge.model.context import Missing
from pix_mailmerge.model.failures import FAILURES
from pix_mailmerge.model.merge_fields import Merged, Variant
from pix_mailmerge.model.word_model import Model
from pix_mailmerge.problems import DestinationError, ModelError, Place, Problem, error, raise_errors

__all__ = ["bookmark", "compose"]

Values = Mapping[str, object]

_PLANS: weakref.WeakKeyDictionary[CompiledModel, dict[tuple[bool, bool], Plan]] = weakref.WeakKeyDictionary()


def compose(
    model: Model,
    records_values: Iterable[Values],
    file: Path,
    *,
    duplex: bool = False,
    bookmarks: bool = True,
    fsync: bool = True,
    language: str | None = None,
    missing: Missing = "error",
) -> int:
    """Write one .docx with the document of each record, in order, and return how many documents there are.

    records_values: the values of each record, as Model.render takes them; they are taken one by one and not kept.
    duplex: each record begins on a front page (odd-page sections; engines do not print the blank page that this
    implies). bookmarks: each record begins with a bookmark, ``e000001``, ``e000002``…, by which a PDF is split.
    fsync: flush to the disk before the file takes its name. language, missing: as for Model.render.

    The same values give the same bytes. Pictures and links of the values are shared by the records they are equal for.
    Raises ModelError as Model.render does, DestinationError where there is no record or the file cannot be written.
    """
    repeated = model.merge_fields.lists(records_values) if isinstance(records_values, Sequence) else frozenset()
    documents = model.documents(records_values, language, missing, repeated=repeated)
    return compose_documents(model, documents, file, duplex=duplex, bookmarks=bookmarks, fsync=fsync)


def compose_documents(
    model: Model,
    documents: Iterator[Merged],
    file: Path,
    *,
    duplex: bool = False,
    bookmarks: bool = True,
    fsync: bool = True,
) -> int:
    """Write documents that Model.documents made of records in one .docx; all else as compose."""
    first = next(documents, None)
    if first is None:
        raise DestinationError(_no_record(file))
    plan = _plan(model.compiled_of(first.variant), duplex, bookmarks)
    with written_beside(file, fsync=fsync) as beside, beside.open("wb") as out:
        return _written(model, plan, first.variant, chain([first], documents), out)


def _plan(model: CompiledModel, duplex: bool, bookmarks: bool) -> Plan:
    """Return the plan of a compiled model, made at its first use."""
    plans = _PLANS.setdefault(model, {})
    if (duplex, bookmarks) not in plans:
        plans[duplex, bookmarks] = Plan(model, duplex, bookmarks)
    return plans[duplex, bookmarks]


def _written(model: Model, plan: Plan, variant: Variant, documents: Iterable[Merged], out: BinaryIO) -> int:
    with ExitStack() as stack:
        run = Run(plan, out, stack)
        for document in documents:
            if document.variant is not variant:
                raise ModelError(_uneven(model))
            try:
                run.add(document.context)
            except FAILURES as cause:
                raise model.failed(cause) from cause
        raise_errors(_check_subdocuments(model))
        run.finish()
        return run.count


def _check_subdocuments(model: Model) -> tuple[Problem, ...]:
    """Return the problem of docxtpl's subdocuments: their styles, lists and pictures belong to one document each."""
    if not model.compiled.companion.prints_subdocuments:
        return ()
    what = "Les sous-documents (Subdoc) ne peuvent pas être réunis en un seul fichier."
    remedy = "Faites un fichier par enregistrement, ou remplacez le sous-document par des balises du modèle."
    return (error("model.subdocument", what, remedy, Place(file=model.path.name)),)


def _uneven(model: Model) -> Problem:
    what = "Une valeur est une liste de lignes pour certains enregistrements, et non pour le premier."
    remedy = "Donnez tous les enregistrements à la fois (une liste, pas un générateur), ou une liste vide au premier."
    return error("model.uneven-lists", what, remedy, Place(file=model.path.name))


def _no_record(file: Path) -> Problem:
    return error(
        "destination.no-record",
        "Il n’y a aucun enregistrement à réunir dans ce document.",
        "Vérifiez la source de données et le choix des élèves (--status).",
        Place(file=file.name),
    )
