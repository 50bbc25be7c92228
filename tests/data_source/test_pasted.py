"""Files of two forms pasted under each other: nobody is lost, whichever stands first."""

from __future__ import annotations

from pathlib import Path

import pytest

from pix_mailmerge.data_source.pix_export import read_sources

SAMPLES = Path(__file__).parents[2] / "samples"
OLD = "20250616_resultats_3e Émeraude.csv"
NEW = "20260612_resultats_3B.csv"


@pytest.mark.parametrize("names", [(OLD, NEW), (NEW, OLD)])
@pytest.mark.parametrize("rows", [1, 3, 10])
def test_the_pupils_above_a_second_header_are_read(tmp_path, names, rows):
    lines = [(SAMPLES / name).read_text("utf-8-sig").split("\n")[: rows + 1] for name in names]
    (tmp_path / "3A.csv").write_text("\n".join(line for part in lines for line in part), "utf-8-sig")
    numbers = [line.split(";")[0] for part in lines for line in part[1:]]
    reading = read_sources([tmp_path / "3A.csv"])
    assert [record.text("Numéro de certification") for record in reading.records] == numbers
