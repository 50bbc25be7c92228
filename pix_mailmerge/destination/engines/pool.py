"""Several processes of one engine, shared by threads."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextlib import suppress

from pix_mailmerge.destination.engines.engine import Session

OpenSession = Callable[[str], Session]


class Pool:
    """The sessions of one engine, opened when one is wanted and none is free."""

    def __init__(self, engine: str, opener: OpenSession, most: int) -> None:
        self._engine = engine
        self._open = opener
        self._free: queue.LifoQueue[Session] = queue.LifoQueue()
        self._places = threading.Semaphore(most)
        self._opened: list[Session] = []

    def take(self) -> Session:
        self._places.acquire()
        with suppress(queue.Empty):
            return self._free.get_nowait()
        try:
            session = self._open(self._engine)
        except BaseException:
            self._places.release()
            raise
        self._opened.append(session)
        return session

    def give(self, session: Session) -> None:
        self._free.put(session)
        self._places.release()

    def close(self) -> None:
        while self._opened:
            self._opened.pop().close()
