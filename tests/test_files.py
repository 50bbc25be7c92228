"""A file is the old one or the finished new one; a name is one that every system takes."""

import pytest

from pix_mailmerge._files import LONGEST_NAME, folded, safe_name, write_file, written_beside
from pix_mailmerge.problems import DestinationError


def test_a_failed_write_leaves_the_old_file_and_nothing_beside(tmp_path):
    target = tmp_path / "a.docx"
    target.write_bytes(b"old")
    with pytest.raises(RuntimeError), written_beside(target) as beside:
        beside.write_bytes(b"half")
        raise RuntimeError
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.docx"]


def test_the_file_beside_tells_nothing_of_its_final_name(tmp_path):
    with written_beside(tmp_path / "DUPONT Zoé.docx") as beside:
        beside.write_bytes(b"x")
        assert "DUPONT" not in beside.name
    assert (tmp_path / "DUPONT Zoé.docx").read_bytes() == b"x"


def test_a_missing_folder_is_told_in_plain_words(tmp_path):
    with pytest.raises(DestinationError) as caught:
        write_file(tmp_path / "nowhere" / "a.docx", b"x")
    (problem,) = caught.value.problems
    assert (problem.id, problem.exit_code) == ("destination.unwritable", 6)
    assert "dossier" in problem.what


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("DUPONT Zoé", "DUPONT Zoé"),
        ("AC/DC: a*b?", "AC DC a b"),
        ("fin. . ", "fin"),
        ("CON", "CON_"),
        ("nul.docx", "nul_.docx"),
        ("COM¹", "COM¹_"),
        ("a\u202eb\x00c", "a b c"),
        ("..", "sans nom"),
        ("", "sans nom"),
        ("e\u0301", "é"),
    ],
)
def test_a_name_is_safe_on_every_system(text, name):
    assert safe_name(text) == name


def test_a_long_name_is_cut():
    assert len(safe_name("x" * 500)) == LONGEST_NAME


def test_names_that_macos_or_windows_confuse_fold_alike():
    assert folded("E\u0301lodie") == folded("élodie")
