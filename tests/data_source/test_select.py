"""Who gets a document, who does not and why."""

import dataclasses

import pytest

from pix_mailmerge.data_source.pix_export import read_sources
from pix_mailmerge.data_source.select import select, select_every


def line(number, *, first="Lili", last="Oxford", born="04/01/2009", status="Validée", score="55", level="3", **more):
    """Return a D3 row; ``more`` may give comment, exam and codes (c1_1=…)."""
    codes = [level] + ["-"] * 15
    for name, value in more.items():
        if name.startswith("c"):
            codes[int(name[3]) - 1] = value
    exam = more.get("exam", "01/06/2023")
    cells = [number, first, last, born, "Lyon", "", status, score, *codes, more.get("jury", ""), "777", exam]
    return ";".join(f'"{cell}"' for cell in map(str, cells))


@pytest.fixture
def read(specimens, written):
    """Return what reads D3 rows."""
    header = next(each.header for each in specimens if each.form == "D3")
    return lambda *lines, name="3A.csv", **more: read_sources([written(name, "\n".join((header, *lines)))], **more)


def numbers(records):
    return [record.text("Numéro de certification") for record in records]


def reasons(selection):
    return [(left.record.text("Numéro de certification"), left.reason) for left in selection.left_out]


def test_by_default_the_certified_are_chosen_and_the_others_listed(read):
    selection = select(
        read(
            line(1),
            line(2, last="B", status="Rejetée", score="0", level="0", jury="trop d’erreurs"),
            line(3, last="C", status="Non obtenue", score="0"),
            line(4, last="D", status="Annulée", score="-", level="-"),
            line(5, last="E", status="En erreur", score="-"),
            line(6, last="F", status="Démarrée", score="", level=""),
        )
    )
    assert numbers(selection.chosen) == ["1"]
    assert reasons(selection) == [
        ("2", "Statut « Rejetée »"),
        ("3", "Statut « Non obtenue »"),
        ("4", "Statut « Annulée »"),
        ("5", "Statut « En erreur »"),
        ("6", "Statut « Démarrée »"),
    ]
    assert selection.left_out[0].comment == "trop d’erreurs"
    assert not selection.problems
    assert selection.is_complete


@pytest.mark.parametrize(
    ("status", "chosen"),
    [
        (None, ["1"]),
        ("certified", ["1"]),
        ("Certified", ["1"]),
        ("all", ["1", "2", "3"]),
        ("Validée", ["1"]),
        ("rejetee", ["2"]),
        ("Non obtenue", ["2"]),
    ],
)
def test_a_status_may_be_asked_for(status, chosen, read):
    reading = read(line(1), line(2, last="B", status="Rejetée"), line(3, last="C", status="Annulée"))
    assert numbers(select(reading, status).chosen) == chosen


def test_a_status_that_nobody_has_is_a_usage_error(read):
    (problem,) = select(read(line(1)), "Validé").problems
    assert (problem.id, problem.exit_code) == ("usage.status-unknown", 2)
    assert "« Validée »" in problem.remedy


def test_a_status_of_pix_that_nobody_has_chooses_nobody(read):
    selection = select(read(line(1)), "Annulée")
    assert not selection.chosen
    assert not selection.problems


def test_a_status_that_pix_does_not_write_is_told(read):
    selection = select(read(line(1), line(2, last="B", status="Validé"), line(3, last="C", status="Validé")))
    assert numbers(selection.chosen) == ["1"]
    (problem,) = selection.problems
    assert (problem.id, problem.severity) == ("source.status-unknown", "warning")
    assert "« Validé »" in problem.what
    assert "lignes 3 et 4" in problem.what
    assert (problem.where.file, problem.where.line, problem.where.column) == ("3A.csv", 3, "Statut")


def without_status(row):
    return ";".join(cell for place, cell in enumerate(row.split(";")) if place != 6)


@pytest.fixture
def read_d1(specimens, written):
    """Return what reads rows of a form without a status."""
    header = without_status(next(each.header for each in specimens if each.form == "D3"))
    return lambda *lines: read_sources([written("3A.csv", "\n".join((header, *map(without_status, lines))))])


def test_without_a_status_a_score_with_a_level_is_a_certification(read_d1):
    selection = select(
        read_d1(
            line(1),
            line(2, last="B", score="0", level="0"),
            line(3, last="C", score="-", level="-"),
            line(4, last="D", score="55", level="0"),
        )
    )
    assert numbers(selection.chosen) == ["1"]
    assert [problem.id for problem in selection.problems] == ["source.status-absent"]
    assert not selection.problems[0].is_error


