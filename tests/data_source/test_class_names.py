"""The class, from the name of a file."""

import unicodedata

import pytest

from pix_mailmerge.data_source.class_names import find_class


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("20260401_resultats_3A.csv", "3A"),
        ("20260401_resultats_3A (1).csv", "3A"),
        ("20260401_resultats_3A (12) (1).csv", "3A"),
        ("20260401_resultats_3A - Copie.csv", "3A"),
        ("20260401_resultats_3A - Copie (2).xlsx", "3A"),
        ("20260401_resultats_3e Émeraude.csv", "3e Émeraude"),
        (unicodedata.normalize("NFD", "20260401_resultats_3e Émeraude.csv"), "3e Émeraude"),
        ("20260401_resultats_6°_B&C #2.csv", "6°_B&C #2"),
        ("20260401_resultats_T.STMG.csv", "T.STMG"),
        ("20260401_results_3A.csv", "3A"),
        ("{datummettijd}_resultaten_3A.csv", "3A"),
        ("classes.zip/20260401_resultats_3A.csv", "3A"),
        ("20210101_1430_resultats_session_777.csv", ""),
        ("20210101_1430_resultats_session_777 (1).csv", ""),
        ("resultats_session_12 01-09-2019 14h30.csv", ""),
        ("3A.csv", "3A"),
        ("6e 2.csv", "6e 2"),
        ("6ème B.csv", "6ème B"),
        ("4°3.csv", "4°3"),
        ("2nde 5.csv", "2nde 5"),
        ("1ère STMG.csv", "1ère STMG"),
        ("T STMG 2.csv", "T STMG 2"),
        ("TG1.csv", "TG1"),
        ("BTS SIO2.csv", "BTS SIO2"),
        ("export1.csv", ""),
        ("notes2.csv", ""),
        ("Feuil1.xlsx", ""),
        ("TEST1.csv", ""),
        ("Total.csv", ""),
        ("6 Février.csv", ""),
        ("1er export.csv", ""),
        ("a1.csv", ""),
        ("export.csv", ""),
        ("entrée standard", ""),
        ("20260401.csv", ""),
        ("Résultats Pix.xlsx", ""),
    ],
)
def test_the_class_is_what_pix_put_into_the_name(file, name):
    assert find_class(file) == name
