"""The sockets of a dump: both ends, state, and the data that is on its way."""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base import linux
from criu_tui.core.dump.files import of_type
from criu_tui.core.dump.payloads import Payload, entries_with_bytes
from criu_tui.core.images import kinds
from criu_tui.core.images.messages import text_of
from criu_tui.core.images.schema import (
    fdinfo_pb2,
    sk_inet_pb2,
    sk_netlink_pb2,
    sk_packet_pb2,
    sk_queue_pb2,
    sk_unix_pb2,
    tcp_stream_pb2,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from google.protobuf.message import Message

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.files import File
    from criu_tui.core.images.schema import sk_opts_pb2

SCM_RIGHTS = 1
_DGRAM = 2
_WORD = struct.Struct("<I")
LISTEN, ESTABLISHED = 10, 1
UNIX, INET, INET6, NETLINK, PACKET = 1, 2, 10, 16, 17
_INET = (INET, INET6)
_STREAMS = "tcp-stream-"
"""Images of what TCP connections hold, by inode in hexadecimal."""
_USK = ((1, "external"), (2, "CRIU's service"), (4, "by callback"), (8, "inherited"))
"""What CRIU does with a unix socket that leads out of the dump (criu/sk-unix.c)."""


class Queued(NamedTuple):
    """Data on its way to or from a socket."""

    what: str
    """ "received", "sent" or "packet"."""
    payload: Payload
    files: tuple[int, ...] = ()
    """Ids of files that travel with it (SCM_RIGHTS)."""


class Socket(NamedTuple):
    """One socket; text is as in the dump."""

    id: int
    """Of files.img."""
    family: int
    type: int
    protocol: int
    state: int
    ino: int | None
    """Of the kernel's inode; None where the image has none."""
    local: str
    remote: str
    flags: int
    backlog: int
    shutdown: int
    peer_ino: int = 0
    """Of a unix socket; 0 when it is connected to none."""
    uflags: int = 0
    ns_id: int | None = None
    facts: tuple[tuple[str, str], ...] = ()
    """What else is known, name and words."""

    @property
    def stream(self) -> bool:
        """Whether a restore needs the other end; datagrams may go anywhere."""
        return self.family == UNIX or self.type != _DGRAM

    @property
    def connected(self) -> bool:
        """Whether there is another end, in the dump or not."""
        if self.family == UNIX:
            return self.peer_ino != 0
        return bool(self.remote) and self.family not in (NETLINK, PACKET)


def protocol_name(found: Socket) -> str:
    """ "tcp", "udp", "route": the protocol in the words of its family; of a unix socket its type."""
    match found.family:
        case 1:
            return linux.named(found.type, linux.SOCKET_TYPES, "type")
        case 16:
            return linux.named(found.protocol, linux.NETLINK, "protocol")
        case 17:
            return linux.named(found.protocol, linux.ETHERNET, "protocol")
    return linux.named(found.protocol, linux.PROTOCOLS, "protocol")


def sockets(dump: Dump) -> dict[int, Socket]:
    """Every socket by the id of its file."""
    return dump.once("sockets", lambda: {found.id: found for found in map(socket_of, _files(dump)) if found})


_TYPES = (fdinfo_pb2.UNIXSK, fdinfo_pb2.INETSK, fdinfo_pb2.PACKETSK, fdinfo_pb2.NETLINKSK)


def _files(dump: Dump) -> Iterator[File]:
    return of_type(dump.files, *_TYPES)


def socket_at(dump: Dump, file_id: int) -> Socket | None:
    """The socket that an id of files.img stands for; None for another file, or none."""
    file = dump.files.get(file_id)
    return None if file is None else socket_of(file)


def socket_of(file: File) -> Socket | None:
    """The socket that a file is; None for other files."""
    match file.type:
        case "UNIXSK" if isinstance(file.message, sk_unix_pb2.unix_sk_entry):
            return _unix(file.message)
        case "INETSK" if isinstance(file.message, sk_inet_pb2.inet_sk_entry):
            return _inet(file.message)
        case "PACKETSK" if isinstance(file.message, sk_packet_pb2.packet_sock_entry):
            return _packet(file.message)
        case "NETLINKSK" if isinstance(file.message, sk_netlink_pb2.netlink_sk_entry):
            return _netlink(file.message)
    return None


def _unix(entry: sk_unix_pb2.unix_sk_entry) -> Socket:
    facts = [*_options(entry.opts)]
    if entry.HasField("file_perms"):
        perms = entry.file_perms
        facts.append(("permissions", f"{linux.mode_text(perms.mode)} uid {perms.uid} gid {perms.gid}"))
    if entry.name_dir:
        facts.append(("bound in", text_of(entry.name_dir)))
    if entry.deleted:
        facts.append(("deleted", "yes"))
    if entry.uflags:
        facts.append(("external", ", ".join(linux.bits(entry.uflags, _USK))))
    return Socket(
        entry.id,
        UNIX,
        entry.type,
        0,
        entry.state,
        entry.ino,
        unix_name(entry.name),
        "",
        entry.flags,
        entry.backlog,
        entry.shutdown,
        entry.peer,
        entry.uflags,
        entry.ns_id if entry.HasField("ns_id") else None,
        tuple(facts),
    )


def unix_name(name: bytes) -> str:
    """The path of a unix socket; "@NAME" for an abstract one, as ss(8) writes it; empty for one without a name."""
    if name.startswith(b"\0"):
        return "@" + name[1:].decode("utf-8", "surrogateescape")
    return name.rstrip(b"\0").decode("utf-8", "surrogateescape")


def _inet(entry: sk_inet_pb2.inet_sk_entry) -> Socket:
    local = endpoint(entry.family, entry.src_addr, entry.src_port)
    connected = entry.dst_port != 0 or any(entry.dst_addr)
    facts = [*_options(entry.opts)]
    if entry.HasField("ifname") and entry.ifname:
        facts.append(("device", text_of(entry.ifname)))
    if entry.v6only:
        facts.append(("v6only", "yes"))
    for group in (entry.ip_opts, entry.tcp_opts):
        facts += ((name, words) for name, words in _set_fields(group) if words not in ("no", "0"))
    if entry.HasField("uid"):
        facts.append(("uid", str(entry.uid)))
    return Socket(
        entry.id,
        entry.family,
        entry.type,
        entry.proto,
        entry.state,
        entry.ino,
        local,
        endpoint(entry.family, entry.dst_addr, entry.dst_port) if connected else "",
        entry.flags,
        entry.backlog,
        entry.shutdown,
        ns_id=entry.ns_id if entry.HasField("ns_id") else None,
        facts=tuple(facts),
    )


def endpoint(family: int, words: Sequence[int], port: int) -> str:
    """ "127.0.0.1:80", "[::1]:80": an address in the memory order of its words, as CRIU keeps it."""
    raw = b"".join(map(_WORD.pack, words[:4]))
    if family == INET6 and len(raw) == 16:
        return f"[{socket.inet_ntop(socket.AF_INET6, raw)}]:{port}"
    return f"{socket.inet_ntop(socket.AF_INET, raw[:4].ljust(4, bytes(1)))}:{port}"


def _packet(entry: sk_packet_pb2.packet_sock_entry) -> Socket:
    facts = [*_options(entry.opts), ("version", str(entry.version))]
    for name, ring in (("rx ring", entry.rx_ring), ("tx ring", entry.tx_ring)):
        if ring.block_nr:
            facts.append((name, f"{ring.block_nr} x {ring.block_size} bytes, frames of {ring.frame_size}"))
    facts += (("member", f"device {group.index}, address {group.addr.hex(':')}") for group in entry.mclist)
    return Socket(
        entry.id,
        PACKET,
        entry.type,
        _swapped(entry.protocol),
        0,
        None,
        f"device {entry.ifindex}" if entry.ifindex else "any device",
        "",
        entry.flags,
        0,
        0,
        ns_id=entry.ns_id if entry.HasField("ns_id") else None,
        facts=tuple(facts),
    )


def _swapped(number: int) -> int:
    """A number of 16 bits that the image has in network order."""
    return (number & 0xFF) << 8 | number >> 8 & 0xFF


def _netlink(entry: sk_netlink_pb2.netlink_sk_entry) -> Socket:
    facts = [*_options(entry.opts)]
    groups = [32 * word + bit + 1 for word, value in enumerate(entry.groups) for bit in range(32) if value >> bit & 1]
    if groups:
        facts.append(("groups", " ".join(map(str, groups))))
    to = f"port {entry.dst_portid}" if entry.dst_portid else f"group {entry.dst_group}" if entry.dst_group else ""
    return Socket(
        entry.id,
        NETLINK,
        3,
        entry.protocol,
        entry.state,
        entry.ino,
        f"port {entry.portid}",
        to,
        entry.flags,
        0,
        0,
        ns_id=entry.ns_id if entry.HasField("ns_id") else None,
        facts=tuple(facts),
    )


def _options(opts: sk_opts_pb2.sk_opts_entry) -> Iterator[tuple[str, str]]:
    """Socket options that are not at their usual value; buffers always."""
    for name, words in _set_fields(opts):
        if words not in ("no", "0") and (name, words) != ("rcvlowat", "1"):
            yield name, words
    if opts.so_filter:
        yield "filter", f"{len(opts.so_filter)} instructions"


def _set_fields(message: Message) -> Iterator[tuple[str, str]]:
    for field, value in message.ListFields():
        if field.message_type is None and not field.is_repeated:
            yield field.name.removeprefix("so_").removeprefix("tcp_"), _shown(value)


def _shown(value: str | bytes | bool | int) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, int) else text_of(value)


