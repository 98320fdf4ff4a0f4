"""What a check before a restore found."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol

from criu_tui.core.base.text import display_safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.restore.preflight.attempt import Attempt


class State(enum.Enum):
    """How a check ended; the value stands in JSON."""

    OK = "ok"
    FAILS = "fails"
    UNKNOWN = "unknown"
    """It was asked, and cannot be told."""
    SKIPPED = "skipped"
    """It was not asked: the images do not need it, or what it needs was left out."""


class Needs(enum.Enum):
    """What a check looks at beside the images."""

    IMAGES = enum.auto()
    """Nothing."""
    MACHINE = enum.auto()
    """The facts of the machine that restores, this one or one described."""
    FILES = enum.auto()
    """The file system that the restore would see."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was compared; texts, the path too, are safe to show."""

    id: str
    """Of its subject: "files", "pids", "ports"; several may have the same."""
    what: str
    """What was compared, with what: "41 files, as dumped, below /"."""
    state: State
    why: str = ""
    advice: str = ""
    pid: int | None = None
    path: str | None = None
    start: int | None = None
    """An address in the memory of the task."""


def by_name(missing: Mapping[str, Check], there: frozenset[str] | None, known_as: str, unknown: str) -> Iterator[Check]:
    """A check for each thing that the machine must have under its name; of one that it lacks the check given for it.

    known_as: what is said of a thing that is there, "is installed"; unknown: why none can be told, where `there`
    is None.
    """
    for name, check in missing.items():
        shown = display_safe(name, 80)
        if there is None:
            yield Check(check.id, shown, State.UNKNOWN, unknown, pid=check.pid)
        elif name in there:
            yield Check(check.id, f"{shown} {known_as}", State.OK)
        else:
            yield check


class Subject(Protocol):
    """One kind of check. It reads, and never writes or changes anything."""

    id: ClassVar[str]
    what: ClassVar[str]
    """What is looked at, for people: "mapped and opened files"."""
    needs: ClassVar[Needs]

    def concerns(self, dump: Dump) -> bool:
        """Whether the images need anything of it; what they do not need is neither checked nor named."""

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """All that fails or cannot be told, or how many things are fine."""


class Checked(NamedTuple):
    """All that was found of one subject."""

    subject: Subject
    checks: tuple[Check, ...]

    @property
    def state(self) -> State:
        """The worst: failing, then unknown, then fine; skipped when all are."""
        found = {check.state for check in self.checks}
        return next((state for state in (State.FAILS, State.UNKNOWN, State.OK) if state in found), State.SKIPPED)
