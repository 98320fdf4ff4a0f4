"""The user namespace of a dump, from userns-ID.img."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from criu_tui.core.base.units import number
from criu_tui.core.dump.idmap import MOST_EXTENTS, Extent, IdMap, UserNamespace
from criu_tui.core.dump.listed import numbered
from criu_tui.core.images import kinds
from criu_tui.core.images.schema import userns_pb2
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from criu_tui.core.dump.dump import Dump

# One more than the kernel takes, so that it shows.
_MOST = MOST_EXTENTS + 1


def user_namespace_of(dump: Dump) -> UserNamespace | None:
    """The dumped user namespace; None when the tasks live in CRIU's own."""
    return dump.once("userns", lambda: _read(dump))


def _read(dump: Dump) -> UserNamespace | None:
    for space, name in numbered(dump, kinds.USERNS):
        entries = dump.entries(name, kinds.USERNS, userns_pb2.userns_entry, single=True)
        if not entries:
            continue
        longest = max(len(entries[0].uid_map), len(entries[0].gid_map))
        if longest > _MOST:
            left_out = f"{number(longest)} extents in a map: those after {_MOST} are not read"
            dump.note_problem(name, ImageError(name, None, left_out, 0))
        return UserNamespace(space, _extents(entries[0].uid_map), _extents(entries[0].gid_map))
    return None


def _extents(entries: Iterable[userns_pb2.uid_gid_extent]) -> IdMap:
    return tuple(Extent(e.first, e.lower_first, e.count) for e in itertools.islice(entries, _MOST))
