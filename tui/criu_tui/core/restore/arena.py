"""The address space that a restore reserves for a task before it premaps anything (criu/mem.c: reserve_restore_area).

It is one PROT_NONE mapping as long as all private VMAs together, and a page longer for each that grows down.
Nothing is charged for it, so overcommit does not matter: it only needs a gap of the address space that is as long.
"""

from __future__ import annotations

import functools

from criu_tui.core.base.span import Span

GIB = 1 << 30
LOW = Span(0x10000, 0x555555554000)
"""Below CRIU itself, which x86-64 loads from two thirds of the address space on; seen: 85 TiB fit, 86 TiB do not."""
HIGH = Span(0x565555554000 + GIB, 0x7F0000000000)
"""From CRIU's heap to its libraries and stack, where both begin at random."""


def longest_gap(parents: Span | None) -> int:
    """Bytes of the longest gap, beside the arena of the parent task, which is still there."""
    return max(gap.size for gap in _gaps(parents))


@functools.lru_cache(16)
def place(length: int, parents: Span | None) -> Span | None:
    """Where the kernel puts an arena, from the top of the highest gap with room for it; None without one.

    Remembered: most children of a task are alike.
    """
    gap = next((gap for gap in _gaps(parents) if gap.size >= length), None)
    return None if gap is None else Span(gap.end - length, gap.end)


def _gaps(taken: Span | None) -> list[Span]:
    """The gaps from the highest on."""
    if taken is None or not taken.size:
        return [HIGH, LOW]
    return [
        part
        for gap in (HIGH, LOW)
        for part in (
            (Span(max(gap.start, taken.end), gap.end), Span(gap.start, taken.start)) if taken.overlaps(gap) else (gap,)
        )
        if part.end > part.start
    ]
