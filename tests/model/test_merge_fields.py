"""Word's merge fields: what each code shows, stated with the smallest specimen."""

from datetime import date

import pytest

from pix_mailmerge.problems import ModelError

PUPIL = {"Nom": "MARTIN", "Prénom": "Zoé", "Ville": "", "Pix": 512, "Né le": date(2010, 5, 2)}


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("MERGEFIELD Nom", "MARTIN"),
        (' mergefield "Nom" \\* MERGEFORMAT ', "MARTIN"),
        ("MERGEFIELD nom", "MARTIN"),
        ("MERGEFIELD Né_le", "02/05/2010"),
        ("MERGEFIELD “Prénom”", "Zoé"),
        ("MERGEFIELD Pix", "512"),
        ("MERGEFIELD Pix \\# 00000", "00512"),
        ("MERGEFIELD Pix \\#0,0", "512,0"),
        ('MERGEFIELD Né_le \\@ "dddd d MMMM yyyy"', "dimanche 2 mai 2010"),
        ("MERGEFIELD Né_le \\@ jj/MM/aa \\* Upper", "02/05/10"),
        ("MERGEFIELD Nom \\* Lower \\* FirstCap", "Martin"),
        ("MERGEFIELD Nom \\* FirstCap MERGEFORMAT", "MARTIN"),
        ("MERGEFIELD Nom \\*Lower", "martin"),
        ('MERGEFIELD Nom \\b "(" \\f ")"', "(MARTIN)"),
        ('MERGEFIELD Ville \\b "(" \\f ")"', ""),
        ('MERGEFIELD Nom \\b "(" \\f', "MARTIN"),
        ("MERGEFIELD Nom \\v", "MARTIN"),
        ('MERGEFIELD "Nom', "MARTIN"),
    ],
)
def test_mergefield(word, code, text):
    assert word.shown(code, **PUPIL) == text


def test_a_mapped_field_goes_through_the_link_or_words_usual_names(word):
    mapped = (
        "<w:mailMerge><w:odso><w:fieldMapData><w:name w:val='Usage'/><w:mappedName w:val='Last Name'/>"
        "</w:fieldMapData></w:odso></w:mailMerge>"
    )
    body = word.paragraph(word.field('MERGEFIELD "Last Name" \\m'), word.field(' MERGEFIELD "First Name" \\m'))
    assert word.merged(body, PUPIL) == ["MARTINZoé"]
    assert word.merged(body, PUPIL | {"Usage": "DURAND"}, settings=mapped) == ["DURANDZoé"]


def test_the_language_asked_for_comes_before_that_of_the_text(word):
    code = word.field('MERGEFIELD Né_le \\@ "MMMM"', look='<w:lang w:val="de-DE"/>')
    assert word.merged(word.paragraph(code), PUPIL) == ["Mai"]
    assert word.merged(word.paragraph(code), PUPIL, language="fr-FR") == ["mai"]


def test_the_settings_say_the_decimal_sign(word):
    code = word.paragraph(word.field("MERGEFIELD Pix \\# 0.0"))
    assert word.merged(code, PUPIL, settings='<w:decimalSymbol w:val="."/>') == ["512.0"]


def test_lines_and_tabs_of_a_value_are_those_of_word(word):
    body = word.paragraph(word.field("MERGEFIELD a"))
    document = next(word.model(body).merge([{"a": "un\r\ndeux\ttrois"}])).content
    assert word.lines(document) == ["un\ndeux\ttrois"]
    assert "<w:br/>" in word.part(document)


