"""The documents of a lot of pupils: what a worker process does, from values that travel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pix_mailmerge.data_source.record import Record
from pix_mailmerge.destination.compose import compose
from pix_mailmerge.model.fields import class_values, field_values
from pix_mailmerge.model.word_model import Model, open_model
from pix_mailmerge.settings import School


@dataclass(frozen=True, slots=True)
class Lot:
    """Work for one worker: a model, records, and where to write.

    documents: a file per record, or none. composed: one file that holds them all, or None. With neither, the records
    are merged for nothing. A model of the « eleves » kind makes its one document at ``composed``.
    """

    model: Path
    school: School
    records: tuple[Record, ...]
    documents: tuple[Path, ...] = ()
    composed: Path | None = None
    duplex: bool = False


def make_lot(lot: Lot) -> int:
    """Write the documents of a lot and return how many records they hold; raise ModelError, DestinationError."""
    model = _opened(lot.model)
    if model.per_class:
        content = model.render(class_values(lot.records, lot.school))
        if lot.composed is not None:
            lot.composed.write_bytes(content)
        return len(lot.records)
    if not lot.documents and lot.composed is None:
        for record in lot.records:
            model.render(field_values(record, lot.school))
    for record, document in zip(lot.records, lot.documents, strict=bool(lot.documents)):
        document.write_bytes(model.render(field_values(record, lot.school)))
    if lot.composed is not None:
        values = (field_values(record, lot.school) for record in lot.records)
        compose(model, values, lot.composed, duplex=lot.duplex)
    return len(lot.records)


@lru_cache(maxsize=4)
def _opened(model: Path) -> Model:
    return open_model(model)
