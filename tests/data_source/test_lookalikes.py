"""Files that are dropped by mistake are named for what they are; a password is never shown."""

import zipfile

import pytest

from pix_mailmerge.data_source.pix_export import read_sources
from pix_mailmerge.data_source.select import select

TABLES = {
    "is-campaign": [
        "Nom de l'organisation;ID Campagne;Code;Nom de la campagne;Parcours;Nom du Participant;Prénom du Participant",
        "Nom de l'organisation;ID Campagne;Nom de la campagne;Nom du Profil Cible;Nom du Participant;% de progression",
    ],
    "is-profiles": [
        "Nom de l'organisation;ID Campagne;Code;Nom de la campagne;Nom du Participant;Prénom du Participant;Classe;"
        "INE;Envoi (O/N);Date et heure de l'envoi (Europe/Paris);Nombre de pix total;Certifiable (O/N)",
    ],
    "is-passwords": ["Classe;Nom;Prénom;Identifiant;Mot de passe", "Identifiant;Mot de passe;Classe"],
    "is-fregata": ["Identifiant unique*;Premier prénom*;Deuxième prénom;Nom de famille*;Code MEF*;Division*"],
    "is-students": ["Premier prénom;Deuxième prénom;Nom de famille;Email;Numéro étudiant;Composante;Diplôme"],
    "is-onde": ["Nom élève;Prénom élève;INE; Cycle;Niveau;Libellé classe;Date naissance"],
    "is-sessions": ["N° de session;* Nom du site;* Nom de la salle;* Nom de naissance;* Prénom;* Sexe (M ou F)"],
    "is-candidates": [
        "* Nom de naissance;* Prénom;* Date de naissance (format : jj/mm/aaaa);Identifiant local;Temps majoré ?",
        "Nom de naissance;Prénom;Commune de naissance;Identifiant local;Temps majoré ?",
    ],
    "is-clea": ["SIREN de l'organisme;Siret de l'établissement;Nom de naissance;Prénom;CCPI;Statut"],
    "is-jury": ["ID de session;ID de certification;Statut de la certification;Note Pix;1.1;1.2;1.3;2.1"],
}

