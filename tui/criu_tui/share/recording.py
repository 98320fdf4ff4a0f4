"""The moves of a session in a file, and a file of moves as somebody who can be followed."""

from __future__ import annotations

import asyncio
import json
import os
import time
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.text import display_safe
from criu_tui.core.report import export
from criu_tui.core.source.error import reason_of
from criu_tui.share.fields import LINE_BYTES, ProtocolError
from criu_tui.share.protocol import PROTOCOL, Hello, Line, decode, encode
from criu_tui.share.session import Session
from criu_tui.share.sockets import SharingError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from criu_tui.share.protocol import Message

MOVES = 100_000
"""Lines of a file that are read."""
LONGEST_PAUSE = 3.0
"""Seconds that a replay waits at most, however long nothing happened."""
AFTER = "after"
"""Seconds since the line before: the one key that a line of a file has above those of the protocol."""


class Move(NamedTuple):
    """A line, and how many seconds after the one before."""

    after: float
    line: Line


class Recording:
    """Writes lines to a new file as they come."""

    def __init__(self, path: Path, me: Hello) -> None:
        """Raises SharingError where the file is there already or cannot be made."""
        try:
            self._descriptor = export.create(path, 0o600)
        except export.ExportError as error:
            raise SharingError(str(error)) from None
        self._last = time.monotonic()
        self.write(Line(me.name, me))

    def write(self, line: Line) -> None:
        """Adds a line. Raises OSError."""
        now = time.monotonic()
        os.write(self._descriptor, b'{"%s":%.2f,%s' % (AFTER.encode(), now - self._last, encode(line)[1:]))
        self._last = now

    def close(self) -> None:
        """Nothing more is written."""
        os.close(self._descriptor)


def moves(path: Path) -> list[Move]:
    """The lines of a file, the hello of who recorded it first. Raises SharingError, naming the line that is wrong."""
    shown, found = display_safe(str(path)), list[Move]()
    try:
        with path.open("rb") as file:
            while line := file.readline(LINE_BYTES + 1):
                if len(found) == MOVES:
                    raise SharingError(f"{shown}: more than {MOVES:,} lines")
                try:
                    found.append(Move(_after(line), decode(line)))
                except ProtocolError as error:
                    raise SharingError(f"{shown}, line {len(found) + 1}: {error}") from None
    except OSError as error:
        raise SharingError(f"{shown}: {reason_of(error)}") from None
    except ValueError:
        raise SharingError(f"{shown}: not a name of a file") from None
    first = found[0].line.message if found else None
    if not isinstance(first, Hello):
        raise SharingError(f"{shown}: is no recording: it does not begin with a hello")
    if first.version != PROTOCOL:
        raise SharingError(f"{shown}: of version {first.version} of the protocol, not {PROTOCOL}")
    return found


def _after(line: bytes) -> float:
    """The pause before a line, no longer than it is waited for; `decode` says what else is wrong with it."""
    if len(line) > LINE_BYTES:
        return 0.0
    try:
        found = json.loads(line)
        after = found.get(AFTER, 0) if isinstance(found, dict) else 0
        return min(max(0.0, float(after)), LONGEST_PAUSE) if isinstance(after, int | float) else 0.0
    except (ValueError, RecursionError, OverflowError):
        return 0.0


def session_of(recorded: Sequence[Move]) -> Session:
    """What all knew at the end of a recording."""
    session = Session()
    for move in recorded:
        session.hear(move.line)
    return session


class Replay:
    """Plays a recording as if those in it were here; the one who recorded it is `whom`."""

    def __init__(self, recorded: Sequence[Move], me: Hello, heard: Callable[[Line], None]) -> None:
        self.session = Session()
        self.whom = recorded[0].line.sender if recorded else ""
        self.name = me.name if me.name != self.whom else "you"
        self.read_only = False
        self.session.hear(Line(self.name, me))
        self._recorded = recorded
        self._heard = heard

    def send(self, message: Message) -> None:
        """Nobody hears it; one's own marks are kept."""
        self.session.hear(Line(self.name, message))

    async def run(self) -> None:
        """Plays until the end."""
        for move in self._recorded:
            await asyncio.sleep(move.after)
            if move.line.sender != self.name and self.session.hear(move.line):
                self._heard(move.line)
