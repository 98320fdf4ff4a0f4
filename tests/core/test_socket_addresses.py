"""Local addresses of sockets, before a restore: what helps depends on whether the socket is a connection."""

from __future__ import annotations

import socket
import sys
from typing import TYPE_CHECKING

import pytest
from criu_tui.core.dump.dump import Dump
from criu_tui.core.images import kinds
from criu_tui.core.images.schema import fdinfo_pb2
from criu_tui.core.restore.host import Host, Mode
from criu_tui.core.restore.preflight.attempt import Attempt
from criu_tui.core.restore.preflight.check import State
from criu_tui.core.restore.preflight.machine import Machine
from criu_tui.core.restore.preflight.network import Addresses
from criu_tui.core.restore.preflight.surroundings import Surroundings
from criu_tui.core.restore.releases import criu

from tests.core.test_owners import write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("protocol", "to", "closing_helps"),
    [(socket.IPPROTO_TCP, 443, True), (socket.IPPROTO_TCP, 0, False), (socket.IPPROTO_UDP, 443, False)],
)
def test_only_a_connection_may_be_restored_closed(tmp_path: Path, protocol: int, to: int, closing_helps: bool) -> None:
    """criu/sk-inet.c: --tcp-close is asked for where tcp_connection() says so."""
    bound = fdinfo_pb2.file_entry(type=fdinfo_pb2.INETSK, id=1)
    bound.isk.family, bound.isk.proto, bound.isk.src_port, bound.isk.dst_port = socket.AF_INET, protocol, 25565, to
    bound.isk.src_addr.append(int.from_bytes(socket.inet_aton("10.244.0.23"), sys.byteorder))
    dump = Dump(write(tmp_path, "files.img", kinds.FILES, bound))
    machine = Machine(kernel="6.1.0", arch="x86_64", addresses=frozenset({"127.0.0.1/8"}))
    attempt = Attempt(dump, criu("4.3"), Surroundings(Host(Mode.ALWAYS, None, 0, None, None), lambda: machine))
    (check,) = Addresses().look(attempt)
    assert check.state is State.FAILS
    assert "ip addr add 10.244.0.23" in check.advice
    assert ("--tcp-close" in check.advice) is closing_helps
