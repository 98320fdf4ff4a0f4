"""What the next dump needs of the kernel, where this one was made with changes of memory tracked."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from criu_tui.core.restore.preflight.check import Check, Needs, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.restore.preflight.attempt import Attempt


class MemoryTracking:
    """Whether a chain of pre-dumps can go on here; the restore itself needs nothing of it."""

    id: ClassVar[str] = "soft-dirty"
    what: ClassVar[str] = "tracking of changed memory, for the next dump"
    needs: ClassVar[Needs] = Needs.MACHINE

    def concerns(self, dump: Dump) -> bool:
        """Whether it was made with --track-mem, as every pre-dump is, or is one of a chain.

        With it CRIU writes down the uptime, to tell tasks that were there before (criu/image.c: inventory_save_uptime).
        """
        return dump.parent is not None or (dump.inventory is not None and dump.inventory.HasField("dump_uptime"))

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """One check, which never fails."""
        match attempt.machine.soft_dirty:
            case None:
                yield Check(self.id, self.what, State.UNKNOWN, "the kernel is not described")
            case True:
                yield Check(
                    self.id, "this kernel tracks changed memory (soft-dirty)", State.OK, "the next dump can build on it"
                )
            case False:
                yield Check(
                    self.id,
                    "this kernel does not track changed memory (soft-dirty)",
                    State.OK,
                    "the restore needs none of it; a pre-dump or a dump with --track-mem fails here afterwards, "
                    "CRIU says “Tracking memory is not available”",
                    "dump whole from here on, or use a kernel with CONFIG_MEM_SOFT_DIRTY",
                )
