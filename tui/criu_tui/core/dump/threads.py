"""The threads of a task: name, registers, signals, scheduling, and what the kernel keeps for each of them."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.dump.credentials import Credentials, credentials_of
from criu_tui.core.dump.registers import Registers, registers
from criu_tui.core.images import kinds
from criu_tui.core.images.messages import text_of
from criu_tui.core.images.schema import signals_pb2

if TYPE_CHECKING:
    from collections.abc import Iterable

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.images.schema import core_pb2

_SIGINFO = struct.Struct("<iii")


class Signal(NamedTuple):
    """A signal that waits: number, errno and si_code of its siginfo_t."""

    number: int
    errno: int
    code: int


class Rseq(NamedTuple):
    """Restartable sequences of a thread (rseq(2))."""

    pointer: int
    size: int
    signature: int
    critical_section: int


class Thread(NamedTuple):
    """One thread; what an image does not say is None."""

    tid: int
    comm: str | None
    """As in the dump."""
    registers: Registers | None
    blocked: int | None
    """Set of signals."""
    pending: tuple[Signal, ...]
    policy: int | None
    nice: int | None
    priority: int | None
    parent_death_signal: int
    alternate_stack: tuple[int, int, int] | None
    """Address, bytes, flags (sigaltstack(2))."""
    robust_list: tuple[int, int] | None
    """Address and bytes (get_robust_list(2)); None without one."""
    rseq: Rseq | None
    seccomp_mode: int
    seccomp_filter: int | None
    """Index of its filter in seccomp.img."""
    timer_slack: int | None
    """Nanoseconds."""
    cgroup_set: int | None
    credentials: Credentials | None


def threads(dump: Dump, pid: int) -> tuple[Thread, ...]:
    """The threads of a task in image order, its main thread among them."""
    return tuple(thread(dump, tid) for tid in dump.threads(pid))


def thread(dump: Dump, tid: int) -> Thread:
    """One thread, from its core image."""
    return dump.each(_thread)[tid]


def _thread(dump: Dump, tid: int) -> Thread:
    entry = dump.core_entry(tid)
    own = entry.thread_core if entry is not None and entry.HasField("thread_core") else None
    task = entry.tc if entry is not None and entry.HasField("tc") else None
    pending = own.signals_p.signals if own is not None and own.HasField("signals_p") else ()
    old = dump.entries(f"signal-p-{tid}.img", kinds.PSIGNAL, signals_pb2.siginfo_entry)
    comm = own.comm if own is not None and own.HasField("comm") else task.comm if task is not None else None
    if own is None:
        return Thread(
            tid, None if comm is None else text_of(comm), registers(entry), None if task is None else task.blk_sigset,
            signals(old), None, None, None, 0, None, None, None, 0, None, None, None, credentials_of(dump, tid),
        )  # fmt: skip
    return Thread(
        tid,
        None if comm is None else text_of(comm),
        registers(entry),
        own.blk_sigset if own.HasField("blk_sigset") else None if task is None else task.blk_sigset,
        signals((*pending, *old)),
        own.sched_policy if own.HasField("sched_policy") else None,
        own.sched_nice if own.HasField("sched_nice") else None,
        own.sched_prio if own.HasField("sched_prio") else None,
        own.pdeath_sig,
        (own.sas.ss_sp, own.sas.ss_size, own.sas.ss_flags) if own.HasField("sas") else None,
        (own.futex_rla, own.futex_rla_len) if own.futex_rla else None,
        _rseq(own),
        own.seccomp_mode if own.HasField("seccomp_mode") else 0 if task is None else task.old_seccomp_mode,
        _filter(own, task),
        own.timerslack_ns if own.HasField("timerslack_ns") else None,
        cgroup_set(entry),
        credentials_of(dump, tid),
    )


def cgroup_set(entry: core_pb2.core_entry | None) -> int | None:
    """The number of the set of cgroups that a core image names; older releases kept it for the whole task."""
    for part in () if entry is None or not entry.HasField("thread_core") else (entry.thread_core, entry.tc):
        if part.HasField("cg_set"):
            return part.cg_set
    return None


def _rseq(own: core_pb2.thread_core_entry) -> Rseq | None:
    found = own.rseq_entry
    if not found.rseq_abi_pointer:
        return None
    return Rseq(found.rseq_abi_pointer, found.rseq_abi_size, found.signature, found.rseq_cs_pointer)


def _filter(own: core_pb2.thread_core_entry, task: core_pb2.task_core_entry | None) -> int | None:
    if own.HasField("seccomp_filter"):
        return own.seccomp_filter
    return task.old_seccomp_filter if task is not None and task.HasField("old_seccomp_filter") else None


def signals(entries: Iterable[signals_pb2.siginfo_entry]) -> tuple[Signal, ...]:
    """What siginfo_t says of signals that wait, in the order of their queue."""
    return tuple(Signal(*_SIGINFO.unpack_from(each.siginfo)) for each in entries if len(each.siginfo) >= _SIGINFO.size)
