"""Task trees that cannot be."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from criu_tui.core.findings.finding import AS_WRITTEN, Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump import Dump


def tree(dump: Dump) -> Iterator[Finding]:
    """Tasks that are listed twice, or before their parents."""
    for pid, count in Counter(task.pid for task in dump.tasks).items():
        if count > 1:
            yield Finding(
                "pid-twice",
                Severity.ERROR,
                f"task {pid} is in pstree.img {count} times",
                "every task has a PID of its own",
                AS_WRITTEN,
                pid=pid,
            )
    seen: set[int] = set()
    for position, task in enumerate(dump.tasks):
        if position and task.ppid not in seen:
            later = any(other.pid == task.ppid for other in dump.tasks)
            yield Finding(
                "parent-unknown",
                Severity.ERROR,
                f"task {task.pid} comes before its parent {task.ppid}" if later else f"task {task.pid} has no parent",
                "parents come first in pstree.img; "
                f"{task.ppid} {'comes later, or in a ring' if later else 'is not in it'}",
                AS_WRITTEN,
                pid=task.pid,
            )
        seen.add(task.pid)
