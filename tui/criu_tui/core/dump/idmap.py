"""User-namespace id maps: extents, conversion both ways, and the check that stops dumps.

Sources: user_namespaces(7) for the kernel's reading, criu/namespaces.c for CRIU's.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from criu_tui.core.base.span import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

OVERFLOW_ID = 0xFFFFFFFF
"""What CRIU writes for an id that no extent covers: (uid_t) -1."""
_WRAP = 1 << 32


@dataclass(frozen=True, slots=True)
class Extent:
    """One line of uid_map or gid_map; all three are unsigned 32-bit numbers.

    Ids [first, first + count) inside the namespace are [lower_first, lower_first + count) outside.
    """

    first: int
    lower_first: int
    count: int

    @property
    def inside(self) -> Span:
        """The ids inside the namespace."""
        return Span(self.first, self.first + self.count)

    @property
    def outside(self) -> Span:
        """The ids outside it."""
        return Span(self.lower_first, self.lower_first + self.count)

    def __str__(self) -> str:
        return f"{self.first} {self.lower_first} {self.count}"


IdMap = tuple[Extent, ...]
ALL_IDS = Span(0, _WRAP)
MOST_EXTENTS = 340
"""In one map: UID_GID_MAP_MAX_EXTENTS of kernels from 4.15 on."""


@dataclass(frozen=True, slots=True)
class UserNamespace:
    """The id maps of userns-ID.img."""

    id: int
    uid_map: IdMap
    gid_map: IdMap


@dataclass(frozen=True, slots=True)
class Conversion:
    """One id converted as CRIU does it and as the kernel does; None where no extent covers it."""

    criu: int | None
    kernel: int | None

    @property
    def differs(self) -> bool:
        """Whether CRIU and the kernel convert it differently."""
        return self.criu != self.kernel


@dataclass(frozen=True, slots=True)
class RootCheck:
    """What CRIU's test of a user namespace before dumping says."""

    ok: bool
    reason: str


def to_host(extents: IdMap, inside: int) -> int | None:
    """The id outside for one inside, as CRIU converts it; None where no extent covers it."""
    return _convert(((e.first, e.lower_first, e.count) for e in extents), inside, wraps=True)


def to_namespace(extents: IdMap, outside: int) -> int | None:
    """The id inside for one outside, as CRIU converts it; None where no extent covers it."""
    return _convert(((e.lower_first, e.first, e.count) for e in extents), outside, wraps=True)


def kernel_to_host(extents: IdMap, inside: int) -> int | None:
    """The id outside for one inside, as the kernel converts it."""
    return _convert(((e.first, e.lower_first, e.count) for e in extents), inside, wraps=False)


def kernel_to_namespace(extents: IdMap, outside: int) -> int | None:
    """The id inside for one outside, as the kernel converts it."""
    return _convert(((e.lower_first, e.first, e.count) for e in extents), outside, wraps=False)


def _convert(triples: Iterable[tuple[int, int, int]], number: int, *, wraps: bool) -> int | None:
    # CRIU adds in unsigned 32-bit arithmetic, so the end of an extent that reaches
    # the top wraps to 0 and the extent covers nothing; the kernel compares with the
    # last id instead.
    for source, target, count in triples:
        end = (source + count) % _WRAP if wraps else source + count
        if source <= number < end:
            return (target + number - source) % _WRAP
    return None


def outwards(extents: IdMap | None, inside: int) -> Conversion:
    """The id outside for one inside; the same id where there is no user namespace (None)."""
    if extents is None:
        return Conversion(inside, inside)
    return Conversion(to_host(extents, inside), kernel_to_host(extents, inside))


def inwards(extents: IdMap | None, outside: int) -> Conversion:
    """The id inside for one outside; the same id where there is no user namespace (None)."""
    if extents is None:
        return Conversion(outside, outside)
    return Conversion(to_namespace(extents, outside), kernel_to_namespace(extents, outside))


def gaps(spans: Iterable[Span]) -> list[Span]:
    """The ids that none of these spans covers, in order."""
    found: list[Span] = []
    end = 0
    for span in sorted(span for span in spans if span.size):
        if span.start > end:
            found.append(Span(end, span.start))
        end = max(end, span.end)
    if end < ALL_IDS.end:
        found.append(Span(end, ALL_IDS.end))
    return found


class Flaw(enum.Enum):
    """What is odd about an extent or two."""

    EMPTY = enum.auto()
    WRAPS = enum.auto()
    """It reaches beyond the last 32-bit id."""
    TO_THE_TOP = enum.auto()
    """Its end is 2^32, which 32-bit sums take for 0."""
    OVERLAPS_INSIDE = enum.auto()
    OVERLAPS_OUTSIDE = enum.auto()


@dataclass(frozen=True, slots=True)
class Flawed:
    """A flaw, with the extent that has it and the earlier one that it overlaps."""

    flaw: Flaw
    extent: Extent
    earlier: Extent | None = None


def flaws(extents: IdMap) -> Iterator[Flawed]:
    """What is odd about a map, extent by extent; the kernel writes no map that has any of it.

    Its rules are those of map_write in kernel/user_namespace.c. Overlaps are looked for
    between neighbours in order of ids, so that a map of any length costs a sort.
    """
    for extent in extents:
        ends = extent.inside.end, extent.outside.end
        if extent.count == 0:
            yield Flawed(Flaw.EMPTY, extent)
        elif max(ends) > _WRAP:
            yield Flawed(Flaw.WRAPS, extent)
        elif max(ends) == _WRAP:
            yield Flawed(Flaw.TO_THE_TOP, extent)
    yield from _overlaps(extents, Flaw.OVERLAPS_INSIDE, lambda extent: extent.inside)
    yield from _overlaps(extents, Flaw.OVERLAPS_OUTSIDE, lambda extent: extent.outside)


def _overlaps(extents: IdMap, flaw: Flaw, side: Callable[[Extent], Span]) -> Iterator[Flawed]:
    furthest: int | None = None
    order = sorted((i for i, e in enumerate(extents) if e.count), key=lambda i: side(extents[i]).start)
    for index in order:
        if furthest is not None and side(extents[furthest]).overlaps(side(extents[index])):
            earlier, later = sorted((furthest, index))
            yield Flawed(flaw, extents[later], extents[earlier])
        if furthest is None or side(extents[index]).end > side(extents[furthest]).end:
            furthest = index


def check_root(uid_map: IdMap, gid_map: IdMap) -> RootCheck:
    """Whether CRIU would dump a task in this namespace: uid 0 and gid 0 must convert.

    CRIU says "Unable to convert uid or gid" otherwise (criu/namespaces.c).
    """
    lacking = [name for name, extents in (("uid", uid_map), ("gid", gid_map)) if to_host(extents, 0) is None]
    if not lacking:
        return RootCheck(
            ok=True,
            reason=f"uid 0 is {to_host(uid_map, 0)} and gid 0 is {to_host(gid_map, 0)} on the host",
        )
    which = " and ".join(f"{name} 0" for name in lacking)
    verb = "have" if len(lacking) == 2 else "has"
    return RootCheck(
        ok=False,
        reason=f"{which} {verb} no mapping: CRIU stops with “Unable to convert uid or gid”",
    )
