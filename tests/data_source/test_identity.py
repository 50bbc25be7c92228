"""CSV to workbook to records is the identity: 10,000 random rows."""

import random
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pix_mailmerge.data_source.pix_export import read_sources
from pix_mailmerge.data_source.results_xlsx import read_workbook, write_results

ROWS = 100
EXAMPLES = 100

CODES = ("1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "2.4", "3.1", "3.2", "3.3", "3.4", "4.1", "4.2", "4.3", "5.1", "5.2")
HEADERS = (
    *("Numéro de certification", "Prénom", "Nom", "Date de naissance", "Lieu de naissance", "Identifiant Externe"),
    *("Statut", "Nombre de Pix", *CODES, "Commentaire jury pour l’organisation", "Session"),
    *("Date de passage de la certification", "Remarque"),
)
STATUSES = ("Validée", "Rejetée", "Non obtenue", "Annulée", "En erreur", "Démarrée")
NASTY = ("=1+1", "@SUM(A1)", "_x0041_", "\x00", "\x0b", "a\nb", '"', ";", "\t", " x ", "-", "'", "\u2028", "😀", "1.10")

texts = st.lists(
    st.one_of(st.text(st.characters(exclude_categories=("Cs",)), max_size=12), st.sampled_from(NASTY)),
    min_size=40,
    max_size=40,
)


def rows_of(pool, chance):
    """Yield rows of a D3 with a column of the school, their texts from ``pool``."""
    for number in range(ROWS):
        first, last, place, id, comment, remark = (chance.choice(pool) for _ in range(6))
        born, exam = (
            f"{chance.randint(1, 28):02}/{chance.randint(1, 12):02}/{chance.randint(1930, 2029)}" for _ in "ab"
        )
        levels = [chance.choice("012345678-") for _ in CODES]
        score = chance.choice(("-", str(chance.randint(0, 1024))))
        yield [
            str(number),
            first,
            last,
            born,
            place,
            id,
            chance.choice(STATUSES),
            score,
            *levels,
            comment,
            "7",
            exam,
            remark,
        ]


def csv_of(rows):
    quoted = (";".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in (HEADERS, *rows))
    return b"\xef\xbb\xbf" + "\n".join(quoted).encode()


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(pool=texts, seed=st.integers(0, 2**32))
def test_random_rows_come_back_as_they_were(pool, seed):
    pool = [text.replace("\r\n", "\n").replace("\r", "\n") for text in pool]
    rows = list(rows_of(pool, random.Random(seed)))
    with tempfile.TemporaryDirectory() as name:
        source, file = Path(name) / "20260401_resultats_3A.csv", Path(name) / "Résultats Pix.xlsx"
        source.write_bytes(csv_of(rows))
        reading = read_sources([source])
        write_results(file, reading.records)
        back = read_workbook(file)
    assert len(reading.records) == ROWS
    for row, record in zip(rows, reading.records, strict=True):
        assert [record.values[header] for header in HEADERS] == row
    assert back.header == reading.header
    assert [record.cells for record in back.records] == [record.cells for record in reading.records]
