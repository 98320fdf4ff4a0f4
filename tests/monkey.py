"""A monkey at the keyboard: `python -m tests.monkey [--seconds N | --keys N] [--seed N] [DUMP ...]`.

In a real terminal it presses keys in bursts, clicks, pastes, changes the size down to a single cell, takes the focus
away, stops and continues the program. Nothing of that may end it with a bug, show one, or hang it, nor leave on the
screen what would not be drawn there anew; and a signal at the end finds it ready. What it finds is shrunk to the
shortest history that still does it, which `--history` plays again.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import select
import signal
import struct
import sys
import tempfile
import time
from dataclasses import dataclass
from fcntl import ioctl
from pathlib import Path
from random import Random
from termios import TIOCSWINSZ
from typing import TYPE_CHECKING, NamedTuple

from tests.conftest import DUMPS
from tests.pseudo_terminal import ALTERNATE_SCREEN, MAIN_SCREEN, OURS, Terminal, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SIZES = ((80, 24), (120, 40), (160, 45), (40, 10))
"""Columns and rows at the start."""
RESIZES = ((80, 24), (200, 60), (10, 3), (50, 1), (1, 1), (6, 20), (160, 45), (80, 4))
USUAL = ("prot-none-1g-fork", "userns-three-extents", "every-kind", "incremental", "random-2-fork")
"""Recorded dumps that are played on when none is named."""
STEPS = 60
"""Of a session."""
PATIENCE = 30.0
"""Seconds in which the program must have read what was sent, and ended when told to."""
LOOKS = 15
"""Steps between two looks at what stands on the screen."""
REDRAW, REST = "\x0c", 0.7
"""The key that has all drawn anew, and seconds of sleep after which nothing is on its way."""
SMALLEST = (20, 5)
"""Columns and lines of screens on which it is seen whether something is said in a corner."""
TOAST = "\u258c"
"""At the left of what is said in a corner for some seconds."""
NOT_ANEW = "what stands on the screen is not what is drawn anew"
_BUG = re.compile(rb"a bug in criu-tui:|that went wrong:|Traceback \(most recent")

_CURSOR = ["\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[5~", "\x1b[6~", "\x1b[H", "\x1b[F"]
KEYS = [
    *("1234567890" * 2),
    *"zjkhl<>/sSnNgGvcfyYetdwimoIFPLT?:+-[] .x",
    *(["\t", "\r", "\x1b"] * 4),
    *(_CURSOR * 3),
    *("\x1b[Z", "\x1bOP", "\x7f", "\x01", "\x04", "\x05", "\x0b", "\x15", "é", "漢", "\x1bx", "\x1b[3~", "\x1b[1;5C"),
    *("\xff", "\x1b[1114112u", "\x1b[48;0;0;0;0t", "\x1b[I", "\x1b[O", "\x1b[?2026;2$y", "\x1b[M !!"),
]
LINES = [
    "heap",
    "prot:w",
    "size:>1G",
    "re:(a+)+$",
    "zzz",
    "0",
    "[/bold]",
    "*" * 50,
    "+1M",
    "hex:00",
    "strings:4",
    "quit",
]


class Step(NamedTuple):
    """One thing that the monkey does, then a pause of seconds."""

    deed: str
    """keys, size or signal."""
    what: str
    """Keys as text, columns and rows as CxR, a signal's name."""
    pause: float


@dataclass(frozen=True, slots=True)
class Session:
    """What is played, and on what."""

    dump: str
    size: tuple[int, int]
    steps: tuple[Step, ...]


def random_session(random: Random, dumps: Sequence[str]) -> Session:
    steps = tuple(_step(random) for _ in range(STEPS))
    return Session(random.choice(dumps), random.choice(SIZES), steps)


def _step(random: Random) -> Step:
    pause = random.choice((0.0, 0.0, 0.01, 0.05, 0.15))
    chance = random.random()
    if chance < 0.06:
        return Step("size", "{}x{}".format(*random.choice(RESIZES)), pause)
    if chance < 0.08:
        return Step("signal", random.choice(("SIGCONT", "SIGWINCH", "SIGTSTP")), pause)
    if chance < 0.16:
        line = random.choice("/g:e") + random.choice(LINES)
        return Step("keys", line + random.choice(("\r", "\x1b", "\r\r")), pause)
    if chance < 0.19:
        return Step("keys", f"\x1b[200~{random.choice(LINES) * random.choice((1, 400))}\n\x1b[201~", pause)
    if chance < 0.27:
        column, row = random.randrange(1, 170), random.randrange(1, 48)
        button = random.choice((0, 0, 0, 2, 32, 35, 64, 65, 16))
        return Step("keys", f"\x1b[<{button};{column};{row}M" + f"\x1b[<{button};{column};{row}m", pause)
    return Step("keys", "".join(random.choice(KEYS) for _ in range(random.choice((1, 1, 3, 10, 30)))), pause)