def test_a_hostile_value_is_only_text(word):
    assert word.shown("MERGEFIELD a", a='</w:t><&"\x00\x0b{{ 7 }}\ud800') == '</w:t><&"\n{{ 7 }}\ufffd'


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ('IF 1 = 1 "oui" "non"', "oui"),
        ("IF 0 = 1 True False", "False"),
        ('IF "a" <> "A" "oui" "non"', "oui"),
        ('IF 100 > 9 "oui" "non"', "oui"),
        ('IF "100"<="9" "oui" "non"', "non"),
        ('IF "abc" < "abd" "oui" "non"', "oui"),
        ('IF "" >= 9 "oui" "non"', "non"),
        ('IF "MARTIN" = "MAR*" "oui" "non"', "oui"),
        ('IF "MARTIN" = "M?RTIN" "oui" "non"', "oui"),
        ('IF "M*" = "MARTIN" "oui" "non"', "non"),
        ('IF "a.b" <> "a?b" "oui" "non"', "non"),
        ('IF 5 = "2 + 3" "oui" "non"', "oui"),
        ('IF "3-1" = "4-2" "oui" "non"', "non"),
        ('IF 1 = 2 "oui"', ""),
        ('IF 1 = 1 "dit \\"oui\\"" "non"', 'dit "oui"'),
        ('IF 1 = 1 "jamais fermé', "jamais fermé"),
        ('IF 1 = 1 "oui" "non" \\* Upper', "OUI"),
        ('IF "1 234,5" > 1000 "oui" "non"', "oui"),
        ("COMPARE 3 < 2", "0"),
        ('COMPARE "abc" = "a*"', "1"),
        ("= 2 * 5", "10"),
        ("=1/3", "0,33"),
        ("=2/3 \\# 0,0000", "0,6667"),
        ("=4+5 \\# 00.00", "09,00"),
        ("=7 \\* CardText", "sept"),
        ('QUOTE "a" "b"', "ab"),
        ('QUOTE "un deux" \\* Caps', "Un Deux"),
    ],
)
def test_codes_of_constants(word, code, text):
    assert word.shown(code) == text


def test_fields_nest_in_instructions(word):
    inner = word.field("IF ", word.field("MERGEFIELD Pix"), ' >= 500 "expert" "débutant"')
    body = word.paragraph(word.field("IF ", word.field("MERGEFIELD Nom"), ' = "MARTIN" "', inner, ' ici" "non"'))
    assert word.merged(body, PUPIL) == ["expert ici"]
    assert word.merged(body, PUPIL | {"Nom": "x"}) == ["non"]


def test_thirty_wildcards_take_no_longer_than_one(word):
    stars = "*".join("a" * 30)
    assert word.shown(f'IF "{"a" * 2000}b" = "{stars}" "oui" "non"') == "non"
    assert word.shown(f'IF "{"a" * 2000}b" = "{stars}*b" "oui" "non"') == "oui"


def test_thousands_of_fields_in_one_paragraph_take_no_longer_than_in_one_each(word):
    body = word.paragraph(*(word.field("MERGEFIELD Nom") for _ in range(10_000)))  # minutes, if each looked at all
    assert word.merged(body, {"Nom": "é"}) == ["é" * 10_000]


def test_a_value_has_no_wildcards_and_no_quotes(word):
    body = word.paragraph(word.field('IF "Zoé" = "', word.field("MERGEFIELD a"), '" "oui" "non"'))
    assert word.merged(body, {"a": "*"}) == ["non"]
    assert word.merged(body, {"a": 'Zoé" "piège'}) == ["non"]


def test_an_operator_may_touch_its_operands(word):
    body = word.paragraph(word.field("IF", word.field("MERGEFIELD Nom"), '="MARTIN" "oui" "non"'))
    assert word.merged(body, PUPIL) == ["oui"]


def test_a_branch_may_hold_tabs_and_paragraphs(word):
    tab = "<w:r><w:tab/></w:r>"
    first = word.paragraph(
        word.run("a "), word.mark("begin"), word.code('IF 1 = 1 "tél. '), tab, word.code("01"), look="<w:keepNext/>"
    )
    second = word.paragraph(
        word.code('suite" ""'), word.mark("separate"), word.run("?"), word.mark("end"), word.run(" z")
    )
    document = next(word.model(first + second).merge([{}])).content
    assert word.lines(document) == ["a tél. \t01", "suite z"]
    assert word.part(document).count("<w:keepNext/>") == 1


