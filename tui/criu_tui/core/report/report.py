"""A dump under one CRIU on one host: what every pane draws on, computed once.

What computes it is imported when asked for: the first screen needs little of it.
"""

from __future__ import annotations

import contextlib
import functools
import threading
from typing import TYPE_CHECKING

from criu_tui.core.images import ImageError
from criu_tui.core.plan import NEEDED, RULES, Criu, Mark, Plan, criu, plan
from criu_tui.core.text import display_safe

if TYPE_CHECKING:
    from pathlib import Path

    from criu_tui.core.content_facts import ContentFacts
    from criu_tui.core.counters import Counters
    from criu_tui.core.dump import Dump
    from criu_tui.core.findings import Finding
    from criu_tui.core.log import Log
    from criu_tui.core.memory import Vma
    from criu_tui.core.namespaces import Namespace
    from criu_tui.core.overcommit import Budget, Host
    from criu_tui.core.owners import Owner
    from criu_tui.core.plan import Step
    from criu_tui.core.restore_log import Comparison


COMM_SHOWN = 64
"""Characters of a task's name; the kernel's own have 15."""


class Report:
    """A dump as one CRIU would restore it on one host; plans are made once for each rule."""

    def __init__(
        self,
        dump: Dump,
        chosen: Criu,
        host: Host,
        *,
        lazy: bool = False,
        given_log: Path | None = None,
        opened_with: tuple[str, ...] = (),
    ) -> None:
        self.dump = dump
        self.criu = chosen
        self.host = host
        self.lazy = lazy
        self.given_log = given_log
        self.opened_with = opened_with
        """Words of a command line that open it again, without the CRIU version; empty: its path alone."""
        self.contents: dict[int, ContentFacts] = {}
        """What the bytes of tasks come to, by PID; filled by who reads them."""
        self._plans: dict[Mark, tuple[Plan, Budget]] = {}
        self._lock = threading.Lock()

    def restored_by(self, chosen: Criu) -> Report:
        """The same dump and host under another CRIU, sharing what was computed."""
        other = Report(
            self.dump,
            chosen,
            self.host,
            lazy=self.lazy,
            given_log=self.given_log,
            opened_with=self.opened_with,
        )
        for name in ("logs", "owners", "namespaces", "restores"):
            # A log that names no version is held against the chosen CRIU's plan.
            if name in self.__dict__ and (name != "restores" or all(log.criu for log in self.logs)):
                other.__dict__[name] = self.__dict__[name]
        other._plans, other._lock = self._plans, self._lock
        return other

    def planned(self, chosen: Criu) -> tuple[Plan, Budget]:
        """The plan of any CRIU for this dump, and what it charges on this host."""
        from criu_tui.core.overcommit import budget

        mark = chosen.rule.mark
        with self._lock:
            if mark not in self._plans:
                made = plan(self.dump, chosen, lazy=self.lazy)
                self._plans[mark] = made, budget(made, self.host)
            made, charges = self._plans[mark]
        if made.criu != chosen:
            made = Plan(chosen, made.tasks, made.by_pid, made.lazy)
        return made, charges

    @property
    def is_planned(self) -> bool:
        """Whether the plan is there already; making it takes a while for a large dump."""
        return self.criu.rule.mark in self._plans

    @property
    def findings_so_far(self) -> list[Finding] | None:
        """The findings when they are known already; finding them reads every image."""
        found: list[Finding] | None = self.__dict__.get("findings")
        return found

    @functools.cached_property
    def plan(self) -> Plan:
        return self.planned(self.criu)[0]

    @functools.cached_property
    def budget(self) -> Budget:
        return self.planned(self.criu)[1]

    @functools.cached_property
    def counters(self) -> dict[int, Counters]:
        """By PID; reads page bytes, so only for who asks."""
        from criu_tui.core.counters import counters

        return counters(self.dump, self.plan)

    @functools.cached_property
    def logs(self) -> list[Log]:
        """Logs in and beside the dump, and the one given."""
        from criu_tui.core.log import find_logs

        return find_logs(self.dump.path, self.given_log)

    @functools.cached_property
    def restores(self) -> dict[Path, Comparison]:
        """Each restore.log of these images against the plan of the CRIU that wrote it."""
        from criu_tui.core.counters import UNASKED_LIMIT, counters
        from criu_tui.core.restore_log import compare_restore, read_restore

        compared: dict[Path, Comparison] = {}
        for log in self.logs:
            if log.dumping or log.problem is not None or not self.dump.tasks or self.belongs(log) is False:
                continue
            made = self.planned(self._writer(log))[0]
            with contextlib.suppress(ImageError):
                found = read_restore(log.path, made.by_pid)
                compared[log.path] = compare_restore(
                    made, found, functools.partial(counters, self.dump, made, UNASKED_LIMIT)
                )
        return compared

    def belongs(self, log: Log) -> bool | None:
        """Whether a log is of the run that wrote these images; None when either does not say."""
        return log.of_run(self.dump.run_id)

    def _writer(self, log: Log) -> Criu:
        """The CRIU that wrote a log; the chosen one where the log does not say."""
        try:
            return self.criu if log.criu is None else criu(log.criu)
        except ValueError:
            return self.criu

    @property
    def refused_so_far(self) -> Step | None:
        """The step where a restore of these images stopped, by its log, once the logs have been looked at."""
        if "restores" not in self.__dict__:
            return None
        steps = (compared.refused.step for compared in self.restores.values() if compared.refused is not None)
        return next((step for step in steps if step is not None), None)

    @functools.cached_property
    def owners(self) -> list[Owner]:
        """Every object of the dump that carries ids."""
        from criu_tui.core.owners import owners

        return list(owners(self.dump))

    @functools.cached_property
    def namespaces(self) -> list[Namespace]:
        """Every namespace of the tasks."""
        from criu_tui.core.namespaces import namespaces

        return namespaces(self.dump)

    @functools.cached_property
    def findings(self) -> list[Finding]:
        """What is wrong or risky, errors first; reads every image."""
        from criu_tui.core.findings import findings

        self.dump.load()
        return findings(
            self.dump,
            lambda mark: self.planned(self.criu if mark is self.criu.rule.mark else _representative(mark)),
            self.criu.rule.mark,
            self.criu.version,
            self.logs,
            self.restores,
        )

    def comm(self, pid: int) -> str:
        """The task's name, safe to show; "?" when its core image says nothing."""
        comm = self.dump.core(pid).comm
        return "?" if comm is None else display_safe(comm, COMM_SHOWN)

    def path(self, vma: Vma) -> str:
        """The file a VMA maps, safe to show; empty without one."""
        path = self.dump.path_of(vma)
        if path is not None:
            return display_safe(path)
        return f"file {vma.shmid} is not in files.img" if vma.traits.file else ""

    def pids(self, only: int | None = None) -> list[int]:
        """Tasks in tree order, or the one asked for."""
        return [pid for pid in self.dump.pids if only in (None, pid)]

    def no_memory(self, pid: int) -> str:
        """Why a task has no address space to show."""
        core = self.dump.core(pid)
        if not core.alive:
            article = "a" if core.state_name == "zombie" else ""
            return f"task {pid} is {article} {core.state_name}: it has no address space".replace("  ", " ")
        return f"no address space of task {pid} can be read"


def _representative(mark: Mark) -> Criu:
    """A CRIU that has a rule."""
    if mark is Mark.NEEDED:
        return Criu(mark.value, NEEDED)
    rule = next(rule for rule in RULES if rule.mark is mark)
    return Criu(rule.releases, rule)
