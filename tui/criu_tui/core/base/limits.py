"""What a checkpoint may cost, whatever it claims of itself.

A view takes at most 200 MiB above the bytes that the checkpoint has on its disk, and 20 seconds of processor
time. What is left out to keep to that is said where it would have been shown. tests/fuzz/compositions.py measures
both.
"""

from __future__ import annotations

PATH_MAX = 4096
"""Characters of a path that are kept where much else repeats it; the kernel takes no longer ones."""
REPEATED_LIMIT = 2 << 20
"""Bytes that are read again under other names of one file, hard or symbolic links within a directory."""


def path_cut(name: str) -> str:
    """As much of a name as a path can have: all that lies below repeats it."""
    return name if len(name) <= PATH_MAX else f"{name[:PATH_MAX]}…"
