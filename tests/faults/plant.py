"""Make documents, plant known faults in some of them, and see whether ``verify`` tells of each, and of nothing else.

    python tests/faults/plant.py --pupils 1000 --faults 100 [--engine embedded|libreoffice]

Imports nothing of the package but its public API: what is planted is done to the files themselves, with zipfile and
pikepdf. Every kind of fault is planted in .docx and in PDFs, in turns.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import re
import shutil
import struct
import sys
import tempfile
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pikepdf

from pix_mailmerge import Order, Problem, School, run, verify

HEADERS = [
    *("Numéro de certification", "Prénom", "Nom", "Date de naissance", "Lieu de naissance", "Identifiant Externe"),
    *("Type de certification", "Statut", "Niveau", "Score en Pix"),
    *(f"{domain}.{rank}" for domain, last in enumerate((3, 4, 4, 3, 2), 1) for rank in range(1, last + 1)),
    *("Commentaire jury pour l’organisation", "Session", "Date de passage de la certification"),
]
_FIRST = (
    "Léa,Hugo,Inès,Maël,Zoé,Noé,Jade,Adam,Lina,Tom,Élise,Yanis,Nora,Paul,Rose,Ali,Jean-Éric,Luc,Mia,Sam,Fionnuala,"
    "Œuvrard,Anne-Sophie,D’Arcy,Affif"
)
_LAST = (
    "MARTIN,BERNARD,PETIT,ROBERT,RICHARD,DURAND,DUBOIS,MOREAU,LAURENT,SIMON,MICHEL,LEFÈVRE,LEROY,ROUX,DAVID,BERTRAND,"
    "MOREL,FOURNIER,GIRARD,BONNET,DUPONT,LAMBERT,FONTAINE,ROUSSEAU,VINCENT,MÜLLER,FAURE,ANDRÉ,MERCIER,BLANC,O’NEIL,"
    "SAINT-OFFICE,DE LA TOUR,BAFFIER,CAVACO E SILVA,ÇELİK,NGUYỄN,ŁUKASZ,BÉNÉFICE,WOLFF"
)
FIRST, LAST = _FIRST.split(","), _LAST.split(",")
PLACES = (
    "Lyon 5e Arrondissement",
    "Iași",
    "Saint-Étienne",
    "Villefranche-sur-Saône",
    "Affoltern",
    "Zaragoza",
    "N’Djamena",
)
PER_CLASS = 30
LEVELS = slice(HEADERS.index("1.1"), HEADERS.index("5.2") + 1)

Row = list[str]


@dataclass(frozen=True)
class Fault:
    """A fault that was planted: its kind, and the file of which verify must tell something."""

    kind: str
    file: str


@dataclass(frozen=True)
class Result:
    """planted, and those that verify told nothing of; alarms: errors about files in which nothing was planted."""

    planted: tuple[Fault, ...]
    unseen: tuple[Fault, ...]
    alarms: tuple[Problem, ...]
    before: tuple[Problem, ...]
    documents: int
    made_in: float
    read_in: float


class Folder:
    """A folder of results in which faults are planted. earlier: the same pupils, made of other results."""

    def __init__(self, folder: Path, earlier: Path, rows: Sequence[Row], chance: random.Random) -> None:
        self.folder = folder
        self.earlier = earlier
        self.chance = chance
        self.rows = {f"{row[2]} {row[1]}": row for row in rows}
        self.free = {
            suffix: sorted(path for path in folder.glob(f"*/*{suffix}") if not path.parent.name.startswith("."))
            for suffix in (".docx", ".pdf")
        }
        self.classes = {suffix: sorted(folder.glob(f"3*{suffix}")) for suffix in (".docx", ".pdf")}
        for files in (*self.free.values(), *self.classes.values()):
            chance.shuffle(files)

    def take(self, suffix: str) -> Path:
        """Return a pupil's document in which nothing is planted yet."""
        return self.free[suffix].pop()

    def take_class(self, suffix: str) -> Path:
        return self.classes[suffix].pop()

    def name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    def row(self, path: Path) -> Row:
        return self.rows[re.sub(r" \(\d+\)$", "", path.stem)]


def swap_pupils(made: Folder, suffix: str) -> list[Path]:
    """Give two pupils each other's file."""
    one, other = made.take(suffix), made.take(suffix)
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    return [one, other]


