"""One pane on standard output."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from criu_tui import terminal
from criu_tui.core.base.ascii import to_ascii
from criu_tui.core.pages.pattern import Form, PatternError, pattern
from criu_tui.core.pages.query import Where, kind_of, prot_of, span_of
from criu_tui.core.report import log, printed
from criu_tui.opening import release
from criu_tui.options import SEARCH, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.base.json import Json
    from criu_tui.core.pages.pattern import Pattern
    from criu_tui.core.report.printed import Asked
    from criu_tui.core.report.report import Report
    from criu_tui.options import Options


def print_pane(report: Report, options: Options) -> None:
    """Writes one pane to standard output; raises UsageError where that is closed or what is asked means nothing."""
    report.read_all()
    try:
        with terminal.output():
            _write(report, options)
    except (PatternError, terminal.OutputError) as error:
        raise UsageError(str(error)) from None


def _write(report: Report, options: Options) -> None:
    if options.format == "json":
        json.dump(_json(report, options), sys.stdout)
        sys.stdout.write("\n")
    else:
        for line in _encodable(_text(report, options)):
            print(to_ascii(line) if options.ascii else line)


def _json(report: Report, options: Options) -> dict[str, Json]:
    if options.printed == SEARCH:
        return printed.search_json(report, *_query(options))
    return printed.json(report, options.printed or "", options.task, _asked_of(options))


def _text(report: Report, options: Options) -> Iterator[str]:
    if options.printed == SEARCH:
        return printed.search_text(report, *_query(options))
    return printed.text(report, options.printed or "", options.task, _asked_of(options))


def _asked_of(options: Options) -> Asked:
    return printed.Asked(
        counters=options.counters,
        against=None if options.against is None else release(options.against),
        contents=options.contents,
        lines=log.Wanted(options.task, options.level, options.subsystem),
    )


def _query(options: Options) -> tuple[Pattern, Where]:
    form = Form.EXPRESSION if options.regex else Form.BYTES if options.hex else Form.TEXT
    if options.strings is not None:
        form = Form.STRINGS
    wanted = pattern(form, options.pattern or "" if options.strings is None else options.strings)
    return wanted, Where(
        options.task,
        span_of(options.range) if options.range else None,
        prot_of(options.prot) if options.prot else 0,
        kind_of(options.type) if options.type else "",
    )


def _encodable(lines: Iterator[str]) -> Iterator[str]:
    """Lines with what the terminal's encoding lacks written as escapes."""
    encoding = sys.stdout.encoding or "utf-8"
    for line in lines:
        yield line.encode(encoding, "backslashreplace").decode(encoding)
