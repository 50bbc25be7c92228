"""A real server in a process of its own, and a real Chromium that looks at it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright
from road import SAMPLES, classes, digests, run_the_same
from running import Server, start

expect.set_options(timeout=30_000)  # a shared machine may be slow; nothing here is about time
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Return what starts a server; all of them are ended with the test."""
    started: list[Server] = []

    def serve(name: str = "here", **more: str) -> Server:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        started.append(start(folder, **more))
        return started[-1]

    yield serve
    for server in started:
        if server.process.poll() is None:
            server.end()
        server.process.communicate()


@pytest.fixture
def server(serve: Callable[..., Server]) -> Server:
    return serve()


def launched(playwright: Playwright) -> Browser:
    """Return Debian's Chromium, with a new profile of its own."""
    return playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()


@dataclass
class Seen:
    """What the browser did besides showing the page."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


def opened(browser: Browser, server: Server, seen: Seen, **options: object) -> BrowserContext:
    """Return a browser context of its own, that notes every request and every complaint of the console."""
    context = browser.new_context(accept_downloads=True, locale="fr-FR", **options)  # type: ignore[arg-type]
    context.set_default_timeout(60_000)
    context.on("request", lambda request: seen.requests.append(request.url))
    context.on("console", lambda said: seen.complaints.append(said.text) if said.type == "error" else None)
    context.on("weberror", lambda error: seen.complaints.append(str(error.error)))
    return context


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """Yield the page, open; nothing but the server may have been asked, and nothing complained of, in the end."""
    seen = Seen()
    context = opened(browser, server, seen, viewport={"width": 1366, "height": 900})
    page = context.new_page()
    page.goto(server.link)
    yield page
    context.close()
    assert [url for url in seen.requests if not url.startswith((f"{server.origin}/", "blob:", "data:"))] == []
    assert seen.complaints == []


@pytest.fixture(scope="session")
def of_samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what ``run`` makes of the samples: the digest of each file."""
    return digests(run_the_same(tmp_path_factory.mktemp("samples") / "run", *SAMPLES))


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Path], dict[str, str]]:
    """Return the exports of ten classes of thirty pupils, and what ``run`` makes of them."""
    folder = tmp_path_factory.mktemp("large")
    sources = classes(folder, 10, 30)
    return sources, digests(run_the_same(folder / "run", *sources, signature=None))