def change_level(made: Folder, suffix: str) -> list[Path]:
    """Change the level printed in one competence."""
    path = made.take(suffix)
    place = made.chance.randrange(16)
    level = made.row(path)[LEVELS][place]
    other = made.chance.choice([one for one in "1234567" if one != level])
    if suffix == ".docx":
        edit_document(path, lambda xml: nth_level(xml, place, other))
    else:
        from_other(made, path, LEVELS.start + place, other)
    return [path]


def turn_date(made: Folder, suffix: str) -> list[Path]:
    """Write the day of birth and its month in each other's place."""
    path = made.take(suffix)
    day, month, year = made.row(path)[3].split("/")
    turned = f"{month}/{day}/{year}"
    if suffix == ".docx":
        edit_document(path, lambda xml: changed(xml, f"{day}/{month}/{year}", turned))
    else:
        from_other(made, path, 3, turned)
    return [path]


def blank_page(made: Folder, suffix: str) -> list[Path]:
    """Add a page on which nothing stands."""
    path = made.take(suffix)
    if suffix == ".docx":
        blank = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
        edit_document(path, lambda xml: blank.join((xml[: xml.rindex("<w:sectPr")], xml[xml.rindex("<w:sectPr") :])))
    else:
        with pikepdf.open(path, allow_overwriting_input=True) as pdf:
            pdf.add_blank_page(page_size=(595, 842))
            pdf.save(path)
    return [path]


def lose_signature(made: Folder, suffix: str) -> list[Path]:
    """Take the picture of the signature away."""
    path = made.take(suffix)
    if suffix == ".docx":
        edit_document(path, lambda xml: re.sub(r"<w:drawing>.*?</w:drawing>", "", xml, count=1, flags=re.DOTALL))
    else:
        with pikepdf.open(path, allow_overwriting_input=True) as pdf:
            for page in pdf.pages:
                del page.Resources["/XObject"]
            pdf.save(path)
    return [path]


