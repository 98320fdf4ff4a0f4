"""The rows of a table by the task and the addresses that they are about."""

from __future__ import annotations

import operator
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from criu_tui.core.tables.table import Table


class RowsByPlace:
    """Rows by task and address: a binary search where a task's rows lie apart, else one after another."""

    def __init__(self, table: Table[Any]) -> None:
        self._first: dict[int | None, int] = {}
        spans: dict[int | None, list[tuple[int, int, int]]] = {}
        for index, row in enumerate(table.rows):
            pid, span = table.place(row)
            self._first.setdefault(pid, index)
            if span is not None:
                spans.setdefault(pid, []).append((span.start, span.end, index))
        self._by_pid = {pid: _Sorted(found) for pid, found in spans.items()}

    def find(self, pid: int | None, address: int | None) -> int | None:
        """The first row that holds an address of a task; without an address the task's first row."""
        pids = list(self._first) if pid is None else [pid, None]
        if address is None:
            return min((self._first[p] for p in pids if p in self._first), default=None)
        found = (self._by_pid[p].holding(address) for p in pids if p in self._by_pid)
        return min((index for index in found if index is not None), default=None)

    def beside(self, pid: int, address: int) -> tuple[int | None, int | None]:
        """Rows of a task that end at or below an address, and begin above it: the nearest on each side."""
        return self._by_pid[pid].beside(address) if pid in self._by_pid else (None, None)


class _Sorted:
    """Spans of one task by start, with the rows they belong to."""

    def __init__(self, spans: list[tuple[int, int, int]]) -> None:
        spans.sort()
        self._starts = [start for start, _, _ in spans]
        self._ends = [end for _, end, _ in spans]
        self._rows = [row for _, _, row in spans]
        self._apart = all(map(operator.le, self._ends, self._starts[1:]))

    def holding(self, address: int) -> int | None:
        last = bisect_right(self._starts, address)
        if self._apart:
            return self._rows[last - 1] if last and address < self._ends[last - 1] else None
        return min((self._rows[i] for i in range(last) if address < self._ends[i]), default=None)

    def beside(self, address: int) -> tuple[int | None, int | None]:
        after = bisect_right(self._starts, address)
        below = max((i for i in range(after) if self._ends[i] <= address), key=self._ends.__getitem__, default=None)
        return (
            None if below is None else self._rows[below],
            self._rows[after] if after < len(self._rows) else None,
        )
