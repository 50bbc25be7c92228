"""Make the three sample files as Pix Orga would have written them; the same bytes at every run.

    python samples/make_samples.py [FOLDER]

Each file holds one form of the export: D2 (spring 2021), D3 (2021 to March 2026), D5 (since April 2026). Pix quotes
every text, leaves numbers bare, writes nothing at all for a null, ends lines with ``\\n`` and the file with none.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from pupils import (
    CANCELLED,
    CLASS_OF_2021,
    CLASS_OF_2025,
    CLASS_OF_2026,
    FAILED,
    NOT_OBTAINED,
    REJECTED,
    STARTED,
    VALIDATED,
    Pupil,
)

Cell = str | int | None

COMPETENCES = [f"{domain}.{rank}" for domain, ranks in enumerate((3, 4, 4, 3, 2), 1) for rank in range(1, ranks + 1)]
IDENTITY = ["Numéro de certification", "Prénom", "Nom", "Date de naissance", "Lieu de naissance", "Identifiant Externe"]
COMMENT = "Commentaire jury pour l’organisation"
EXAM = ["Session", "Date de passage de la certification"]
RESULT = {
    "D2": ["Statut", "Nombre de Pix", *COMPETENCES],
    "D3": ["Statut", "Nombre de Pix", *COMPETENCES, COMMENT],
    "D5": ["Type de certification", "Statut", "Niveau", "Score en Pix", *COMPETENCES, COMMENT],
}
GLOBAL_LEVELS = ["-", "Novice 1", "Novice 2", "Indépendant 1", "Indépendant 2", "Avancé 1", "Avancé 2", "Expert 1"]
THRESHOLDS = [64, 128, 256, 384, 512, 640, 768]
NOT_EVALUATED: list[Cell] = ["-"] * len(COMPETENCES)


@dataclass(frozen=True, slots=True)
class Sample:
    """One file: its form, its pupils, the first certification number, the sessions as (number, day)."""

    file_name: str
    form: str
    pupils: tuple[Pupil, ...]
    first_number: int
    sessions: tuple[tuple[int, str], ...]


SAMPLES = (
    Sample(
        "20210618_resultats_3A.csv", "D2", CLASS_OF_2021, 1_318_204, ((48_117, "08/06/2021"), (48_121, "10/06/2021"))
    ),
    Sample("20250616_resultats_3e Émeraude.csv", "D3", CLASS_OF_2025, 7_402_611, ((192_446, "12/06/2025"),)),
    Sample(
        "20260612_resultats_3B.csv", "D5", CLASS_OF_2026, 8_955_037, ((231_908, "04/06/2026"), (231_911, "05/06/2026"))
    ),
)


def main(folder: Path) -> None:
    """Write the samples into ``folder``."""
    for sample in SAMPLES:
        (folder / sample.file_name).write_bytes(file_bytes(sample))


def file_bytes(sample: Sample) -> bytes:
    """Return the whole file: UTF-8 with a BOM, no newline at its end."""
    header: list[Cell] = [*IDENTITY, *RESULT[sample.form], *EXAM]
    lines = [header, *rows(sample)]
    return ("\ufeff" + "\n".join(";".join(map(cell_text, line)) for line in lines)).encode()


def cell_text(cell: Cell) -> str:
    """Return a cell as Pix writes it."""
    if cell is None:
        return ""
    return str(cell) if isinstance(cell, int) else '"' + cell.replace('"', '""') + '"'


def rows(sample: Sample) -> Iterator[list[Cell]]:
    """Yield a row per pupil, numbers growing by uneven steps."""
    random = Random(sample.file_name)
    number = sample.first_number
    for pupil in sample.pupils:
        number += 1 + int(random.random() * 40)
        session, day = sample.sessions[int(random.random() * len(sample.sessions))]
        identity: list[Cell] = [number, pupil.first, pupil.last, pupil.birth, pupil.place, pupil.external]
        yield [*identity, *result(sample.form, pupil, random), session, day]


def result(form: str, pupil: Pupil, random: Random) -> list[Cell]:
    """Return the cells between the external identifier and the session."""
    strength = 0.15 + 0.7 * random.random() if pupil.strength is None else pupil.strength
    score, levels = (result_v2 if form == "D2" else result_v3)(strength, random)
    tested_and_failed: list[Cell] = [level if level == "-" else 0 for level in levels]
    shown: dict[str, tuple[Cell, list[Cell]]] = {
        VALIDATED: (score, levels),
        REJECTED: ("0", tested_and_failed),  # a text: Pix quotes the score of a rejected one until 2026
        NOT_OBTAINED: (0, NOT_EVALUATED),
        CANCELLED: ("-", NOT_EVALUATED),
        FAILED: (score if form == "D2" else "-", NOT_EVALUATED),  # a raw score until 2021-08-31
        STARTED: (None, NOT_EVALUATED),
    }
    score_cell, level_cells = shown[pupil.status]
    if form == "D2":
        return [pupil.status, score_cell, *level_cells]
    if form == "D3":
        return [pupil.status, score_cell, *level_cells, pupil.comment]
    niveau = global_level(score) if pupil.status == VALIDATED else "-"
    return ["Pix", pupil.status, niveau, score_cell, *level_cells, pupil.comment]


def result_v2(strength: float, random: Random) -> tuple[int, list[Cell]]:
    """Return a score of at most 768 and its levels: 8 Pix a level, at most 6; what was never played is no test."""
    score = 0
    levels: list[Cell] = []
    for _ in COMPETENCES:
        pix = min(48, int(48 * (strength + 0.5 * (random.random() - 0.5))))
        if strength == 1.0:
            pix = 48
        if random.random() > strength + 0.35:
            levels.append("-")
        else:
            pix = pix if pix >= 8 else 0
            levels.append(pix // 8)
            score += pix
    return (score, levels) if score else (9, [1, 0, 0, 0, 0, *NOT_EVALUATED[5:]])


def result_v3(strength: float, random: Random) -> tuple[int, list[Cell]]:
    """Return a score of at most 895 and levels of at most 7 around it."""
    score = int(895 * strength)
    if strength == 1.0:
        return score, [7] * len(COMPETENCES)
    levels: list[Cell] = []
    for _ in COMPETENCES:
        level = max(0, min(7, round(score / 128 + 2.4 * (random.random() - 0.5))))
        levels.append("-" if random.random() < 0.06 else level)
    return score, levels


def global_level(score: int) -> str:
    """Return the V3 global level of a score, "-" below 64 Pix."""
    return GLOBAL_LEVELS[sum(score >= threshold for threshold in THRESHOLDS)]


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
