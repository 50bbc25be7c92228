"""Which engine and why; the next engine where one fails; each step told."""

import os
import threading

import pikepdf
import pypdfium2
import pytest

from pix_mailmerge.destination.converter import Chunk, Converter
from pix_mailmerge.destination.engines import choice
from pix_mailmerge.destination.engines.choice import choose_engine
from pix_mailmerge.destination.engines.engine import Job, Program, failed
from pix_mailmerge.destination.pdf import convert_documents
from pix_mailmerge.destination.preflight.survey import Survey
from pix_mailmerge.destination.private import private_folder
from pix_mailmerge.destination.split import bookmark
from pix_mailmerge.problems import ProgramFailedError, ProgramMissingError, UsageError, warning

STRIKE = warning("model.not-drawn", "« Texte barré » ne sera pas dessiné.", "Autre moteur.")
PROGRAMS = {
    "embedded": Program("embedded", "Le moteur intégré (dxpdf)", "0.8.1"),
    "libreoffice": Program("libreoffice", "LibreOffice", "7.4"),
    "word": Program("word", "Microsoft Word", "16"),
}


@pytest.fixture
def machine(monkeypatch):
    """Return machine(*names): only these engines are installed."""

    def make(*names):
        found = {name: (lambda name=name: PROGRAMS[name] if name in names else None) for name in PROGRAMS}
        monkeypatch.setattr(choice, "FINDERS", found)

    return make


def test_auto_takes_the_embedded_engine_and_says_why(machine):
    machine("embedded", "libreoffice")
    chosen = choose_engine("auto")
    assert chosen.names == ("embedded", "libreoffice")
    assert chosen.why == (
        "PDF par le moteur intégré (dxpdf 0.8.1) : il sait dessiner tout ce que contient le document."
    )


def test_auto_takes_another_engine_for_what_the_embedded_one_would_drop(machine):
    machine("embedded", "libreoffice", "word")
    chosen = choose_engine("auto", [STRIKE])
    assert chosen.names == ("libreoffice", "word", "embedded")
    assert chosen.why == "PDF par LibreOffice (7.4) : le moteur intégré ne dessinerait pas tout (texte barré)."


def test_auto_says_what_is_missing_where_there_is_no_other_engine(machine):
    machine("embedded")
    chosen = choose_engine("auto", [STRIKE])
    assert chosen.names == ("embedded",)
    assert "sans pouvoir tout dessiner (texte barré)" in chosen.why


def test_auto_does_without_the_embedded_engine(machine):
    machine("libreoffice")
    assert choose_engine("auto").names == ("libreoffice",)


def test_an_engine_asked_for_is_the_only_one(machine):
    machine("embedded", "libreoffice")
    chosen = choose_engine("libreoffice", [STRIKE])
    assert (chosen.names, chosen.why) == (("libreoffice",), "PDF par LibreOffice (7.4), comme demandé.")


def test_an_unknown_engine_is_told():
    with pytest.raises(UsageError) as caught:
        choose_engine("openoffice")
    assert [(problem.id, problem.exit_code) for problem in caught.value.problems] == [("usage.engine", 2)]


def test_no_engine_at_all_is_told(machine):
    machine()
    with pytest.raises(ProgramMissingError) as caught:
        choose_engine("auto")
    assert [(problem.id, problem.exit_code) for problem in caught.value.problems] == [("missing.engine", 7)]


def test_pdfa_is_for_libreoffice(machine):
    machine("embedded", "libreoffice")
    assert choose_engine("auto", pdfa=True).names == ("libreoffice",)
    with pytest.raises(UsageError) as caught:
        choose_engine("embedded", pdfa=True)
    assert [problem.id for problem in caught.value.problems] == ["usage.pdfa"]


