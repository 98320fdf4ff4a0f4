"""The restore.logs of a dump, each held against the plan of the CRIU that wrote it."""

from __future__ import annotations

import contextlib
import functools
from typing import TYPE_CHECKING

from criu_tui.core.base.limits import UNASKED_LIMIT
from criu_tui.core.logs.comparison import compare_restore
from criu_tui.core.logs.restore_log import read_restore
from criu_tui.core.restore.counters import counters
from criu_tui.core.restore.releases import Criu, criu
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from criu_tui.core.logs.comparison import Comparison
    from criu_tui.core.logs.log import Log
    from criu_tui.core.report.report import Report
    from criu_tui.core.source.directory import Where


def compared(report: Report) -> dict[Where, Comparison]:
    """What each log of these images has against the plan, by where it lies; one that cannot be read is left out."""
    found: dict[Where, Comparison] = {}
    for log in report.logs:
        if log.dumping or log.problem is not None or not report.dump.tasks or report.belongs(log) is False:
            continue
        made = report.planned(_writer(report, log))[0]
        with contextlib.suppress(ImageError):
            read = read_restore(log, made.by_pid)
            found[log.path] = compare_restore(made, read, functools.partial(counters, report.dump, made, UNASKED_LIMIT))
    return found


def _writer(report: Report, log: Log) -> Criu:
    """The CRIU that wrote a log; the chosen one where the log does not say."""
    try:
        return report.criu if log.criu is None else criu(log.criu)
    except ValueError:
        return report.criu
