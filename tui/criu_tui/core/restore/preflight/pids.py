"""Ids of tasks, threads, process groups and sessions: a restore takes them all as they were."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from criu_tui.core.base.units import counted
from criu_tui.core.restore.preflight.check import Check, Needs, State
from criu_tui.core.restore.preflight.where import own_namespace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.restore.preflight.attempt import Attempt

NEW_NAMESPACE = (
    "restore in a pid namespace of its own: unshare -p -f --mount-proc criu restore OPTIONS, or criu-ns restore OPTIONS"
)


class Pids:
    """Whether the ids are free where the restore takes them."""

    id: ClassVar[str] = "pids"
    what: ClassVar[str] = "ids of tasks and threads that are free"
    needs: ClassVar[Needs] = Needs.MACHINE

    def concerns(self, dump: Dump) -> bool:
        """Whether there is a task."""
        return bool(dump.tasks)

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """Every id that is taken.

        An id is free once no task, group or session has it: clone3(2) with set_tid says EEXIST else (kernel/pid.c).
        """
        dump = attempt.dump
        wanted = wanted_ids(dump)
        if own_namespace(dump, "pid"):
            yield Check(
                self.id, f"{counted(len(wanted), 'id')} in a new pid namespace", State.OK, "the restore makes it"
            )
            return
        outside = next((task.pid for task in dump.tasks if 0 in (task.sid, task.pgid)), None)
        if outside is not None:
            yield Check(
                self.id,
                f"task {outside} has its session or group outside its pid namespace",
                State.UNKNOWN,
                "CRIU says “This process tree can only be restored in a new pid namespace” where there is one already",
                NEW_NAMESPACE,
                outside,
            )
        taken = attempt.machine.ids
        if taken is None:
            yield Check(self.id, counted(len(wanted), "id"), State.UNKNOWN, "which ids are taken there is not known")
            return
        conflicts = sorted(wanted.keys() & taken)
        for each in conflicts:
            pid, role = wanted[each]
            yield Check(
                self.id,
                f"id {each} is taken: {role}",
                State.FAILS,
                f"a task, group or session on this machine has it; CRIU says “Can't fork for {pid}: File exists”",
                f"end what has it (ps -p {each}), or {NEW_NAMESPACE}",
                pid,
            )
        most = attempt.machine.sysctl("kernel/pid_max")
        beyond = [] if most is None else sorted(each for each in wanted if each >= most)
        for each in beyond:
            pid, role = wanted[each]
            yield Check(
                self.id,
                f"id {each} is beyond kernel.pid_max {most}: {role}",
                State.FAILS,
                "the kernel gives no such id (EINVAL)",
                f"sysctl kernel.pid_max={max(4194304, each + 1)}",
                pid,
            )
        if not conflicts and not beyond:
            yield Check(
                self.id, f"{counted(len(wanted), 'id')} of tasks, threads, groups, sessions", State.OK, "all free"
            )


def wanted_ids(dump: Dump) -> dict[int, tuple[int, str]]:
    """Every id that a restore takes, with the task and what it is there.

    Of a shell job the root task's own session and group are those of who restores (criu/pstree.c:
    prepare_pstree_for_shell_job); any other that no task leads is taken by a helper.
    """
    found: dict[int, tuple[int, str]] = {}
    for task in dump.tasks:
        found[task.pid] = (task.pid, f"task {task.pid}")
        for thread in dump.threads(task.pid):
            found.setdefault(thread, (task.pid, f"a thread of task {task.pid}"))
    if not dump.tasks:
        return found
    top = dump.tasks[0]
    of_shell = {top.sid, top.pgid} if top.sid != top.pid else set()
    for task in dump.tasks:
        for each, role in ((task.sid, "session"), (task.pgid, "process group")):
            if each not in of_shell and each != 0:
                found.setdefault(each, (task.pid, f"the {role} of task {task.pid}"))
    return found
