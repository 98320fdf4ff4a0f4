"""Names that processes choose, in the files of /proc that list them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from criu_tui.core.base.kernel_files import lines, unix_rows
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.sockets import sockets
from criu_tui.core.live.mounts import live_mounts
from criu_tui.core.live.process import process
from criu_tui.core.live.source import Live

ENDS_FOR_PYTHON = "\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"


def test_a_line_ends_at_a_line_feed_alone() -> None:
    assert lines(f"a{ENDS_FOR_PYTHON}b\n\nc\n") == [f"a{ENDS_FOR_PYTHON}b", "", "c"]
    assert lines("") == []


@pytest.mark.parametrize(
    "name",
    [b"\0line\nfeed", b"\0a\n\nb\n", b"\0 \x0b\x0c\r\x85 \xff", b"\0\n", "\0a\u2028b".encode()],
    ids=["line feed", "empty lines", "spaces", "line feed alone", "separator"],
)
def test_the_kernel_lists_a_socket_of_any_name(name: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(name)
        bound.listen()
        inode = os.fstat(bound.fileno()).st_ino
        found = {row.inode: row for row in unix_rows(Path("/proc/net/unix").read_bytes())}
        assert found[inode].name == name.replace(b"\0", b"@")
        assert (found[inode].type, found[inode].state) == (socket.SOCK_STREAM, 1)


def test_a_process_is_read_whatever_sockets_others_have() -> None:
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(b"\0its name\ngoes on")
        bound.listen()
        inode = os.fstat(bound.fileno()).st_ino
        dump = Dump(Live(os.getpid()))
        assert [each.local for each in sockets(dump).values() if each.ino == inode] == ["@its name\ngoes on"]


def test_the_name_of_a_task_adds_no_field_of_its_status() -> None:
    program = """
import ctypes, sys
ctypes.CDLL(None).prctl(15, "x\\u2028Kthread: 1".encode(), 0, 0, 0)
print(flush=True)
sys.stdin.read()
"""
    with subprocess.Popen([sys.executable, "-I", "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as made:
        assert made.stdout is not None
        made.stdout.readline()
        assert not process(made.pid).kernel_thread
        made.communicate(timeout=60)


def test_a_mount_point_may_hold_what_python_takes_for_an_end() -> None:
    line = f"36 35 98:0 / /a{ENDS_FOR_PYTHON}b rw - ext3 /dev/root rw"
    assert [mount.point for mount in live_mounts(f"{line}\n")] == [f"/a{ENDS_FOR_PYTHON}b"]
