"""What a dump says, as columns and rows: the one source of pane, --print text and JSON.

One module a pane, each with `table` for a screen and for text, and `json` for programs.
"""

from criu_tui.core.report.report import Report

__all__ = ["Report"]
