"""Every feature of docxtpl's dialect: the rendered parts are docxtpl's, canonicalised."""

from __future__ import annotations

import io
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage, Listing, RichText, RichTextParagraph
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from pix_mailmerge.model.word_model import Model, open_model

Values = Mapping[str, Any]
Model_ = Callable[..., Path]


def p(*texts: str) -> str:
    """A paragraph whose text is cut into these runs."""
    return f"<w:p>{''.join(f'<w:r><w:t>{text}</w:t></w:r>' for text in texts)}</w:p>"


def row(*cells: str) -> str:
    return f"<w:tr>{''.join(f'<w:tc><w:tcPr><w:noWrap/></w:tcPr>{cell}</w:tc>' for cell in cells)}</w:tr>"


def table(columns: int, *rows: str) -> str:
    grid = '<w:gridCol w:w="1000"/>' * columns
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def box(inside: str) -> str:
    content = f"<v:textbox><w:txbxContent>{inside}</w:txbxContent></v:textbox>"
    return f"<w:p><w:r><w:pict><v:shape>{content}</v:shape></w:pict></w:r></w:p>"


def drawing(more: str = "") -> str:
    inline = '<wp:inline><wp:docPr name="a" id="7"/></wp:inline>'
    return f"<w:p><w:r><w:drawing>{inline}</w:drawing></w:r><w:r><w:t>{more}</w:t></w:r></w:p>"


LOOP = table(
    2,
    row(p("tête"), p("")),
    row(p("{%tr for x in liste %}"), p("")),
    row(p("{{ x }}"), p("{{ loop.index }}")),
    row(p("{%tr endfor %}"), p("")),
)

