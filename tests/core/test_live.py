"""What /proc says of running processes, as images: against what those processes know of themselves."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from criu_tui.core.dump.descriptors import descriptors
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.sockets import sockets
from criu_tui.core.dump.vma import Vma, VmaStatus
from criu_tui.core.live.memory import Run
from criu_tui.core.live.mounts import live_mounts
from criu_tui.core.live.process import LiveError, process
from criu_tui.core.live.source import NOT_READ, Live
from criu_tui.core.live.vmas import entries, pagemap
from criu_tui.core.pages.pagemaps import pagemap_of
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = 4096
STARTED = """
import json, mmap, os, socket, sys, threading
here, there = socket.socketpair()
listening = socket.socket(); listening.bind(("127.0.0.1", 0)); listening.listen()
area = mmap.mmap(-1, 16 * 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
area[4096 * 3] = 1
area[4096 * 5] = 1
child = os.fork()
if child == 0:
    sys.stdin.read()
    os._exit(0)
threading.Thread(target=sys.stdin.read, daemon=True).start()
said = {"child": child, "pair": [here.fileno(), there.fileno()]}
said |= {"listening": listening.fileno(), "port": listening.getsockname()[1]}
print(json.dumps(said), flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def running(program: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """A Python program until it has said what it is, in one line of JSON."""
    made = subprocess.Popen([sys.executable, "-I", "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert made.stdout is not None
        yield made.pid, json.loads(made.stdout.readline())
    finally:
        made.communicate(timeout=60)


def test_a_tree_reads_as_a_dump_of_it_would() -> None:
    with running(STARTED) as (pid, known):
        dump = Dump(Live(pid))
        assert list(dump.pids) == [pid, known["child"]]
        assert [task.ppid for task in dump.tasks] == [0, pid]
        assert len(dump.threads(pid)) == 2
        assert dump.core(pid).comm == process(pid).comm
        opened = {held.fd: held for held in descriptors(dump, pid)}
        assert [opened[fd].type for fd in (0, 1)] == ["PIPE", "PIPE"]
        found = sockets(dump)
        left, right = (found[opened[fd].file_id] for fd in known["pair"])
        assert (left.peer_ino, right.peer_ino) == (right.ino, left.ino)
        assert found[opened[known["listening"]].file_id].local == f"127.0.0.1:{known['port']}"
        assert dump.problems == ()


def test_pages_are_those_that_the_process_has_written() -> None:
    program = """
import ctypes, json, mmap, sys
area = mmap.mmap(-1, 16 * 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
area[4096 * 3] = 1
area[4096 * 5] = 1
area[4096 * 7]
print(json.dumps({"start": ctypes.addressof(ctypes.c_char.from_buffer(area))}), flush=True)
sys.stdin.read()
"""
    with running(program) as (pid, known):
        dump = Dump(Live(pid))
        start = int(known["start"])
        vma = dump.address_space(pid).at(start)
        assert vma is not None
        pages = [page for entry in pagemap_of(dump, pid) for page in range(entry.start, entry.end, PAGE)]
        inside = [page for page in pages if start <= page < start + 16 * PAGE]
        # The one that was only read is the kernel's page of zeros.
        assert inside == [start + 3 * PAGE, start + 5 * PAGE]


def test_nothing_of_its_memory_is_read() -> None:
    dump = Dump(Live(os.getpid()))
    assert dump.unreadable_pages == NOT_READ
    with pytest.raises(Exception, match=NOT_READ):
        dump.source.open("pages-1.img")
    size = sum(pagemap_of(dump, os.getpid()).present_pages for _ in "1") * PAGE
    assert dump.source.status("pages-1.img").size == size


def test_a_process_that_is_not_there_is_said_in_a_line() -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    with pytest.raises(LiveError, match=rf"^/proc/{gone.pid}/status: no such file or directory$"):
        Live(gone.pid)


def test_a_thread_of_the_kernel_has_no_memory() -> None:
    try:
        kernel = process(2).kernel_thread
    except LiveError:
        kernel = False
    if not kernel:
        pytest.skip("threads of the kernel are not seen here")
    with pytest.raises(LiveError, match="thread of the kernel"):
        Live(2)


def test_a_name_may_hold_what_looks_like_the_end_of_it() -> None:
    program = """
import ctypes, sys
ctypes.CDLL(None).prctl(15, b") R 1 (\\x1b[31m", 0, 0, 0)
print("{}", flush=True)
sys.stdin.read()
"""
    with running(program) as (pid, _):
        assert process(pid).comm == ") R 1 (\x1b[31m"
        assert process(pid).ppid == os.getpid()


def test_mounts_with_spaces_and_groups() -> None:
    line = r"36 35 98:0 /mnt1 /a\040b rw,noatime shared:7 master:3 - ext3 /dev/root rw,errors=continue"
    (mount,) = live_mounts(f"{line}\nnot a mount\n")
    assert (mount.point, mount.shared, mount.master, mount.kind, mount.device) == ("/a b", 7, 3, "ext3", (98, 0))


Spans = list[tuple[int, int]]
spans = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), max_size=12)


def apart(pairs: Spans) -> Spans:
    """Spans of pages in order that do not overlap."""
    found: Spans = []
    for start, size in sorted(pairs):
        if not found or start >= found[-1][1]:
            found.append((start, start + size))
    return found


@given(spans, spans)
def test_dumped_pages_are_private_memory_that_holds_something(mapped: Spans, held: Spans) -> None:
    private = VmaStatus.REGULAR | VmaStatus.ANON_PRIVATE
    vmas = [Vma(s * PAGE, e * PAGE, 0, 0, 3, 0x22, private) for s, e in apart(mapped)]
    runs = [Run(s * PAGE, e * PAGE, file=False) for s, e in apart(held)]
    found = entries(pagemap(vmas, runs))
    covered = [page for start, count, _ in found for page in range(start // PAGE, start // PAGE + count)]
    inside = {page for s, e in apart(mapped) for page in range(s, e)}
    assert covered == sorted(inside & {page for s, e in apart(held) for page in range(s, e)})
    assert all(a[0] + a[1] * PAGE < b[0] for a, b in itertools.pairwise(found))