class Fault(NamedTuple):
    """What went wrong, in words that are the same for the same fault, and after how many steps it was seen."""

    words: str
    steps: int


def played(session: Session) -> Fault | None:
    """Plays a session in a terminal and a directory of its own; None when nothing went wrong."""
    with tempfile.TemporaryDirectory(prefix="monkey-") as folder:
        command = ["env", "-C", folder, *OURS, session.dump]
        with Terminal(command, session.size) as terminal:
            return _found(terminal, session.steps)


def _found(terminal: Terminal, steps: tuple[Step, ...]) -> Fault | None:
    done = 0
    try:
        terminal.wait_for(ALTERNATE_SCREEN)
        for step in steps:
            if terminal.process.poll() is not None or _BUG.search(terminal.output):
                break
            _do(terminal, step)
            done += 1
            if done % LOOKS == 0 and not _as_drawn_anew(terminal):
                return Fault(NOT_ANEW, done)
        _take_in(terminal, 0.3)
        if _BUG.search(terminal.output):
            return Fault(_words(terminal), done)
        if terminal.process.poll() is None:
            # Once it has left the screen it is on its way out, and the signal ends it as it ends any program.
            leaving = terminal.output.rfind(MAIN_SCREEN) > terminal.output.rfind(ALTERNATE_SCREEN)
            terminal.process.send_signal(signal.SIGTERM)
            status = terminal.status()
            wanted = {0, -signal.SIGTERM, 128 + signal.SIGTERM} if leaving else {128 + signal.SIGTERM}
        else:
            # A command of the palette, or Ctrl-C twice, has ended it.
            status, wanted = terminal.status(), {0}
        if _BUG.search(terminal.output):
            return Fault(_words(terminal), done)
        if status not in wanted:
            return Fault(f"exit status {status}", done)
        terminal.assert_restored()
    except AssertionError as error:
        return Fault(f"{str(error)[:60] or 'the terminal is not as it was found'}", done)
    return None


def _as_drawn_anew(terminal: Terminal) -> bool:
    """Whether the screen, colours included, stays as it is when all of it is drawn.

    Not asked while keys wait, or something is said in a corner, which may go meanwhile, nor of one that has ended or
    has hardly any room. What another redraw changes again was only late, as beside other loads.
    """
    terminal.stands()
    if terminal._screen.columns < SMALLEST[0] or terminal._screen.lines < SMALLEST[1] or not _rests(terminal):
        return True
    before, said = _cells(terminal), TOAST in terminal.stands()
    terminal.press(REDRAW)
    after, said = _cells(terminal), said or TOAST in terminal.stands()
    if said or terminal.process.poll() is not None or before == after or not _rests(terminal):
        return True
    terminal.press(REDRAW)
    return _cells(terminal) != after


def _rests(terminal: Terminal) -> bool:
    """Waits until the program sleeps and has nothing on its way; whether it came to that."""
    end = time.monotonic() + PATIENCE
    while not terminal._sleeps() or terminal.read(REST):
        if time.monotonic() > end:
            return False
        _take_in(terminal, 0.1)
    return True


def _cells(terminal: Terminal) -> list[list[tuple[object, ...]]]:
    """What is seen of each cell: of a blank one no foreground, unless something draws with it."""
    terminal.stands()
    screen = terminal._screen
    lines = ([screen.buffer[y][x] for x in range(screen.columns)] for y in range(screen.lines))
    return [
        [
            (cell.data, cell.bg) if cell.data == " " and not (cell.reverse or cell.underscore or cell.strikethrough)
            else (cell.data, cell.bg, cell.fg, cell.bold, cell.italics, cell.underscore, cell.reverse)
            for cell in line
        ]
        for line in lines
    ]  # fmt: skip


def _words(terminal: Terminal) -> str:
    """The bug in one line, as far as it is the same each time."""
    _take_in(terminal, 0.5)
    shown = plain(bytes(terminal.output))
    found = _BUG.search(shown)
    said = " ".join(shown[found.start() if found else -200 :].decode("utf-8", "replace")[:300].split())
    return said.partition(";")[0][:160]


