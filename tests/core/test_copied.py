"""Logs as people copy them: whatever a page, a terminal or a mail does to the lines, the cause stays the same."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

import pytest
from criu_tui.core.logs.copied import Broken, broken_at, unbroken
from criu_tui.core.logs.others import others
from criu_tui.core.logs.reading import read_log
from hypothesis import given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LOG = """\
(00.012003)   7310: Opening 0x00558b1091b000-0x00558b1091c000 0000000000000000 (41) vma
(00.042202)   7310: Error (criu/files-reg.c:2143): Can't open file home/lab/user on restore: No such file or directory
(00.042211)   7310: Error (criu/files-reg.c:2086): Can't open file home/lab/user: No such file or directory
iptables-restore: line 6 failed
(00.042478) Error (criu/cr-restore.c:1476): 7310 exited, status=1
(00.042500) Error (criu/cr-restore.c:2447): Restoring FAILED.
"""
WHY = "Can't open file home/lab/user on restore: No such file or directory"


def _terminal(text: str, width: int) -> str:
    """As a terminal breaks lines: wherever they are full."""
    return "".join(
        line[at : at + width] + "\n" for line in text.splitlines() for at in range(0, max(len(line), 1), width)
    )


def _mail(text: str, width: int) -> str:
    return "".join(
        textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False) + "\n" for line in text.splitlines()
    )


SHAPES: dict[str, Callable[[str], str]] = {
    "a terminal": lambda text: _terminal(text, 80),
    "a narrow terminal": lambda text: _terminal(text, 71),
    "a mail": lambda text: _mail(text, 76),
    "an answer to a mail": lambda text: "".join(f"> {line}\n" for line in _mail(text, 72).splitlines()),
    "a page": lambda text: text.replace("   ", "\u00a0 \u00a0").replace("Can't", "Can’t"),
    "one line": lambda text: text.replace("\n", " "),
    "colours around the mark": lambda text: text.replace("Error", "\x1b[01;31m\x1b[KError\x1b[m\x1b[K"),
    "a mail from Windows": lambda text: _mail(text, 76).replace("\n", "\r\n"),
    "a session": lambda text: f"me@host:~/img$ cat restore.log\n{text}me@host:~/img$ uname -m\nx86_64\n",
    "an issue": lambda text: f"It ends with this:\n\n```\n{text}```\n\nwhat does that mean?\n",
}


@pytest.mark.parametrize("timed", [True, False])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_cause_stays_the_same_however_a_log_is_copied(tmp_path: Path, shape: str, timed: bool) -> None:
    text = LOG if timed else re.sub(r"(?m)^\(\d\d\.\d{6}\) ", "", LOG)
    path = tmp_path / "restore.log"
    path.write_text(SHAPES[shape](text), newline="")
    cause = read_log(path).cause
    assert cause is not None
    assert (cause.text, cause.source) == (WHY, "criu/files-reg.c:2143")


def test_what_stands_behind_a_message_is_not_of_it(tmp_path: Path) -> None:
    path = tmp_path / "paste.txt"
    path.write_text(
        "Error (criu/cr-restore.c:1514): Can't fork for 8017: File exists\nme@host:~/c$ ps -o pid,cmd -C sample\n"
    )
    cause = read_log(path).cause
    assert cause is not None
    assert cause.text == "Can't fork for 8017: File exists"


@pytest.mark.parametrize(
    "text",
    [
        # The same message twice is as long as itself.
        "(00.01) Error (criu/util.c:643): exited, status=1 and some more\niptables: Bad rule (which?)\n" * 2,
        "Error (criu/cr-check.c:512): /proc/sys/kernel/sem_next_id is inaccessible: No such file or directory\n"
        "Does not look good.\n",
        "[pid 42540] futex(0x7f53, FUTEX_WAIT_BITSET_PRIVATE, 0, {tv_sec=1744}) = -1 ETIMEDOUT (timed out)\n" * 3,
        "panic: runtime error: invalid memory address or nil pointer dereference\n"
        "[signal SIGSEGV: segmentation violation code=0x1 addr=0x30 pc=0x1256f8a]\n",
        "ERRO[0000] Container cannot be checkpointed while it is stopped\nContainer cannot be checkpointed so\n",
    ],
)
def test_lines_that_nobody_broke_stay_as_they_are(text: str) -> None:
    assert broken_at(text.encode()) is None


def test_where_no_line_is_of_criu_what_is_around_all_of_them_is_taken_off(tmp_path: Path) -> None:
    path = tmp_path / "paste.txt"
    path.write_text("> docker: Cannot connect to the daemon.\n>\n> \x1b[31mSee\x1b[0m 'docker run --help'.\n")
    said = [line.text for line in read_log(path).lines]
    assert said == ["docker: Cannot connect to the daemon.", "", "See 'docker run --help'."]
    path.write_text('{"msg": "restore failed", "error": "no device"}\n')
    assert [line.text for line in others(read_log(path)).kept] == ['{"msg": "restore failed", "error": "no device"}']


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.text("ab (0.1):Error/x.c\n>$é", max_size=90), max_size=12),
    st.integers(min_value=1, max_value=90),
    st.booleans(),
)
def test_as_many_lines_and_all_characters_are_left(parts: list[str], width: int, between: bool) -> None:
    data = "\n".join(parts).encode()
    whole = unbroken(data, Broken(width, between))
    assert whole.count(b"\n") == data.count(b"\n")
    assert len(whole) <= len(data) + data.count(b"\n")
