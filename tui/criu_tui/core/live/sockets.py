"""The sockets of a network namespace by inode: what they are, in which state, and where their other ends are.

Sources: proc_pid_net(5); sock_diag(7) for the peers of unix sockets, which no file of /proc tells and which the kernel
says of the reader's own network namespace alone.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.kernel_files import lines, unix_rows
from criu_tui.core.dump.sockets import ESTABLISHED, LISTEN
from criu_tui.core.live.process import PROC, LiveError, read

if TYPE_CHECKING:
    from pathlib import Path

_CLOSED = 7
_INET = (
    ("tcp", 2, 1, 6), ("tcp6", 10, 1, 6), ("udp", 2, 2, 17), ("udp6", 10, 2, 17), ("udplite", 2, 2, 136),
    ("udplite6", 10, 2, 136), ("raw", 2, 3, 255), ("raw6", 10, 3, 255), ("icmp", 2, 2, 1), ("icmp6", 10, 2, 58),
)  # fmt: skip
"""Files of /proc/PID/net: family, type, protocol."""
_CONNECTED = (3, 2)
"""Of a unix socket: SS_CONNECTED, or about to be."""
_LISTENING = 0x10000
"""__SO_ACCEPTCON."""
_BY_WORD = {"TCP": (1, 6), "MPTCP": (1, 262), "UDP": (2, 17), "UDP-Lite": (2, 136), "UDPLITE": (2, 136),
            "PING": (2, 1), "RAW": (3, 255), "SCTP": (1, 132), "DCCP": (6, 33)}  # fmt: skip
"""Type and protocol of inet sockets, by what the kernel calls the protocol."""
_NETLINK_SOCK_DIAG, _BY_FAMILY, _DUMP, _DONE = 4, 20, 0x301, 3
_HEAD = struct.Struct("=IHHII")
_ASKED = struct.Struct("=BBHIII8s")
_ANSWER = struct.Struct("=BBBBI8s")
_SHOW_PEER, _PEER = 4, 2
_PATIENCE = 5.0
"""Seconds to wait for the kernel's answer."""


class LiveSocket(NamedTuple):
    """One socket; numbers are the kernel's own."""

    inode: int
    family: int
    type: int
    protocol: int
    state: int
    """TCP_* of <net/tcp_states.h>, of unix sockets too."""
    local: tuple[bytes, int] = (b"", 0)
    """Address in network order and port; of a unix socket its name, which begins with NUL when it is abstract."""
    remote: tuple[bytes, int] = (b"", 0)
    peer: int | None = None
    """Inode of a unix socket's other end, 0 for none; None where the kernel does not say."""
    queued: int = 0
    """Bytes of a netlink socket that nobody has read, or connections of a listening one that nobody has accepted."""


def sockets_of(pid: int, *, own: bool) -> dict[int, LiveSocket]:
    """The sockets of the network namespace that a process is in, by inode; `own`: it is the reader's too."""
    found: dict[int, LiveSocket] = {}
    where = PROC / str(pid) / "net"
    for name, family, kind, protocol in _INET:
        for fields in _rows(where / name):
            if len(fields) > 9:
                number = int(fields[9])
                state, queued = int(fields[3], 16), int(fields[4].partition(":")[2], 16)
                found[number] = LiveSocket(
                    number, family, kind, protocol, state, _place(fields[1]), _place(fields[2]), queued=queued
                )
    peers = _peers() if own else {}
    for row in unix_rows(_content(where / "unix")):
        state = LISTEN if row.flags & _LISTENING else ESTABLISHED if row.state in _CONNECTED else _CLOSED
        bound = b"\0" + row.name[1:] if row.name.startswith(b"@") else row.name
        peer = peers.get(row.inode, 0 if own else None)
        found[row.inode] = LiveSocket(row.inode, 1, row.type, 0, state, (bound, 0), peer=peer)
    for fields in _rows(where / "netlink"):
        if len(fields) > 9:
            number = int(fields[9])
            unread = int(fields[4])
            found[number] = LiveSocket(number, 16, 3, int(fields[1]), _CLOSED, (b"", int(fields[2])), queued=unread)
    for fields in _rows(where / "packet"):
        if len(fields) > 8:
            number = int(fields[8])
            found[number] = LiveSocket(number, 17, int(fields[2]), int(fields[3], 16), _CLOSED)
    return found


def unlisted(inode: int, path: Path) -> LiveSocket | None:
    """A socket that stands in no list, since it is neither bound nor connected, by the kernel's word for its protocol.

    None for one of a family that has none.
    """
    try:
        word = os.getxattr(path, "system.sockprotoname").rstrip(b"\0").decode(errors="replace")
    except OSError:
        return None
    known = _BY_WORD.get(word.removesuffix("v6"))
    if known is None:
        return None
    return LiveSocket(inode, 10 if word.endswith("v6") else 2, *known, _CLOSED)


def _rows(path: Path) -> list[list[str]]:
    """The lines below the first one, in words."""
    return [line.split() for line in lines(_content(path).decode(errors="surrogateescape"))[1:] if line]


def _content(path: Path) -> bytes:
    """Nothing where the kernel has no such file."""
    try:
        return read(path)
    except LiveError:
        return b""


def _place(text: str) -> tuple[bytes, int]:
    """An address and port as /proc/net/tcp has them: each four bytes as one number in the machine's order."""
    address, _, port = text.partition(":")
    words = [int(address[at : at + 8], 16).to_bytes(4, "little") for at in range(0, len(address), 8)]
    return b"".join(words), int(port, 16)


def _peers() -> dict[int, int]:
    """The inode of each connected unix socket's other end, by its own; none where the kernel does not answer."""
    found: dict[int, int] = {}
    asked = _ASKED.pack(socket.AF_UNIX, 0, 0, 0xFFFFFFFF, 0, _SHOW_PEER, b"\xff" * 8)
    with contextlib.suppress(OSError), socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, _NETLINK_SOCK_DIAG) as diag:
        diag.settimeout(_PATIENCE)
        diag.send(_HEAD.pack(_HEAD.size + len(asked), _BY_FAMILY, _DUMP, 1, 0) + asked)
        while _read_answers(diag.recv(1 << 17), found):
            pass
    return found


def _read_answers(data: bytes, found: dict[int, int]) -> bool:
    """Takes the peers of one packet; False when it is the last one."""
    at = 0
    while at + _HEAD.size <= len(data):
        length, kind, *_ = _HEAD.unpack_from(data, at)
        if kind != _BY_FAMILY or length < _HEAD.size + _ANSWER.size:
            return False
        inode = _ANSWER.unpack_from(data, at + _HEAD.size)[4]
        attribute, end = at + _HEAD.size + _ANSWER.size, at + length
        while attribute + 4 <= end:
            size, name = struct.unpack_from("=HH", data, attribute)
            if name == _PEER:
                found[inode] = struct.unpack_from("=I", data, attribute + 4)[0]
            attribute += max(4, (size + 3) & ~3)
        at += (length + 3) & ~3
    return True
