"""The checks of one restore, made once, whoever asks: seen while they are made, and when they are done."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from criu_tui.core.restore.preflight.run import run
from criu_tui.core.restore.preflight.verdict import verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from criu_tui.core.restore.preflight.attempt import Attempt
    from criu_tui.core.restore.preflight.check import Checked, Subject
    from criu_tui.core.restore.preflight.verdict import Verdict


class Checking:
    """Any thread may read `so_far` and `verdict`; whoever calls `finish` first makes the checks, others wait."""

    def __init__(self, attempt: Attempt, subjects: Sequence[Subject]) -> None:
        self.attempt = attempt
        self.total = len(subjects)
        self._subjects = subjects
        self._made: list[Checked] = []
        self._lock = threading.Lock()

    @property
    def so_far(self) -> tuple[Checked, ...]:
        """Those that are done, in the order of the table."""
        return tuple(self._made)

    @property
    def done(self) -> bool:
        """Whether all are."""
        return len(self._made) == self.total

    @property
    def verdict(self) -> Verdict:
        """What they come to so far; never waits."""
        found = verdict(self.so_far, self.total)
        return found._replace(does="dumps") if self.attempt.dump.source.running else found

    def steps(self, cancelled: Callable[[], bool] = lambda: False) -> Iterator[Checked]:
        """Makes those that are not done yet, and yields each; what is given up goes on from there when next asked."""
        with self._lock:
            for checked in run(self.attempt, self._subjects[len(self._made) :], cancelled):
                self._made.append(checked)
                yield checked

    def finish(self, cancelled: Callable[[], bool] = lambda: False) -> tuple[Checked, ...]:
        """All of them, made where they are not; fewer when cancelled."""
        for _ in self.steps(cancelled):
            pass
        return self.so_far
