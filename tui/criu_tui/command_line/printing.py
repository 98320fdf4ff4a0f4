"""One pane on standard output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.command_line.opening import release
from criu_tui.command_line.options import LOG, MARKDOWN, PLAN
from criu_tui.command_line.output import write
from criu_tui.core.report import printed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.command_line.options import Options
    from criu_tui.core.report.log import Wanted
    from criu_tui.core.report.printed import Asked
    from criu_tui.core.report.report import Report


def print_pane(report: Report, options: Options) -> None:
    """Writes one pane to standard output. Raises OutputError where that is closed."""
    pane, only, asked = options.printed or "", options.task, _asked_of(options)
    write(
        report,
        options,
        lambda: printed.json(report, pane, only, asked),
        lambda: _lines(report, options.format, pane, only, printed.text(report, pane, only, asked)),
    )


def _lines(report: Report, form: str, pane: str, only: int | None, made: Iterator[str]) -> Iterator[str]:
    if form != MARKDOWN:
        return made
    from criu_tui.core.report import markdown

    return markdown.lines(report, pane, only, made)


def _asked_of(options: Options) -> Asked:
    return printed.Asked(
        counters=options.counters,
        against=release(options.against) if options.against is not None and options.printed == PLAN else None,
        contents=options.contents,
        lines=_lines_of(options),
        redacted=options.redact,
    )


def _lines_of(options: Options) -> Wanted | None:
    if options.printed != LOG:
        return None
    from criu_tui.core.report.log import Wanted

    return Wanted(options.task, options.level, options.subsystem)