def test_a_branch_that_is_not_chosen_takes_its_paragraphs_with_it(word):
    first = word.paragraph(word.run("a "), word.mark("begin"), word.code('IF 1 = 2 "un'), look="<w:keepNext/>")
    second = word.paragraph(word.code('deux" ""'), word.mark("end"), word.run("z"))
    document = next(word.model(first + second).merge([{}])).content
    assert word.lines(document) == ["a z"]
    assert "<w:keepNext/>" not in word.part(document)  # the paragraph that is left ends after the field


def test_a_branch_may_hold_a_table(word):
    table = word.table([word.paragraph(word.field("MERGEFIELD Nom"))])
    first = word.paragraph(word.mark("begin"), word.code('IF 1 = 1 "'))
    last = word.paragraph(word.code('" ""'), word.mark("end"), word.run("z"))
    document = next(word.model(first + table + last).merge([PUPIL])).content
    assert word.lines(document) == ["", "MARTIN", "z"]
    assert "<w:tbl>" in word.part(document)
    assert "<w:tbl>" not in word.part(
        next(word.model(first.replace("1 = 1", "1 = 2") + table + last).merge([PUPIL])).content
    )


def test_a_line_of_empty_fields_in_a_table_of_a_branch_does_no_harm(word):
    cell = word.paragraph(word.field("MERGEFIELD Ville")) * 2
    first = word.paragraph(word.mark("begin"), word.code('IF 1 = 1 "'))
    last = word.paragraph(word.code('" ""'), word.mark("end"))
    assert word.merged(first + word.table([cell]) + last, PUPIL) == ["", "", "", ""]


def test_the_result_of_a_field_is_replaced_with_the_fields_in_it(word):
    body = word.mark("begin") + word.code('IF 1 = 1 "neuf" ""') + word.mark("separate")
    body += word.run("vieux ") + word.field("MERGEFIELD Nom") + word.mark("end")
    assert word.merged(word.paragraph(body), PUPIL) == ["neuf"]


def test_set_and_ref(word):
    body = word.paragraph(
        word.field('SET Salut "Bonjour ', word.field("MERGEFIELD Prénom"), '"', result=None),
        word.field("REF salut"),
        word.run(" / "),
        word.field("SALUT \\* Upper"),
        word.run(" / "),
        word.field('IF Salut = "Bonjour Zoé" "oui" "non"'),
    )
    assert word.merged(body, PUPIL) == ["Bonjour Zoé / BONJOUR ZOÉ / oui"]


def test_a_formula_reckons_with_fields_and_bookmarks(word):
    body = word.paragraph(
        word.field("SET Bonus 10"), word.field("= ", word.field("MERGEFIELD Pix"), " + Bonus \\# 0,00")
    )
    assert word.merged(body, PUPIL) == ["522,00"]


def test_a_formula_that_cannot_be_computed_is_a_problem_or_what_word_prints(word):
    model = word.model(word.paragraph(word.field("= 1 / ", word.field("MERGEFIELD n"))))
    with pytest.raises(ModelError, match="divise par zéro"):
        model.render({"n": 0})
    assert word.lines(model.render({"n": 0}, missing="blank")) == ["!Zero Divide"]


def test_next_takes_the_following_record_and_blanks_after_the_last_one(word):
    name = word.field("MERGEFIELD Nom")
    body = word.paragraph(name) + word.paragraph(word.field("NEXT"), name, word.run(";")) * 2
    records = [{"Nom": name} for name in "ABCDE"]
    documents = list(word.model(body).merge(records))
    assert [word.lines(document.content) for document in documents] == [["A", "B;", "C;"], ["D", "E;", ";"]]
    assert [len(document.records) for document in documents] == [3, 2]


def test_nextif_takes_it_when_the_comparison_holds(word):
    name = word.field("MERGEFIELD Nom")
    body = word.paragraph(name, word.field("NEXTIF ", name, ' = "A"'), name)
    documents = word.model(body).merge([{"Nom": name} for name in "ABC"])
    assert [word.lines(document.content) for document in documents] == [["AB"], ["CC"]]


