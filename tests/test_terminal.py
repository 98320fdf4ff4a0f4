"""On a real pseudo-terminal: what reaches it from a hostile dump, and in what state it is left."""

from __future__ import annotations

import base64
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from random import Random
from typing import TYPE_CHECKING

import pytest
from criu_tui.terminal import GRACE, Ends

from tests.beside import played
from tests.conftest import DUMPS
from tests.fuzz.hostile import ACTING, LONG, MARKERS, inert, poison
from tests.fuzz.targets import KINDS
from tests.pseudo_terminal import ALTERNATE_SCREEN, MAIN_SCREEN, OURS, PATIENCE, Terminal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DUMP = str(DUMPS / "prot-none-1g" / "dump")
READY = b"7eb861200000"
"""An address on the first screen of the demo."""


SHOWN = b"7f5f4a000000"
"""An address in the maps of DUMP."""


def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "criu_tui", *arguments], check=False, timeout=60, **options)  # type: ignore[call-overload,no-any-return]


WITH_A_BUG = """
import sys
from criu_tui.terminal import Ends
from criu_tui.core.report import maps
from criu_tui.cli import main

def broken(*_, **__):
    secret = b"in a frame's variables"
    raise KeyError("\x1b]2;no such row")

maps.table = broken
sys.exit(main(sys.argv[1:]))
"""


