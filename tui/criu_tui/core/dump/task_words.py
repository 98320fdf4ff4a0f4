"""Facts of a task in words: how it ended, whose it is, what its threads, limits and timers are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base import linux
from criu_tui.core.base.units import address, number, seconds, size
from criu_tui.core.dump.owners import capability_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.credentials import Credentials
    from criu_tui.core.dump.threads import Signal, Thread


def credential_words(found: Credentials) -> Iterator[tuple[str, str]]:
    """Ids, capabilities by name, and what else the kernel asks before it allows anything."""
    yield "uid", _four(found.uid, found.euid, found.suid, found.fsuid)
    yield "gid", _four(found.gid, found.egid, found.sgid, found.fsgid)
    yield "groups", " ".join(map(str, found.groups)) or "none"
    for name in ("effective", "permitted", "inheritable", "bounding", "ambient"):
        yield name, capability_names(getattr(found.capabilities, name))
    if found.securebits:
        yield "securebits", " ".join(linux.bits(found.securebits, linux.SECUREBITS))
    if found.no_new_privileges is not None:
        yield "no_new_privs", "yes" if found.no_new_privileges else "no"
    if found.profile:
        yield "LSM profile", found.profile
    if found.socket_profile:
        yield "LSM socket label", found.socket_profile


def _four(real: int, effective: int, saved: int, file_system: int) -> str:
    """All four ids; one number where they are the same."""
    if real == effective == saved == file_system:
        return str(real)
    return f"{real}, effective {effective}, saved {saved}, file system {file_system}"


def scheduling(found: Thread) -> str:
    """Policy and nice value or priority."""
    if found.policy is None:
        return ""
    rank = f"priority {found.priority}" if found.priority else f"nice {found.nice or 0}"
    slack = "" if found.timer_slack is None else f", timer slack {number(found.timer_slack)} ns"
    return f"{linux.named(found.policy, linux.POLICIES, 'policy')}, {rank}{slack}"


def thread_words(found: Thread) -> Iterator[tuple[str, str, int | None]]:
    """What the kernel keeps for a thread, where there is anything: name, words, the address that it is about."""
    if found.blocked:
        yield "blocks", " ".join(linux.signal_names(found.blocked)), None
    if found.pending:
        yield "pending", " ".join(map(signal_text, found.pending)), None
    if found.parent_death_signal:
        yield "parent death", linux.signal_name(found.parent_death_signal), None
    if found.alternate_stack is not None and found.alternate_stack[1]:
        start, length, flags = found.alternate_stack
        yield "signal stack", f"{address(start)}, {size(length)}, flags {flags:#x}", start
    if found.robust_list is not None:
        yield "robust list", f"{address(found.robust_list[0])}, {found.robust_list[1]} bytes", found.robust_list[0]
    if found.rseq is not None:
        words = f"{address(found.rseq.pointer)}, {found.rseq.size} bytes, signature {found.rseq.signature:#x}"
        yield "rseq", words, found.rseq.pointer
    call = None if found.registers is None else found.registers.system_call
    if call is not None:
        yield "system call", call, None
    if found.registers is not None and found.registers.clear_tid:
        yield "clear tid", address(found.registers.clear_tid), found.registers.clear_tid


def signal_text(found: Signal) -> str:
    """A signal that waits, with the si_code of its siginfo."""
    return f"{linux.signal_name(found.number)} (code {found.code})"


def seconds_text(nano: int) -> str:
    """Nanoseconds as seconds, without zeros at the end: "1.5 s"."""
    return f"{seconds(*divmod(nano, 1_000_000_000))} s"


def limit_text(value: int, unit: str) -> str:
    """A limit with its unit; "unlimited" for RLIM_INFINITY."""
    if value == linux.UNLIMITED:
        return "unlimited"
    return size(value) if unit == "B" else f"{number(value)} {unit}".rstrip()
