"""The way back: where the user has been before something elsewhere was gone to."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from criu_tui.screens.main import MainScreen

MOST = 100
"""Places that are remembered; the first ones are forgotten."""


class Visit(NamedTuple):
    """A pane in front, and what was selected then."""

    pane: str
    """Its id."""
    pid: int | None
    address: int | None


class Been:
    """The places that were left for another pane, or for an address asked for by name; rows passed are none."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._places: deque[Visit] = deque(maxlen=MOST)
        self._arrived: Visit | None = None
        """Where a change of panes has led: a command that goes on from there has left the place before alone."""
        self._returns = False

    def _here(self) -> Visit:
        return Visit(self._screen.pane, self._screen.pid, self._screen.address)

    def turned(self, before: str) -> None:
        """Another pane has come to the front; `before` is the id of the one that was there."""
        if self._returns:
            return
        self._arrived = self._here()
        self._places.append(self._arrived._replace(pane=before))

    def asked_for(self) -> None:
        """An address has been asked for by name, and is not selected yet."""
        if self._returns:
            return
        here = self._here()
        if here != self._arrived:
            self._places.append(here)
        self._arrived = None

    def back(self) -> None:
        """To the place that was left last; says so where there is none."""
        screen = self._screen
        if not self._places:
            screen.notify("there is nowhere to go back to", markup=False)
            return
        place = self._places.pop()
        self._returns = True
        try:
            if place.pane != screen.pane:
                screen.action_pane(place.pane)
            # Another dump may have been gone on to, which has other tasks.
            known = place.pid in screen.report.dump.pids
            if known and (place.pid, place.address) != (screen.pid, screen.address):
                screen.go_to(place.pid, place.address, asked_for=True)
        finally:
            self._returns, self._arrived = False, None
