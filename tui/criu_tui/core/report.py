"""Each pane's content as columns and rows: the one source of pane, --print text and JSON."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar, overload

from criu_tui.core import idmap, overcommit
from criu_tui.core import log as logs
from criu_tui.core.counters import counters
from criu_tui.core.findings import Finding, Severity, findings
from criu_tui.core.images import ImageError, open_regular
from criu_tui.core.memory import Kind, flag_names, prot_text, status_names
from criu_tui.core.namespaces import namespaces
from criu_tui.core.owners import capability_names, owners
from criu_tui.core.plan import NEEDED, RULES, Action, Criu, Mark, Plan, plan
from criu_tui.core.restore_log import compare_restore, parse_restore
from criu_tui.core.span import Span
from criu_tui.core.table import Column, Table, Tone, widest
from criu_tui.core.text import PAGE, address, counted, display_safe, number, size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from criu_tui.core.counters import Counters
    from criu_tui.core.dump import Dump, Task
    from criu_tui.core.log import Log, LogLine
    from criu_tui.core.memory import Vma
    from criu_tui.core.overcommit import Budget, Charge, Host
    from criu_tui.core.owners import Owner
    from criu_tui.core.pages import Coverage
    from criu_tui.core.plan import Step

SCHEMA = 1

R = TypeVar("R")

Json = dict[str, "Json"] | list["Json"] | str | int | bool | None

PANES = ("summary", "maps", "coverage", "plan", "ids", "log", "findings")


@dataclass(frozen=True, slots=True)
class TaskRow:
    task: Task
    comm: str
    state: str
    vmas: int | None = None


@dataclass(frozen=True, slots=True)
class MapRow:
    pid: int
    index: int
    vma: Vma
    kind: Kind
    path: str
    """Safe to show; empty without a file."""


@dataclass(frozen=True, slots=True)
class CoverageRow:
    pid: int
    vma: Vma
    kind: Kind
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class PlanRow:
    step: Step
    charge: Charge


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """A step that two CRIUs take differently."""

    step: Step
    other: Step
    charged: int
    other_charged: int

    @property
    def saved(self) -> int:
        """Bytes that the first charges more than the other."""
        return self.charged - self.other_charged


@dataclass(frozen=True, slots=True)
class LogRow:
    log: Log
    line: LogLine


class LogRows(Sequence[LogRow]):
    """The lines of several logs after one another, read when looked at."""

    def __init__(self, logs: list[Log]) -> None:
        self._logs = [(log, log.lines) for log in logs]

    def __len__(self) -> int:
        return sum(len(lines) for _, lines in self._logs)

    @overload
    def __getitem__(self, index: int) -> LogRow: ...
    @overload
    def __getitem__(self, index: slice) -> list[LogRow]: ...
    def __getitem__(self, index: int | slice) -> LogRow | list[LogRow]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        for log, lines in self._logs:
            if index < len(lines):
                return LogRow(log, lines[index])
            index -= len(lines)
        raise IndexError(index)


class Report:
    """A dump as one CRIU would restore it on one host; plans are made once for each rule."""

    def __init__(
        self, dump: Dump, chosen: Criu, host: Host, *, lazy: bool = False, given_log: Path | None = None
    ) -> None:
        self.dump = dump
        self.criu = chosen
        self.host = host
        self.lazy = lazy
        self.given_log = given_log
        self._plans: dict[Mark, tuple[Plan, Budget]] = {}

    def restored_by(self, chosen: Criu) -> Report:
        """The same dump and host under another CRIU, sharing what was computed."""
        other = Report(self.dump, chosen, self.host, lazy=self.lazy, given_log=self.given_log)
        if "logs" in self.__dict__:
            other.__dict__["logs"] = self.logs
        other._plans = self._plans
        return other

    def _planned(self, chosen: Criu) -> tuple[Plan, Budget]:
        mark = chosen.rule.mark
        if mark not in self._plans:
            made = plan(self.dump, chosen, lazy=self.lazy)
            self._plans[mark] = made, overcommit.budget(made, self.host)
        made, charges = self._plans[mark]
        if made.criu != chosen:
            made = Plan(chosen, made.tasks, made.by_pid, made.lazy)
        return made, charges

    @functools.cached_property
    def plan(self) -> Plan:
        return self._planned(self.criu)[0]

    @functools.cached_property
    def budget(self) -> Budget:
        return self._planned(self.criu)[1]

    @functools.cached_property
    def counters(self) -> dict[int, Counters]:
        """By PID; reads page bytes, so only for who asks."""
        return counters(self.dump, self.plan)

    @functools.cached_property
    def logs(self) -> list[Log]:
        """Logs in and beside the dump, and the one given."""
        return logs.find_logs(self.dump.path, self.given_log)

    @functools.cached_property
    def findings(self) -> list[Finding]:
        """What is wrong or risky, errors first; reads every image."""
        self.dump.load()
        return findings(
            self.dump,
            lambda mark: self._planned(self.criu if mark is self.criu.rule.mark else _representative(mark)),
            self.criu.rule.mark,
            self.criu.version,
            self.logs,
        )

    # Words shared by several panes

    def comm(self, pid: int) -> str:
        """The task's name, safe to show; "?" when its core image says nothing."""
        comm = self.dump.core(pid).comm
        return "?" if comm is None else display_safe(comm)

    def path(self, vma: Vma) -> str:
        """The file a VMA maps, safe to show; empty without one."""
        path = self.dump.path_of(vma)
        if path is not None:
            return display_safe(path)
        return f"file {vma.shmid} is not in files.img" if vma.traits.file else ""

    def pids(self, only: int | None = None) -> list[int]:
        """Tasks in tree order, or the one asked for."""
        return [pid for pid in self.dump.pids if only in (None, pid)]

    # Tables

    def tasks(self) -> Table[TaskRow]:
        rows = [TaskRow(task, self.comm(task.pid), self.dump.core(task.pid).state_name) for task in self.dump.tasks]
        width = max((row.task.depth * 2 + len(str(row.task.pid)) for row in rows), default=3)
        return Table(
            "Tasks",
            (
                Column("Task", lambda r: f"{'  ' * min(r.task.depth, 12)}{r.task.pid}", min(width, 32)),
                Column("Name", lambda r: r.comm, widest("Name", {row.comm for row in rows}), weight=1),
            ),
            rows,
            lambda r: (r.task.pid, None),
            lambda r: Tone.PLAIN if r.state in ("alive", "stopped", "unknown") else Tone.DIM,
            empty="no tasks in this dump",
        )

    def maps(self, pid: int) -> Table[MapRow]:
        """Every VMA of a task in image order."""
        space = self.dump.address_space(pid)
        rows = [MapRow(pid, index, vma, space.kind(vma), self.path(vma)) for index, vma in enumerate(space.vmas)]
        total = sum(row.vma.size for row in rows)
        return Table(
            f"Maps of {pid} {self.comm(pid)}",
            (
                *_span_columns(rows, lambda r: r.vma),
                _size_column(lambda r: r.vma.size),
                Column("Prot", lambda r: prot_text(r.vma.prot), 4),
                Column("Kind", lambda r: r.kind.value, widest("Kind", {r.kind.value for r in rows})),
                Column("Flags", _flags_cell, widest("Flags", {_flags_cell(r) for r in rows}), weight=2),
                Column("Path", lambda r: r.path, widest("Path", {r.path for r in rows})),
            ),
            rows,
            lambda r: (r.pid, r.vma.span),
            lambda r: _KIND_TONES.get(r.kind, Tone.PLAIN),
            notes=((Tone.PLAIN, f"{counted(len(rows), 'VMA')}, {size(total)} of addresses"),),
            empty=self._nothing(pid),
        )

    def coverage(self, pid: int) -> Table[CoverageRow]:
        """How many pages of each VMA are in the dump, and of which kind."""
        space, pagemap = self.dump.address_space(pid), self.dump.pagemap(pid)
        rows = [CoverageRow(pid, vma, space.kind(vma), pagemap.coverage(vma.span)) for vma in space.vmas]
        total = pagemap.total()
        note = (
            f"{counted(total.present, 'page')} present ({size(total.present * PAGE)} on disk), "
            f"{number(total.parent)} in parent, {number(total.lazy)} lazy; "
            f"pagemap entries: {number(len(pagemap))}"
        )
        return Table(
            f"Coverage of {pid} {self.comm(pid)}",
            (
                *_span_columns(rows, lambda r: r.vma),
                *(
                    Column(title, _count_cell(get), _count_width(title, rows, get), right=True, sort=get)
                    for title, get in _COUNTS
                ),
                Column("Dumped", _share_cell, 6, right=True, sort=_share, weight=2),
                Column("Kind", lambda r: r.kind.value, widest("Kind", {r.kind.value for r in rows}), weight=1),
            ),
            rows,
            lambda r: (r.pid, r.vma.span),
            lambda r: Tone.PLAIN if r.coverage.dumped else Tone.DIM,
            notes=((Tone.PLAIN, note),),
            empty=self._nothing(pid),
        )

    def steps(self, pid: int) -> Table[PlanRow]:
        """The write plan of a task in order of execution."""
        task = self.plan.by_pid.get(pid)
        rows = [PlanRow(step, self.budget.of(step)) for step in task.steps] if task else []
        return Table(
            f"Write plan of {pid} {self.comm(pid)}",
            (
                *_span_columns(rows, lambda r: r.step.vma),
                _size_column(lambda r: r.step.vma.size),
                Column("Prot", _prot_change, 8),
                Column("Action", lambda r: r.step.action.value, 6),
                Column(
                    "Charged",
                    lambda r: size(r.charge.charged) if r.charge.charged else "0",
                    9,
                    right=True,
                    sort=lambda r: r.charge.charged,
                ),
                Column(
                    "Pages",
                    lambda r: number(r.step.pages),
                    7,
                    right=True,
                    sort=lambda r: r.step.pages,
                    weight=3,
                ),
                Column("", lambda r: _MARKS[_plan_tone(r)], 5, sort=lambda r: list(_MARKS).index(_plan_tone(r))),
                Column("Reason", lambda r: self.reason(r.step), 40, weight=4),
            ),
            rows,
            lambda r: (r.step.pid, r.step.vma.span),
            _plan_tone,
            notes=tuple(self.plan_notes()),
            empty=self._nothing(pid),
        )

    def reason(self, step: Step) -> str:
        return self.plan.reason(step)

    def plan_notes(self) -> Iterator[tuple[Tone, str]]:
        """What the whole restore charges, and where the kernel would stop it."""
        rule = self.criu.rule
        peak = f", {size(self.budget.peak)} with forked copies" if self.budget.peak > self.budget.charged else ""
        yield (
            Tone.PLAIN,
            f"{self.criu.name} (rule {rule.mark.value}, {rule.releases}) charges {size(self.budget.charged)}{peak} "
            f"on this host: {overcommit.describe(self.host)}",
        )
        wasted = self.wasted()
        if wasted:
            yield Tone.WARNING, f"{size(wasted)} of it is writable memory that no dumped page needs"
        failure = self.budget.failure
        if failure is None:
            yield Tone.PLAIN, "every mapping is granted"
        else:
            step = failure.step
            yield (
                Tone.ERROR,
                f"fails in task {step.pid} at {address(step.vma.start)}-{address(step.vma.end)}: {failure.arithmetic}",
            )

    def wasted(self) -> int:
        """Bytes charged beyond what the needed rule would charge."""
        return self.budget.charged - self._planned(Criu(Mark.NEEDED.value, NEEDED))[1].charged

    def differences(self, pid: int, against: Criu) -> Table[DifferenceRow]:
        """The steps of a task that another CRIU takes differently, and the difference in charge."""
        rows = self._difference_rows(pid, against)
        other = self.restored_by(against)
        saved = self.budget.charged - other.budget.charged
        return Table(
            f"{self.criu.name} against {against.name}: {pid} {self.comm(pid)}",
            (
                *_span_columns(rows, lambda r: r.step.vma),
                _size_column(lambda r: r.step.vma.size),
                Column("Prot", lambda r: prot_text(r.step.vma.prot), 4),
                Column(self.criu.version, lambda r: _asked(r.step), max(10, len(self.criu.version))),
                Column(against.version, lambda r: _asked(r.other), max(10, len(against.version))),
                Column("Charge", lambda r: _difference(r.saved), 10, right=True, sort=lambda r: r.saved),
                Column("Reason", lambda r: self.reason(r.step), 40, weight=4),
            ),
            rows,
            lambda r: (r.step.pid, r.step.vma.span),
            lambda r: Tone.ERROR if self.budget.of(r.step).refusal else Tone.WARNING,
            notes=(
                (Tone.PLAIN, f"{self.criu.name}: {self._outcome()}"),
                (Tone.PLAIN, f"{against.name}: {other._outcome()}"),
                (Tone.PLAIN, f"difference in charge: {_difference(saved)}"),
            ),
            empty=f"{self.criu.name} and {against.name} do the same with task {pid}",
        )

    def _difference_rows(self, pid: int, against: Criu) -> list[DifferenceRow]:
        other, charges = self._planned(against)
        if pid not in self.plan.by_pid:
            return []
        return [
            DifferenceRow(step, twin, self.budget.of(step).charged, charges.of(twin).charged)
            for step, twin in zip(self.plan.by_pid[pid].steps, other.by_pid[pid].steps, strict=True)
            if (step.action, step.requested_prot) != (twin.action, twin.requested_prot)
        ]

    def _outcome(self) -> str:
        failure = self.budget.failure
        charged = f"charges {size(self.budget.charged)}"
        if failure is None:
            return f"{charged}, every mapping is granted"
        return f"{charged}, fails at {address(failure.step.vma.start)}: {failure.arithmetic}"

    def ids(self) -> Table[Owner]:
        """Every object that carries ids, with its ids inside the namespace and on the host."""
        rows = list(owners(self.dump))
        space = self.dump.user_namespace
        uid_map = space.uid_map if space else None
        gid_map = space.gid_map if space else None
        return Table(
            "Ids",
            (
                Column("Object", self._owner, widest("Object", {self._owner(r) for r in rows})),
                Column("Uid", lambda r: str(r.uid), 10, right=True, sort=lambda r: r.uid),
                Column("Host uid", lambda r: _host_text(uid_map, r.uid), 10, right=True),
                Column("Gid", lambda r: str(r.gid), 10, right=True, sort=lambda r: r.gid),
                Column("Host gid", lambda r: _host_text(gid_map, r.gid), 10, right=True),
                Column("Others", _other_ids, widest("Others", {_other_ids(r) for r in rows}), weight=1),
                Column("Capabilities", lambda r: capability_names(r.capabilities) if r.pid else "", 12, weight=2),
            ),
            rows,
            lambda r: (r.pid, None),
            lambda r: Tone.ERROR if idmap.OVERFLOW_ID in (r.uid, r.gid) else Tone.PLAIN,
            notes=tuple(self.id_notes()),
            empty="no ids in this dump",
        )

    def _owner(self, row: Owner) -> str:
        comm = f" {self.comm(row.pid)}" if row.pid is not None else ""
        return display_safe(row.object, 60) + comm

    def id_notes(self) -> Iterator[tuple[Tone, str]]:
        """The id maps and what CRIU's check says of them."""
        own = [n for n in namespaces(self.dump) if not n.shared_with_criu]
        if own:
            shown = ", ".join(f"{n.kind} {n.id}{f' ({display_safe(n.detail, 80)})' if n.detail else ''}" for n in own)
            yield Tone.PLAIN, f"namespaces of its own: {shown}"
        space = self.dump.user_namespace
        if space is None:
            yield Tone.PLAIN, "no user namespace of its own in this dump: ids are the same on the host"
            return
        for name, extents in (("uid", space.uid_map), ("gid", space.gid_map)):
            for extent in extents:
                yield (
                    Tone.PLAIN,
                    f"{name} inside [{extent.inside.start}, {extent.inside.end}) is "
                    f"[{extent.outside.start}, {extent.outside.end}) on the host: "
                    f"{counted(extent.count, 'id')}",
                )
            if not extents:
                yield Tone.WARNING, f"no {name} is mapped"
        check = idmap.check_root(space.uid_map, space.gid_map)
        yield (Tone.PLAIN if check.ok else Tone.ERROR), check.reason

    def log_lines(self) -> Table[LogRow]:
        """Every line of every log, with what they come to above."""
        rows = LogRows(self.logs)
        spans = [vma.span for pid in self.dump.pids for vma in self.dump.address_space(pid).vmas]
        return Table(
            "Log",
            (
                Column("Line", lambda r: str(r.line.number), 7, right=True, sort=lambda r: r.line.number),
                Column("Time", lambda r: r.line.time, 10, right=True, weight=2),
                Column("Task", lambda r: "" if r.line.pid is None else str(r.line.pid), 7, right=True),
                Column("Level", lambda r: r.line.level.value, 7),
                Column("Subsystem", lambda r: r.line.subsystem, 12, weight=1),
                Column("Text", lambda r: display_safe(r.line.text), 40),
            ),
            rows,
            lambda r: (r.line.pid if r.line.pid in self.dump.pids else None, _first_span(r.line, spans)),
            _log_tone,
            notes=tuple(self.log_notes()),
            empty="no log in or beside this dump; give one with --log",
        )

    def log_notes(self) -> Iterator[tuple[Tone, str]]:
        """Each log's header, outcome and first cause; and the restore against the plan."""
        for found in self.logs:
            name = display_safe(found.path.name)
            if found.problem is not None:
                yield Tone.ERROR, display_safe(str(found.problem))
                continue
            version = display_safe(found.criu or "unknown", 40)
            kernel = display_safe(found.kernel or "unknown", 60)
            what = "dump" if found.dumping else "restore"
            yield (
                Tone.PLAIN,
                f"{name}: {what} by CRIU {version} on Linux {kernel}, {_RESULTS[found.result]}, "
                f"{counted(len(found.lines), 'line')}",
            )
            if found.cause is not None:
                cause = found.cause
                task = "" if cause.pid is None else f" (task {cause.pid})"
                yield (
                    Tone.WARNING if found.result is logs.Result.SUCCESS else Tone.ERROR,
                    f"first cause, line {number(cause.number)}{task}: {display_safe(cause.text, 300)}",
                )
            if not found.dumping and self.dump.tasks:
                yield from self.restore_notes(found)

    def restore_notes(self, found: Log) -> Iterator[tuple[Tone, str]]:
        """How far a restore.log agrees with the plan."""
        try:
            with open_regular(found.path) as file:
                lines = (raw.rstrip(b"\n").decode("utf-8", "surrogateescape") for raw in file)
                compared = compare_restore(self.plan, parse_restore(lines))
        except ImageError as error:
            yield Tone.ERROR, display_safe(str(error))
            return
        tone = Tone.PLAIN if not compared.different else Tone.WARNING
        yield tone, f"{compared.same} of {compared.logged} mappings as predicted for {self.criu.name}"
        for line in compared.different[:3]:
            yield Tone.WARNING, line

    def findings_table(self) -> Table[Finding]:
        """Everything found, errors first."""
        rows = self.findings
        counts = ", ".join(
            counted(sum(row.severity is severity for row in rows), severity.value) for severity in Severity
        )
        return Table(
            "Findings",
            (
                Column("Severity", lambda r: r.severity.value, 8),
                Column("Finding", lambda r: r.title, widest("Finding", {row.title for row in rows})),
                Column("Task", lambda r: "" if r.pid is None else str(r.pid), 7, right=True, weight=1),
                Column("Releases", lambda r: r.releases, widest("Releases", {row.releases for row in rows}), weight=2),
            ),
            rows,
            lambda r: (r.pid, None if r.start is None else Span(r.start, max(r.start + 1, r.end or 0))),
            lambda r: _SEVERITY_TONES[r.severity],
            notes=((Tone.PLAIN, counts if rows else "nothing wrong found"),),
            empty="",
        )

    def finding_lines(self, finding: Finding) -> list[tuple[Tone, str]]:
        """A finding in full: what, why, and what helps."""
        lines = [(_SEVERITY_TONES[finding.severity], finding.title), (Tone.PLAIN, f"why: {finding.why}")]
        if finding.advice:
            lines.append((Tone.PLAIN, f"way out: {finding.advice}"))
        if finding.releases:
            lines.append((Tone.PLAIN, f"releases: {finding.releases}"))
        return lines

    def _nothing(self, pid: int) -> str:
        core = self.dump.core(pid)
        if not core.alive:
            return (
                f"task {pid} is a zombie: it has no address space"
                if core.state_name == "zombie"
                else (f"task {pid} is {core.state_name}: it has no address space")
            )
        return f"no address space of task {pid} can be read"

    # Details

    def detail(self, pid: int, where: int | None) -> list[tuple[Tone, str]]:
        """Everything known about the VMA at an address: what it is, its pages, its step."""
        space = self.dump.address_space(pid)
        index = None if where is None else space.at(where)
        if index is None:
            return [(Tone.DIM, "no VMA here")]
        vma = space.vmas[index]
        covered = self.dump.pagemap(pid).coverage(vma.span)
        names = " ".join(flag_names(vma.flags))
        bits = " ".join(status_names(vma.status))
        lines = [
            (
                Tone.PLAIN,
                f"{address(vma.start)}-{address(vma.end)} {prot_text(vma.prot)} {size(vma.size)} "
                f"{space.kind(vma).value} {self.path(vma)}".rstrip(),
            ),
            (
                Tone.PLAIN,
                f"{counted(covered.present, 'page')} present, {number(covered.parent)} in parent, "
                f"{number(covered.absent)} absent of {number(covered.pages)}; {names}; {bits}",
            ),
        ]
        step = self.step_at(pid, index)
        if step is not None:
            lines.append((_plan_tone(PlanRow(step, self.budget.of(step))), self.reason(step)))
        return lines

    def step_at(self, pid: int, index: int) -> Step | None:
        """The step of a task's VMA."""
        task = self.plan.by_pid.get(pid)
        return next((step for step in task.steps if step.index == index), None) if task else None

    def picture(self, step: Step) -> list[tuple[Tone, str]]:
        """The VMA and the deciding pagemap entry drawn to the same end, and what each rule makes of them."""
        lines: list[tuple[Tone, str]] = []
        pagemap = self.dump.pagemap(step.pid)
        if step.entry is not None:
            entry = pagemap.entry(step.entry)
            lines += [(Tone.PLAIN, line) for line in _draw(step.vma, entry.span)]
        for rule in (*RULES[1:], NEEDED):
            made, charges = self._planned(Criu(self.criu.version, rule))
            other = next((s for s in made.by_pid[step.pid].steps if s.index == step.index), None)
            if other is None:
                continue
            charged = charges.of(other)
            outcome = f"charged {size(charged.charged)}" if charged.charged else "charged 0"
            if charged.refusal is not None:
                outcome = f"charged {size(charged.refusal.needed)} > {size(charged.refusal.limit)}: ENOMEM"
            name = f"CRIU {rule.releases}" if rule.mark is not Mark.NEEDED else "needed"
            here = "▸" if rule.mark is self.criu.rule.mark else " "
            verdict = prot_text(other.requested_prot) if other.maps_anew else other.action.value
            lines.append(
                (
                    Tone.ERROR if charged.refusal else Tone.PLAIN,
                    f"{here}{name:<14} {rule.comparison:<22} {verdict} {outcome}",
                )
            )
        return lines

    def first_place(self) -> tuple[int, int] | None:
        """Where the plan is most worth looking at: the failing step, else where releases differ."""
        if self.budget.failure is not None:
            step = self.budget.failure.step
            return step.pid, step.vma.start
        return self.first_difference()

    def first_difference(self) -> tuple[int, int] | None:
        """The first step that CRIU 3.19 and the newest release request differently."""
        old, new = (self._planned(Criu("", rule))[0] for rule in RULES[1:])
        for before, after in zip(old.execution(), new.execution(), strict=True):
            if before.requested_prot != after.requested_prot and before.vma.size >= 1 << 30:
                return before.pid, before.vma.start
        return None

    # JSON

    def json(
        self, pane: str, only: int | None = None, *, with_counters: bool = False, against: Criu | None = None
    ) -> dict[str, Json]:
        """What a pane shows, for programs: numbers as numbers, lists in image order.

        `with_counters` adds counters and batches to the plan; `against` compares it with another CRIU's.
        """
        if pane == "plan":
            content = (
                self._plan_json(only, with_counters=with_counters)
                if against is None
                else self._against_json(only, against)
            )
        else:
            content = self._content(pane, only)
        return {"schema": SCHEMA, **content, "problems": [str(problem) for problem in self.dump.problems]}

    def _content(self, pane: str, only: int | None) -> dict[str, Json]:
        match pane:
            case "summary":
                return self._summary_json()
            case "maps":
                return {"tasks": [self._maps_json(pid) for pid in self.pids(only)]}
            case "coverage":
                return {"tasks": [self._coverage_json(pid) for pid in self.pids(only)]}
            case "ids":
                return self._ids_json(only)
            case "log":
                return {"files": [self._log_json(found) for found in self.logs]}
            case _:
                return {"findings": [_finding_json(found) for found in self.findings if only in (None, found.pid)]}

    def _log_json(self, found: Log) -> dict[str, Json]:
        inventory = self.dump.inventory
        uid_map, gid_map = found.id_maps
        own = inventory.dump_criu_run_id if inventory is not None else ""
        return {
            "name": display_safe(found.path.name),
            "criu": found.criu and display_safe(found.criu, 40),
            "kernel": found.kernel and display_safe(found.kernel, 60),
            "dump": found.dumping,
            "result": found.result.value,
            "cause": None
            if found.cause is None
            else {
                "pid": found.cause.pid,
                "text": display_safe(found.cause.text),
                "line": found.cause.number,
            },
            "lines": len(found.lines),
            "belongs": found.run_id == own if own and found.run_id else None,
            "uid_map": [[e.first, e.lower_first, e.count] for e in uid_map],
            "gid_map": [[e.first, e.lower_first, e.count] for e in gid_map],
        }

    def _summary_json(self) -> dict[str, Json]:
        facts = self.summary()
        return {
            "path": display_safe(str(self.dump.path)),
            "tasks": facts.tasks,
            "criu": facts.criu,
            "kernel": facts.kernel,
            "complete": facts.complete,
            "bytes": facts.size,
            "missing": list(facts.missing),
            "incremental": self.dump.incremental,
        }

    def _maps_json(self, pid: int) -> dict[str, Json]:
        rows = self.maps(pid).rows
        core = self.dump.core(pid)
        task = self.dump.tasks[self.dump.pids[pid]]
        return {
            "pid": pid,
            "ppid": task.ppid,
            "comm": self.comm(pid),
            "state": core.state_name,
            "vmas": [
                {
                    "start": row.vma.start,
                    "end": row.vma.end,
                    "prot": row.vma.prot,
                    "flags": row.vma.flags,
                    "status": row.vma.status,
                    "kind": row.kind.value,
                    "path": row.path or None,
                    "pgoff": row.vma.pgoff,
                }
                for row in rows
            ],
        }

    def _coverage_json(self, pid: int) -> dict[str, Json]:
        total = self.dump.pagemap(pid).total()
        return {
            "pid": pid,
            "comm": self.comm(pid),
            "vmas": [
                {
                    "start": row.vma.start,
                    "end": row.vma.end,
                    "pages": row.coverage.pages,
                    "present": row.coverage.present,
                    "parent": row.coverage.parent,
                    "lazy": row.coverage.lazy,
                    "absent": row.coverage.absent,
                }
                for row in self.coverage(pid).rows
            ],
            "present": total.present,
            "parent": total.parent,
            "lazy": total.lazy,
            "bytes": total.present * PAGE,
        }

    def _against_json(self, only: int | None, against: Criu) -> dict[str, Json]:
        other = self.restored_by(against)
        return {
            "criu": self.criu.version,
            "against": against.version,
            "tasks": [
                {
                    "pid": pid,
                    "comm": self.comm(pid),
                    "steps": [
                        {
                            "start": row.step.vma.start,
                            "end": row.step.vma.end,
                            "prot": row.step.vma.prot,
                            "requested_prot": int(row.step.requested_prot),
                            "against_requested_prot": int(row.other.requested_prot),
                            "charged": row.charged,
                            "against_charged": row.other_charged,
                            "reason": self.reason(row.step),
                            "against_reason": other.reason(row.other),
                        }
                        for row in self._difference_rows(pid, against)
                    ],
                }
                for pid in self.pids(only)
            ],
            "charged": self.budget.charged,
            "against_charged": other.budget.charged,
            "failure": self._failure_json(),
            "against_failure": other._failure_json(),
        }

    def _failure_json(self) -> Json:
        failure = self.budget.failure
        if failure is None:
            return None
        return {
            "pid": failure.step.pid,
            "start": failure.step.vma.start,
            "end": failure.step.vma.end,
            "action": failure.step.action.value,
            "needed": failure.needed,
            "limit": failure.limit,
        }

    def _counters_json(self, pid: int) -> dict[str, Json]:
        found = self.counters.get(pid)
        if found is None:
            return {"counters": {}, "batches": []}
        named: dict[str, Json] = dict(found.named())
        return {
            "counters": named,
            "batches": [[b.address, b.first_length, b.vectors] for b in found.batches],
        }

    def _plan_json(self, only: int | None, *, with_counters: bool) -> dict[str, Json]:
        host = self.host
        return {
            "criu": self.criu.version,
            "rule": self.criu.rule.mark.value,
            "host": {
                "overcommit": int(host.overcommit),
                "mem": host.mem,
                "swap": host.swap,
                "limit": host.limit,
                "committed": host.committed,
                "reserve": host.reserve,
            },
            "tasks": [
                {
                    "pid": pid,
                    "comm": self.comm(pid),
                    "steps": [self._step_json(step) for step in self.plan.by_pid[pid].steps],
                    **(self._counters_json(pid) if with_counters else {}),
                }
                for pid in self.pids(only)
            ],
            "charged": self.budget.charged,
            "peak": self.budget.peak,
            "failure": self._failure_json(),
        }

    def _step_json(self, step: Step) -> dict[str, Json]:
        return {
            "start": step.vma.start,
            "end": step.vma.end,
            "prot": step.vma.prot,
            "requested_prot": int(step.requested_prot),
            "action": step.action.value,
            "charged": self.budget.of(step).charged,
            "pages": step.pages,
            "reason": self.reason(step),
        }

    def _ids_json(self, only: int | None) -> dict[str, Json]:
        space = self.dump.user_namespace
        check = idmap.check_root(space.uid_map, space.gid_map) if space else None
        uid_map = space.uid_map if space else None
        gid_map = space.gid_map if space else None
        rows = list(owners(self.dump))
        tasks: list[Json] = [
            {
                "pid": row.pid,
                "comm": self.comm(row.pid),
                **_ids_of(row, uid_map, gid_map),
                "capabilities": capability_names(row.capabilities),
            }
            for row in rows
            if row.pid is not None and row.object.startswith("task ") and only in (None, row.pid)
        ]
        others: list[Json] = [
            {"object": display_safe(row.object), **_ids_of(row, uid_map, gid_map)}
            for row in rows
            if row.pid is None or not row.object.startswith("task ")
        ]
        return {
            "uid_map": [[e.first, e.lower_first, e.count] for e in uid_map or ()],
            "gid_map": [[e.first, e.lower_first, e.count] for e in gid_map or ()],
            "check": {
                "ok": check.ok if check else True,
                "reason": check.reason if check else "the tasks live in CRIU's own user namespace",
            },
            "tasks": tasks,
            "objects": others,
            "namespaces": [
                {
                    "kind": n.kind,
                    "id": n.id,
                    "tasks": list(n.pids),
                    "own": not n.shared_with_criu,
                    "detail": display_safe(n.detail),
                }
                for n in namespaces(self.dump)
            ],
        }

    # Text

    def text(
        self, pane: str, only: int | None = None, *, with_counters: bool = False, against: Criu | None = None
    ) -> Iterator[str]:
        """What a pane shows, as lines of plain text."""
        for problem in self.dump.problems if self.dump.has_images else ():
            yield f"warning: {display_safe(str(problem))}"
        if pane == "summary":
            yield from self.summary_lines()
        elif pane == "log":
            yield from self.log_lines().text()
        elif pane == "findings":
            for position, finding in enumerate(f for f in self.findings if only in (None, f.pid)):
                if position:
                    yield ""
                (_, title), *rest = self.finding_lines(finding)
                yield f"{finding.severity.value}: {title}"
                yield from (f"  {line}" for _, line in rest)
            if not self.findings:
                yield "nothing wrong found"
        elif pane == "ids":
            yield from self.ids().text()
        elif not self.dump.tasks:
            yield "no tasks in this dump; --print findings says what is wrong"
        else:
            for position, pid in enumerate(self.pids(only)):
                if position:
                    yield ""
                if pane == "maps":
                    yield from self.maps(pid).titled_text()
                elif pane == "coverage":
                    yield from self.coverage(pid).titled_text()
                elif against is not None:
                    yield from self.differences(pid, against).titled_text()
                else:
                    yield from self.steps(pid).titled_text()
                    if with_counters:
                        yield from self.counter_lines(pid)

    def counter_lines(self, pid: int) -> Iterator[str]:
        """Counters and preadv batches as restore.log prints them."""
        found = self.counters.get(pid)
        if found is None:
            return
        yield ", ".join(f"{name} {value}" for name, value in found.named().items())
        if found.unread is not None:
            yield f"warning: not all pages could be compared: {display_safe(str(found.unread))}"
        for batch in found.batches:
            first = f"{address(batch.address)}, {size(batch.first_length)}"
            yield f"preadv of {counted(batch.vectors, 'vector')}, the first at {first}"

    def summary(self) -> Summary:
        return summary(self.dump)

    def summary_lines(self) -> Iterator[str]:
        facts = self.summary()
        yield f"dump     {display_safe(str(self.dump.path))}"
        yield f"written  by CRIU {facts.criu or 'unknown'} on Linux {facts.kernel or 'unknown'}"
        yield f"holds    {counted(facts.tasks, 'task')}, {counted(facts.files, 'file')}, {size(facts.size)}"
        if self.dump.incremental:
            yield "parent   this dump is incremental"
        for name in facts.missing:
            yield f"missing  {display_safe(name)}"
        for tone, line in (*self.plan_notes(), *self.id_notes()):
            yield f"{'error    ' if tone is Tone.ERROR else '         '}{line}"


