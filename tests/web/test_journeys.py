"""What a secretary does with the page, in a real browser, and what ``run`` makes of the same files."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pypdfium2
import pytest
from axe import violations
from playwright.sync_api import Page, expect
from road import (
    ROOT,
    SAMPLES,
    SCHOOL,
    SIGNATURE,
    check,
    copied,
    digests,
    drop,
    fill_school,
    press,
    produce,
    run_the_same,
    take,
    told,
    tree,
)

Digests = dict[str, str]
Large = tuple[list[Path], Digests]
pytestmark = pytest.mark.real("chromium")
ATTESTATION = ROOT / "models/attestation-pix.docx"


def test_the_whole_road(page: Page, tmp_path: Path, of_samples: Digests):
    assert violations(page) == []
    drop(page, "Résultats", *SAMPLES)
    expect(page.locator("#fichiers")).to_contain_text("3 fichiers, 76 élèves à attester, 16 écartés.")
    fill_school(page)
    drop(page, "Signature", SIGNATURE)
    expect(page.get_by_alt_text("Image déposée (signature)")).to_be_visible()
    assert "rien n’empêche de produire" in check(page)
    expect(page.locator("#apercus")).to_contain_text("le nom le plus long")
    assert violations(page) == []
    page.get_by_label("Classe", exact=True).select_option("3B")
    expect(page.locator("#apercus .who")).to_have_count(1)
    press(page, "Suivant")
    expect(page.locator("#apercus .place")).to_contain_text("20260612_resultats_3B.csv")
    expect(page.get_by_alt_text(re.compile("Page 1 sur 1 du document de"))).to_be_visible()
    assert produce(page).startswith("Terminé : 76 élèves")
    assert violations(page) == []
    taken = take(page, tmp_path)
    assert digests(taken) == of_samples
    with pypdfium2.PdfDocument(taken / "Attestations.pdf") as pdf:
        assert len(pdf) == 76
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Lire le bilan").click()
    expect(opened.value.get_by_role("heading", level=1)).to_contain_text("Bilan")
    assert opened.value.evaluate("getComputedStyle(document.querySelector('h2')).borderBottomStyle") == "solid"
    assert violations(opened.value) == []
    with page.expect_download() as waited:
        page.get_by_role("link", name="3A.pdf", exact=True).click()
    assert Path(waited.value.path()).read_bytes() == (taken / "3A.pdf").read_bytes()
    page.evaluate("() => document.getElementById('veille').removeAttribute('hidden')")
    assert violations(page) == []
    press(page, "Quitter")
    expect(page.get_by_role("heading", name="La page est fermée")).to_be_visible()
    assert violations(page) == []


def test_a_wrong_file_is_named_and_taken_away(page: Page, tmp_path: Path):
    drop(page, "Résultats", SAMPLES[0], ROOT / "README.md")
    wrong = page.locator("#fichiers li", has_text="README.md").first
    expect(wrong).to_contain_text("Ce fichier n’est pas un export de résultats de certification.")
    fill_school(page)
    assert produce(page) == "Rien n’a été produit : 1 erreur à corriger"
    assert violations(page) == []
    expect(page.get_by_role("link", name="Tout télécharger (ZIP)")).to_have_count(0)
    press(page, "Retirer README.md")
    expect(page.locator("#fichiers")).not_to_contain_text("README.md")
    expect(page.get_by_role("button", name="Retirer")).to_be_focused()
    assert produce(page).startswith("Terminé : 26 élèves")
    same = run_the_same(tmp_path / "run", SAMPLES[0], signature=None)
    assert digests(take(page, tmp_path)) == digests(same)


def test_a_list_of_passwords_is_told_for_what_it_is_and_never_shown(page: Page, tmp_path: Path):
    passwords = tmp_path / "identifiants.csv"
    passwords.write_text("Classe;Nom;Prénom;Identifiant;Mot de passe\n3A;Aubry;Léo;leo.aubry;canari-42\n", "utf-8")
    drop(page, "Résultats", passwords)
    expect(page.locator("#fichiers")).to_contain_text("mots de passe")
    drop(page, "Résultats", SAMPLES[1])
    fill_school(page)
    assert check(page).startswith("Contrôle : 1 erreur")
    assert "canari" not in page.content()
    press(page, "Retirer identifiants.csv")
    expect(page.locator("#fichiers")).not_to_contain_text("identifiants.csv")
    assert produce(page).startswith("Terminé")
    taken = take(page, tmp_path)
    assert digests(taken) == digests(run_the_same(tmp_path / "run", SAMPLES[1], signature=None))
    assert not any(b"canari" in (taken / name).read_bytes() for name in tree(taken))


def test_a_broken_model_is_named_where_it_is_broken_and_replaced(page: Page, tmp_path: Path):
    broken = copied(ATTESTATION, tmp_path / "notre modèle.docx", lambda text: text.replace("prenom", "prenon"))
    drop(page, "Résultats", SAMPLES[0])
    drop(page, "Modèle", broken)
    expect(page.locator("#modele-vu")).to_contain_text("Vouliez-vous dire « prenom » ?")
    expect(page.get_by_label("prenon", exact=True)).to_be_visible()
    fill_school(page)
    assert "erreur" in check(page)
    assert violations(page) == []
    page.get_by_role("link", name="Aller à « Modèle »").first.click()
    expect(page.get_by_label("Modèle", exact=True)).to_be_focused()
    good = copied(ATTESTATION, tmp_path / "bon.docx", lambda text: text.replace("délivrée", "remise"))
    drop(page, "Modèle", good)
    expect(page.locator("#modele-vu")).not_to_contain_text("prenon")
    assert produce(page).startswith("Terminé")
    same = run_the_same(tmp_path / "run", SAMPLES[0], model=good, signature=None)
    assert digests(take(page, tmp_path)) == digests(same)


def test_without_a_signature_its_place_stays_free(page: Page, tmp_path: Path):
    drop(page, "Résultats", SAMPLES[2])
    fill_school(page)
    drop(page, "Signature", ROOT / "README.md")
    expect(page.locator("#signature-vue")).to_contain_text("Ce fichier n’est pas une image lisible")
    assert violations(page) == []
    press(page, "Retirer README.md")
    expect(page.locator("#signature-vue")).to_be_empty()
    check(page)
    expect(page.locator("#controle")).to_contain_text("la place reste libre pour signer au stylo")
    produce(page)
    taken = take(page, tmp_path)
    assert digests(taken) == digests(run_the_same(tmp_path / "run", SAMPLES[2], signature=None))
    with zipfile.ZipFile(taken / "3B.docx") as package:
        assert not [name for name in package.namelist() if name.startswith("word/media/")]


def test_three_hundred_pupils_and_how_far_it_is(page: Page, tmp_path: Path, large: Large):
    sources, same = large
    drop(page, "Résultats", *sources)
    fill_school(page)
    expect(page.locator("#fichiers")).to_contain_text("10 fichiers, 300 élèves à attester.")
    press(page, "Produire")
    bar = page.get_by_role("progressbar")
    expect(bar).to_have_attribute("max", "300", timeout=60_000)
    assert violations(page) == []
    assert told(page, "faits-titre").startswith("Terminé : 300 élèves")
    expect(page.get_by_role("status")).to_contain_text("Terminé")
    assert digests(take(page, tmp_path)) == same


def test_a_production_that_is_stopped_leaves_whole_files_and_goes_on(page: Page, tmp_path: Path, large: Large):
    sources, same = large
    drop(page, "Résultats", *sources)
    fill_school(page)
    press(page, "Produire")
    over_thirty = re.compile(r"^([4-9]\d|\d{3})$")  # the first class is there
    expect(page.get_by_role("progressbar")).to_have_attribute("value", over_thirty, timeout=60_000)
    press(page, "Arrêter")
    assert told(page, "faits-titre").startswith("Arrêté")
    assert violations(page) == []
    part = {name: digest for name, digest in digests(take(page, tmp_path)).items() if not name.startswith(".pix-")}
    assert part.items() < same.items()
    assert len(part) > 30
    assert produce(page).startswith("Terminé : 300 élèves")
    whole = digests(take(page, tmp_path / "again"))
    assert whole.keys() == same.keys()
    assert {name for name in same if whole[name] != same[name]} <= {".pix-mailmerge/journal.json"}


def test_reload_back_and_a_second_window_in_the_middle(page: Page, tmp_path: Path, of_samples: Digests):
    drop(page, "Résultats", *SAMPLES)
    fill_school(page)
    drop(page, "Signature", SIGNATURE)
    with page.expect_response("**/production"):  # a page that goes before it was heard has asked for nothing
        press(page, "Produire")
    expect(page.get_by_role("button", name="Arrêter")).to_be_visible()
    page.reload()
    other = page.context.new_page()
    other.goto(page.url)
    assert told(page, "faits-titre").startswith("Terminé : 76 élèves")
    assert told(other, "faits-titre").startswith("Terminé : 76 élèves")
    for label, text in SCHOOL.items():
        expect(page.get_by_label(label, exact=True)).to_have_value(text)
    page.goto("about:blank")
    page.go_back()
    expect(page.locator("#faits-titre")).to_contain_text("Terminé")
    other.get_by_label("Ville", exact=True).fill("Villeurbanne")
    expect(page.get_by_label("Ville", exact=True)).to_have_value("Villeurbanne")
    expect(page.locator("#faits")).to_contain_text("quelque chose a changé")
    assert digests(take(page, tmp_path)) == of_samples


def test_an_engine_that_is_not_there_is_told_and_another_one_chosen(page: Page, tmp_path: Path):
    drop(page, "Résultats", SAMPLES[2])
    fill_school(page)
    page.get_by_text("Autres réglages").click()
    page.get_by_label("Moteur des PDF", exact=True).select_option("Word")
    page.get_by_text("Autres réglages").click()
    assert produce(page).startswith("Rien n’a été produit : 1 erreur")
    page.reload()
    expect(page.get_by_label("Moteur des PDF", exact=True)).to_be_hidden()
    page.get_by_role("link", name="Aller à « Moteur des PDF »").first.click()
    expect(page.get_by_label("Moteur des PDF", exact=True)).to_be_focused()
    expect(page.get_by_label("Moteur des PDF", exact=True)).to_have_value("word")
    assert violations(page) == []
    page.get_by_label("Moteur des PDF", exact=True).select_option("Moteur intégré")
    assert produce(page).startswith("Terminé")
    same = run_the_same(tmp_path / "run", SAMPLES[2], signature=None, engine="embedded")
    assert digests(take(page, tmp_path)) == digests(same)


def tab_to(page: Page, name: str, kind: str = "*") -> None:
    """Press Tab until the control of that name (and kind, a selector) has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        found = page.evaluate(
            "() => { const one = document.activeElement;"
            " return (one.labels?.[0] ?? one).textContent.trim().replace(/\\s+/g, ' ') }"
        )
        if found == name and page.evaluate(f"() => document.activeElement.matches('{kind}')"):
            assert page.evaluate("() => document.activeElement.matches(':focus-visible')")
            return
    raise AssertionError(f"Tab never comes to {name}")


