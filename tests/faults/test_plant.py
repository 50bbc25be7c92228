"""Faults of ten kinds planted among documents: each is found, and called by its name, and nothing else is told."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def planting() -> ModuleType:
    spec = importlib.util.spec_from_file_location("plant", Path(__file__).with_name("plant.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["plant"] = module
    spec.loader.exec_module(module)
    return module


def test_every_planted_fault_is_found_and_nothing_else_is_told(planting, tmp_path):
    result = planting.plant(tmp_path, 120, 20)
    assert {fault.kind for fault in result.planted} == set(planting.KINDS)
    assert (result.before, result.unseen, result.alarms) == ((), (), ())


@pytest.mark.real("soffice")
def test_every_planted_fault_is_found_in_the_pdfs_of_libreoffice(planting, tmp_path):
    result = planting.plant(tmp_path, 60, 8, engine="libreoffice", suffixes=(".pdf",))
    assert (result.before, result.unseen, result.alarms) == ((), (), ())
