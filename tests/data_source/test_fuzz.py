"""Files altered at random are read or refused, never a crash."""

import io
import random
import zipfile
from pathlib import Path

import pytest

from pix_mailmerge.data_source.pix_export import read_sources
from pix_mailmerge.data_source.results_xlsx import write_results
from pix_mailmerge.data_source.select import select

SAMPLES = tuple(sorted((Path(__file__).parents[2] / "samples").glob("*.csv")))
PIECES = (
    b'"',
    b";",
    b"\n",
    b"\r",
    b"\x00",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"PK\x03\x04",
    b"<row",
    b"9" * 30,
    b"_x0000_",
)
FILES = 150


def altered(content, chance):
    content = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        place, kind = chance.randrange(len(content) + 1), chance.randrange(5)
        if kind == 0:
            content[place:place] = chance.choice(PIECES)
        elif kind == 1:
            del content[place : place + chance.randrange(1, 50)]
        elif kind == 2:
            content[place:place] = content[place // 2 : place // 2 + 200]
        elif kind == 3:
            content[place : place + 8] = chance.randbytes(8)
        else:
            del content[max(place, 100) :]
    return bytes(content)


def altered_inside(content, chance):
    """Return a zip of which one part is altered, so that it still opens."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(result, "w") as new:
        chosen = chance.choice(old.namelist())
        for name in old.namelist():
            new.writestr(name, altered(old.read(name), chance) if name == chosen else old.read(name))
    return result.getvalue()


def exports(tmp_path):
    return [(file.name, file.read_bytes()[:8000]) for file in SAMPLES]


def workbooks(tmp_path):
    write_results(tmp_path / "r.xlsx", read_sources(SAMPLES[:1]).records[:5])
    return [("r.xlsx", (tmp_path / "r.xlsx").read_bytes())]


def zips(tmp_path):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        for file in SAMPLES:
            package.writestr(file.name, file.read_bytes()[:4000])
    return [("classes.zip", content.getvalue())]


@pytest.mark.parametrize("kind", [exports, workbooks, zips])
@pytest.mark.parametrize("alter", [altered, altered_inside])
def test_altered_files_are_read_or_refused(kind, alter, tmp_path):
    chance = random.Random(f"{kind.__name__} {alter.__name__}")
    originals = kind(tmp_path)
    for _ in range(FILES):
        name, content = chance.choice(originals)
        (tmp_path / name).write_bytes((altered if name.endswith(".csv") else alter)(content, chance))
        reading = read_sources([tmp_path / name])
        selection = select(reading, keep_going=True)
        assert reading.records or reading.problems
        write_results(tmp_path / "o.xlsx", selection.chosen, selection.left_out)
