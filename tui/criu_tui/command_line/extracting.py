"""Bytes of a dump taken out into a file, as the command line asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui import terminal
from criu_tui.command_line.options import UsageError
from criu_tui.core.report.export import ExportError
from criu_tui.core.report.extract import extract as take_out

if TYPE_CHECKING:
    from criu_tui.command_line.options import Options
    from criu_tui.core.report.report import Report


def extract(report: Report, options: Options) -> None:
    """Writes the file and one line that says so. Raises UsageError where that cannot be."""
    try:
        said = take_out(report.dump, options.extract or "", options.to or "")
    except ExportError as error:
        raise UsageError(str(error)) from None
    with terminal.output():
        print(said)
