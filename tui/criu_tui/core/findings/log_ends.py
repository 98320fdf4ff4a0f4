"""Logs that end without a last word, and have one all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.logs.line import Level
from criu_tui.core.logs.log import Result, lines_with

if TYPE_CHECKING:
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.logs.log import Log


def finished_quietly(log: Log, dump: Dump) -> bool:
    """Whether a dump is whole whose log has no times: at -v2 CRIU tells no success, but every failure (FAILED)."""
    own = log.dumping and not log.timed and log.result is Result.CUT and log.of_run(dump.run_id) is not False
    return own and log.run is not None and "inventory.img" in dump.files_listed


def gave_up(log: Log) -> bool:
    """Whether a log ends with the error of a command that has no last word, or of a run that had not begun."""
    last = log.errors[-1]
    ends = last.level is Level.ERROR and log.count - last.number <= 1 and "BUG" not in last.text
    begun = log.dumping and next(lines_with(log, (b"Dumping processes (pid", b"Seized task")), None) is not None
    return ends and last.pid is None and not begun
