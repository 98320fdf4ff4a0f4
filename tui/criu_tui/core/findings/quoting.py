"""Lines of a log as findings quote them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.expressions import expression
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import number

if TYPE_CHECKING:
    from criu_tui.core.logs.line import LogLine

CUT = 300
"""Characters of a line that are quoted."""
_NEXT = expression(r"\s\d{0,7}:?\s{0,2}(?=\(\d{2,6}\.\d{6}\)\s)")
"""Where the next message begins, in a line that something has joined, with its number before it."""


def quoted_line(line: LogLine, most: int = CUT) -> str:
    """A line with its number, of at most so many characters."""
    return f"line {number(line.number)}: “{display_safe(_NEXT.split(line.text, 1)[0].strip(), most)}”"
