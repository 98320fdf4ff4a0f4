"""Logs of any length and kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_EVERY = 1000
"""Lines from one error to the next."""
_LINE = re.compile(r"\((\d+\.\d+)\) +(?:(\d+): )?(?:(Error|Warn) +\(([^)]*)\): )?(.*)")


def _time(number: int) -> str:
    return f"({number // 10**6:02}.{number % 10**6:06})"


def _journald(number: int) -> str:
    time = f"Nov 29 00:{number // 60 % 60:02}:{number % 60:02}"
    return f"{time} host criu[812]: {_time(number)} Error (criu/mem.c:1): No {number}"


def _foreign(number: int) -> str:
    return f"2026-04-20 17:26:21,{number % 1000:03} main Error (handler {number}): (peer.c:12)"


def _restore(number: int) -> str:
    """Such as -v4 gives of the memory work; one in a thousand is an error."""
    start = 0x7E0000000000 + number * 0x2000
    text = (
        "Error (criu/files-reg.c:2353): File is gone"
        if number % _EVERY == 0
        else f"\tpremap {start:#016x}-{start + 0x1000:#016x} -> {start:016x}"
    )
    return f"{_time(number)}  11824: {text}"


SHAPES: dict[str, Callable[[int], str]] = {
    "of a restore with -v4": _restore,
    "errors alone": lambda n: f"{_time(n)} Error (criu/files-reg.c:2353): Can't open file {n} on restore",
    "errors without times": lambda n: f"Error (criu/files-reg.c:2353): Can't open file {n} on restore",
    "docker's JSON": lambda n: f'{{"log":"{_time(n)} Error (criu/mem.c:1): No {n}\\n","stream":"stderr"}}',
    "journald": _journald,
    "another program's, with Error": _foreign,
    "another program's, with FAILED": lambda n: f"test {n} FAILED after {n % 7} s",
    "another text": lambda n: f"line {n} of a text that is nobody's log",
}
"""What a log may be, by name: each makes its line of a number."""


def generate(path: Path, lines: int, shape: str) -> Path:
    with path.open("w", encoding="ascii") as file:
        file.write("(00.000068) Version: 4.2.1 (gitid 0)\n")
        file.writelines(f"{SHAPES[shape](number)}\n" for number in range(1, lines))
    return path


def matched(path: Path) -> None:
    """The least that reading a log can be: each line split off and held against one compiled expression."""
    for line in path.read_bytes().decode().split("\n"):
        _LINE.match(line)
