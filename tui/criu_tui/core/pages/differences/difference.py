"""One difference between two checkpoints."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from criu_tui.core.base.span import Span


class Topic(enum.Enum):
    """What differs."""

    VERDICT = "verdict"
    TASK = "task"
    THREAD = "thread"
    VMA = "VMA"
    PAGES = "pages"
    FILE = "file"
    CREDENTIALS = "credentials"
    LIMIT = "limit"
    SIGNAL = "signal"
    TIMER = "timer"
    COMMAND_LINE = "command line"
    ENVIRONMENT = "environment"
    SECCOMP = "seccomp"
    REGISTERS = "registers"
    NAMESPACE = "namespace"
    MOUNT = "mount"
    ID_MAP = "id map"
    CGROUP = "cgroup"
    INVENTORY = "inventory"
    ENGINE = "engine"
    LOG = "log"

    # Each fact of each task is looked up by its topic: an enum's own hash is made in Python, of the member's name.
    __hash__ = object.__hash__


class Turn(enum.Flag):
    """What has become of it from the first checkpoint to the second; a VMA may have taken several turns."""

    NEW = enum.auto()
    GONE = enum.auto()
    CHANGED = enum.auto()
    GROWN = enum.auto()
    SHRUNK = enum.auto()
    SPLIT = enum.auto()
    MERGED = enum.auto()
    REDIVIDED = enum.auto()
    """Several VMAs share the same addresses in another way."""
    MOVED = enum.auto()
    PROTECTION = enum.auto()
    FLAGS = enum.auto()

    @property
    def mirrored(self) -> Turn:
        """The turn from the second checkpoint to the first."""
        found = Turn(0)
        for turn in self:
            found |= _MIRROR.get(turn, turn)
        return found

    @property
    def words(self) -> str:
        """ "grown, protection"."""
        return ", ".join((turn.name or "").lower() for turn in self)


_MIRROR = {
    Turn.NEW: Turn.GONE,
    Turn.GONE: Turn.NEW,
    Turn.GROWN: Turn.SHRUNK,
    Turn.SHRUNK: Turn.GROWN,
    Turn.SPLIT: Turn.MERGED,
    Turn.MERGED: Turn.SPLIT,
}


class Difference(NamedTuple):
    """One way in which the second checkpoint differs from the first; text is as in the dumps."""

    topic: Topic
    turn: Turn
    pid: int | None
    """The task in the first; None for one that only the second has, and for what belongs to no task."""
    other_pid: int | None
    """The task in the second."""
    name: str
    """Tells it from others of its kind: a descriptor, a limit, a signal ..."""
    before: str
    """In words; empty where the first has nothing."""
    after: str
    """In words; empty where the second has nothing."""
    span: Span | None = None
    """The addresses in the first that it speaks of."""
    other_span: Span | None = None
    """The addresses in the second."""

    @property
    def mirrored(self) -> Difference:
        """The same told from the second checkpoint to the first."""
        return Difference(
            self.topic, self.turn.mirrored, self.other_pid, self.pid, self.name, self.after, self.before,
            self.other_span, self.span,
        )  # fmt: skip
