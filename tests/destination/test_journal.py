"""The journal knows our files from everyone else's; a delivery is whole, or the next run knows what is there."""

import errno
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from pix_mailmerge.destination import delivery
from pix_mailmerge.destination.delivery import Delivery, Made
from pix_mailmerge.destination.journal import Origin, Source, read_journal, write_journal
from pix_mailmerge.destination.writable import check_writable
from pix_mailmerge.problems import DestinationError


def deliver(folder, files, finish=True):
    with Delivery(folder) as delivery:
        batch = []
        for path, content in files.items():
            staged = delivery.stage(path)
            staged.write_bytes(content)
            batch.append(Made(path, staged, "document", (Source("3A.csv", 2),)))
        delivery.deliver(batch)
        if finish:
            delivery.finish(Origin({"3A.csv": "ab"}, settings={"ville": "Lyon"}, duplex=True))


def ids(problems):
    return [problem.id for problem in problems]


def test_a_delivered_file_is_noted_with_its_digest_and_source(tmp_path):
    deliver(tmp_path, {"3A/Zoé.docx": b"zoe"})
    assert (tmp_path / "3A/Zoé.docx").read_bytes() == b"zoe"
    journal = read_journal(tmp_path)
    (entry,) = journal.current
    assert (entry.path, entry.kind, entry.sources) == ("3A/Zoé.docx", "document", (Source("3A.csv", 2),))
    assert entry.sha256 == "9d017e2681b7f31725e1c0fbe2612e89079c22806b02cf7a894b500dd5a219c1"
    assert (dict(journal.origin.settings), journal.origin.duplex) == ({"ville": "Lyon"}, True)


def test_the_journal_has_a_schema_and_is_for_its_owner_alone(tmp_path):
    deliver(tmp_path, {"a.docx": b"a"})
    file = tmp_path / ".pix-mailmerge/journal.json"
    assert json.loads(file.read_text())["schema"] == 1
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_nothing_else_is_left_beside_the_journal(tmp_path):
    deliver(tmp_path, {"a.docx": b"a"})
    assert sorted(path.name for path in (tmp_path / ".pix-mailmerge").iterdir()) == ["journal.json", "verrou"]


def test_a_file_that_we_made_may_be_made_again(tmp_path):
    deliver(tmp_path, {"a.docx": b"a"})
    assert check_writable(tmp_path, ["a.docx", "b.docx"]) == ()


def test_a_file_that_someone_changed_may_not(tmp_path):
    deliver(tmp_path, {"a.docx": b"a"})
    (tmp_path / "a.docx").write_bytes(b"corrected by hand")
    (problem,) = check_writable(tmp_path, ["a.docx"])
    assert (problem.id, problem.exit_code) == ("destination.exists", 6)
    assert "« a.docx »" in problem.what
    assert check_writable(tmp_path, ["a.docx"], replace=True) == ()


def test_a_file_that_we_did_not_make_may_not_even_where_a_folder_has_no_journal(tmp_path):
    for number in range(7):
        (tmp_path / f"{number}.docx").write_bytes(b"theirs")
    (problem,) = check_writable(tmp_path, [f"{number}.docx" for number in range(7)])
    assert problem.id == "destination.exists"
    assert "« 4.docx » et 2 autres" in problem.what
    assert not (tmp_path / ".pix-mailmerge").exists()


def test_the_same_content_at_another_name_is_not_ours(tmp_path):
    deliver(tmp_path, {"a.docx": b"a"})
    (tmp_path / "b.docx").write_bytes(b"a")
    assert ids(check_writable(tmp_path, ["b.docx"])) == ["destination.exists"]


def test_an_input_is_never_written_over(tmp_path):
    source = tmp_path / "3A.csv"
    source.write_bytes(b"x")
    assert ids(check_writable(tmp_path, ["3A.csv"], replace=True, inputs=[source])) == ["destination.input"]


def test_a_folder_in_the_place_of_a_file_is_told(tmp_path):
    (tmp_path / "a.docx").mkdir()
    assert ids(check_writable(tmp_path, ["a.docx"], replace=True)) == ["destination.folder"]


def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    (inside / "3A").symlink_to(outside)
    (problem,) = check_writable(inside, ["3A/a.docx"], replace=True)
    assert problem.id == "destination.link"
    assert "« 3A »" in problem.what


def test_a_destination_that_is_itself_a_link_is_the_user_s_choice(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert check_writable(tmp_path / "link", ["3A/a.docx"]) == ()


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path):
    (tmp_path / "out").write_bytes(b"x")
    assert ids(check_writable(tmp_path / "out", ["a.docx"])) == ["destination.unwritable"]


def test_a_destination_that_does_not_exist_yet_is_fine(tmp_path):
    assert check_writable(tmp_path / "new" / "er", ["a.docx"]) == ()


def test_a_journal_that_cannot_be_read_is_told(tmp_path):
    deliver(tmp_path, {"a.docx": b"a"})
    (tmp_path / ".pix-mailmerge/journal.json").write_text('{"schema": 99}')
    with pytest.raises(DestinationError) as caught:
        read_journal(tmp_path)
    assert ids(caught.value.problems) == ["destination.journal"]


def test_a_second_run_keeps_what_the_first_one_made(tmp_path):
    deliver(tmp_path, {"3A/a.docx": b"a"})
    deliver(tmp_path, {"3B/b.docx": b"b"})
    assert [entry.path for entry in read_journal(tmp_path).current] == ["3B/b.docx"]
    assert check_writable(tmp_path, ["3A/a.docx", "3B/b.docx"]) == ()


