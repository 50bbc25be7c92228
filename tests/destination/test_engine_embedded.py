"""The embedded engine: its own fonts, its own process, a verdict read from the file it made."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pikepdf
import pytest

from pix_mailmerge.destination.engines import embedded, own_fonts
from pix_mailmerge.destination.engines.child import Child, ChildDiedError, ChildRefusedError, ChildTimeoutError
from pix_mailmerge.destination.engines.embedded import EmbeddedSession, find_program
from pix_mailmerge.destination.pdf import convert
from pix_mailmerge.problems import DataSourceError, ProgramFailedError

TEXT = "<w:p><w:r><w:t>Élève NGUYỄN Ķœ ➔</w:t></w:r></w:p>"


def fonts_of(pdf):
    with pikepdf.open(pdf) as opened:
        return {str(font.BaseFont).partition("+")[2] for page in opened.pages for font in page.Resources.Font.values()}


def test_the_engine_is_there_and_says_its_version():
    program = find_program()
    assert program is not None
    assert program.version.startswith("0.8.")


def test_a_document_becomes_a_pdf_in_our_fonts(make_docx, tmp_path):
    pdf = tmp_path / "a.pdf"
    conversion = convert(make_docx(TEXT), pdf)
    assert (conversion.pages, conversion.engine) == (1, "embedded")
    assert fonts_of(pdf) == {"Carlito", "DejaVuSans"}


@pytest.mark.parametrize(
    ("asked", "drawn"),
    [
        ("Calibri", "Carlito"),
        ("Cambria", "Caladea-Regular"),
        ("Arial", "LiberationSans"),
        ("Times New Roman", "LiberationSerif"),
        ("Police Inconnue", "LiberationSans"),
    ],
)
def test_a_font_that_is_not_ours_takes_its_twin(make_docx, tmp_path, asked, drawn):
    run = f'<w:p><w:r><w:rPr><w:rFonts w:ascii="{asked}" w:hAnsi="{asked}"/></w:rPr><w:t>Abc</w:t></w:r></w:p>'
    convert(make_docx(run), tmp_path / "a.pdf")
    assert fonts_of(tmp_path / "a.pdf") == {drawn}


def test_the_same_document_gives_the_same_bytes(make_docx, tmp_path):
    docx = make_docx(TEXT)
    convert(docx, tmp_path / "a.pdf")
    convert(docx, tmp_path / "b.pdf")
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


def test_our_environment_is_left_as_it_was(make_docx, tmp_path):
    before = dict(os.environ)
    convert(make_docx(TEXT), tmp_path / "a.pdf")
    assert dict(os.environ) == before


def test_nothing_reaches_the_terminal(make_docx, tmp_path):
    script = "import sys; from pathlib import Path; from pix_mailmerge.destination.pdf import convert; "
    script += "convert(Path(sys.argv[1]), Path(sys.argv[2]))"
    done = subprocess.run(
        [sys.executable, "-c", script, make_docx(TEXT), tmp_path / "a.pdf"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_file_that_is_no_docx_is_told_and_the_old_pdf_stays(tmp_path):
    docx, pdf = tmp_path / "a.docx", tmp_path / "a.pdf"
    docx.write_bytes(b"no zip")
    pdf.write_bytes(b"old")
    with pytest.raises(DataSourceError) as caught:
        convert(docx, pdf)
    assert [problem.id for problem in caught.value.problems] == ["source.not-docx"]
    assert pdf.read_bytes() == b"old"


def test_a_document_that_the_engine_refuses_is_told_and_the_old_pdf_stays(make_docx, tmp_path):
    docx, pdf = make_docx("<w:p><unclosed></w:p>"), tmp_path / "a.pdf"
    pdf.write_bytes(b"old")
    with pytest.raises(ProgramFailedError) as caught:
        convert(docx, pdf, "embedded")
    (problem,) = caught.value.problems
    assert (problem.id, problem.exit_code, problem.where.file) == ("program.refused", 8, "essai.docx")
    assert pdf.read_bytes() == b"old"


def test_a_session_goes_on_after_a_document_that_cannot_be_read(make_docx, tmp_path):
    bad = tmp_path / "bad.docx"
    bad.write_bytes(b"no zip")
    with EmbeddedSession() as session:
        with pytest.raises(ProgramFailedError):
            session.convert(bad, tmp_path / "bad.pdf")
        assert session.convert(make_docx(TEXT), tmp_path / "a.pdf") == 1


class FakeChild:
    """Stands for a child whose engine misbehaves."""

    def __init__(self, *_):
        pass

    def close(self):
        pass


@pytest.mark.parametrize(
    ("written", "id"),
    [(None, "program.no-pdf"), (b"", "program.bad-pdf"), (b"%PDF-1.7\n%%EOF", "program.bad-pdf")],
)
def test_an_engine_that_says_yes_and_writes_nothing_good_is_not_believed(monkeypatch, tmp_path, written, id):
    def call(self, name, docx, pdf, timeout):
        if written is not None:
            Path(pdf).write_bytes(written)

    monkeypatch.setattr(FakeChild, "call", call, raising=False)
    monkeypatch.setattr(embedded, "Child", FakeChild)
    with pytest.raises(ProgramFailedError) as caught, EmbeddedSession() as session:
        session.convert(tmp_path / "a.docx", tmp_path / "a.pdf")
    assert [problem.id for problem in caught.value.problems] == [id]


@pytest.mark.parametrize(
    ("cause", "id"),
    [
        (ChildTimeoutError(), "program.timeout"),
        (ChildDiedError(), "program.crashed"),
        (ChildRefusedError("RuntimeError: x"), "program.refused"),
    ],
)
def test_each_way_to_fail_has_its_problem(monkeypatch, tmp_path, cause, id):
    def call(self, *_, **__):
        raise cause

    monkeypatch.setattr(FakeChild, "call", call, raising=False)
    monkeypatch.setattr(embedded, "Child", FakeChild)
    with pytest.raises(ProgramFailedError) as caught, EmbeddedSession() as session:
        session.convert(tmp_path / "a.docx", tmp_path / "a.pdf")
    assert [problem.id for problem in caught.value.problems] == [id]


@pytest.fixture
def child(tmp_path, monkeypatch):
    (tmp_path / "misbehaving.py").write_text(
        "import os, sys, time\n"
        "def leave(): sys.exit(3)\n"
        "CALLS = {'say': lambda text: (print('noise'), text)[1], 'hang': lambda: time.sleep(60),\n"
        "         'die': lambda: os._exit(9), 'leave': leave}\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    made = Child("misbehaving")
    yield made
    made.close()


def test_a_child_answers_whatever_its_libraries_print(child):
    assert child.call("say", "Zoé \udcff", timeout=20) == "Zoé \udcff"


def test_a_child_that_hangs_is_killed_and_the_next_call_has_a_new_one(child):
    child.call("say", "", timeout=20)
    first = child.pid
    with pytest.raises(ChildTimeoutError):
        child.call("hang", timeout=0.2)
    assert child.call("say", "again", timeout=20) == "again"
    assert child.pid != first


def test_a_child_that_dies_is_told_and_started_again(child):
    with pytest.raises(ChildDiedError):
        child.call("die", timeout=20)
    assert child.call("say", "again", timeout=20) == "again"


def test_a_child_that_was_closed_is_not_started_again(child):
    child.call("say", "", timeout=20)
    child.close()
    with pytest.raises(ChildDiedError):
        child.call("say", "again", timeout=20)
    assert child.pid is None


def test_a_library_that_exits_does_not_end_the_child(child):
    with pytest.raises(ChildRefusedError, match="SystemExit: 3"):
        child.call("leave", timeout=20)


def test_no_path_stands_in_the_arguments_of_a_child(child):
    child.call("say", "/secret/DUPONT Zoé.docx", timeout=20)
    if Path("/proc").exists():
        assert b"DUPONT" not in Path(f"/proc/{child.pid}/cmdline").read_bytes()


def test_each_font_comes_with_its_licence():
    families = {font.stem.partition("-")[0] for font in own_fonts.font_files()}
    assert families == {"Caladea", "Carlito", "DejaVuSans", "LiberationSans", "LiberationSerif"}
    licences = {file.name for file in own_fonts.FONTS.glob("LICENSE*")}
    assert licences == {f"LICENSE-{name}.txt" for name in ("Caladea", "Carlito", "DejaVu", "Liberation")}


def test_the_fonts_are_found_where_the_user_has_no_cache(monkeypatch, tmp_path, make_docx):
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    convert(make_docx(TEXT), tmp_path / "a.pdf")
    assert fonts_of(tmp_path / "a.pdf") == {"Carlito", "DejaVuSans"}


PARENT = """
import sys, time
from pix_mailmerge.destination.engines.child import Child
child = Child("pix_mailmerge.destination.engines.embedded")
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(not Path("/proc").exists(), reason="processes are looked up in /proc")
def test_a_child_ends_with_its_parent_however_that_ends():
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", PARENT], env=environment, stdout=subprocess.PIPE) as parent:
        child = int(parent.stdout.readline())
        parent.kill()
    end = time.monotonic() + 20
    while Path(f"/proc/{child}").exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert not Path(f"/proc/{child}").exists()


def test_a_cache_of_fonts_that_was_cleaned_in_part_is_made_whole(monkeypatch, tmp_path, make_docx):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for link in (own_fonts.fontconfig_file().parent / "fonts").iterdir():
        link.unlink()
    convert(make_docx(TEXT), tmp_path / "a.pdf")
    assert fonts_of(tmp_path / "a.pdf") == {"Carlito", "DejaVuSans"}
