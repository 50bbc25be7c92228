"""What was made goes to its names in the background, in order: the disk makes nobody wait who still has work."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from pix_mailmerge.destination.delivery import Delivery, Made


class HandingOver:
    """One thread that delivers, batch after batch. An error is raised at the next batch, or by ``wait``."""

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="delivery")
        self._under_way: deque[Future[None]] = deque()
        self._failed = False

    def deliver(self, batch: Sequence[Made]) -> None:
        """Deliver a batch after those before it; raise the error of one of these."""
        self._raise_early()
        self._under_way.append(self._thread.submit(self._deliver, batch))

    def keep(self, names: Sequence[str]) -> None:
        """Note files of an earlier run as part of this one, in turn with what is delivered."""
        self._raise_early()
        self._under_way.append(self._thread.submit(self._delivery.keep, names))

    def wait(self) -> None:
        """Return when all is delivered; raise the first error: nothing is delivered after it."""
        while self._under_way:
            self._under_way.popleft().result()

    def close(self) -> None:
        """Finish the batch under way, whole; forget the others."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _deliver(self, batch: Sequence[Made]) -> None:
        if self._failed:
            return
        try:
            self._delivery.deliver(batch)
        except BaseException:
            self._failed = True
            raise

    def _raise_early(self) -> None:
        while self._under_way and self._under_way[0].done():
            self._under_way.popleft().result()
