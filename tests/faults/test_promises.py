"""No name where none may be, no network, the same bytes everywhere, and what else goes wrong while a run is at work."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import privacy
import processes
import pytest
from scenes import OWN, Scene, broken, held, without_report

from pix_mailmerge import Order, _files, cli
from pix_mailmerge.destination.writable import check_writable
from pix_mailmerge.mailmerge.inputs import inputs_of
from pix_mailmerge.problems import DestinationError

DATE = "24 juin 2026"
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")


@linux_only
@pytest.mark.parametrize("engine", ["embedded", pytest.param("libreoffice", marks=pytest.mark.real("soffice"))])
def test_no_name_stands_where_none_may_be_and_no_socket_is_made(tmp_path: Path, engine: str) -> None:
    found = privacy.look(Scene(tmp_path, 12, 6, (privacy.WATCH,)).prepare(), engine)

    assert found == {place: [] for place in found}


@linux_only
def test_the_watch_sees_what_it_is_to_see(tmp_path: Path) -> None:
    watched = tmp_path / "watched"
    code = "import os, socket, subprocess, tempfile; tempfile.mkdtemp(prefix='MARTIN'); socket.socket().close()\n"
    code += "subprocess.run(['true', 'Zoé'])"
    environment = os.environ | {"PYTHONPATH": privacy.WATCH, "PIX_WATCH": str(watched), "TMPDIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)

    told = watched.read_text("utf-8")
    assert all(one in told for one in ("MARTIN", "socket.__new__", "Zo\\u00e9"))


@pytest.mark.parametrize(
    ("more", "environment"),
    [
        ((), {"TZ": "Pacific/Auckland", "PYTHONHASHSEED": "7"}),
        (("--jobs", "2"), {"TZ": "America/Los_Angeles", "LANG": "C"}),
    ],
    ids=["another time zone", "two processes"],
)
def test_the_same_input_gives_the_same_bytes(
    tmp_path: Path, more: tuple[str, ...], environment: dict[str, str]
) -> None:
    scene = Scene(tmp_path, 12, 4).prepare()
    one, two = tmp_path / "one", tmp_path / "two"
    assert scene.run(one, DATE, "--jobs", "1", TZ="Europe/Paris").code == 0
    assert scene.run(two, DATE, *more, **environment).code == 0

    first, second = without_report(held(one)), without_report(held(two))
    assert first == second
    assert {Path(name).suffix for name in first} == {".docx", ".pdf", ".xlsx"}


def test_a_clock_that_goes_back_changes_nothing(tmp_path: Path) -> None:
    scene = Scene(tmp_path, 4, 2).prepare()
    scene.run(tmp_path / "whole", DATE)
    hook = tmp_path / "hook"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(
        "import itertools, time\nback = itertools.count(1_800_000_000, -400_000_000)\n"
        "time.time = lambda: float(max(next(back), 3))\n"
    )
    back = Scene(tmp_path, 4, 2, (str(hook),))
    ended = back.run(tmp_path / "back", DATE)

    assert ended.code == 0, ended.err
    assert without_report(held(tmp_path / "back")) == without_report(held(tmp_path / "whole"))


class WindowsError(PermissionError):
    """An OSError as Windows raises it."""

    def __init__(self, winerror: int) -> None:
        super().__init__(errno.EACCES, "Accès refusé")
        self.winerror = winerror


class Clock:
    """Time that passes by sleeping alone."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(time, "monotonic", lambda: self.now)
        monkeypatch.setattr(time, "sleep", self.sleep)

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.parametrize("winerror", [5, 32, 33])
def test_a_file_that_another_program_holds_for_a_moment_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, winerror: int
) -> None:
    clock = Clock(monkeypatch)
    real = Path.replace

    def held_for_two_seconds(source: Path, target: Path) -> Path:
        if clock.now < 102:
            raise WindowsError(winerror)
        return real(source, target)

    monkeypatch.setattr(Path, "replace", held_for_two_seconds)
    _files.write_file(tmp_path / "a.docx", b"new")

    assert (tmp_path / "a.docx").read_bytes() == b"new"
    assert clock.now < 102.2


