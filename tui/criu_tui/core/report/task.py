"""Everything about one task, as groups of facts: state, credentials, command line, threads, signals, limits."""

from __future__ import annotations

import functools
import operator
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from criu_tui.core.base import linux
from criu_tui.core.base.span import Span
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import address, counted, size
from criu_tui.core.dump import limits, seccomp
from criu_tui.core.dump.cgroups import memberships
from criu_tui.core.dump.descriptors import directories
from criu_tui.core.dump.mapped_file import elf_place
from criu_tui.core.dump.namespaces import KINDS, ids_of, numbers_of
from criu_tui.core.dump.task_words import (
    credential_words,
    limit_text,
    scheduling,
    seconds_text,
    signal_text,
    thread_words,
)
from criu_tui.core.dump.threads import threads
from criu_tui.core.dump.tree import tree_comes
from criu_tui.core.pages.backtrace import backtrace, signal_returns
from criu_tui.core.pages.elf_at_hand import ElfFiles
from criu_tui.core.pages.instructions import code_around, installed, instructions, known
from criu_tui.core.pages.memory import Memory, arguments, environment
from criu_tui.core.pages.symbols import symbol_text
from criu_tui.core.report import task_json
from criu_tui.core.report.titles import no_task, task_name
from criu_tui.core.source.error import NOT_YET
from criu_tui.core.tables.table import Column, Table, Tone, widest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from criu_tui.core.base.json import Json
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.registers import Registers
    from criu_tui.core.dump.threads import Thread
    from criu_tui.core.report.report import Report

THREADS_IN_FULL = 64
"""Threads whose registers and calls are told at once; the others in a line each."""
FRAMES_SHOWN = 64
HIDDEN = "•••"
"""In place of a value of the environment until somebody asks for it."""
VALUE_SHOWN = 1000
"""Characters of one value."""


_Told: TypeAlias = tuple[str, str, int | None, Tone]
"""Name and value of a fact as in the dump, the address that it speaks of, its tone."""


class Fact(NamedTuple):
    """One fact of a task; its text is safe to show."""

    pid: int
    group: str
    name: str
    value: str
    where: int | None = None
    """The address that it speaks of."""
    tone: Tone = Tone.PLAIN


_GROUP: Callable[[Fact], str] = operator.attrgetter("group")
_NAME: Callable[[Fact], str] = operator.attrgetter("name")
_VALUE: Callable[[Fact], str] = operator.attrgetter("value")


def table(report: Report, pid: int, *, values: bool = True) -> Table[Fact]:
    """All that is known of a task; `values` shows those of the environment too."""
    rows = tuple(_facts(report, pid, values=values)) if pid in report.dump.pids else ()
    hidden = None if values else HIDDEN
    return Table(
        f"Task {task_name(report, pid)}" if pid in report.dump.pids else f"Task: {no_task(report)}",
        (
            Column("About", _GROUP, widest("About", set(map(_GROUP, rows)))),
            # Of a long name of the environment a part has to do where its value needs the room.
            Column("Fact", _NAME, widest("Fact", set(map(_NAME, rows))), least=20),
            Column("Value", _VALUE, widest("Value", set(map(_VALUE, rows)))),
            *(report.against.of_facts(pid, lambda r: (r.group, r.name), hidden=hidden) if report.against else ()),
        ),
        rows,
        lambda r: (r.pid, None if r.where is None else Span(r.where, r.where + 1)),
        lambda r: r.tone,
        total=counted(len(rows), "fact"),
        empty=f"nothing of task {pid} can be read" if report.dump.tasks else report.no_memory(pid),
        linked=True,
    )


def _facts(report: Report, pid: int, *, values: bool) -> Iterator[Fact]:
    of_task = threads(report.dump, pid)
    for group, found in (
        ("task", _task(report, pid)),
        ("command line", _arguments(report.dump, pid)),
        ("environment", _environment(report.dump, pid, values=values)),
        ("credentials", _credentials(of_task, pid)),
        ("threads", _threads(report, of_task, pid)),
        ("signals", _signals(report.dump, pid)),
        ("timers", _timers(report.dump, pid)),
        ("limits", _limits(report.dump, pid)),
        ("seccomp", _seccomp(report.dump, of_task, pid)),
        ("memory", _memory(report, pid)),
        ("cgroups", _cgroups(report.dump, of_task, pid)),
        ("namespaces", _namespaces(report.dump, pid)),
    ):
        for name, value, where, tone in found:
            yield Fact(pid, group, _safe_name(name), display_safe(value, VALUE_SHOWN), where, tone)
    for group, (name, value, where, tone) in _registers(report, of_task, pid):
        yield Fact(pid, group, _safe_name(name), display_safe(value, VALUE_SHOWN), where, tone)


_safe_name = functools.lru_cache(1024)(display_safe)
"""All tasks have facts of the same names."""


def _fact(name: str, value: str, where: int | None = None, tone: Tone = Tone.PLAIN) -> _Told:
    return name, value, where, tone


