"""Columns that several panes share, and what a filter may ask of any row that is a VMA."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeVar

from criu_tui.core.base.units import PAGE, address, number, size
from criu_tui.core.drawings.signs import VMAS
from criu_tui.core.dump.vma import Prot, flag_names, prot_text
from criu_tui.core.tables.table import Column, Tint, Unit, widest

R = TypeVar("R")

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from criu_tui.core.dump.address_space import AddressSpace
    from criu_tui.core.dump.vma import Vma, VmaKind
    from criu_tui.core.pages.entries import Coverage
    from criu_tui.core.report.report import Report

LONGEST = 1 << 40
"""Bytes of the size whose bar is the longest."""
LEAST_PATH = 12
"""Characters of a path that still tell something."""


def span_columns(highest_end: int, vma: Callable[[R], Vma]) -> tuple[Column[R], Column[R]]:
    """Start and end of a row's VMA; `highest_end` as in Outline."""
    width = len(address(highest_end))
    return (
        Column("Start", lambda r: address(vma(r).start), width, sort=lambda r: vma(r).start, unit=Unit.ADDRESS),
        Column("End", lambda r: address(vma(r).end), width, sort=lambda r: vma(r).end, unit=Unit.ADDRESS),
    )


def span_numbers(
    space: AddressSpace, order: Callable[[Sequence[int]], Sequence[int]] = lambda each: each
) -> dict[str, Callable[[], Sequence[int]]]:
    """What rows that are the VMAs of one task sort by in their columns; `order` puts them in that of the rows."""
    return {
        "Start": lambda: order(space.starts),
        "End": lambda: order(space.ends),
        "Size": lambda: order(space.sizes),
    }


def locate(
    pid: int, space: AddressSpace, position: Callable[[int], int] = lambda index: index
) -> Callable[[int | None, int | None], int | None]:
    """Finds rows that are the VMAs of one task; `position` gives the row of a VMA when they are in another order."""

    def find(wanted: int | None, address: int | None) -> int | None:
        if wanted not in (None, pid) or not space.vmas:
            return None
        if address is None:
            return 0
        index = space.at(address)
        return None if index is None else position(index)

    return find


def size_column(length: Callable[[R], int], *, barred: bool = True) -> Column[R]:
    """A column of sizes in bytes, with bars that grow as the logarithm does."""
    return Column(
        "Size", lambda r: size(length(r)), 9, right=True, sort=length, weight=1, summed=True,
        part=(lambda r: log_part(length(r))) if barred else None, whole=f"~{size(LONGEST)}",
    )  # fmt: skip


def log_part(length: int) -> float:
    """How long the bar of a size is, of the longest: by its logarithm, from a page to LONGEST."""
    pages = max(length, PAGE) // PAGE
    return min(1.0, (1 + math.log2(pages)) / (1 + math.log2(LONGEST // PAGE)))


def path_column(paths: Collection[str], path: Callable[[R], str]) -> Column[R]:
    """A path, which is cut in the middle where there is little room: its end names the file."""
    return Column("Path", path, widest("Path", set(paths)), weight=2, least=LEAST_PATH)


def prot_column(prot: Callable[[R], int]) -> Column[R]:
    """The protection, in the colour that it has everywhere."""
    return Column("Prot", lambda r: prot_text(prot(r)), 4, tint=lambda r: prot_tint(prot(r)))


def prot_tint(prot: int) -> Tint:
    """Nothing allowed, code, code that may be written; anything else is plain."""
    if not prot & (Prot.READ | Prot.WRITE | Prot.EXEC):
        return Tint.NO_ACCESS
    if prot & Prot.EXEC:
        return Tint.WRITABLE_CODE if prot & Prot.WRITE else Tint.CODE
    return Tint.PLAIN


def kind_column(kinds: Iterable[VmaKind], kind: Callable[[R], VmaKind], weight: int = 0) -> Column[R]:
    """The VMA type in the colour that it has everywhere."""

    def tint(row: R) -> Tint:
        return VMAS[kind(row)].tint

    width = widest("Kind", {each.value for each in kinds})
    return Column("Kind", lambda r: kind(r).value, width, weight=weight, names=("type",), tint=tint)


def flags_text(vma: Vma) -> str:
    """MAP_* bits by name, without their prefix."""
    return " ".join(name.lower() for name in flag_names(vma.flags))


def share(coverage: Coverage) -> int:
    """Parts in ten thousand of the pages that are dumped."""
    return coverage.dumped * 10_000 // coverage.pages if coverage.pages else 0


def share_text(coverage: Coverage) -> str:
    """The same as text: "12%", "1.5%", "<0.1%", or "-" for none."""
    if not coverage.dumped:
        return "-"
    found = share(coverage)
    return "<0.1%" if found < 10 else f"{found / 100:.0f}%" if found >= 1000 else f"{found / 100:.1f}%"


def fields(report: Report, pid: int, vma: Callable[[R], Vma], shown: Sequence[Column[R]]) -> tuple[Column[R], ...]:
    """What is known of a row's VMA beside its columns: filters search it, and the detail screen shows it."""
    space = report.dump.address_space(pid)

    def covered(row: R) -> Coverage:
        return report.covered(pid, vma(row))

    known: tuple[Column[R], ...] = (
        Column("Size", lambda r: size(vma(r).size), 9, sort=lambda r: vma(r).size),
        Column("Prot", lambda r: prot_text(vma(r).prot), 4),
        Column("Kind", lambda r: space.kind(vma(r)).value, 4, names=("type",)),
        Column("Flags", lambda r: flags_text(vma(r)), 5),
        Column("Path", lambda r: report.path(vma(r)), 4),
        Column("Present", lambda r: number(covered(r).present), 7, sort=lambda r: covered(r).present),
        Column("Parent", lambda r: number(covered(r).parent), 6, sort=lambda r: covered(r).parent),
        Column(
            "Dumped",
            lambda r: share_text(covered(r)),
            6,
            sort=lambda r: share(covered(r)),
            unit=Unit.SHARE,
            names=("cover", "coverage"),
        ),
    )
    titles = {column.title for column in shown}
    return tuple(column for column in known if column.title not in titles)
