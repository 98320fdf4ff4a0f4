"""User-namespace id maps: extents, conversion both ways, and the check that stops dumps.

Sources: user_namespaces(7) for the kernel's reading, criu/namespaces.c for CRIU's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from criu_tui.core.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterable

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
        return Span(self.first, self.first + self.count)

    @property
    def outside(self) -> Span:
        return Span(self.lower_first, self.lower_first + self.count)

    def __str__(self) -> str:
        return f"{self.first} {self.lower_first} {self.count}"


IdMap = tuple[Extent, ...]


@dataclass(frozen=True, slots=True)
class Check:
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
            return target + (number - source)
    return None


def check_root(uid_map: IdMap, gid_map: IdMap) -> Check:
    """Whether CRIU would dump a task in this namespace: uid 0 and gid 0 must convert.

    CRIU says "Unable to convert uid or gid" otherwise (criu/namespaces.c).
    """
    lacking = [name for name, extents in (("uid", uid_map), ("gid", gid_map)) if to_host(extents, 0) is None]
    if not lacking:
        return Check(
            ok=True,
            reason=f"uid 0 is {to_host(uid_map, 0)} and gid 0 is {to_host(gid_map, 0)} on the host",
        )
    which = " and ".join(f"{name} 0" for name in lacking)
    verb = "have" if len(lacking) == 2 else "has"
    return Check(
        ok=False,
        reason=f"{which} {verb} no mapping: CRIU stops with “Unable to convert uid or gid”",
    )
