"""The documents of a lot of pupils: what a worker process does, from values that travel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from pix_mailmerge.data_source.record import Record
from pix_mailmerge.destination.compose import compose_documents
from pix_mailmerge.model.fields import class_values, field_values
from pix_mailmerge.model.merge_fields import Merged
from pix_mailmerge.model.word_fields.state import NOTHING_BEFORE, Before
from pix_mailmerge.model.word_model import Model, open_model, skipped
from pix_mailmerge.model.worker_process import begin_part
from pix_mailmerge.problems import ModelError
from pix_mailmerge.settings import School

PER_DOCUMENT = 7.0
"""Seconds that one document may compute: a model that never ends for one pupil alone is told before ten."""


@dataclass(frozen=True, slots=True)
class Lot:
    """Work for one worker: a model, records, and where to write.

    documents: a file per document, or none. composed: one file that holds them all, or None. With neither, the records
    are merged for nothing. A model of the « eleves » kind makes its one document at ``composed``. starts: records at
    which a class begins, a merge of its own. before: what the model was merged with until this lot.
    """

    model: Path
    school: School
    records: tuple[Record, ...]
    documents: tuple[Path, ...] = ()
    composed: Path | None = None
    duplex: bool = False
    starts: tuple[int, ...] = (0,)
    before: Before = NOTHING_BEFORE


def make_lot(lot: Lot) -> int:
    """Write the documents of a lot and return how many records they hold; raise ModelError, DestinationError."""
    seen = lot.model.stat()
    model = _opened(lot.model, (seen.st_mtime_ns, seen.st_size))
    if model.per_class:
        content = model.render(class_values(lot.records, lot.school))
        if lot.composed is not None:
            lot.composed.write_bytes(content)
        return len(lot.records)
    merged = _merged(model, lot)
    for document in lot.documents:
        one = next(merged, None)
        if one is None:
            raise ModelError(skipped(model.path.name))
        document.write_bytes(model.rendered(one))
    if not lot.documents and lot.composed is None:
        for one in merged:
            model.rendered(one)
    if lot.composed is not None:
        compose_documents(model, _merged(model, lot), lot.composed, duplex=lot.duplex)
    return len(lot.records)


def _merged(model: Model, lot: Lot) -> Iterator[Merged]:
    """Yield what each document of a lot shows."""
    before = lot.before
    for start, end in pairwise((*lot.starts, len(lot.records))):
        values = (field_values(record, lot.school) for record in lot.records[start:end])
        documents = before.documents
        for merged in model.documents(values, before=before):
            documents += 1
            begin_part(PER_DOCUMENT)
            yield merged
        before = Before(before.records + end - start, documents)


@lru_cache(maxsize=4)
def _opened(model: Path, seen: tuple[int, int]) -> Model:
    """Return a model; ``seen``: its time and size, by which one that was changed since is known."""
    return open_model(model)
