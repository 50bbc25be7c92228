"""The sample files hold the bytes that Pix Orga's rules give, and the traps that samples/README.md lists.

Nothing here uses the maker's code, nor a CSV reader: the rules are spelled out again over the bytes.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[2] / "samples"
D2 = "20210618_resultats_3A.csv"
D3 = "20250616_resultats_3e Émeraude.csv"
D5 = "20260612_resultats_3B.csv"
FILES = (D2, D3, D5)

START = '"Numéro de certification";"Prénom";"Nom";"Date de naissance";"Lieu de naissance";"Identifiant Externe";'
LEVELS = '"1.1";"1.2";"1.3";"2.1";"2.2";"2.3";"2.4";"3.1";"3.2";"3.3";"3.4";"4.1";"4.2";"4.3";"5.1";"5.2";'
COMMENT = '"Commentaire jury pour l\u2019organisation";'
END = '"Session";"Date de passage de la certification"'
HEADERS = {
    D2: START + '"Statut";"Nombre de Pix";' + LEVELS + END,
    D3: START + '"Statut";"Nombre de Pix";' + LEVELS + COMMENT + END,
    D5: START + '"Type de certification";"Statut";"Niveau";"Score en Pix";' + LEVELS + COMMENT + END,
}
COLUMNS = {D2: 26, D3: 27, D5: 29}
MAXIMUM = {D2: 768, D3: 895, D5: 895}
HIGHEST_LEVEL = {D2: 6, D3: 7, D5: 7}
TEXT, NUMBER, NULL = r'"(?:[^"]|"")*"', r"(?:0|[1-9][0-9]*)", ""
CELL = rf"(?:{TEXT}|{NUMBER}|{NULL})"

every_file = pytest.mark.parametrize("name", FILES)


def lines(name: str) -> list[str]:
    """Return the logical lines: a newline inside quotes does not end one."""
    text = (SAMPLES / name).read_bytes().decode("utf-8").removeprefix("\ufeff")
    return re.findall(r'(?:[^"\n]|"(?:[^"]|"")*")+', text)


def cells(line: str) -> list[str]:
    return re.findall(rf"({CELL})(?:;|$)", line + ";")[: line_cells(line)]


def line_cells(line: str) -> int:
    return re.sub(TEXT, "", line).count(";") + 1


def rows(name: str) -> list[dict[str, str]]:
    """Return header -> cell as written, quotes and all, of each row."""
    header = [cell.strip('"') for cell in HEADERS[name].split(";")]
    return [dict(zip(header, cells(line), strict=True)) for line in lines(name)[1:]]


def plain(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if cell.startswith('"') else cell


def levels_of(row: dict[str, str]) -> list[str]:
    return [cell for column, cell in row.items() if re.fullmatch(r"[1-5]\.[1-4]", column)]


def score_of(row: dict[str, str]) -> str:
    return row["Score en Pix"] if "Score en Pix" in row else row["Nombre de Pix"]


def all_rows() -> list[tuple[str, dict[str, str]]]:
    return [(name, row) for name in FILES for row in rows(name)]


def people(name: str) -> list[tuple[str, str]]:
    return [(plain(row["Nom"]), plain(row["Prénom"])) for row in rows(name)]


@every_file
def test_the_file_starts_with_one_bom_has_no_carriage_return_and_no_final_newline(name: str) -> None:
    content = (SAMPLES / name).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\xef\xbb\xbf") == 1
    assert b"\r" not in content
    assert not content.endswith(b"\n")


@every_file
def test_the_header_is_the_one_of_its_form(name: str) -> None:
    assert lines(name)[0] == HEADERS[name]
    assert HEADERS[name].count(";") + 1 == COLUMNS[name]


@every_file
def test_every_line_is_cells_of_text_in_quotes_bare_numbers_or_nothing(name: str) -> None:
    for line in lines(name):
        assert re.fullmatch(rf"{CELL}(?:;{CELL}){{{COLUMNS[name] - 1}}}", line), line


@every_file
def test_a_class_has_about_thirty_pupils(name: str) -> None:
    assert 28 <= len(rows(name)) <= 32


@every_file
def test_text_columns_are_quoted_and_number_columns_are_bare(name: str) -> None:
    for row in rows(name):
        for column in ("Prénom", "Nom", "Statut"):
            assert re.fullmatch(TEXT, row[column])
            assert len(row[column]) > 2
        for column in ("Date de naissance", "Date de passage de la certification"):
            assert re.fullmatch(r'"[0-3][0-9]/[01][0-9]/20[0-9]{2}"', row[column])
        for column in ("Numéro de certification", "Session"):
            assert re.fullmatch(NUMBER, row[column])
        for column in ("Lieu de naissance", "Identifiant Externe", "Commentaire jury pour l’organisation"):
            assert re.fullmatch(rf"{TEXT}|{NULL}", row.get(column, ""))
            assert row.get(column) != '""', "a null is nothing, not an empty text"


@every_file
def test_dates_exist_and_the_exam_is_before_the_export(name: str) -> None:
    exported = date(int(name[:4]), int(name[4:6]), int(name[6:8]))
    for row in rows(name):
        day, month, year = (int(part) for part in plain(row["Date de naissance"]).split("/"))
        born = date(year, month, day)
        day, month, year = (int(part) for part in plain(row["Date de passage de la certification"]).split("/"))
        assert born < date(year, month, day) <= exported


def test_the_exports_are_of_the_time_of_their_form() -> None:
    assert "20210511" <= D2[:8] <= "20210817"
    assert "20210817" <= D3[:8] <= "20260320"
    assert D5[:8] >= "20260420"


def test_certification_numbers_are_unique_across_the_files() -> None:
    counted = Counter(row["Numéro de certification"] for _, row in all_rows())
    assert counted.most_common(1)[0][1] == 1


@every_file
def test_a_validated_row_has_a_bare_score_within_the_maximum_and_levels_or_dashes(name: str) -> None:
    for row in rows(name):
        if row["Statut"] == '"Validée"':
            assert re.fullmatch(NUMBER, score_of(row))
            assert 0 < int(score_of(row)) <= MAXIMUM[name]
            assert all(level == '"-"' or 0 <= int(level) <= HIGHEST_LEVEL[name] for level in levels_of(row))


def test_the_scores_of_2021_are_the_sum_of_eight_to_fifteen_pix_a_level() -> None:
    for row in rows(D2):
        if row["Statut"] == '"Validée"':
            got = [int(level) for level in levels_of(row) if level != '"-"']
            assert sum(8 * level for level in got) <= int(score_of(row))
            assert int(score_of(row)) <= sum(48 if level == 6 else 8 * level + 7 for level in got if level)


def test_the_rejected_have_a_quoted_zero_and_zeros_or_dashes() -> None:
    rejected = [row for name in (D2, D3) for row in rows(name) if row["Statut"] == '"Rejetée"']
    assert len(rejected) >= 4
    for row in rejected:
        assert score_of(row) == '"0"'
        assert set(levels_of(row)) <= {"0", '"-"'}
        assert "0" in levels_of(row)


def test_the_not_obtained_have_a_bare_zero_and_dashes() -> None:
    not_obtained = [row for row in rows(D5) if row["Statut"] == '"Non obtenue"']
    assert len(not_obtained) >= 2
    for row in not_obtained:
        assert score_of(row) == "0"
        assert set(levels_of(row)) == {'"-"'}
        assert row["Niveau"] == '"-"'
        assert row["Commentaire jury pour l’organisation"]


def test_the_cancelled_and_the_failed_have_dashes_but_a_failed_one_of_2021_has_a_score() -> None:
    for name, row in all_rows():
        if row["Statut"] in ('"Annulée"', '"En erreur"'):
            assert set(levels_of(row)) == {'"-"'}
            if (name, row["Statut"]) == (D2, '"En erreur"'):
                assert re.fullmatch("[1-9][0-9]+", score_of(row))
            else:
                assert score_of(row) == '"-"'


def test_the_started_have_no_score() -> None:
    assert [score_of(row) for _, row in all_rows() if row["Statut"] == '"Démarrée"'] == ["", "", ""]


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        (D2, {"Validée", "Rejetée", "Annulée", "En erreur", "Démarrée"}),
        (D3, {"Validée", "Rejetée", "Annulée", "En erreur", "Démarrée"}),
        (D5, {"Validée", "Non obtenue", "Annulée", "En erreur", "Démarrée"}),
    ],
)
def test_a_file_has_every_status_of_its_era(name: str, statuses: set[str]) -> None:
    assert {plain(row["Statut"]) for row in rows(name)} == statuses


def test_the_global_level_of_2026_is_the_one_of_the_score() -> None:
    least = {
        "-": 0, "Novice 1": 64, "Novice 2": 128, "Indépendant 1": 256, "Indépendant 2": 384,
        "Avancé 1": 512, "Avancé 2": 640, "Expert 1": 768,
    }  # fmt: skip
    validated = [row for row in rows(D5) if row["Statut"] == '"Validée"']
    for row in validated:
        score = int(score_of(row))
        assert plain(row["Niveau"]) == max((low, name) for name, low in least.items() if low <= score)[1]
    assert {plain(row["Niveau"]) for row in validated} >= {"-", "Novice 2", "Indépendant 1", "Avancé 2", "Expert 1"}


@every_file
def test_a_pupil_reaches_the_maximum(name: str) -> None:
    assert str(MAXIMUM[name]) in {score_of(row) for row in rows(name)}


@every_file
def test_zero_and_dash_stand_on_one_row(name: str) -> None:
    assert any({"0", '"-"'} <= set(levels_of(row)) for row in rows(name))


@every_file
def test_a_birthplace_is_missing(name: str) -> None:
    validated = [row for row in rows(name) if row["Statut"] == '"Validée"']
    assert [row["Lieu de naissance"] for row in validated].count("") == 1


@pytest.mark.parametrize(
    ("name", "person"),
    [
        (D2, ("D’ANGELO", "Chiara")),
        (D2, ("NGUYỄN", "Thị Minh Khai")),
        (D2, ("de La Tour", "Éléonore")),
        (D2, ("ĶIRSIS", "Jānis")),
        (D2, ("ŒUVRARD", "Zélie")),
        (D2, ("O'Neil", "Seán")),
        (D2, ("Fontaine", "Claire")),
        (D2, ("Moulin", "Jean")),
        (D3, ("BOYER & FILS", "Rosalie")),
        (D3, ("NAN", "Anna")),
        (D3, ("NULL", "Victor")),
    ],
)
def test_the_names_that_break_tools_are_certified(name: str, person: tuple[str, str]) -> None:
    found = [row for row in rows(name) if (plain(row["Nom"]), plain(row["Prénom"])) == person]
    assert [row["Statut"] for row in found] == ['"Validée"']


def test_a_family_name_has_sixty_characters() -> None:
    assert max(len(last) for last, _ in people(D3)) == 60


@pytest.mark.parametrize(("name", "person"), [(D2, ("MARTIN", "Lucas")), (D5, ("MARTIN", "Emma"))])
def test_homonyms_differ_by_their_birth_date_and_number(name: str, person: tuple[str, str]) -> None:
    found = [row for row in rows(name) if (plain(row["Nom"]), plain(row["Prénom"])) == person]
    assert len({row["Date de naissance"] for row in found}) == len(found) == 2


def test_two_who_are_no_twins_share_a_birth_date() -> None:
    born = {plain(row["Nom"]): row["Date de naissance"] for row in rows(D2)}
    assert born["D’ANGELO"] == born["DA SILVA"]


def test_a_comment_holds_a_newline_quotes_and_a_semicolon() -> None:
    comments = [plain(row["Commentaire jury pour l’organisation"]) for row in rows(D3)]
    assert any({"\n", '"', ";"} <= set(comment) for comment in comments)


def test_the_maker_writes_the_same_bytes_again(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(SAMPLES / "make_samples.py"), str(tmp_path)], check=True, timeout=60)
    made = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert made == {file.name: file.read_bytes() for file in SAMPLES.glob("*.csv")}


def test_each_trap_of_the_list_names_something_that_is_there() -> None:
    """Every name between backquotes of the table, such as `NGUYỄN`, occurs in a sample."""
    listed = (SAMPLES / "README.md").read_text("utf-8").partition("## Les pièges")[2]
    everything = "\n".join((SAMPLES / name).read_text("utf-8-sig") for name in FILES)
    names = {name for name in re.findall("`([^`]+)`", listed) if name not in {"None", "?", "&", "<", '""'}}
    people_told = {f"{last} {first}" for name in FILES for last, first in people(name)}
    assert len(names) > 30
    assert [name for name in sorted(names) if name not in everything and name not in people_told] == []
