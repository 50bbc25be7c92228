"""Requests that our own page would never make: each is refused as it should be, and changes nothing."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from client import Client, received
from running import Server, start

FILE = "application/octet-stream"
FASTER = (
    "from pix_mailmerge.web import bodies, serve; bodies.SILENCE = serve.PATIENCE = 0.5;"
    "serve.serve(lambda link: print(link, flush=True))"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = start(tmp_path_factory.mktemp("hostile"), code=FASTER)
    yield server
    server.end()
    server.process.communicate()


@pytest.fixture(scope="module")
def client(server: Server) -> Client:
    return Client(server.link)


def deep(levels: int) -> bytes:
    return b'{"texts":' * levels + b"1" + b"}" * levels


PRODUCE = ("POST", "/production", b"{}")
REFUSED: dict[str, tuple[tuple[Any, ...], dict[str, Any], set[int]]] = {
    "another name for this machine (rebinding)": (("GET", "/"), {"host": "evil.example:{port}"}, {421}),
    "a name that begins like ours": (("GET", "/"), {"host": "127.0.0.1.evil.example:{port}"}, {421}),
    "a name that ends like ours": (("GET", "/"), {"host": "evil-localhost:{port}"}, {421}),
    "another port": (("GET", "/"), {"host": "127.0.0.1:1"}, {421}),
    "no port": (("GET", "/"), {"host": "127.0.0.1"}, {421}),
    "an address of all": (("GET", "/"), {"host": "0.0.0.0:{port}"}, {421}),
    "no host": (("GET", "/"), {"host": None}, {400, 421}),
    "two hosts": (("GET", "/"), {"more": {"host": "evil.example"}}, {400, 421}),
    "a proxy's form of the address": (("GET", "http://evil.example/"), {"folder": ""}, {403, 404}),
    "rebinding of the one-use link": (("GET", "{link}"), {"folder": "", "host": "evil.example:{port}"}, {421}),
    "the one-use link again": (("GET", "{link}"), {"folder": "", "cookie": None, "site": "none"}, {403}),
    "a link that was guessed": (("GET", "/entrer/0000"), {"folder": "", "cookie": None}, {403}),
    "no cookie": (("GET", "/"), {"cookie": None}, {403}),
    "no cookie, a change": (PRODUCE, {"cookie": None}, {403}),
    "another cookie": (("GET", "/etat"), {"cookie": "pix-mailmerge=0000"}, {403}),
    "a cookie of other letters": (("GET", "/etat"), {"cookie": "pix-mailmerge=é"}, {400, 403}),
    "no cookie, for the style": (("GET", "/static/page.css"), {"cookie": None}, {403}),
    "a change from another site": (PRODUCE, {"site": "cross-site"}, {403}),
    "a change from another port": (PRODUCE, {"site": "same-site"}, {403}),
    "a change from the address bar": (PRODUCE, {"site": "none"}, {403}),
    "a change from nowhere": (PRODUCE, {"site": None}, {403}),
    "a change, origin of another site": (PRODUCE, {"site": None, "origin": "http://evil.example"}, {403}),
    "a change, origin hidden": (PRODUCE, {"site": None, "origin": "null"}, {403}),
    "a change, origin of another port": (PRODUCE, {"site": None, "origin": "http://127.0.0.1:1"}, {403}),
    "a change that contradicts itself": (PRODUCE, {"origin": "http://evil.example"}, {403}),
    "quitting from another site": (("POST", "/quitter", b"{}"), {"site": "cross-site"}, {403}),
    "an upload from another site": (("PUT", "/fichiers/resultats?nom=a.csv", b"a"), {"site": "cross-site"}, {403}),
    "a look from another site": (("GET", "/etat"), {"site": "cross-site"}, {403}),
    "a download from another port": (("GET", "/resultats.zip"), {"site": "same-site"}, {403}),
    "a path without our folder": (("GET", "/etat"), {"folder": ""}, {404}),
    "up from the style": (("GET", "/static/../guard.py"), {}, {404}),
    "up from the style, encoded": (("GET", "/static/%2e%2e/guard.py"), {}, {404}),
    "up from the style, twice encoded": (("GET", "/static/%252e%252e/guard.py"), {}, {404}),
    "up from the style, of Windows": (("GET", "/static/..%5cguard.py"), {}, {404}),
    "up from the results": (("GET", "/resultats/../../../etc/passwd"), {}, {404}),
    "up from the results, encoded": (("GET", "/resultats/%2e%2e%2f%2e%2e%2fetc%2fpasswd"), {}, {404}),
    "a root from the results": (("GET", "/resultats//etc/passwd"), {}, {404}),
    "up from the previews": (("GET", "/apercus/..%2f../passwd"), {}, {404}),
    "a file of the desk by its role": (("GET", "/images/resultats"), {}, {404}),
    "a role that is none": (("PUT", "/fichiers/autre?nom=a", b"a"), {"kind": FILE}, {404}),
    "a file that says it is too large": (
        ("PUT", "/fichiers/resultats?nom=a.csv", b"a"),
        {"kind": FILE, "more": {"Content-Length": "200000000"}},
        {413},
    ),
    "an image that is too large": (("PUT", "/fichiers/signature?nom=a.png", bytes(30_000_001)), {"kind": FILE}, {413}),
    "a demand that is too long": (("PUT", "/reglages", b" " * 70_000), {}, {413}),
    "headers that are too long": (("GET", "/"), {"more": {"X-Long": "a" * 200_000}}, {0, 400, 431}),
    "a form of several parts": (
        ("PUT", "/fichiers/resultats?nom=a.csv", b"--a"),
        {"kind": "multipart/form-data; boundary=a"},
        {415},
    ),
    "a form": (("POST", "/production", b"a=b"), {"kind": "application/x-www-form-urlencoded"}, {415}),
    "a demand as plain text": (("PUT", "/reglages", b"{}"), {"kind": "text/plain"}, {415}),
    "a demand that is no JSON": (("PUT", "/reglages", b"{"), {}, {400}),
    "a demand that is a list": (("PUT", "/reglages", b"[]"), {}, {400}),
    "a demand without end": (("PUT", "/reglages", deep(5_000)), {}, {400}),
    "a demand in no letters": (("PUT", "/reglages", b"\xff\xfe{}"), {}, {400}),
    "a setting that is none": (("PUT", "/reglages", b'{"texts": {"dossier": "/etc"}}'), {}, {400}),
    "a setting that is no text": (("PUT", "/reglages", b'{"texts": {"ville": ["a"]}}'), {}, {400}),
    "a setting that is too long": (
        ("PUT", "/reglages", json.dumps({"texts": {"ville": "a" * 301}}).encode()),
        {},
        {400},
    ),
    "a model of this machine": (("PUT", "/reglages", b'{"model": "../../etc/passwd"}'), {}, {400}),
    "a model that is a list": (("PUT", "/reglages", b'{"model": []}'), {}, {400}),
    "an engine that is none": (("PUT", "/reglages", b'{"engine": "lp; rm"}'), {}, {400}),
    "an engine that is a list": (("PUT", "/reglages", b'{"engine": ["auto"]}'), {}, {400}),
    "a pupil that is no number": (("POST", "/apercu", b'{"record": "1"}'), {}, {400}),
    "a file without a name": (("PUT", "/fichiers/resultats", b"a"), {"kind": FILE}, {400}),
    "a file whose name is nothing": (("PUT", "/fichiers/resultats?nom=%00", b"a"), {"kind": FILE}, {400}),
    "a file whose name is too long": (("PUT", f"/fichiers/resultats?nom={'a' * 1001}", b"a"), {"kind": FILE}, {400}),
    "a look that would change": (("POST", "/etat", b"{}"), {}, {405}),
    "a method of old": (("TRACE", "/"), {}, {403, 405}),
    "results before there are any": (("GET", "/resultats.zip"), {}, {404}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_and_changes_nothing(client: Client, server: Server, name: str):
    (method, path, *body), more, wanted = REFUSED[name]
    before = client.ask("GET", "/etat").json["revision"]
    if more.get("host"):
        more = {**more, "host": more["host"].format(port=client.port)}
    answer = client.ask(method, path.format(link=client.link), *body, **more)
    assert answer.status in wanted
    assert b"Traceback" not in answer.body and b"/pix_mailmerge/" not in answer.body
    assert "set-cookie" not in answer.headers.lower()
    assert client.ask("GET", "/etat").json["revision"] == before
    assert server.work_of_user == []


def test_the_link_gives_a_cookie_that_no_script_and_no_other_site_has(client: Client):
    assert client.entered.status == 303
    assert "HttpOnly" in client.entered.headers and "SameSite=strict" in client.entered.headers
    assert f"Path={client.folder}" in client.entered.headers


@pytest.mark.parametrize("path", ["/", "/etat", "/static/page.js", "/nothing"])
def test_every_answer_keeps_others_out_and_leaves_nothing_in_the_cache(client: Client, path: str):
    headers = client.ask("GET", path).headers.lower()
    assert "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'" in headers
    assert "unsafe" not in headers
    for header in ("cache-control: no-store", "x-content-type-options: nosniff", "x-frame-options: deny"):
        assert header in headers
    assert "server:" not in headers


def slowly(client: Client, start: bytes) -> int:
    """Send the start of a request and nothing more; return the status of the answer, 0 for none."""
    with socket.create_connection(("127.0.0.1", client.port), timeout=20) as connection:
        connection.sendall(start)
        return received(connection).status


def head(client: Client, path: str, kind: str) -> bytes:
    lines = [f"PUT {client.folder}{path} HTTP/1.1", f"Host: {client.host}", f"Cookie: {client.cookie}"]
    lines += ["Sec-Fetch-Site: same-origin", f"Content-Type: {kind}", "Content-Length: 1000", "", ""]
    return "\r\n".join(lines).encode()


def test_a_body_that_does_not_come_is_given_up_and_leaves_no_file(client: Client, server: Server):
    assert slowly(client, head(client, "/fichiers/resultats?nom=a.csv", FILE) + b"abc") == 408
    assert slowly(client, head(client, "/reglages", "application/json") + b"{") == 408
    assert server.work_of_user == []


@pytest.mark.parametrize("start", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: a\r\n"])
def test_a_request_that_does_not_come_is_given_up(client: Client, start: bytes):
    assert slowly(client, start) in {0, 408}


def test_a_body_that_is_cut_short_leaves_no_file(client: Client, server: Server):
    with socket.create_connection(("127.0.0.1", client.port), timeout=20) as connection:
        connection.sendall(head(client, "/fichiers/resultats?nom=a.csv", FILE) + b"abc")
    while server.work_of_user:
        client.ask("GET", "/etat")
    assert client.ask("GET", "/etat").status == 200


@pytest.mark.parametrize(
    "name, kept",
    [("../../../evil.csv", "evil.csv"), ("C:%5Cevil.csv", "evil.csv"), ("CON.csv", "CON_.csv"), ("..", "fichier")],
)
def test_the_name_of_a_file_leads_nowhere_else(client: Client, server: Server, name: str, kept: str):
    before = {path.name for path in server.work_of_user}
    assert client.put("modele", name, b"no model").status == 200
    assert {path.name for path in server.work_of_user} - before == {kept}
    assert all("modele-" in path.parent.name for path in server.work_of_user)
    assert client.ask("DELETE", "/fichiers/modele/0").status == 200
    assert server.work_of_user == []


def test_what_a_file_says_is_text_on_the_page(client: Client):
    name = "%3Cimg%20src=x%20onerror=alert(1)%3E.png"
    assert client.put("signature", name, b"<script>1</script>").status == 200
    page = client.ask("GET", "/").body.decode()
    assert "onerror=alert(1)" in page
    assert "<img src=x" not in page and "<script>1" not in page
    assert client.ask("DELETE", "/fichiers/signature/0").status == 200
