"""What one brings to a session, and its end of it, whichever that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from criu_tui.core.report.answers import Answers
from criu_tui.share.guest import SessionGuest
from criu_tui.share.host import SessionHost
from criu_tui.share.recording import Replay

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from criu_tui.core.report.report import Report
    from criu_tui.share.protocol import Hello, Line, Message
    from criu_tui.share.recording import Move, Recording
    from criu_tui.share.session import Session


class SessionEnd(Protocol):
    """One end of a session: of the host, of a guest, or of nobody but oneself."""

    session: Session
    """What is known here."""
    name: str
    """One's own."""
    read_only: bool
    """Whether one may neither mark nor chat."""

    def send(self, message: Message) -> None:
        """Tells all what one does."""

    async def run(self) -> None:
        """All that the session does, until it ends or is cancelled."""


class Company(NamedTuple):
    """What the command line asks of a session."""

    me: Hello
    hosting: tuple[socket.socket, Path] | None = None
    """A socket that listens, and where it lies."""
    joining: Path | None = None
    gid: int | None = None
    """The group whose members may join."""
    read_only: bool = False
    """As a host: whether no guest may mark or chat."""
    recording: Recording | None = None
    replayed: Sequence[Move] = ()

    def end(
        self, heard: Callable[[Line], None], told: Callable[[str], None], report: Callable[[], Report]
    ) -> SessionEnd:
        """One's end: `heard` is told what others do, `told` in words what becomes of the connection.

        `report` gives what the panes show, of which a host answers who has no checkpoint.
        """
        if self.hosting is not None:
            return SessionHost(
                *self.hosting, self.me, heard, gid=self.gid, read_only=self.read_only, answers=Answers(report)
            )
        if self.joining is not None:
            return SessionGuest(self.joining, self.me, heard, told)
        return Replay(self.replayed, self.me, heard)

    def close(self) -> None:
        """Leaves nothing behind, whether a screen was shown or not."""
        if self.recording is not None:
            self.recording.close()
        if self.hosting is not None:
            listening, path = self.hosting
            listening.close()
            path.unlink(missing_ok=True)
