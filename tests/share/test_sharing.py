"""Several people on one checkpoint, each on a terminal of their own size, over a real socket."""

from __future__ import annotations

import json
import os
import pwd
import stat
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.conftest import DUMPS
from tests.pseudo_terminal import OURS, PATIENCE, Terminal, plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DUMP = DUMPS / "prot-none-400g" / "dump"
HOLE = "7e8661200000"
USER = pwd.getpwuid(os.geteuid()).pw_name[:16]
SIZES = ((80, 24), (120, 40), (200, 60))


@pytest.fixture
def runtime(near: Path) -> Path:
    return near


@contextmanager
def sharing(runtime: Path, *arguments: str, size: tuple[int, int] = (80, 24)) -> Iterator[Terminal]:
    command = [*OURS, str(DUMP), "--pane", "maps", *arguments]
    with Terminal(command, size, {"XDG_RUNTIME_DIR": str(runtime)}) as terminal:
        yield terminal


def until_there(path: Path) -> None:
    end = time.monotonic() + PATIENCE
    while not path.exists():
        assert time.monotonic() < end
        time.sleep(0.02)


def do(terminal: Terminal, keys: str) -> int:
    """Presses keys; from where on the output is new."""
    terminal.settle()
    since = len(terminal.output)
    terminal.press(keys)
    return since


