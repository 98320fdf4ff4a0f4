"""A search in dumped bytes, on standard output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.command_line.options import UsageError
from criu_tui.command_line.output import write
from criu_tui.core.pages.pattern import Pattern, PatternError, PatternForm, pattern
from criu_tui.core.pages.query import Where, kind_of, prot_of, span_of
from criu_tui.core.report import search
from criu_tui.core.report.printed_json import complete

if TYPE_CHECKING:
    from criu_tui.command_line.options import Options
    from criu_tui.core.report.report import Report


def print_search(report: Report, options: Options) -> None:
    """Writes the hits to standard output. Raises UsageError for what means nothing, OutputError where it is closed."""
    try:
        wanted, where = _query(options)
        write(
            report,
            options,
            lambda: complete(report, search.json(report, wanted, where)),
            lambda: search.text(report, wanted, where),
        )
    except PatternError as error:
        raise UsageError(str(error)) from None


def _query(options: Options) -> tuple[Pattern, Where]:
    form = PatternForm.EXPRESSION if options.regex else PatternForm.BYTES if options.hex else PatternForm.TEXT
    if options.strings is not None:
        form = PatternForm.STRINGS
    wanted = pattern(form, options.pattern or "" if options.strings is None else options.strings)
    return wanted, Where(
        options.task,
        span_of(options.range) if options.range else None,
        prot_of(options.prot) if options.prot else 0,
        kind_of(options.type) if options.type else "",
    )
