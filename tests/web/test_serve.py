"""How the page opens and closes, and what it leaves behind: nothing."""

from __future__ import annotations

import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from client import Client
from road import SAMPLES
from running import ROOT, Server

Serve = Callable[..., Server]
BROKEN = """
from pathlib import Path
from types import SimpleNamespace
from pix_mailmerge.web import session, views
from pix_mailmerge.web.serve import serve
def broken(*given, **named):
    raise ValueError("Zoé DUPONT")
{what}
serve(lambda link: print(link, flush=True))
"""
SHORT = "from pix_mailmerge.web.serve import serve; serve(lambda link: print(link, flush=True), idle=1)"
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")


def wait_until(happened: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.02)


def with_a_file(server: Server) -> Client:
    client = Client(server.link)
    assert client.put("resultats", "3A.csv", SAMPLES[0].read_bytes()).status == 200
    return client


def children(server: Server) -> list[str]:
    listed = subprocess.run(["ps", "--ppid", str(server.process.pid), "-o", "pid="], capture_output=True, text=True)
    return listed.stdout.split()


def test_the_link_is_all_that_is_printed_and_is_of_this_machine_alone(server: Server):
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/entrer/[\w-]{43}", server.link)
    assert server.end() == 0
    assert server.process.communicate() == ("", "")


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="Linux tells who listens")
def test_it_listens_on_the_loopback_alone(server: Server):
    port = f"{Client(server.link).port:04X}"
    lines = [line.split() for file in ("tcp", "tcp6") for line in Path(f"/proc/net/{file}").read_text().splitlines()]
    listening = [line[1] for line in lines if line[1].endswith(f":{port}") and line[3] == "0A"]
    assert listening == [f"0100007F:{port}"]


@posix
@pytest.mark.parametrize("how, code", [("SIGTERM", 0), ("SIGHUP", 0), ("SIGINT", 130)])
def test_a_signal_ends_it_and_wipes_the_files(server: Server, how: str, code: int):
    with_a_file(server)
    assert server.work
    assert server.end(getattr(signal, how)) == code
    assert list(server.temporary.iterdir()) == []
    assert server.process.communicate() == ("", "")


def test_quitting_ends_it_and_wipes_the_files(server: Server):
    client = with_a_file(server)
    assert client.ask("POST", "/quitter", b"{}").status == 200
    assert server.process.wait(timeout=30) == 0
    assert list(server.temporary.iterdir()) == []


def test_an_open_page_is_no_sign_of_a_user(serve: Serve):
    server = serve(code=SHORT)
    client = with_a_file(server)
    with pytest.raises(OSError):
        while True:
            client.ask("GET", "/etat")
    assert server.process.wait(timeout=30) == 0
    assert list(server.temporary.iterdir()) == []


@posix
def test_it_ends_in_the_middle_of_the_work_and_leaves_no_process(server: Server):
    client = with_a_file(server)
    told = b'{"texts": {"etablissement": "a", "ville": "b", "chef": "c"}}'
    assert client.ask("POST", "/production", told).status == 200
    wait_until(lambda: len(children(server)) > 1)
    working = children(server)
    assert server.end() == 0
    assert list(server.temporary.iterdir()) == []
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in working))


@posix
def test_what_a_crash_left_is_wiped_at_the_next_start(serve: Serve):
    crashed = serve("same")
    with_a_file(crashed)
    crashed.process.kill()
    crashed.process.wait()
    assert [path.name for path in crashed.work_of_user] == ["3A.csv"]
    again = serve("same")
    assert again.work_of_user == []


def test_two_servers_do_not_know_each_other(serve: Serve):
    first, second = serve("same"), serve("same")
    mine, other = with_a_file(first), Client(second.link)
    assert mine.port != other.port
    assert other.ask("GET", "/etat", cookie=mine.cookie).status == 403
    assert other.ask("GET", "/etat", folder=mine.folder).status == 404
    assert b"3A.csv" in mine.ask("GET", "/").body and b"3A.csv" not in other.ask("GET", "/").body
    assert second.end() == 0
    assert b"3A.csv" in mine.ask("GET", "/").body