class FakeSession:
    """An engine that fails on documents named « bad », and gives a blank page to the others."""

    def __init__(self, good, bookmarks=(), keeps_bookmarks=True):
        self.good, self.bookmarks, self.keeps_bookmarks = good, bookmarks, keeps_bookmarks
        self.seen = []
        self.closed = False

    def convert_batch(self, jobs, *, timeout=None):
        answers = []
        for job in jobs:
            self.seen.append(job.docx)
            if not self.good and "bad" in job.docx.name:
                answers.append(
                    failed("program.no-pdf", "Le faux moteur n’a rien écrit.", job.docx).with_traceback(None)
                )
                continue
            with pikepdf.new() as made:
                for _ in self.bookmarks or (1,):
                    made.add_blank_page()
                if self.bookmarks:
                    places = {
                        f"/{n}": [p.obj, pikepdf.Name.Fit] for n, p in zip(self.bookmarks, made.pages, strict=True)
                    }
                    made.Root.Dests = pikepdf.Dictionary(places)
                made.save(job.pdf)
            answers.append(max(1, len(self.bookmarks)))
        return answers

    def close(self):
        self.closed = True


def chunks(folder, *names, **more):
    return [Chunk(folder / f"{name}.docx", folder / f"{name}.pdf", **more) for name in names]


def test_one_bad_document_goes_to_the_next_engine_and_that_is_told(machine, tmp_path):
    machine("embedded", "libreoffice")
    sessions = {"embedded": FakeSession(good=False), "libreoffice": FakeSession(good=True)}
    with Converter(processes=1, open_session=sessions.__getitem__) as converter:
        results = converter.convert_all(chunks(tmp_path, "a", "bad", "c"))
    assert [result.engine for result in results] == ["embedded", "libreoffice", "embedded"]
    assert sessions["libreoffice"].seen == [tmp_path / "bad.docx"]
    (problem,) = converter.problems
    assert (problem.id, problem.severity, problem.where.file) == ("program.fallback", "warning", "bad.docx")
    assert problem.what == "Le faux moteur n’a rien écrit. LibreOffice a pris le relais."
    assert all(session.closed for session in sessions.values())


@pytest.mark.parametrize(("name", "told"), [("a", []), ("bad", ["program.fallback", "model.not-drawn"])])
def test_what_the_embedded_engine_would_drop_is_told_where_it_made_the_pdf(machine, tmp_path, name, told):
    machine("embedded", "libreoffice")
    sessions = {"embedded": FakeSession(good=True), "libreoffice": FakeSession(good=False)}
    with Converter(survey=Survey(drops=(STRIKE,)), open_session=sessions.__getitem__) as converter:
        converter.convert_all(chunks(tmp_path, name))
    assert sorted(problem.id for problem in converter.told) == sorted(told)


def test_an_engine_asked_for_has_no_other_behind_it(machine, tmp_path):
    machine("embedded", "libreoffice")
    with Converter("embedded", open_session=lambda name: FakeSession(good=False)) as converter:
        (answer,) = converter.convert_all(chunks(tmp_path, "bad"))
    assert isinstance(answer, ProgramFailedError)
    assert converter.problems == []


def test_where_all_engines_fail_all_say_why(machine, tmp_path):
    machine("embedded", "libreoffice")
    converter = Converter(open_session=lambda name: FakeSession(good=False))
    with pytest.raises(ProgramFailedError) as caught, converter:
        converter.convert(chunks(tmp_path, "bad")[0])
    assert [problem.id for problem in caught.value.problems] == ["program.no-pdf"] * 2


def test_a_pdf_that_lost_a_record_goes_to_the_next_engine(machine, tmp_path):
    machine("embedded", "libreoffice")
    names = (bookmark(1), bookmark(2))
    sessions = {"embedded": FakeSession(True, names[:1]), "libreoffice": FakeSession(True, names)}
    with Converter(open_session=sessions.__getitem__) as converter:
        conversion = converter.convert(*chunks(tmp_path, "a", bookmarks=names))
    assert (conversion.engine, conversion.counts) == ("libreoffice", (1, 1))


