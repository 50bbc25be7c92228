"""Options, then environment, then the folder's file, then the user's file, then nothing."""

import pickle
from pathlib import Path

import pytest

from pix_mailmerge.problems import SettingsError
from pix_mailmerge.settings import FILE_NAME, School, read_settings


def written(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE_NAME).write_text(text, "utf-8")
    return folder


def test_an_option_wins_over_environment_over_folder_over_user(tmp_path):
    home = tmp_path / "home"
    written(home / "pix-mailmerge", 'etablissement = "user"\nville = "user"\nchef = "user"\nuai = "user"\n')
    folder = written(tmp_path / "work", 'etablissement = "folder"\nville = "folder"\nchef = "folder"\n')
    environment = {
        "XDG_CONFIG_HOME": str(home),
        "APPDATA": str(home),
        "PIX_MAILMERGE_SCHOOL": "env",
        "PIX_MAILMERGE_CITY": "env",
    }
    school = read_settings({"etablissement": "option"}, folder=folder, environment=environment).school
    assert (school.etablissement, school.ville, school.chef, school.uai) == ("option", "env", "folder", "user")


def test_option_names_are_understood_in_the_file_too(tmp_path):
    folder = written(tmp_path, 'school = "Collège"\nhead-title = "Le proviseur"\n')
    school = read_settings({}, folder=folder, environment={}).school
    assert (school.etablissement, school.fonction_chef) == ("Collège", "Le proviseur")


def test_any_other_field_comes_from_the_table_champs_or_from_set(tmp_path):
    folder = written(tmp_path, '[champs]\nfiliere = "Générale"\nsalle = "12"\n')
    champs = read_settings({}, ["salle=14"], folder=folder, environment={}).school.champs
    assert dict(champs) == {"filiere": "Générale", "salle": "14"}


def test_paths_of_the_file_are_beside_it(tmp_path):
    folder = written(tmp_path, 'signature = "images/s.png"\nmodele = "m.docx"\n')
    (tmp_path / "images").mkdir()
    (tmp_path / "images/s.png").write_bytes(b"x")
    settings = read_settings({}, folder=folder, environment={})
    assert settings.school.signature == tmp_path / "images/s.png"
    assert settings.models == (tmp_path / "m.docx",)


def test_a_wrong_key_is_told_with_its_line_and_a_suggestion(tmp_path):
    folder = written(tmp_path, 'ville = "Lyon"\netablissment = "Collège"\n')
    with pytest.raises(SettingsError) as caught:
        read_settings({}, folder=folder, environment={})
    (problem,) = caught.value.problems
    assert (problem.id, problem.where.line) == ("settings.unknown-key", 2)
    assert "Vouliez-vous dire « etablissement »" in problem.remedy


def test_all_problems_of_the_file_and_the_options_come_at_once(tmp_path):
    folder = written(tmp_path, "ville = 3\nnimporte = 1\n")
    with pytest.raises(SettingsError) as caught:
        read_settings({"signature": str(tmp_path / "no.png")}, ["sans-egal"], folder=folder, environment={})
    assert {problem.id for problem in caught.value.problems} == {
        "settings.wrong-value",
        "settings.unknown-key",
        "settings.wrong-set",
        "settings.image-not-found",
    }
    assert caught.value.exit_code == 3


def test_a_broken_file_is_told_with_its_line(tmp_path):
    folder = written(tmp_path, 'ville = "Lyon"\nchef = Mme Fontaine\n')
    with pytest.raises(SettingsError) as caught:
        read_settings({}, folder=folder, environment={})
    assert caught.value.problems[0].where.line == 2


@pytest.mark.parametrize(
    ("text", "line", "remedy"),
    [
        ('ville = "Lyon"\nsignature = "C:\\Users\\x.png"\n', 2, "barres penchées à droite"),
        ('ville = "Lyon"\nville = "Paris"\n', 2, "ligne de trop"),
        ('ville = "Lyon\n', 1, "guillemets"),
    ],
)
def test_what_is_wrong_in_a_line_is_told_as_it_is_mended(tmp_path, text, line, remedy):
    with pytest.raises(SettingsError) as caught:
        read_settings({}, folder=written(tmp_path, text), environment={})
    (problem,) = caught.value.problems
    assert (problem.where.line, remedy in problem.remedy) == (line, True), problem


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_file_is_read_as_any_notepad_saves_it(tmp_path, encoding):
    (tmp_path / FILE_NAME).write_bytes('ville = "Évreux"\r\n'.encode(encoding))
    assert read_settings({}, folder=tmp_path, environment={}).school.ville == "Évreux"


def test_a_field_of_champs_is_a_text_a_number_or_a_day(tmp_path):
    folder = written(tmp_path, "[champs]\nannee = 2026\nmoyenne = 12.5\njour = 2026-06-01\n")
    champs = read_settings({}, folder=folder, environment={}).school.champs
    assert dict(champs) == {"annee": "2026", "moyenne": "12,5", "jour": "01/06/2026"}
    with pytest.raises(SettingsError) as caught:
        read_settings({}, folder=written(tmp_path, "[champs]\nannee = true\n"), environment={})
    assert [(one.id, one.where.line) for one in caught.value.problems] == [("settings.wrong-value", 2)]


def test_a_school_travels_to_a_worker_process_whole():
    school = School(etablissement="Collège", signature=Path("s.png"), champs={"filiere": "Générale"})
    assert pickle.loads(pickle.dumps(school)) == school