FEATURES = {
    "value": p("{{ nom }} {{nom}}"),
    "value split over runs": p("{", "{ no", "m }", "}"),
    "proofErr in a tag": p("{{ ", "nom }}").replace("</w:r>", '</w:r><w:proofErr w:type="spellStart"/>', 1),
    "as Word saves": (
        '<w:p w:rsidR="00A1" w:rsidRDefault="00B2"><w:pPr><w:rPr><w:lang w:val="fr-FR"/></w:rPr></w:pPr>'
        '<w:r w:rsidRPr="00C3"><w:rPr><w:lang w:val="fr-FR"/></w:rPr><w:t xml:space="preserve">{{ </w:t></w:r>'
        '<w:proofErr w:type="spellStart"/><w:r><w:t>no</w:t></w:r><w:bookmarkStart w:id="0" w:name="_GoBack"/>'
        '<w:bookmarkEnd w:id="0"/><w:r><w:lastRenderedPageBreak/><w:t>m</w:t></w:r><w:proofErr w:type="spellEnd"/>'
        '<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve"> }} fin</w:t></w:r></w:p>'
    ),
    "as LibreOffice saves": (
        '<w:p><w:pPr><w:pStyle w:val="Normal"/><w:rPr></w:rPr></w:pPr><w:r><w:rPr></w:rPr><w:t>{{ </w:t></w:r>'
        "<w:r><w:rPr><w:b/><w:bCs/></w:rPr><w:t>nom }}</w:t></w:r><w:r><w:rPr></w:rPr></w:r></w:p>"
    ),
    "as Google Docs saves": (
        '<w:p w:rsidR="00000000" w:rsidDel="00000000"><w:pPr><w:rPr/></w:pPr><w:r w:rsidDel="00000000">'
        '<w:rPr><w:rtl w:val="0"/></w:rPr><w:t xml:space="preserve">{% for x in liste %}{{ x }}</w:t></w:r>'
        '<w:r><w:rPr><w:b w:val="1"/></w:rPr><w:t xml:space="preserve">, {% endfor %}</w:t></w:r></w:p>'
    ),
    "in a content control": f'<w:sdt><w:sdtPr/><w:sdtContent>{p("{{ nom }}")}</w:sdtContent></w:sdt>',
    "in a link": '<w:p><w:hyperlink w:anchor="a"><w:r><w:t>{{ nom }}</w:t></w:r></w:hyperlink></w:p>',
    "smart quotes": p("{% if nom == “Anna” %}a{% endif %}{{ absent|default(‘b’) }}"),
    "no-break space": p("{{\u00a0nom\u00a0}}"),
    "escaped comparison": p("{% if n &gt; 2 and n &lt; 9 %}oui{% endif %}"),
    "inline if": p("a {% if oui %}b{% else %}c{% endif %} d"),
    "inline for": p("{% for x in liste %}{{ x }}{% if not loop.last %}, {% endif %}{% endfor %}"),
    "if over paragraphs": p("{% if oui %}a") + p("b") + p("c{% endif %}"),
    "paragraph if": p("{%p if oui %}") + p("a") + p("{%p else %}") + p("b") + p("{%p endif %}"),
    "paragraph for": p("{%p for x in liste %}") + p("{{ x }}") + p("{%p endfor %}"),
    "run if": p("a {%r if oui %}", "b", "{%r endif %} c"),
    "row for": LOOP,
    "row for without a round": LOOP.replace("liste", "vide"),
    "rows alone": table(1, row(p("{%tr for x in vide %}")), row(p("a")), row(p("{%tr endfor %}"))),
    "row if": table(1, row(p("a")), row(p("{%tr if non %}")), row(p("b")), row(p("{%tr endif %}"))),
    "cell for": table(1, row(p("{%tc for x in liste %}"), p("{{ x }}"), p("{%tc endfor %}"))),
    "cell for that widens": table(3, row(p("{%tc for x in liste %}"), p("{{ x }}"), p("{%tc endfor %}"), p("f"))),
    "colspan": table(3, row(p("{% colspan n %}a")), row(p("a"), p("b"), p("c"))),
    "cellbg": table(1, row(p("{% cellbg couleur %}a"))),
    "horizontal merge": table(3, row(p("{%tc for x in liste %}"), p("{% hm %}titre"), p("{%tc endfor %}"))),
    "vertical merge": table(1, row(p("{%tr for x in liste %}")), row(p("{% vm %}{{ x }}")), row(p("{%tr endfor %}"))),
    "too many columns": table(4, row(p("a"), p("b"))),
    "too few columns": table(1, row(p("a"), p("b"))),
    "nested table": table(1, row(LOOP + p(""))),
    "text box": box(p("{{ nom }}")),
    "drawings": drawing("{{ nom }}") * 3,
    "drawings in a loop": p("{%p for x in liste %}") + drawing() + p("{%p endfor %}"),
    "macro": p("{% macro m(x) %}[{{ x }}]{% endmacro %}{{ m(nom) }}{{ m('b') }}"),
    "macro with a drawing": p("{%p macro m() %}")
    + drawing()
    + p("{%p endmacro %}")
    + drawing()
    + p("{{p m() }}") * 2,
    "set": p("{% set z = n + 1 %}{{ z }}"),
    "set block": p("{% set z %}&lt;{{ nom }}&gt;{% endset %}{{ z }}"),
    "with": p("{% with z = nom %}{{ z }}{% endwith %}"),
    "raw": p("{% raw %}{{ nom }}{% endraw %}"),
    "comment": p("a{# rien #}b") + p("{#p rien #}") + p("c"),
    "escaped braces": p("{_{ nom }_} {_% if %_}"),
    "white space control": p("a") + p("  {%- if oui -%}  b") + p("c {%- endif -%} d"),
    "recursive loop": p("{% for x in arbre recursive %}{{ x.nom }}({{ loop(x.enfants) }}){% endfor %}"),
    "call block": p("{% macro m() %}[{{ caller() }}]{% endmacro %}{% call m() %}{{ nom }}{% endcall %}"),
    "filter block": p("{% filter trim %} a {% endfilter %}"),
    "no escaping": p("{% autoescape false %}{{ n }}{% endautoescape %}"),
    "filters": p("{{ nom|upper }} {{ liste|join(', ') }} {{ liste|length }} {{ 'a'|center(3) }}"),
    "inline condition": p("{{ 'a' if oui else 'b' }}{{ nom if non }}"),
    "numbers": p("{{ n * 1.5 }} {{ oui }} {{ [1, 'a'] }}"),
    "none": p("[{{ rien }}]"),
    "listing": p("{{ listing }}"),
    "listing with a format": p("{{ listing }}")
    .replace("<w:p>", '<w:p><w:pPr><w:pStyle w:val="a"/></w:pPr>')
    .replace("<w:r>", "<w:r><w:rPr><w:b/></w:rPr>"),
    "rich text": p("a {{r riche }} b"),
    "rich text in a text": p("a {{ riche }} b"),
    "rich paragraph": p("{{p paragraphes }}"),
    "space kept": '<w:p><w:r><w:t xml:space="preserve"> {{ nom }} </w:t></w:r><w:r><w:t>  </w:t></w:r></w:p>',
    "entities": p("a &amp; b &lt; {{ nom }} &#233;"),
}  # fmt: skip
HOSTILE = (
    "Anna",
    "D'Arc & Fils",
    '<w:p> "a" ‘b’',
    "a\nb\tc\fd\ae",
    "a\r\nb",
    "é" * 300,
    "{{ 7*7 }}",
    "a\u0085b\u2028c",
)


