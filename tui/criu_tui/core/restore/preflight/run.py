"""Runs checks one after another, each with a deadline."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from criu_tui.core.base.limits import CHECK_SECONDS_LIMIT, CHECKS_LIMIT
from criu_tui.core.base.units import number
from criu_tui.core.restore.preflight.check import Check, Checked, Needs, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from criu_tui.core.restore.preflight.attempt import Attempt
    from criu_tui.core.restore.preflight.check import Subject

PAUSE = 0.05
"""Seconds between looks at whether the whole was given up."""


def run(
    attempt: Attempt,
    subjects: Sequence[Subject],
    cancelled: Callable[[], bool] = lambda: False,
    deadline: float = CHECK_SECONDS_LIMIT,
) -> Iterator[Checked]:
    """Every subject in turn, as it is done; stops early once cancelled.

    A subject works in a thread of its own, which is left alone when its time is over: what it waits for cannot be
    interrupted.
    """
    for subject in subjects:
        worker = _Worker(attempt, subject)
        worker.start()
        waited = 0.0
        while worker.is_alive() and waited < deadline:
            if cancelled():
                worker.stop.set()
                return
            worker.join(PAUSE)
            waited += PAUSE
        yield worker.result(deadline)


def _left_out(attempt: Attempt, subject: Subject) -> str:
    """Why a subject is not looked at; empty when it is."""
    if subject.needs is Needs.MACHINE and attempt.around.facts is None:
        return "what the machine has was left out, or is not known"
    if subject.needs is Needs.FILES and not attempt.around.here and attempt.around.root is None:
        return "the file system of the restore was left out, or is not here: --root DIR says where a copy lies"
    return ""


class _Worker(threading.Thread):
    """Looks at one subject."""

    def __init__(self, attempt: Attempt, subject: Subject) -> None:
        super().__init__(name=f"check {subject.id}", daemon=True)
        self.stop = threading.Event()
        self._attempt, self._subject = attempt, subject
        self._found: list[Check] = []
        self._left_out = 0
        self._error: Exception | None = None

    def run(self) -> None:
        """Keeps what the subject yields, until it ends or is told to stop."""
        try:
            if not self._subject.concerns(self._attempt.dump):
                return
            left_out = _left_out(self._attempt, self._subject)
            if left_out:
                self._found.append(Check(self._subject.id, self._subject.what, State.SKIPPED, left_out))
                return
            for check in self._subject.look(self._attempt):
                if self.stop.is_set():
                    return
                if len(self._found) < CHECKS_LIMIT:
                    self._found.append(check)
                else:
                    self._left_out += 1
        except Exception as error:
            self._error = error

    def result(self, deadline: float) -> Checked:
        """What there is when it has ended, or its time is over. Raises what the subject raised."""
        late = self.is_alive()
        self.stop.set()
        if self._error is not None:
            raise self._error
        found = list(self._found)
        about = self._subject
        if late:
            found.append(
                Check(about.id, about.what, State.UNKNOWN, f"not done after {deadline:.0f} s: something hangs here")
            )
        if self._left_out:
            state = Checked(about, tuple(found)).state
            more = f"{number(self._left_out)} more of {about.what}"
            found.append(Check(about.id, more, state, f"the first {CHECKS_LIMIT} are shown"))
        return Checked(about, tuple(found))
