"""The checkpoint that a report is compared with, and what differs, computed once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.pages.differences.checkpoints import TwoCheckpoints
from criu_tui.core.report.report import Report

if TYPE_CHECKING:
    from pathlib import Path

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.restore.releases import Criu


class Against:
    """Another checkpoint, which the same CRIU would restore on the same host."""

    def __init__(self, report: Report, checkpoints: TwoCheckpoints) -> None:
        self.report = report
        self.checkpoints = checkpoints

    def restored_by(self, chosen: Criu) -> Against:
        """The same under another CRIU, sharing what was computed."""
        return Against(self.report.restored_by(chosen), self.checkpoints)


def compared(report: Report, dump: Dump, given_log: Path | None = None) -> Report:
    """The same report, compared with another checkpoint."""
    made = report.restored_by(report.criu)
    other = Report(
        dump, report.criu, report.host, lazy=report.lazy, given_log=given_log, around=report._around
    )  # fmt: skip
    made.against = Against(other, TwoCheckpoints(report.dump, dump))
    return made
