"""What the user sees of a bug: one line, without a dump's bytes in it."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

from criu_tui.core.base.text import display_safe

WANTED = "CRIU_TUI_TRACEBACK"
"""Set in the environment by who looks for the bug: then Python and Textual say all they know."""


def traceback_wanted() -> bool:
    return bool(os.environ.get(WANTED))


def line(error: BaseException) -> str:
    """The error and where it was met first, and how to see the whole of it, when it has ended the program."""
    return f"a bug in criu-tui: {_met(error)}; nothing was changed; {WANTED}=1 shows all of it"


def survived(error: BaseException) -> str:
    """The same when the app goes on without what was asked for."""
    return f"that went wrong: {_met(error)}; all else goes on; {WANTED}=1 in the environment shows all of it"


def _met(error: BaseException) -> str:
    while isinstance(inner := getattr(error, "error", None), BaseException):
        # A worker's failure holds what its thread raised.
        error = inner
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    said = display_safe(f"{type(error).__name__} {error}".rstrip(), 200)
    return f"{said}{where}"
