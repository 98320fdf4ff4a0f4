"""Whatever signal ends a run, nothing of an archive that it has unpacked is left on disk."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.archives import build
from tests.pseudo_terminal import MAIN_SCREEN, Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNALS = [
    *(signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2, signal.SIGABRT),
    *(signal.SIGALRM, signal.SIGVTALRM, signal.SIGPROF, signal.SIGXCPU, signal.SIGIO, signal.SIGSYS, signal.SIGRTMIN),
    *(signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGKILL),
]
"""All that end a program, the one that cannot be caught among them."""
IN_THE_APP = [
    *(signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGABRT),
    *(signal.SIGSEGV, signal.SIGKILL),
]
SPOOLING = """
import sys, time
from criu_tui.cli import main
from criu_tui.core.source import decompress, spool
spool.MEMORY = 1 << 14
read = decompress.InOrder.read
def slowly(source, length=4096):
    time.sleep({seconds})
    return read(source, 4096)
decompress.InOrder.read = slowly
sys.exit(main(sys.argv[1:]))
"""
"""The program with a disk so slow that an archive takes minutes; the little memory has it write at once."""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = build.podman(tmp_path_factory.mktemp("archive") / "place")
    (place / "checkpoint" / "pages-1.img").write_bytes(random.Random(7).randbytes(8 << 20))
    return build.pack(place, place.parent / "a.tar.gz")


def spools(pid: int) -> Iterator[str]:
    """What the process has open that has no name."""
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(descriptor.readlink())
        except OSError:
            continue
        if target.startswith("/") and target.endswith(" (deleted)"):
            yield target


def wait_for_spool(pid: int, place: Path) -> None:
    end = time.monotonic() + 60
    while not any(Path(target).parent == place for target in spools(pid)):
        assert time.monotonic() < end, "nothing was unpacked"
        time.sleep(0.02)


def expected(number: signal.Signals) -> int:
    return -number if number is signal.SIGKILL else 128 + number


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_printing_leaves_nothing(tmp_path: Path, archive: Path, number: signal.Signals) -> None:
    program = SPOOLING.format(seconds=0.1)
    process = subprocess.Popen(
        [sys.executable, "-c", program, "--print", "summary", str(archive)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    wait_for_spool(process.pid, tmp_path)
    assert list(tmp_path.iterdir()) == []
    process.send_signal(number)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output, errors) == (expected(number), b"", b"")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.terminal
@pytest.mark.parametrize("number", IN_THE_APP, ids=lambda number: number.name)
@pytest.mark.parametrize("seconds", [0.05, 0.0], ids=["while it is read", "once it is read"])
def test_the_app_leaves_nothing(tmp_path: Path, archive: Path, number: signal.Signals, seconds: float) -> None:
    program = SPOOLING.format(seconds=seconds)
    command = [sys.executable, "-c", program, str(archive), "--pane", "maps"]
    with Terminal(command, extra={"TMPDIR": str(tmp_path)}) as terminal:
        terminal.shows("rw-")
        if seconds:
            terminal.shows("opening a.tar.gz")
        wait_for_spool(terminal.process.pid, tmp_path)
        assert list(tmp_path.iterdir()) == []
        terminal.process.send_signal(number)
        assert terminal.status() == expected(number)
        if number is not signal.SIGKILL:
            terminal.assert_restored()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kill", [signal.SIGTERM, signal.SIGKILL], ids=["TERM", "KILL"])
def test_standard_input_leaves_nothing(tmp_path: Path, archive: Path, kill: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SPOOLING.format(seconds=0), "--print", "summary", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert process.stdin is not None
    process.stdin.write(archive.read_bytes()[: 4 << 20])
    process.stdin.flush()
    wait_for_spool(process.pid, tmp_path)
    assert list(tmp_path.iterdir()) == []
    process.send_signal(kill)
    assert process.wait(60) == expected(kill)
    process.stdin.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.terminal
@pytest.mark.parametrize("suffix", [".gz", ".zst", ".tar"])
def test_an_archive_is_piped_into_the_app(tmp_path: Path, archive: Path, suffix: str) -> None:
    place = archive.parent / "place"
    packed = build.pack(place, tmp_path / f"a{suffix}")
    (tmp_path / "spool").mkdir()
    slowly = f"(head -c 3000000 {packed}; sleep 3; tail -c +3000001 {packed})"
    pipe = f"{slowly} | {sys.executable} -m criu_tui - --pane maps"
    with Terminal(["bash", "-c", pipe], size=(120, 30), extra={"TMPDIR": str(tmp_path / "spool")}) as terminal:
        # Before all has come.
        terminal.shows("rw-")
        terminal.shows("opening standard input")
        before = len(terminal.output)
        terminal.press("3")
        terminal.shows("Charged 20.8 MiB", before)
        terminal.press("q")
        assert terminal.status() == 0
        terminal.assert_restored()
    assert list((tmp_path / "spool").iterdir()) == []


@pytest.mark.terminal
def test_a_pipe_that_gives_nothing_more_can_be_given_up(tmp_path: Path, archive: Path) -> None:
    (tmp_path / "head").write_bytes(archive.read_bytes()[:700])
    pipe = f"(cat {tmp_path / 'head'}; sleep 60) | {sys.executable} -m criu_tui -"
    with Terminal(["bash", "-c", pipe]) as terminal:
        terminal.shows("opening standard input")
        terminal.press("\x1b")
        terminal.wait_for(MAIN_SCREEN)


@pytest.mark.parametrize("suffix", [".gz", ".tar"])
def test_an_archive_is_piped_into_printing(tmp_path: Path, archive: Path, suffix: str) -> None:
    packed = build.pack(archive.parent / "place", tmp_path / f"a{suffix}")
    command = [sys.executable, "-m", "criu_tui", "--print", "maps", "--format", "json"]
    whole = subprocess.run([*command, str(packed)], capture_output=True, check=True, timeout=60).stdout
    with packed.open("rb") as file, subprocess.Popen(["cat"], stdin=file, stdout=subprocess.PIPE) as cat:
        piped = subprocess.run([*command, "-"], stdin=cat.stdout, capture_output=True, check=True, timeout=60).stdout
    assert piped == whole
