"""Where a restore is stopped by its memory, and why."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from criu_tui.core.base.units import size
from criu_tui.core.restore.host import Mode

if TYPE_CHECKING:
    from criu_tui.core.restore.steps import Step


class Stop(enum.Enum):
    """What stops a restore; the value is the action that fails."""

    REFUSED = "refused"
    """The kernel refuses a mapping, or a fork, for its commit charge (ENOMEM)."""
    RESERVE = "reserve"
    """No gap of the address space is as long as all private VMAs together (ENOMEM)."""
    READ = "read"
    """Pages are to be read into a premapped VMA without WRITE (EFAULT)."""
    CRASH = "crash"
    """A page too far above the start of its VMA crashes the restore (SIGSEGV)."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A step that fails; bytes."""

    step: Step
    needed: int
    """What is asked for: to be charged, reserved or read; for a crash how far the page lies above the VMA's start."""
    limit: int
    """The most that is granted."""
    mode: Mode
    forked: int | None = None
    """The task refused when it is forked, which copies its parent's scratch area; the step is the heaviest copied."""
    stop: Stop = Stop.REFUSED

    @property
    def action(self) -> str:
        """What fails: "mmap", "premap", "mremap" (of a fork), "reserve" or "read"."""
        match self.stop:
            case Stop.REFUSED:
                return self.step.action.value
            case Stop.RESERVE:
                return "reserve"
            case _:
                return "read"

    @property
    def arithmetic(self) -> str:
        """ "400 GiB > 23.5 GiB: ENOMEM", with the words for either side."""
        match self.stop:
            case Stop.RESERVE:
                return (
                    f"all private VMAs together {size(self.needed)} > longest gap of the address space "
                    f"{size(self.limit)}: ENOMEM"
                )
            case Stop.READ:
                return f"{size(self.needed)} to be read into memory without WRITE: EFAULT"
            case Stop.CRASH:
                return f"{size(self.needed)} above the VMA's start >= {size(self.limit)}: SIGSEGV"
        left = "this one mapping" if self.mode is Mode.HEURISTIC else "Committed_AS with it"
        if self.forked is not None:
            left = f"forking task {self.forked} copies its parent's mappings, Committed_AS"
        right = "RAM + swap" if self.mode is Mode.HEURISTIC else "CommitLimit"
        return f"{left} {size(self.needed)} > {right} {size(self.limit)}: ENOMEM"
