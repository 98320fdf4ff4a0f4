"""A compressed archive that is read behind a screen: what of it has come so far, and all of it in the end.

Engines pack images in the order of their names: what tells of the container, of tasks, of mappings
and of which pages there are comes before the pages themselves, which are nearly all of the archive.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from criu_tui.core.base.progress import Progress
from criu_tui.core.source.archive import opened
from criu_tui.core.source.holding import Holding, tasks_of
from criu_tui.core.source.members import Inside, Members
from criu_tui.core.source.places import Checkpoint, Places, checkpoints
from criu_tui.core.source.source import OpenFile
from criu_tui.core.source.spool import Spool, spooled
from criu_tui.core.source.tar import BLOCK, is_tar, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from criu_tui.core.source.source import Source

NICE = 10
"""By which the threads that read yield to the screen, see setpriority(2)."""
NO_END = 1 << 62
"""Bytes of an archive whose length is not known yet."""
LOOKED = 0.1
"""Seconds between two looks at what has come."""


def is_of_pages(name: str) -> bool:
    """Whether an image has the bytes of pages: such a one is listed before its bytes have come."""
    return name.startswith("pages-")


class Arrival:
    """Reads an archive from two threads of its own, which `progress` can cancel. Takes the file over."""

    def __init__(
        self, file: OpenFile, path: Path, progress: Progress, annotations: Mapping[str, str] | None = None
    ) -> None:
        self.path = path
        self._annotations = annotations or {}
        self.progress = progress
        self.spool = Spool(file.name)
        self._file = file
        self._walked = Members(_Ahead(self.spool))
        self._done = threading.Event()
        self._whole: Inside | None = None
        self._error: BaseException | None = None
        for work in (self._read, self._walk):
            threading.Thread(target=work, name="archive", daemon=True).start()

    def _read(self) -> None:
        # Linux has a priority for each thread, which those that it starts inherit: the screen comes first.
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
        try:
            try:
                spooled(self._file, self.progress, self.spool)
            finally:
                self._file.close()
            damage = [] if self.spool.error is None else [self.spool.error]
            self._whole = opened(self.spool, self.path, self.progress, damage)
            self._whole.members.annotations = self._annotations
        except BaseException as error:
            self._error = error
        self._done.set()

    def _walk(self) -> None:
        # Held but while waiting for bytes: nobody sees the members in between. What goes wrong here goes
        # wrong again when all is walked, and is raised then.
        with suppress(Exception), self.spool.come:
            if is_tar(self._walked.file.read_at(0, BLOCK)):
                walk(self._walked.file, members=self._walked)

    def done(self, seconds: float = 0) -> bool:
        """Whether all has been read, or given up; waits up to so many seconds for that."""
        return self._done.wait(seconds)

    def whole(self) -> Inside:
        """All of the archive, waited for. Raises NotAnArchiveError, OSError, CancelledError."""
        while not self.done(LOOKED):
            # Who reads may be waiting for a pipe that gives nothing.
            self.progress.check(self.progress.done, self.progress.total)
        if self._error is not None:
            raise self._error
        assert self._whole is not None
        return self._whole

    def close(self) -> None:
        """Gives up what is still being read."""
        self.progress.cancel()

    # What has come so far

    def so_far(self) -> Inside:
        """The members whose bytes are all there, and images with pages of which not all are."""
        with self.spool.come:
            members = self._walked.copied(self.spool, lambda name, end: end <= self.spool.there or is_of_pages(name))
        members.arrival = self
        members.annotations = self._annotations
        return Inside(members, self.path)

    def dump_so_far(self, needed: frozenset[str] = frozenset()) -> Source | None:
        """The only dump of what has come, once it shows a task and has the images that are needed by name.

        None before, and where there are several.
        """
        found = checkpoints(self.so_far(), Progress(), nested=0)
        if len(found.found) != 1 or found.closed or found.found[0].holding is not Holding.DUMP:
            return None
        names = found.found[0].source.names()
        return found.found[0].source if needed <= names and tasks_of(names) else None

    def places(self) -> Places:
        """The checkpoints of all of it, waited for. Raises as `whole`."""
        return checkpoints(self.whole(), self.progress)


def same(places: Places, source: Source) -> Source | None:
    """What a dump of an archive that had not all come is in all of it; None where it is no dump any more."""
    return next((each.source for each in places.found if each.source.path == source.path), None)


def looked_for(begun: Arrival | Search, *, early: bool, needed: frozenset[str] = frozenset()) -> Places:
    """All checkpoints: with `early` of an archive a dump as soon as it shows a task and has the images needed.

    Raises as `places`.
    """
    if isinstance(begun, Arrival):
        while early and not begun.progress.cancelled and not begun.done(LOOKED):
            dump = begun.dump_so_far(needed)
            if dump is not None:
                return Places([Checkpoint(dump, Holding.DUMP)])
    return begun.places()


class Search:
    """Looks for checkpoints from a thread of its own, which `progress` can cancel: what lies packed takes a while."""

    def __init__(self, look: Callable[[], Places], progress: Progress) -> None:
        self.progress = progress
        self._look = look
        self._done = threading.Event()
        self._found = Places()
        self._error: BaseException | None = None
        threading.Thread(target=self._run, name="search", daemon=True).start()

    def _run(self) -> None:
        try:
            self._found = self._look()
        except BaseException as error:
            self._error = error
        self._done.set()

    def done(self, seconds: float = 0) -> bool:
        """Whether it has ended; waits up to so many seconds for that."""
        return self._done.wait(seconds)

    def close(self) -> None:
        """Gives up what is still being looked through."""
        self.progress.cancel()

    def places(self) -> Places:
        """What was found, waited for. Raises what the look raised, and CancelledError."""
        while not self.done(LOOKED):
            self.progress.check(self.progress.done, self.progress.total)
        if self._error is not None:
            raise self._error
        return self._found


class _Ahead(OpenFile):
    """A file that is still being written: who reads waits for the bytes."""

    def __init__(self, spool: Spool) -> None:
        super().__init__(spool.name, NO_END, 0)
        self._spool = spool

    def read_at(self, offset: int, length: int) -> bytes:
        self._spool.wait_for(offset + length)
        return self._spool.read_at(offset, length)

    def close(self) -> None:
        """The spool stays open."""
