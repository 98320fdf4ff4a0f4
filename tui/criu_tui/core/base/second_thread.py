"""Work that a second thread does while the first goes on, for what lets other threads run meanwhile."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

T = TypeVar("T")


def in_order(works: Iterable[Callable[[], T]], waiting: int = 4) -> Iterator[T]:
    """What each work gives, in their order; while one is done, up to `waiting` further ones are asked for.

    A thread begins with the first work. Raises what a work raises; whoever iterates may stop at any time.
    """
    thread = ThreadPoolExecutor(max_workers=1)
    asked: deque[Future[T]] = deque()
    try:
        for work in works:
            asked.append(thread.submit(work))
            if len(asked) > waiting:
                yield asked.popleft().result()
        while asked:
            yield asked.popleft().result()
    finally:
        thread.shutdown(wait=False, cancel_futures=True)
