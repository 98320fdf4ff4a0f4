"""Which stretches of a pages file may hold a match: those that hold the bytes which every match holds.

memmem(3) finds bytes several times as fast as Python does and lets other threads run meanwhile, as reading does.
"""

from __future__ import annotations

import ctypes
import threading
from typing import TYPE_CHECKING, TypeAlias

from criu_tui.core.base.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from criu_tui.core.source.source import OpenFile

PIECE = 1 << 20
"""Bytes that are looked through at once."""
SHARED_FROM = 8
"""Pieces from which on a second thread pays."""
NEEDLE_LEAST = 4
"""Bytes that a needle keeps when zeros are taken off its ends."""

Buffer: TypeAlias = "ctypes.Array[ctypes.c_char]"
_memmem = ctypes.CDLL(None).memmem
_memmem.restype = ctypes.c_void_p
_memmem.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t)


class Sieve:
    """Lets through what may hold matches that hold all needles and reach at most so far before and after one byte."""

    def __init__(self, needles: Sequence[bytes], before: int, after: int) -> None:
        self._needles = tuple(map(_telling, needles))
        self._before, self._after = before, after
        self._buffers: list[Buffer] = []

    def through(self, file: OpenFile, span: Span, within: Span) -> Iterator[Span]:
        """The stretches of a span of a file that are let through, with all that a match may reach inside `within`.

        In order; they may overlap. The first byte that cannot be read lets all that follows it through.
        """
        starts = range(span.start, span.end, PIECE)
        shared = file.by_several and len(starts) >= SHARED_FROM
        while len(self._buffers) < 1 + shared:
            self._buffers.append(ctypes.create_string_buffer(self._before + PIECE + self._after))
        found: dict[int, bool | None] = {}
        if shared:
            other = threading.Thread(target=self._look, args=(file, starts[1::2], within, self._buffers[1], found))
            other.start()
            self._look(file, starts[::2], within, self._buffers[0], found)
            other.join()
        else:
            self._look(file, starts, within, self._buffers[0], found)
        for start in starts:
            if found.get(start) is None:
                yield Span(max(within.start, start - self._before), within.end)
                return
            if found[start]:
                yield self._window(start, within)

    def _window(self, start: int, within: Span) -> Span:
        """A piece of a file with what a match in it may reach."""
        return Span(max(within.start, start - self._before), min(within.end, start + PIECE + self._after))

    def _look(
        self, file: OpenFile, starts: Sequence[int], within: Span, buffer: Buffer, found: dict[int, bool | None]
    ) -> None:
        """Of each piece whether it is let through; of one that cannot be read None, and nothing of later ones."""
        view, base = memoryview(buffer).cast("B"), ctypes.addressof(buffer)
        for start in starts:
            window = self._window(start, within)
            try:
                count = file.read_into(window.start, view[: window.size])
            except (OSError, OverflowError):
                count = 0
            if count < window.size:
                found[start] = None
                return
            found[start] = all(_memmem(base, count, needle, len(needle)) is not None for needle in self._needles)


def _telling(needle: bytes) -> bytes:
    """A needle without zeros at its ends, as long as that leaves enough: memory is full of zeros."""
    inner = needle.strip(b"\0")
    return inner if len(inner) >= NEEDLE_LEAST else needle
