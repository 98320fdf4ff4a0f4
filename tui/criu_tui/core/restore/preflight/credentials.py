"""Who would restore: capabilities, and ids that exist where it happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from criu_tui.core.base.capabilities import capability_names
from criu_tui.core.base.units import counted, some
from criu_tui.core.dump.credentials import credentials_of
from criu_tui.core.dump.user_namespace import user_namespace_of
from criu_tui.core.restore.preflight.check import Check, Needs, State
from criu_tui.core.restore.preflight.where import own_namespace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.idmap import Extent
    from criu_tui.core.restore.preflight.attempt import Attempt
    from criu_tui.core.restore.preflight.machine import HostRange

SHOWN = 12
"""Capabilities in a sentence."""
AS_ROOT = "run criu-tui as the user who will run criu restore"
SYS_ADMIN, CHECKPOINT_RESTORE = 21, 40


class CapabilitiesCheck:
    """What each task had may be given only by who has it."""

    id: ClassVar[str] = "capabilities"
    what: ClassVar[str] = "capabilities of who restores"
    needs: ClassVar[Needs] = Needs.MACHINE

    def concerns(self, dump: Dump) -> bool:
        """Whether there is a task."""
        return bool(dump.tasks)

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """Every task with a capability that who restores lacks: capset(2) says EPERM."""
        machine, dump = attempt.machine, attempt.dump
        if machine.uid is None or machine.permitted is None or machine.uid != 0:
            who = "nobody is described" if machine.uid is None else f"uid {machine.uid} asks, and root restores"
            yield Check(self.id, self.what, State.UNKNOWN, who, AS_ROOT)
            return
        if not machine.permitted & (1 << SYS_ADMIN | 1 << CHECKPOINT_RESTORE):
            yield Check(
                self.id,
                "CRIU lacks CAP_CHECKPOINT_RESTORE and CAP_SYS_ADMIN",
                State.FAILS,
                "it gives tasks their ids with one of them (clone3(2), set_tid)",
                "give it one of them",
                next(iter(dump.pids), None),
            )
            return
        if own_namespace(dump, "user"):
            yield Check(self.id, "a user namespace", State.OK, "the restore makes it, and has all capabilities there")
            return
        beyond = 0
        known = -1 if machine.last_capability is None else (2 << machine.last_capability) - 1
        lost: set[str] = set()
        narrower = 0
        for pid in dump.pids:
            own = credentials_of(dump, pid) if dump.core(pid).alive else None
            if own is None:
                continue
            sets = own.capabilities
            # What is not in the set of who restores nobody can put back, and CRIU does not try.
            narrower |= sets.bounding & known & ~(known if machine.bounding is None else machine.bounding)
            lost.update(capability_names((sets.permitted | sets.bounding) & ~known))
            lacking = (sets.permitted | sets.effective | sets.inheritable) & known & ~machine.permitted
            if lacking:
                beyond += 1
                yield Check(
                    self.id,
                    f"{some(capability_names(lacking), SHOWN)} cannot be given to task {pid}",
                    State.FAILS,
                    "who restores has not got it; CRIU says “Unable to restore capabilities”",
                    "restore with all capabilities: as root of the host, in a container with --privileged or --cap-add",
                    pid,
                )
        if not beyond:
            why = "who restores has all that the tasks have"
            if lost:
                why += f"; this kernel does not know {some(sorted(lost), SHOWN)}, which is dropped"
            if narrower:
                why += (
                    f"; {some(capability_names(narrower), SHOWN)} is not in the bounding set of who restores, "
                    "and no program that they run gets it"
                )
            yield Check(self.id, counted(len(dump.tasks), "task"), State.OK, why)


class IdMaps:
    """The user namespace that the restore makes: the ids outside that it maps to must exist for who restores."""

    id: ClassVar[str] = "id-maps"
    what: ClassVar[str] = "ids that the user namespace is mapped to"
    needs: ClassVar[Needs] = Needs.MACHINE

    def concerns(self, dump: Dump) -> bool:
        """Whether the restore makes a user namespace."""
        return user_namespace_of(dump) is not None

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """Every extent that reaches beyond what there is: writing uid_map says EPERM."""
        space = user_namespace_of(attempt.dump)
        if space is None:
            return
        machine = attempt.machine
        failing = False
        for name, extents, ranges in (
            ("uid", space.uid_map, machine.uids),
            ("gid", space.gid_map, machine.gids),
        ):
            if ranges is None:
                yield Check(self.id, f"{name} map", State.UNKNOWN, "which ids exist there is not known")
                continue
            for extent in extents:
                if _covered(extent, ranges):
                    continue
                failing = True
                first, last = extent.lower_first, extent.lower_first + extent.count - 1
                yield Check(
                    self.id,
                    f"{name}s {first} to {last} do not all exist here",
                    State.FAILS,
                    f"the namespace maps {extent.first} and up to them; the kernel refuses such a map",
                    "restore as root of the host, or in a user namespace that holds these ids",
                    next(iter(attempt.dump.pids), None),
                )
        if not failing:
            count = len(space.uid_map) + len(space.gid_map)
            yield Check(self.id, counted(count, "extent"), State.OK, "the ids that they map to exist")


def _covered(extent: Extent, ranges: Sequence[HostRange]) -> bool:
    """Whether all outer ids of an extent exist; ranges may adjoin."""
    at, end = extent.lower_first, extent.lower_first + extent.count
    for first, count in sorted(ranges):
        if first <= at < first + count:
            at = first + count
    return at >= end
