"""60 nasty names on 3 systems: no two documents meet, none leaves the folder, no path is too long."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import PurePosixPath, PureWindowsPath

import pytest

from pix_mailmerge.data_source.record import Header, Record
from pix_mailmerge.destination.folder import place_classes, place_documents, room_in
from pix_mailmerge.destination.name_pattern import parse_pattern
from pix_mailmerge.problems import UsageError

HEADER = Header(("Numéro de certification", "Nom", "Prénom", "Classe"))
NASTY = (
    *("../../etc/passwd", "..", ".", "/", "\\", "C:\\x", "C:", "//server/share", "/abs", "~/x", "a/b", "a\\b"),
    *("CON", "con", "Con.txt", "PRN", "AUX", "nul", "NUL ", "COM1", "com¹", "LPT9", "CONIN$", "CLOCK$", "aux.docx"),
    *("a.", "a", "A", " a ", "a\u00a0", "a\t", "a\n", "a\x00", "a\x7f", "a\x1b[31m", "a\u202e", "a\u200b", "a\ufeff"),
    *("Léa", "Le\u0301a", "LÉA", "léa", "ﬁn", "fin", "Straße", "STRASSE", "ſ", "s", "ı", "I", "i", "İ"),
    *("<>", '"', "|", "?*", ":", "a:b", ".pix-mailmerge", "Attestations", "Résultats Pix", "bilan", "3A", "3A.docx"),
    *(
        "N" * 300,
        "n" * 300,
        "é" * 300,
        "😀" * 300,
        "語" * 300,
        "",
        " ",
        "...",
        "\u0301",
        "-rf",
        "$(x)",
        "%TEMP%",
        "\ud800",
    ),
)


def windows(path: str) -> str:
    return path.upper()


def macos(path: str) -> str:
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", path).casefold())


def linux(path: str) -> str:
    return path


def made(pattern: str = "{classe}/{nom} {prenom}", room: int = 180) -> list[str]:
    records = [Record("a.csv", 2 + i, HEADER, (f"P-{i}", name, "", name)) for i, name in enumerate(NASTY)]
    records += [Record("b.csv", 2 + i, HEADER, ("", name, "", "3A")) for i, name in enumerate(NASTY)]
    records += [Record("c.csv", 2 + i, HEADER, (name, name, "X", "")) for i, name in enumerate(NASTY)]
    placed = place_documents(records, parse_pattern(pattern, HEADER), suffixes=("", " - m"), room=room)
    classes = place_classes((record.text("Classe") for record in records), room=room)
    composed = [f"{name}{suffix}" for name in {*classes.values()} if name for suffix in ("", " - m")]
    return [
        *(place.path(f"{suffix}{end}") for place in placed for suffix in ("", " - m") for end in (".docx", ".pdf")),
        *(f"{name}{end}" for name in (*composed, "Attestations", "Attestations - m") for end in (".docx", ".pdf")),
        *("Résultats Pix.xlsx", "Bilan.html", "bilan.json"),
    ]


@pytest.fixture(scope="module", params=["{classe}/{nom} {prenom}", "{nom} {prenom}", "{nom}/{classe}/x", "x"])
def paths(request: pytest.FixtureRequest) -> list[str]:
    return made(request.param)


def test_there_are_sixty_of_them():
    assert len(NASTY) >= 60


@pytest.mark.parametrize("system", [windows, macos, linux])
def test_no_two_documents_meet_on_any_system(paths, system: Callable[[str], str]):
    assert len({system(path) for path in paths}) == len(paths)


@pytest.mark.parametrize("system", [windows, macos, linux])
def test_no_document_takes_the_place_of_a_folder(paths, system: Callable[[str], str]):
    folders = {system(str(parent)) for path in paths for parent in PurePosixPath(path).parents}
    assert folders.isdisjoint(system(path) for path in paths)


def test_no_document_leaves_the_folder(paths):
    for path in paths:
        parts = path.split("/")
        assert all(part.strip(" .") == part or part.endswith((".docx", ".pdf")) for part in parts), path
        assert all(part not in {"", ".", ".."} for part in parts)
        assert not PurePosixPath(path).is_absolute()
        read = PureWindowsPath(path)
        assert not read.is_absolute() and not read.drive and read.parts == tuple(parts)


def test_every_name_is_one_that_windows_takes(paths):
    devices = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"}
    devices |= {f"{name}{digit}" for name in ("COM", "LPT") for digit in "0123456789¹²³"}
    for path in paths:
        for part in path.split("/"):
            assert part.split(".")[0].rstrip().upper() not in devices
            assert not part.startswith((" ", ".")) and not part.endswith((" ", "."))
            assert all(
                char not in '<>:"\\|?*' and unicodedata.category(char) not in {"Cc", "Cf", "Cs"} for char in part
            )


def test_every_name_is_short_enough_for_linux_and_every_path_for_windows(paths):
    assert max(len(part.encode()) for path in paths for part in path.split("/")) <= 255
    assert max(len(path.encode("utf-16-le")) // 2 for path in paths) <= 180


def test_a_deep_folder_leaves_shorter_names(tmp_path):
    deep = tmp_path / ("d" * (150 - len(str(tmp_path))))
    assert len(str(deep)) + 1 + max(len(path.encode("utf-16-le")) // 2 for path in made(room=room_in(deep))) <= 240


def test_the_pattern_says_folder_and_name():
    record = Record("a.csv", 2, HEADER, ("P-1", "MARTIN", "Léa", "3A"))
    wanted = {
        "{classe}/{nom} {prenom}": "3A/MARTIN Léa.docx",
        "{Nom}_{Prénom}.docx": "MARTIN_Léa.docx",
        "Pix\\{classe}\\{numero}": "Pix/3A/P-1.docx",
        "{{x}} {nom}": "{x} MARTIN.docx",
    }
    for pattern, path in wanted.items():
        (place,) = place_documents([record], parse_pattern(pattern, HEADER))
        assert place.docx == path


@pytest.mark.parametrize(
    ("pattern", "id"),
    [
        ("{nom", "usage.wrong-names"),
        ("{}", "usage.wrong-names"),
        ("", "usage.wrong-names"),
        ("{nom:>9999}", "usage.wrong-names"),
        ("{nom.__class__}", "usage.unknown-column"),
        ("{nmo}", "usage.unknown-column"),
    ],
)
def test_a_pattern_that_means_nothing_is_a_problem(pattern, id):
    with pytest.raises(UsageError) as caught:
        parse_pattern(pattern, HEADER)
    assert [problem.id for problem in caught.value.problems] == [id]
