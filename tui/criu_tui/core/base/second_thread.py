"""Work that a second thread does while the first goes on, for what lets other threads run meanwhile."""

from __future__ import annotations

import threading
from collections import deque
from queue import SimpleQueue
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")


class _Task(Generic[T]):
    """One work and, once `done` is released, what it came to."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._done = threading.Lock()
        self._done.acquire()
        self._result: T | None = None
        self._error: Exception | None = None

    def run(self) -> None:
        try:
            self._result = self._work()
        except Exception as error:
            self._error = error
        finally:
            self._done.release()

    def result(self) -> T:
        """Waits for it; raises what the work raised."""
        with self._done:
            if self._error is not None:
                raise self._error
            assert self._result is not None
            return self._result


def in_order(works: Iterable[Callable[[], T]], waiting: int = 4) -> Iterator[T]:
    """What each work gives, in their order; while one is done, up to `waiting` further ones are asked for.

    A thread begins with the first work. Raises what a work raises; whoever iterates may stop at any time.
    """
    asked: SimpleQueue[_Task[T] | None] = SimpleQueue()
    tasks: deque[_Task[T]] = deque()
    thread = threading.Thread(target=_run, args=(asked,), daemon=True)
    try:
        for work in works:
            if not thread.ident:
                thread.start()
            tasks.append(_Task(work))
            asked.put(tasks[-1])
            if len(tasks) > waiting:
                yield tasks.popleft().result()
        while tasks:
            yield tasks.popleft().result()
    finally:
        asked.put(None)


def _run(asked: SimpleQueue[_Task[T] | None]) -> None:
    while (task := asked.get()) is not None:
        task.run()
