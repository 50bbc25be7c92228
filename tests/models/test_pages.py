"""What the shipped models print: the words of a page, and how many pages."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from docx.shared import Cm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from PIL import Image

from pix_mailmerge.destination.engines.embedded import EmbeddedSession
from pix_mailmerge.destination.engines.libreoffice import LibreOfficeSession

MODELS = Path(__file__).parents[2] / "models"
ATTESTATION = "attestation-pix.docx"
STATEMENT = "releve-de-classe.docx"
LONGEST = "Andrianampoinimerinatompokoindrindra-Rakotomalala de Rosiers"

Merge = Callable[[str, Mapping[str, object]], bytes]
Lines = Callable[[bytes], list[str]]
Pupil = Callable[..., dict[str, object]]


@pytest.fixture(scope="module")
def engine() -> Iterator[EmbeddedSession]:
    with EmbeddedSession() as session:
        yield session


def fullest(pupil: Pupil, picture: Path) -> bytes:
    """Return the attestation with everything a school may give, each as large as it gets."""
    Image.new("L", (500, 220), 90).save(picture)
    square = picture.with_name("square.png")
    Image.new("L", (220, 220), 90).save(square)
    model = DocxTemplate(MODELS / ATTESTATION)
    values = pupil(
        nom=LONGEST,
        prenom="Marie-Antoinette",
        niveau="Indépendant 2",
        maximum="895",
        lieu_naissance="Saint-Barthélemy-de-Vals-sur-Galaure",
        classe="3e Émeraude, groupe de Mme de La Tour",
        etablissement="Lycée général et technologique Antoine de Saint-Exupéry – Cité scolaire internationale",
        adresse="12 rue de l’Abbé-Grégoire, 69003",
        academie="Académie de Lyon",
        uai="0691234X",
        fonction_chef="La proviseure",
        signature=InlineImage(model, str(picture), width=Cm(5)),
        cachet=InlineImage(model, str(square), height=Cm(2.2)),
        logo=InlineImage(model, str(square), height=Cm(2.2)),
    )
    model.render(values, ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True))
    file = io.BytesIO()
    model.save(file)
    return file.getvalue()


def test_the_attestation_names_the_pupil_the_birth_the_exam_and_the_score(
    pupil: Pupil, merge: Merge, read_lines: Lines
) -> None:
    page = read_lines(merge(ATTESTATION, pupil(niveau="Novice 2")))
    for line in (
        "Collège Jean-Moulin",
        "Hugo Bernard",
        "Né(e) le 28/12/2006 à Villeurbanne – classe de 3A",
        "pour la certification Pix passée le 08/06/2021, avec les résultats suivants.",
        "155 / 768 Pix\u2003niveau Novice 2",
        "1318265",
        "Fait à Lyon, le 18 juin 2021",
        "Le chef d’établissement",
        "Mme Claire Fontaine",
    ):
        assert line in page


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"lieu_naissance": ""}, "Né(e) le 28/12/2006 – classe de 3A"),
        ({"classe": ""}, "Né(e) le 28/12/2006 à Villeurbanne"),
        ({"lieu_naissance": "", "classe": ""}, "Né(e) le 28/12/2006"),
        ({"niveau": ""}, "155 / 768 Pix"),
        ({"maximum": ""}, "155 Pix"),
        ({"adresse": "1 rue du Lac"}, "1 rue du Lac – Lyon"),
        ({"academie": "Académie de Lyon", "uai": "0690001A"}, "Académie de Lyon – UAI 0690001A"),
        ({"uai": "0690001A"}, "UAI 0690001A"),
        ({"fonction_chef": "La principale"}, "La principale"),
        ({"nom": "BOYER & FILS", "prenom": "Rosalie"}, "Rosalie BOYER & FILS"),
    ],
)
def test_what_is_missing_leaves_no_trace_and_what_is_given_is_printed(
    pupil: Pupil, merge: Merge, read_lines: Lines, changes: dict[str, object], line: str
) -> None:
    assert line in read_lines(merge(ATTESTATION, pupil(**changes)))


def test_a_level_a_zero_a_dash_and_nothing_are_told_apart(pupil: Pupil, merge: Merge, read_lines: Lines) -> None:
    page = read_lines(merge(ATTESTATION, pupil("4 0 – . 6 1 1 1 1 1 1 1 1 1 1 1")))
    assert "1.1\tCompétence 1.1\t●●●●○○\t4" in page
    assert "1.2\tCompétence 1.2\t○○○○○○\t0" in page
    assert "1.3\tCompétence 1.3\tnon évaluée\t–" in page
    assert "2.1\tCompétence 2.1\t\t" in page
    assert "2.2\tCompétence 2.2\t●●●●●●\t6" in page


@pytest.mark.parametrize(("maximum", "dots"), [("640", 5), ("768", 6), ("896", 7), ("895", 7), ("1024", 8)])
def test_there_are_as_many_dots_as_levels_could_be_reached(
    pupil: Pupil, merge: Merge, read_lines: Lines, maximum: str, dots: int
) -> None:
    page = read_lines(merge(ATTESTATION, pupil("5 " * 15 + "0", maximum=maximum)))
    assert f"1.1\tCompétence 1.1\t●●●●●{'○' * (dots - 5)}\t5" in page
    assert f"5.2\tCompétence 5.2\t{'○' * dots}\t0" in page


def test_the_fullest_attestation_is_one_page(pupil: Pupil, engine: EmbeddedSession, tmp_path: Path) -> None:
    docx = tmp_path / "page.docx"
    docx.write_bytes(fullest(pupil, tmp_path / "picture.png"))
    assert engine.convert(docx, tmp_path / "page.pdf") == 1


@pytest.mark.real("soffice")
def test_the_fullest_attestation_is_one_page_in_libreoffice(pupil: Pupil, tmp_path: Path) -> None:
    docx = tmp_path / "page.docx"
    docx.write_bytes(fullest(pupil, tmp_path / "picture.png"))
    with LibreOfficeSession(tmp_path) as session:
        assert session.convert(docx, tmp_path / "page.pdf") == 1


def test_the_class_statement_has_a_row_per_pupil_with_sixteen_levels(
    pupil: Pupil, merge: Merge, read_lines: Lines
) -> None:
    pupils = [pupil(nom=f"NOM{number}") for number in range(3)]
    page = read_lines(merge(STATEMENT, pupil(eleves=pupils)))
    assert "Classe de 3A – effectif\u00a0: 3" in page
    start = page.index("NOM1")
    assert page[start - 1] == "2"
    assert page[start : start + 7] == ["NOM1", "Hugo", "28/12/2006", "1318265", "08/06/2021", "155", ""]
    assert " ".join(page[start + 7 : start + 23]) == "5 4 3 2 1 0 – 6 5 4 3 2 1 0 – 6"


def test_the_class_statement_of_thirty_pupils_repeats_its_headings_on_the_second_page(
    pupil: Pupil, merge: Merge, engine: EmbeddedSession, tmp_path: Path
) -> None:
    import pypdfium2

    docx, pdf = tmp_path / "page.docx", tmp_path / "page.pdf"
    docx.write_bytes(merge(STATEMENT, pupil(eleves=[pupil(nom=f"NOM{number}") for number in range(30)])))
    assert engine.convert(docx, pdf) == 2
    with pypdfium2.PdfDocument(pdf) as document:
        texts = [page.get_textpage().get_text_range() for page in document]
    for number, text in enumerate(texts, 1):
        assert "Émargement" in text
        assert f"page {number} sur 2" in text
        assert "classe de 3A" in text
    assert "NOM29" in texts[1]
