"""Pictures whose alternative text names an image of the school."""

import io
import zipfile

import PIL.Image
import pytest

from pix_mailmerge.model.images import parse_image
from pix_mailmerge.model.media import Picture
from pix_mailmerge.settings import School


def png(colour: str, size: tuple[int, int] = (2, 1)) -> bytes:
    file = io.BytesIO()
    PIL.Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


OWN = {"word/media/own.png": png("white")}
SIGNATURE = Picture(parse_image(png("blue", (40, 10)), "signature.png"))


def drawing(alt: str, *, crop: str = "") -> str:
    return (
        '<w:r><w:drawing><wp:inline><wp:extent cx="200" cy="100"/>'
        f'<wp:docPr id="1" name="Image" descr="{alt}"/><a:graphic><a:graphicData><pic:pic><pic:blipFill>'
        f'<a:blip r:embed="r-own"/>{crop}</pic:blipFill></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r>"
    )


def picture_of(docx: bytes, part: str = "document") -> PIL.Image.Image:
    """Return the picture that the first frame of a document refers to."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        xml = archive.read(f"word/{part}.xml").decode()
        rid = xml.split('r:embed="' if "r:embed" in xml else 'imagedata r:id="')[1].split('"')[0]
        links = archive.read(f"word/_rels/{part}.xml.rels").decode()
        target = next(link for link in links.split("<") if f'Id="{rid}"' in link).split('Target="')[1].split('"')[0]
        return PIL.Image.open(io.BytesIO(archive.read(f"word/{target}"))).convert("RGBA")


def middle(picture: PIL.Image.Image) -> tuple[int, ...]:
    pixel = picture.getpixel((picture.width // 2, picture.height // 2))
    assert isinstance(pixel, tuple)
    return pixel[:3]


@pytest.mark.parametrize("alt", ["signature", " Signature "])
def test_the_image_fills_the_frame_without_being_stretched(word, alt):
    model = word.model(word.paragraph(drawing(alt)), members=OWN)
    document = model.render({"signature": SIGNATURE})
    picture = picture_of(document)
    assert (picture.width, picture.height) == (40, 20)  # the frame is twice as wide as it is high
    assert middle(picture) == (0, 0, 255)
    assert picture.getpixel((0, 0)) == (0, 0, 0, 0)
    assert '<wp:extent cx="200" cy="100"/>' in word.part(document)


@pytest.mark.parametrize("record", [{}, {"signature": None}])
def test_the_models_own_picture_stays_where_none_is_given(word, record):
    model = word.model(word.paragraph(drawing("signature")), members=OWN)
    assert middle(picture_of(model.render(record))) == (255, 255, 255)


def test_another_alternative_text_is_left_alone(word):
    model = word.model(word.paragraph(drawing("la signature")), members=OWN)
    assert model.fields == ()
    assert middle(picture_of(model.render({"signature": SIGNATURE}))) == (255, 255, 255)


def test_a_crop_belonged_to_the_other_picture(word):
    body = word.paragraph(drawing("logo", crop='<a:srcRect l="5000"/>'))
    assert "srcRect" not in word.part(word.model(body, members=OWN).render({}))


def test_the_copy_for_old_programs_is_replaced_too(word):
    shape = '<v:shape style="width:2pt;height:1pt" alt="signature"><v:imagedata r:id="r-own"/></v:shape>'
    model = word.model(word.paragraph(f"<w:r><w:pict>{shape}</w:pict></w:r>"), members=OWN)
    assert middle(picture_of(model.render({"signature": SIGNATURE}))) == (0, 0, 255)


def test_a_frame_counts_among_the_fields_that_may_be_left_out(word):
    model = word.model(word.paragraph(drawing("signature"), word.run("{{ nom }}")), members=OWN)
    assert (model.kind, model.fields) == ("tags", ("nom", "signature"))
    assert model.check(["nom"], School()).problems == ()


def test_a_signature_may_also_be_a_merge_field(word):
    model = word.model(word.paragraph(word.field("MERGEFIELD signature"), word.field('IF 1 = 1 "x"')))
    document = model.render({"signature": SIGNATURE})
    assert middle(picture_of(document)) == (0, 0, 255)
    assert word.lines(document) == ["x"]


def test_a_signature_in_a_branch_is_drawn(word):
    body = word.field('IF 1 = 1 "', word.field("MERGEFIELD signature"), '" ""')
    document = word.model(word.paragraph(body)).render({"signature": SIGNATURE})
    assert middle(picture_of(document)) == (0, 0, 255)