def _task(report: Report, pid: int) -> Iterator[_Told]:
    dump = report.dump
    task, core = dump.tasks[dump.pids[pid]], dump.core(pid)
    entry = dump.core_entry(pid)
    yield _fact("name", core.comm or "?")
    yield _fact("state", core.state_name)
    yield _fact("pid", str(pid))
    if not tree_comes(dump):
        yield _fact("parent", str(task.ppid) if task.ppid else "none in the dump")
        yield _fact("group", str(task.pgid))
        yield _fact("session", str(task.sid))
    if core.arch is not None:
        yield _fact("architecture", core.arch)
    held = directories(dump, pid)
    if held is not None:
        for name, number in (("cwd", held.cwd_id), ("root", held.root_id)):
            file = dump.files.get(number)
            yield _fact(name, file.path or "" if file is not None else dump.unlisted(f"{number:#x}"))
    exe = dump.files.get(dump.address_space(pid).exe_file_id or 0)
    if exe is not None:
        yield _fact("exe", exe.path or "")
    if held is not None and held.umask is not None:
        yield _fact("umask", f"{held.umask:04o}")
    if entry is None or not entry.HasField("tc"):
        return
    tc = entry.tc
    if not core.alive:
        yield _fact("ended", linux.ended(tc.exit_code))
    yield _fact("personality", f"{tc.personality:#x}")
    yield _fact("flags", f"{tc.flags:#x}")
    for name, words in (
        ("stopped by", linux.signal_name(tc.stop_signo) if tc.stop_signo else ""),
        ("oom score adj", str(tc.oom_score_adj) if tc.HasField("oom_score_adj") else ""),
        ("login uid", "never set" if core.loginuid == 0xFFFFFFFF else str(core.loginuid or "")),
        ("child subreaper", "yes" if tc.child_subreaper else ""),
        ("membarrier", f"{tc.membarrier_registration_mask:#x}" if tc.membarrier_registration_mask else ""),
    ):
        if words:
            yield _fact(name, words)


def _arguments(dump: Dump, pid: int) -> Iterator[_Told]:
    found = arguments(dump, pid)
    layout = dump.address_space(pid).layout
    where = None if layout is None else layout.arguments.start
    if found is None:
        if layout is not None:
            yield _fact("", _no_pages(dump), where, Tone.DIM)
        return
    for index, each in enumerate(found):
        yield _fact(f"{index}", _text(each), where if index == 0 else None)


def _no_pages(dump: Dump) -> str:
    return NOT_YET if dump.arriving else "not in the dumped pages"


def _environment(dump: Dump, pid: int, *, values: bool) -> Iterator[_Told]:
    found = environment(dump, pid)
    if found is None:
        if dump.address_space(pid).layout is not None:
            yield _fact("", _no_pages(dump), None, Tone.DIM)
        return
    for each in found:
        name, _, value = _text(each).partition("=")
        yield _fact(name, value if values else HIDDEN)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _credentials(found: Sequence[Thread], pid: int) -> Iterator[_Told]:
    own = next((each for each in found if each.tid == pid), None)
    if own is None or own.credentials is None:
        return
    yield from (_fact(name, words) for name, words in credential_words(own.credentials))
    for each in found:
        if each is not own and each.credentials is not None and each.credentials != own.credentials:
            differs = dict(credential_words(each.credentials)).items() - dict(credential_words(own.credentials)).items()
            yield _fact(f"thread {each.tid}", "; ".join(f"{name} {words}" for name, words in sorted(differs)))


def _threads(report: Report, found: Sequence[Thread], pid: int) -> Iterator[_Told]:
    for each in found:
        own = each.registers
        pc = None if own is None else own.value(own.pc)
        at = "" if pc is None else f"at {place_text(report, pid, pc)}"
        yield _fact(str(each.tid), "  ".join(filter(None, (each.comm or "", scheduling(each), at))), pc)
        for name, words, where in thread_words(each):
            yield _fact(f"{each.tid} {name}", words, where)


def _signals(dump: Dump, pid: int) -> Iterator[_Told]:
    waiting = limits.pending(dump, pid)
    if waiting:
        yield _fact("pending", " ".join(map(signal_text, waiting)))
    actions = limits.actions(dump, pid)
    ignored = [each.signal for each in actions if each.handler == limits.SIG_IGN]
    if ignored:
        yield _fact("ignored", " ".join(map(linux.signal_name, ignored)))
    for each in actions:
        if each.handler not in (limits.SIG_DFL, limits.SIG_IGN):
            flags = " ".join(linux.bits(each.flags, linux.SIGACTION_FLAGS))
            blocks = f", blocks {' '.join(linux.signal_names(each.mask))}" if each.mask else ""
            yield _fact(linux.signal_name(each.signal), f"{address(each.handler)} {flags}{blocks}", each.handler)


def _timers(dump: Dump, pid: int) -> Iterator[_Told]:
    for each in limits.timers(dump, pid):
        words = [f"{each.clock}", f"expires in {seconds_text(each.left)}" if each.left else "not running"]
        if each.interval:
            words.append(f"every {seconds_text(each.interval)}")
        words.append("no signal" if each.signal is None else linux.signal_name(each.signal))
        if each.overrun:
            words.append(f"overrun {each.overrun}")
        yield _fact(each.name, ", ".join(words))


