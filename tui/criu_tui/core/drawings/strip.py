"""A whole address space on one line: where it is, by kind of VMA."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from criu_tui.core.base.span import Span
from criu_tui.core.base.units import PAGE
from criu_tui.core.dump.address_space import MappedVmas

if TYPE_CHECKING:
    from criu_tui.core.dump.address_space import AddressSpace
    from criu_tui.core.dump.vma import VmaKind

DUMPED, CHARGED = "▄", "▁"
"""Below a cell: pages of it are in the dump; none, and a restore is charged for it."""
_APART = 1 << 30
"""Bytes not mapped from which on two neighbours are set apart."""


@dataclass(frozen=True, slots=True)
class StripCell:
    """One character: the addresses that it stands for, and what is mapped there."""

    span: Span
    kind: VmaKind | None
    """None: nothing."""


def strip(space: AddressSpace, width: int) -> tuple[StripCell, ...]:
    """At most `width` cells by address.

    Neighbours of one kind are drawn as one, as wide as the logarithm of their length, so that
    a page is seen beside a reservation of terabytes. With more of them than cells, a cell shows
    the longest of those that fall into it.
    """
    groups: list[tuple[Span, VmaKind | None]] = []
    for vma in MappedVmas(space.vmas).vmas:
        kind: VmaKind | None = space.kind(vma)
        if groups:
            last, neighbour = groups[-1]
            if vma.start - last.end >= _APART:
                groups.append((Span(last.end, vma.start), None))
            elif neighbour is kind:
                groups[-1] = Span(last.start, vma.end), kind
                continue
        groups.append((vma.span, kind))
    weights = [1 if kind is None else (span.size // PAGE).bit_length() + 1 for span, kind in groups]
    if len(groups) > width:
        return tuple(_crowded(groups, width))
    # Every group has a cell; those left over are shared by weight.
    spare, total, before = width - len(groups), sum(weights), 0
    cells: list[StripCell] = []
    for (span, kind), weight in zip(groups, weights, strict=True):
        wide = 1 + spare * (before + weight) // total - spare * before // total
        before += weight
        cells += _spread(span, kind, wide)
    return tuple(cells)


def _spread(span: Span, kind: VmaKind | None, wide: int) -> list[StripCell]:
    edges = [span.start + span.size * i // wide for i in range(wide + 1)]
    return [StripCell(Span(edges[i], edges[i + 1]), kind) for i in range(wide)]


def _crowded(groups: list[tuple[Span, VmaKind | None]], width: int) -> list[StripCell]:
    found = []
    for i in range(width):
        part = groups[i * len(groups) // width : (i + 1) * len(groups) // width]
        longest = max(part, key=lambda group: (group[1] is not None, group[0].size))
        found.append(StripCell(Span(part[0][0].start, part[-1][0].end), longest[1]))
    return found


def cell_of(cells: tuple[StripCell, ...], address: int) -> int | None:
    """Index of the cell that holds an address, else of the nearest below it."""
    found = None
    for index, cell in enumerate(cells):
        if cell.span.start <= address:
            found = index
    return found