def test_without_a_status_a_score_that_cannot_be_read_is_an_error_and_leaves_nobody_out(read_d1):
    problems = select(read_d1(line(1, score="41O"))).problems
    assert [(problem.id, problem.where.column) for problem in problems if problem.is_error] == [
        ("source.value-unreadable", "Nombre de Pix")
    ]


def test_the_form_without_a_status_is_told_once(specimens, written):
    d1 = next(each for each in specimens if each.form == "D1")
    rows = [d1.row.replace("201;", f"{number};").replace("ŒUVRARD", f"N{number}") for number in range(20)]
    selection = select(read_sources([written("3A.csv", "\n".join([d1.header, *rows]))]))
    assert len(selection.chosen) == 20
    assert [problem.id for problem in selection.problems] == ["source.status-absent"]


def test_many_files_without_a_status_are_told_in_one_warning(specimens, written):
    d1 = next(each for each in specimens if each.form == "D1")
    files = [
        written(f"3{n}.csv", f"{d1.header}\n" + d1.row.replace("201;", f"{n};").replace("ŒUVRARD", f"N{n}"))
        for n in "123"
    ]
    (problem,) = select(read_sources(files)).problems
    assert problem.where.file == "31.csv"
    assert "2 autres fichiers" in problem.what


def test_another_certification_gets_no_attestation_unless_there_is_a_model_for_it(specimens, written):
    droit = [each for each in specimens if each.form == "S5P" and "Validée" in each.row]
    clea = next(each for each in specimens if "CléA Numérique by Pix" in each.row)
    files = [written(f"{n}.csv", f"{each.header}\n{n}{each.row}") for n, each in enumerate((droit[0], clea))]
    reading = read_sources(files, class_name="x")
    selection = select(reading)
    assert not selection.problems
    assert [left.reason for left in selection.left_out] == [
        "« Pix+ Droit » n’est pas la certification Pix",
        "« CléA Numérique by Pix » n’est pas la certification Pix",
    ]
    assert len(select(reading, types=("Pix", "Pix+ Droit")).chosen) == 1


def test_a_pupil_certified_twice_gets_the_latest(read):
    selection = select(read(line(1, exam="01/06/2023"), line(2, exam="01/12/2023"), line(3, exam="01/06/2022")))
    assert numbers(selection.chosen) == ["2"]
    again = "Certifié de nouveau le 01/12/2023 (n° 2)"
    assert reasons(selection) == [("1", again), ("3", again)]


def test_on_one_day_the_higher_number_is_the_latest(read):
    assert numbers(select(read(line(10), line(9))).chosen) == ["10"]


def test_a_pupil_who_failed_after_being_certified_keeps_the_certification(read):
    selection = select(read(line(1, exam="01/06/2023"), line(2, exam="01/12/2023", status="Rejetée")))
    assert numbers(selection.chosen) == ["1"]


def test_the_same_pupil_is_known_whatever_case_accents_and_hyphens(read):
    one = line(1, first="Jean-Marie", last="D’Angélo", exam="01/06/2023")
    other = line(2, first="JEAN MARIE", last="d'angelo", exam="01/12/2023")
    assert numbers(select(read(one, other)).chosen) == ["2"]


def test_homonyms_with_another_birth_date_are_two_pupils(read):
    assert numbers(select(read(line(1, born="04/01/2009"), line(2, born="05/01/2009"))).chosen) == ["1", "2"]


def test_the_same_certification_twice_counts_once(read):
    reading = read(line(1), line(1), line(2, last="B"))
    assert numbers(reading.records) == ["1", "2"]
    assert (reading.duplicates, reading.rows_read) == (1, 3)
    assert not select(reading).problems


def test_what_one_file_lacks_is_taken_from_the_other(specimens, written):
    d3, s3 = (next(each for each in specimens if each.form == form) for form in ("D3", "S3"))
    session = ";".join([*(f'"{cell}"' for cell in d3.cells[:-1]), '"Lycée X"', '"01/01/2020"'])
    one = written("20260401_resultats_3A.csv", f"{d3.header}\n{d3.row}")
    two = written("20260401_1200_resultats_session_1.csv", f"{s3.header}\n{session}")
    for files in ([one, two], [two, one]):
        (record,) = read_sources(files).records
        assert (record.text("Classe"), record.text("Centre de certification")) == ("3A", "Lycée X")


def test_two_rows_that_contradict_each_other_are_shown_both(read):
    reading = read(line(1, score="55"), line(1, score="65"))
    (problem,) = select(reading).problems
    assert (problem.id, problem.severity, problem.where.line) == ("source.same-number", "error", 3)
    assert "3A.csv, ligne 2" in problem.what
    assert "« 55 » puis « 65 »" in problem.what
    kept = select(reading, keep_going=True)
    assert not kept.chosen
    assert [left.failed for left in kept.left_out] == [True, True]
    assert not kept.is_complete