@pytest.mark.parametrize(
    ("winerror", "said"), [(5, "protégé"), (32, "ouvert dans un autre"), (33, "ouvert dans un autre")]
)
def test_a_file_that_another_program_keeps_is_told_after_two_and_a_half_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, winerror: int, said: str
) -> None:
    (tmp_path / "a.docx").write_bytes(b"old")
    clock = Clock(monkeypatch)

    def kept(source: Path, target: Path) -> Path:
        raise WindowsError(winerror)

    monkeypatch.setattr(Path, "replace", kept)
    with pytest.raises(DestinationError) as told:
        _files.write_file(tmp_path / "a.docx", b"new")

    assert 102.5 <= clock.now < 102.8
    assert said in told.value.problems[0].what and told.value.exit_code == 6
    assert [path.name for path in tmp_path.iterdir()] == ["a.docx"]
    assert (tmp_path / "a.docx").read_bytes() == b"old"


@linux_only
def test_a_disk_that_is_full_is_told_and_leaves_the_old_files_whole(tmp_path: Path) -> None:
    """Files may not grow beyond 20 KB: the writes of native code fail too."""
    scene = Scene(tmp_path, 6, 3).prepare()
    out = tmp_path / "out"
    scene.run(out, "1 juin 2026")
    before = held(out)
    limited = (
        "import resource, sys\nresource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "from pix_mailmerge import cli\nsys.exit(cli.exit_code(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", limited, *scene.command(out, DATE)[3:]], env=scene.environment(), capture_output=True
    )

    assert done.returncode == 6, done.stderr.decode()
    assert "trop gros" in done.stderr.decode()
    assert broken(held(out), before) == []
    assert scene.run(out, DATE).code == 0


@linux_only
def test_a_worker_that_dies_is_replaced_and_the_result_is_the_same(tmp_path: Path) -> None:
    scene = Scene(tmp_path, 12, 4).prepare()
    scene.run(tmp_path / "whole", DATE)
    killed: list[int] = []

    def kill_first(pid: int) -> None:
        if not killed and "worker_process" in processes.arguments(pid):
            killed.append(pid)
            os.kill(pid, signal.SIGKILL)  # a process that the run under test started, found below our own child

    done = processes.watch(scene.command(tmp_path / "out", DATE), scene.environment(), kill_first, every=0.01)

    assert killed and done.returncode == 0, done.stderr.decode()
    assert without_report(held(tmp_path / "out")) == without_report(held(tmp_path / "whole"))


def test_what_is_being_written_is_its_owner_s_alone_and_is_removed_after_a_crash(tmp_path: Path) -> None:
    target = tmp_path / "Résultats.xlsx"
    killed = (
        "import os, sys\nfrom pathlib import Path\nfrom pix_mailmerge._files import written_beside\n"
        "with written_beside(Path(sys.argv[1])) as beside:\n    beside.write_bytes(b'half')\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", killed, target], env=environment)
    (left,) = tmp_path.iterdir()
    if os.name == "posix":
        assert left.stat().st_mode & 0o777 == 0o600
    with _files.written_beside(tmp_path / "autre.xlsx") as beside:
        assert not left.exists()
        with _files.written_beside(tmp_path / "encore.xlsx") as second:  # one that lives is left alone
            second.write_bytes(b"x")
        beside.write_bytes(b"y")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["autre.xlsx", "encore.xlsx"]


@pytest.mark.skipif(os.name != "posix", reason="links and rights of POSIX")
@pytest.mark.parametrize("name", [OWN, f"{OWN}/en-cours"])
def test_a_link_in_the_place_of_our_own_folder_is_not_followed(tmp_path: Path, name: str) -> None:
    scene = Scene(tmp_path, 2, 2).prepare()
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "en-cours").mkdir()
    (elsewhere / "en-cours" / "theirs").write_bytes(b"x")
    (out / name).parent.mkdir(parents=True)
    (out / name).symlink_to(elsewhere)
    ended = scene.run(out, DATE)

    assert ended.code == 6 and "lien" in ended.err
    assert [path.name for path in elsewhere.rglob("*")] == ["en-cours", "theirs"]


