"""Open the page for one user of this machine, and close it: « Quitter », SIGTERM, Ctrl-C, or nobody there any more."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from pix_mailmerge.destination.private import private_folder
from pix_mailmerge.problems import DONE, INTERRUPTED, SettingsError
from pix_mailmerge.settings import Settings, read_settings
from pix_mailmerge.web.guard import ENTRY, Guard, Keys
from pix_mailmerge.web.routes import application
from pix_mailmerge.web.session import IDLE, Session

LOOPBACK = "127.0.0.1"
PATIENCE = 10.0
"""Seconds that a connection may take to say what it asks, and a job to end where its files are whole."""
SILENT: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"none": {"class": "logging.NullHandler"}},
    "loggers": {name: {"handlers": ["none"], "propagate": False} for name in ("uvicorn", "asyncio")},
}
"""A traceback may hold a pupil's name, and a logger without a handler writes it on stderr."""


def serve(announce: Callable[[str], None], *, idle: float = IDLE) -> int:
    """Serve until the end, wipe the work files and return the exit code: DONE, or INTERRUPTED by Ctrl-C.

    announce: called once with the one-use link, when it can be opened.
    """
    with private_folder() as folder, _listening() as listener:
        session = _opened(folder)
        keys = Keys()
        port = listener.getsockname()[1]
        server = Server(_config(Guard(application(session), keys, port, session.touch)), session, idle)
        with server.signalled():
            announce(f"http://{LOOPBACK}:{port}{ENTRY}{keys.link}")
            asyncio.run(server.serve([listener]))
        ended = session.close(PATIENCE)
    if not ended:  # an engine that does not answer: its process ends with ours
        os._exit(server.exit_code)
    return server.exit_code


class Server(uvicorn.Server):
    """uvicorn, ended by our own signals, by the user, or when the user is gone."""

    def __init__(self, config: uvicorn.Config, session: Session, idle: float) -> None:
        super().__init__(config)
        self.exit_code = DONE
        self._session = session
        self._idle = idle

    async def on_tick(self, counter: int) -> bool:
        """Tell, ten times a second, whether to end."""
        over = self._session.over or self._session.seconds_left(self._idle) < 0
        return await super().on_tick(counter) or over

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to ``signalled``: uvicorn would end the process by the signal again."""
        yield

    @contextlib.contextmanager
    def signalled(self) -> Iterator[None]:
        """End with DONE on SIGTERM (SIGHUP, SIGBREAK) and with INTERRUPTED on Ctrl-C."""
        names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
        known = [getattr(signal, name) for name in names if hasattr(signal, name)]
        before = {one: signal.signal(one, self._signalled) for one in known}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)

    def _signalled(self, number: int, _frame: object) -> None:
        self.exit_code = INTERRUPTED if number == signal.SIGINT else DONE
        self._session.over = True
        self.should_exit = True


class PatientProtocol(H11Protocol):
    """A connection that is given up when it does not say in time what it asks."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._wait()

    def _wait(self) -> None:
        """Count the time while a request is awaited or comes in; a request that is answered has time of its own."""
        if self.conn.their_state is not h11.IDLE:
            self._forget()
        elif self._late is None:
            self._late = self.loop.call_later(PATIENCE, self.transport.close)

    def _forget(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None


def _opened(folder: Path) -> Session:
    """Return a new session with the user's settings; where they are wrong, the page tells."""
    try:
        return Session(folder, read_settings({}))
    except SettingsError as cause:
        return Session(folder, Settings(), cause.problems)


@contextlib.contextmanager
def _listening() -> Iterator[socket.socket]:
    """Yield a socket that listens on a port of the system's choice, to this machine alone."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.bind((LOOPBACK, 0))
        listener.listen(64)
        yield listener


def _config(app: Guard) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=PatientProtocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=SILENT,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        limit_concurrency=200,
        timeout_graceful_shutdown=2,
    )
