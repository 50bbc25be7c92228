"""Ids that may stand once in a document, counted over all its records."""

from __future__ import annotations

from pix_mailmerge.model.programs import BytesEnvironment

LONGEST_BOOKMARK = 40
"""Characters that Word allows in a bookmark's name."""


class Ids:
    """The counters of one composed document; its methods are called by the expressions of the body's source."""

    def __init__(self, environment: BytesEnvironment, first: int = 1) -> None:
        self._environment = environment
        self._last = first - 1
        self._beginning: tuple[str, int] | None = None
        self._open: dict[str, int] = {}
        self._uses: dict[str, int] = {}
        self._named: dict[str, str] = {}
        self._awaited: set[str] = set()

    def begin_record(self, bookmark: str, id: int) -> None:
        """Forget what the record before has used; ``bookmark`` and ``id`` are those of the new one's beginning."""
        self._beginning = bookmark, id
        self._open.clear()
        self._named.clear()
        self._awaited.clear()

    def begun(self) -> bytes:
        """Return the XML of the bookmark that begins a record, the first time; then nothing."""
        if self._beginning is None:
            return b""
        (name, id), self._beginning = self._beginning, None
        return f'<w:bookmarkStart w:id="{id}" w:name="{name}"/><w:bookmarkEnd w:id="{id}"/>'.encode()

    def next(self) -> int:
        """Return a new id of a bookmark, a revision, a permission: they share one count."""
        self._last += 1
        return self._last

    def opened(self, key: str) -> int:
        """Return the id of a range that begins; ``key`` is its id in the model."""
        self._open[key] = self.next()
        return self._open[key]

    def closed(self, key: str) -> int:
        """Return the id of a range that ends."""
        return self._open[key] if key in self._open else self.next()

    def name(self, base: str) -> str:
        """Return the name of a bookmark that the model calls ``base``: the one awaited by a reference, or a new one."""
        if base in self._awaited:
            self._awaited.remove(base)
        else:
            self._named[base] = self._new_name(base)
        return self._named[base]

    def anchor(self, base: str) -> str:
        """Return the name, in this record, of the bookmark that the model calls ``base``."""
        if base not in self._named:
            self._awaited.add(base)
            self._named[base] = self._new_name(base)
        return self._named[base]

    def drawing(self) -> int:
        """Return a new id of a drawing (wp:docPr); those that the values bring are counted with it."""
        self._environment.next_drawing += 1
        return self._environment.next_drawing - 1

    def _new_name(self, base: str) -> str:
        uses = self._uses[base] = self._uses.get(base, 0) + 1
        end = "" if uses == 1 else f"_{uses}"
        return base[: LONGEST_BOOKMARK - len(end)] + end