def test_an_engine_that_loses_bookmarks_converts_each_record_alone(machine, tmp_path):
    machine("word")
    session = FakeSession(True, keeps_bookmarks=False)
    documents = (tmp_path / "1.docx", tmp_path / "2.docx")
    wanted = Chunk(tmp_path / "lot.docx", tmp_path / "lot.pdf", (bookmark(1), bookmark(2)), documents)
    with Converter("word", open_session=lambda name: session) as converter:
        conversion = converter.convert(wanted)
    assert (conversion.pages, conversion.counts) == (2, (1, 1))
    assert session.seen == list(documents)
    assert [path.name for path in tmp_path.iterdir()] == ["lot.pdf"]


def test_no_more_sessions_are_opened_than_asked_for(machine, tmp_path):
    machine("embedded")
    opened = []
    both = threading.Barrier(2, timeout=20)

    class Waiting(FakeSession):
        def convert_batch(self, jobs, *, timeout=None):
            both.wait()
            return super().convert_batch(jobs)

    def opener(name):
        opened.append(Waiting(good=True))
        return opened[-1]

    with Converter(processes=2, open_session=opener) as converter:
        assert len(converter.convert_all(chunks(tmp_path, "a", "b"))) == 2
    assert len(opened) == 2


def test_an_interruption_ends_what_is_under_way(machine, tmp_path):
    machine("embedded", "libreoffice")
    begun, ended = threading.Event(), threading.Event()
    opened = []

    class Endless(FakeSession):
        def convert_batch(self, jobs, *, timeout=None):
            begun.set()
            assert ended.wait(20)
            return [failed("program.crashed", "Le faux moteur a été arrêté.", job.docx) for job in jobs]

        def close(self):
            ended.set()

    def opener(name):
        opened.append(name)
        return Endless(good=True)

    with pytest.raises(KeyboardInterrupt), Converter(open_session=opener) as converter:
        future = converter.submit(*chunks(tmp_path, "a"))
        assert begun.wait(20)
        raise KeyboardInterrupt
    assert isinstance(future.exception(), ProgramFailedError)
    assert opened == ["embedded"]


def test_progress_is_told(machine, tmp_path):
    machine("embedded")
    seen = []
    with Converter(processes=1, open_session=lambda name: FakeSession(good=True)) as converter:
        converter.convert_all(chunks(tmp_path, "a", "b"), seen.append)
    assert seen == [2]


def test_the_embedded_engine_gets_the_cured_copy_and_the_others_the_document(machine, make_docx, tmp_path):
    machine("embedded", "libreoffice")
    sessions = {"embedded": FakeSession(good=False), "libreoffice": FakeSession(good=True)}
    docx = make_docx("<w:sdt><w:sdtContent><w:p/></w:sdtContent></w:sdt>", "bad.docx")
    with Converter("auto", Survey(cures=frozenset({"wrappers"})), open_session=sessions.__getitem__) as converter:
        converter.convert(Chunk(docx, tmp_path / "bad.pdf"))
    assert [path.name for path in sessions["embedded"].seen] == ["bad-copie.docx"]
    assert [path.name for path in sessions["libreoffice"].seen] == ["bad.docx"]
    assert not list(tmp_path.glob("*-copie.docx"))


def test_records_that_count_their_pages_are_converted_one_by_one(machine, tmp_path):
    machine("embedded")
    session = FakeSession(good=True)
    documents = (tmp_path / "1.docx", tmp_path / "2.docx")
    wanted = Chunk(tmp_path / "lot.docx", tmp_path / "lot.pdf", (bookmark(1), bookmark(2)), documents)
    with Converter("auto", Survey(counts_pages=True), open_session=lambda name: session) as converter:
        assert converter.convert(wanted).counts == (1, 1)
    assert session.seen == list(documents)


