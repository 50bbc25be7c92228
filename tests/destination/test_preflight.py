"""What dxpdf does not draw is known by name, on dxpdf itself; what can be cured looks as it should."""

import io

import PIL.Image
import pypdfium2
import pytest

from pix_mailmerge.destination.engines.embedded import EmbeddedSession
from pix_mailmerge.destination.preflight.survey import Survey, cure_document, survey_document

SECTION = (
    '<w:sectPr>{}<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" '
    'w:header="567" w:footer="567" w:gutter="{}"/>{}</w:sectPr>'
)
WPS = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
PICTURE = "http://schemas.openxmlformats.org/drawingml/2006/picture"
RED = '<a:solidFill><a:srgbClr val="FF0000"/></a:solidFill>'


def p(text, run="", paragraph=""):
    return f'<w:p><w:pPr>{paragraph}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def between(content):
    return f"{p('Avant')}<w:p><w:r>{content}</w:r></w:p>{p('Après')}"


def inline(graphic, uri):
    return (
        '<w:drawing><wp:inline><wp:extent cx="900000" cy="450000"/><wp:docPr id="1" name="n"/><a:graphic>'
        f'<a:graphicData uri="{uri}">{graphic}</a:graphicData></a:graphic></wp:inline></w:drawing>'
    )


def anchor(graphic, uri, behind=0, offset=300000):
    return (
        f'<w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="1" behindDoc='
        f'"{behind}" locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/><wp:positionH '
        'relativeFrom="column"><wp:posOffset>0</wp:posOffset></wp:positionH><wp:positionV relativeFrom="paragraph">'
        f'<wp:posOffset>{offset}</wp:posOffset></wp:positionV><wp:extent cx="900000" cy="450000"/><wp:wrapNone/>'
        f'<wp:docPr id="1" name="n"/><wp:cNvGraphicFramePr/><a:graphic><a:graphicData uri="{uri}">{graphic}'
        "</a:graphicData></a:graphic></wp:anchor></w:drawing>"
    )


def shape(preset="rect", fill=RED, line="", effect="", text="", body="<wps:bodyPr/>"):
    inside = f"<wps:txbx><w:txbxContent>{p(text)}</w:txbxContent></wps:txbx>" if text else ""
    return (
        '<wps:wsp><wps:cNvSpPr/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="900000" cy="450000"/></a:xfrm>'
        f'<a:prstGeom prst="{preset}"><a:avLst/></a:prstGeom>{fill}{line}{effect}</wps:spPr>{inside}{body}</wps:wsp>'
    )


def placed(drawing, fallback=""):
    return (
        f'<mc:AlternateContent><mc:Choice Requires="wps">{drawing}</mc:Choice>'
        f"<mc:Fallback>{fallback}</mc:Fallback></mc:AlternateContent>"
    )


def floating(**properties):
    return between(placed(anchor(shape(**properties), WPS)))


def picture(turn="", blip="", properties=""):
    return (
        '<pic:pic><pic:nvPicPr><pic:cNvPr id="1" name="i"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>'
        f'<a:blip r:embed="r1">{blip}</a:blip><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr>'
        f'<a:xfrm {turn}><a:off x="0" y="0"/><a:ext cx="900000" cy="450000"/></a:xfrm><a:prstGeom prst="rect">'
        f"<a:avLst/></a:prstGeom>{properties}</pic:spPr></pic:pic>"
    )


def image(kind="PNG"):
    drawn = PIL.Image.new("RGB", (60, 30), "white")
    drawn.paste((200, 30, 30), (0, 0, 30, 15))
    content = io.BytesIO()
    drawn.save(content, kind)
    return content.getvalue()


def pictured(**changes):
    return {"body": between(inline(picture(**changes), PICTURE)), "parts": {"media/i.png": ("image", image())}}


def table(cell="", properties=""):
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="4000" w:type="dxa"/>{properties}</w:tblPr><w:tblGrid><w:gridCol w:w="4000"/>'
        f'</w:tblGrid><w:tr><w:trPr><w:trHeight w:val="900"/></w:trPr><w:tc><w:tcPr><w:tcW w:w="4000" w:type="dxa"/>'
        f"{cell}</w:tcPr>{p('Cellule')}</w:tc></w:tr></w:tbl>{p('')}"
    )