@dataclass(frozen=True, slots=True)
class Summary:
    """A dump in a few numbers; size in bytes on disk as the listing has it."""

    tasks: int
    files: int
    size: int
    criu: str | None
    kernel: str | None
    complete: bool
    missing: tuple[str, ...]


def summary(dump: Dump) -> Summary:
    """What a dump holds and what of it is missing."""
    header = logs.header(dump.path / "dump.log")
    missing = tuple(missing_images(dump))
    total = 0
    for name in dump.files_listed:
        try:
            total += (dump.path / name).lstat().st_size
        except OSError:
            continue
    return Summary(
        len(dump.tasks),
        len(dump.files_listed),
        total,
        header.criu and display_safe(header.criu, 40),
        header.kernel and display_safe(header.kernel, 80),
        not missing and not dump.problems,
        missing,
    )


def missing_images(dump: Dump) -> Iterator[str]:
    """Names of images that a restore needs and the directory lacks."""
    wanted = ["inventory.img", "pstree.img"]
    if "reg-files.img" not in dump.files_listed:
        wanted.append("files.img")
    for task in dump.tasks:
        wanted += (f"core-{tid}.img" for tid in task.threads or (task.pid,))
        if dump.core(task.pid).alive:
            wanted += (f"mm-{task.pid}.img", f"pagemap-{task.pid}.img")
            pages_id = dump.pagemap(task.pid).pages_id
            if dump.pagemap(task.pid).present_pages:
                wanted.append(f"pages-{pages_id}.img")
    yield from (name for name in wanted if name not in dump.files_listed)


