"""The check on id 0 that ends dumps of user namespaces, from what a log says (criu/namespaces.c: dump_user_ns)."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from criu_tui.core.dump.idmap import MOST_EXTENTS, Extent, IdMap, RootCheck, check_root

if TYPE_CHECKING:
    from collections.abc import Sequence

    from criu_tui.core.base.span import Span

UNCERTAIN = RootCheck(
    ok=False,
    reason="uid 0 or gid 0 has no mapping, the log does not tell which: CRIU stops with “Unable to convert uid or gid”",
)


def possible_maps(extents: Sequence[Extent], *, passed: bool | None) -> list[tuple[IdMap, IdMap]]:
    """Every uid map and gid map that would leave a log with these extents.

    `passed` is whether the check on id 0 went well; None when the log does not say.
    """
    found = splits(extents)
    return found if passed is None else [maps for maps in found if check_root(*maps).ok is passed]


def failed_check(extents: Sequence[Extent]) -> RootCheck:
    """The check on id 0, which failed, replayed on the extents that a log names."""
    checks = {check_root(*maps) for maps in possible_maps(extents, passed=False)}
    return checks.pop() if len(checks) == 1 else UNCERTAIN


def splits(extents: Sequence[Extent]) -> list[tuple[IdMap, IdMap]]:
    """Every uid map and gid map that a log may have printed one after the other, with no mark between.

    CRIU parses uid_map whole, then gid_map (criu/namespaces.c: dump_user_ns); either may be empty, and
    the kernel lets no two extents of one map overlap on either side.
    """
    count = len(extents)
    before, after = _apart(extents), _apart(extents[::-1])
    return [
        (tuple(extents[:index]), tuple(extents[index:]))
        for index in range(max(0, count - after), min(count, before) + 1)
    ]


def _apart(extents: Sequence[Extent]) -> int:
    """How many of the first extents can be those of one map."""
    insides: list[Span] = []
    outsides: list[Span] = []
    for index, extent in enumerate(extents[:MOST_EXTENTS]):
        if not (_insert_apart(insides, extent.inside) and _insert_apart(outsides, extent.outside)):
            return index
    return min(len(extents), MOST_EXTENTS)


def _insert_apart(spans: list[Span], span: Span) -> bool:
    """Puts a span among sorted ones; False when it overlaps one of them."""
    at = bisect_right(spans, span)
    if any(span.overlaps(neighbour) for neighbour in spans[max(0, at - 1) : at + 1]):
        return False
    if span.size:
        spans.insert(at, span)
    return True