def field(instruction, result="42"):
    parts = (
        '<w:fldChar w:fldCharType="begin"/>',
        f'<w:instrText xml:space="preserve"> {instruction} </w:instrText>',
        '<w:fldChar w:fldCharType="separate"/>',
        f"<w:t>{result}</w:t>",
        '<w:fldChar w:fldCharType="end"/>',
    )
    return "".join(f"<w:r>{part}</w:r>" for part in parts)


def headed(content):
    reference = '<w:headerReference w:type="default" r:id="r1"/>'
    header = f"<w:hdr {{NS}}>{content}</w:hdr>".encode()
    return {
        "body": p("Corps"),
        "parts": {"header1.xml": ("header", header)},
        "section": SECTION.format(reference, 0, ""),
    }


STYLED = '<w:style w:type="paragraph" w:styleId="T"><w:name w:val="Titre"/><w:rPr>{}</w:rPr></w:style>'
CHART = (
    b'<c:chartSpace {NS}><c:chart><c:plotArea><c:layout/><c:barChart><c:barDir val="col"/><c:ser><c:idx val="0"/>'
    b'<c:order val="0"/><c:val><c:numLit><c:ptCount val="1"/><c:pt idx="0"><c:v>3</c:v></c:pt></c:numLit></c:val>'
    b'</c:ser><c:axId val="1"/><c:axId val="2"/></c:barChart></c:plotArea></c:chart></c:chartSpace>'
)
GROUP = (
    '<wpg:wgp><wpg:cNvGrpSpPr/><wpg:grpSpPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="900000" cy="450000"/><a:chOff x="0" '
    f'y="0"/><a:chExt cx="900000" cy="450000"/></a:xfrm></wpg:grpSpPr>{shape()}</wpg:wgp>'
)
ARROW = '<a:ln w="25400">{}{}</a:ln>'