@pytest.mark.skipif(os.name != "posix", reason="links of POSIX")
def test_a_link_in_the_place_of_our_lock_makes_no_file_where_it_leads(tmp_path: Path) -> None:
    scene = Scene(tmp_path, 2, 2).prepare()
    (tmp_path / "out" / OWN).mkdir(parents=True)
    (tmp_path / "out" / OWN / "verrou").symlink_to(tmp_path / "elsewhere")
    ended = scene.run(tmp_path / "out", DATE)

    assert ended.code == 6 and "lien" in ended.err
    assert not (tmp_path / "elsewhere").exists()


def test_an_input_is_never_written_over_and_nothing_leaves_the_folder(tmp_path: Path) -> None:
    scene = Scene(tmp_path, 2, 2).prepare()
    before = held(tmp_path)
    (source,) = (tmp_path / "sources").iterdir()
    assert cli.exit_code(["convert", str(source), "--to", str(source), "--replace"]) == 2  # for its ending as well
    workbook = str(tmp_path / "r.xlsx")
    assert cli.exit_code(["convert", str(source), "--to", workbook]) == 0
    assert cli.exit_code(["convert", workbook, "--to", workbook, "--replace"]) == 6
    assert scene.run(tmp_path / "out", DATE).code == 0
    shutil.rmtree(tmp_path / "out")
    (tmp_path / "r.xlsx").unlink()

    assert {name: digest for name, digest in held(tmp_path).items() if not name.startswith(".cache/")} == before


def test_a_file_that_changes_during_the_run_is_told_and_running_again_makes_what_it_changes(tmp_path: Path) -> None:
    scene = Scene(tmp_path, 4, 2).prepare()
    source = sorted((tmp_path / "sources").iterdir())[0]
    changing = (
        "import sys\nfrom pathlib import Path\nfrom pix_mailmerge import cli\n"
        "from pix_mailmerge.mailmerge import make\n"
        "real = make.Maker.make_model\ndef changed(*arguments):\n"
        f"    file = Path({str(source)!r})\n    file.write_bytes(file.read_bytes().replace(b'Lyon', b'Lille'))\n"
        "    return real(*arguments)\n"
        "make.Maker.make_model = changed\nsys.exit(cli.exit_code(sys.argv[1:]))\n"
    )
    source.write_bytes(source.read_bytes().replace(b"Affoltern", b"Lyon").replace(b"Zaragoza", b"Lyon"))
    command = scene.command(tmp_path / "out", DATE)[3:]
    done = subprocess.run([sys.executable, "-c", changing, *command], env=scene.environment(), capture_output=True)
    told = " ".join(done.stderr.decode().split())

    assert done.returncode == 0 and source.name in told and "a changé pendant le travail" in told
    assert "a changé" not in scene.run(tmp_path / "out", DATE).err
    assert scene.run(tmp_path / "whole", DATE).code == 0
    assert without_report(held(tmp_path / "out")) == without_report(held(tmp_path / "whole"))


@pytest.mark.parametrize("meant", ["*.csv", ""])
def test_an_input_that_a_pattern_or_a_folder_means_is_not_written_over_either(tmp_path: Path, meant: str) -> None:
    Scene(tmp_path, 4, 2).prepare()
    sources = tmp_path / "sources"
    inputs = inputs_of(Order((str(sources / meant),)))
    name = sorted(path.name for path in sources.iterdir())[0]

    assert sorted(inputs) == sorted(sources.iterdir())
    assert [one.id for one in check_writable(sources, [name], True, inputs=inputs)] == ["destination.input"]


@pytest.mark.parametrize(("pupils", "told"), [(2_000, False), (2_001, True)])
def test_that_a_very_large_school_gets_no_single_docx_is_said(tmp_path: Path, pupils: int, told: bool) -> None:
    ended = Scene(tmp_path, pupils, per_class=500).prepare().run(tmp_path / "out", "24 juin 2026", "--dry-run")

    assert ended.code == 0
    assert ("« Attestations.docx » n’est pas fait" in ended.err) == told
