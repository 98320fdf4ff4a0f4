"""What the user sees of a bug: one line, without a dump's bytes in it."""

from __future__ import annotations

import errno
import os
import traceback
from pathlib import Path

from criu_tui.core.base.text import display_safe

WANTED = "CRIU_TUI_TRACEBACK"
"""Set in the environment by who looks for the bug: then Python and Textual say all they know."""
_CHAINED = 8
"""Errors that led to one another which are looked at."""
_NOT_MAPPED = "failed to map segment"
"""What the dynamic linker says of a library for which there is no memory (glibc, elf/dl-load.c)."""
_NO_THREAD = "can't start new thread"
"""What Python says where the kernel makes none (Modules/_threadmodule.c)."""


def traceback_wanted() -> bool:
    return bool(os.environ.get(WANTED))


def line(error: BaseException) -> str:
    """The error and where it was met first, and how to see the whole of it, when it has ended the program."""
    return f"a bug in criu-tui: {_met(error)}; nothing was changed; {WANTED}=1 shows all of it"


def lacking(error: BaseException) -> str | None:
    """What the machine had not enough of, where that ended the program; None for all else."""
    chained: BaseException | None = error
    for _ in range(_CHAINED):
        if chained is None:
            break
        said = str(chained)
        if (
            isinstance(chained, MemoryError)
            or (isinstance(chained, OSError) and chained.errno == errno.ENOMEM)
            or (isinstance(chained, ImportError) and _NOT_MAPPED in said)
        ):
            return "not enough memory to go on: free some, or allow more (ulimit -v, memory.max of the cgroup)"
        if isinstance(chained, RuntimeError) and said == _NO_THREAD:
            return "no thread can be started: allow more memory or tasks (ulimit -v and -u, pids.max of the cgroup)"
        if isinstance(chained, OSError) and chained.errno in (errno.EMFILE, errno.ENFILE):
            return "too many files are open: allow more (ulimit -n)"
        chained = chained.__cause__ or chained.__context__
    return None


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