DROPPED = {
    "Texte barré": (p("Abc", "<w:strike/>"), p("Abc")),
    "Effet de texte (contour, ombre, relief, lueur)": (p("Abc", "<w:outline/>"), p("Abc")),
    "Graphique": (
        {
            "body": between(inline('<c:chart r:id="r1"/>', "http://schemas.openxmlformats.org/drawingml/2006/chart")),
            "parts": {"charts/chart1.xml": ("chart", CHART)},
        },
        between(""),
    ),
    "SmartArt": (
        between(inline("<dgm:relIds/>", "http://schemas.openxmlformats.org/drawingml/2006/diagram")),
        between(""),
    ),
    "Groupe de formes, zone de dessin ou encre": (
        between(anchor(GROUP, "http://schemas.microsoft.com/office/word/2010/wordprocessingGroup")),
        between(""),
    ),
    "Filigrane de texte": (
        between(
            '<w:pict><v:shape id="w" style="position:absolute;width:400pt;height:100pt" fillcolor="silver">'
            '<v:textpath style="font-family:Calibri" string="BROUILLON"/></v:shape></w:pict>'
        ),
        between(""),
    ),
    "Forme ou image à l’ancien format (VML)": (
        {
            "body": between(
                '<w:pict><v:shape id="s" style="width:60pt;height:30pt"><v:imagedata r:id="r1"/></v:shape></w:pict>'
            ),
            "parts": {"media/i.png": ("image", image())},
        },
        between(""),
    ),
    "Forme d’un dessin que le moteur ne connaît pas": (floating(preset="heart"), between("")),
    "Dégradé, motif ou image dans une forme": (
        floating(fill='<a:pattFill prst="pct50"><a:fgClr><a:srgbClr val="FF0000"/></a:fgClr></a:pattFill>'),
        floating(fill="<a:noFill/>"),
    ),
    "Forme au milieu d’une ligne de texte": (
        f"<w:p><w:r><w:t>Avant</w:t></w:r><w:r>{placed(inline(shape(), WPS))}</w:r></w:p>",
        p("Avant"),
    ),
    "Pointe de flèche": (
        floating(preset="line", line=ARROW.format(RED, '<a:tailEnd type="triangle"/>')),
        floating(preset="line", line=ARROW.format(RED, "")),
    ),
    "Effet d’une forme (lueur, reflet, bord adouci)": (
        floating(effect='<a:effectLst><a:glow rad="228600"><a:srgbClr val="FFC000"/></a:glow></a:effectLst>'),
        floating(),
    ),
    "Zone de texte verticale": (
        floating(text="Texte", body='<wps:bodyPr vert="vert270"/>'),
        floating(text="Texte"),
    ),
    "Image tournée ou retournée": (pictured(turn='rot="10800000"'), pictured()),
    "Bordure, découpe ou effet d’une image": (pictured(properties=f'<a:ln w="25400">{RED}</a:ln>'), pictured()),
    "Bordure de page": (
        {
            "body": p("Abc"),
            "section": SECTION.format(
                "", 0, '<w:pgBorders><w:top w:val="single" w:sz="24" w:space="24" w:color="FF0000"/></w:pgBorders>'
            ),
        },
        p("Abc"),
    ),
    "Numéros de ligne": (
        {"body": p("Abc"), "section": SECTION.format("", 0, '<w:lnNumType w:countBy="1"/>')},
        p("Abc"),
    ),
    "Trait entre les colonnes": (
        {"body": p("Abc " * 300), "section": SECTION.format("", 0, '<w:cols w:num="2" w:sep="1" w:space="720"/>')},
        {"body": p("Abc " * 300), "section": SECTION.format("", 0, '<w:cols w:num="2" w:space="720"/>')},
    ),
    "Texte vertical": (table('<w:textDirection w:val="btLr"/>'), table()),
    "Trame à motif": (table('<w:shd w:val="diagStripe" w:color="000000" w:fill="FFFFFF"/>'), table()),
    "Bordure en diagonale": (
        table('<w:tcBorders><w:tl2br w:val="single" w:sz="12" w:color="000000"/></w:tcBorders>'),
        table(),
    ),
    "Cadre ou lettrine": (
        p("Avant") + p("Abc", "", '<w:framePr w:w="2000" w:hAnchor="page" w:vAnchor="page" w:x="5000" w:y="5000"/>'),
        p("Avant") + p("Abc"),
    ),
    "Image ou forme derrière le texte": (
        f"<w:p><w:r>{placed(anchor(shape(), WPS, behind=1, offset=0))}</w:r><w:r><w:t>Abc</w:t></w:r></w:p>",
        f"<w:p><w:r>{placed(anchor(shape(), WPS, behind=0, offset=0))}</w:r><w:r><w:t>Abc</w:t></w:r></w:p>",
    ),
    "Numéro de page dans le corps": (f"<w:p>{field('PAGE')}</w:p>", p("42")),
    "Image au format WEBP": (
        {
            "body": f"<w:p><w:r>{inline(picture(), PICTURE)}</w:r></w:p>",
            "parts": {"media/i.webp": ("image", image("WEBP"))},
        },
        p(""),
    ),
    "Symbole de la police Webdings": (
        '<w:p><w:r><w:t>Abc</w:t><w:sym w:font="Webdings" w:char="F0FC"/></w:r></w:p>',
        '<w:p><w:r><w:t>Abc</w:t><w:sym w:font="Webdings" w:char="F0E8"/></w:r></w:p>',
    ),
}
"""What is dropped -> a document that has it, and one that has it not: the engine draws the same page of both."""

TOLD_ONLY = {
    "Objet incorporé (OLE)": between("<w:object/>"),
    "Document inséré (altChunk)": p("Abc") + '<w:altChunk r:id="r1"/>',
    "Habillage haut et bas de ce qui est placé sur la page": between(
        placed(
            anchor(shape(), WPS)
            .replace('<wp:positionV relativeFrom="paragraph">', '<wp:positionV relativeFrom="page">')
            .replace("<wp:wrapNone/>", "<wp:wrapTopAndBottom/>")
        )
    ),
    "Équation": "<w:p><m:oMath><m:r><m:t>x</m:t></m:r></m:oMath></w:p>",
    "Annotation au-dessus du texte (ruby)": "<w:p><w:r><w:ruby/></w:r></w:p>",
}
"""What makes the engine fail, or draw something else."""

