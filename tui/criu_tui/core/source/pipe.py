"""A pipe as a file: read once, from its beginning, and its first bytes as often as is wished."""

from __future__ import annotations

import errno
import os

from criu_tui.core.source.source import OpenFile

HEAD = 512
"""Bytes that are kept, by which what comes is told."""


class Piped(OpenFile):
    """By its descriptor, which it closes; how many bytes come is not known: its size is 0. Raises OSError."""

    def __init__(self, descriptor: int, name: str) -> None:
        super().__init__(name, 0, 0)
        self._descriptor = descriptor
        self._head = b""
        while len(self._head) < HEAD and (data := os.read(descriptor, HEAD - len(self._head))):
            self._head += data
        self._at = len(self._head)

    def read_at(self, offset: int, length: int) -> bytes:
        """Fewer bytes also before the end; raises OSError for any that are not next."""
        if offset < len(self._head):
            return self._head[offset : offset + length]
        if offset != self._at:
            raise OSError(errno.ESPIPE, "a pipe is read in order")
        data = os.read(self._descriptor, length)
        self._at += len(data)
        return data

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
