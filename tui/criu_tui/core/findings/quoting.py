"""Lines of a log as findings quote them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.expressions import expression
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted, number
from criu_tui.core.logs.line import LOOKED_AT

if TYPE_CHECKING:
    import re

    from criu_tui.core.logs.line import LogLine
    from criu_tui.core.logs.others import Others

CUT = 300
"""Characters of a line that are quoted."""
BEHIND = 40
"""Characters that are quoted behind the words by which a long line is known."""
_NEXT = expression(r"\s\d{0,7}:?\s{0,2}(?=\(\d{2,6}\.\d{6}\)\s)")
"""Where the next message begins, in a line that something has joined, with its number before it."""


def quoted_line(line: LogLine, most: int = CUT, told: re.Pattern[str] | None = None) -> str:
    """A line with its number, of at most so many characters, among them the words by which it is known."""
    text = _NEXT.split(line.text, 1)[0].strip().replace("\t", " ")
    if told is not None and len(text) > most:
        found = told.search(text[:LOOKED_AT])
        if found is not None and found.end() > most:
            # Engines put what they did before what went wrong.
            text = "…" + text[min(found.end() + BEHIND, len(text)) - most + 1 :]
    return f"line {number(line.number)}: “{display_safe(text, most)}”"


def not_understood(found: Others) -> str:
    """How many lines of a log are in no known form, and how many of these may be errors."""
    lines = f"{counted(found.lines, 'line')} {'was' if found.lines == 1 else 'were'} not understood"
    match found.errors:
        case 0:
            return f"{lines}, and {'does not look' if found.lines == 1 else 'none of them looks'} like an error"
        case 1:
            return f"{lines}, and {'looks' if found.lines == 1 else 'one of them looks'} like an error"
    return f"{lines}, and {number(found.errors)} of them look like errors"
