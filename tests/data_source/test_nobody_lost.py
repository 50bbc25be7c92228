"""A file with one thing wrong: all certified pupils are chosen, or there is an error. Never fewer, in silence."""

from __future__ import annotations

import random

import pytest

from pix_mailmerge.data_source.pix_export import read_sources
from pix_mailmerge.data_source.select import select

STATUSES = ("Validée", "Validée", "Rejetée", "Annulée", "En erreur", "Démarrée")


def with_other_delimiter(lines, chance):
    place = chance.randrange(1, len(lines))
    lines[place] = lines[place].replace(";", chance.choice(",\t|"))


def with_cell_added(lines, chance):
    place = chance.randrange(1, len(lines))
    cells = lines[place].split(";")
    cells.insert(chance.randrange(len(cells)), '"x"')
    lines[place] = ";".join(cells)


def with_cell_removed(lines, chance):
    place = chance.randrange(1, len(lines))
    cells = lines[place].split(";")
    del cells[chance.randrange(len(cells))]
    lines[place] = ";".join(cells)


def with_line_cut(lines, chance):
    place = chance.randrange(1, len(lines) - 1)
    lines[place] = lines[place][: chance.randrange(2, len(lines[place]))]


def with_end_cut(lines, chance):
    place = chance.randrange(1, len(lines))
    last = lines[place].rindex(";") - 1
    lines[place:] = [lines[place][: chance.randrange(2, last)]]


def with_titles_moved(lines, chance):
    titles = lines.pop(0)
    lines.insert(chance.randrange(1, len(lines) + 1), titles)


def with_line_added(lines, chance):
    lines.insert(chance.randrange(len(lines) + 1), chance.choice(["", "Total;8", "Classe de 3A", ";" * 26, lines[0]]))


def with_quote_added(lines, chance):
    place = chance.randrange(1, len(lines))
    cells = lines[place].split(";")
    number = chance.randrange(1, len(cells))
    cells[number] = f'"{cells[number]}' if not cells[number].startswith('"') else cells[number][:-1]
    lines[place] = ";".join(cells)


DAMAGES = (
    with_other_delimiter,
    with_cell_added,
    with_cell_removed,
    with_line_cut,
    with_end_cut,
    with_titles_moved,
    with_line_added,
    with_quote_added,
)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("quoted", [True, False])
def test_nobody_is_lost_in_silence(damage, quoted, specimens, written):
    d3 = next(each for each in specimens if each.form == "D3")
    for seed in range(60):
        chance = random.Random(seed)
        rows = []
        for number in range(1000, 1007):
            cells = list(d3.cells)
            status = chance.choice(STATUSES)
            cells[0], cells[2], cells[6] = str(number), f"NOM{number}", status
            if status != "Validée":
                cells[7:24] = ["-"] * 17
            rows.append(cells)
        wanted = {row[0] for row in rows if row[6] == "Validée"}
        lines = [";".join(f'"{cell}"' if quoted else cell for cell in row) for row in (d3.headers, *rows)]
        damage(lines, chance)
        reading = read_sources([written("20260401_resultats_3A.csv", "\n".join(lines))])
        selection = select(reading)
        if not any(problem.is_error for problem in (*reading.problems, *selection.problems)):
            assert {record.text("Numéro de certification") for record in selection.chosen} == wanted, seed
