"""A workbook of every row: what would be printed twice or wrongly with it is told."""

from __future__ import annotations

from pathlib import Path

from pix_mailmerge.mailmerge.order import Order
from pix_mailmerge.mailmerge.workbook import convert

SAMPLE = Path(__file__).parents[2] / "samples" / "20210618_resultats_3A.csv"


def test_rows_that_should_get_no_attestation_are_counted_where_every_row_is_written(tmp_path: Path) -> None:
    header, row, *_ = SAMPLE.read_text("utf-8-sig").splitlines()
    number = row.partition(";")[0]
    rows = [row, row.replace(number, "999999", 1), row.replace(number, "999998", 1).replace("Validée", "Rejetée")]
    source = tmp_path / "3A.csv"
    source.write_text("\n".join([header, *rows]), "utf-8-sig")
    outcome = convert(Order((str(source),), only=("classe=3A",)), tmp_path / "r.xlsx")
    assert outcome.chosen == 3
    (told,) = (one.what for one in outcome.problems if one.id == "source.uncertified")
    assert told == (
        "Une ligne est celle d’un élève qui n’est pas certifié."
        " Une ligne est celle d’une autre certification que Pix, ou d’un élève certifié de nouveau."
    )