def files_in_flight(dump: Dump) -> Iterator[tuple[int, int]]:
    """Files on their way to a socket, as (id of the file, id of the socket)."""
    for socket_id, queue in _packets(dump).items():
        for queued in queue:
            yield from ((file_id, socket_id) for file_id in queued.files)


def queue_of(dump: Dump, found: Socket) -> tuple[Queued, ...]:
    """The data on its way to or from a socket, in the order it was sent."""
    return (*_packets(dump).get(found.id, ()), *_stream(dump, found))


def with_queues(dump: Dump) -> Iterator[Socket]:
    """The sockets that data may be on its way to or from: none are looked at where no image has any."""
    queued = _packets(dump)
    streams = any(name.startswith(_STREAMS) for name in dump.files_listed)
    if queued or streams:
        yield from (each for each in sockets(dump).values() if each.id in queued or (streams and each.family in _INET))


def _packets(dump: Dump) -> dict[int, tuple[Queued, ...]]:
    return dump.once("socket queues", lambda: _read_packets(dump))


def _read_packets(dump: Dump) -> dict[int, tuple[Queued, ...]]:
    found: dict[int, list[Queued]] = {}

    def raw(entry: sk_queue_pb2.sk_packet_entry) -> int:
        return entry.length

    for entry, payload in entries_with_bytes(dump, "sk-queues.img", kinds.SK_QUEUES, sk_queue_pb2.sk_packet_entry, raw):
        files = tuple(right for scm in entry.scm if scm.type == SCM_RIGHTS for right in scm.rights)
        found.setdefault(entry.id_for, []).append(Queued("packet", payload, files))
    return {number: tuple(queued) for number, queued in found.items()}


def _stream(dump: Dump, found: Socket) -> tuple[Queued, ...]:
    """What a TCP connection received that was not read yet, and what it sent that was not acknowledged."""
    if found.ino is None or found.family in (UNIX, NETLINK):
        return ()

    def raw(entry: tcp_stream_pb2.tcp_stream_entry) -> int:
        return entry.inq_len + entry.outq_len

    name = f"{_STREAMS}{found.ino:x}.img"
    for entry, payload in entries_with_bytes(dump, name, kinds.TCP_STREAM, tcp_stream_pb2.tcp_stream_entry, raw):
        received = payload._replace(length=entry.inq_len)
        sent = payload._replace(offset=payload.offset + entry.inq_len, length=entry.outq_len)
        return tuple(Queued(what, part) for what, part in (("received", received), ("sent", sent)) if part.length)
    return ()
