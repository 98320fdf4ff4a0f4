"""A task for programs: numbers as numbers, sets of signals and capabilities by name."""

from __future__ import annotations

from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING

from criu_tui.core.base import linux
from criu_tui.core.base.capabilities import CAPABILITIES
from criu_tui.core.base.text import display_safe
from criu_tui.core.dump import limits, seccomp
from criu_tui.core.dump.cgroups import memberships
from criu_tui.core.dump.descriptors import directories
from criu_tui.core.dump.mapped_file import elf_place
from criu_tui.core.dump.namespaces import KINDS, ids_of
from criu_tui.core.dump.threads import threads
from criu_tui.core.pages.backtrace import backtrace, signal_returns
from criu_tui.core.pages.elf_at_hand import build_id_at_hand
from criu_tui.core.pages.memory import Memory, arguments, environment
from criu_tui.core.pages.symbols import symbol_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from criu_tui.core.base.json import Json
    from criu_tui.core.dump.credentials import Credentials
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.threads import Signal, Thread
    from criu_tui.core.report.report import Report

FRAMES = 256
"""Calls of one thread."""


def task(report: Report, pid: int) -> dict[str, Json]:
    """All that is known of a task."""
    dump = report.dump
    own, core, entry = dump.tasks[dump.pids[pid]], dump.core(pid), dump.core_entry(pid)
    tc = entry.tc if entry is not None and entry.HasField("tc") else None
    held, ids, space = directories(dump, pid), ids_of(dump, pid), dump.address_space(pid)
    found = threads(dump, pid)
    leader = next((each for each in found if each.tid == pid), None)
    return {
        "pid": pid,
        "ppid": own.ppid,
        "pgid": own.pgid,
        "sid": own.sid,
        "state": core.state_name,
        "exit_code": None if tc is None or core.alive else tc.exit_code,
        "comm": report.comm(pid),
        "arch": core.arch,
        "cmdline": _strings(arguments(dump, pid)),
        "environ": _strings(environment(dump, pid)),
        "cwd": None if held is None else _path(dump, held.cwd_id),
        "root": None if held is None else _path(dump, held.root_id),
        "exe": _path(dump, space.exe_file_id),
        "umask": None if held is None else held.umask,
        "personality": None if tc is None else tc.personality,
        "oom_score_adj": tc.oom_score_adj if tc is not None and tc.HasField("oom_score_adj") else None,
        "loginuid": core.loginuid,
        "child_subreaper": None if tc is None else tc.child_subreaper,
        "credentials": None if leader is None or leader.credentials is None else _credentials(leader.credentials),
        "threads": list(_threads(dump, pid, found)),
        "signals": {
            "pending": _pending(limits.pending(dump, pid)),
            "blocked": [] if leader is None else _names(leader.blocked),
            "actions": [
                {
                    "signal": linux.signal_name(each.signal),
                    "number": each.signal,
                    "action": {0: "default", 1: "ignore"}.get(each.handler, "handler"),
                    "handler": each.handler,
                    "flags": list(linux.bits(each.flags, linux.SIGACTION_FLAGS)),
                    "mask": _names(each.mask),
                }
                for each in limits.actions(dump, pid)
            ],
        },
        "timers": [
            {"name": each.name, "clock": each.clock, "left_ns": each.left, "interval_ns": each.interval,
             "signal": each.signal, "overrun": each.overrun}
            for each in limits.timers(dump, pid)
        ],
        "rlimits": {
            each.name: {"soft": _limit(each.soft), "hard": _limit(each.hard), "unit": each.unit or None}
            for each in limits.limits(dump, pid)
        },
        "registers": None if leader is None or leader.registers is None else dict(leader.registers.values),
        "namespaces": {} if ids is None else {kind: getattr(ids, f"{kind}_ns_id") for kind in KINDS
                                              if getattr(ids, f"{kind}_ns_id")},
        "cgroups": [
            {"controller": display_safe(each.controller), "path": display_safe(each.path)}
            for each in memberships(dump, None if leader is None else leader.cgroup_set)
        ],
    }  # fmt: skip


def _path(dump: Dump, file_id: int | None) -> Json:
    file = dump.files.get(file_id or 0)
    return None if file is None or file.path is None else display_safe(file.path)


def _strings(found: Sequence[bytes] | None) -> Json:
    return None if found is None else [display_safe(each, 1 << 20) for each in found]


def _names(signals: int | None) -> list[Json]:
    return [*linux.signal_names(signals or 0)]


def _pending(found: Sequence[Signal]) -> list[Json]:
    return [{"signal": linux.signal_name(each.number), "number": each.number, "code": each.code} for each in found]


def _limit(value: int) -> int | None:
    """None: unlimited."""
    return None if value == linux.UNLIMITED else value


def _credentials(found: Credentials) -> dict[str, Json]:
    return {
        "uid": found.uid, "gid": found.gid, "euid": found.euid, "egid": found.egid, "suid": found.suid,
        "sgid": found.sgid, "fsuid": found.fsuid, "fsgid": found.fsgid, "groups": list(found.groups),
        "capabilities": {
            name: [f"CAP_{CAPABILITIES[bit].upper()}" if bit < len(CAPABILITIES) else f"CAP_{bit}"
                   for bit in range(mask.bit_length()) if mask >> bit & 1]
            for name, mask in asdict(found.capabilities).items()
        },
        "securebits": list(linux.bits(found.securebits, linux.SECUREBITS)),
        "no_new_privs": found.no_new_privileges,
        "lsm_profile": display_safe(found.profile) or None,
    }  # fmt: skip


def _threads(dump: Dump, pid: int, found: Sequence[Thread]) -> Iterator[dict[str, Json]]:
    returns = signal_returns(dump, pid)
    with Memory(dump, pid) as memory:
        for each in found:
            frames = [] if each.registers is None else [*islice(backtrace(memory, each.registers, returns), FRAMES)]
            yield {
                "tid": each.tid,
                "comm": None if each.comm is None else display_safe(each.comm),
                "policy": None if each.policy is None else linux.named(each.policy, linux.POLICIES, "policy"),
                "nice": each.nice,
                "priority": each.priority,
                "timer_slack_ns": each.timer_slack,
                "blocked": _names(each.blocked),
                "pending": _pending(each.pending),
                "parent_death_signal": each.parent_death_signal,
                "robust_list": None if each.robust_list is None else each.robust_list[0],
                "rseq": None if each.rseq is None else each.rseq._asdict(),
                "seccomp": {0: "disabled", 1: "strict", 2: "filter"}.get(each.seccomp_mode, str(each.seccomp_mode)),
                "seccomp_filters": [
                    {"number": own.number, "flags": own.flags, "program": [*seccomp.lines(own.program)]}
                    for own in seccomp.filters(dump, each.seccomp_filter)
                ],
                "credentials": None if each.credentials is None else _credentials(each.credentials),
                "registers": None if each.registers is None else dict(each.registers.values),
                "backtrace": [_frame(dump, memory, frame.pc, guessed=frame.guessed) for frame in frames],
            }


def _frame(dump: Dump, memory: Memory, pc: int, *, guessed: bool) -> Json:
    vma = memory.vma(pc)
    place = None if vma is None else elf_place(dump, memory.pid, vma, pc)
    return {
        "pc": pc,
        "file": None if place is None else display_safe(place.path),
        "offset": None if place is None else place.offset,
        "build_id": None if place is None else build_id_at_hand(dump, place) or None,
        "symbol": None if place is None else display_safe(symbol_text(dump, place)) or None,
        "by_return_address": guessed,
    }
