"""What a task is besides its memory and files, as facts by name: two checkpoints differ where their facts do.

Left out is what no restore brings back and every dump writes anew: the time that a timer has left, the kernel's own
flags of a task, the bounds of the heap, which its VMA tells.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from criu_tui.core.base import linux
from criu_tui.core.base.units import address, counted
from criu_tui.core.dump import limits, seccomp
from criu_tui.core.dump.cgroups import memberships
from criu_tui.core.dump.descriptors import directories
from criu_tui.core.dump.listed import of_stem
from criu_tui.core.dump.task_words import (
    credential_words,
    limit_text,
    scheduling,
    seconds_text,
    signal_text,
    thread_words,
)
from criu_tui.core.dump.threads import cgroup_set, thread
from criu_tui.core.pages.differences.difference import Topic
from criu_tui.core.pages.memory import started_with

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.threads import Thread
    from criu_tui.core.images.schema import core_pb2

LEADER = "main thread"
"""What is said of the thread of a task's own PID, which may be another in each checkpoint."""


class FactName(NamedTuple):
    """Which fact of a task; text is as in the dump."""

    topic: Topic
    name: str
    whole: FactName | None = None
    """The thread, or the settings of a namespace, that it belongs to: where that is new or gone, only that is told."""


Fact: TypeAlias = tuple[tuple[Topic, str] | FactName, str]
"""What names a fact, and its words: of most tasks all are the same in both checkpoints, and none is looked up."""


def by_name(facts: Iterable[Fact]) -> dict[FactName, str]:
    """The words of each fact."""
    return {FactName(*name): words for name, words in facts}


class Alike(NamedTuple):
    """What of a task is the same in both checkpoints: facts that follow from it alone are too, and need no words."""

    threads: frozenset[str]
    """The names of threads, as facts have them, whose core images are equal."""
    layout: bool
    """Whether code, data, arguments and environment lie at the same addresses."""


def alike(dump: Dump, pid: int, other: Dump, other_pid: int) -> Alike:
    """What is the same of a task and its counterpart."""
    layout = dump.address_space(pid).layout == other.address_space(other_pid).layout
    if _has_older_images(dump) or _has_older_images(other):
        return Alike(frozenset(), layout)
    theirs = {_called(tid, other_pid): tid for tid in other.threads(other_pid)}
    same = (
        name
        for tid in dump.threads(pid)
        if (name := _called(tid, pid)) in theirs and _are_equal(dump.core_entry(tid), other.core_entry(theirs[name]))
    )
    return Alike(frozenset(same), layout)


def _are_equal(entry: core_pb2.core_entry | None, other: core_pb2.core_entry | None) -> bool:
    # Two checkpoints hold once what is equal; protobuf itself compares a message with itself field by field.
    return entry is other or entry == other


_OLDER = ("creds", "itimers", "posix-timers", "rlimit", "sigacts", "signal", "signal-p", "signal-s")
"""Stems of names of images that tell of threads what their core images tell today."""


def _has_older_images(dump: Dump) -> bool:
    return dump.once("older images", lambda: any(of_stem(dump, stem) for stem in _OLDER))


def _called(tid: int, pid: int) -> str:
    return LEADER if tid == pid else f"thread {tid}"


def facts(dump: Dump, pid: int, called: Mapping[int, int], known: Alike) -> list[Fact]:
    """The facts of a task in words but those that are alike in both checkpoints.

    `called` are the PIDs of the tasks of both, as the first has them.
    """
    found: list[Fact] = []
    task, groups = (Topic.TASK, _task(dump, pid, called, known)), (Topic.CGROUP, _cgroups(dump, pid))
    told = [task, groups]
    if LEADER not in known.threads:
        told = [(Topic.TASK, _state(dump, pid)), task, (Topic.TASK, _core(dump, pid)), *_of_process(dump, pid), groups]
    for topic, parts in told:
        found += [((topic, name), words) for name, words in parts]
    for tid in dump.threads(pid):
        name = _called(tid, pid)
        if name not in known.threads:
            found += _thread(dump, thread(dump, tid), name)
        elif _filtered(dump.core_entry(tid)):
            found.append(((Topic.SECCOMP, name), _seccomp(dump, thread(dump, tid))))
    return found


def _of_process(dump: Dump, pid: int) -> tuple[tuple[Topic, Iterator[tuple[str, str]]], ...]:
    return (
        (Topic.LIMIT, _limits(dump, pid)),
        (Topic.SIGNAL, _signals(dump, pid)),
        (Topic.TIMER, _timers(dump, pid)),
    )


def _filtered(entry: core_pb2.core_entry | None) -> bool:
    """Whether a thread has seccomp filters: its core image has their number, seccomp.img their programs."""
    return entry is not None and bool(entry.thread_core.seccomp_mode or entry.tc.old_seccomp_mode)


def _state(dump: Dump, pid: int) -> Iterator[tuple[str, str]]:
    core = dump.core(pid)
    yield "name", core.comm or ""
    yield "state", core.state_name


def _task(dump: Dump, pid: int, called: Mapping[int, int], known: Alike) -> Iterator[tuple[str, str]]:
    task = dump.tasks[dump.pids[pid]]
    for name, number in (("parent", task.ppid), ("group", task.pgid), ("session", task.sid)):
        yield name, str(called.get(number, number))
    held = directories(dump, pid)
    if held is not None:
        for name, number in (("cwd", held.cwd_id), ("root", held.root_id)):
            file = dump.files.get(number)
            yield name, "" if file is None else file.path or ""
        if held.umask is not None:
            yield "umask", f"{held.umask:04o}"
    exe = dump.files.get(dump.address_space(pid).exe_file_id or 0)
    if exe is not None:
        yield "exe", exe.path or ""
    layout = dump.address_space(pid).layout
    if layout is not None and not known.layout:
        for name in ("code", "data", "arguments", "environment"):
            yield f"{name} addresses", "{}-{}".format(*map(address, getattr(layout, name)))
        yield "dumpable", "" if layout.dumpable is None else str(layout.dumpable)
        yield "huge pages", "disabled" if layout.thp_disabled else ""


