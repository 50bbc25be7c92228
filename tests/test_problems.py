"""Problems say where, what, what to do; errors carry all of them and know their exit code."""

import pickle

import pytest

from pix_mailmerge.problems import (
    EXIT_CODES,
    DataSourceError,
    ModelError,
    PixMailMergeError,
    Place,
    Problem,
    error,
    raise_errors,
    warning,
)


def test_place_reads_like_a_sentence():
    place = Place(file="3A.csv", line=12, column="Nom", near="D’ANGELO")
    assert str(place) == "3A.csv, ligne 12, colonne « Nom », près de « D’ANGELO »"


def test_place_of_a_model_names_part_table_and_cell():
    place = Place(file="m.docx", part="en-tête", table=1, row=2, cell=3, paragraph=1)
    assert str(place) == "m.docx, en-tête, tableau 1, rangée 2, cellule 3, paragraphe 1"


def test_an_unknown_place_says_nothing():
    assert str(Place()) == ""


def test_an_id_of_no_family_is_our_mistake():
    with pytest.raises(ValueError, match="no such family"):
        error("nowhere.thing", "x", "y")


def test_several_families_end_with_the_lowest_code_and_carry_everything():
    found = [error("model.a", "m", "r"), warning("source.b", "w", "r"), error("source.c", "s", "r")]
    with pytest.raises(DataSourceError) as caught:
        raise_errors(found)
    assert caught.value.exit_code == 4
    assert caught.value.problems == tuple(found)


def test_warnings_alone_do_not_stop():
    raise_errors([warning("model.a", "m", "r")])


def test_each_family_has_its_exception():
    assert {tree.family for tree in PixMailMergeError.__subclasses__()} == set(EXIT_CODES)


def test_an_error_crosses_a_process_border_whole():
    sent = ModelError(error("model.a", "what", "remedy", Place(file="m.docx")))
    assert pickle.loads(pickle.dumps(sent)).problems == sent.problems


def test_json_leaves_out_what_is_not_known():
    problem = Problem("source.a", "error", "what", "remedy", Place(file="3A.csv", line=2))
    assert problem.as_json() == {
        "id": "source.a",
        "severity": "error",
        "where": {"file": "3A.csv", "line": 2},
        "what": "what",
        "remedy": "remedy",
    }
