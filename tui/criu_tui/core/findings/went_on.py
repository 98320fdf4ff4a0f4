"""Errors in the log of a run that succeeded: what CRIU went on without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.expressions import expression
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted
from criu_tui.core.findings.circumstances import is_old
from criu_tui.core.findings.finding import Confidence, Finding, Severity
from criu_tui.core.findings.quoting import quoted_line
from criu_tui.core.logs.line import LOOKED_AT, Level
from criu_tui.core.logs.log import lines_with, taken_apart

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from criu_tui.core.logs.line import LogLine
    from criu_tui.core.logs.log import Log

QUOTED = 3
"""Errors that are quoted."""
_MEANINGS = (
    (
        r"Can't send (response|pre-dump resp)",
        "who called CRIU was gone before it had the answer: a signal had interrupted it, or it did not wait",
        "let the caller block signals or ask again while it waits, and use a newer libcriu; the run itself is whole",
    ),
    (
        r"No parent image found, though parent directory is set",
        "the dump before, which --prev-images-dir names, has no pages of this task here: it began later, or its pages "
        "went to a page server, so that all of its memory is in this dump",
        "send this dump to the same page server as the one before where pages shall not be sent twice (criu#2503)",
    ),
    (
        r"cuda_plugin: .{0,200}(no CUDA-capable|initializ)",
        "NVIDIA's tool found no GPU where CRIU runs it: a task without one loses nothing, one that uses it goes on "
        "without",
        "where the task needs its GPU: hand it over to the restored container too, by the runtime class of NVIDIA or "
        "CDI, its control group of devices as well (criu#2993)",
    ),
    (
        r"amdgpu_plugin: .{0,40}restore late ioctl failed",
        "the plugin for AMD's GPUs asks the driver to go on with the queues of every task, also of one without a GPU, "
        "which the driver then refuses; a task that had a GPU would wait on it for ever",
        "for a task without a GPU start criu without that plugin (--libdir of an empty directory; CRIU 4.1 or later "
        "calls only the plugins that the dump names); for one with a GPU look into dmesg, and use the driver and the "
        "GPU that it was dumped with (criu#1895)",
    ),
    (
        r"Iptables configuration failed",
        "the rules that the dump had added to lock its connections are not on this host, so that none could be removed",
        "who moves established connections moves their addresses with them, and makes those rules here before the "
        "restore (iptables -S on the host of the dump, mark 0xc114; remove them there); --network-lock skip where "
        "something else holds the packets back (criu#478)",
    ),
    (
        r"veth pair|reported by netlink",
        "CRIU tries out before any run whether the kernel makes veth pairs; this one does not (CONFIG_VETH), which "
        "only containers with such a device need",
        "",
    ),
    (
        r"Unable to detach from \d+: No such process",
        "the task was killed at the end of the dump, as is usual without --leave-running, before CRIU let go of it",
        "",
    ),
    (
        r"kerndat|NSID|uffd|userfault|[Tt]ime ?ns|nftables|ip6?tables|diag",
        "CRIU tries out what the kernel and its tools can do; only dumps that need it would fail",
        "",
    ),
)
"""What such an error is, the first that matches, and what helps where one minds it."""
_CONSOLE = expression(r"Collected tty ID 0x[0-9a-f]+ \((?:vt|console|serial)\)")
_MOVED = expression(r"Migrating process tree \((?:SID|GID)")
_TRAPPED = b" was trapped"
MANY_TRAPS = 1000
"""Lines of a step of a thread from which on they are many."""
SLOW = 10.0
"""Seconds from which on they took long."""
_PARENT = expression(r"Root task has pdeath_sig configured")
_COMPILED = tuple((expression(pattern), words, way) for pattern, words, way in _MEANINGS)


def went_on(log: Log) -> Iterator[Finding]:
    """That the errors of a run that succeeded, or of a dump that went on past them, did it no harm."""
    errors = [line for line in log.errors if line.level is Level.ERROR and not line.noise]
    if not errors:
        return
    name, what = display_safe(log.path.name), log.run_name
    said = "; ".join(map(quoted_line, errors[:QUOTED]))
    meanings = dict.fromkeys(meaning for line in errors if (meaning := _meaning(line)) is not None)
    ended = "went on" if log.went_on else "finished successfully"
    so = "as far as the log goes" if log.went_on else "and the run succeeded"
    ways = [f"nothing to do: CRIU went on, {so}", *(way for _, way in meanings if way)]
    if is_old(log):
        ways.append("a newer CRIU may not print it")
    yield Finding(
        "harmless-errors",
        Severity.NOTE,
        f"the {what} {ended}: {counted(len(errors), 'error')} in {name} did it no harm",
        "; ".join((said, *(what for what, _ in meanings))),
        "; ".join(ways),
        log=name,
        line=errors[0].number,
        confidence=Confidence.LIKELY,
    )


def ended_with_its_parent(log: Log) -> Iterator[Finding]:
    """That the restored program was sent a signal as criu ended (criu/cr-restore.c, maybe_clone_parent)."""
    for line in log.errors:
        if _PARENT.search(line.text[:LOOKED_AT]) is None:
            continue
        yield Finding(
            "signal-of-parent",
            Severity.WARNING,
            "the restored program was sent a signal as criu ended, and most likely ended too",
            f"{display_safe(log.path.name)}, {quoted_line(line)}: the program had asked for a signal when its parent "
            "ends (prctl PR_SET_PDEATHSIG); after the restore that is criu, which ends at once with --restore-detached",
            "restore without --restore-detached (-d), and let criu run as long as the program; or with "
            "--restore-sibling from a caller that lives on (libcriu: criu_restore_child), which is then its parent; or "
            "let the program ask for no such signal before the dump; in containers: runc and podman restore their "
            "first process as a sibling",
            log=display_safe(log.path.name),
            line=line.number,
            confidence=Confidence.SURE,
        )
        return


def kept_its_console(log: Log) -> Iterator[Finding]:
    """That the terminal of a shell job was no pty, so that it was not exchanged for the one here (criu/tty.c)."""
    line = _first(log, _CONSOLE, b"Collected tty ID")
    if line is None or _first(log, _MOVED, b"Migrating process tree") is None:
        return
    yield Finding(
        "console-kept",
        Severity.NOTE,
        "the restored program draws on the console that it was dumped on, not in the terminal of the restore",
        f"{display_safe(log.path.name)}, {quoted_line(line)}: --shell-job exchanges a pty alone; a virtual or serial "
        "console is opened by its name, and shows the program there (criu#1444)",
        "start the program in a pty before the dump: over ssh, or in screen or tmux on that console; one that was "
        "dumped on a console can only be watched there",
        log=display_safe(log.path.name),
        line=line.number,
        confidence=Confidence.LIKELY,
    )


def slowed_by_its_log(log: Log) -> Iterator[Finding]:
    """That a restore of very many threads spent its time on the lines of -v4 (compel/src/lib/infect.c)."""
    trapped = 0
    first: tuple[int, bytes] | None = None
    last: tuple[int, bytes] | None = None
    for each in lines_with(log, [_TRAPPED]):
        first, last = first or each, each
        trapped += 1
    if first is None or last is None or trapped < MANY_TRAPS:
        return
    begun, ended = (taken_apart(log, *each) for each in (first, last))
    if not begun.time or not ended.time:
        return
    took = float(ended.time) - float(begun.time)
    if took < SLOW:
        return
    yield Finding(
        "slow-log",
        Severity.NOTE,
        f"{took:.0f} s of the restore went into letting its threads go, a step at a time, each of which is logged",
        f"{display_safe(log.path.name)}, {quoted_line(begun)}, and {counted(trapped, 'line')} like it: at -v4 CRIU "
        "writes one for each system call of each thread until it leaves the restorer (criu#2708)",
        "restore with -v2 or less where it must be fast; that thread names a change that may help; fewer threads do",
        log=display_safe(log.path.name),
        line=begun.number,
        confidence=Confidence.LIKELY,
    )


def _first(log: Log, pattern: re.Pattern[str], word: bytes) -> LogLine | None:
    """The first line with a word that reads like a pattern."""
    lines = (taken_apart(log, number, raw) for number, raw in lines_with(log, [word]))
    return next((line for line in lines if pattern.search(line.text[:LOOKED_AT])), None)


def _meaning(line: LogLine) -> tuple[str, str] | None:
    """What such an error is and what helps, where that is known."""
    text = f"{line.source} {line.text[:LOOKED_AT]}"
    return next(((words, way) for pattern, words, way in _COMPILED if pattern.search(text)), None)
