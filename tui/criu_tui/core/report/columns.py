"""Columns that several panes share."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from criu_tui.core.table import Column
from criu_tui.core.text import address, size

R = TypeVar("R")

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from criu_tui.core.memory import Vma


def span_columns(rows: Sequence[R], vma: Callable[[R], Vma]) -> tuple[Column[R], Column[R]]:
    # The odd vsyscall page is let stick out, so that the rest need not be as wide.
    width = max((len(address(vma(row).end)) for row in rows if vma(row).end < 1 << 63), default=12)
    return (
        Column("Start", lambda r: address(vma(r).start), width, sort=lambda r: vma(r).start),
        Column("End", lambda r: address(vma(r).end), width, sort=lambda r: vma(r).end),
    )


def size_column(length: Callable[[R], int]) -> Column[R]:
    return Column("Size", lambda r: size(length(r)), 9, right=True, sort=length, weight=1)
