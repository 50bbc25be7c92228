"""The documents of a batch packed: what all of them share is deflated and laid out once."""

from __future__ import annotations

from collections.abc import Mapping

from pix_mailmerge.model.package import Package
from pix_mailmerge.model.zip_records import FAST, FASTEST, Layout, Packed, pack


class Packing:
    """Packs documents that differ from a model in some parts, one after the other.

    A part that comes out for the second time as it was is taken to stay so; the day it does not, it is deflated for
    each document from then on. The order of the members never depends on that: the model's own, then the parts from the
    last to the first, the body. Nor do the bytes of a document depend on those before it.

    main: the body's part. It is deflated for each document, at the fastest level where what else is in the file (the
    signature) weighs so much that the file is a few hundredths longer at most: one for the attestation.
    """

    def __init__(self, package: Package, main: str) -> None:
        self._package = package
        self._main = main
        self._weight = sum(len(member.packed) for member in package if member.name != main)
        self._last: Mapping[str, bytes] = {}
        self._steady: dict[str, tuple[bytes, Packed]] = {}
        self._unsteady: set[str] = set()
        self._names: tuple[str, ...] = ()
        self._rest: tuple[str, ...] = ()
        self._layout: Layout | None = None

    def packed(self, parts: Mapping[str, bytes]) -> bytes:
        """Return the bytes of a .docx whose ``parts`` (name -> content) are others than in the model, or more."""
        self._settle(parts)
        names = tuple(parts)
        if self._layout is None or names != self._names:
            self._layout, self._names = self._laid_out(names), names
        self._last = parts
        return self._layout.completed(self._packed(name, parts) for name in self._rest)

    def _settle(self, parts: Mapping[str, bytes]) -> None:
        """Find what is steady now, and what is so no more."""
        for name, content in parts.items():
            if name in self._steady:
                if self._steady[name][0] != content:
                    del self._steady[name]
                    self._unsteady.add(name)
                    self._layout = None
            elif name != self._main and name not in self._unsteady and self._last.get(name) == content:
                self._steady[name] = (content, pack(name, content))
                self._layout = None

    def _laid_out(self, names: tuple[str, ...]) -> Layout:
        """Lay out the members up to the first that may change; the others are left for each document."""
        order = names[::-1]
        count = next((place for place, name in enumerate(order) if name not in self._steady), len(order))
        self._rest = order[count:]
        own = (member for member in self._package if member.name not in names)
        return Layout.of((*own, *(self._steady[name][1] for name in order[:count])))

    def _packed(self, name: str, parts: Mapping[str, bytes]) -> Packed:
        if name == self._main:
            return pack(name, parts[name], self._level(parts))
        return self._steady[name][1] if name in self._steady else pack(name, parts[name])

    def _level(self, parts: Mapping[str, bytes]) -> int:
        others = self._weight + sum(len(content) for name, content in parts.items() if name != self._main)
        return FASTEST if 3 * len(parts[self._main]) < 4 * others else FAST
