"""pix_mailmerge: from Pix Orga results to signed attestations.

The public API, loaded when first used so that the command line starts at once.
"""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"

_HOME = {
    "Problem": "problems",
    "PixMailMergeError": "problems",
    "Record": "data_source.record",
    "School": "settings",
}
"""Public name -> module of the package that defines it."""

__all__ = ["PixMailMergeError", "Problem", "Record", "School", "__version__"]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'pix_mailmerge' has no attribute {name!r}")
    return getattr(import_module(f"pix_mailmerge.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