def _core(dump: Dump, pid: int) -> Iterator[tuple[str, str]]:
    core, entry = dump.core(pid), dump.core_entry(pid)
    if entry is None or not entry.HasField("tc"):
        return
    tc = entry.tc
    yield "ended", "" if core.alive else linux.ended(tc.exit_code)
    yield "personality", f"{tc.personality:#x}"
    yield "stopped by", linux.signal_name(tc.stop_signo) if tc.stop_signo else ""
    yield "oom score adj", str(tc.oom_score_adj) if tc.HasField("oom_score_adj") else ""
    yield "login uid", "" if core.loginuid in (None, 0xFFFFFFFF) else str(core.loginuid)
    yield "child subreaper", "yes" if tc.child_subreaper else ""
    yield "membarrier", f"{tc.membarrier_registration_mask:#x}" if tc.membarrier_registration_mask else ""


def handed_over(dump: Dump, pid: int, other: Dump, other_pid: int) -> Iterator[tuple[list[Fact], list[Fact]]]:
    """Arguments and environment that a task and its counterpart were started with, where both are known and differ."""
    both = (started_with(one, own, "arguments", "environment") for one, own in ((dump, pid), (other, other_pid)))
    for ours, theirs, told in zip(*both, (_command_line, _variables), strict=True):
        if ours is not None and theirs is not None and ours != theirs:
            yield told(ours), told(theirs)


def _command_line(arguments: Iterable[bytes]) -> list[Fact]:
    return [((Topic.COMMAND_LINE, ""), " ".join(map(_text, arguments)))]


def _variables(environment: Iterable[bytes]) -> list[Fact]:
    """By name."""
    parts = (_text(each).partition("=") for each in environment)
    return [((Topic.ENVIRONMENT, name), value) for name, equals, value in parts if equals]


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _limits(dump: Dump, pid: int) -> Iterator[tuple[str, str]]:
    for each in limits.limits(dump, pid):
        soft, hard = limit_text(each.soft, each.unit), limit_text(each.hard, each.unit)
        yield each.name, soft if soft == hard else f"{soft}, at most {hard}"


def _signals(dump: Dump, pid: int) -> Iterator[tuple[str, str]]:
    for each in limits.pending(dump, pid):
        yield f"pending {signal_text(each)}", "pending"
    for action in limits.actions(dump, pid):
        name = linux.signal_name(action.signal)
        if action.handler == limits.SIG_DFL:
            yield name, "default"
        elif action.handler == limits.SIG_IGN:
            yield name, "ignored"
        else:
            flags = " ".join(linux.bits(action.flags, linux.SIGACTION_FLAGS))
            blocks = f", blocks {' '.join(linux.signal_names(action.mask))}" if action.mask else ""
            yield name, f"{address(action.handler)} {flags}{blocks}"


def _timers(dump: Dump, pid: int) -> Iterator[tuple[str, str]]:
    for each in limits.timers(dump, pid):
        words = [each.clock, "running" if each.left else "not running"]
        if each.interval:
            words.append(f"every {seconds_text(each.interval)}")
        words.append("no signal" if each.signal is None else linux.signal_name(each.signal))
        yield each.name, ", ".join(words)


def _cgroups(dump: Dump, pid: int) -> Iterator[tuple[str, str]]:
    entry = dump.core_entry(pid) if pid in dump.threads(pid) else None
    for each in memberships(dump, cgroup_set(entry)):
        yield each.controller or "unified", each.path


def _thread(dump: Dump, thread: Thread, called: str) -> Iterator[tuple[FactName, str]]:
    own = FactName(Topic.THREAD, called)
    # The main thread is there as long as its task is.
    before, whole = ("", None) if called == LEADER else (f"{called} ", own)
    yield own, "is there"
    if called != LEADER:
        yield FactName(Topic.THREAD, f"{called} name", whole), thread.comm or ""
    yield FactName(Topic.THREAD, f"{called} scheduling", whole), scheduling(thread)
    for name, words, _ in thread_words(thread):
        topic = Topic.SIGNAL if name in ("blocks", "pending", "signal stack") else Topic.THREAD
        yield FactName(topic, f"{called} {name}", whole), words
    if thread.credentials is not None:
        for name, words in credential_words(thread.credentials):
            yield FactName(Topic.CREDENTIALS, f"{before}{name}", whole), words
    yield FactName(Topic.SECCOMP, called, whole), _seccomp(dump, thread)
    if thread.registers is not None:
        for name, value in thread.registers.values:
            yield FactName(Topic.REGISTERS, f"{called} {name}", whole), f"{value:#x}"


def _seccomp(dump: Dump, thread: Thread) -> str:
    """The mode and the filters, which are told apart by their programs."""
    if not thread.seccomp_mode:
        return ""
    chain = seccomp.filters(dump, thread.seccomp_filter)
    name = {1: "strict", 2: "filter"}.get(thread.seccomp_mode, str(thread.seccomp_mode))
    programs = hashlib.blake2b(b"".join(each.program for each in chain), digest_size=4).hexdigest()
    return f"{name}, {counted(len(chain), 'filter')} {programs}" if chain else name
