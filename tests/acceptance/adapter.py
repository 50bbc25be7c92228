"""The public interface behind a runner of merge-field cases: ``python check_cases.py adapter``."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from pix_mailmerge import compose, open_model


def adapter(path: str, action: str, records: Sequence[Mapping[str, object]], locale: str | None) -> dict[str, object]:
    """Return what a case may expect of a model and records: fields, link, report, files made and their number.

    action: « fields », « read-link », « one » (a file per document) or « merged » (all in one file).
    """
    model = open_model(path)
    columns = tuple(dict.fromkeys(name for record in records for name in record))
    checked = model.check(columns)
    found: dict[str, object] = {
        "fields": set(model.fields),
        "field_types": model.field_types,
        "link": model.link,
        "report": {
            "fields_without_column": checked.fields_without_column,
            "columns_unused": checked.columns_unused,
            "unsupported": checked.unsupported,
        },
        "records_out": None,
    }
    folder = Path(tempfile.mkdtemp())
    if action == "one":
        files = []
        for number, document in enumerate(model.merge(records, locale, missing="blank")):
            files.append(folder / f"{number}.docx")
            files[-1].write_bytes(document.content)
        found |= {"outputs": [str(file) for file in files], "records_out": len(files)}
    elif action == "merged":
        file = folder / "merged.docx"
        found["records_out"] = compose(model, records, file, language=locale, missing="blank")
        found["merged"] = str(file)
    return found
