"""The benchmarks measure what they say, and a peer that is missing is told, not fatal."""

from __future__ import annotations

import importlib
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
RESULT_KEYS = {
    *("name", "documents_per_second", "ratio_to_docxtpl", "ratio_to_floor", "peak_mb", "bytes_per_document", "spread"),
}


@pytest.fixture(scope="module")
def benchmark() -> Iterator[Any]:
    """Return what imports a module of the benchmarks, which are not installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT))
        yield lambda name: importlib.import_module(f"benchmarks.{name}")


@pytest.fixture(scope="module")
def report(benchmark: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return the report of two rounds over three pupils; one method does not exist."""
    tmp_path = tmp_path_factory.mktemp("benchmark")
    benchmark("peer_models").make_models(tmp_path, 3)
    plans, rounds = benchmark("plans"), benchmark("rounds")
    methods = [plans._python("methods", name, tmp_path, 3) for name in ("pix_mailmerge", "docxtpl", "floor", "nobody")]
    return rounds.measured("render", methods, tmp_path / "files", 2, plans._checked_files)


def test_the_report_is_the_json_that_is_promised(report: Any) -> None:
    content = json.loads(report.as_json())

    assert set(content) == {"benchmark", "machine", "results", "absent"}
    assert [one["name"] for one in content["results"]] == ["pix_mailmerge", "docxtpl", "floor"]
    for one in content["results"]:
        assert set(one) == RESULT_KEYS
        assert one["documents_per_second"] > 0
        assert one["bytes_per_document"] > 1000
    assert next(one for one in content["results"] if one["name"] == "docxtpl")["ratio_to_docxtpl"] == 1


def test_a_method_that_cannot_run_is_absent_with_the_reason(report: Any) -> None:
    (absent,) = report.absent

    assert absent.name == "nobody"
    assert "KeyError" in absent.why


def test_a_figure_without_sense_is_null(benchmark: Any) -> None:
    report = benchmark("report")
    made = report.Report("compose", (report.Result("floor", 12.345678),), ())

    (one,) = json.loads(made.as_json())["results"]
    assert one["documents_per_second"] == 12.35
    assert one["ratio_to_docxtpl"] is None


def test_medians_and_ratios_are_taken_over_the_rounds(benchmark: Any) -> None:
    rounds = benchmark("rounds")
    timings = {"a": (1.0, 2.0, 4.0), "docxtpl": (10.0, 40.0, 20.0)}
    found = {
        name: rounds.Measured([rounds.Timing(seconds, 100, 500, None) for seconds in all])
        for name, all in timings.items()
    }

    first, _ = rounds.results(found)
    assert first.documents_per_second == 50  # 100, 50, 25
    assert first.ratio_to_docxtpl == 10  # 10, 20, 5
    assert first.ratio_to_floor is None
    assert first.bytes_per_document == 5
    assert first.spread == 1.5  # 75 / 50


def test_a_file_that_lacks_its_pupil_makes_a_method_absent(benchmark: Any, tmp_path: Path) -> None:
    plans, methods = benchmark("plans"), benchmark("methods")
    for index in range(2):
        with zipfile.ZipFile(methods.named(tmp_path, index), "w") as package:
            package.writestr("word/document.xml", "<w:p>somebody else</w:p>")

    assert plans._checked_files(tmp_path, "docxtpl", 2) == "the file of pupil 1 lacks its name"


def test_pupils_are_the_same_everywhere_and_all_different(benchmark: Any) -> None:
    pupils = benchmark("pupils")
    first, again = list(pupils.records(500)), list(pupils.records(500))

    assert first == again
    assert len({one.text("Numéro de certification") for one in first}) == 500
    assert len({one.cells[1:] for one in first}) == 500
    assert first[0].text("Nom") == "CLABIÉT"  # a change of the seed or of the names makes other figures


def test_the_models_of_the_peers_hold_every_value(benchmark: Any, tmp_path: Path) -> None:
    models, pupils = benchmark("peer_models"), benchmark("pupils")
    models.make_models(tmp_path, 1)
    names = set(models.flat_values(next(pupils.records(1))))
    with zipfile.ZipFile(tmp_path / models.BRACES) as braces, zipfile.ZipFile(tmp_path / models.MERGE_FIELDS) as fields:
        tags, codes = (one.read("word/document.xml").decode() for one in (braces, fields))

    assert {name for name in names if f"{{{name}}}" not in tags} == set()
    assert {name for name in names if f" MERGEFIELD {name} " not in codes} == set()
    assert json.loads((tmp_path / models.VALUES).read_text("utf-8"))[0].keys() == names


def test_without_node_its_peers_are_absent(benchmark: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    script, why = benchmark("node_peers").find_child(1.0)
    assert script is None
    assert "not installed" in why


def test_convert_is_a_benchmark_too(benchmark: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(benchmark("convert"), "main", lambda quick: {"benchmark": "convert", "quick": quick})
    monkeypatch.setattr(sys, "argv", ["benchmarks", "convert", "--quick", "--json"])

    assert benchmark("__main__").main() == 0
    assert json.loads(capsys.readouterr().out) == {"benchmark": "convert", "quick": True}