def _limits(dump: Dump, pid: int) -> Iterator[_Told]:
    for each in limits.limits(dump, pid):
        soft, hard = limit_text(each.soft, each.unit), limit_text(each.hard, each.unit)
        yield _fact(each.name, soft if soft == hard else f"{soft}, at most {hard}")


def _seccomp(dump: Dump, found: Sequence[Thread], pid: int) -> Iterator[_Told]:
    for each in found:
        if not each.seccomp_mode:
            continue
        name = {1: "strict", 2: "filter"}.get(each.seccomp_mode, str(each.seccomp_mode))
        chain = seccomp.filters(dump, each.seccomp_filter)
        yield _fact(str(each.tid), f"{name}, {counted(len(chain), 'filter')}" if chain else name)
        if each.tid == pid:
            for own in chain:
                yield _fact(f"filter {own.number}", f"{counted(own.instructions, 'instruction')}, flags {own.flags:#x}")
                yield from (_fact("", line) for line in seccomp.lines(own.program))


def _memory(report: Report, pid: int) -> Iterator[_Told]:
    layout = report.dump.address_space(pid).layout
    if layout is None:
        return
    for name in ("code", "data", "brk", "arguments", "environment"):
        span: Span = getattr(layout, name)
        yield _fact(name, f"{address(span.start)}-{address(span.end)}  {size(span.size)}", span.start)
    stack = report.dump.address_space(pid).start_stack
    if stack is not None:
        yield _fact("stack", address(stack), stack)
    if layout.dumpable is not None:
        yield _fact("dumpable", str(layout.dumpable))
    if layout.thp_disabled:
        yield _fact("huge pages", "disabled")


def _cgroups(dump: Dump, found: Sequence[Thread], pid: int) -> Iterator[_Told]:
    own = next((each for each in found if each.tid == pid), None)
    for each in memberships(dump, None if own is None else own.cgroup_set):
        yield _fact(each.controller or "unified", each.path)


def _namespaces(dump: Dump, pid: int) -> Iterator[_Told]:
    ids = ids_of(dump, pid)
    if ids is None:
        return
    own = dump.inventory.root_ids if dump.inventory is not None and dump.inventory.HasField("root_ids") else None
    for kind, value in zip(KINDS, numbers_of(ids), strict=True):
        if value:
            shared = own is not None and getattr(own, f"{kind}_ns_id") == value
            yield _fact(kind, f"{value}, CRIU's own: not in the dump" if shared else str(value))


def _registers(report: Report, of_task: Sequence[Thread], pid: int) -> Iterator[tuple[str, _Told]]:
    """Of each thread: its calls, then its registers."""
    found = [each for each in of_task[:THREADS_IN_FULL] if each.registers is not None]
    if not found:
        return
    with Memory(report.dump, pid) as memory, ElfFiles(report.dump) as files:
        for each in found:
            assert each.registers is not None
            found_calls = backtrace(memory, each.registers, signal_returns(report.dump, pid))
            for index, frame in zip(range(FRAMES_SHOWN), found_calls, strict=False):
                guessed = " (by its return address)" if frame.guessed else ""
                words = f"{place_text(report, pid, frame.pc, named=True)}{guessed}"
                yield f"calls {each.tid}", _fact(f"#{index}", words, frame.pc)
            for told in _instructions(report.dump, each.registers, memory, files):
                yield f"instructions {each.tid}", told
            for name, value in each.registers.values:
                held = memory.vma(value) is not None
                words = f"{value:#018x}  {place_text(report, pid, value)}" if held else f"{value:#018x}"
                yield f"registers {each.tid}", _fact(name, words, value if held else None)


def _instructions(dump: Dump, own: Registers, memory: Memory, files: ElfFiles) -> Iterator[_Told]:
    """Those around the program counter, where their bytes are to be had and somebody can tell them."""
    pc = own.value(own.pc)
    code = code_around(memory, dump, pc, files) if known(own.arch) else None
    if code is None:
        return
    if not installed():
        yield _fact("", "shown with: pip install criu-tui[disassembly]", tone=Tone.DIM)
    for each in instructions(own.arch, code, pc):
        name = f"{'>' if each.address == pc else ' '}{each.address - pc:+d}"
        yield _fact(name, f"{address(each.address)}  {each.text}", each.address)


def place_text(report: Report, pid: int, where: int, *, named: bool = False) -> str:
    """An address with the file and offset that is mapped there, or the kind of its memory; perhaps with its symbol."""
    space = report.dump.address_space(pid)
    index = space.at(where)
    if index is None:
        return address(where)
    vma = space.vmas[index]
    found = elf_place(report.dump, pid, vma, where)
    if found is None:
        return f"{address(where)} {space.kind(vma).value}+{where - vma.start:#x}"
    symbol = symbol_text(report.dump, found) if named else ""
    return f"{address(where)} {display_safe(found.name)}+{found.offset:#x} {display_safe(symbol)}".rstrip()


def json(report: Report, only: int | None) -> dict[str, Json]:
    """Every task with all that is known of it."""
    return {"tasks": [task_json.task(report, pid) for pid in report.pids(only)]}