def test_skipif_drops_a_record_and_the_numbers_tell(word):
    body = word.paragraph(
        word.field("SKIPIF ", word.field("MERGEFIELD Nom"), ' = "B"'), word.field("MERGEREC"), word.field("MERGESEQ")
    )
    documents = word.model(body).merge([{"Nom": name} for name in "ABC"])
    assert [word.lines(document.content) for document in documents] == [["11"], ["32"]]


@pytest.mark.parametrize(("code", "changes"), [("NEXT", True), ("SKIPIF 1 = 2", True), ("MERGEREC", False)])
def test_a_model_tells_whether_it_changes_what_a_document_holds(word, code, changes):
    assert word.model(word.paragraph(word.field(code))).changes_records is changes


def test_a_record_that_is_skipped_cannot_be_rendered_alone(word):
    with pytest.raises(ModelError, match="SKIPIF"):
        word.model(word.paragraph(word.field("SKIPIF 1 = 1"))).render({})


def test_a_header_shows_the_record_that_its_document_begins_with(word):
    name = word.field("MERGEFIELD Nom")
    model = word.model(word.paragraph(word.field("NEXT"), name), header1=word.paragraph(name))
    document = next(model.merge([{"Nom": "A"}, {"Nom": "B"}])).content
    assert (word.lines(document), word.lines(document, "header1")) == (["B"], ["A"])


@pytest.mark.parametrize(
    ("record", "text"),
    [
        ({"Civilité": "Mme", "Nom": "MARTIN"}, "Chère Mme MARTIN,"),
        ({"Civilité": "Mme", "Nom": ""}, "Madame, Monsieur,"),
        ({"Nom": "MARTIN"}, "Madame, Monsieur,"),
    ],
)
def test_greetingline(word, record, text):
    pattern = "<<_BEFORE_ Chère >><<_TITLE0_>><< _LAST0_>>\n<<_AFTER_ ,>>"
    assert word.shown(f'GREETINGLINE \\f "{pattern}" \\l 1036 \\e "Madame, Monsieur,"', **record) == text


def test_an_impersonal_greeting_without_punctuation_stands_for_the_name(word):
    code = 'GREETINGLINE \\f "<<_BEFORE_ Dear >><<_TITLE0_>><< _LAST0_>><<_AFTER_ ,>>" \\e "Sir or Madam"'
    assert word.shown(code, Title="", **{"Last Name": "Doe"}) == "Dear Sir or Madam,"


@pytest.mark.parametrize("code", ["ASK a \"?\"", "FILLIN \"?\"", "DATABASE", "ADDRESSBLOCK \\c 2", "MERGEBARCODE a QR",
                                  "INCLUDEPICTURE \"a.png\""])  # fmt: skip
def test_what_is_not_to_be_guessed_is_kept_and_told(word, code):
    model = word.model(word.paragraph(word.field(code, result="dernier")))
    assert word.lines(model.render({})) == ["dernier"]
    assert code.split()[0] in word.part(model.render({}))
    assert model.check([]).unsupported == (code.split()[0],)
    assert [problem.severity for problem in model.check([]).problems] == ["warning"]


def test_fields_that_are_words_own_stay_with_the_fields_inside_them_replaced(word):
    link = word.field('HYPERLINK "mailto:', word.field("MERGEFIELD a"), '"', result="écrire")
    model = word.model(word.paragraph(link, word.field("PAGE", result="1")))
    document = model.render({"a": 'x"y'})
    assert word.lines(document) == ["écrire1"]
    assert '>x\\"y</w:instrText>' in word.part(document)
    assert "MERGEFIELD" not in word.part(document)


def test_what_depends_on_the_page_is_left_to_word(word):
    page = word.field("PAGE", result="1")
    body = word.paragraph(word.field("IF ", page, ' = 1 "', word.field("MERGEFIELD Nom"), '" ""', result="dernier"))
    document = word.model(body).render(PUPIL)
    assert word.lines(document) == ["1dernier"]  # the number stands in the code, where Word does not show it
    assert ">MARTIN</w:instrText>" in word.part(document)


