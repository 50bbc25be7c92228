"""How far a run is, within a class too, and that it may be ended there."""

from __future__ import annotations

from pathlib import Path

import pytest

from pix_mailmerge.mailmerge import make
from pix_mailmerge.mailmerge.order import Order, StoppedError
from pix_mailmerge.mailmerge.run import run
from pix_mailmerge.settings import School

SOURCE = Path(__file__).parents[2] / "samples/20260612_resultats_3B.csv"
SCHOOL = School(etablissement="Collège", ville="Lyon", chef="Mme Fontaine", date="1er juin 2026")


@pytest.fixture
def order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Order:
    monkeypatch.setattr(make, "TICK", 0.001)
    return Order((str(SOURCE),), out=tmp_path / "out", school=SCHOOL)


def test_it_is_told_within_a_class_and_never_goes_back(order):
    told: list[tuple[str, int, int]] = []
    outcome = run(order, lambda *far: told.append(far))
    made = [done for step, done, _ in told if step == "Documents et PDF"]
    assert made == sorted(made)
    assert made[-1] == outcome.chosen
    assert len(set(made)) > 2
    assert {total for step, _, total in told if step == "Documents et PDF"} == {outcome.chosen}


def test_it_ends_within_a_class_and_goes_on_when_run_again(order):
    def stop(*_far: object) -> None:
        raise StoppedError

    with pytest.raises(StoppedError):
        run(order, stop)
    left = {path.name for path in order.out.rglob("*") if path.is_file() and ".pix-mailmerge" not in path.parts}
    assert left <= {"Résultats Pix.xlsx"}
    assert run(order).exit_code == 0
