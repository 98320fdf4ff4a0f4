"""stats-dump and stats-restore: how long the run took, and how many pages it moved (criu/stats.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.images.images import read_entries
from criu_tui.core.images.kinds import STATS
from criu_tui.core.images.schema import stats_pb2

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from criu_tui.core.source.source import Source

FILES = {"dump": "stats-dump", "restore": "stats-restore"}


class Statistics(NamedTuple):
    """The numbers of one run by their names in CRIU's schema; times in microseconds, pages of 4096 bytes."""

    run: str
    """dump or restore."""
    numbers: tuple[tuple[str, int], ...]

    def get(self, name: str) -> int | None:
        """A number by its name; None when the run did not write it."""
        return dict(self.numbers).get(name)


def statistics_of(images: Source) -> tuple[Statistics, ...]:
    """Of the runs that left their numbers among the images, or one level above as engines keep them."""
    found = []
    for run, name in FILES.items():
        place = next((p for p in (images, images.above) if p is not None and p.is_regular(name)), None)
        if place is None:
            continue
        entries = read_entries(place.file(name), STATS, stats_pb2.stats_entry, single=True).entries
        if entries and entries[0].HasField(run):
            message: Message = getattr(entries[0], run)
            found.append(Statistics(run, tuple((field.name, value) for field, value in message.ListFields())))
    return tuple(found)
