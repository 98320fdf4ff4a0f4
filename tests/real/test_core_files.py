"""Core files of tasks that a real CRIU dumped, opened by gdb: what it says of them is what it said of the living."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.threads import threads
from criu_tui.core.images.schema import pagemap_pb2
from criu_tui.core.pages.backtrace import backtrace, signal_returns
from criu_tui.core.pages.memory import Memory, arguments, environment
from criu_tui.core.report.extract import extract

from tests.compressed import compress
from tests.real.conftest import PROGRAMS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.real.criu import Criu

pytestmark = [pytest.mark.real, pytest.mark.skipif(shutil.which("gdb") is None, reason="no gdb")]

ASKED = ("info threads", "thread apply all bt", "x/s greeting", "x/s on_heap", "print depth_reached")
_FRAME = re.compile(r"^#(\d+)\s+(?:0x([0-9a-f]+) in )?(\w+) ", re.MULTILINE)
_CALLER = re.compile(r"^#[1-9]\d*\s+0x([0-9a-f]+) in ", re.MULTILINE)
PARENT, PRESENT = 1, 4
"""Flags of a pagemap entry (criu/include/pagemap.h)."""
_THREAD = re.compile(r"^Thread \d+ \(.*?LWP (\d+)\)", re.MULTILINE)
_LISTED = re.compile(r"^[* ] +\d+ +.*?LWP (\d+)\b", re.MULTILINE)
"""A row of `info threads`."""
_STRING = re.compile(r"^0x([0-9a-f]+)[^:]*:\t(.*)$", re.MULTILINE)
"""What `x/s` prints."""
INTERPRETED = """
import os, sys, threading, time
text = b"greetings from an interpreter"
def deeper(depth):
    return deeper(depth - 1) if depth else time.sleep(1000)
for depth in (1, 2):
    threading.Thread(target=deeper, args=(depth,), daemon=True).start()
where = id(text) + bytes.__basicsize__ - 1
open(os.path.join(sys.argv[1], "where"), "w").write(hex(where))
open(os.path.join(sys.argv[1], str(os.getpid())), "w").close()
deeper(3)
"""


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory, criu_command: list[str]) -> Path:
    """The program with frame pointers and debug information."""
    made = tmp_path_factory.mktemp("frames") / "frames"
    options = ["-O1", "-g", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls", "-pthread"]
    subprocess.run(["gcc", *options, "-o", made, PROGRAMS / "frames.c"], check=True)
    return made


def gdb(*arguments: str | Path, asked: Sequence[str] = ASKED) -> str:
    commands = [word for each in ("set width 0", *asked) for word in ("-ex", each)]
    done = subprocess.run(
        ["gdb", "-q", "-nx", "-batch", *map(str, arguments), *commands], capture_output=True, text=True, check=False
    )
    return done.stdout


def calls(told: str) -> dict[int, list[str]]:
    """The functions of each thread, innermost first, by its id."""
    found: dict[int, list[str]] = {}
    thread = 0
    for line in told.splitlines():
        if header := _THREAD.match(line):
            thread = int(header[1])
        elif (frame := _FRAME.match(line)) and thread:
            found.setdefault(thread, []).append(frame[3])
    return found


def addresses(told: str) -> dict[int, list[int]]:
    """Where each thread's callers go on, by its id; the innermost call is left out: a system call is begun anew."""
    found: dict[int, list[int]] = {}
    thread = 0
    for line in told.splitlines():
        if header := _THREAD.match(line):
            thread = int(header[1])
        elif (frame := _FRAME.match(line)) and thread and frame[2] and frame[1] != "0":
            found.setdefault(thread, []).append(int(frame[2], 16))
    return found


def values(told: str) -> list[str]:
    """What it printed of variables."""
    return [line for line in told.splitlines() if "greetings" in line or line.startswith("$")]


def test_gdb_says_of_a_core_what_it_says_of_the_living(criu: Criu, frames: Path) -> None:
    with criu.running(frames, criu.base / "ready", processes=1) as pid:
        told = gdb("-p", str(pid))
        proc = Path(f"/proc/{pid}")
        environ, cmdline = (proc / "environ").read_bytes(), (proc / "cmdline").read_bytes()
        dump = Dump(criu.dump(pid))
    check(dump, pid, frames, told, criu.base)
    assert b"".join(each + b"\0" for each in environment(dump, pid) or ()) == environ
    assert b"".join(each + b"\0" for each in arguments(dump, pid) or ()) == cmdline


def test_the_same_of_an_incremental_dump(criu: Criu, frames: Path) -> None:
    with criu.running(frames, criu.base / "ready", processes=1) as pid:
        told = gdb("-p", str(pid))
        images = criu.dump(pid)
    child = criu.base / "child"
    split(images, child, pid)
    dump = Dump(child)
    assert dump.incremental
    check(dump, pid, frames, told, criu.base)


def test_both_tasks_of_a_forked_dump_whose_pages_are_compressed(criu: Criu, frames: Path) -> None:
    """Compressed as CRIU 4.3 does it; plain first."""
    with criu.running(frames, criu.base / "ready", "fork", processes=2) as parent:
        pids = sorted(int(path.name) for path in (criu.base / "ready").iterdir() if path.name.isdecimal())
        told = {pid: gdb("-p", str(pid)) for pid in pids}
        images = criu.dump(parent)
    assert len({tuple(values(each)) for each in told.values()}) == 2
    for pid in pids:
        check(Dump(images), pid, frames, told[pid], criu.base)
    plain = sum(path.stat().st_size for path in images.glob("pages-*.img"))
    compress(images, pages_per_block=4)
    assert sum(path.stat().st_size for path in images.glob("pages-*.img")) < plain
    for pid in pids:
        check(Dump(images), pid, frames, told[pid], criu.base)


