"""The other ends of sockets: which are in the dump."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.dump.files import of_type, unix_inodes
from criu_tui.core.dump.sockets import UNIX, socket_of
from criu_tui.core.images.schema import fdinfo_pb2

if TYPE_CHECKING:
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.sockets import Socket


class Peer(NamedTuple):
    """The other end of a socket."""

    file_id: int | None
    """None when it is not in the dump."""
    name: str
    """Its address or inode."""


def peer_of(dump: Dump, found: Socket) -> Peer | None:
    """The other end of a connected socket; None without one."""
    if not found.connected:
        return None
    if found.family == UNIX:
        return Peer(_by_inode(dump).get(found.peer_ino), f"inode {found.peer_ino}")
    other = _by_ends(dump).get((found.protocol, _as_ipv4(found.remote), _as_ipv4(found.local)))
    return Peer(other, found.remote)


def _as_ipv4(end: str) -> str:
    """An end without the prefix by which IPv6 sockets speak IPv4: both kinds can be connected with each other."""
    address, _, port = end.rpartition(":")
    return f"{address[8:-1]}:{port}" if address.startswith("[::ffff:") and "." in address else end


def _by_inode(dump: Dump) -> dict[int, int]:
    """Ids of the files of unix sockets."""
    return dump.once("unix sockets by inode", lambda: unix_inodes(dump.files))


def _by_ends(dump: Dump) -> dict[tuple[int, str, str], int]:
    """Ids of the files of inet sockets."""
    return dump.once(
        "inet sockets by ends",
        lambda: {
            (found.protocol, _as_ipv4(found.local), _as_ipv4(found.remote)): found.id
            for found in map(socket_of, of_type(dump.files, fdinfo_pb2.INETSK))
            if found is not None
        },
    )