def test_a_field_of_words_own_inside_a_branch_stays_a_field(word):
    body = word.paragraph(word.field('IF 1 = 1 "page ', word.field("PAGE", result="1"), '" ""'))
    document = word.model(body).render({})
    assert word.lines(document) == ["page 1"]
    assert "PAGE" in word.part(document)


def test_a_formula_over_the_cells_of_a_table_is_left_to_word(word):
    model = word.model(word.paragraph(word.field("=SUM(ABOVE)", result="12")))
    assert word.lines(model.render({})) == ["12"]
    assert model.check([]).unsupported == ("=",)


def test_mergeformat_keeps_the_look_of_the_last_result(word):
    body = word.field("MERGEFIELD a \\* MERGEFORMAT", look="<w:i/>", result_look="<w:b/>")
    assert "<w:rPr><w:b/></w:rPr><w:t" in word.part(word.model(word.paragraph(body)).render({"a": "x"}))


def test_charformat_takes_the_look_of_the_code(word):
    body = word.field("MERGEFIELD a \\* CHARFORMAT", look="<w:i/>", result_look="<w:b/>")
    assert "<w:rPr><w:i/></w:rPr><w:t" in word.part(word.model(word.paragraph(body)).render({"a": "x"}))


def test_a_field_without_a_result_looks_like_its_code(word):
    body = word.field("MERGEFIELD a", look="<w:i/>", result=None)
    assert "<w:rPr><w:i/></w:rPr><w:t" in word.part(word.model(word.paragraph(body)).render({"a": "x"}))


def test_a_branch_keeps_the_look_of_each_of_its_words(word):
    body = word.field('IF 1 = 1 "un ', word.code("deux", "<w:b/>"), word.code('" ""'))
    xml = word.part(word.model(word.paragraph(body)).render({}))
    assert '<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">deux</w:t></w:r>' in xml


def test_a_line_of_empty_fields_goes(word):
    body = (
        word.paragraph(word.run("A")) + word.paragraph(word.field("MERGEFIELD Ville")) + word.paragraph(word.run("B"))
    )
    assert word.merged(body, PUPIL) == ["A", "B"]
    assert word.merged(body, PUPIL | {"Ville": "Lyon"}) == ["A", "Lyon", "B"]
    kept = "<w:mailMerge><w:doNotSuppressBlankLines/></w:mailMerge>"
    assert word.merged(body, PUPIL, settings=kept) == ["A", "", "B"]


@pytest.mark.parametrize("beside", ["x", " ", "\t"])
def test_a_line_with_anything_else_stays(word, beside):
    body = word.paragraph(word.field("MERGEFIELD Ville"), word.run(beside)) + word.paragraph(word.run("B"))
    assert word.merged(body, PUPIL) == [beside, "B"]


def test_a_cell_keeps_its_last_paragraph(word):
    empty = word.paragraph(word.field("MERGEFIELD Ville"))
    document = next(word.model(word.table([empty * 2]) + word.paragraph(word.run("B"))).merge([PUPIL])).content
    assert word.lines(document) == ["", "B"]


def test_two_tables_stay_two(word):
    table = word.table([word.paragraph(word.run("A"))])
    assert word.merged(table + word.paragraph(word.field("MERGEFIELD Ville")) + table, PUPIL) == ["A", "", "A"]


def test_rows_are_repeated_for_a_list_of_mappings(word):
    row = [word.paragraph(word.field(f"MERGEFIELD {name}")) for name in ("Code", "Niveau", "Nom")]
    table = word.table([word.paragraph(word.run(head)) for head in "CNX"], row)
    levels = [{"Code": "1.1", "Niveau": 5}, {"Code": "1.2", "Niveau": 3}]
    lines = word.merged(table, PUPIL | {"Code": levels})
    assert lines == ["C", "N", "X", "1.1", "5", "MARTIN", "1.2", "3", "MARTIN"]
    assert word.merged(table, PUPIL | {"Code": []}) == ["C", "N", "X"]


