"""A line on the main screen for as long as the archive that it shows is still being read behind it.

More of its images are shown as they come, all of them in the end.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from textual import work
from textual.widgets import Static
from textual.worker import get_current_worker

from criu_tui.core.base.progress import CancelledError
from criu_tui.core.base.text import display_safe
from criu_tui.core.dump.dump import Dump, NotADumpError
from criu_tui.core.report.arriving import read_so_far
from criu_tui.core.report.listing import listed
from criu_tui.core.source.archive import NotAnArchiveError
from criu_tui.core.source.arriving import is_of_pages, same
from criu_tui.core.source.error import ImageError, reason_of
from criu_tui.screens.loading import Arrived

if TYPE_CHECKING:
    from collections.abc import Sequence

    from criu_tui.core.report.listing import Listed
    from criu_tui.core.source.arriving import Arrival
    from criu_tui.core.source.source import Source
    from criu_tui.screens.main import MainScreen

EVERY = 0.5
"""Seconds between two looks at the progress."""
LOOKED = 0.25
"""Seconds between two looks at what has come."""
AT_MOST_EVERY, PAGES_AT_MOST_EVERY = 1.0, 5.0
"""Seconds that panes stay as they are, so that they are not made anew for each image of many, or for pages alone."""


class Arriving(Static):
    """Says how much has been read; posts Arrived when more images have come, and once all has."""

    DEFAULT_CSS = "Arriving { height: 1; background: $surface; color: $text; }"

    def __init__(self, main: MainScreen) -> None:
        arrival = main.report.dump.source.arrival
        assert arrival is not None
        super().__init__(read_so_far(arrival), markup=False)
        self._arrival: Arrival = arrival
        self._main = main
        self._dump = main.report.dump

    def on_mount(self) -> None:
        self.set_interval(EVERY, self._say)
        self._wait()

    def _say(self) -> None:
        self.update(read_so_far(self._arrival))
        self._main.heading.tell(self._main.report, self._main.panes.room.width)

    def on_unmount(self) -> None:
        self._arrival.close()

    @work(thread=True, group="arriving")
    def _wait(self) -> None:
        shown, since = self._dump.files_listed, time.monotonic()
        while not self._arrival.done(LOOKED):
            if get_current_worker().is_cancelled:
                return
            if time.monotonic() - since < AT_MOST_EVERY:
                continue
            found = self._arrival.dump_so_far()
            new = frozenset() if found is None else found.names() - shown
            waited = time.monotonic() - since
            if found is not None and new and (waited >= PAGES_AT_MOST_EVERY or not all(map(is_of_pages, new))):
                shown, since = shown | new, time.monotonic()
                self._post(found)
        try:
            places = self._arrival.places()
            whole = same(places, self._dump.source)
        except CancelledError:
            return
        except (NotAnArchiveError, ImageError) as error:
            self._fail(str(error))
        except OSError as error:
            self._fail(reason_of(error))
        else:
            if whole is None:
                self._fail("holds something else, now that all of it has been read: open it again")
            else:
                self._post(whole, list(listed(places)) if len(places.found) > 1 else ())
                self.app.call_from_thread(self._end)

    def _post(self, source: Source, beside: Sequence[Listed] = ()) -> None:
        try:
            self.post_message(Arrived(Dump(source), beside))
        except NotADumpError as error:
            self._fail(str(error))

    def _end(self) -> None:
        self.remove()

    def _fail(self, why: str) -> None:
        self.app.call_from_thread(self.notify, display_safe(why), severity="error", timeout=60, markup=False)
