"""The files that an order reads: nothing is written over them, and one that changes meanwhile is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pix_mailmerge.data_source.sources import STDIN, find_sources
from pix_mailmerge.mailmerge.order import Order
from pix_mailmerge.problems import Place, Problem, warning
from pix_mailmerge.settings import IMAGES

State = tuple[int, int] | None
"""Size and time of the last change; None for a file that is not there."""


def inputs_of(order: Order) -> tuple[Path, ...]:
    """Return the files that an order reads, those that patterns, folders and zips mean too."""
    return tuple(dict.fromkeys(_inputs(order)))


def states_of(files: Iterable[Path]) -> Mapping[Path, State]:
    """Return what tells a file from what somebody saves in its place."""
    return {file: _state(file) for file in files}


def check_unchanged(before: Mapping[Path, State]) -> list[Problem]:
    """Return a warning for each file that is not what it was."""
    return [_changed(file) for file, state in before.items() if _state(file) != state]


def _inputs(order: Order) -> Iterator[Path]:
    sources, _ = find_sources(source for source in order.sources if source != STDIN)
    for source in sources:
        place = Path(source.place)
        yield next((one for one in (place, *place.parents) if one.is_file()), place)  # a zip stands for its members
    yield from order.models
    yield from (path for path in (order.join, *(getattr(order.school, name) for name in IMAGES)) if path is not None)


def _state(file: Path) -> State:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def _changed(file: Path) -> Problem:
    what = "Ce fichier a changé pendant le travail : les documents peuvent avoir été faits de son ancien contenu."
    remedy = "Relancez la même commande : elle refait ce qui doit l’être."
    return warning("source.changed", what, remedy, Place(file=file.name))