WHITE = '<w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t xml:space="preserve">C'

CURED = {
    "wrappers": (
        "<w:p><w:r><w:t>Avant </w:t></w:r><w:sdt><w:sdtPr/><w:sdtContent><w:r><w:t>dedans</w:t></w:r></w:sdtContent>"
        '</w:sdt><w:bdo w:val="ltr"><w:r><w:t> après</w:t></w:r></w:bdo></w:p>',
        "<w:p><w:r><w:t>Avant </w:t></w:r><w:r><w:t>dedans</w:t></w:r><w:r><w:t> après</w:t></w:r></w:p>",
    ),
    "capitals": (
        p("Élève ", "<w:caps/>") + p("Œuvre", "<w:smallCaps/><w:sz w:val='40'/>") + p("non", '<w:caps w:val="0"/>'),
        f"{p('ÉLÈVE ')}<w:p><w:r><w:rPr><w:sz w:val='40'/></w:rPr><w:t>Œ</w:t></w:r><w:r><w:rPr><w:sz w:val='32'/>"
        f"</w:rPr><w:t>UVRE</w:t></w:r></w:p>{p('non')}",
    ),
    "capitals of a style": (
        {"body": p("Abc", "", '<w:pStyle w:val="T"/>'), "styles": STYLED.format("<w:caps/>")},
        p("ABC"),
    ),
    "patterns": (
        table('<w:shd w:val="pct50" w:color="000000" w:fill="FFFFFF"/>')
        + table('<w:shd w:val="solid" w:color="FF0000" w:fill="FFFFFF"/>'),
        table('<w:shd w:val="clear" w:fill="808080"/>') + table('<w:shd w:val="clear" w:fill="FF0000"/>'),
    ),
    "light-text": (
        table('<w:shd w:val="clear" w:fill="1F3864"/>') + p("a", '<w:shd w:val="clear" w:fill="000000"/>'),
        table('<w:shd w:val="clear" w:fill="1F3864"/>').replace('<w:rPr></w:rPr><w:t xml:space="preserve">C', WHITE)
        + p("a", '<w:shd w:val="clear" w:fill="000000"/><w:color w:val="FFFFFF"/>'),
    ),
    "gutter": (
        {"body": p("Abc"), "section": SECTION.format("", 1000, "")},
        p("Abc", "", '<w:ind w:left="1000"/>'),
    ),
    "separators, checkboxes, fields": (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="1"/></w:checkBox>'
        "</w:ffData></w:fldChar></w:r><w:r><w:instrText> FORMCHECKBOX </w:instrText></w:r><w:r>"
        '<w:fldChar w:fldCharType="end"/></w:r><w:r><w:t>Oui</w:t></w:r></w:p>',
        "<w:p><w:r><w:t>☒</w:t></w:r><w:r><w:t>Oui</w:t></w:r></w:p>",
    ),
    "symbols": (
        '<w:p><w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r></w:p>'
        + p("þ", '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>'),
        p("✓") + p("☑"),
    ),
    "separators": (
        '<w:p><w:r><w:t>Abc</w:t></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> FORMTEXT '
        '</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t>def</w:t></w:r></w:p>',
        "<w:p><w:r><w:t>Abc</w:t></w:r><w:r><w:t>def</w:t></w:r></w:p>",
    ),
    "soft-hyphens": (p("atte\u00adsta\u00adtion"), p("attestation")),
    "fields": (
        f"<w:p>{field('DATE')}</w:p><w:p><w:fldSimple w:instr=' TIME '><w:r><w:t>9 h</w:t></w:r></w:fldSimple></w:p>",
        p("42") + p("9 h"),
    ),
    "revisions": (
        '<w:p><w:r><w:t>Abc</w:t></w:r><w:ins w:id="1" w:author="a"><w:r><w:t> mis</w:t></w:r></w:ins>'
        '<w:del w:id="2" w:author="a"><w:r><w:delText> retiré</w:delText></w:r></w:del></w:p>',
        '<w:p><w:r><w:t>Abc</w:t></w:r><w:r><w:t xml:space="preserve"> mis</w:t></w:r></w:p>',
    ),
    "lone-shapes": (
        f"{p('Avant')}<w:p><w:r>{placed(inline(shape(), WPS))}</w:r></w:p>",
        f"{p('Avant')}<w:p><w:r>{placed(anchor(shape(), WPS, offset=0))}</w:r></w:p>",
    ),
}
"""Cure -> a document that needs it, and one that says the same in words that the engine knows."""


