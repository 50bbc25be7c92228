"""LibreOffice is started by us, timed, and believed only for the file it made."""

import os
import stat
import sys
from pathlib import Path

import pikepdf
import pytest

from pix_mailmerge.destination.engines import own_fonts
from pix_mailmerge.destination.engines.engine import Job
from pix_mailmerge.destination.engines.libreoffice import LibreOfficeSession, find_program
from pix_mailmerge.destination.split import Part, bookmark, split
from pix_mailmerge.problems import ProgramFailedError, ProgramMissingError

TEXT = "<w:p><w:r><w:t>Élève NGUYỄN</w:t></w:r></w:p>"

FAKE = """#!{python}
import os, sys, time
from pathlib import Path
behaviour, state = {behaviour!r}, Path({state!r})
starts = len(list(state.iterdir()))
files = [Path(word) for word in sys.argv[1:] if word.endswith(".docx")]
(state / str(starts)).write_text("\\n".join(sys.argv))
out = Path(sys.argv[sys.argv.index("--outdir") + 1])
if behaviour == "81 first" and starts == 0:
    sys.exit(81)
for position, file in enumerate(files):
    content = {pdf!r}
    if behaviour == "nothing":
        break
    if behaviour == "hangs":
        if os.fork() == 0:
            (state / "child").write_text(str(os.getpid()))
        time.sleep(60)
    if behaviour == "crashes on the second" and len(files) > 1 and position == 1:
        os.kill(os.getpid(), 9)
    if behaviour == "never the second" and file.read_bytes() == b"bad":
        continue
    if behaviour == "empty":
        content = b""
    if behaviour == "truncated":
        content = content[:-40]
    (out / (file.stem + ".pdf")).write_bytes(content)
"""


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """Return fake(behaviour) -> a folder with the arguments of each start of a soffice that behaves so."""

    def make(behaviour):
        state, folder = tmp_path / "starts", tmp_path / "bin"
        state.mkdir()
        folder.mkdir()
        pdf = tmp_path / "one.pdf"
        with pikepdf.new() as made:
            made.add_blank_page()
            made.save(pdf)
        program = folder / "soffice"
        program.write_text(
            FAKE.format(python=sys.executable, behaviour=behaviour, state=str(state), pdf=pdf.read_bytes())
        )
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        return state

    return make


@pytest.fixture
def jobs(tmp_path):
    """Return three documents named as pupils, the second one bad."""
    made = []
    for number, content in enumerate((b"good", b"bad", b"good")):
        docx = tmp_path / f"DUPONT Zoé {number}.docx"
        docx.write_bytes(content)
        made.append(Job(docx, tmp_path / f"{number}.pdf"))
    return made


def told(answers):
    return [
        [problem.id for problem in answer.problems] if isinstance(answer, Exception) else answer for answer in answers
    ]


def test_a_profile_that_asks_to_be_started_again_is(fake, jobs):
    starts = fake("81 first")
    with LibreOfficeSession() as session:
        assert told(session.convert_batch(jobs)) == [1, 1, 1]
    assert len(list(starts.iterdir())) == 2


@pytest.mark.parametrize(
    ("behaviour", "id"),
    [("nothing", "program.no-pdf"), ("empty", "program.bad-pdf"), ("truncated", "program.bad-pdf")],
)
def test_an_exit_code_of_0_is_not_believed(fake, jobs, behaviour, id):
    fake(behaviour)
    with LibreOfficeSession() as session:
        assert told(session.convert_batch(jobs[:1])) == [[id]]
    assert not jobs[0].pdf.exists()


def test_a_crash_does_not_lose_the_other_documents(fake, jobs):
    fake("crashes on the second")
    with LibreOfficeSession() as session:
        assert told(session.convert_batch(jobs)) == [1, 1, 1]


def test_one_bad_document_does_not_end_the_batch(fake, jobs):
    fake("never the second")
    with LibreOfficeSession() as session:
        assert told(session.convert_batch(jobs)) == [1, ["program.no-pdf"], 1]
    assert [job.pdf.exists() for job in jobs] == [True, False, True]


