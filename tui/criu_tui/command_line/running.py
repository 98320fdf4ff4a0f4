"""A process that runs, in the place of a checkpoint."""

from __future__ import annotations

from criu_tui.command_line.options import UsageError
from criu_tui.core.base.text import display_safe
from criu_tui.core.live.process import LiveError
from criu_tui.core.live.source import Live


def running(pid: int) -> Live:
    """The process and all below it. Raises UsageError when there is none, or it cannot be looked at."""
    try:
        return Live(pid)
    except LiveError as error:
        raise UsageError(display_safe(str(error))) from None
