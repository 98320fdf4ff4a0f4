"""Images with all their entries, on standard output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.command_line.options import UsageError
from criu_tui.command_line.output import put
from criu_tui.core.base.text import display_safe
from criu_tui.core.report import images
from criu_tui.core.report.printed_json import SCHEMA

if TYPE_CHECKING:
    from criu_tui.command_line.options import Options
    from criu_tui.core.report.report import Report


def print_images(report: Report, options: Options) -> None:
    """Writes those that are asked for. Raises UsageError when there is none, OutputError where output is closed."""
    pattern = options.image or "*"
    names = images.matching(report.dump, pattern)
    if not names:
        raise UsageError(f"no image here is called {display_safe(pattern)!r}; --print images lists all")
    put(
        options,
        lambda: {
            "schema": SCHEMA,
            "images": images.entries_json(report, names, pretty=options.pretty),
            # Those that turned out until then.
            "problems": (display_safe(str(problem)) for problem in report.dump.problems),
        },
        lambda: images.entries_text(report, names),
    )
