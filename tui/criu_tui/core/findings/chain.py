"""Incremental dumps: parents that are missing, or lack pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.span import without
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import address
from criu_tui.core.findings.finding import Finding, Severity
from criu_tui.core.pages.entries import PageKind
from criu_tui.core.pages.pagemaps import pagemap_of
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.base.span import Span
    from criu_tui.core.dump.dump import Dump


def chain(dump: Dump) -> Iterator[Finding]:
    """Parent dumps that cannot be opened, or lack pages."""
    if not dump.incremental:
        return
    target = _target(dump)
    if target.startswith("/"):
        yield Finding(
            "parent-absolute",
            Severity.WARNING,
            "the parent dump is given by an absolute path",
            f"the link `parent` leads to {display_safe(target, 200)}, also where these images are copied to; CRIU "
            "says “Absolute paths for parent links may not work on restore!”",
            "make the link relative",
        )
    if dump.parent is None:
        yield Finding(
            "parent-dangling",
            Severity.ERROR,
            "the parent dump cannot be opened",
            next((str(p) for p in dump.problems if p.file == "parent"), "the link `parent` leads nowhere"),
            "copy every level of the chain and keep the links relative",
        )
        return
    for pid in dump.pids:
        lost = _lost(dump, pid)
        if lost is not None:
            yield Finding(
                "parent-page-missing",
                Severity.ERROR,
                f"pages of task {pid} are in no parent dump",
                f"{address(lost.start)}-{address(lost.end)} is marked as in the parent, which lacks it",
                "copy every level of the chain from the same run",
                pid=pid,
                start=lost.start,
                end=lost.end,
            )
    # After the pagemaps of the chain have been read.
    yield from _of_parents(dump)


def _of_parents(dump: Dump) -> Iterator[Finding]:
    """What of parent dumps cannot be read. An image that a parent lacks is reported with the pages it leaves out."""
    for depth, parent in enumerate(tuple(dump.chain())):
        for problem in parent.problems if depth else ():
            if problem.file.endswith(".img") and problem.file not in parent.files_listed:
                continue
            dangling = problem.file == "parent"
            path = f"{'parent/' * depth}{problem.file}"
            yield Finding(
                "parent-dangling" if dangling else "image-unreadable",
                Severity.ERROR,
                f"{display_safe(path, 200)} cannot be {'opened' if dangling else 'read'}",
                str(ImageError(path, problem.offset, problem.reason, problem.entry)),
                "copy every level of the chain and keep the links relative"
                if dangling
                else "copy it again from the source, or dump again",
            )


def _target(dump: Dump) -> str:
    """Where the link `parent` leads, as it is written; empty when it is no link."""
    return dump.source.link("parent") or ""


def _lost(dump: Dump, pid: int) -> Span | None:
    """The first pages that a task's pagemap leaves to a parent and no dump of the chain has.

    Level by level: the cost is that of all entries of the chain, whatever their order.
    """
    wanted = pagemap_of(dump, pid).spans_of(PageKind.PARENT)
    level: Dump | None = dump
    while wanted:
        level = level.parent if level is not None else None
        if level is None:
            return wanted[0]
        wanted = without(wanted, pagemap_of(level, pid).spans_of(PageKind.PRESENT))
        nowhere = without(wanted, pagemap_of(level, pid).spans_of(PageKind.PARENT))
        if nowhere:
            return nowhere[0]
    return None