@pytest.mark.skipif(os.name != "posix", reason="process groups are of POSIX")
def test_a_program_that_hangs_is_ended_with_what_it_started(fake, jobs):
    starts = fake("hangs")
    with LibreOfficeSession() as session:
        assert told(session.convert_batch(jobs[:1], timeout=2)) == [["program.timeout"]]
    child = int((starts / "child").read_text())
    state = Path(f"/proc/{child}/stat")
    assert not state.exists() or state.read_text().split()[2] == "Z"


def test_no_pupil_s_name_stands_in_the_arguments(fake, jobs):
    starts = fake("")
    with LibreOfficeSession() as session:
        session.convert_batch(jobs)
    said = (starts / "0").read_text()
    assert "DUPONT" not in said
    assert "lot-001.docx" in said


def test_the_profile_is_private_and_goes_at_the_end(fake, jobs, tmp_path):
    starts = fake("")
    work = tmp_path / "work"
    work.mkdir()
    with LibreOfficeSession(work) as session:
        session.convert_batch(jobs)
        (folder,) = work.iterdir()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert f"-env:UserInstallation={(folder / 'profil').as_uri()}" in (starts / "0").read_text()
    assert not list(work.iterdir())


def test_a_missing_program_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("pix_mailmerge.destination.engines.libreoffice._candidates", lambda: iter(()))
    with pytest.raises(ProgramMissingError) as caught:
        LibreOfficeSession()
    assert [(problem.id, problem.exit_code) for problem in caught.value.problems] == [("missing.libreoffice", 7)]


@pytest.mark.real("soffice")
def test_libreoffice_is_found_with_its_version():
    program = find_program()
    assert program is not None
    assert program.version.partition(".")[0].isdigit()


@pytest.mark.real("soffice")
def test_libreoffice_draws_calibri_with_our_font_on_a_machine_that_has_none(make_docx, tmp_path, monkeypatch):
    monkeypatch.setattr(own_fonts, "SYSTEM_FOLDERS", ())
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    fonts = '<w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri"/></w:rPr>'
    with LibreOfficeSession() as session:
        session.convert(make_docx(TEXT.replace("<w:r>", f"<w:r>{fonts}")), tmp_path / "a.pdf")
    with pikepdf.open(tmp_path / "a.pdf") as made:
        used = [str(font.BaseFont) for font in made.pages[0].Resources.Font.values()]
    assert [name.partition("+")[2] for name in used] == ["Carlito"]


@pytest.mark.real("soffice")
def test_libreoffice_keeps_each_record_s_bookmark(make_composed, tmp_path):
    composed = make_composed(["Ada", "Blaise", "Carl"], [1, 2, 1])
    with LibreOfficeSession() as session:
        assert session.convert(composed, tmp_path / "lot.pdf") == 4
    parts = [Part(bookmark(number), tmp_path / f"{number}.pdf") for number in (1, 2, 3)]
    assert split(tmp_path / "lot.pdf", parts) == (1, 2, 1)


@pytest.mark.real("soffice")
def test_a_file_that_is_no_docx_gives_no_page_of_rubbish(make_docx, tmp_path):
    bad = tmp_path / "bad.docx"
    bad.write_bytes(b"rubbish")
    with LibreOfficeSession() as session:
        answers = session.convert_batch([Job(make_docx(TEXT), tmp_path / "a.pdf"), Job(bad, tmp_path / "b.pdf")])
    assert told(answers) == [1, ["program.no-pdf"]]


@pytest.mark.real("soffice")
def test_a_session_works_on_after_a_time_out(make_docx, tmp_path):
    docx = make_docx(TEXT)
    with LibreOfficeSession() as session:
        with pytest.raises(ProgramFailedError) as caught:
            session.convert(docx, tmp_path / "a.pdf", timeout=0.05)
        assert [problem.id for problem in caught.value.problems] == ["program.timeout"]
        assert session.convert(docx, tmp_path / "a.pdf") == 1