def test_a_table_whose_rows_are_all_of_an_empty_list_goes(word):
    table = word.table([word.paragraph(word.field("MERGEFIELD Code"))])
    model = word.model(table + word.paragraph(word.run("fin")))
    documents = [one.content for one in model.merge([{"Code": []}, {"Code": [{"Code": "a"}]}])]
    assert [word.lines(one) for one in documents] == [["fin"], ["a", "fin"]]
    assert ["<w:tbl" in word.part(one) for one in documents] == [False, True]


def test_records_with_and_without_lists_in_one_merge(word):
    table = word.table([word.paragraph(word.field("MERGEFIELD Code"))])
    records = [{"Code": "seul"}, {"Code": [{"Code": "a"}, {"Code": "b"}]}]
    assert [word.lines(one.content) for one in word.model(table).merge(records)] == [["seul"], ["a", "b"]]


def test_every_story_is_merged(word):
    line = word.paragraph(word.simple("MERGEFIELD Nom"))
    notes = f'<w:footnote w:id="2">{line}</w:footnote>'
    model = word.model(
        word.paragraph(word.run("x")),
        header1=line,
        footer1=line,
        footnotes=notes,
        endnotes=notes.replace("foot", "end"),
    )
    document = model.render(PUPIL)
    stories = [word.lines(document, name) for name in ("header1", "footer1", "footnotes", "endnotes")]
    assert stories == [["MARTIN"]] * 4


