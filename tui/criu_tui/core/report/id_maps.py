"""The id maps drawn: those of the images, else those that a failed dump's log tells of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.drawings import extents, rulers
from criu_tui.core.dump import idmap
from criu_tui.core.dump.owners import IdKind
from criu_tui.core.dump.user_namespace import user_namespace_of
from criu_tui.core.tables.table import Tone

if TYPE_CHECKING:
    from criu_tui.core.dump.idmap import IdMap
    from criu_tui.core.logs.log import Log
    from criu_tui.core.report.report import Report


def drawing(report: Report, width: int = extents.WIDTH, height: int | None = None) -> list[tuple[Tone, str]]:
    """The id maps drawn: those of the images, else those recovered from the log of a dump that failed.

    As rulers, where they fit in `width` characters, and each extent on a line of its own; where that takes more than
    `height` lines, as rulers alone or, without room for those, the extents alone.
    """
    space = user_namespace_of(report.dump)
    if space is not None:
        return _drawn((space.uid_map, space.gid_map), _ids_in_use(report), width, height)
    if (failed := failed_log(report)) is None:
        return []
    found = [(Tone.NOTE, f"recovered from {display_safe(failed.path.name)}:")]
    if failed.id_maps is not None:
        return found + _drawn(failed.id_maps, ({0}, {0}), width, None if height is None else height - 1)
    found += [(Tone.PLAIN, f"     {extent}") for extent in failed.extents]
    return [*found, (Tone.WARNING, "those of the uid map and those of the gid map cannot be told apart")]


def _drawn(
    maps: tuple[IdMap, IdMap], used: tuple[set[int], set[int]], width: int, height: int | None
) -> list[tuple[Tone, str]]:
    ruled = rulers.lines_of_both(*maps, used, width)
    listed = list(extents.lines(*maps, width))
    if height is None or len(ruled) + len(listed) <= height:
        return ruled + listed
    return ruled if ruled and len(ruled) <= height else listed


def _ids_in_use(report: Report) -> tuple[set[int], set[int]]:
    """The uids and the gids inside the namespace that anything in the dump carries."""
    found: dict[IdKind, set[int]] = {kind: set() for kind in IdKind}
    for owner in report.owners:
        for one in owner.ids:
            if one.number != idmap.OVERFLOW_ID and not owner.outside:
                found[one.kind].add(one.number)
    return found[IdKind.UID], found[IdKind.GID]


def failed_log(report: Report) -> Log | None:
    """The log of a dump that failed on the maps and so left no tasks: with tasks, it is of another dump."""
    if user_namespace_of(report.dump) is not None or report.dump.tasks:
        return None
    found = (log for log in report.logs if log.root_check is not None and report.belongs(log) is not False)
    return next(found, None)
