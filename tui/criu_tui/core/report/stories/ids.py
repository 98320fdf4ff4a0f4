"""A dump that fails in a user namespace without id 0, the crash that followed, and the way out."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.drawings import rulers
from criu_tui.core.dump.user_namespace import user_namespace_of
from criu_tui.core.report.stories.scene import SAVES, WIDTH, Scene, plain
from criu_tui.core.restore.releases import USERNS_FREED_ONCE
from criu_tui.core.tables.table import Tone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.report.report import Report
    from criu_tui.core.report.stories.scene import Line, ReportOf


def _no_root(report_of: ReportOf) -> Scene:
    report = report_of("userns", None)
    return Scene(
        "A user namespace without root",
        (
            plain(SAVES),
            plain(""),
            plain("unshare -U gives a process ids of its own. Here one id is mapped, no more:"),
            plain(""),
            *_maps(report),
            plain(""),
            (Tone.ERROR, "id 0, root inside, has no id on the host ✗"),
        ),
        report,
        "ids",
        None,
    )


def _cannot_convert(report_of: ReportOf) -> Scene:
    report = report_of("userns", None)
    return Scene(
        "The dump fails before it begins",
        (
            plain("CRIU asks first which host ids are uid 0 and gid 0 of the namespace: none."),
            plain(""),
            *(
                (Tone.ERROR, part)
                for text in _error_lines(report)
                for part in wrap(text, WIDTH, subsequent_indent="    ")
            ),
            plain(""),
            plain("Neither line says which id, or what to do. Findings does:"),
            *((Tone.PLAIN, f"    {found.title}"[:WIDTH]) for found in report.findings[:1]),
        ),
        report,
        "log",
        None,
    )


def _freed_twice(report_of: ReportOf) -> Scene:
    report = report_of("userns", None)
    return Scene(
        f"And then it crashed, {USERNS_FREED_ONCE.before}",
        (
            plain("1  the extents of both maps are read from /proc and kept"),
            plain("2  id 0 cannot be converted: the error path frees the extents"),
            plain("3  the dump is given up: the final clean-up frees the same extents again"),
            (Tone.ERROR, "   munmap_chunk(): invalid pointer, or a segmentation fault ✗"),
            plain(""),
            plain("The crash comes last and is what people see. It was the second fault."),
            (Tone.NOTE, f"{USERNS_FREED_ONCE.later} frees them once; the dump fails with the same words."),
        ),
        report,
        "findings",
        None,
    )


def _mended(report_of: ReportOf) -> Scene:
    report = report_of("userns-mapped", None)
    return Scene(
        "The way out: map id 0",
        (
            (Tone.NOTE, "unshare --user --map-root-user --map-auto -- PROGRAM"),
            (Tone.DIM, "or newuidmap and newgidmap of its PID, or the engine's userns-remap"),
            plain("A map is written once: what runs already has to be started anew."),
            plain(""),
            plain("A namespace that CRIU dumps, its uids in three extents:"),
            plain(""),
            *_uids(report),
            plain(""),
            (Tone.GOOD, "uid 0 and gid 0 have a host id: CRIU dumps it ✓"),
        ),
        report,
        "ids",
        None,
    )


def _maps(report: Report) -> list[Line]:
    """The maps that the log tells of; uids and gids of it are the same."""
    found = next((log.id_maps for log in report.logs if log.id_maps is not None), None)
    return [] if found is None else rulers.lines_of_both(*found, ({0}, {0}), WIDTH)


def _uids(report: Report) -> list[Line]:
    space = user_namespace_of(report.dump)
    return [] if space is None else rulers.lines("uid", space.uid_map, {0}, WIDTH)


def _error_lines(report: Report) -> Iterator[str]:
    """The lines of the log that name an error, with their numbers."""
    for log in report.logs:
        yield from (f"{display_safe(log.path.name)}:{line.number}  {display_safe(line.text)}" for line in log.errors)


SCENES = (_no_root, _cannot_convert, _freed_twice, _mended)
"""In order."""
