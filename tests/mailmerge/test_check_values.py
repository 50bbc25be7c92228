"""What check says of the values before they are printed: empty, alike, too long, on the wrong ground."""

from __future__ import annotations

import sys
from pathlib import Path

import docx
import PIL.Image
import PIL.ImageDraw
import pytest

from pix_mailmerge.data_source.record import Header, Record
from pix_mailmerge.mailmerge.check import check
from pix_mailmerge.mailmerge.check_values import check_absent, check_homonyms
from pix_mailmerge.mailmerge.order import Order
from pix_mailmerge.problems import Problem
from pix_mailmerge.settings import School

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "samples/20210618_resultats_3A.csv"
HEADER = Header(("Nom", "Prénom", "Date de naissance", "Lieu de naissance", "Identifiant Externe", "Classe"))


def records(*rows: tuple[str, ...]) -> list[Record]:
    return [Record("liste.csv", line, HEADER, row) for line, row in enumerate(rows, 2)]


def model_of(folder: Path, *lines: str) -> Path:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    file = folder / "modele.docx"
    document.save(str(file))
    return file


def table_of(folder: Path, *rows: str) -> Path:
    file = folder / "liste.csv"
    file.write_text("\n".join(rows), "utf-8-sig")
    return file


def ids_of(problems: tuple[Problem, ...]) -> list[str]:
    return [problem.id for problem in problems]


def checked(source: Path, model: Path, school: School | None = None) -> tuple[Problem, ...]:
    return check(Order((str(source),), (model,), school=school or School()))


def test_pupils_of_whom_half_the_name_is_missing_are_no_homonyms():
    assert list(check_homonyms(records(("", "Lucas"), ("", "Lucas"), ("Martin", ""), ("Martin", "")))) == []
    nameless = [Record("liste.csv", line, Header(("Classe",)), ("3A",)) for line in (2, 3)]
    assert list(check_homonyms(nameless)) == []


def test_homonyms_are_listed_together_with_what_tells_them_apart():
    (told,) = check_homonyms(
        records(
            ("MARTIN", "Lucas", "01/02/2006", "Lyon", "", "3A"),
            ("Petit", "Chloé", "03/04/2006", "Lyon", "", "3A"),
            ("Martin", "LUCAS", "02/01/2006", "Lyon", "", "3B"),
        )
    )
    assert (told.id, told.severity, told.where.line) == ("source.homonyms", "warning", 2)
    assert "3A, né(e) le 01/02/2006 (ligne 2) ; 3B, né(e) le 02/01/2006 (ligne 4)" in told.what


def test_pupils_without_a_name_are_not_homonyms():
    assert list(check_homonyms(records(("", "", "", "", "", ""), ("", "", "", "", "", "")))) == []


def test_each_pupil_who_lacks_values_is_told_once_with_all_of_them():
    whole = ("A", "B", "01/02/2006", "Lyon", "1", "3A")
    found = list(
        check_absent(
            records(whole, ("C", "D", "01/02/2006", "", "", "3A"), whole, whole),
            ["Lieu de naissance", "Identifiant Externe"],
        )
    )
    assert [(problem.id, problem.where.line, problem.where.column) for problem in found] == [
        ("source.value-absent", 3, "Lieu de naissance")
    ]
    assert "« Lieu de naissance », « Identifiant Externe » sont vides pour C D" in found[0].what


def test_a_column_that_most_pupils_lack_is_told_once():
    found = list(check_absent(records(*[("A", "B", "", "Lyon", "", "3A")] * 20), ["Identifiant Externe"]))
    assert len(found) == 1
    assert "vide pour 20 élèves sur 20" in found[0].what


def test_what_the_model_does_not_print_may_be_empty(tmp_path):
    source = table_of(tmp_path, "Nom;Filière", "PETIT;", "MARTIN;Générale")
    assert checked(source, model_of(tmp_path, "{{ nom }}")) == ()
    assert ids_of(checked(source, model_of(tmp_path, "{{ nom }} {{ filiere }}"))) == ["source.value-absent"]


def test_a_value_that_the_model_knows_to_do_without_may_be_empty(tmp_path):
    source = table_of(tmp_path, "Nom;Filière", "PETIT;", "MARTIN;Générale")
    model = model_of(tmp_path, "{{ nom }}{% if filiere %}, {{ filiere }}{% endif %}")
    assert checked(source, model) == ()


def test_a_birthplace_is_told_even_where_the_shipped_model_does_without():
    school = School(etablissement="C", ville="L", chef="X", signature=ROOT / "samples/signature.png")
    problems = checked(SOURCE, ROOT / "models/attestation-pix.docx", school)
    assert [(one.id, one.where.line) for one in problems] == [("source.homonyms", 19), ("source.value-absent", 15)]


