"""Signals at random moments of a start: `python -m tests.fuzz.signals [--each N] [--seed N] [--beside N]`.

Every signal that a program can catch, so many times each within the first three seconds: the exit status is that of
the signal, the terminal has its modes, main screen and cursor back, and nothing is left in the temporary directory.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import termios
import time
from multiprocessing import Pool
from pathlib import Path
from random import Random
from typing import NamedTuple

from criu_tui.terminal import ENDING

from tests.pseudo_terminal import ALTERNATE_SCREEN, OURS, Terminal, plain

FIRST = 3.0
"""Seconds from the start within which a signal comes."""
FAULTS = (signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL)
_BETWEEN = range(signal.SIGRTMIN + 1, signal.SIGRTMAX)
"""Real-time signals are all alike: the first and the last stand for them."""
KINDS = sorted({*ENDING, *FAULTS} - {*_BETWEEN})


class Sent(NamedTuple):
    """A signal and when it comes, in seconds from the start."""

    number: int
    moment: float


def fault_of(sent: Sent) -> str | None:
    """What is wrong after a start that a signal ends; None for nothing."""
    with (
        tempfile.TemporaryDirectory(prefix="signals-") as scratch,
        Terminal([*OURS, "--demo", "boundary"], extra={"TMPDIR": scratch}) as terminal,
    ):
        end = terminal.started + sent.moment
        while (left := end - time.perf_counter()) > 0:
            terminal.read(min(left, 0.05))
        terminal.process.send_signal(sent.number)
        try:
            status = terminal.status()
            drawn = ALTERNATE_SCREEN in terminal.output
            # Before Python has come to the program's own first line, the kernel ends it: a shell shows the same.
            if status != 128 + sent.number and (drawn or status != -sent.number):
                return f"exit status {status}"
            if drawn:
                terminal.assert_restored()
            elif plain(bytes(terminal.output)).strip() or termios.tcgetattr(terminal.line) != terminal.modes:
                return f"before the screen: {bytes(terminal.output[-300:])!r}"
        except AssertionError as error:
            return f"{str(error)[:200] or 'the terminal is not as it was found'}"
        if left_behind := sorted(path.name for path in Path(scratch).iterdir()):
            return f"left behind: {left_behind}"
    return None


def main() -> int:
    """Exit status 1 when something was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.signals")
    parser.add_argument("--each", type=int, default=200, help="times of each signal")
    parser.add_argument("--seed", type=int, help="default: a fresh one, which is printed")
    parser.add_argument("--beside", type=int, default=2, help="so many at once")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else int.from_bytes(os.urandom(4), "little")
    print(f"seed {seed}", flush=True)
    random = Random(seed)
    sent = [Sent(number, random.uniform(0, FIRST)) for number in KINDS for _ in range(options.each)]
    random.shuffle(sent)
    # A shell ignores these for what it runs in the background, and what is ignored at the start stays so.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    started, faults = time.monotonic(), 0
    with Pool(options.beside) as pool:
        for each, wrong in zip(sent, pool.imap(fault_of, sent), strict=True):
            if wrong is not None:
                faults += 1
                print(f"{signal.Signals(each.number).name} after {each.moment:.3f} s: {wrong}", flush=True)
    print(f"{len(sent)} signals of {len(KINDS)} kinds, {faults} faults, {time.monotonic() - started:.0f} s")
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main())