def values(nom: str = "Anna") -> Values:
    rich = RichText("gras", bold=True)
    rich.add(nom, color="#FF0000", size=20)
    paragraphs = RichTextParagraph(rich, parastyle="a")
    return {
        "nom": nom,
        "oui": True,
        "non": False,
        "n": 3,
        "rien": None,
        "couleur": "00FF00",
        "liste": [nom, "b & c", "d"],
        "vide": [],
        "listing": Listing(nom),
        "riche": rich,
        "paragraphes": paragraphs,
        "arbre": [{"nom": nom, "enfants": [{"nom": "b", "enfants": []}]}],
    }


def environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=True, finalize=lambda value: "" if value is None else value
    )


def by_docxtpl(template: DocxTemplate, values: Values) -> bytes:
    template.render(dict(values), environment(), autoescape=True)
    file = io.BytesIO()
    template.save(file)
    return file.getvalue()


def parts(package: bytes, *names: str) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return [etree.tostring(etree.fromstring(archive.read(name)), method="c14n") for name in names]


def rendered_alike(file: Path, values: Values, *names: str) -> None:
    ours = open_model(file).render(values)
    assert parts(ours, *names) == parts(by_docxtpl(DocxTemplate(file), values), *names)


@pytest.mark.parametrize("feature", FEATURES)
def test_a_feature_in_the_body(model: Model_, feature: str) -> None:
    rendered_alike(model(FEATURES[feature]), values(), "word/document.xml")


@pytest.mark.parametrize("feature", FEATURES)
def test_a_feature_in_header_and_footer(model: Model_, feature: str) -> None:
    file = model(p(""), stories={"header1": FEATURES[feature], "footer1": FEATURES[feature]})

    rendered_alike(file, values(), "word/header1.xml", "word/footer1.xml")


@pytest.mark.parametrize("feature", FEATURES)
def test_a_feature_in_a_footnote(model: Model_, feature: str) -> None:
    file = model(p("") + "<w:sectPr/>", stories={"footnotes": f'<w:footnote w:id="1">{FEATURES[feature]}</w:footnote>'})

    rendered_alike(file, values(), "word/footnotes.xml")


@pytest.mark.parametrize("feature", ["value", "inline for", "row for", "text box", "rich text", "set block"])
def test_a_feature_in_a_cell(model: Model_, feature: str) -> None:
    rendered_alike(model(table(1, row(FEATURES[feature] + p("")))), values(), "word/document.xml")


@pytest.mark.parametrize("feature", ["value", "inline for", "row for", "listing", "rich text", "set block", "macro"])
@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_values(model: Model_, feature: str, hostile: str) -> None:
    rendered_alike(model(FEATURES[feature]), values(hostile), "word/document.xml")


def test_hostile_values_where_docxtpl_loses_text(model: Model_) -> None:
    """A page break from a value after a text box stands in no run that docxtpl knows; its parser then drops each &."""
    file = model(box(p("a")).replace("</w:p>", "", 0)[:-6] + "<w:r><w:t>{{ nom }} {{ autre }}</w:t></w:r></w:p>")

    ours = open_model(file).render({"nom": "a\fb", "autre": "D & E"})

    assert "ab D &amp; E" in parts(ours, "word/document.xml")[0].decode()


@pytest.mark.parametrize(
    "typed",
    [
        "{{ absent|default(« x »)\u00a0}}",
        "{%p\u00a0if oui %}",
        "{{ n – 1 }}",
        "{% if nom == «\u00a0Anna\u00a0» %}a{% endif %}",
    ],
)
def test_what_french_word_types_is_read(model: Model_, typed: str) -> None:
    """docxtpl raises on each of these."""
    body = p(typed) + (p("{%p endif %}") if typed.startswith("{%p") else "")

    assert open_model(model(body)).render(values())