FILES = {
    "is-empty": [b"", b"\xef\xbb\xbf", b"\r\n\r\n", b"\xff\xfe", b"  \n"],
    "is-pdf": [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3"],
    "is-document": [b"{\\rtf1\\ansi}", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le")],
    "is-image": [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a"],
    "is-web-page": [
        b"<!DOCTYPE html><html><title>Pix Orga</title></html>",
        b"\xef\xbb\xbf<html>",
        b'{"errors":[{"status":"401"}]}',
        b"[]",
    ],
    "is-siecle": [b'<?xml version="1.0" encoding="ISO-8859-15"?>\n<BEE_ELEVES VERSION="2.1"></BEE_ELEVES>'],
    "is-archive": [b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x1f\x8b\x08\x00"],
    "is-old-workbook": [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"Workbook"],
    "is-protected": [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")],
    "is-blank": [b"\0" * 3000, b"\xef\xbb\xbf" + b"\0" * 9],
    "is-binary": [bytes(range(256)) * 20, b"<?xml version='1.0'?><a/>", b"\x00" * 8 + b"\x01\x02\x03" * 900],
}

PACKAGES = {
    "is-document": [{"word/document.xml": ""}, {"mimetype": "application/vnd.oasis.opendocument.text"}],
    "is-old-workbook": [{"xl/workbook.bin": ""}],
    "is-protected": [
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": "<m:encryption-data/>",
        }
    ],
    "is-archive": [{"a.csv": ""}],
}


def cases(table):
    return [(id, content) for id, contents in table.items() for content in contents]


@pytest.mark.parametrize(("id", "header"), cases(TABLES))
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_a_table_that_is_not_one_of_results_is_named(id, header, encoding, written):
    row = ";".join("canari" for _ in header.split(";"))
    path = written("Fichier.csv", f"{header}\n{row}\n{row}".encode(encoding))
    reading = read_sources([path], pix_only=True)
    (problem,) = reading.problems
    assert problem.id == f"source.{id}"
    assert problem.is_error
    assert "Exporter les résultats" in problem.remedy
    assert not reading.records
    assert "canari" not in repr(reading) + repr(select(reading))


@pytest.mark.parametrize(("id", "header"), [("is-onde", TABLES["is-onde"][0]), ("is-clea", TABLES["is-clea"][0])])
def test_a_list_of_people_may_be_merged_with_a_model_of_ones_own(id, header, written):
    reading = read_sources([written("liste.csv", f"{header}\n{header.replace('N', 'x')}1")])
    assert [(problem.id, problem.severity) for problem in reading.problems] == [(f"source.{id}", "warning")]
    assert len(reading.records) == 1


def test_a_list_of_people_beside_results_is_named(specimens, written):
    d3 = next(each for each in specimens if each.form == "D3")
    files = [written("3A.csv", f"{d3.header}\n{d3.row}"), written("onde.csv", TABLES["is-onde"][0] + "\na;b;c;d;e;f;g")]
    assert [(problem.id, problem.severity) for problem in read_sources(files).problems] == [("source.is-onde", "error")]


@pytest.mark.parametrize(("id", "content"), cases(FILES))
@pytest.mark.parametrize("name", ["resultats.csv", "resultats.xlsx"])
def test_a_file_that_is_no_table_is_named(id, content, name, written):
    (problem,) = read_sources([written(name, content)]).problems
    assert problem.id == f"source.{id}"
    assert problem.where.file == name
    assert problem.remedy


@pytest.mark.parametrize(("id", "parts"), cases(PACKAGES))
def test_a_package_that_is_no_table_is_named(id, parts, tmp_path):
    with zipfile.ZipFile(tmp_path / "resultats.csv", "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    (problem,) = read_sources([tmp_path / "resultats.csv"]).problems
    assert problem.id == f"source.{id}"


def test_a_password_list_with_titles_above_is_named_too(written):
    content = "Collège Jean-Moulin\n\nClasse;Nom;Prénom;Identifiant;Mot de passe\n3A;A;B;a.b;canari"
    reading = read_sources([written("a.csv", content)])
    assert [problem.id for problem in reading.problems] == ["source.is-passwords"]
    assert "canari" not in repr(reading)


def test_what_a_folder_holds_besides_results_is_told_and_passed_over(specimens, written, tmp_path):
    d3 = next(each for each in specimens if each.form == "D3")
    written("dossier/20260401_resultats_3A.csv", f"{d3.header}\n{d3.row}")
    written("dossier/mdp.csv", "Identifiant;Mot de passe;Classe\na.b;canari;3A")
    reading = read_sources([tmp_path / "dossier"])
    assert len(reading.records) == 1
    assert [(problem.id, problem.severity) for problem in reading.problems] == [("source.is-passwords", "warning")]


@pytest.mark.parametrize(
    ("content", "severity"),
    [("Nom;Note;Note\nLéa;12;13", "warning"), ("Nom;Prénom;Nombre de Pix\nMartin;Léa;12", "error")],
)
def test_a_table_in_the_same_folder_is_passed_over_unless_it_has_results(
    content, severity, specimens, written, tmp_path
):
    d3 = next(each for each in specimens if each.form == "D3")
    written("dossier/20260401_resultats_3A.csv", f"{d3.header}\n{d3.row}")
    written("dossier/notes.csv", content)
    reading = read_sources([tmp_path / "dossier"])
    assert len(reading.records) == 1
    assert len(reading.files) == (1 if severity == "warning" else 2)
    assert [(one.id, one.severity) for one in reading.problems] == [("source.not-results", severity)]


def test_another_table_beside_results_is_an_error(specimens, written):
    d3 = next(each for each in specimens if each.form == "D3")
    files = [written("3A.csv", f"{d3.header}\n{d3.row}"), written("notes.csv", "Nom;Note\nLéa;12")]
    (problem,) = read_sources(files).problems
    assert (problem.id, problem.where.file) == ("source.not-results", "notes.csv")


def test_a_table_alone_is_an_error_where_results_are_asked_for(written):
    (problem,) = read_sources([written("notes.csv", "Nom;Note\nLéa;12")], pix_only=True).problems
    assert problem.id == "source.not-results"


def test_an_export_without_pupils_is_told(specimens, written):
    d3 = next(each for each in specimens if each.form == "D3")
    reading = read_sources([written("3A.csv", d3.header)])
    assert reading.is_pix
    assert [(problem.id, problem.severity) for problem in reading.problems] == [("source.no-rows", "warning")]


def test_a_part_of_results_is_told_for_its_pupils_are_not_all_certified(written):
    reading = read_sources([written("a.csv", "Nom;Prénom;Statut;Nombre de Pix\nMartin;Léa;Rejetée;0")])
    assert not reading.is_pix
    assert [(problem.id, problem.severity) for problem in reading.problems] == [("source.part-of-results", "warning")]