def test_an_interpreter(criu: Criu) -> None:
    """CPython, without frame pointers: gdb goes from frame to frame by the tables of its files."""
    program = Path(sys.executable).resolve()
    with criu.running(program, "-S", "-c", INTERPRETED, criu.base / "ready", processes=1) as pid:
        where = (criu.base / "ready" / "where").read_text()
        asked = ("info threads", "thread apply all bt", f"x/s {where}", "info sharedlibrary")
        told = gdb("-p", str(pid), asked=asked)
        images = criu.dump(pid)
    extract(Dump(images), f"core:{pid}", str(criu.base / "core"))
    core = gdb(program, criu.base / "core", asked=asked)
    assert len(_LISTED.findall(told)) == 3
    assert _LISTED.findall(core) == _LISTED.findall(told)
    assert min(map(len, calls(told).values())) > 5
    assert calls(core) == calls(told)
    assert addresses(core) == addresses(told)
    assert [text for _, text in _STRING.findall(told)] == ['"greetings from an interpreter"']
    assert _STRING.findall(core) == _STRING.findall(told)
    assert libraries(core) == libraries(told)


def libraries(told: str) -> list[str]:
    """The loaded files that it names, with where each lies."""
    return [line for line in told.splitlines() if re.match(r"0x[0-9a-f]+ +0x[0-9a-f]+ ", line)]


@pytest.mark.parametrize(("source", "compiler"), [("handler.c", "gcc"), ("methods.cc", "g++")])
def test_calls_through_a_signal_handler_and_of_methods(criu: Criu, tmp_path: Path, source: str, compiler: str) -> None:
    program = tmp_path / "program"
    options = ["-O1", "-g", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls"]
    subprocess.run([compiler, *options, "-o", program, PROGRAMS / source], check=True)
    with criu.running(program, criu.base / "ready", processes=1) as pid:
        # Else gdb leaves out the address of a frame at the beginning of a line, as the one interrupted may be. Of calls
        # that are compiled into others, as of some methods, it would then have the address of the outer one again.
        always = ("set print frame-info location-and-address",) if source == "handler.c" else ()
        told = gdb("-p", str(pid), asked=(*always, "bt"))
        living = [int(caller, 16) for caller in _CALLER.findall(told)]
        dump = Dump(criu.dump(pid))
    returns = signal_returns(dump, pid)
    with Memory(dump, pid) as memory:
        (thread,) = threads(dump, pid)
        assert thread.registers is not None
        ours = [frame.pc for frame in backtrace(memory, thread.registers, returns)][1:]
    assert len(living) >= 4
    # gdb has no address for the return from a handler, and ends at main.
    assert [pc for pc in ours if pc not in returns][: len(living)] == living


def split(images: Path, child: Path, pid: int) -> None:
    """Every second stretch of pages left to a parent dump, as --prev-images-dir does with what has not changed."""
    shutil.copytree(images, child)
    head, *entries = raw_entries((images / f"pagemap-{pid}.img").read_bytes())
    pages, kept, at = (images / "pages-1.img").read_bytes(), bytearray(), 0
    told = [head]
    for index, payload in enumerate(entries):
        entry = pagemap_pb2.pagemap_entry.FromString(payload)
        length = (entry.nr_pages or entry.compat_nr_pages) * 4096 if entry.flags & PRESENT else 0
        if length and index % 2:
            entry.flags, entry.in_parent = PARENT, True
        else:
            kept += pages[at : at + length]
        at += length
        told.append(entry.SerializeToString())
    assert at == len(pages)
    (child / "pages-1.img").write_bytes(kept)
    image = b"".join(len(each).to_bytes(4, "little") + each for each in told)
    (child / f"pagemap-{pid}.img").write_bytes((images / f"pagemap-{pid}.img").read_bytes()[:8] + image)
    (child / "parent").symlink_to(Path("..") / images.name)


def raw_entries(image: bytes) -> list[bytes]:
    found, at = [], 8
    while at < len(image):
        length = int.from_bytes(image[at : at + 4], "little")
        found.append(image[at + 4 : at + 4 + length])
        at += 4 + length
    return found


def check(dump: Dump, pid: int, program: Path, living: str, base: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        (base / "core").unlink()
    extract(dump, f"core:{pid}", str(base / "core"))
    told = gdb(program, base / "core")
    assert len(calls(living)) == 3
    assert calls(told) == calls(living)
    assert addresses(told) == addresses(living)
    assert _LISTED.findall(told) == _LISTED.findall(living)
    assert len(_LISTED.findall(told)) == 3
    assert values(told) == values(living)
    assert len(values(told)) == 3
    # Without any of the files that were mapped.
    strings = _STRING.findall(living)
    asked = ("info threads", *(f"x/s 0x{where}" for where, _ in strings))
    alone = gdb("-iex", "set sysroot /nowhere", "-c", base / "core", asked=asked)
    assert _LISTED.findall(alone) == _LISTED.findall(living)
    assert [text for _, text in _STRING.findall(alone)] == [text for _, text in strings]
    check_calls(dump, pid, living)


def check_calls(dump: Dump, pid: int, living: str) -> None:
    """Our own way from frame to frame: as gdb's, up to where the C library keeps no frame pointers."""
    with Memory(dump, pid) as memory:
        for each in threads(dump, pid):
            assert each.registers is not None
            ours = [frame.pc for frame in backtrace(memory, each.registers)][1:]
            theirs = addresses(living)[each.tid]
            # gdb ends at main, and goes on below a thread's first function by the tables of the C library.
            shared = min(len(ours), len(theirs))
            assert shared >= 2
            assert ours[:shared] == theirs[:shared]