def test_a_quote_inside_a_string_stays(model: Model_) -> None:
    made = open_model(model(p('{{ "« oui » – non" }}'))).render({})

    assert "« oui » – non" in parts(made, "word/document.xml")[0].decode()


def test_properties_are_escaped_once(model: Model_) -> None:
    """docxtpl escapes them twice under autoescape."""
    core = (
        '<c:coreProperties xmlns:c="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:d="http://purl.org/dc/elements/1.1/"><d:title>{{ nom }} &amp; {{ n }}</d:title>'
        "<c:keywords>{{ nom }}</c:keywords></c:coreProperties>"
    )
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="word/document.xml"/><Relationship Id="b" Target="docProps/core.xml" Type="http://schemas.openxmlformats.'
        'org/package/2006/relationships/metadata/core-properties"/></Relationships>'
    )
    file = model(p(""), parts={"docProps/core.xml": core, "_rels/.rels": rels})

    (made,) = parts(open_model(file).render({"nom": "A & B", "n": 3}), "docProps/core.xml")

    assert b"title>A &amp; B &amp; 3<" in made
    assert b"keywords>{{ nom }}<" in made


def test_endnotes_are_rendered_too(model: Model_) -> None:
    """docxtpl leaves their tags as they are."""
    file = model(p(""), stories={"endnotes": f'<w:endnote w:id="1">{p("{{ nom }}")}</w:endnote>'})

    assert b"Anna" in parts(open_model(file).render(values()), "word/endnotes.xml")[0]


def test_control_characters_are_left_out_and_nothing_else(model: Model_) -> None:
    """docxtpl's parser drops each & and < after the first of them; in a header it raises."""
    file = model(p("{{ nom }} & suite".replace("&", "&amp;")), stories={"header1": p("{{ nom }}")})

    made = parts(open_model(file).render({"nom": "a\x01\x1bb & \x00c"}), "word/document.xml", "word/header1.xml")

    assert "ab &amp; c &amp; suite" in made[0].decode()
    assert "ab &amp; c" in made[1].decode()


def test_a_lone_surrogate_is_a_replacement_character(model: Model_) -> None:
    """docxtpl drops the rest of the body after it."""
    made = open_model(model(p("[{{ nom }}] suite"))).render({"nom": "a\ud800b"})

    assert "[a\ufffdb] suite" in parts(made, "word/document.xml")[0].decode()


def png(size: tuple[int, int] = (30, 20), shade: int = 100) -> io.BytesIO:
    file = io.BytesIO()
    PIL.Image.new("L", size, shade).save(file, "PNG")
    file.seek(0)
    return file


@pytest.mark.parametrize("story", ["body", "header1"])
def test_pictures_for_a_record(model: Model_, story: str) -> None:
    inside = p("{{ a }} et {{ b }}, {{ a }}")
    file = model(inside) if story == "body" else model(p(""), stories={story: inside})
    part = "document" if story == "body" else story
    names = (f"word/{part}.xml", f"word/_rels/{part}.xml.rels")

    def pictures(template: DocxTemplate) -> Values:
        return {"a": InlineImage(template, png(), width=Mm(20)), "b": InlineImage(template, png(shade=9), height=Mm(5))}

    opened, template = open_model(file), DocxTemplate(file)
    ours, theirs = opened.render(pictures(opened.docxtpl)), by_docxtpl(template, pictures(template))

    assert parts(ours, names[0]) == parts(theirs, names[0])
    assert links(ours, names[1]) == links(theirs, names[1])
    assert media(ours) == media(theirs)


def links(package: bytes, name: str) -> set[tuple[str, ...]]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        root = etree.fromstring(archive.read(name))
    return {tuple(link.get(key, "") for key in ("Id", "Type", "Target", "TargetMode")) for link in root}


def media(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.startswith("word/media/")}


def test_a_picture_of_one_record_is_not_in_the_next(model: Model_) -> None:
    opened = open_model(model(p("{{ a }}")))

    opened.render({"a": InlineImage(opened.docxtpl, png())})
    second = opened.render({"a": "rien"})

    assert media(second) == {}