def host_id(extents: idmap.IdMap | None, inside: int) -> int | None:
    """The id on the host; the same number when there is no map."""
    return inside if extents is None else idmap.to_host(extents, inside)


def _host_text(extents: idmap.IdMap | None, inside: int) -> str:
    found = host_id(extents, inside)
    return "none" if found is None else str(found)


def _other_ids(row: Owner) -> str:
    """Ids that differ from the object's uid and gid, and all groups."""
    odd = [f"{role} {found}" for role, found in row.other_uids if found != row.uid]
    odd += [f"{role} {found}" for role, found in row.other_gids if role == "group" or found != row.gid]
    return " ".join(odd)


def _ids_of(row: Owner, uid_map: idmap.IdMap | None, gid_map: idmap.IdMap | None) -> dict[str, Json]:
    named: dict[str, Json] = {role: found for role, found in (*row.other_uids, *row.other_gids) if role != "group"}
    return {
        "uid": row.uid,
        "host_uid": host_id(uid_map, row.uid),
        "gid": row.gid,
        "host_gid": host_id(gid_map, row.gid),
        **named,
        "groups": [found for role, found in row.other_gids if role == "group"],
    }


def _span_columns(rows: Sequence[R], vma: Callable[[R], Vma]) -> tuple[Column[R], Column[R]]:
    # The odd vsyscall page is let stick out, so that the rest need not be as wide.
    width = max((len(address(vma(row).end)) for row in rows if vma(row).end < 1 << 63), default=12)
    return (
        Column("Start", lambda r: address(vma(r).start), width, sort=lambda r: vma(r).start),
        Column("End", lambda r: address(vma(r).end), width, sort=lambda r: vma(r).end),
    )


