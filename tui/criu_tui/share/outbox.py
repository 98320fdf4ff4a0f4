"""What one peer is still to be sent, and how much one may send."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from criu_tui.share.protocol import At, Filtered, Following, encode

if TYPE_CHECKING:
    from criu_tui.share.protocol import Line, Message

WAITING = 1000
"""Lines that may wait for one peer, positions of the past not counted: they are dropped."""
STALL = 10.0
"""Seconds in which a peer must take what has been written; one that does not is left."""
BUFFERED = 1 << 16
"""Bytes that the kernel has not taken yet, from which on nothing more is written."""


class StalledError(Exception):
    """A peer takes nothing any more."""


class Outbox:
    """Lines in order; of where somebody is, filters by and whom they follow, only the last."""

    def __init__(self) -> None:
        self._lines: dict[object, Line] = {}
        self._count = 0
        self._some = asyncio.Event()
        self.stalled = False
        """Whether more came than may wait: the peer is to be left."""

    def __len__(self) -> int:
        return len(self._lines)

    def put(self, line: Line) -> None:
        """Has a line sent when the peer has taken those before it."""
        key: object = self._count
        if isinstance(line.message, At | Filtered | Following):
            key = (type(line.message), line.sender)
            self._lines.pop(key, None)
        if len(self._lines) >= WAITING:
            self.stalled = True
        else:
            self._lines[key] = line
            self._count += 1
        self._some.set()

    def forget(self, *kinds: type[Message]) -> None:
        """Drops what waits of some kinds."""
        self._lines = {key: line for key, line in self._lines.items() if not isinstance(line.message, kinds)}

    async def send(self, writer: asyncio.StreamWriter) -> None:
        """Writes for ever. Raises StalledError for a peer that takes nothing, OSError when it has gone."""
        writer.transport.set_write_buffer_limits(high=BUFFERED)
        while True:
            await self._some.wait()
            self._some.clear()
            if self.stalled:
                raise StalledError
            writer.write(b"".join(map(encode, self._lines.values())))
            self._lines.clear()
            try:
                async with asyncio.timeout(STALL):
                    await writer.drain()
            except TimeoutError:
                raise StalledError from None


class Allowance:
    """So many lines, or bytes, a second, and a burst of more now and then."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = self._left = burst
        self._at = time.monotonic()

    def wait(self, taken: float = 1) -> float:
        """Takes one or so many, and returns for how many seconds nothing more is to be read or written."""
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate) - taken
        self._at = now
        return max(0.0, -self._left / self._rate)


async def close(writer: asyncio.StreamWriter, *last: Line) -> None:
    """Sends last lines to a peer that takes them at once, and closes."""
    with suppress(OSError):
        for line in last:
            writer.write(encode(line))
        writer.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(0.2):
                await writer.wait_closed()
    if writer.transport is not None:
        writer.transport.abort()