def test_documents_that_ask_different_things_are_converted_each_as_it_needs(make_docx, tmp_path):
    bad = tmp_path / "bad.docx"
    bad.write_bytes(b"rubbish")
    capitals = "<w:p><w:r><w:rPr><w:caps/></w:rPr><w:t>Ada</w:t></w:r></w:p>"
    struck = "<w:p><w:r><w:rPr><w:strike/></w:rPr><w:t>Ada</w:t></w:r></w:p>"
    documents = [make_docx(capitals, "a.docx"), bad, make_docx(struck, "c.docx"), tmp_path / "none.docx"]
    seen = []
    jobs = [Job(docx, tmp_path / f"{docx.stem}.pdf") for docx in documents]
    first, second, third, fourth = convert_documents(jobs, "embedded", done=seen.append)
    with pypdfium2.PdfDocument(first.pdf) as opened:
        assert opened[0].get_textpage().get_text_range() == "ADA"
    assert [problem.id for problem in second.problems] == ["source.not-docx"]
    assert [problem.id for problem in third.problems] == ["model.not-drawn"]
    assert [problem.id for problem in fourth.problems] == ["source.not-found"]
    assert seen == [3, 4]


def test_what_a_killed_run_left_is_swept_by_the_next_one(tmp_path):
    left = tmp_path / "pix-mailmerge-dead"
    left.mkdir()
    (left / "lot-001.docx").write_bytes(b"a pupil")
    with private_folder(tmp_path) as living:
        assert not left.exists()
        with private_folder(tmp_path):
            assert living.exists()
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name != "posix", reason="users and links of POSIX")
def test_a_folder_of_that_name_that_somebody_else_made_is_left_alone(tmp_path, monkeypatch):
    theirs = tmp_path / "pix-mailmerge-trap"
    theirs.mkdir()
    (theirs / "verrou").symlink_to(tmp_path / "elsewhere")
    with private_folder(tmp_path):
        assert (
            theirs.exists() and not (tmp_path / "elsewhere").exists()
        )  # ours by its owner, but a link is not followed
    (theirs / "verrou").unlink()
    real = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: real + 1)
    with private_folder(tmp_path):
        assert theirs.exists()


@pytest.mark.real("soffice")
def test_a_document_that_the_embedded_engine_refuses_is_made_by_libreoffice(make_composed, tmp_path, monkeypatch):
    def refuse(self, docx, pdf, *, timeout=None):
        raise failed("program.refused", "Le moteur intégré a refusé.", docx)

    monkeypatch.setattr("pix_mailmerge.destination.engines.embedded.EmbeddedSession.convert", refuse)
    composed = make_composed(["Ada", "Blaise"], [2, 1])
    with Converter(processes=1) as converter:
        conversion = converter.convert(Chunk(composed, tmp_path / "lot.pdf", (bookmark(1), bookmark(2))))
    assert (conversion.engine, conversion.counts) == ("libreoffice", (2, 1))


def test_an_engine_that_was_started_early_is_the_one_that_works(machine, tmp_path):
    machine("embedded")
    opened = []

    def opener(name):
        opened.append(FakeSession(good=True))
        return opened[-1]

    with Converter(processes=1, open_session=opener) as converter:
        converter.start()
        converter.convert(*chunks(tmp_path, "a"))
    assert len(opened) == 1


def test_an_engine_that_starts_slowly_takes_what_waits_in_one_start(machine, tmp_path):
    machine("libreoffice")
    begun, go = threading.Event(), threading.Event()
    batches = []

    class Slow(FakeSession):
        def convert_batch(self, jobs, *, timeout=None):
            batches.append([job.docx.name for job in jobs])
            begun.set()
            assert go.wait(20)
            return super().convert_batch(jobs)

    with Converter("libreoffice", processes=1, open_session=lambda name: Slow(good=False)) as converter:
        first = converter.submit(*chunks(tmp_path, "a"))
        assert begun.wait(20)
        others = [converter.submit(chunk) for chunk in chunks(tmp_path, "b", "bad", "d")]
        go.set()
        assert first.result().pages == 1
        assert [type(future.exception()) for future in others] == [type(None), ProgramFailedError, type(None)]
    assert batches == [["a.docx"], ["b.docx", "bad.docx", "d.docx"]]