def _size_column(length: Callable[[R], int]) -> Column[R]:
    return Column("Size", lambda r: size(length(r)), 9, right=True, sort=length, weight=1)


def _flags_cell(row: MapRow) -> str:
    return " ".join(name.lower() for name in flag_names(row.vma.flags))


_COUNTS: tuple[tuple[str, Callable[[CoverageRow], int]], ...] = (
    ("Pages", lambda r: r.coverage.pages),
    ("Present", lambda r: r.coverage.present),
    ("Parent", lambda r: r.coverage.parent),
    ("Lazy", lambda r: r.coverage.lazy),
    ("Absent", lambda r: r.coverage.absent),
)


def _count_cell(get: Callable[[CoverageRow], int]) -> Callable[[CoverageRow], str]:
    return lambda row: number(get(row))


def _count_width(title: str, rows: Sequence[CoverageRow], get: Callable[[CoverageRow], int]) -> int:
    return max(len(title), len(number(max(map(get, rows), default=0))))


def _share(row: CoverageRow) -> int:
    """Parts in ten thousand of the VMA's pages that are dumped."""
    return row.coverage.dumped * 10_000 // row.coverage.pages if row.coverage.pages else 0


def _share_cell(row: CoverageRow) -> str:
    if not row.coverage.dumped:
        return "-"
    share = _share(row)
    return "<0.1%" if share < 10 else f"{share / 100:.0f}%" if share >= 1000 else f"{share / 100:.1f}%"


