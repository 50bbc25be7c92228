"""Word through docx2pdf, against a fake of it that is slow, hangs, crashes, exits or writes nothing.

Not seen on a real Word: docs/formats/pdf-engines.md says so.
"""

import os

import pikepdf
import pytest

from pix_mailmerge.destination.engines import word
from pix_mailmerge.destination.engines.engine import Job
from pix_mailmerge.destination.engines.word import WordSession, find_program
from pix_mailmerge.problems import ProgramMissingError

FAKE = """
import os, sys, time
from pathlib import Path
state = Path({state!r})
def convert(docx, pdf, keep_active=False):
    assert str(docx).endswith(".docx")
    calls = state.read_text().splitlines() if state.exists() else []
    state.write_text("\\n".join([*calls, f"{{os.getpid()}} {{keep_active}} {{docx}}"]))
    number, behaviour, content = len(calls) + 1, {behaviour!r}, {pdf!r}
    bad = Path(docx).read_bytes() == b"bad"
    print("a progress bar", file=sys.stderr)
    if behaviour == "hangs on the bad" and bad: time.sleep(60)
    if behaviour == "crashes once" and number == 2: os._exit(3)
    if behaviour == "crashes on the bad" and bad: os._exit(3)
    if behaviour == "is busy twice" and number < 3:
        raise OSError(-2147418111, "Call was rejected by callee.")
    if behaviour == "exits on the bad" and bad: sys.exit(1)
    if behaviour == "asserts on the bad" and bad: assert False
    if behaviour == "writes nothing for the bad" and bad: return
    if behaviour == "writes an empty file for the bad" and bad: content = b""
    if behaviour == "is slow": time.sleep(0.3)
    Path(pdf).write_bytes(content)
"""


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """Return fake(behaviour) -> the file that lists the calls of a docx2pdf that behaves so."""

    def make(behaviour):
        state, folder, pdf = tmp_path / "calls", tmp_path / "lib", tmp_path / "one.pdf"
        folder.mkdir()
        with pikepdf.new() as made:
            made.add_blank_page()
            made.save(pdf)
        source = FAKE.format(state=str(state), behaviour=behaviour, pdf=pdf.read_bytes())
        (folder / "docx2pdf.py").write_text(source)
        monkeypatch.syspath_prepend(folder)
        monkeypatch.setattr(word, "_word_is_installed", lambda: True)
        monkeypatch.setattr(word, "RETRY_SECONDS", 0.01)
        return state

    return make


@pytest.fixture
def jobs(tmp_path):
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


@pytest.mark.parametrize("behaviour", ["", "is slow", "is busy twice", "crashes once"])
def test_what_passes_is_waited_for_or_tried_again(fake, jobs, behaviour):
    fake(behaviour)
    with WordSession() as session:
        assert told(session.convert_batch(jobs)) == [1, 1, 1]


@pytest.mark.parametrize(
    ("behaviour", "id"),
    [
        ("hangs on the bad", "program.timeout"),
        ("crashes on the bad", "program.crashed"),
        ("exits on the bad", "program.refused"),
        ("asserts on the bad", "program.refused"),
        ("writes nothing for the bad", "program.no-pdf"),
        ("writes an empty file for the bad", "program.bad-pdf"),
    ],
)
def test_one_bad_document_does_not_end_the_batch_and_is_told(fake, jobs, behaviour, id):
    fake(behaviour)
    with WordSession() as session:
        assert told(session.convert_batch(jobs, timeout=3)) == [1, [id], 1]
    assert [job.pdf.exists() for job in jobs] == [True, False, True]


def test_word_sees_neutral_names_in_a_private_folder_and_is_left_open(fake, jobs, tmp_path):
    calls = fake("")
    work = tmp_path / "work"
    work.mkdir()
    with WordSession(work) as session:
        session.convert_batch(jobs)
    lines = calls.read_text().splitlines()
    assert all("DUPONT" not in line and str(work) in line for line in lines)
    assert [line.split()[1] for line in lines] == ["True"] * 3
    assert not list(work.iterdir())


def test_what_a_killed_run_left_in_the_folder_of_word_is_swept(fake, jobs, tmp_path, monkeypatch):
    fake("")
    monkeypatch.setattr(word, "_folder_of_word", lambda: tmp_path)
    left = tmp_path / "pix-mailmerge-dead"
    left.mkdir()
    (left / "lot-001.docx").write_bytes(b"a pupil")
    with WordSession() as session:
        assert not left.exists()
        session.convert_batch(jobs)
    assert not list(tmp_path.glob("pix-*"))


def test_the_child_is_started_again_from_time_to_time(fake, jobs, monkeypatch):
    calls = fake("")
    monkeypatch.setattr(word, "FILES_PER_CHILD", 2)
    with WordSession() as session:
        session.convert_batch(jobs)
    assert len({line.split()[0] for line in calls.read_text().splitlines()}) == 2


def test_a_word_that_hangs_is_ended_unless_the_user_had_it_open(fake, jobs, monkeypatch):
    fake("hangs on the bad")
    for before, ended in ((frozenset(), [42]), (frozenset({42}), [])):
        seen = []
        running = iter([before])
        monkeypatch.setattr(word, "_word_processes", lambda running=running: next(running, frozenset({42})))
        monkeypatch.setattr(word, "_end_process", seen.append)
        with WordSession() as session:
            session.convert_batch(jobs[1:2], timeout=0.5)
        assert seen == ended


@pytest.mark.skipif(os.name == "nt", reason="Word may be there")
def test_where_there_is_no_word_it_is_told():
    assert find_program() is None
    with pytest.raises(ProgramMissingError) as caught:
        WordSession()
    assert [(problem.id, problem.exit_code) for problem in caught.value.problems] == [("missing.word", 7)]