def test_links_of_rich_text(model: Model_) -> None:
    file = model(p("{{r lien }}"))
    opened, template = open_model(file), DocxTemplate(file)

    def link(template: DocxTemplate) -> Values:
        rich = RichText("Pix", url_id=template.build_url_id("https://pix.fr/?a=1&b=2"))
        return {"lien": rich}

    ours, theirs = opened.render(link(opened.docxtpl)), by_docxtpl(template, link(template))

    assert parts(ours, "word/document.xml") == parts(theirs, "word/document.xml")
    assert links(ours, "word/_rels/document.xml.rels") == links(theirs, "word/_rels/document.xml.rels")


def pictured(model: Model_) -> Path:
    picture = (
        '<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="x"/><a:graphic><a:graphicData '
        'uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="0" '
        'name="place.png"/></pic:nvPicPr><pic:blipFill><a:blip r:embed="rId9"/></pic:blipFill></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="png" '
        'ContentType="image/png"/><Override PartName="/word/document.xml" ContentType="application/vnd.'
        'openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
    )
    return model(
        picture + p("{{ nom }}"),
        links={"rId9": "image media/image1.png"},
        parts={"word/media/image1.png": png().read(), "[Content_Types].xml": types},
    )


@pytest.mark.parametrize("way", ["media", "pic", "zipname"])
def test_replaced_media(model: Model_, tmp_path: Path, way: str) -> None:
    file, other = pictured(model), tmp_path / "autre.png"
    other.write_bytes(png((8, 8)).read())
    made = []
    for template in (open_model(file).docxtpl, DocxTemplate(file)):
        if way == "media":
            template.replace_media(png(), other)
        elif way == "pic":
            template.replace_pic("place.png", str(other))
        else:
            template.replace_zipname("word/media/image1.png", other)
        made.append(template)
    opened = open_model(file)
    opened.docxtpl.__dict__.update({k: v for k, v in made[0].__dict__.items() if "replace" in k or k.startswith("crc")})

    assert media(opened.render(values())) == media(by_docxtpl(made[1], values()))


def test_the_slow_road_is_told(model: Model_) -> None:
    def road(opened: Model) -> list[str]:
        return [part.slow_road for part in opened.compiled.parts.values()]

    assert road(open_model(model(FEATURES["row for"]))) == [""]
    assert road(open_model(model(FEATURES["cell for"]))) == ["the number of cells depends on the values"]


def test_what_cannot_be_followed_is_still_seen_to_be_well_formed(model: Model_) -> None:
    """A filter block may make anything of the XML that it holds: where docxtpl would drop text, nothing is made."""
    from pix_mailmerge.problems import ModelError

    opened = open_model(model(p("{% filter upper %}{{ nom }}{% endfilter %}")))

    assert b">ANNA<" in parts(opened.render({"nom": "Anna"}), "word/document.xml")[0]
    with pytest.raises(ModelError) as told:
        opened.render({"nom": "A & B"})
    assert told.value.problems[0].id == "model.value-unbalanced"


@pytest.mark.real("soffice")
def test_models_that_libreoffice_saved_again(tmp_path: Path) -> None:
    import docx

    document = docx.Document()
    for text in (
        "{{ nom }}",
        "{%p if oui %}",
        "{{ listing }}",
        "{%p endif %}",
        "{% for x in liste %}{{ x }}{% endfor %}",
    ):
        document.add_paragraph(text)
    table = document.add_table(4, 2)
    for number, text in enumerate(("tête", "{%tr for x in liste %}", "{{ x }}", "{%tr endfor %}")):
        table.cell(number, 0).text = text
    document.sections[0].header.paragraphs[0].text = "{{ nom }} “{{ n }}”"
    document.save(str(tmp_path / "m.docx"))
    out = tmp_path / "out"
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "docx", "--outdir", str(out), str(tmp_path / "m.docx")],
        check=True,
        capture_output=True,
        timeout=120,
    )
    header = next(name for name in members(out / "m.docx") if "header" in name and "rels" not in name)

    for nom in HOSTILE[:6]:
        rendered_alike(out / "m.docx", values(nom), "word/document.xml", header)


def members(file: Path) -> list[str]:
    with zipfile.ZipFile(file) as archive:
        return archive.namelist()
