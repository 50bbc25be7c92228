"""pix_mailmerge: from Pix Orga results to signed attestations.

The public API, loaded when first used so that the command line starts at once.
"""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"

_HOME = {
    "DataSourceError": "problems",
    "DestinationError": "problems",
    "Document": "model.document",
    "Model": "model.word_model",
    "ModelCheck": "model.word_model",
    "ModelError": "problems",
    "Order": "mailmerge.order",
    "Outcome": "mailmerge.order",
    "PixMailMergeError": "problems",
    "Place": "problems",
    "Problem": "problems",
    "ProgramFailedError": "problems",
    "ProgramMissingError": "problems",
    "Reading": "data_source.reading",
    "Record": "data_source.record",
    "School": "settings",
    "Selection": "data_source.select",
    "SettingsError": "problems",
    "UsageError": "problems",
    "check": "mailmerge.check",
    "class_values": "model.fields",
    "compose": "destination.compose",
    "convert": "destination.pdf",
    "field_values": "model.fields",
    "open_model": "model.word_model",
    "read_sources": "data_source.pix_export",
    "run": "mailmerge.run",
    "select": "data_source.select",
    "shipped_model": "model.shipped",
    "verify": "mailmerge.verify",
    "write_results": "data_source.results_xlsx",
}
"""Public name -> module of the package that defines it."""

__all__ = [*_HOME, "__version__"]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'pix_mailmerge' has no attribute {name!r}")
    return getattr(import_module(f"pix_mailmerge.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
