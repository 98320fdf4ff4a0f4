"""Signals at random moments of a start: `python -m tests.fuzz.signals [--each N] [--seed N] [--beside N] [KIND ...]`.

Every signal that a program can catch, so many times each within the first three seconds: the exit status is that of
the signal, the terminal has its modes, main screen and cursor back, and nothing is left in the temporary directory.
Each try runs in a process of its own, so that one that hangs is a finding as any other.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import re
import signal
import sys
import tempfile
import termios
import time
from collections import Counter
from multiprocessing.connection import wait
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.terminal import ENDING

from tests.pseudo_terminal import ALTERNATE_SCREEN, OURS, PATIENCE, Terminal, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

FIRST = 3.0
"""Seconds from the start within which a signal comes."""
HUNG = 2 * PATIENCE
"""Seconds after which a try is given up: an end that does not come is noticed by the try itself long before."""
PYTHON_STARTS = (b"Fatal Python error: init_import_site", b"Could not import runpy module")
"""What Python itself says of an interrupt before it comes to a program's first line, with status 1."""
FAULTS = (signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL)
_BETWEEN = range(signal.SIGRTMIN + 1, signal.SIGRTMAX)
"""Real-time signals are all alike: the first and the last stand for them."""
KINDS = sorted({*ENDING, *FAULTS} - {*_BETWEEN})


class Sent(NamedTuple):
    """A signal and when it comes, in seconds from the start."""

    number: int
    moment: float


class Try(NamedTuple):
    """A start that a process of its own watches, and where it tells what was wrong."""

    sent: Sent
    process: BaseProcess
    told: Connection
    until: float
    """Of the monotonic clock: when it is given up."""


def fault_of(sent: Sent) -> str | None:
    """What is wrong after a start that a signal ends; None for nothing."""
    with (
        tempfile.TemporaryDirectory(prefix="signals-") as scratch,
        Terminal([*OURS, "--demo", "boundary"], extra={"TMPDIR": scratch}) as terminal,
    ):
        end = terminal.started + sent.moment
        while (left := end - time.perf_counter()) > 0:
            terminal.read(min(left, 0.05))
        before = len(terminal.output)
        terminal.process.send_signal(sent.number)
        try:
            status = terminal.status()
            drawn = ALTERNATE_SCREEN in terminal.output
            # Before Python has come to the program's own first line, the kernel ends it: a shell shows the same.
            if not drawn and sent.number == signal.SIGINT and _python_starts(bytes(terminal.output)):
                return None
            if status != 128 + sent.number and (drawn or status != -sent.number):
                return f"exit status {status}; since then {plain(bytes(terminal.output[before:]))[-2000:]!r}"
            if drawn:
                terminal.assert_restored()
            elif plain(bytes(terminal.output)).strip() or termios.tcgetattr(terminal.line) != terminal.modes:
                return f"before the screen: {bytes(terminal.output[-2000:])!r}"
        except AssertionError as error:
            said = str(error)[:200] or "the terminal is not as it was found"
            return f"{said}; since then {bytes(terminal.output[before:])[-2000:]!r}"
        if left_behind := sorted(path.name for path in Path(scratch).iterdir()):
            return f"left behind: {left_behind}"
    return None


def _python_starts(output: bytes) -> bool:
    """Whether Python says that it was interrupted in what it does itself, before the program's first line."""
    frames = re.findall(rb'File "([^"]*)"', output)
    own = bool(frames) and all(frame.startswith(b"<frozen ") for frame in frames)
    return own or any(said in output for said in PYTHON_STARTS)


def _watch(sent: Sent, told: Connection) -> None:
    # Its own group: what has to be given up goes with all that it has started but the session of the program.
    os.setpgid(0, 0)
    try:
        found = fault_of(sent)
    except Exception as error:
        found = f"the try itself: {error!r}"
    told.send(found)


def _started(sent: Sent) -> Try:
    reads, writes = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=_watch, args=(sent, writes))
    process.start()
    writes.close()
    return Try(sent, process, reads, time.monotonic() + HUNG)


def _outcome(one: Try) -> str | None:
    """What a try that has ended, or is given up, tells."""
    try:
        found = one.told.recv() if one.told.poll() else "hangs"
    except EOFError:
        one.process.join(HUNG)
        found = f"the try itself ended with status {one.process.exitcode}"
    if found == "hangs":
        one.process.kill()
    one.process.join()
    one.told.close()
    return found


def tried(sent: Sequence[Sent], beside: int) -> Iterator[tuple[Sent, str | None]]:
    """All of them, so many at once, as they end: what was wrong, None for nothing."""
    rest, running = list(reversed(sent)), list[Try]()
    while rest or running:
        while rest and len(running) < beside:
            running.append(_started(rest.pop()))
        ended = wait([one.told for one in running], timeout=1.0)
        now = time.monotonic()
        over = [one for one in running if one.told in ended or now > one.until]
        running = [one for one in running if one not in over]
        for one in over:
            yield one.sent, _outcome(one)


def main() -> int:
    """Exit status 1 when something was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.signals")
    parser.add_argument("kind", nargs="*", help="such as PROF, or PROF@1.25 at one moment; default: every signal")
    parser.add_argument("--each", type=int, default=200, help="times of each signal")
    parser.add_argument("--seed", type=int, help="default: a fresh one, which is printed")
    parser.add_argument("--beside", type=int, default=2, help="so many at once")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else int.from_bytes(os.urandom(4), "little")
    print(f"seed {seed}", flush=True)
    random = Random(seed)
    kinds = [each.partition("@")[::2] for each in options.kind] or [(_name(number), "") for number in KINDS]
    sent = [
        Sent(signal.Signals[f"SIG{name}"], float(moment) if moment else random.uniform(0, FIRST))
        for name, moment in kinds
        for _ in range(options.each)
    ]
    random.shuffle(sent)
    # A shell ignores these for what it runs in the background, and what is ignored at the start stays so.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    started, times, faults = time.monotonic(), Counter[str](), Counter[str]()
    try:
        for each, wrong in tried(sent, options.beside):
            times[_name(each.number)] += 1
            if wrong is not None:
                faults[_name(each.number)] += 1
                print(f"{_name(each.number)}@{each.moment:.3f}: {wrong}", flush=True)
    except KeyboardInterrupt:
        print("interrupted")
    for name, count in sorted(times.items()):
        print(f"{name}: {count} times, {faults[name]} faults")
    print(f"{times.total()} signals of {len(times)} kinds, {faults.total()} faults, {time.monotonic() - started:.0f} s")
    return int(faults.total() > 0)


def _name(number: int) -> str:
    return signal.Signals(number).name.removeprefix("SIG")


if __name__ == "__main__":
    sys.exit(main())
