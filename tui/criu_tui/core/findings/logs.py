"""What a log says went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.findings.finding import Finding, Severity
from criu_tui.core.images import text_of
from criu_tui.core.known_failures import recognise
from criu_tui.core.log import Result
from criu_tui.core.text import counted, display_safe, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump import Dump
    from criu_tui.core.log import Log


def from_log(log: Log, dump: Dump) -> Iterator[Finding]:
    """Why a run failed, by its log; nothing for one that succeeded."""
    name = display_safe(log.path.name)
    if log.problem is not None:
        yield Finding("log-unreadable", Severity.WARNING, f"{name} cannot be read", display_safe(str(log.problem)))
        return
    own = text_of(dump.inventory.dump_criu_run_id) if dump.inventory is not None else ""
    if own and log.run_id is not None and log.run_id != own:
        yield Finding(
            "log-of-another-run",
            Severity.NOTE,
            f"{name} does not belong to these images",
            f"it says CRIU run id {display_safe(log.run_id, 60)}, inventory.img {display_safe(own, 60)}",
            "look for the log of the run that wrote them",
        )
        return
    if log.result is Result.SUCCESS:
        return
    what = "dump" if log.dumping else "restore"
    cause = log.cause
    if cause is not None:
        text = display_safe(cause.text, 300)
        known = recognise(cause.text)
        evidence = f"{name}, line {number(cause.number)}: “{text}”"
        if known is not None:
            yield Finding(
                known.id,
                Severity.ERROR,
                f"the {what} failed: {known.title}",
                f"{evidence}. {known.why}{_userns_story(log)}",
                known.advice,
                known.releases,
                pid=cause.pid,
            )
        else:
            yield Finding(f"{what}-failed", Severity.ERROR, f"the {what} failed: {text}", evidence, pid=cause.pid)
    elif log.result is Result.FAILED:
        yield Finding(
            f"{what}-failed",
            Severity.ERROR,
            f"the {what} failed",
            f"{name} names no error; run with -v4 for more",
        )
    if log.result is Result.CUT and len(log.lines) and cause is not None:
        yield Finding(
            "log-cut",
            Severity.WARNING,
            f"{name} ends without a last word",
            "neither success nor failure is logged: CRIU crashed, was killed, or still runs",
        )
    yield from _clean_up(log)


def _userns_story(log: Log) -> str:
    check = log.root_check
    if check is None:
        return ""
    uid_map, gid_map = log.id_maps
    if not log.extents:
        return "; the log shows no extent: the namespace maps nothing at all"
    shown = ", ".join(
        f"{name} {extent}" for name, extents in (("uid", uid_map), ("gid", gid_map)) for extent in extents[:8]
    )
    return f"; its extents are {shown} (first inside, first outside, count), and {check.reason}"


def _clean_up(log: Log) -> Iterator[Finding]:
    if log.root_check is None:
        return
    version = display_safe(log.criu or "of unknown version", 40)
    extents = counted(len(log.extents), "extent")
    if log.cleanup_crashed:
        yield Finding(
            "userns-double-free",
            Severity.ERROR,
            f"CRIU {version} then crashed in its clean-up",
            f"{extents} had been parsed; before 4.1 the error path freed them and the final clean-up freed them once "
            "more: munmap_chunk(): invalid pointer, or a segmentation fault. The core file can hold secrets",
            "use CRIU 4.1 or later; delete the core file",
            "before 4.1",
        )
    else:
        why = (
            "nothing had been parsed, so nothing was freed twice"
            if not log.extents
            else f"{extents} had been parsed; from 4.1 on they have one owner, while a release before 4.1 would have "
            "freed them twice and crashed"
            if log.cleanup_crashed is False
            else f"{extents} had been parsed; a release before 4.1 frees them twice and crashes"
        )
        yield Finding("userns-clean-error", Severity.NOTE, f"CRIU {version} ended cleanly after that error", why)
