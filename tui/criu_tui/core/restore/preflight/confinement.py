"""What confined the tasks: security modules, seccomp, cgroups."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted, some
from criu_tui.core.dump.cgroups import cgroups, memberships
from criu_tui.core.dump.credentials import credentials_of
from criu_tui.core.images.schema import inventory_pb2
from criu_tui.core.restore.preflight.check import Check, Needs, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.restore.preflight.attempt import Attempt
    from criu_tui.core.restore.preflight.machine import Machine

LSMS: dict[int, str] = {inventory_pb2.SELINUX: "selinux", inventory_pb2.APPARMOR: "apparmor"}

APPARMOR_IMAGE = "apparmor.img"
AS_THERE = "mount cgroups here as where the dump was made"


class SecurityModule:
    """The profile or label of each task, and the module that knows it."""

    id: ClassVar[str] = "lsm"
    what: ClassVar[str] = "security module and profiles of the tasks"
    needs: ClassVar[Needs] = Needs.MACHINE

    def concerns(self, dump: Dump) -> bool:
        """Whether a task is confined."""
        return bool(_profiles(dump))

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """Every task whose profile cannot be set; those without one run unconfined anywhere."""
        dump, machine = attempt.dump, attempt.machine
        profiles = _profiles(dump)
        wanted = None if dump.inventory is None else LSMS.get(dump.inventory.lsmtype)
        if machine.lsm is None:
            yield Check(self.id, counted(len(profiles), "task"), State.UNKNOWN, "no security module is described")
            return
        failing = 0
        # What lies in a namespace of AppArmor comes with the images.
        brought = APPARMOR_IMAGE in dump.files_listed
        for pid, profile in profiles.items():
            shown = display_safe(profile, 200)
            if wanted is not None and machine.lsm != wanted:
                what = f"task {pid} has the {wanted} label {shown}; the security module of this machine: {machine.lsm}"
                why = "CRIU says “mismatched lsm types and lsm profile specified”"
                advice = f"use a machine with {wanted}, or dump a task that is not confined"
            elif machine.lsm == "none":
                what = f"task {pid} has the label {shown}, and this machine has no security module"
                why = "CRIU says “can't render profile”"
                advice = "use a machine with the module of the dump"
            elif machine.lsm == "apparmor" and (missing := _not_loaded(profile, machine.profiles, brought=brought)):
                what = f"AppArmor's profile {display_safe(missing, 200)} of task {pid} is not loaded"
                why = "CRIU cannot change to it (ENOENT)"
                advice = "load it with apparmor_parser, or restore with --lsm-profile apparmor:NAME"
            else:
                continue
            failing += 1
            yield Check(self.id, what, State.FAILS, why, advice, pid)
        if failing:
            return
        if machine.lsm == "apparmor" and machine.profiles is None:
            yield Check(self.id, counted(len(profiles), "profile"), State.UNKNOWN, "only root may list what is loaded")
        else:
            yield Check(self.id, counted(len(profiles), "profile"), State.OK, f"{machine.lsm} is here")


def _not_loaded(profile: str, loaded: frozenset[str] | None, *, brought: bool) -> str:
    """The first of stacked profiles ("a//&b", apparmor(7)) that the kernel has not got; empty where it has all.

    One of a namespace is ":ns:name" for a task and ":ns://name" in the list.
    """
    for each in profile.partition(" (")[0].split("//&"):
        namespaced = each.startswith(":")
        listed = {each, "://".join(each.rsplit(":", 1))} if namespaced and "://" not in each else {each}
        if loaded is None or each == "unconfined" or listed & loaded or (namespaced and brought):
            continue
        return each
    return ""


def _profiles(dump: Dump) -> dict[int, str]:
    return {pid: profile for pid in dump.pids if (profile := _profile(dump, pid))}


def _profile(dump: Dump, pid: int) -> str:
    own = credentials_of(dump, pid) if dump.core(pid).alive else None
    return "" if own is None or own.profile == "unconfined" else own.profile


class Seccomp:
    """Filters of system calls."""

    id: ClassVar[str] = "seccomp"
    what: ClassVar[str] = "seccomp filters of the tasks"
    needs: ClassVar[Needs] = Needs.MACHINE

    def concerns(self, dump: Dump) -> bool:
        """Whether a task is filtered."""
        return bool(_filtered(dump))

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """Whether the kernel has seccomp, where a task is filtered."""
        filtered = _filtered(attempt.dump)
        match attempt.machine.seccomp:
            case None:
                yield Check(self.id, counted(len(filtered), "task"), State.UNKNOWN, "the kernel is not described")
            case True:
                yield Check(self.id, counted(len(filtered), "filtered task"), State.OK, "the kernel has seccomp")
            case False:
                for pid in filtered:
                    yield Check(
                        self.id,
                        f"task {pid} has seccomp filters, and this kernel has no seccomp",
                        State.FAILS,
                        "CRIU cannot install them (EINVAL)",
                        "use a kernel with CONFIG_SECCOMP_FILTER",
                        pid,
                    )


def _filtered(dump: Dump) -> list[int]:
    return [pid for pid in dump.pids if dump.core(pid).alive and _mode(dump, pid)]


def _mode(dump: Dump, pid: int) -> int:
    entry = dump.core_entry(pid)
    if entry is None:
        return 0
    return entry.thread_core.seccomp_mode or entry.tc.old_seccomp_mode


class Cgroups:
    """Controllers of the cgroups that tasks were in; directories that are missing are made by the restore."""

    id: ClassVar[str] = "cgroups"
    what: ClassVar[str] = "controllers of cgroups"
    needs: ClassVar[Needs] = Needs.MACHINE

    def concerns(self, dump: Dump) -> bool:
        """Whether there are cgroups to restore."""
        return bool(cgroups(dump))

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """Every hierarchy that CRIU cannot mount (criu/cgroup.c: prepare_cgroup_sfd)."""
        dump, machine = attempt.dump, attempt.machine
        groups = cgroups(dump)
        names = sorted({each.controllers for each in groups})
        if machine.controllers is None or machine.file_systems is None:
            yield Check(self.id, counted(len(groups), "cgroup"), State.UNKNOWN, "no controllers are described")
            return
        refused = [(name, why) for name in names if (why := _unmountable(name, machine))]
        for name, (what, advice) in refused:
            shown = display_safe(name, 60) or "unified"
            yield Check(
                self.id,
                what,
                State.FAILS,
                f"CRIU says “Can't mount controller dir” of {shown}",
                f"{advice}, or restore with --manage-cgroups=ignore",
                next(iter(dump.pids), None),
            )
        strays = list(_without_set(dump))
        for pid, number in strays:
            yield Check(
                self.id,
                f"task {pid} is in a cgroup set that cgroup.img has not got",
                State.FAILS,
                f"CRIU says “No set {number} found”: it leaves out the set that it was in itself",
                "restore with --manage-cgroups=ignore, or dump with all tasks in cgroups of their own",
                pid,
            )
        if not refused and not strays:
            shown = some([display_safe(name, 40) or "unified" for name in names])
            yield Check(self.id, counted(len(groups), "cgroup"), State.OK, f"{shown}; what is missing is made anew")


def _without_set(dump: Dump) -> Iterator[tuple[int, int]]:
    """Tasks that have to leave the cgroups of their parent for a set that no image has (restore_task_cgroup)."""
    sets: dict[int, int] = {0: 0 if dump.inventory is None else dump.inventory.root_cg_set}
    for task in dump.tasks:
        entry = dump.core_entry(task.pid)
        number = 0 if entry is None else entry.thread_core.cg_set or entry.tc.cg_set
        sets[task.pid] = number
        if number and number != sets.get(task.ppid, sets[0]) and not memberships(dump, number):
            yield task.pid, number


def _unmountable(name: str, machine: Machine) -> tuple[str, str] | None:
    """What keeps a hierarchy from being mounted, and the way out; None where nothing does.

    A controller is of one hierarchy at a time. One of version 1 is mounted again only with the same controllers;
    one of version 2 is given up only while no group there makes use of it (kernel/cgroup/cgroup.c: rebind_subsystems).
    """
    if not name:
        if "cgroup2" in (machine.file_systems or ()):
            return None
        return "this kernel has no unified cgroups (version 2)", "boot a kernel with cgroup2"
    wanted = {each for each in name.split(",") if not each.startswith("name=")}
    for each in sorted(wanted):
        shown = display_safe(each, 60)
        if each not in (machine.controllers or ()):
            return f"this kernel has no controller {shown}", "boot with it (cgroup_enable=…)"
        if each in (machine.delegated or ()):
            return (
                f"the controller {shown} is in use by cgroups of version 2",
                "boot with cgroups as on the dump's host",
            )
        there = next((found for found in machine.hierarchies or () if each in found.split(",")), None)
        if there is not None and set(there.split(",")) != wanted:
            return (
                f"the controllers {display_safe(name, 60)} were mounted together, here {display_safe(there, 60)} are",
                AS_THERE,
            )
    return None
