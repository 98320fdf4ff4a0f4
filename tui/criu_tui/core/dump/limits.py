"""What a task may use, which signals it catches, which timers run: from its core image, or images of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base import linux
from criu_tui.core.dump.threads import Signal, signals
from criu_tui.core.images import kinds
from criu_tui.core.images.schema import rlimit_pb2, signals_pb2, timers_pb2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.images.schema import core_pb2

_NEVER_CAUGHT = (9, 19)
"""SIGKILL and SIGSTOP: CRIU keeps no action for them, so that those after them lie one place lower."""
SIG_DFL, SIG_IGN = 0, 1


class Limit(NamedTuple):
    """One resource limit; linux.UNLIMITED where there is none."""

    name: str
    unit: str
    """ "B", "s", "us"; empty for a count."""
    soft: int
    hard: int


class SignalAction(NamedTuple):
    """What a task does with a signal."""

    signal: int
    handler: int
    """Address; 0 the default, 1 ignored."""
    flags: int
    mask: int
    restorer: int


class Timer(NamedTuple):
    """A timer of a task; times in nanoseconds."""

    name: str
    clock: str
    left: int
    """0: not running."""
    interval: int
    signal: int | None
    overrun: int = 0


def _task(dump: Dump, pid: int) -> core_pb2.task_core_entry | None:
    entry = dump.core_entry(pid)
    return entry.tc if entry is not None and entry.HasField("tc") else None


def limits(dump: Dump, pid: int) -> tuple[Limit, ...]:
    """The resource limits of a task, in the kernel's order."""
    task = _task(dump, pid)
    found: Sequence[rlimit_pb2.rlimit_entry] = task.rlimits.rlimits if task is not None else ()
    if not found:
        # Before CRIU 1.3 they had an image of their own.
        found = dump.entries(f"rlimit-{pid}.img", kinds.RLIMIT, rlimit_pb2.rlimit_entry)
    names = (*linux.RLIMITS, *((f"limit {number}", "") for number in range(len(linux.RLIMITS), len(found))))
    return tuple(Limit(name, unit, each.cur, each.max) for (name, unit), each in zip(names, found, strict=False))


def actions(dump: Dump, pid: int) -> tuple[SignalAction, ...]:
    """What a task does with each signal."""
    task = _task(dump, pid)
    found: Sequence[signals_pb2.sa_entry] = task.sigactions if task is not None else ()
    if not found:
        # Before CRIU 3.1 they had an image of their own.
        found = dump.entries(f"sigacts-{pid}.img", kinds.SIGACT, signals_pb2.sa_entry)
    numbers = (number for number in range(1, linux.LAST_SIGNAL + 1) if number not in _NEVER_CAUGHT)
    return tuple(
        SignalAction(number, each.sigaction, each.flags, each.mask, each.restorer)
        for number, each in zip(numbers, found, strict=False)
    )


def pending(dump: Dump, pid: int) -> tuple[Signal, ...]:
    """Signals that wait for the task as a whole."""
    task = _task(dump, pid)
    own = task.signals_s.signals if task is not None and task.HasField("signals_s") else ()
    return signals((*own, *dump.entries(f"signal-s-{pid}.img", kinds.SIGNAL, signals_pb2.siginfo_entry)))


def timers(dump: Dump, pid: int) -> tuple[Timer, ...]:
    """Interval timers that run, and all POSIX timers."""
    task = _task(dump, pid)
    posix: Sequence[timers_pb2.posix_timer_entry]
    if task is not None and task.HasField("timers"):
        interval: Sequence[timers_pb2.itimer_entry] = (task.timers.real, task.timers.virt, task.timers.prof)
        posix = task.timers.posix
    else:
        interval = dump.entries(f"itimers-{pid}.img", kinds.ITIMERS, timers_pb2.itimer_entry)
        posix = dump.entries(f"posix-timers-{pid}.img", kinds.POSIX_TIMERS, timers_pb2.posix_timer_entry)
    named = (("ITIMER_REAL", "realtime", 14), ("ITIMER_VIRTUAL", "user time", 26), ("ITIMER_PROF", "cpu time", 27))
    running = (
        Timer(name, clock, _nano(each.vsec, each.vusec * 1000), _nano(each.isec, each.iusec * 1000), signal)
        for (name, clock, signal), each in zip(named, interval, strict=False)
    )
    return (
        *(timer for timer in running if timer.left or timer.interval),
        *(
            Timer(
                f"timer {each.it_id}",
                linux.named(each.clock_id, linux.CLOCKS, "clock"),
                _nano(each.vsec, each.vnsec),
                _nano(each.isec, each.insec),
                None if each.it_sigev_notify == 1 else each.si_signo,
                each.overrun,
            )
            for each in posix
        ),
    )


def _nano(seconds: int, nano: int) -> int:
    return seconds * 1_000_000_000 + nano
