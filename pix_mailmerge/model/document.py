"""Document: what a model makes of one record or of several."""

from __future__ import annotations

from dataclasses import dataclass, field

from pix_mailmerge.data_source.record import Record


@dataclass(frozen=True, slots=True)
class Document:
    """A finished .docx: the records that it was made from, in order, and its bytes. Names belong to folder.py alone."""

    records: tuple[Record, ...]
    content: bytes = field(repr=False)