def test_with_the_keyboard_alone(page: Page, tmp_path: Path):
    def choose(label: str, *files: Path) -> None:
        tab_to(page, label)
        with page.expect_file_chooser() as chooser:
            page.keyboard.press("Space")
        chooser.value.set_files(files)
        expect(page.locator(".part", has_text=files[0].name).first).to_be_visible()

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#contenu$"))
    choose("Résultats", SAMPLES[0])
    tab_to(page, "Établissement", "input")
    page.keyboard.type(SCHOOL["Établissement"])
    page.keyboard.press("Tab")
    page.keyboard.type(SCHOOL["Ville"])
    choose("Signature", SIGNATURE)
    tab_to(page, "Contrôler")
    page.keyboard.press("Enter")
    expect(page.locator("#controle-titre")).to_be_focused()
    tab_to(page, "Aller à « Chef d’établissement »")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Chef d’établissement", exact=True)).to_be_focused()
    page.keyboard.type(SCHOOL["Chef d’établissement"])
    tab_to(page, "Produire")
    page.keyboard.press("Space")
    assert told(page, "faits-titre").startswith("Terminé")
    expect(page.get_by_role("button", name="Produire")).to_be_focused()
    tab_to(page, "Tout télécharger (ZIP)")
    with page.expect_download() as waited:
        page.keyboard.press("Enter")
    with zipfile.ZipFile(waited.value.path()) as archive:
        archive.extractall(tmp_path / "taken")
    assert digests(tmp_path / "taken") == digests(run_the_same(tmp_path / "run", SAMPLES[0]))


def test_on_a_narrow_page_nothing_is_cut(page: Page, tmp_path: Path, of_samples: Digests):
    page.set_viewport_size({"width": 390, "height": 844})
    drop(page, "Résultats", *SAMPLES)
    fill_school(page)
    drop(page, "Signature", SIGNATURE)
    page.get_by_text("Autres réglages").click()
    check(page)
    assert produce(page).startswith("Terminé : 76 élèves")
    for width in (683, 390):  # 200 % of 1,366; a phone
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []
    assert digests(take(page, tmp_path)) == of_samples
