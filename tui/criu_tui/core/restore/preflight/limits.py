"""Numbers that this kernel, and who restores, were told to keep to."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from criu_tui.core.base.capabilities import CAPABILITIES
from criu_tui.core.base.units import counted, number, some
from criu_tui.core.dump.descriptors import descriptors
from criu_tui.core.dump.limits import limits
from criu_tui.core.dump.vma import VmaStatus
from criu_tui.core.dump.vma_bits import vma_bits
from criu_tui.core.restore.preflight.check import Check, Needs, State
from criu_tui.core.restore.preflight.where import own_namespace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.restore.preflight.attempt import Attempt
    from criu_tui.core.restore.preflight.machine import Machine

AIORING = int(VmaStatus.AIORING)
RING_HEADER = 32
"""Bytes before the events in a ring of AIO (struct aio_ring of fs/aio.c)."""
EVENT = 32
"""Bytes of an event in a ring of AIO (struct io_event of io_setup(2))."""
SYS_RESOURCE = 1 << CAPABILITIES.index("sys_resource")
ALL_IDS = (1 << 32) - 1
"""How many the first user namespace has."""


class SystemLimits:
    """Mappings of a task, numbers of descriptors, events of AIO rings, limits that are higher than the restorer's."""

    id: ClassVar[str] = "limits"
    what: ClassVar[str] = "limits that the kernel keeps to"
    needs: ClassVar[Needs] = Needs.MACHINE

    def concerns(self, dump: Dump) -> bool:
        """Whether there is a task."""
        return bool(dump.tasks)

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """Every limit that a task is beyond."""
        found = [*self._mappings(attempt), *self._descriptors(attempt), *self._raised(attempt), *self._aio(attempt)]
        yield from found
        if found:
            return
        known = [name for name in ("vm/max_map_count", "fs/nr_open") if attempt.machine.sysctl(name) is not None]
        if not known:
            yield Check(self.id, self.what, State.UNKNOWN, "they are not described")
            return
        within = ", ".join(name.replace("/", ".") for name in known)
        yield Check(self.id, counted(len(attempt.dump.tasks), "task"), State.OK, f"within {within}")

    def _mappings(self, attempt: Attempt) -> Iterator[Check]:
        most = attempt.machine.sysctl("vm/max_map_count")
        if most is None:
            return
        for pid in attempt.dump.pids:
            vmas = attempt.dump.address_space(pid).vmas
            if len(vmas) > most and (count := sum(vma.traits.mapped for vma in vmas)) > most:
                yield Check(
                    self.id,
                    f"task {pid} has {counted(count, 'mapping')}, vm.max_map_count is {number(most)}",
                    State.FAILS,
                    "the kernel refuses one more (ENOMEM)",
                    f"sysctl vm.max_map_count={2 * count}",
                    pid,
                )

    def _descriptors(self, attempt: Attempt) -> Iterator[Check]:
        """A descriptor above fs.nr_open cannot be made, whatever the limit of the task."""
        most = attempt.machine.sysctl("fs/nr_open")
        if most is None:
            return
        for pid in attempt.dump.pids:
            highest = max((held.fd for held in descriptors(attempt.dump, pid)), default=0)
            if highest >= most:
                yield Check(
                    self.id,
                    f"task {pid} has descriptor {highest}, fs.nr_open is {number(most)}",
                    State.FAILS,
                    "no descriptor may have so high a number (EBADF, EMFILE)",
                    f"sysctl fs.nr_open={highest + 1024}",
                    pid,
                )
                continue
            asked = next((each.hard for each in limits(attempt.dump, pid) if each.name == "nofile"), 0)
            if most < asked < 1 << 63:
                yield Check(
                    self.id,
                    f"task {pid} may open {number(asked)} files, fs.nr_open is {number(most)}",
                    State.UNKNOWN,
                    "CRIU goes on without a word, and the task has the limit of who restores",
                    f"sysctl fs.nr_open={asked}",
                    pid,
                )

    def _raised(self, attempt: Attempt) -> Iterator[Check]:
        """Hard limits that the restore would have to raise, which takes CAP_SYS_RESOURCE (setrlimit(2)).

        CRIU sets both limits in one call and does not look at what comes of it (criu/pie/restorer.c: restore_rlims).
        Its own limit of files it raises before, to fs.nr_open (rlimit_unlimit_nofile).
        """
        machine = attempt.machine
        may_raise = _is_root_of_all(machine)
        if machine.hard_limits is None or (may_raise and not own_namespace(attempt.dump, "user")):
            return
        own = {name: hard for name, hard in machine.hard_limits if not (may_raise and name == "nofile")}
        for pid in attempt.dump.pids:
            higher = [each.name for each in limits(attempt.dump, pid) if each.hard > own.get(each.name, each.hard)]
            if higher:
                who = "a task in a user namespace" if may_raise else "who restores"
                yield Check(
                    self.id,
                    f"hard limits of task {pid} are higher than those of who restores: {some(higher)}",
                    State.UNKNOWN,
                    f"{who} has no CAP_SYS_RESOURCE: CRIU goes on without a word, and the task has the limits of CRIU",
                    f"start CRIU with prlimit(1) and higher limits: {some([f'--{name}' for name in higher])}",
                    pid,
                )

    def _aio(self, attempt: Attempt) -> Iterator[Check]:
        machine = attempt.machine
        most, taken = machine.sysctl("fs/aio-max-nr"), machine.sysctl("fs/aio-nr")
        if most is None or not vma_bits(attempt.dump).status & AIORING:
            return
        rings = {
            pid: sum(
                (vma.size - RING_HEADER) // EVENT
                for vma in attempt.dump.address_space(pid).vmas
                if vma.status & AIORING
            )
            for pid in attempt.dump.pids
        }
        wanted = sum(rings.values())
        if not wanted:
            return
        left = most - (taken or 0)
        if wanted // 4 > left:
            # The kernel doubles what is asked for, and again for each processor: a quarter is the least.
            pid = next(pid for pid, events in rings.items() if events)
            yield Check(
                self.id,
                f"AIO rings of {number(wanted)} events, {number(left)} are left of fs.aio-max-nr",
                State.FAILS,
                "io_setup(2) says EAGAIN; CRIU says “Ring setup failed”",
                f"sysctl fs.aio-max-nr={most + wanted}",
                pid,
            )


def _is_root_of_all(machine: Machine) -> bool:
    """Whether who restores has the capability in the first user namespace, of which alone the kernel asks it."""
    outside = machine.uids is None or [tuple(each) for each in machine.uids] == [(0, ALL_IDS)]
    return machine.permitted is None or (outside and bool(machine.permitted & SYS_RESOURCE))
