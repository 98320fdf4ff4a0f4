"""Strings in bytes: runs of printable ASCII, found by array arithmetic."""

from __future__ import annotations

import numpy as np

_TAB, _SPACE, _PRINTABLE = 0x09, 0x20, 0x5F
"""The tab, the first printable character, and how many there are."""


def runs(data: bytes, start: int, shortest: int) -> tuple[list[tuple[int, int]], int]:
    """Runs of at least `shortest` printable characters and tabs as half-open spans of indexes, from `start` on.

    Also the index from which on every byte is printable: what begins there may go on in bytes that follow.
    """
    codes = np.frombuffer(data, np.uint8, offset=start)
    printable = ((codes - np.uint8(_SPACE)) < _PRINTABLE) | (codes == _TAB)
    others = np.flatnonzero(~printable[::-1][: len(printable)])[:1]
    tail = len(data) - (int(others[0]) if len(others) else len(printable))
    # After each step `full` says of an index whether the `width` bytes from it on are printable.
    full, width = printable, 1
    while width < shortest and len(full):
        step = min(width, shortest - width)
        full = full[:-step] & full[step:]
        width += step
    edges = np.flatnonzero(np.diff(full, prepend=False, append=False))
    firsts, lasts = edges[::2] + start, edges[1::2] + (start + shortest - 1)
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True)), tail
