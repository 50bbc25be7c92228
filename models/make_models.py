"""Build the shipped models beside this script: ``python models/make_models.py [FOLDER]``.

They are ordinary Word documents: whoever wants another page opens one in Word, changes it and saves it under another
name. This script only makes the originals again, the same at every run.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))  # where the names of the competences are

from attestation import attestation
from publipostage import publipostage
from releve import releve

MODELS: Mapping[str, Callable[[], bytes]] = {
    "attestation-pix.docx": attestation,
    "attestation-pix-publipostage.docx": publipostage,
    "releve-de-classe.docx": releve,
}


def main(folder: Path) -> None:
    """Write every model into ``folder``."""
    for name, build in MODELS.items():
        (folder / name).write_bytes(build())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