def test_a_bug_is_one_line_on_standard_error() -> None:
    command = [sys.executable, "-c", WITH_A_BUG, "--print", "maps", str(DUMPS / "prot-none-1g" / "dump")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("criu-tui: a bug in criu-tui: KeyError")
    assert done.stderr.count("\n") == 1
    assert "\x1b" not in done.stderr
    asked = {**os.environ, "CRIU_TUI_TRACEBACK": "1"}
    assert "Traceback" in subprocess.run(command, capture_output=True, text=True, check=False, env=asked).stderr


def broken(pane: str) -> list[str]:
    """A command that opens the app at a pane whose table has a bug."""
    code = WITH_A_BUG.replace("report import maps", f"report import {pane} as maps")
    return [sys.executable, "-c", code, "--pane", pane, str(DUMPS / "prot-none-1g" / "dump")]


def assert_one_line(shown: str) -> None:
    assert "KeyError" in shown
    assert "Traceback" not in shown
    assert "in a frame" not in shown
    assert "\x1b]2;no such row" not in shown


def test_a_bug_before_the_screen_is_whole_ends_the_app_with_one_line() -> None:
    with Terminal(broken("maps")) as terminal:
        assert terminal.status() == 1
        shown = bytes(terminal.output).decode()
        assert "a bug in criu-tui: KeyError" in shown
        assert_one_line(shown)
        terminal.assert_restored()


def test_the_app_goes_on_after_a_bug_in_a_thread_and_says_one_line() -> None:
    with Terminal(broken("plan")) as terminal:
        terminal.wait_for(b"KeyError")
        terminal.settle()
        assert_one_line(bytes(terminal.output).decode())
        terminal.press("q")
        assert terminal.status() == 0
        terminal.assert_restored()


@pytest.mark.parametrize("pane", ["maps", "coverage", "log"])
def test_a_move_of_the_cursor_is_short_on_a_slow_line(pane: str) -> None:
    """Half of them take less than 1 KiB: two rows, what is said of the selection, and nothing besides."""
    with Terminal([*OURS, "--pane", pane, str(DUMPS / "random-1" / "dump")]) as terminal:
        terminal.wait_for(ALTERNATE_SCREEN)
        terminal.settle(1.0)
        lengths = [len(terminal.press(key)) for key in ["\x1b[B"] * 5 + ["\x1b[A"] * 4]
    assert all(lengths)
    assert sorted(lengths)[len(lengths) // 2] < 1024


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
def test_nothing_from_a_hostile_dump_reaches_the_terminal_as_a_sequence(tmp_path: Path, size: tuple[int, int]) -> None:
    directory = tmp_path / "dump\x1b]52;c;aGk=\x07[@click=app.quit]\u202e"
    shutil.copytree(DUMPS / "prot-none-1g-fork" / "dump", directory)
    poison(directory, KINDS, MARKERS)
    with Terminal([*OURS, str(directory)], size) as terminal:
        terminal.wait_for(ALTERNATE_SCREEN)
        terminal.settle()
        for pane in "2345671":
            assert f"[{pane} ".encode() in terminal.press(pane)
        for key in (*"t]jjGfvcz?", "\x1b", *"3g"):
            terminal.press(key)
        output = bytes(terminal.output)
        for _ in range(20):
            if terminal.process.poll() is None:
                terminal.press("\x1b")
                terminal.press("q")
        assert terminal.status() == 0
        terminal.assert_restored()
    shown = output.decode("utf-8", "replace")
    # The texts are there, written out.
    assert "\\x1b" in shown
    assert [sequence for sequence in ACTING if sequence in output] == []
    assert "\u0301" * 3 not in shown


def test_what_is_copied_and_exported_from_a_hostile_dump_is_inert(tmp_path: Path) -> None:
    directory = tmp_path / "dump\x1b]52;c;aGk=\x07[@click=app.quit]\u202e\n"
    shutil.copytree(DUMPS / "prot-none-1g-fork" / "dump", directory)
    poison(directory, KINDS, MARKERS)
    with Terminal([*OURS, str(directory)]) as terminal:
        terminal.wait_for(ALTERNATE_SCREEN)
        terminal.settle()
        for pane in "1356":
            terminal.press(pane)
            terminal.press("y")
            terminal.press("Y")
            for suffix in ("txt", "json", "md", "svg"):
                terminal.press("e")
                # The name that is offered is deleted first.
                terminal.press(f"\x15{tmp_path}/{pane}.{suffix}")
                terminal.press("\r")
                end = time.monotonic() + PATIENCE
                while not (tmp_path / f"{pane}.{suffix}").exists() and time.monotonic() < end:
                    terminal.settle()
        terminal.press("q")
        assert terminal.status() == 0
        output = bytes(terminal.output)
    copied = [base64.b64decode(found).decode() for found in re.findall(rb"\x1b\]52;c;([^\a]*)\a", output)]
    exported = [path.read_text() for path in tmp_path.iterdir() if path.is_file()]
    assert (len(copied), len(exported)) == (8, 16)
    # Nothing that a browser would fetch; references within the picture begin with #.
    for text in exported:
        assert not re.search(r"""url\(\s*["']?[^#"')]|href|@import|<(?:script|image)""", text if "<svg" in text else "")
    assert all(map(inert, copied))
    assert all(map(inert, exported))
    # Written out, the backslash quoted for a shell.
    assert "x1b" in "".join(copied)
    assert "\\x1b" in "".join(exported)


def without_tree(directory: Path) -> None:
    (directory / "pstree.img").unlink()


def all_cut(directory: Path) -> None:
    for path in directory.glob("*.img"):
        os.truncate(path, path.stat().st_size // 2)


def all_zeros(directory: Path) -> None:
    for path in directory.iterdir():
        path.write_bytes(bytes(4096))


def all_sparse(directory: Path) -> None:
    for path in directory.iterdir():
        os.truncate(path, 1 << 40)


def fifos(directory: Path) -> None:
    for path in directory.glob("[cmp]*.img"):
        path.unlink()
        os.mkfifo(path)


def long_text(directory: Path) -> None:
    (directory / "dump.log").unlink()
    poison(directory, KINDS, (LONG,))


@pytest.mark.parametrize("hurt", [without_tree, all_cut, all_zeros, all_sparse, fifos, long_text])
def test_the_app_shows_every_pane_of_a_damaged_dump(tmp_path: Path, hurt: Callable[[Path], None]) -> None:
    directory = tmp_path / "dump"
    shutil.copytree(DUMPS / "prot-none-1g-fork" / "dump", directory)
    hurt(directory)
    with Terminal([*OURS, str(directory)]) as terminal:
        terminal.wait_for(ALTERNATE_SCREEN)
        terminal.settle()
        for key in "123456789jGkf]v":
            terminal.press(key)
        terminal.press("\x1b")
        terminal.press("q")
        assert terminal.status() == 0
        terminal.assert_restored()


def test_files_that_change_beside_an_open_app_end_nothing_and_are_told_of() -> None:
    """A writer cuts, empties, grows, replaces and removes images and puts them back, while keys are pressed."""
    assert played(DUMPS / "random-2-fork" / "dump", 6.0, Random(7)) > 10


ENDED_BY = [
    *(signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2),
    *(signal.SIGALRM, signal.SIGXCPU, signal.SIGABRT, signal.SIGSEGV, signal.SIGRTMIN),
]


@pytest.mark.parametrize("number", ENDED_BY)
@pytest.mark.parametrize("sign", [ALTERNATE_SCREEN, READY])
def test_a_signal_ends_the_app_and_restores_the_terminal(tmp_path: Path, number: signal.Signals, sign: bytes) -> None:
    """While panes are still being made, and once there are some."""
    with Terminal([*OURS, "--demo", "boundary", "--pane", "plan"], extra={"TMPDIR": str(tmp_path)}) as terminal:
        terminal.wait_for(sign)
        terminal.process.send_signal(number)
        assert terminal.status() == 128 + number
        terminal.assert_restored()
        assert b"criu-tui:" not in terminal.output
    assert list(tmp_path.iterdir()) == []


HANGING = """
import sys, time
from criu_tui.cli import main
from criu_tui.screens.main import MainScreen
def hang(screen):
    {first}
    while True:
        time.sleep(0.1)
MainScreen.action_explain = hang
sys.exit(main(sys.argv[1:]))
"""
"""The program, which does one thing for `p` and then hangs, in what a signal's handler can come between."""


def test_a_signal_ends_an_app_that_hangs(tmp_path: Path) -> None:
    here = tmp_path / "hangs"
    hanging = HANGING.format(first=f"open({str(here)!r}, 'w').close()")
    (tmp_path / "scratch").mkdir()
    with Terminal(
        [sys.executable, "-c", hanging, "--demo", "--pane", "plan"], extra={"TMPDIR": str(tmp_path / "scratch")}
    ) as terminal:
        terminal.wait_for(READY)
        terminal.settle(1.0)
        terminal.press("p")
        assert here.exists()
        terminal.process.send_signal(signal.SIGUSR1)
        assert terminal.status() == 128 + signal.SIGUSR1
        terminal.assert_restored()
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_signal_ends_an_app_whose_terminal_is_behind_with_reading() -> None:
    """It hangs while more is to be written than the terminal has read by the time the program ends at once."""
    hanging = HANGING.format(first="screen.app._driver.write('.' * 100_000 + chr(27) + '[?1000h')")
    with Terminal([sys.executable, "-c", hanging, "--demo", "--pane", "plan"]) as terminal:
        terminal.wait_for(READY)
        terminal.settle(1.0)
        os.write(terminal.master, b"p")
        terminal.wait_for(b"." * 1000)
        terminal.process.send_signal(signal.SIGUSR1)
        time.sleep(GRACE * 1.2)
        assert terminal.status() == 128 + signal.SIGUSR1
        terminal.assert_restored()


def test_control_c_asks_once_and_quits_the_second_time() -> None:
    with Terminal([*OURS, DUMP, "--pane", "maps"]) as terminal:
        terminal.wait_for(SHOWN)
        terminal.settle()
        # On a line to type on too.
        terminal.press("/")
        os.write(terminal.master, b"\x03")
        # It is asked for some seconds only.
        terminal.shows("Ctrl-C once more quits")
        os.write(terminal.master, b"\x03")
        assert terminal.status() == 0
        terminal.assert_restored()


def test_control_c_once_quits_nothing() -> None:
    with Terminal([*OURS, DUMP, "--pane", "maps"]) as terminal:
        terminal.wait_for(SHOWN)
        terminal.settle()
        terminal.press("\x03")
        terminal.settle(3.5)
        terminal.press("\x03")
        assert b"[3 " in terminal.press("3")


def test_control_z_goes_to_the_shell_and_fg_comes_back() -> None:
    command = f"{sys.executable} -m criu_tui {DUMP} --pane maps"
    with Terminal(["bash", "--norc", "-i"]) as terminal:
        terminal.press(f"PS1='prompt '; clear; {command}\n")
        terminal.shows(SHOWN.decode())
        terminal.settle(1.0)
        for _ in range(2):
            before = len(terminal.output)
            os.write(terminal.master, b"\x1a")
            terminal.shows("Stopped", before)
            stopped = bytes(terminal.output)
            assert stopped.rfind(MAIN_SCREEN) > stopped.rfind(ALTERNATE_SCREEN)
            # The shell has its line back: it echoes what is typed.
            terminal.press("echo $((6*7))\n")
            terminal.shows("42", len(stopped))
            before = len(terminal.output)
            os.write(terminal.master, b"fg\n")
            # All of the screen is drawn anew, and keys work.
            terminal.shows(SHOWN.decode(), before)
            terminal.settle(0.5)
            for key, words in (("?", "row down"), ("\x1b", SHOWN.decode())):
                before = len(terminal.output)
                os.write(terminal.master, key.encode())
                terminal.shows(words, before)
        before = len(terminal.output)
        os.write(terminal.master, b"q")
        terminal.shows("prompt", before)
        before = len(terminal.output)
        os.write(terminal.master, b"echo ended with $?\n")
        terminal.shows("ended with 0", before)


def test_a_job_in_the_background_draws_nothing() -> None:
    command = f"{sys.executable} -m criu_tui {DUMP} --pane maps"
    with Terminal(["bash", "--norc", "-i"]) as terminal:
        terminal.press(f"PS1='prompt '; clear; {command}\n")
        terminal.shows(SHOWN.decode())
        terminal.settle(1.0)
        before = len(terminal.output)
        os.write(terminal.master, b"\x1a")
        terminal.shows("Stopped", before)
        before = len(terminal.output)
        os.write(terminal.master, b"bg\n")
        time.sleep(2)
        terminal.press("echo $((6*7))\n")
        terminal.shows("42", before)
        assert ALTERNATE_SCREEN not in terminal.output[before:]
        before = len(terminal.output)
        os.write(terminal.master, b"fg\n")
        terminal.shows(SHOWN.decode(), before)


@pytest.mark.parametrize(
    "sent",
    [
        b"\xff\xfe\xc3",
        b"\x1b[1114112u",
        b"\x1b[99999999999999999999u",
        b"\x1b[48;0;0;0;0t\x1b[<0;5;5M",
        b"\x1b[48;60000;60000;1;1t",
        b"\x1b[9999999;9999999R\x1b[<0;5;5M",
        b"\x1b[<0;99999999999999;5M",
        b"\x1b[200~" + b"x\n\x1b[48;0;0;0;0t" * 20_000 + b"\x1b[201~",
    ],
)
def test_no_input_ends_the_app(sent: bytes) -> None:
    with Terminal([*OURS, DUMP, "--pane", "maps"]) as terminal:
        terminal.wait_for(SHOWN)
        terminal.settle()
        for key in (b"", b"/"):
            pieces = [(key + sent)[start : start + 1024] for start in range(0, len(key + sent), 1024)]
            for piece in pieces:
                os.write(terminal.master, piece)
                terminal.settle(0.02)
            terminal.settle(0.3)
            terminal.press("\x1b")
        assert b"[3 " in terminal.press("3")
        terminal.process.send_signal(signal.SIGCONT)
        terminal.settle()
        assert b"[1 " in terminal.press("1")
        terminal.press("q")
        assert terminal.status() == 0
        terminal.assert_restored()


@pytest.mark.parametrize("ignoring", [False, True])
def test_a_closed_terminal_ends_the_app(tmp_path: Path, ignoring: bool) -> None:
    # Under nohup(1) no SIGHUP comes; Textual alone would read from a dead terminal for ever.
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN if ignoring else signal.SIG_DFL)
    try:
        terminal = Terminal([*OURS, "--demo", "boundary", "--pane", "plan"], extra={"TMPDIR": str(tmp_path)})
    finally:
        signal.signal(signal.SIGHUP, before)
    with terminal:
        terminal.wait_for(READY)
        terminal.hang_up()
        assert terminal.status() == 128 + signal.SIGHUP
    assert list(tmp_path.iterdir()) == []


def test_a_terminal_that_can_draw_nothing_gets_one_line() -> None:
    with Terminal([*OURS, "--demo", "boundary", "--pane", "plan"], extra={"TERM": "dumb"}) as terminal:
        assert terminal.status() == 2
        assert bytes(terminal.output).decode().strip() == (
            "criu-tui: a terminal of kind dumb can show no screen; --print PANE writes to standard output"
        )


@pytest.mark.parametrize(
    ("variables", "ascii_only"),
    [
        ({"LANG": "C"}, True),
        ({"LC_ALL": "POSIX", "LANG": "C.UTF-8"}, True),
        ({"LC_CTYPE": "de_DE.ISO-8859-1@euro"}, True),
        ({"LC_ALL": "", "LC_CTYPE": "en_US.utf8", "LANG": "C"}, False),
        # As in a container: Python chooses UTF-8, unless it is told to keep to the POSIX locale.
        ({}, False),
        ({"PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}, True),
    ],
)
def test_a_terminal_without_utf_8_gets_ascii_and_is_told_so(variables: dict[str, str], ascii_only: bool) -> None:
    extra = {"LC_ALL": "", "LC_CTYPE": "", "LANG": "", **variables}
    with Terminal([*OURS, DUMP], extra=extra) as terminal:
        terminal.wait_for(ALTERNATE_SCREEN)
        terminal.settle(1.0)
        shown = bytes(terminal.output)
        terminal.press("q")
    assert shown.isascii() is ascii_only
    assert (b"--no-ascii" in shown) is ascii_only


def test_ascii_is_as_asked_for() -> None:
    for option, ascii_only in (("--ascii", True), ("--no-ascii", False)):
        with Terminal([*OURS, option, DUMP], extra={"LC_ALL": "C"}) as terminal:
            terminal.wait_for(ALTERNATE_SCREEN)
            terminal.settle(1.0)
            shown = bytes(terminal.output)
        assert shown.isascii() is ascii_only
        assert b"drawn with ASCII" not in shown


def test_without_a_terminal_there_is_one_line() -> None:
    done = run(DUMP, stdin=subprocess.DEVNULL, capture_output=True)
    assert done.returncode == 2
    assert done.stderr.decode() == (
        "criu-tui: no terminal to show a screen on; --print PANE writes to standard output\n"
    )


def test_under_nohup_there_is_one_line_in_its_file(tmp_path: Path) -> None:
    with Terminal(["env", "-C", str(tmp_path), "nohup", *OURS, DUMP]) as terminal:
        assert terminal.status() == 2
        assert ALTERNATE_SCREEN not in terminal.output
    assert (tmp_path / "nohup.out").read_text() == (
        "criu-tui: no terminal to show a screen on; --print PANE writes to standard output\n"
    )


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_reader_that_leaves_is_no_error(form: str) -> None:
    command = f'"{sys.executable}" -m criu_tui --print log --format {form} "$0" | head -c 1'
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command, DUMP], capture_output=True, check=False, timeout=60)
    assert (done.returncode, len(done.stdout), done.stderr) == (0, 1, b"")


@pytest.mark.parametrize("words", ["--print maps", "--print maps --format json", "--help", "--version", "--list"])
def test_output_that_cannot_be_written_is_one_line(words: str) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = run(*words.split(), DUMP, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert done.stderr == b"criu-tui: standard output: no space left on device\n"
    command = f'"{sys.executable}" -m criu_tui {words} "$0" >&-'
    done = subprocess.run(["bash", "-c", command, DUMP], capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (2, b"criu-tui: standard output is closed\n")


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGQUIT])
def test_a_signal_that_was_ignored_at_the_start_stays_ignored(number: signal.Signals) -> None:
    """As under nohup(1), and for what a shell without job control puts into the background."""
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with Ends().by_signals():
            os.kill(os.getpid(), number)
            assert signal.getsignal(number) is signal.SIG_IGN
            assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
    finally:
        signal.signal(number, before)


FRAIL = """
import os, signal, sys, time
from criu_tui.terminal import Ends
code = "os.kill(os.getpid(), signal.SIGTERM); time.sleep(0.1); print('whole', flush=True)"
with Ends().by_signals():
    exec(compile(code, sys.argv[1], "exec"))
    time.sleep(60)
"""
"""A signal that comes while classes of messages are made, where an exception crashes the library that makes them; or
while there is a temporary file that nobody knows of yet."""


@pytest.mark.parametrize("within", ["core/images/message_classes.py", "lib/tempfile.py"])
def test_a_signal_waits_until_libraries_are_whole(within: str) -> None:
    done = subprocess.run([sys.executable, "-c", FRAIL, within], capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (128 + signal.SIGTERM, b"whole\n", b"")


HELD = """
import os, signal, time
from criu_tui.terminal import Ends, held
with Ends().by_signals():
    with held():
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.1)
        print("whole", flush=True)
    time.sleep(60)
"""


def test_a_signal_that_is_held_waits_whichever_thread_it_comes_to() -> None:
    done = subprocess.run([sys.executable, "-c", HELD], capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (128 + signal.SIGTERM, b"whole\n", b"")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_while_printing_leaves_nothing_behind(tmp_path: Path, number: signal.Signals) -> None:
    log = tmp_path / "long.log"
    log.write_bytes(b"(00.000001) a line of a log that does not fit into a pipe\n" * 20_000)
    process = subprocess.Popen(
        [sys.executable, "-m", "criu_tui", "--print", "log", "--demo", "userns", "--log", str(log)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert process.stdout is not None
    # It writes now, and goes on only as far as the pipe takes it.
    process.stdout.read(1)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (128 + number, b"")
    assert list(tmp_path.iterdir()) == [log]
