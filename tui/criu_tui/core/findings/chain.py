"""Incremental dumps: parents that are missing, or lack pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.findings.finding import Finding, Severity
from criu_tui.core.span import Span
from criu_tui.core.text import address, display_safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump import Dump


def chain(dump: Dump) -> Iterator[Finding]:
    """Parent dumps that cannot be opened, or lack pages."""
    if not dump.incremental:
        return
    if dump.parent is None:
        yield Finding(
            "parent-dangling",
            Severity.ERROR,
            "the parent dump cannot be opened",
            next(
                (display_safe(str(p)) for p in dump.problems if p.file == "parent"), "the link `parent` leads nowhere"
            ),
            "copy every level of the chain and keep the links relative",
        )
        return
    target = dump.parent_link
    if target is not None and target.is_absolute():
        yield Finding(
            "parent-absolute",
            Severity.NOTE,
            "the link `parent` is absolute",
            f"it leads to {display_safe(str(target), 200)}, which is another place on another machine",
            "dump with a relative --prev-images-dir",
        )
    for pid in dump.pids:
        lost = next(
            (
                entry
                for entry in dump.pagemap(pid)
                if entry.flags & 1 and not _resolves(dump, pid, entry.start, entry.end)
            ),
            None,
        )
        if lost is not None:
            yield Finding(
                "parent-page-missing",
                Severity.ERROR,
                f"pages of task {pid} are in no parent dump",
                f"pagemap entry {address(lost.start)}-{address(lost.end)} is marked as in the parent, which lacks it",
                "copy every level of the chain from the same run",
                pid=pid,
                start=lost.start,
                end=lost.end,
            )


def _resolves(dump: Dump, pid: int, start: int, end: int) -> bool:
    """Whether the chain of parents holds every page of a run."""
    parent = dump.parent
    if parent is None:
        return False
    held = 0
    for entry in parent.pagemap(pid).within(Span(start, end)):
        if entry.flags & 4 or (entry.flags & 1 and _resolves(parent, pid, entry.start, entry.end)):
            held += entry.end - entry.start
    return held >= end - start