def _do(terminal: Terminal, step: Step) -> None:
    if step.deed == "keys":
        data = step.what.encode("latin-1") if step.what == "\xff" else step.what.encode()
        end = time.monotonic() + PATIENCE
        while data and terminal.process.poll() is None:
            if select.select((), (terminal.master,), (), 0)[1]:
                data = data[os.write(terminal.master, data[:512]) :]
            _take_in(terminal, 0.0)
            assert time.monotonic() < end, "keys are not read"
    elif step.deed == "size":
        columns, rows = map(int, step.what.split("x"))
        ioctl(terminal.master, TIOCSWINSZ, struct.pack("4H", rows, columns, 0, 0))
    else:
        terminal.process.send_signal(signal.Signals[step.what])
    _take_in(terminal, step.pause)


def _take_in(terminal: Terminal, seconds: float) -> None:
    """Reads what is drawn, for so long."""
    end = time.monotonic() + seconds
    while terminal.read(max(0.0, end - time.monotonic())) and time.monotonic() < end:
        pass


def shrunk(session: Session, fault: Fault, fails: Callable[[Session], Fault | None], seconds: float) -> Session:
    """The shortest history found in so many seconds that ends in the same fault."""
    end = time.monotonic() + seconds
    steps = list(session.steps[: fault.steps])

    def same(tried: list[Step]) -> bool:
        if time.monotonic() > end:
            return False
        found = fails(Session(session.dump, session.size, tuple(tried)))
        return found is not None and found.words == fault.words

    # Most faults are made by the last few steps.
    last = 1
    while last < len(steps):
        if same(steps[-last:]):
            steps = steps[-last:]
            break
        last *= 2
    size = len(steps) // 2
    while size >= 1:
        start = 0
        while start < len(steps):
            tried = steps[:start] + steps[start + size :]
            if tried and same(tried):
                steps = tried
            else:
                start += size
        size //= 2
    for number, step in enumerate(steps):
        if step.deed == "keys":
            steps[number] = _shorter(step, lambda tried, at=number: same([*steps[:at], tried, *steps[at + 1 :]]))  # type: ignore[misc]
    return Session(session.dump, session.size, tuple(steps))


def _shorter(step: Step, same: Callable[[Step], bool]) -> Step:
    """The fewest of a step's keys: halves, quarters and so on are left out as long as the fault stays."""
    keys = step.what
    size = len(keys) // 2
    while size >= 1:
        at = 0
        while at < len(keys):
            fewer = keys[:at] + keys[at + size :]
            if fewer and same(step._replace(what=fewer)):
                keys = fewer
            else:
                at += size
        size //= 2
    return step._replace(what=keys)


def main() -> int:
    """Exit status 1 when something was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.monkey")
    parser.add_argument("dump", nargs="*")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--keys", type=int, help="stop after so many instead")
    parser.add_argument("--seed", type=int, help="default: a fresh one, which is printed")
    parser.add_argument("--shrink", type=float, default=120, metavar="SECONDS", help="for each find")
    parser.add_argument("--history", help="play this one alone")
    options = parser.parse_args()
    if options.history:
        dump, size, steps = json.loads(options.history)
        fault = played(Session(dump, tuple(size), tuple(Step(*step) for step in steps)))
        print(fault.words if fault else "nothing")
        return int(fault is not None)
    seed = options.seed if options.seed is not None else int.from_bytes(os.urandom(4), "little")
    print(f"seed {seed}", flush=True)
    random = Random(seed)
    dumps = options.dump or [str(DUMPS / name / "dump") for name in USUAL]
    start, keys, sessions = time.monotonic(), 0, 0
    faults: dict[str, Session] = {}
    while keys < options.keys if options.keys else time.monotonic() - start < options.seconds:
        session = random_session(random, [str(Path(dump).absolute()) for dump in dumps])
        sessions += 1
        keys += sum(len(step.what) for step in session.steps if step.deed == "keys")
        fault = played(session)
        if fault is not None and fault.words not in faults:
            faults[fault.words] = session
            print(f"found: {fault.words}", flush=True)
            least = shrunk(session, fault, played, options.shrink)
            print(f"  --history '{json.dumps([least.dump, least.size, least.steps])}'", flush=True)
    print(f"{keys} keys in {sessions} sessions, {len(faults)} faults, seed {seed}, {time.monotonic() - start:.0f} s")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