def _prot_change(row: PlanRow) -> str:
    before, after = prot_text(row.step.vma.prot), prot_text(row.step.requested_prot)
    return before if row.step.action is Action.NONE else f"{before}→{after}"


def _plan_tone(row: PlanRow) -> Tone:
    if row.charge.refusal is not None:
        return Tone.ERROR
    if row.step.write_added and row.charge.charged and not row.step.pages:
        return Tone.WARNING
    return Tone.DIM if row.step.action is Action.NONE else Tone.PLAIN


def _asked(step: Step) -> str:
    return f"{prot_text(step.requested_prot)} {step.action.value}"


def _difference(count: int) -> str:
    return f"{'+' if count > 0 else '-' if count < 0 else ''}{size(abs(count))}"


def _representative(mark: Mark) -> Criu:
    """A CRIU that has a rule."""
    if mark is Mark.NEEDED:
        return Criu(mark.value, NEEDED)
    rule = next(rule for rule in RULES if rule.mark is mark)
    return Criu(rule.releases, rule)


def _first_span(line: LogLine, spans: Sequence[Span]) -> Span | None:
    where = logs.place_in(line, spans)
    return None if where is None else Span(where, where + 1)


def _log_tone(row: LogRow) -> Tone:
    if row.line.noise:
        return Tone.DIM
    return {logs.Level.ERROR: Tone.ERROR, logs.Level.WARNING: Tone.WARNING}.get(row.line.level, Tone.PLAIN)


