"""Every form that Pix has written since 2019, byte for byte."""

from pathlib import Path

from pix_mailmerge.data_source.pix_export import read_sources


def test_a_row_of_each_form_is_read_as_pix_wrote_it(specimen, written, told):
    file = written("20260401_resultats_6e B.csv", f"{specimen.header}\n{specimen.row}")
    reading = read_sources([file])
    assert reading.is_pix
    assert not reading.problems
    (record,) = reading.records
    where = {"Classe": "6e B", "Fichier": "20260401_resultats_6e B.csv"}
    assert told(record.values) == told(specimen.expected | where)
    assert (record.file, record.line) == ("20260401_resultats_6e B.csv", 2)


def test_the_headers_of_all_forms_are_the_same_in_the_same_order(specimens, written, told):
    files = [written(f"{n}.csv", f"{each.header}\n{each.row}") for n, each in enumerate(specimens)]
    headers = {tuple(header for header in read_sources([file]).header if "CléA" not in header) for file in files}
    assert {tuple(header for header in each if "skateboard" not in header) for each in headers} == {
        (
            *("Numéro de certification", "Prénom", "Nom", "Date de naissance", "Lieu de naissance"),
            *("Identifiant Externe", "Statut", "Nombre de Pix", "1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "2.4"),
            *("3.1", "3.2", "3.3", "3.4", "4.1", "4.2", "4.3", "5.1", "5.2", "Commentaire jury pour l’organisation"),
            *("Session", "Date de passage de la certification", "Type de certification", "Niveau", "Score en Pix"),
            *("Centre de certification", "Classe", "Fichier"),
        )
    }


def test_complementary_columns_stand_after_the_centre(written, specimens):
    clea = next(each for each in specimens if "Certification CléA" in each.header)
    skateboard = next(each for each in specimens if "skateboard" in each.header)
    files = [written(f"{n}.csv", f"{each.header}\n{each.row}") for n, each in enumerate((clea, skateboard))]
    header = read_sources(files).header
    assert header[30:] == (
        "Centre de certification",
        "Certification CléA",
        "Certification skateboard numérique",
        "Classe",
        "Fichier",
    )


def test_the_samples_of_the_project_are_read_without_a_problem():
    reading = read_sources([Path(__file__).parents[2] / "samples" / "*.csv"])
    assert reading.is_pix
    assert len(reading.files) == 3
    assert {problem.id for problem in reading.problems} <= {"source.column-unknown"}
