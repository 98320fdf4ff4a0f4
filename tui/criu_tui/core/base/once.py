"""Results that are computed once, whichever threads ask for them."""

from __future__ import annotations

import threading
from _thread import RLock  # What threading.RLock makes by a call of Python's; some are made of each task.
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

K = TypeVar("K", bound="Hashable")
T = TypeVar("T")


class _Result:
    __slots__ = ("known", "lock", "value")

    def __init__(self) -> None:
        self.lock = RLock()
        self.value: Any = None
        self.known = False


class Once:
    """Results by key; each is computed once, even when several threads ask for it. Other keys do not wait for it.

    A computation may ask for other keys, as long as none of them asks for its own.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._results: dict[Hashable, _Result] = {}

    def __call__(self, key: Hashable, compute: Callable[[], T]) -> T:
        """The result of a key; what `compute` raises is raised, and nothing kept."""
        result = self._results.get(key)
        if result is not None and result.known:
            # Most are asked for thousands of times: a value that is known never changes.
            found: T = result.value
            return found
        with self._lock:
            result = self._results.setdefault(key, _Result())
        with result.lock:
            if not result.known:
                result.value = compute()
                result.known = True
            made: T = result.value
            return made

    def known(self, key: Hashable) -> bool:
        """Whether a result is there; never waits for one that is being computed."""
        with self._lock:
            return key in self._results and self._results[key].known

    def share(self, key: Hashable, other: Once) -> None:
        """Uses the result that another Once has for this key, also one that it has still to compute."""
        with other._lock:
            result = other._results.setdefault(key, _Result())
        with self._lock:
            self._results[key] = result

    def forget(self, key: Hashable) -> None:
        """Drops a result: it is computed again when next asked for."""
        with self._lock:
            self._results.pop(key, None)


class OnceEach(dict[K, T]):
    """Results of one computation, each made once when it is first looked up, whichever threads do.

    From then on it is found as quickly as anything in a dict: of each task some are asked for again and again.
    """

    def __init__(self, compute: Callable[[K], T]) -> None:
        super().__init__()
        self._compute = self._own = compute
        self._making: dict[K, RLock] = {}
        """Each is held by the thread that computes a result: other keys do not wait for it."""

    def hold_with(self, others: OnceEach[K, T]) -> None:
        """From now on a result that equals the one that others have at hand for the same key is held once, as theirs.

        They are not asked to make any.
        """

        def held(key: K) -> T:
            made, known = self._own(key), others.get(key)
            return made if known is None or known != made else known

        self._compute = held

    def __missing__(self, key: K) -> T:
        # One step for a dict, whichever threads take it.
        with self._making.setdefault(key, RLock()):
            found = self[key] if key in self else self._compute(key)
            self[key] = found
        self._making.pop(key, None)
        return found
