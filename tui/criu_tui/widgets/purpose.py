"""What a line is asked for."""

from __future__ import annotations

import enum


class Purpose(enum.Enum):
    """The value stands before the line."""

    FILTER = "/"
    GO_TO = "go to:"
    EXPORT = "export to:"
    SEARCH = "search:"
    EXTRACT = "take out:"
    COMPARE = "compare with:"
    MARK = "mark:"
    SAY = "to all:"
