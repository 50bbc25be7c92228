"""Content controls that hold what a school writes once."""

from pix_mailmerge.data_source.record import Header, Record
from pix_mailmerge.settings import School


def control(word, tag: str, text: str, properties: str = "") -> str:
    inside = f"<w:sdtContent>{word.run(text, '<w:b/>')}</w:sdtContent>"
    return f'<w:sdt><w:sdtPr><w:tag w:val="{tag}"/>{properties}</w:sdtPr>{inside}</w:sdt>'


def pupil(**cells: str) -> Record:
    return Record("a.csv", 2, Header(tuple(cells)), tuple(cells.values()))


def lines(word, body: str, school: School, record: Record) -> list[str]:
    return word.lines(next(word.model(body).merge([record], school=school)).content)


def test_the_schools_value_takes_the_place_of_what_was_typed_and_keeps_its_look(word):
    model = word.model(word.paragraph(control(word, "pix:ville", "ici")))
    document = next(model.merge([pupil(Nom="x")], school=School(ville="Lyon"))).content
    assert word.lines(document) == ["Lyon"]
    assert "<w:sdtContent><w:r><w:rPr><w:b/></w:rPr>" in word.part(document)


def test_what_was_typed_stays_where_no_value_is_given(word):
    assert lines(word, word.paragraph(control(word, "pix:ville", "Grenoble")), School(), pupil(Nom="x")) == ["Grenoble"]


def test_a_column_of_that_name_is_not_the_schools(word):
    body = word.paragraph(control(word, "pix:ville", "ici"), word.field("MERGEFIELD Ville"))
    assert lines(word, body, School(ville="Lyon"), pupil(Ville="Nice")) == ["LyonNice"]


def test_a_prompt_must_be_answered(word):
    prompt = control(word, "pix:chef", "Nom du chef", "<w:showingPlcHdr/>")
    uses = {use.name: use for use in word.model(word.paragraph(prompt, control(word, "pix:ville", "x"))).uses}
    assert (uses["chef"].optional, uses["ville"].optional) == (False, True)


def test_another_control_is_left_alone(word):
    body = word.paragraph(control(word, "ville", "a"), control(word, "pix:papillon", "b"))
    model = word.model(body)
    assert (model.kind, model.fields) == ("plain", ())
    assert word.lines(model.render({"ville": "Lyon"})) == ["ab"]
