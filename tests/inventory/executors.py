"""Executors that send work away, or never do it, to test inventories with."""

from __future__ import annotations

import pickle
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any


class Sending(Executor):
    """Works in threads, but as if it were far away: all that is sent is pickled, both ways."""

    def __init__(self, size: int = 2) -> None:
        self._pool = ThreadPoolExecutor(size)
        self.sent: list[bytes] = []
        self.under_way = 0
        self.most = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        sent = pickle.dumps((fn, args, kwargs))
        self.sent.append(sent)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        future = self._pool.submit(_far_away, sent)
        future.add_done_callback(self._count)
        return future

    def _count(self, _: Future[Any]) -> None:
        self.under_way -= 1

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._pool.shutdown(wait, cancel_futures=cancel_futures)


def _far_away(sent: bytes) -> Any:
    fn, args, kwargs = pickle.loads(sent)
    return pickle.loads(pickle.dumps(fn(*args, **kwargs)))


class Idle(Executor):
    """Takes all in, and does nothing of it; or begins it, and never ends."""

    def __init__(self, *, begins: bool = False) -> None:
        self.begins = begins
        self.futures: list[Future[Any]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ARG002
        self.futures.append(Future())
        if self.begins:
            self.futures[-1].set_running_or_notify_cancel()
        return self.futures[-1]