def test_a_run_that_fails_notes_what_it_had_delivered(tmp_path):
    with pytest.raises(RuntimeError), Delivery(tmp_path) as delivery:
        staged = delivery.stage("a.docx")
        staged.write_bytes(b"a")
        delivery.deliver([Made("a.docx", staged, "document")])
        delivery.stage("b.docx").write_bytes(b"half")
        raise RuntimeError
    assert check_writable(tmp_path, ["a.docx"]) == ()
    assert not (tmp_path / ".pix-mailmerge/en-cours").exists()


KILLED = """
import os, sys
from pathlib import Path
from pix_mailmerge.destination import delivery
def killed(folder):
    os.kill(os.getpid(), 9)
delivery._flush_folder = killed
with delivery.Delivery(Path(sys.argv[1])) as run:
    staged = run.stage("a.docx")
    staged.write_bytes(b"new")
    run.deliver([delivery.Made("a.docx", staged, "document")])
"""


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is of POSIX")
def test_a_run_that_is_killed_after_a_rename_leaves_a_file_that_the_next_one_knows(tmp_path):
    deliver(tmp_path, {"a.docx": b"old"})
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", KILLED, tmp_path], env=environment).returncode == -9
    assert (tmp_path / "a.docx").read_bytes() == b"new"
    assert check_writable(tmp_path, ["a.docx"]) == ()
    deliver(tmp_path, {"b.docx": b"b"})
    assert check_writable(tmp_path, ["a.docx", "b.docx"]) == ()


def test_a_torn_line_of_a_killed_run_is_left_aside(tmp_path):
    deliver(tmp_path, {"a.docx": b"a"})
    (tmp_path / ".pix-mailmerge/en-cours.jsonl").write_text('{"path": "b.docx", "sha')
    assert read_journal(tmp_path).pending == {}
    deliver(tmp_path, {"a.docx": b"a"})


def test_two_runs_do_not_work_in_one_folder(tmp_path):
    with Delivery(tmp_path):
        with pytest.raises(DestinationError) as caught:
            Delivery(tmp_path)
        assert ids(caught.value.problems) == ["destination.busy"]
    deliver(tmp_path, {"a.docx": b"a"})


def test_staged_names_tell_nothing_and_are_the_owner_s(tmp_path):
    with Delivery(tmp_path) as delivery:
        staged = delivery.stage("3A/DUPONT Zoé.docx")
        assert staged.name == "000001.docx"
        if os.name == "posix":
            assert stat.S_IMODE(staged.parent.stat().st_mode) == 0o700


def test_a_copy_of_the_model_is_kept(tmp_path):
    model = tmp_path / "mon modèle.docx"
    model.write_bytes(b"model")
    with Delivery(tmp_path / "out") as delivery:
        name = delivery.keep_model(model)
        delivery.finish(Origin(models=(name,)))
    assert (tmp_path / "out/.pix-mailmerge" / name).read_bytes() == b"model"
    assert read_journal(tmp_path / "out").origin.models == (name,)


class Failing:
    """Stands for a function of the system that fails at its n-th call."""

    def __init__(self, real, number):
        self.real, self.left = real, number

    def __call__(self, *arguments, **named):
        self.left -= 1
        if self.left == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return self.real(*arguments, **named)


@pytest.mark.parametrize("number", range(1, 16))
@pytest.mark.parametrize(("owner", "name"), [(os, "fsync"), (Path, "replace"), (Path, "mkdir"), (Path, "write_bytes")])
def test_a_disk_that_fails_at_any_moment_leaves_whole_files_that_the_next_run_makes_again(
    tmp_path, monkeypatch, owner, name, number
):
    old = {"3A/a.docx": b"old a", "3A/b.docx": b"old b"}
    new = {"3A/a.docx": b"new a", "3A/b.docx": b"new b", "3B/c.docx": b"new c"}
    deliver(tmp_path, old)
    real = getattr(owner, name)
    failing = Failing(real, number)
    monkeypatch.setattr(owner, name, lambda *arguments, **named: failing(*arguments, **named))
    try:
        deliver(tmp_path, new)
    except DestinationError as cause:
        assert cause.exit_code == 6
        assert "disque est plein" in cause.problems[0].what
    except OSError:
        assert name == "write_bytes"  # by deliver() itself, into the folder of the run
    monkeypatch.setattr(owner, name, real)
    for path, content in new.items():
        if (tmp_path / path).exists():
            assert (tmp_path / path).read_bytes() in {content, old.get(path)}
    assert check_writable(tmp_path, new) == ()
    deliver(tmp_path, new)
    assert {path: (tmp_path / path).read_bytes() for path in new} == new
    assert sorted(path.name for path in (tmp_path / ".pix-mailmerge").iterdir()) == ["journal.json", "verrou"]


def test_a_journal_that_fails_after_it_was_finished_once_still_knows_what_was_delivered_since(tmp_path, monkeypatch):
    failing = Failing(write_journal, 2)
    monkeypatch.setattr(delivery, "write_journal", lambda *arguments: failing(*arguments))
    with pytest.raises(DestinationError), Delivery(tmp_path) as run:
        run.finish(Origin())
        staged = run.stage("Bilan.html")
        staged.write_bytes(b"report")
        run.deliver([Made("Bilan.html", staged, "report")])
        run.finish(Origin())
    assert check_writable(tmp_path, ["Bilan.html"]) == ()
