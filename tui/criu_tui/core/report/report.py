"""A dump under one CRIU on one host: what every pane draws on, computed once.

The modules that compute it are imported when asked for: the first screen needs few of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from criu_tui.core.base.once import Once
from criu_tui.core.base.text import display_safe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from criu_tui.core.dump.container import Container
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.namespaces import Namespace
    from criu_tui.core.dump.owners import Owner
    from criu_tui.core.dump.root_files import RootFiles
    from criu_tui.core.dump.statistics import Statistics
    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.findings.finding import Finding
    from criu_tui.core.logs.comparison import Comparison
    from criu_tui.core.logs.log import Log
    from criu_tui.core.pages.entries import Coverage
    from criu_tui.core.pages.memory_use import MemoryUses
    from criu_tui.core.pages.totals import ContentFacts
    from criu_tui.core.report.against import Against
    from criu_tui.core.report.pane_kind import PaneKind
    from criu_tui.core.restore.commit_charge import Budget
    from criu_tui.core.restore.counters import Counters
    from criu_tui.core.restore.host import Host
    from criu_tui.core.restore.plan import Plan
    from criu_tui.core.restore.preflight.checking import Checking
    from criu_tui.core.restore.preflight.machine import Machine
    from criu_tui.core.restore.preflight.surroundings import Surroundings
    from criu_tui.core.restore.releases import Criu
    from criu_tui.core.restore.steps import Step
    from criu_tui.core.source.directory import Where
    from criu_tui.core.tables.table import Table

NO_TASKS = "no tasks in this dump; --print findings says what is wrong"
"""Printed where a pane lists what each task has."""
COMM_SHOWN = 64
"""Characters of a task's name; the kernel's own have 15."""


class Report:
    """A dump as one CRIU would restore it on one host; plans are made once for each rule."""

    elsewhere = False
    """Whether the dump is with somebody else, who sends what the panes show of it."""

    def __init__(
        self,
        dump: Dump,
        chosen: Criu,
        host: Host | None = None,
        *,
        lazy: bool = False,
        given_log: Path | None = None,
        opened_with: tuple[str, ...] = (),
        around: Callable[[Host], Surroundings] | None = None,
    ) -> None:
        self.dump = dump
        self.criu = chosen
        self._host = host
        self.lazy = lazy
        self.given_log = given_log
        self.opened_with = opened_with
        """Words of a command line that open it again, without the CRIU version; empty: its path alone."""
        self._around = around
        """Gives where the restore would run, from its memory; None: nothing but that memory is looked at."""
        self.against: Against | None = None
        """The checkpoint that it is compared with."""
        self.contents: dict[int, ContentFacts] = {}
        """Totals of the bytes of tasks, by PID; filled in once somebody has asked to read them."""
        self.once = Once()
        """What is worked out once: of this dump, under this CRIU."""
        self._plans = Once()
        """Plans and budgets by what they depend on, Criu.planning."""

    def table_of(self, kind: PaneKind, pid: int) -> Table[Any]:
        """The rows of a pane for a task."""
        assert kind.table is not None, f"{kind.id} has no rows"
        return kind.table(self, pid)

    @property
    def host(self) -> Host:
        """The one that will restore: this one unless another was described."""
        return self.once("host", self._this_host)

    def _this_host(self) -> Host:
        from criu_tui.core.restore.host import this_host

        return self._host or this_host()

    def of(self, dump: Dump) -> Report:
        """Another dump under the same CRIU on the same host, such as what this one was a part of."""
        return self._like(dump, self.criu, self._host)

    def compared_with(self, dump: Dump, given_log: Path | None) -> Report:
        """Another checkpoint, restored in the same place, with a log of its own."""
        return Report(dump, self.criu, self.host, lazy=self.lazy, given_log=given_log, around=self._around)

    def _like(self, dump: Dump, by: Criu, host: Host | None) -> Report:
        """Another report opened as this one was."""
        return Report(
            dump, by, host, lazy=self.lazy, given_log=self.given_log, opened_with=self.opened_with, around=self._around
        )

    def restored_by(self, chosen: Criu) -> Report:
        """The same dump and host under another CRIU, sharing what was computed."""
        other = self._like(self.dump, chosen, self.host)
        other.against = None if self.against is None else self.against.restored_by(chosen)
        for name in ("logs", "restores"):
            # A log that names no version is held against the chosen CRIU's plan.
            if self.once.known(name) and (name != "restores" or all(log.criu for log in self.logs)):
                other.once.share(name, self.once)
        other._plans = self._plans  # noqa: SLF001  Of the same class.
        other.contents = self.contents
        return other

    def planned(self, chosen: Criu) -> tuple[Plan, Budget]:
        """The plan of any CRIU for this dump, and what it charges on this host."""
        made, charges = self._plans(chosen.planning, lambda: self._plan(chosen))
        if made.criu != chosen:
            from criu_tui.core.restore.plan import Plan

            made = Plan(chosen, made.tasks, made.by_pid, made.lazy)
        return made, charges

    def _plan(self, chosen: Criu) -> tuple[Plan, Budget]:
        from criu_tui.core.restore.commit_charge import budget
        from criu_tui.core.restore.plan import plan

        made = plan(self.dump, chosen, lazy=self.lazy)
        return made, budget(made, self.host)

    @property
    def is_planned(self) -> bool:
        """Whether the plan is there already; making it takes a while for a large dump."""
        return self._plans.known(self.criu.planning)

    @property
    def findings_so_far(self) -> list[Finding] | None:
        """The findings when they are known already; finding them reads every image."""
        return self.findings if self.once.known("findings") else None

    @property
    def errors_so_far(self) -> bool:
        """Whether there are errors among the findings that are known already."""
        known = self.findings_so_far
        if not known:
            return False
        from criu_tui.core.findings.finding import Severity

        return any(found.severity is Severity.ERROR for found in known)

    @property
    def plan(self) -> Plan:
        """The write plan of the chosen CRIU."""
        return self.once("plan", lambda: self.planned(self.criu))[0]

    @property
    def budget(self) -> Budget:
        """What that plan is charged on the host."""
        return self.once("plan", lambda: self.planned(self.criu))[1]

    def first_place(self) -> tuple[int, int] | None:
        """Task and address of the step most worth looking at, None where nothing differs; makes the plan."""
        from criu_tui.core.report.plan import first_place

        return first_place(self)

    @property
    def memory_uses(self) -> MemoryUses:
        """Where the bytes go; reads every pagemap, and keeps what it finds with the dump."""
        from criu_tui.core.pages.memory_use import memory_uses

        return memory_uses(self.dump)

    @property
    def counters(self) -> dict[int, Counters]:
        """By PID. Reads page bytes, so it is computed only when asked for."""
        from criu_tui.core.restore.counters import counters

        return self.once("counters", lambda: counters(self.dump, self.plan))

    @property
    def logs(self) -> list[Log]:
        """Logs in and beside the dump, and the one given."""
        from criu_tui.core.logs.places import find_logs

        return self.once("logs", lambda: find_logs(self.dump.source, self.given_log))

    @property
    def restores(self) -> dict[Where, Comparison]:
        """Each restore.log of these images against the plan of the CRIU that wrote it."""
        return self.once("restores", self._compare_restores)

    def _compare_restores(self) -> dict[Where, Comparison]:
        from criu_tui.core.report.restore_logs import compared

        return compared(self)

    def belongs(self, log: Log) -> bool | None:
        """Whether a log is of the run that wrote these images; None when either does not say."""
        return log.of_run(self.dump.run_id)

    @property
    def refused_so_far(self) -> Step | None:
        """The step where a restore of these images stopped, by its log, once the logs have been looked at."""
        if not self.once.known("restores"):
            return None
        steps = (compared.refused.step for compared in self.restores.values() if compared.refused is not None)
        return next((step for step in steps if step is not None), None)

    @property
    def container(self) -> Container | None:
        """What an engine recorded of the container; None where no engine left a word."""
        from criu_tui.core.dump.container import container_of

        return self.once("container", lambda: container_of(self.dump.source))

    @property
    def root_files(self) -> RootFiles | None:
        """What changed in the container's root file system; None where no engine kept it."""
        return self.once("root files", self._read_root_files)

    def _read_root_files(self) -> RootFiles | None:
        from criu_tui.core.dump.container import home_of

        home = home_of(self.dump.source)
        if home is None:
            return None
        # What reads archives takes a while to load.
        from criu_tui.core.dump.root_files import root_files

        return root_files(home)

    @property
    def statistics(self) -> tuple[Statistics, ...]:
        """The numbers that a dump and a restore of these images left."""
        from criu_tui.core.dump.statistics import statistics_of

        return self.once("statistics", lambda: statistics_of(self.dump.source))

    @property
    def owners(self) -> tuple[Owner, ...]:
        """Every object of the dump that carries ids."""
        from criu_tui.core.dump.owners import owners

        return owners(self.dump)

    @property
    def namespaces(self) -> tuple[Namespace, ...]:
        """Every namespace of the tasks."""
        from criu_tui.core.dump.namespaces import namespaces

        return namespaces(self.dump)

    @property
    def findings(self) -> list[Finding]:
        """What is wrong or risky, errors first; reads every image."""
        return self.once("findings", self._find)

    def _find(self) -> list[Finding]:
        from criu_tui.core.findings.collect import findings

        if self.dump.arriving:
            from criu_tui.core.findings.arriving import still_read

            return [still_read()]
        self.read_all()
        found = findings(self.dump, self.planned, self.criu, self.logs, self.restores)
        if self.dump.source.running:
            from criu_tui.core.report.subjects import refused

            found[:0] = refused(self.checking.attempt)
        return found

    @property
    def checking(self) -> Checking:
        """The checks before a restore, with those that are made so far; makes none by itself."""
        return self.once("checking", self._checking)

    @property
    def checking_so_far(self) -> Checking | None:
        """The checks when they are made already, or being made; to begin with them takes reading."""
        return self.checking if self.once.known("checking") else None

    def _checking(self) -> Checking:
        from criu_tui.core.report.subjects import checking_of

        return checking_of(self, None if self._around is None else self._around(self.host))

    def covered(self, pid: int, vma: Vma) -> Coverage:
        """How many pages of each kind a VMA has; who only draws columns looks at no page."""
        from criu_tui.core.pages.places import coverage_of

        return coverage_of(self.dump, pid, vma)

    def read_all(self) -> None:
        """Reads every image that a pane draws on: the dump's problems are then all known."""
        from criu_tui.core.pages.pagemaps import read_all

        read_all(self.dump)

    def comm(self, pid: int) -> str:
        """The task's name, safe to show; "?" when its core image says nothing."""
        comm = self.dump.core(pid).comm
        return "?" if comm is None else display_safe(comm, COMM_SHOWN)

    def path(self, vma: Vma) -> str:
        """The file a VMA maps, safe to show; empty without one."""
        if (path := self.dump.path_of(vma)) is not None:
            return display_safe(path)
        return self.dump.unlisted(f"{vma.shmid}") if vma.traits.file else ""

    def pids(self, only: int | None = None) -> list[int]:
        """Tasks in tree order, or the one asked for."""
        return [pid for pid in self.dump.pids if only in (None, pid)]

    def no_memory(self, pid: int) -> str:
        """Why a task has no address space to show."""
        if not self.dump.tasks:
            return "no task has come yet" if self.dump.arriving else "no tasks in this dump; the findings say why"
        core = self.dump.core(pid)
        if not core.alive:
            state = "a zombie" if core.state_name == "zombie" else core.state_name
            return f"task {pid} is {state}: it has no address space"
        return f"no address space of task {pid} can be read"


def described_memory(spec: str) -> Host:
    """The memory of a host as --host has it in words, this one's where these say nothing. Raises ValueError."""
    from criu_tui.core.restore.host import parse_host, this_host

    return parse_host(spec, this_host())


def described_machine(facts: bytes) -> tuple[Machine, Host]:
    """A machine and its memory as --host-facts printed them. Raises ValueError: the line for a user."""
    from criu_tui.core.base.json_text import parsed
    from criu_tui.core.restore.preflight.machine_json import from_json

    return from_json(parsed(facts))
