"""Two people at one screen, the clipboard through tmux, the start screen."""

from __future__ import annotations

import base64
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from criu_tui.widgets.clipboard import osc52

from tests.conftest import DUMPS
from tests.pseudo_terminal import OURS, PATIENCE, Terminal
from tests.terminal.tmux import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.terminal.tmux import Tmux

HOST = "--host overcommit=0,mem=24684084K,swap=0K"


def comes(log: Path, words: bytes) -> None:
    """Waits until a person has been sent words; raises AssertionError when they never are."""
    deadline = time.monotonic() + PATIENCE
    while words not in log.read_bytes():
        assert time.monotonic() < deadline, words
        time.sleep(0.05)


def attached(tmux: Tmux, size: tuple[int, int], log: Path) -> subprocess.Popen[bytes]:
    """A second person's terminal, of a size of its own; what it is sent goes to a file."""
    command = (
        f"stty cols {size[0]} rows {size[1]}; TERM=xterm-256color exec tmux -S {shlex.quote(str(tmux.socket))} attach"
    )
    environment = {name: value for name, value in os.environ.items() if name != "TMUX"}
    return subprocess.Popen(
        ["script", "--quiet", "--flush", "--command", command, str(log)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
    )


def clients(tmux: Tmux, count: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while len(tmux.run("list-clients").splitlines()) < count:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_two_clients_of_different_sizes_see_the_same(tmux: Tmux, tmp_path: Path) -> None:
    tmux.start(f"{PROGRAM} --demo boundary --criu 3.19 --pane maps {HOST}", (120, 40))
    tmux.shows("10 VMAs")
    # As the README's recipe has it: the window is as large as the smallest of the two.
    tmux.run("set-option", "window-size", "smallest")
    logs = [tmp_path / "large.log", tmp_path / "small.log"]
    people = []
    try:
        for size, log in zip(((160, 50), (80, 25)), logs, strict=True):
            people.append(attached(tmux, size, log))
            clients(tmux, len(people))
        # 24 lines are left beside the status line of tmux; the selection is kept through the resizes.
        tmux.press("g")
        tmux.shows("go to:")
        tmux.press("7e8661200000", "Enter")
        screen = tmux.shows("next dumped page 7eb861200000 begins exactly at this VMA's end", "? help")
        assert max(map(len, screen.splitlines())) <= 80
        assert tmux.run("display-message", "-p", "#{window_width}x#{window_height}").strip() == "80x24"
        # One types, both see.
        keys = people[1].stdin
        assert keys is not None
        keys.write(b"3")
        keys.flush()
        tmux.shows("[3 Write plan]", "FAILS")
        for log in logs:
            comes(log, b"FAILS")
        # The smaller one leaves: it is wide again for the other, and still there.
        people[1].kill()
        tmux.shows("Maps of 4242", "Findings", "Write plan of 4242", "7e8661200000-7eb861200000 --- 200 GiB anon")
    finally:
        for person in people:
            person.kill()
            person.wait()


def test_y_fills_the_buffer_of_tmux_with_the_place(tmux: Tmux) -> None:
    tmux.start(f"{PROGRAM} --demo boundary --criu 3.19 {HOST}")
    tmux.shows("touches, does not overlap")
    tmux.press("y")
    tmux.shows("copied address, VMA and command line to tmux's buffer")
    address, vma, command = tmux.run("show-buffer").splitlines()
    # Pasted into a shell, only the last line does anything.
    assert address == "# 7e8661200000"
    assert vma == "# 7e8661200000-7eb861200000 --- 200 GiB anon"
    words = shlex.split(command)
    assert words[:3] == ["criu-tui", "--demo", "boundary"]
    assert words[-6:] == ["--pane", "plan", "--task", "4242", "--goto", "7e8661200000"]
    # The same line, run again, stands at the same place.
    tmux.press("q")
    tmux.gone("touches")
    tmux.end()
    tmux.start(f"{PROGRAM} {shlex.join(words[1:])}")
    tmux.shows("[3 Write plan]", "next dumped page 7eb861200000 begins exactly at this VMA's end", "CRIU 3.19")


def test_elsewhere_y_asks_the_terminal(tmp_path: Path) -> None:
    dump = DUMPS / "prot-none-400g" / "dump"
    with Terminal([*OURS, str(dump), "--pane", "maps", "--goto", "7e8661200000"]) as terminal:
        terminal.wait_for(b"200 GiB")
        terminal.settle()
        sent = terminal.press("y")
    found = re.search(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)\x07", sent)
    assert found is not None
    text = base64.b64decode(found[1]).decode()
    assert text.splitlines()[:2] == ["# 7e8661200000", "# 7e8661200000-7eb861200000 --- 200 GiB anon"]
    assert osc52(text).encode() == found[0]
    assert b"by OSC 52" in sent


def test_inside_a_tmux_that_does_not_answer_the_sequence_is_wrapped_too(tmp_path: Path) -> None:
    dump = DUMPS / "prot-none-400g" / "dump"
    gone = {"TMUX": f"{tmp_path / 'gone'},1,0"}
    with Terminal([*OURS, str(dump), "--pane", "maps"], extra=gone) as terminal:
        terminal.wait_for(b"200 GiB")
        terminal.settle()
        sent = terminal.press("y")
    assert b"\x1bPtmux;\x1b\x1b]52;c;" in sent
    assert b"allow-passthrough" in sent


@pytest.fixture
def near() -> Iterator[Path]:
    """A directory whose whole path fits a line of the screen, which would break within the name of a file."""
    with tempfile.TemporaryDirectory(dir="/tmp") as directory:
        yield Path(directory)


def test_e_writes_the_pane_beside_and_never_into_the_dump(tmux: Tmux, near: Path) -> None:
    dump = DUMPS / "prot-none-400g" / "dump"
    before = sorted(path.name for path in dump.iterdir())
    tmux.start(f"{PROGRAM} {dump} --pane maps", directory=near)
    tmux.shows("16 VMAs")

    def export(name: str) -> None:
        tmux.press("e")
        tmux.shows("export to:")
        tmux.press("C-u", name, "Enter")
        tmux.gone("export to:")

    export(f"{dump}/maps.txt")
    tmux.shows("lies in the dump, and nothing is written there")
    for suffix, begins in ((".txt", "Maps of 16363"), (".md", "### criu-tui maps"), (".json", "{"), (".svg", "<svg")):
        export(f"maps{suffix}")
        tmux.shows(f"maps{suffix}")
        tmux.shows("wrote")
        assert (near / f"maps{suffix}").read_text().startswith(begins)
    export("maps.txt")
    tmux.shows("nothing is overwritten")
    assert sorted(path.name for path in dump.iterdir()) == before


def test_without_a_dump_it_says_what_it_is_and_opens_what_is_chosen(tmux: Tmux, tmp_path: Path) -> None:
    (tmp_path / "images").symlink_to(DUMPS / "prot-none-1g" / "dump")
    (tmp_path / "more").symlink_to(DUMPS)
    tmux.start(PROGRAM, directory=tmp_path)
    tmux.shows("opens a CRIU dump", "images/", "dump of 1 task", "demo boundary", "Nothing is ever written")
    tmux.press("G", "Enter")
    tmux.shows("incremental/", "2 dumps inside")
    tmux.press("BSpace", "Home", "Enter")
    tmux.shows("[0 Overview]", "task 24417")
    tmux.press("q")


def test_a_directory_of_one_dump_stands_for_it_and_one_of_several_asks(tmux: Tmux, tmp_path: Path) -> None:
    tmux.start(f"{PROGRAM} {DUMPS / 'prot-none-400g'} --ascii")
    tmux.shows("1 task, 14 files", "task 16363")
    tmux.press("q")
    tmux.gone("1 task, 14 files")
    tmux.end()
    # A dump that is the parent of another is opened with it.
    tmux.start(f"{PROGRAM} {DUMPS / 'incremental'}")
    tmux.shows("task 24417")
    tmux.press("q")
    tmux.gone("task 24417")
    tmux.end()
    for name in ("prot-none-400g", "prot-none-1g"):
        shutil.copytree(DUMPS / name / "dump", tmp_path / name)
    tmux.start(f"{PROGRAM} {tmp_path}")
    tmux.shows("prot-none-1g", "prot-none-400g", "dump of 1 task")
    tmux.press("Enter")
    tmux.shows("task 24417")


def client(tmux: Tmux, *options: str) -> Terminal:
    """A client of a machine whose locale says nothing of UTF-8."""
    command = ["tmux", *[each for each in options if each == "-u"], "-S", str(tmux.socket), "attach"]
    return Terminal([*command, *[each for each in options if each != "-u"]], (100, 30), {"LC_ALL": "C", "LANG": "C"})


def test_a_client_without_utf_8_gets_ascii_and_is_told_so(tmux: Tmux) -> None:
    tmux.start("cat")
    with client(tmux) as terminal:
        clients(tmux, 1)
        tmux.run("respawn-pane", "-k", f"LANG=C.UTF-8 {PROGRAM} --demo boundary {HOST}")
        tmux.shows("drawn with ASCII alone", "no UTF-8", "--no-ascii")
        assert tmux.screen().isascii()
        # Nothing is left for tmux to replace: it draws an underscore for what the client lacks.
        terminal.shows("7e8661200000")
        assert "___" not in tmux.screen()


def test_a_client_that_says_it_has_utf_8_gets_all_signs(tmux: Tmux) -> None:
    tmux.start("cat")
    with client(tmux, "-u") as terminal:
        clients(tmux, 1)
        tmux.run("respawn-pane", "-k", f"LANG=C.UTF-8 {PROGRAM} --demo boundary {HOST}")
        terminal.shows("7e8661200000")
        terminal.shows("│")
        assert not tmux.screen().isascii()
        assert "drawn with ASCII alone" not in tmux.screen()


def test_a_read_only_client_sees_and_types_nothing(tmux: Tmux) -> None:
    tmux.start(f"{PROGRAM} --demo boundary --criu 3.19 --pane maps {HOST}", (100, 30))
    tmux.shows("[1 Maps]")
    with client(tmux, "-u", "-r") as terminal:
        terminal.shows("7e8661200000")
        for key in ("3", "?", "\x03", "\x03", "q"):
            terminal.press(key)
        assert "[1 Maps]" in tmux.screen()
        assert "Ctrl-C once more" not in tmux.screen()
        # Whoever may type still can, and the watcher sees it.
        tmux.press("3")
        terminal.shows("[3 Write plan]")