def test_both_copies_of_a_text_box_are_merged_and_next_advances_in_each(word):
    def box(name: str) -> str:
        return f"<w:txbxContent>{word.paragraph(word.field(f'MERGEFIELD {name}'))}</w:txbxContent>"

    body = word.paragraph(
        "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>" + box("Nom")
        + "</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>" + box("Nom")
        + "</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )  # fmt: skip
    assert word.merged(body, PUPIL) == ["", "MARTIN", "MARTIN"]
    following = word.field("NEXT") + word.field("MERGEFIELD Nom")
    document = next(
        word.model(body.replace(word.field("MERGEFIELD Nom"), following)).merge([{"Nom": "A"}, {"Nom": "B"}])
    )
    assert word.lines(document.content) == ["", "B", "B"]


def test_a_text_box_inside_a_branch_is_merged(word):
    box = f"<w:txbxContent>{word.paragraph(word.field('MERGEFIELD Nom'))}</w:txbxContent>"
    drawing = f"<w:r><w:pict><v:textbox>{box}</v:textbox></w:pict></w:r>"
    assert word.merged(word.paragraph(word.field('IF 1 = 1 "', drawing, '" ""')), PUPIL) == ["", "MARTIN"]


def test_fields_in_content_controls_and_links(word):
    name = word.field("MERGEFIELD Nom")
    control = f"<w:sdt><w:sdtPr/><w:sdtContent>{word.paragraph(name)}</w:sdtContent></w:sdt>"
    inline = f"<w:sdt><w:sdtContent>{name}</w:sdtContent></w:sdt><w:hyperlink>{name}</w:hyperlink><w:ins>{name}</w:ins>"
    assert word.merged(control + word.paragraph(inline), PUPIL) == ["MARTIN", "MARTINMARTINMARTIN"]


def test_a_deleted_field_is_no_field(word):
    deleted = f"<w:del>{word.field('MERGEFIELD Parti')}</w:del>"
    assert word.model(word.paragraph(deleted, word.field("MERGEFIELD Nom"))).fields == ("Nom",)


def test_a_strict_file_is_merged(word):
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    assert word.merged(word.paragraph(word.field("MERGEFIELD Nom")), PUPIL, namespace=strict) == ["MARTIN"]


def test_codes_cut_anywhere_and_runs_that_hold_a_whole_field(word):
    cut = [word.code(piece) for piece in (" ME", "RGEFI", "ELD No", "m \\", "* Lo", "wer ")]
    whole = (
        '<w:r><w:t>a</w:t><w:fldChar w:fldCharType="begin"/><w:instrText> MERGEFIELD Nom </w:instrText>'
        '<w:fldChar w:fldCharType="separate"/><w:t>?</w:t><w:fldChar w:fldCharType="end"/><w:t>z</w:t></w:r>'
    )
    between = '<w:proofErr w:type="spellStart"/><w:bookmarkStart w:id="1" w:name="b"/>'
    body = word.paragraph(word.mark("begin"), cut[0], between, *cut[1:], word.mark("end"), whole)
    assert word.merged(body, PUPIL) == ["martinaMARTINz"]


def test_braces_of_a_model_without_tags_are_braces(word):
    body = word.paragraph(word.run("{{ {% {# } a}} {"), word.field("MERGEFIELD Nom"), word.run("}"))
    model = word.model(body)
    assert model.kind == "merge-fields"
    assert word.lines(model.render(PUPIL)) == ["{{ {% {# } a}} {MARTIN}"]


def test_tags_and_merge_fields_may_be_mixed(word):
    body = word.paragraph(
        word.run("{{ prenom }} "), word.field("MERGEFIELD Nom \\* Lower"), word.run("{% if pix %}!{% endif %}")
    )
    model = word.model(body)
    assert (model.kind, model.fields) == ("mixed", ("prenom", "pix", "Nom"))
    assert word.lines(model.render(PUPIL)) == ["Zoé martin!"]


def test_a_model_of_tags_alone_is_none_of_our_business(word):
    model = word.model(word.paragraph(word.run("{{ nom }}"), word.field("PAGE")))
    assert (model.kind, model.field_types) == ("tags", ("PAGE",))


def test_a_model_tells_its_fields_and_codes(word):
    body = word.paragraph(
        word.field("IF ", word.field('MERGEFIELD "Nom de famille"'), ' = "" "a" "b"'), word.field("PAGE")
    )
    model = word.model(body, header1=word.paragraph(word.simple("MERGEFIELD Nom_de_Pix \\* Upper")))
    assert model.fields == ("Nom de famille", "Nom_de_Pix")
    assert model.field_types == ("IF", "MERGEFIELD", "PAGE")


def test_a_name_that_no_column_fits_is_told_with_its_place_before_anything_is_made(word):
    model = word.model(
        word.paragraph(word.field("MERGEFIELD Prenon")), header1=word.paragraph(word.field("MERGEFIELD x"))
    )
    check = model.check(["Prénom", "Ville"])
    assert check.fields_without_column == ("Prenon", "x")
    assert check.columns_unused == ("Prénom", "Ville")
    first, second = check.problems
    assert (first.id, first.where.part, second.where.part) == ("model.unknown-field", "corps", "en-tête")
    assert "Prénom" in first.remedy
    with pytest.raises(ModelError):
        model.render({"Prénom": "Zoé"})


def test_two_columns_that_fit_are_an_error(word):
    model = word.model(word.paragraph(word.field("MERGEFIELD nom_usuel")))
    with pytest.raises(ModelError, match="plusieurs colonnes"):
        model.render({"Nom usuel": "a", "NOM USUEL": "b"})


def test_a_missing_value_may_be_blank_when_asked(word):
    model = word.model(word.paragraph(word.run("a"), word.field("MERGEFIELD x")))
    assert word.lines(model.render({}, missing="blank")) == ["a"]


def test_a_filled_document_asks_for_no_source(word):
    links = (
        '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        'recipientData" Target="recipientData.xml"/>'
    )
    settings = '<w:zoom/><w:mailMerge><w:mainDocumentType w:val="formLetters"/></w:mailMerge><w:defaultTabStop/>'
    model = word.model(
        word.paragraph(word.field("MERGEFIELD Nom")),
        settings=settings,
        settings_links=links,
        members={"word/recipientData.xml": b"<w:recipients xmlns:w='urn:w'/>"},
    )
    document = model.render(PUPIL)
    assert word.part(document, "settings").endswith("<w:zoom/><w:defaultTabStop/></w:settings>")
    assert "recipientData" not in "".join(word.members(document).values())
    assert "word/recipientData.xml" not in word.members(document)


def test_a_bookmark_that_doubles_again_and_again_is_refused(word):
    twice = word.field("SET x ", word.field("REF x"), word.field("REF x"), " a")
    with pytest.raises(ModelError, match="démesuré"):
        word.merged(word.paragraph(twice * 40))