def _finding_json(finding: Finding) -> dict[str, Json]:
    return {
        "id": finding.id,
        "severity": finding.severity.value,
        "title": finding.title,
        "pid": finding.pid,
        "start": finding.start,
        "end": finding.end,
        "why": finding.why,
        "advice": finding.advice,
        "releases": finding.releases,
    }


_RESULTS = {
    logs.Result.SUCCESS: "finished successfully",
    logs.Result.FAILED: "failed",
    logs.Result.CUT: "without a last word: it crashed, was killed, or still runs",
}
_SEVERITY_TONES = {Severity.ERROR: Tone.ERROR, Severity.WARNING: Tone.WARNING, Severity.NOTE: Tone.NOTE}

_MARKS = {Tone.ERROR: "FAILS", Tone.WARNING: "waste", Tone.NOTE: "", Tone.PLAIN: "", Tone.DIM: ""}

_KIND_TONES = {Kind.GUARD: Tone.DIM, Kind.VSYSCALL: Tone.DIM}

_LABEL = "pagemap entry  "


def _draw(vma: Vma, entry: Span) -> Iterator[str]:
    """Two spans on one scale of order, not of size: which begins first, and whether they share an address."""
    above = f"[{address(vma.start)} ──────── {address(vma.end)})"
    below = f"[{address(entry.start)} ─ {address(entry.end)})"
    note = f"  {prot_text(vma.prot)} {size(vma.size)}"
    if entry.overlaps(vma.span):
        lead, words = (0 if entry.start <= vma.start else 6), "overlaps: these pages lie inside"
        top = 2 if entry.start < vma.start else 0
    elif entry.start == vma.end:
        lead, words, top = len(above) - 1, "touches, does not overlap", 0
    elif entry.start > vma.end:
        lead, words, top = len(above) + 3, "lies above", 0
    else:
        lead, words, top = 0, "lies below; no entry above", len(below) + 2
        if entry.end == vma.start:
            words, top = "touches from below; no entry above", len(below) - 1
    yield f"{'VMA':>{len(_LABEL) - 2}}  {' ' * top}{above}{note}"
    yield f"{_LABEL}{' ' * lead}{below}"
    yield f"{' ' * (len(_LABEL) + lead)}▲ {words}"