@posix
def test_the_files_are_their_owners_alone(server: Server):
    with_a_file(server)
    private = next(server.temporary.iterdir())
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in server.work_of_user} == {0o600}


def test_only_one_work_at_a_time_and_nothing_changes_under_it(server: Server):
    client = with_a_file(server)
    told = b'{"texts": {"etablissement": "a", "ville": "b", "chef": "c"}}'
    assert client.ask("POST", "/production", told).status == 200
    assert client.ask("POST", "/production", told).status == 409
    assert client.put("resultats", "3B.csv", b"a").status == 409
    assert client.ask("PUT", "/reglages", b"{}").status == 409
    assert client.ask("POST", "/arret", b"{}").status == 200


def test_the_settings_of_the_folder_are_there_already(serve: Serve, tmp_path: Path):
    (tmp_path / "here").mkdir()
    (tmp_path / "here/pix-mailmerge.toml").write_text(
        'etablissement = "Collège Olympe"\nsignature = "s.png"\n', "utf-8"
    )
    (tmp_path / "here/s.png").write_bytes((ROOT / "samples/signature.png").read_bytes())
    page = Client(serve().link).ask("GET", "/").body.decode()
    assert 'value="Collège Olympe"' in page
    assert "images/signature" in page


def test_settings_that_are_wrong_are_told_on_the_page(serve: Serve, tmp_path: Path):
    (tmp_path / "here").mkdir()
    (tmp_path / "here/pix-mailmerge.toml").write_text('etablisement = "Collège"\n', "utf-8")
    page = Client(serve().link).ask("GET", "/").body.decode()
    assert "Le réglage « etablisement » n’existe pas." in page.replace("\u00a0", " ")


@pytest.mark.parametrize(
    "what, asked",
    [
        ("views.page = broken", ("GET", "/")),
        ("session.look = broken", ("PUT", "/reglages", b"{}")),
        ("session.Results.file = lambda self, path: Path('/gone/Zoé DUPONT.pdf')", ("GET", "/resultats/a.pdf")),
    ],
    ids=["a page that cannot be made", "settings that cannot be taken", "a file that went away"],
)
def test_what_fails_is_told_without_a_word_of_the_data(serve: Serve, what: str, asked: tuple[Any, ...]):
    made = "session.Session.__init__ = (lambda init: lambda self, *given: init(self, *given) or setattr(self, 'made', "
    made += "SimpleNamespace(results=session.Results(Path('/gone')))))(session.Session.__init__)"
    server = serve(code=BROKEN.format(what=f"{made}\n{what}"))
    answer = Client(server.link).ask(*asked)
    assert answer.status == 500
    assert "Le programme a rencontré une erreur" in answer.json["told"]
    assert "DUPONT" not in answer.body.decode()
    assert server.end() == 0
    assert server.process.communicate() == ("", "")


@pytest.mark.parametrize("what", ["session.run = broken", "session.known_printers = broken"])
def test_a_work_that_fails_ends_and_shows_nothing_of_the_data(serve: Serve, what: str):
    server = serve(code=BROKEN.format(what=what))
    client = with_a_file(server)
    assert client.ask("POST", "/production", b"{}").status == 200
    wait_until(lambda: client.ask("GET", "/etat").json["job"]["state"] != "running")  # type: ignore[index]
    assert client.ask("GET", "/etat").json["job"]["state"] == "failed"  # type: ignore[index]
    assert "DUPONT" not in client.ask("GET", "/").body.decode()
    assert server.end() == 0
    assert server.process.communicate() == ("", "")


@pytest.mark.parametrize("command", [["--help"], ["serve", "--help"]])
def test_a_help_page_loads_no_server(command: list[str]):
    code = (
        "import sys; from pix_mailmerge.cli import exit_code; exit_code(sys.argv[1:]);"
        "sys.exit(bool({'starlette', 'uvicorn', 'jinja2'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code, *command], stdout=subprocess.DEVNULL).returncode == 0