def truncate(made: Folder, suffix: str) -> list[Path]:
    """Cut the end of a file off, as a full disk or an unplugged key does."""
    path = made.take(suffix)
    content = path.read_bytes()
    path.write_bytes(content[: made.chance.randrange(len(content) // 4, len(content) - 40)])
    return [path]


def leave_stale(made: Folder, suffix: str) -> list[Path]:
    """Put back the file that an earlier run made of older results."""
    path = made.take(suffix)
    shutil.copyfile(made.earlier / made.name(path), path)
    return [path]


def leave_unfilled(made: Folder, suffix: str) -> list[Path]:
    """Have a field stand where the first name should."""
    path = made.take(suffix)
    first = made.row(path)[1]
    field = made.chance.choice(["{{ prenom }}", "«Prénom»"])
    if suffix == ".docx":
        edit_document(path, lambda xml: changed(xml, f">{first}<", f">{field}<"))
    else:
        from_other(made, path, 1, field)
    return [path]


def double_pupil(made: Folder, suffix: str) -> list[Path]:
    """Put a pupil twice in the document of the class, once more at the end or in the place of another."""
    path = made.take_class(suffix)
    if suffix == ".docx":
        edit_document(path, lambda xml: rebuilt(xml, lambda pieces: [*pieces[:4], pieces[2], *pieces[4:]]))
    else:
        with pikepdf.open(path, allow_overwriting_input=True) as pdf:
            pdf.pages.insert(5, pdf.pages[2])
            if made.chance.random() < 0.5:
                del pdf.pages[8]
            pdf.save(path)
    return [path]


def lose_pupil(made: Folder, suffix: str) -> list[Path]:
    """Leave a pupil out of the document of the class."""
    path = made.take_class(suffix)
    place = made.chance.randrange(1, 8)
    if suffix == ".docx":
        edit_document(path, lambda xml: rebuilt(xml, lambda pieces: [*pieces[:place], *pieces[place + 1 :]]))
    else:
        with pikepdf.open(path, allow_overwriting_input=True) as pdf:
            del pdf.pages[place]
            pdf.save(path)
    return [path]


KINDS: dict[str, Callable[[Folder, str], list[Path]]] = {
    "two pupils swapped": swap_pupils,
    "one level changed": change_level,
    "a date turned round": turn_date,
    "a blank page": blank_page,
    "a missing signature": lose_signature,
    "a truncated file": truncate,
    "a stale file of an earlier run": leave_stale,
    "an unfilled field": leave_unfilled,
    "a doubled pupil": double_pupil,
    "a pupil missing from the composed document": lose_pupil,
}


TOLD = {
    "two pupils swapped": {"verify-foreign", "verify-value"},
    "one level changed": {"verify-value"},
    "a date turned round": {"verify-value"},
    "a blank page": {"verify-pages"},
    "a missing signature": {"verify-signature"},
    "a truncated file": {"verify-unreadable"},
    "a stale file of an earlier run": {"verify-value"},
    "an unfilled field": {"verify-unfilled", "verify-value"},
    "a doubled pupil": {"verify-pupils"},
    "a pupil missing from the composed document": {"verify-pupils"},
}
"""Kind -> what verify must call it; all of these, and it may say more."""


def edit_document(path: Path, edit: Callable[[str], str]) -> None:
    """Replace the body of a .docx by what ``edit`` makes of it, which must differ."""
    with zipfile.ZipFile(path) as package:
        members = [(info, package.read(info)) for info in package.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for info, content in members:
            if info.filename == "word/document.xml":
                before = content.decode()
                after = edit(before)
                assert after != before, f"nothing changed in {path.name}"
                content = after.encode()
            package.writestr(info, content)


def changed(xml: str, old: str, new: str) -> str:
    """Return the XML with the first ``old`` (as XML has it) replaced."""
    assert old in xml, old
    return xml.replace(old, new, 1)


def nth_level(xml: str, place: int, other: str) -> str:
    """Return the XML with the level of the ``place``-th competence replaced, whose row ends with it in bold."""
    found = list(re.finditer(r"<w:b/>(?:(?!</w:rPr>).)*</w:rPr><w:t[^>]*>([0-8–])</w:t>", xml))
    assert len(found) == 16, len(found)
    start, end = found[place].span(1)
    return f"{xml[:start]}{other}{xml[end:]}"


def rebuilt(xml: str, arranged: Callable[[list[str]], list[str]]) -> str:
    """Return a composed body whose records, each from its bookmark's paragraph on, are arranged anew."""
    starts = [
        max(
            xml.rfind("<w:p>", 0, mark.start()),
            xml.rfind("<w:p ", 0, mark.start()),
            xml.rfind("<w:tbl>", 0, mark.start()),
        )
        for mark in re.finditer(r'<w:bookmarkStart [^>]*w:name="e\d{6}"', xml)
    ]
    end = xml.rindex("<w:sectPr")
    last = max(starts)
    pieces = [xml[start:stop] for start, stop in pairwise(starts)]
    return xml[: starts[0]] + "".join(arranged(pieces)) + xml[last:end] + xml[end:]


def from_other(made: Folder, path: Path, column: int, value: str) -> None:
    """Put in the place of a pupil's PDF the one that is made when one of his values is another."""
    row = list(made.row(path))
    row[column] = value
    with tempfile.TemporaryDirectory() as work:
        source = Path(work) / f"20260612_resultats_{path.parent.name}.csv"
        write_source(source, [row])
        order = Order((str(source),), out=Path(work) / "out", school=SCHOOL[0], engine=ENGINE[0])
        order = replace(order, replace=True)
        run(order)
        (pdf,) = (Path(work) / "out").glob("*/*.pdf")
        shutil.copyfile(pdf, path)


SCHOOL = [School()]
ENGINE = ["embedded"]


def pupils(count: int, chance: random.Random) -> Iterator[Row]:
    """Yield the rows of made-up pupils; no two have the same name."""
    for number in range(count):
        first = FIRST[number % len(FIRST)]
        last = LAST[number // len(FIRST) % len(LAST)]
        if number >= len(FIRST) * len(LAST):
            last = f"{last}-{LAST[number // (len(FIRST) * len(LAST)) + number % 3]}"
        day = chance.randint(1, 12)
        month = chance.choice([one for one in range(1, 13) if one != day])
        levels = [chance.choice("0123456777-") for _ in range(16)]
        yield [
            *(str(9_000_000 + number), first, last, f"{day:02d}/{month:02d}/{chance.choice((2010, 2011, 2012))}"),
            *(chance.choice(PLACES), "", "Pix", "Validée", "Avancé 1", str(chance.randint(100, 890))),
            *levels,
            *("", "231911", "05/06/2026"),
        ]


def write_source(file: Path, rows: Sequence[Row]) -> None:
    """Write rows as Pix Orga exports them."""
    with file.open("w", encoding="utf-8-sig", newline="") as opened:
        csv.writer(opened, delimiter=";", quoting=csv.QUOTE_ALL).writerows([HEADERS, *rows])


def write_classes(folder: Path, rows: Sequence[Row]) -> None:
    """Write a file per class of PER_CLASS pupils."""
    folder.mkdir()
    for number, start in enumerate(range(0, len(rows), PER_CLASS)):
        write_source(folder / f"20260612_resultats_3C{number:02d}.csv", rows[start : start + PER_CLASS])


def write_signature(file: Path) -> None:
    """Write a small PNG: a black stroke on white."""
    width, height = 120, 44
    lines = b"".join(b"\0" + bytes(0 if abs(x - 2 * y) < 4 else 255 for x in range(width)) for y in range(height))

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    out = io.BytesIO(b"\x89PNG\r\n\x1a\n")
    out.seek(0, io.SEEK_END)
    out.write(chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b""))
    file.write_bytes(out.getvalue())


def plant(
    work: Path,
    count: int,
    faults: int,
    *,
    engine: str = "embedded",
    suffixes: Sequence[str] = (".docx", ".pdf"),
    seed: int = 6,
) -> Result:
    """Return what verify says of the documents of ``count`` pupils in which ``faults`` faults are planted."""
    chance = random.Random(seed)
    rows = list(pupils(count, chance))
    older = [[*row[:9], str(int(row[9]) - 7), *row[10:]] for row in rows]
    write_signature(work / "signature.png")
    SCHOOL[0] = School(
        etablissement="Collège Jean-Moulin", ville="Lyon", chef="Mme Claire Fontaine", signature=work / "signature.png"
    )
    ENGINE[0] = engine
    for name, content in (("now", rows), ("before", older)):
        write_classes(work / f"{name} source", content)
    orders = {
        name: Order((str(work / f"{name} source"),), out=work / name, school=SCHOOL[0], engine=engine)  # type: ignore[arg-type]
        for name in ("before", "now")
    }
    run(orders["before"])
    made = run(orders["now"])
    started = time.monotonic()
    before = verify(work / "now")
    read_in = time.monotonic() - started
    folder = Folder(work / "now", work / "before", rows, chance)
    planted = []
    for number in range(faults):
        kind = list(KINDS)[number % len(KINDS)]
        suffix = suffixes[number // len(KINDS) % len(suffixes)]
        files = KINDS[kind](folder, suffix)
        planted.append([Fault(kind, folder.name(file)) for file in files])
    told = [problem for problem in verify(work / "now").problems if problem.is_error]
    named: dict[str | None, set[str]] = {}
    for problem in told:
        named.setdefault(problem.where.file, set()).add(problem.id.removeprefix("program."))
    unseen = [one for group in planted for one in group if not TOLD[one.kind] <= named.get(one.file, set())]
    spoiled = {one.file for group in planted for one in group}
    alarms = [problem for problem in told if problem.where.file not in spoiled]
    return Result(
        tuple(group[0] for group in planted),
        tuple(unseen),
        tuple(alarms),
        tuple(before.problems),
        before.files,
        made.seconds,
        read_in,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pupils", type=int, default=1000)
    parser.add_argument("--faults", type=int, default=100)
    parser.add_argument("--engine", default="embedded")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        result = plant(Path(work), given.pupils, given.faults, engine=given.engine)
    counted = Counter(fault.kind for fault in result.planted)
    unseen = Counter(fault.kind for fault in result.unseen)
    for kind, number in counted.items():
        print(f"{kind:45} {number:4} planted {number - unseen[kind]:4} found")
    print(f"{len(result.planted)} planted, {len(result.unseen)} unseen, {len(result.alarms)} false alarms")
    print(f"{len(result.before)} problems before anything was planted, in {result.documents} documents")
    print(f"made in {result.made_in:.1f} s, read back in {result.read_in:.1f} s")
    for fault in result.unseen:
        print("unseen:", fault)
    for problem in (*result.before, *result.alarms):
        print("alarm:", problem.id, problem.where, problem.what)
    return int(bool(result.unseen or result.alarms or result.before))


if __name__ == "__main__":
    sys.exit(main())