def test_three_terminals_follow_point_mark_chat_and_the_hosts_end(runtime: Path) -> None:
    path = runtime / "criu-tui" / "boundary.sock"
    with ExitStack() as stack:
        host = stack.enter_context(sharing(runtime, "--share", "boundary", size=SIZES[0]))
        host.shows("nobody else is here")
        until_there(path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        one = stack.enter_context(sharing(runtime, "--join", size=SIZES[1]))
        one.shows("Maps")
        two = stack.enter_context(sharing(runtime, "--join", "boundary", size=SIZES[2]))
        for terminal in (host, one):
            terminal.shows("has come")
        two.shows("Maps")
        for terminal in (host, one, two):
            terminal.settle()

        # Follow who moved last: the host goes elsewhere, and the second guest with it.
        name = USER
        since = len(two.output)
        do(host, "2")
        two.shows(f"{name}: coverage", since)
        since = do(two, "F")
        two.shows(f"following {name} │", since)
        since = len(two.output)
        do(host, "3")
        do(host, "g")
        do(host, f"{HOLE}\r")
        two.shows(f"{name}: write plan {HOLE}", since)
        two.shows("200 GiB", since)
        one.shows(f"write plan {HOLE}")
        # Filter and order too.
        since = len(two.output)
        do(host, "s")
        two.shows("by Start, smallest first", since)
        do(host, "\x1b")
        # A move of one's own lets go.
        since = do(two, "1")
        host.settle()
        assert "following" not in two.stands()

        # Point, mark, chat: all hear of it.
        starts = [len(each.output) for each in (host, one, two)]
        do(host, "P")
        for terminal, start in ((one, starts[1]), (two, starts[2])):
            terminal.shows(f"points at write plan {HOLE}; F goes", start)
        do(host, "K")
        do(host, "the hole: touches, does not overlap\r")
        for terminal, start in ((one, starts[1]), (two, starts[2])):
            terminal.shows("the hole, touches", start)
        do(one, "a")
        do(one, "is [red]that[/] so?\r")
        for terminal, start in ((host, starts[0]), (two, starts[2])):
            terminal.shows("is [red]that[/] so?", start)
        since = do(two, "A")
        two.shows("the hole: touches, does not overlap", since)
        assert "1 marks" not in two.stands()
        do(two, "\x1b")

        # A guest's end ends nothing else; the host's leaves the other guest alone with all panes.
        do(two, "q")
        assert two.status() == 0
        one.shows("has gone", starts[1])
        do(host, "q")
        assert host.status() == 0
        one.shows("the host has left: you go on alone", starts[1])
        assert not path.exists()
        since = do(one, "2")
        one.shows("absent", since)
        do(one, "q")
        assert one.status() == 0
        for terminal in (host, one, two):
            terminal.assert_restored()


def test_a_guest_without_the_checkpoint_sees_rows_and_bytes_only_by_leave(runtime: Path, tmp_path: Path) -> None:
    with ExitStack() as stack:
        host = stack.enter_context(sharing(runtime, "--share", "boundary", size=SIZES[1]))
        host.shows("nobody else is here")
        until_there(runtime / "criu-tui" / "boundary.sock")
        extra = {"XDG_RUNTIME_DIR": str(runtime)}
        guest = stack.enter_context(Terminal([*OURS, "--join", "--rows", "--pane", "maps"], SIZES[1], extra))
        guest.shows("7e8661200000")
        guest.shows("rows from the host, no bytes")
        host.shows("no bytes")
        for terminal in (host, guest):
            terminal.settle()

        # Each goes where the other is; the host's releases and filters are the guest's.
        since, heard = len(guest.output), len(host.output)
        do(host, "3")
        do(host, "g")
        do(host, f"{HOLE}\r")
        guest.shows(f"{USER}: write plan {HOLE}", since)
        since = do(guest, "F")
        guest.shows(f"following {USER}", since)
        guest.shows("touches, does not overlap", since)
        do(guest, "1")
        do(guest, "/")
        since = do(guest, "size:>300G\r")
        guest.shows("1 of 16 rows", since)
        do(guest, "\x1b")
        do(guest, "g")
        do(guest, "heap\r")
        host.shows("maps 32db9000", heard)
        do(guest, "P")
        host.shows("points at maps 32db9000", heard)
        do(guest, "K")
        do(guest, "the heap\r")
        host.shows("the heap", heard)
        since = do(guest, "D")
        guest.shows("MAP_PRIVATE", since)
        do(guest, "\x1b")

        # Bytes and values are the host's to give.
        since = do(guest, "7")
        guest.shows("bytes stay with the host, who allows them with W", since)
        guest.settle()
        assert guest.stands().count("bytes stay with the host") == 1
        since = do(guest, "W")
        guest.shows("only the host allows bytes", since)
        since, heard = len(guest.output), len(host.output)
        do(host, "W")
        host.shows("bytes allowed", heard)
        guest.shows("rows from the host, bytes allowed", since)
        guest.shows("a0 89 4a 00", since)
        do(guest, "8")
        since = do(guest, "x")
        guest.shows("/bin/bash", since)
        since = do(host, "W")
        host.shows("no more bytes", since)
        guest.settle()
        since = do(guest, "7")
        guest.shows("bytes stay with the host", since)

        # What the host knows ends with it; what has come stays.
        since = len(guest.output)
        do(host, "q")
        assert host.status() == 0
        guest.shows("the host has left: you go on alone", since)
        do(guest, "1")
        do(guest, "q")
        assert guest.status() == 0
        for terminal in (host, guest):
            terminal.assert_restored()


def test_rows_are_asked_for_where_no_checkpoint_is(
    runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without --rows the directory one is in decides."""
    with sharing(runtime, "--share", "boundary") as host:
        host.shows("nobody else is here")
        until_there(runtime / "criu-tui" / "boundary.sock")
        extra = {"XDG_RUNTIME_DIR": str(runtime)}
        (tmp_path / "empty").mkdir()
        monkeypatch.chdir(tmp_path / "empty")
        with Terminal([*OURS, "--join"], SIZES[1], extra) as guest:
            guest.shows("rows from the host, no bytes")
            do(guest, "q")
            assert guest.status() == 0
        monkeypatch.chdir(DUMP)
        heard = len(host.output)
        with Terminal([*OURS, "--join"], SIZES[1], extra) as guest:
            host.shows("has come", heard)
            guest.shows(f"{USER}: ")
            assert "rows from the host" not in guest.stands()
            do(guest, "q")
            assert guest.status() == 0
        assert "--rows joins without a checkpoint" in refused(runtime, "--join", "--rows")
        do(host, "q")
        assert host.status() == 0


def refused(runtime: Path, *arguments: str, dump: Path = DUMP) -> str:
    """What is said, on one line, instead of a screen."""
    with Terminal([*OURS, str(dump), *arguments], extra={"XDG_RUNTIME_DIR": str(runtime)}) as terminal:
        assert terminal.status() == 2
        lines = plain(bytes(terminal.output)).decode().splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def test_what_is_refused_says_why_in_one_line(runtime: Path, tmp_path: Path) -> None:
    path = runtime / "criu-tui" / "boundary.sock"
    assert "no session is here: --share opens one" in refused(runtime, "--join")
    assert "no session nobody is here" in refused(runtime, "--join", "nobody")
    assert "a session's name is of letters" in refused(runtime, "--share", "../x")
    with sharing(runtime, "--share", "boundary") as host:
        host.shows("nobody else is here")
        until_there(path)
        other = refused(runtime, "--join", dump=DUMPS / "prot-none-1g" / "dump")
        assert "another checkpoint: its images differ" in other
        assert "runs already" in refused(runtime, "--share", "boundary")
        # Others may enter: nothing is shared there, and nothing found.
        path.parent.chmod(0o755)
        assert "open to others (mode 0755)" in refused(runtime, "--share", "more")
        path.parent.chmod(0o700)
        do(host, "q")
        assert host.status() == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_another_user_hears_in_one_line_that_the_session_is_not_for_all(runtime: Path) -> None:
    """Also one who gets past the modes of the directories: the kernel says who it is."""
    path = runtime / "criu-tui" / "boundary.sock"
    with sharing(runtime, "--share", "boundary") as host:
        host.shows("nobody else is here")
        until_there(path)
        assert said_to_nobody(path) == b"13"
        for each in (runtime, path.parent):
            each.chmod(0o711)
        path.chmod(0o666)
        said = json.loads(said_to_nobody(path))
        assert said["is"] == "bye"
        assert "--share --group GROUP" in said["reason"]
        do(host, "q")
        assert host.status() == 0


def said_to_nobody(path: Path) -> bytes:
    """What the user 65534 is told on a socket, or the number of the error."""
    script = (
        "import os, socket, sys\nos.setgroups([])\nos.setresgid(65534, 65534, 65534)\n"
        "os.setresuid(65534, 65534, 65534)\nconnected = socket.socket(socket.AF_UNIX)\n"
        "try: connected.connect(sys.argv[1])\nexcept OSError as error: print(error.errno, end='')\n"
        "else: print(connected.recv(4096).decode(), end='')"
    )
    return subprocess.run([sys.executable, "-c", script, path], capture_output=True, check=True).stdout


def test_a_recording_is_replayed_and_its_marks_are_in_the_report(runtime: Path, tmp_path: Path) -> None:
    file = tmp_path / "moves.jsonl"
    with sharing(runtime, "--record", str(file)) as terminal:
        terminal.shows("nobody else is here")
        do(terminal, "3")
        do(terminal, "g")
        do(terminal, f"{HOLE}\r")
        do(terminal, "K")
        do(terminal, "the *hole*\r")
        terminal.shows("marked the *hole*")
        do(terminal, "q")
        assert terminal.status() == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert lines[0]["is"] == "hello"
    assert {"is": "at", "pane": "plan", "address": int(HOLE, 16)}.items() <= next(
        line for line in reversed(lines) if line["is"] == "at"
    ).items()
    with sharing(runtime, "--replay", str(file)) as terminal:
        terminal.shows("following")
        terminal.shows(f"following {USER} │ {USER}: write plan {HOLE}")
        terminal.shows("the *hole*")
        do(terminal, "q")
        assert terminal.status() == 0
    assert "is there already" in refused(runtime, "--record", str(file))
    assert "lies in the dump" in refused(runtime, "--record", str(DUMP / "moves"))
    assert "is of another checkpoint" in refused(runtime, "--replay", str(file), dump=DUMPS / "prot-none-1g" / "dump")
    with Terminal([*OURS, str(DUMP), "--print", "report", "--replay", str(file)], (200, 60)) as printed:
        assert printed.status() == 0
        assert f"- the \\*hole\\* (plan, task 16363, {HOLE})" in plain(bytes(printed.output)).decode()
