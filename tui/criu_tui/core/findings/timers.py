"""Timers that a restore leaves as the kernel showed them, which is not how they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.expressions import expression
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted, some
from criu_tui.core.findings.finding import Confidence, Finding, Severity
from criu_tui.core.findings.quoting import quoted_line
from criu_tui.core.images import kinds
from criu_tui.core.images.schema import events_pb2, fdinfo_pb2
from criu_tui.core.logs.line import parse_line
from criu_tui.core.logs.log import read_block

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.logs.line import LogLine
    from criu_tui.core.logs.log import Log

_SHOWN = expression(rb"it_value\(0, 0\) it_interval\((?!0, 0\))")
_BEFORE = expression(rb"imerfd.{0,120}?(?: ticks [1-9]\d{0,19} |umping id .{0,60})$")
"""Such a timer as CRIU logs it: when it dumps one without the times that it has expired, when it restores with them."""
REACH = 300
"""Bytes before the times that a line begins in."""
_WHY = (
    "a timer that is to fire again and again and has expired is wound up by the kernel only when the program reads it; "
    "until then it shows no time left (/proc/PID/fdinfo), and CRIU sets it so, which stops it: the first read after "
    "the restore returns, the next one waits for ever (criu#3162)"
)
_WAY = (
    "let the program set its timers anew after the restore (timerfd_settime), or take a dump while it has read them; "
    "short periods beside a long freeze meet it most"
)


def stopped_timers(dump: Dump) -> Iterator[Finding]:
    """Periodic timerfds that had expired unread when they were dumped."""
    files = dump.entries("files.img", kinds.FILES, fdinfo_pb2.file_entry)
    timers = [file.tfd for file in files if file.HasField("tfd")]
    # Before files.img, each kind of file had an image of its own.
    timers += dump.entries("timerfd.img", kinds.TIMERFD, events_pb2.timerfd_entry)
    stopped = sorted(timer.id for timer in timers if _stopped(timer))
    if stopped:
        yield _finding(f"{counted(len(stopped), 'timerfd')} of files.img, id {some(stopped)}")


def stopped_timers_of(log: Log) -> Iterator[Finding]:
    """The same by a log alone, whose run succeeded."""
    line = _line(log)
    if line is not None:
        name = display_safe(log.path.name)
        yield _finding(f"{name}, {quoted_line(line)}", log=name, line=line.number)


def _line(log: Log) -> LogLine | None:
    for block in range(len(log.starts)):
        data = read_block(log, block)
        for found in _SHOWN.finditer(data):
            begin = max(data.rfind(b"\n", max(0, found.start() - REACH), found.start()) + 1, found.start() - REACH)
            if _BEFORE.search(data, begin, found.start()) is not None:
                number = log.firsts[block] + data.count(b"\n", 0, found.start()) + 1
                line = data[begin : found.end() + REACH].partition(b"\n")[0]
                return parse_line(number, line.decode("utf-8", "replace"), log.wrappings)
    return None


def _stopped(timer: events_pb2.timerfd_entry) -> bool:
    return bool(timer.ticks and (timer.isec or timer.insec) and not (timer.vsec or timer.vnsec))


def _finding(what: str, *, log: str = "", line: int | None = None) -> Finding:
    return Finding(
        "timer-stopped",
        Severity.NOTE,
        "a periodic timer that had expired will not fire again after the restore",
        f"{what}: {_WHY}",
        _WAY,
        log=log,
        line=line,
        confidence=Confidence.LIKELY,
    )