@pytest.fixture(scope="module")
def embedded():
    with EmbeddedSession() as session:
        yield session


@pytest.fixture
def drawn(make_docx, tmp_path, embedded):
    """Return drawn(document, cures=()) -> the pixels of its pages, and its survey."""
    numbers = iter(range(100))

    def draw(document, cured=False):
        number = next(numbers)
        given = document if isinstance(document, dict) else {"body": document}
        docx = make_docx(**given, name=f"{number}.docx")
        survey = survey_document(docx)
        if cured:
            cure_document(docx, tmp_path / f"{number}c.docx", survey.cures_for("embedded"))
            docx = tmp_path / f"{number}c.docx"
        pdf = tmp_path / f"{number}.pdf"
        embedded.convert(docx, pdf)
        with pypdfium2.PdfDocument(pdf) as opened:
            pages = [page.render(scale=1).to_pil().tobytes() for page in opened]
        return pages, survey

    return draw


def names(survey):
    return [problem.what.split("»")[0].strip("« ") for problem in survey.drops]


@pytest.mark.parametrize("name", DROPPED)
def test_what_the_engine_drops_is_told_and_is_dropped_indeed(drawn, name):
    having, lacking = DROPPED[name]
    pages, survey = drawn(having)
    assert names(survey) == [name]
    assert pages == drawn(lacking)[0]


@pytest.mark.parametrize("name", TOLD_ONLY)
def test_what_the_engine_does_not_bear_is_told(make_docx, name):
    assert names(survey_document(make_docx(TOLD_ONLY[name]))) == [name]


@pytest.mark.parametrize("name", CURED)
def test_what_can_be_cured_is_drawn_as_it_should_be(drawn, name):
    ill, well = CURED[name]
    pages, survey = drawn(ill, cured=True)
    assert survey.cures == set(name.partition(" of ")[0].split(", "))
    assert survey.drops == ()
    assert pages == drawn(well)[0]


@pytest.mark.parametrize(
    "preset", ["ellipse", "roundRect", "triangle", "diamond", "star5", "rightArrow", "upArrow", "flowChartTerminator"]
)
def test_a_usual_shape_is_drawn_once_cured(drawn, preset):
    plain, survey = drawn(floating(preset=preset))
    assert (survey.drops, survey.cures) == ((), {"shapes"})
    assert plain == drawn(between(""))[0]
    assert drawn(floating(preset=preset), cured=True)[0] != plain


def test_a_straight_connector_is_a_line(drawn):
    line = ARROW.format(RED, "")
    cured, _ = drawn(floating(preset="straightConnector1", line=line), cured=True)
    assert cured == drawn(floating(preset="line", line=line))[0]


@pytest.mark.parametrize(
    "document",
    [
        p("Abc", '<w:b/><w:i/><w:u w:val="single"/><w:highlight w:val="yellow"/><w:strike w:val="0"/>'),
        floating(text="Boîte"),
        pictured(),
        table('<w:shd w:val="clear" w:fill="FFFF00"/>'),
        table('<w:shd w:val="clear" w:fill="000000"/>').replace(
            "<w:rPr></w:rPr>", '<w:rPr><w:color w:val="FFFFFF"/></w:rPr>'
        ),
        headed(f"<w:p><w:r>{placed(anchor(shape(), WPS, behind=1))}</w:r>{field('PAGE')}</w:p>"),
        between(placed(anchor(shape(), WPS), fallback='<w:pict><v:rect style="width:9pt"/></w:pict>')),
    ],
    ids=["text", "text box", "picture", "table", "white on black", "header", "fallback"],
)
def test_what_the_engine_draws_is_not_complained_of(make_docx, document):
    given = document if isinstance(document, dict) else {"body": document}
    assert survey_document(make_docx(**given)) == Survey()