def test_two_rows_that_contradict_each_other_and_get_no_document_are_only_told(read):
    (problem,) = select(read(line(1, status="Rejetée"), line(1, status="Annulée"))).problems
    assert (problem.id, problem.severity) == ("source.same-number", "warning")


@pytest.mark.parametrize(
    ("fault", "id", "column"),
    [
        ({"born": "31/02/2009"}, "source.value-unreadable", "Date de naissance"),
        ({"exam": "bientôt"}, "source.value-unreadable", "Date de passage de la certification"),
        ({"score": "beaucoup"}, "source.value-unreadable", "Nombre de Pix"),
        ({"level": "9"}, "source.value-unreadable", "1.1"),
        ({"c1_3": "B"}, "source.value-unreadable", "1.3"),
        ({"last": ""}, "source.value-missing", "Nom"),
        ({"born": ""}, "source.value-missing", "Date de naissance"),
        ({"score": ""}, "source.value-missing", "Nombre de Pix"),
    ],
)
def test_a_value_that_cannot_be_read_is_an_error_with_its_place(fault, id, column, read):
    reading = read(line(1), line(2, **{"last": "B"} | fault))
    problem = next(problem for problem in select(reading).problems if problem.is_error)
    assert problem.id == id
    assert (problem.where.file, problem.where.line, problem.where.column) == ("3A.csv", 3, column)
    assert problem.remedy
    assert all(str(value) in problem.what for value in fault.values())
    kept = select(reading, keep_going=True)
    assert numbers(kept.chosen) == ["1"]
    assert [(left.failed, left.reason.startswith("Ligne illisible")) for left in kept.left_out] == [(True, True)]
    assert not any(problem.is_error for problem in kept.problems)


def test_a_row_that_gets_no_document_is_never_an_error(read):
    rows = [
        line(1, status="Démarrée", score="?", born="x", level="99", exam=""),
        line(2, status="En erreur", score="388,5", first="", last=""),
        line(3, status="Annulée", born="31/02/2009", jury="x" * 40_000),
        line(4, status="Rejetée") + ';"de trop"',
        line(5, status="Rejetée").rpartition(";")[0],
        line(6, status="Rejetée"),
    ]
    selection = select(read(*rows))
    assert len(selection.left_out) == 6
    assert not [problem for problem in selection.problems if problem.is_error]


def test_of_who_is_not_certified_a_name_is_enough_when_asked_for(read):
    started = line(1, status="Démarrée", score="", born="", exam="", level="")
    selection = select(read(started), "all")
    assert numbers(selection.chosen) == ["1"]
    assert not selection.problems


@pytest.mark.parametrize("cut", [4, 10, 20])
def test_a_row_of_which_the_status_is_in_doubt_is_an_error(cut, read):
    whole = line(1)
    shifted = whole.replace('"Lyon"', '"Ly";"on"')
    short = ";".join(whole.split(";")[:cut])
    for row in (shifted, short):
        assert [problem.severity for problem in select(read(row)).problems] == ["error"]


def test_all_problems_are_told_at_once(read):
    rows = [line(n, last=f"N{n}", born="x", score="y", level="z") for n in range(50)]
    assert len(select(read(*rows)).problems) == 50 * 3


def test_a_level_that_is_empty_is_told_and_stays_unknown(read):
    selection = select(read(line(1, c1_2="", c1_3="")))
    (problem,) = selection.problems
    assert (problem.id, problem.severity) == ("source.level-unknown", "warning")
    assert "1.2, 1.3" in problem.what


def test_reasons_are_counted(read):
    rows = [line(n, last=f"N{n}", status="Annulée" if n % 3 else "Rejetée") for n in range(9)]
    assert select(read(*rows)).reasons.most_common() == [("Statut « Annulée »", 6), ("Statut « Rejetée »", 3)]


def test_any_other_table_is_chosen_whole(written):
    reading = read_sources([written("notes.csv", "Nom;Statut\nLéa;Rejetée\nZoé;")])
    selection = select(reading, "certified")
    assert len(selection.chosen) == 2
    assert not selection.problems


def test_a_selection_cannot_be_changed(read):
    with pytest.raises(dataclasses.FrozenInstanceError):
        select(read(line(1))).chosen = ()


def test_every_record_may_be_taken_with_what_is_wrong_told(read):
    reading = read(line(1), line(2, last="B", status="Annulée", born="x"), line(3, last="C", born="x"))
    every = select_every(reading)
    assert numbers(every.chosen) == ["1", "2", "3"]
    assert [(problem.where.line, problem.is_error) for problem in every.problems] == [(4, True)]
    kept = select_every(reading, keep_going=True)
    assert numbers(kept.chosen) == ["1", "2"]
    assert [left.failed for left in kept.left_out] == [True]
