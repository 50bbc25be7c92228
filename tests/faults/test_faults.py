"""Short runs of the fault commands; what the long ones gave is in docs/reliability.md."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import bombs
import kills
import points
import pytest
from scenes import Scene

pytestmark = pytest.mark.skipif(os.name != "posix", reason="SIGKILL and process groups are of POSIX")


def test_a_run_that_is_killed_leaves_whole_files_and_the_next_one_makes_the_rest(tmp_path: Path) -> None:
    counted, faults = kills.kill(Scene(tmp_path, 12, 4).prepare(), 3, seed=5)

    assert faults == []
    assert counted["kills"] == 4
    assert counted["of these corrupt"] == 0
    assert counted["with the bytes of an undisturbed run"] == counted["runs after a kill"] == 3


@pytest.mark.skipif(sys.platform != "linux", reason="counts the operations of all processes with flock and /proc")
def test_a_disk_that_fails_is_told_and_leaves_the_old_files_whole(tmp_path: Path) -> None:
    scene = Scene(tmp_path.resolve(), 4, 2, (points.HOOK,)).prepare()
    made = points.fail_at_points(scene, slice(7, None, 41), again=7)

    assert made.faults == []
    assert made.counted["runs with a fault"] >= 12
    assert made.counted["that made everything, same bytes"] == made.counted["runs after a fault"] >= 2


@pytest.mark.skipif(sys.platform != "linux", reason="no limit of memory that holds")
@pytest.mark.parametrize("name", ["loops within loops", "a text of a gigabyte", "a text that doubles"])
def test_a_model_beyond_measure_is_stopped_and_told(tmp_path: Path, name: str) -> None:
    ended = bombs.explode(Scene(tmp_path, 2).prepare(), bombs.BOMBS[name])

    assert ended.code == 5
    assert "calcul démesuré" in ended.said
    assert ended.megabytes < 500