def test_a_style_in_use_is_looked_into_and_another_is_not(make_docx):
    used = make_docx(p("Abc", "", '<w:pStyle w:val="T"/>'), styles=STYLED.format("<w:strike/>"))
    (problem,) = survey_document(used).drops
    assert (problem.where.part, problem.where.near) == ("style", "Titre")
    assert survey_document(make_docx(p("Abc"), "b.docx", styles=STYLED.format("<w:strike/>"))).drops == ()


def test_a_problem_says_where(make_docx):
    (problem,) = survey_document(make_docx(p("Un mot barré", "<w:strike/>"))).drops
    assert (problem.id, problem.severity) == ("model.not-drawn", "warning")
    assert str(problem.where) == "essai.docx, corps, près de « Un mot barré »"
    assert "--engine" in problem.remedy


def test_page_1_of_2_asks_for_records_apart(make_docx):
    survey = survey_document(make_docx(**headed(f"<w:p>{field('PAGE')}{field('SECTIONPAGES')}</w:p>")))
    assert survey.counts_pages
    assert survey.cures == {"section-pages"}
    assert not survey_document(make_docx(**headed(f"<w:p>{field('PAGE')}</w:p>"), name="b.docx")).counts_pages


def test_other_engines_get_what_they_need_too(make_docx):
    survey = survey_document(make_docx(f"<w:p>{field('DATE')}</w:p>{p('a', '<w:caps/>')}"))
    assert survey.cures_for("embedded") == ("fields", "capitals")
    assert survey.cures_for("libreoffice") == ("fields",)


def test_a_field_in_a_field_is_frozen_with_it(drawn):
    nested = (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> IF </w:instrText></w:r>'
        f"{field('MERGEFIELD a', '1')}<w:r><w:instrText> = 1 oui non </w:instrText></w:r><w:r>"
        '<w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>oui</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/>'
        "</w:r></w:p>"
    )
    assert drawn(nested, cured=True)[0] == drawn(p("oui"))[0]


def test_paragraphs_whose_mark_was_deleted_are_joined(drawn):
    marked = '<w:p><w:pPr><w:rPr><w:del w:id="1" w:author="a"/></w:rPr></w:pPr><w:r><w:t>Un</w:t></w:r></w:p>'
    joined = "<w:p><w:r><w:t>Un</w:t></w:r><w:r><w:t>deux</w:t></w:r></w:p>"
    assert drawn(marked + p("deux"), cured=True)[0] == drawn(joined)[0]


def test_a_font_that_nobody_has_is_told_and_sends_to_no_other_engine(make_docx):
    run = '<w:rFonts w:ascii="Police Inconnue" w:hAnsi="Police Inconnue"/>'
    survey = survey_document(make_docx(p("Abc", run)))
    assert survey.drops == ()
    assert [(problem.id, "Police Inconnue" in problem.what) for problem in survey.problems] == [("model.font", True)]


def test_a_font_that_the_document_carries_is_not_told(make_docx):
    run = '<w:rFonts w:ascii="Police Inconnue" w:hAnsi="Police Inconnue"/>'
    carried = b'<w:fonts {NS}><w:font w:name="Police Inconnue"><w:embedRegular r:id="x"/></w:font></w:fonts>'
    docx = make_docx(p("Abc", run), parts={"fontTable.xml": ("fontTable", carried)})
    assert survey_document(docx).problems == ()


def test_a_damaged_document_is_left_to_the_engine(make_docx):
    assert survey_document(make_docx("<w:p>")) == Survey()