def test_a_document_that_outgrows_the_page_of_an_ordinary_pupil_is_told(tmp_path):
    ordinary = [f"ÉLÈVE {number};Rien à dire" for number in range(8)]
    source = table_of(tmp_path, "Nom;Appréciation", *ordinary[:4], "LONG;" + "un mot " * 900, *ordinary[4:])
    (told,) = checked(source, model_of(tmp_path, "{{ nom }}", "{{ appreciation }}"))
    assert (told.id, told.where.line) == ("model.overflow", 6)
    assert "LONG prend" in told.what and "un élève ordinaire, 1." in told.what


@pytest.mark.parametrize(
    ("line", "id"),
    [
        ("{% if nom == 'BLANC' %}{{ 'A' * 10**10 }}{% endif %}", "model.too-much-memory"),
        ("{{ 1 // (nom|length - 5) }}", "model.tag-failed"),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="no limit of memory that holds")
def test_what_stops_the_merge_for_one_pupil_alone_is_told_before(tmp_path, line, id):
    source = table_of(tmp_path, "Nom;Prénom", "ADAM;Léa", "BLANC;Hugo", "CLERMONT;Zoé")
    assert id in ids_of(checked(source, model_of(tmp_path, "{{ prenom }}", line)))


def test_nothing_is_converted_where_an_error_stops_the_run(tmp_path):
    source = table_of(tmp_path, "Nom;Appréciation", "PETIT;x", "LONG;" + "un mot " * 900)
    assert ids_of(checked(source, model_of(tmp_path, "{{ nom }} {{ appreciation }} {{ ville }}"))) == [
        "settings.missing-value"
    ]


def picture(folder: Path, size: tuple[int, int], ground: tuple[int, ...], name: str = "signature.png") -> Path:
    file = folder / name
    image = PIL.Image.new("RGBA" if len(ground) == 4 else "RGB", size, ground)
    PIL.ImageDraw.Draw(image).line((size[0] // 4, size[1] // 2, size[0] // 2, size[1] // 3), fill=(0, 0, 90))
    image.save(file)
    return file


@pytest.mark.parametrize(
    ("size", "ground", "expected"),
    [
        ((600, 220), (255, 255, 255), []),
        ((600, 220), (0, 0, 0, 0), []),
        ((600, 220), (250, 248, 240), []),
        ((600, 220), (180, 190, 200), ["settings.image-ground"]),
        ((120, 44), (255, 255, 255), ["settings.image-coarse"]),
        ((120, 44), (90, 90, 90), ["settings.image-coarse", "settings.image-ground"]),
    ],
)
def test_a_signature_is_fine_enough_and_on_a_white_or_transparent_ground(tmp_path, size, ground, expected):
    school = School(signature=picture(tmp_path, size, ground))
    assert (
        ids_of(checked(table_of(tmp_path, "Nom", "PETIT"), model_of(tmp_path, "{{ signature }}"), school)) == expected
    )


def test_the_size_that_the_model_prints_it_at_decides_how_fine_it_must_be(tmp_path):
    school = School(signature=picture(tmp_path, (600, 220), (255, 255, 255)))
    source = table_of(tmp_path, "Nom", "PETIT")
    # 600 pixels on 150 mm are 102 dots per inch; on 40 mm, 381
    assert ids_of(checked(source, model_of(tmp_path, "{{ signature|largeur(150) }}"), school)) == [
        "settings.image-coarse"
    ]
    assert checked(source, model_of(tmp_path, "{{ signature|largeur(40) }}"), school) == ()


def test_an_image_that_cannot_be_read_is_an_error_and_one_that_no_model_prints_is_not(tmp_path):
    (tmp_path / "signature.png").write_bytes(b"no image")
    school = School(signature=tmp_path / "signature.png")
    source = table_of(tmp_path, "Nom", "PETIT")
    assert ids_of(checked(source, model_of(tmp_path, "{{ signature }}"), school)) == ["settings.image-unreadable"]
    assert ids_of(checked(source, model_of(tmp_path, "{{ nom }}"), school)) == ["settings.unused"]


def test_what_the_embedded_engine_will_not_draw_is_told(tmp_path):
    document = docx.Document()
    document.add_paragraph("{{ nom }}").add_run("barré").font.strike = True
    document.save(str(tmp_path / "modele.docx"))
    problems = checked(table_of(tmp_path, "Nom", "PETIT"), tmp_path / "modele.docx")
    assert [one.id for one in problems] == ["model.not-drawn"]


def test_a_font_that_nobody_has_is_told(tmp_path):
    document = docx.Document()
    document.add_paragraph().add_run("{{ nom }}").font.name = "Belle Écriture Inconnue"
    document.save(str(tmp_path / "modele.docx"))
    problems = checked(table_of(tmp_path, "Nom", "PETIT"), tmp_path / "modele.docx")
    assert [one.id for one in problems] == ["model.font"]
    assert "Belle Écriture Inconnue" in problems[0].what
