"""Internet and unix sockets that a restore binds and connects: addresses, ports, paths and interfaces."""

from __future__ import annotations

import ipaddress
import stat
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from criu_tui.core.base import linux
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted
from criu_tui.core.dump.descriptors import holders
from criu_tui.core.dump.sockets import INET6, endpoint, unix_name
from criu_tui.core.images.messages import text_of
from criu_tui.core.images.schema import sk_inet_pb2, sk_unix_pb2
from criu_tui.core.restore.preflight.check import Check, Needs, State
from criu_tui.core.restore.preflight.files import GIVE_ROOT, ROOT_UNKNOWN
from criu_tui.core.restore.preflight.where import followed, on_disk, own_namespace, root_of
from criu_tui.core.source.error import reason_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.descriptors import Holder
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.restore.preflight.attempt import Attempt

TCP = 6
NEW_NAMESPACE = "in a network namespace that the restore makes"
STREAM_ESTABLISHED = 1
DGRAM = 2
EXTERNAL = 1
"""A unix socket outside the dump that one inside is connected to (USK_EXTERN of criu/sk-unix.c)."""


START_SERVICE = "start the service that has this socket first"
BOUND = Path("/proc/net/unix")


class Bound(NamedTuple):
    """An internet socket with a local address or port."""

    entry: sk_inet_pb2.inet_sk_entry
    pid: int | None
    address: str
    port: int
    protocol: str

    @property
    def connected(self) -> bool:
        """A TCP connection, which is set up in repair mode: no port of another stands in its way."""
        return is_connection(self.entry)

    @property
    def anywhere(self) -> bool:
        """Bound to no certain address."""
        return ipaddress.ip_address(self.address).is_unspecified

    def __str__(self) -> str:
        return f"{self.protocol} {endpoint(self.entry.family, self.entry.src_addr, self.port)}"


def is_connection(entry: sk_inet_pb2.inet_sk_entry) -> bool:
    """Whether CRIU restores a socket as a TCP connection (criu/sk-inet.c: tcp_connection)."""
    return entry.proto == TCP and entry.dst_port != 0


def connections(dump: Dump) -> list[sk_inet_pb2.inet_sk_entry]:
    """Every TCP connection."""
    return [
        file.message
        for file in dump.files.values()
        if isinstance(file.message, sk_inet_pb2.inet_sk_entry) and is_connection(file.message)
    ]


def bound(dump: Dump) -> Iterator[Bound]:
    """Every internet socket that is bound."""
    who = holders(dump)
    for file in dump.files.values():
        entry = file.message
        if not isinstance(entry, sk_inet_pb2.inet_sk_entry) or not entry.src_port:
            continue
        address = endpoint(entry.family, entry.src_addr, 0).rpartition(":")[0].strip("[]")
        pid = next((holder.pid for holder in who.get(file.id, ())), None)
        yield Bound(entry, pid, address, entry.src_port, linux.named(entry.proto, linux.PROTOCOLS, "protocol"))


class Addresses:
    """Local addresses of sockets, which must be this machine's."""

    id: ClassVar[str] = "addresses"
    what: ClassVar[str] = "local addresses of sockets"
    needs: ClassVar[Needs] = Needs.MACHINE

    def concerns(self, dump: Dump) -> bool:
        """Whether a socket is bound to a certain address."""
        return any(not each.anywhere for each in bound(dump))

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """Every address that is not here: bind(2) says EADDRNOTAVAIL."""
        sockets = [each for each in bound(attempt.dump) if not each.anywhere]
        if own_namespace(attempt.dump, "net"):
            yield Check(
                self.id,
                counted(len(sockets), "bound socket"),
                State.OK,
                "in a network namespace that the restore makes",
            )
            return
        local = attempt.machine.addresses
        if local is None:
            yield Check(self.id, counted(len(sockets), "bound socket"), State.UNKNOWN, "the addresses are not known")
            return
        networks = [ipaddress.ip_network(each, strict=False) for each in local]
        failing = 0
        for each in sockets:
            if _is_local(each, networks) or self._anywhere(attempt, each):
                continue
            failing += 1
            yield Check(
                self.id,
                f"{each.address} is no address of this machine",
                State.FAILS,
                f"{each}{_of(each.pid)}; CRIU says “Can't bind inet socket: Cannot assign requested address”",
                f"ip addr add {each.address} to an interface first, or restore connections with --tcp-close",
                each.pid,
            )
        if failing < len(sockets):
            yield Check(
                self.id, f"{counted(len(sockets) - failing, 'bound socket')}", State.OK, "their addresses are here"
            )

    @staticmethod
    def _anywhere(attempt: Attempt, socket: Bound) -> bool:
        """CRIU binds to any address of IPv6 (IP_FREEBIND): it may not be announced yet (criu/sk-inet.c: inet_bind)."""
        if socket.entry.family == INET6 or socket.entry.ip_opts.freebind:
            return True
        return bool(attempt.machine.sysctl("net/ipv4/ip_nonlocal_bind"))


def _is_local(socket: Bound, networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    address = ipaddress.ip_address(socket.address)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.is_multicast or any(address in each for each in networks if each.version == address.version)


def _of(pid: int | None) -> str:
    return "" if pid is None else f" of task {pid}"


class Ports:
    """Ports that sockets are bound to."""

    id: ClassVar[str] = "ports"
    what: ClassVar[str] = "ports of sockets that are free"
    needs: ClassVar[Needs] = Needs.MACHINE

    def concerns(self, dump: Dump) -> bool:
        """Whether a socket takes a port."""
        return any(not each.connected for each in bound(dump))

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """Every port that a socket here listens on, or of UDP has: bind(2) or listen(2) says EADDRINUSE."""
        sockets = [each for each in bound(attempt.dump) if not each.connected]
        if own_namespace(attempt.dump, "net"):
            yield Check(
                self.id, counted(len(sockets), "port"), State.OK, "in a network namespace that the restore makes"
            )
            return
        taken = attempt.machine.ports
        if taken is None:
            yield Check(self.id, counted(len(sockets), "port"), State.UNKNOWN, "which ports are taken is not known")
            return
        failing = 0
        for each in sockets:
            if not any(
                other.port == each.port
                and other.protocol == each.protocol
                and (other.listens or each.protocol != "tcp")
                and _overlap(each, other.address)
                for other in taken
            ):
                continue
            failing += 1
            yield Check(
                self.id,
                f"{each.protocol} port {each.port} is taken",
                State.FAILS,
                f"{each}{_of(each.pid)}; CRIU says “Can't bind inet socket: Address already in use”, or “Can't listen”",
                f"end what has it (ss -lnp sport = :{each.port}), or restore in a network namespace of its own",
                each.pid,
            )
        if failing < len(sockets):
            yield Check(self.id, counted(len(sockets) - failing, "port"), State.OK, "free")


def _overlap(socket: Bound, other: str) -> bool:
    """Whether two local addresses stand in each other's way."""
    own, there = ipaddress.ip_address(socket.address), ipaddress.ip_address(other)
    if own.is_unspecified or there.is_unspecified:
        either = own if own.is_unspecified else there
        if own.version == there.version:
            return True
        # :: takes IPv4's port too, unless it says otherwise.
        return either.version == 6 and not (either is own and socket.entry.v6only)
    mapped = [each.ipv4_mapped if isinstance(each, ipaddress.IPv6Address) else None for each in (own, there)]
    return (mapped[0] or own) == (mapped[1] or there)


class Interfaces:
    """Network devices that sockets are bound to by name."""

    id: ClassVar[str] = "interfaces"
    what: ClassVar[str] = "network devices that sockets are bound to"
    needs: ClassVar[Needs] = Needs.MACHINE

    def concerns(self, dump: Dump) -> bool:
        """Whether a socket is bound to a device outside a network namespace of its own."""
        return bool(bound_devices(dump)) and not own_namespace(dump, "net")

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """Every device that is not here."""
        dump = attempt.dump
        wanted = bound_devices(dump)
        known = attempt.machine.interfaces
        who = holders(dump)
        for name, file_id in wanted.items():
            pid = next((holder.pid for holder in who.get(file_id, ())), None)
            shown = display_safe(name, 64)
            if known is None:
                yield Check(self.id, shown, State.UNKNOWN, "the devices are not known", pid=pid)
            elif name in known:
                yield Check(self.id, f"{shown} is here", State.OK)
            else:
                yield Check(
                    self.id,
                    f"there is no network device {shown}",
                    State.FAILS,
                    f"a socket{_of(pid)} is bound to it; CRIU says “couldn't find ifindex”",
                    f"make it first: ip link add {shown} …",
                    pid,
                )


class UnixSockets:
    """Paths of unix sockets: those that are bound, and those outside that sockets were connected to."""

    id: ClassVar[str] = "unix-sockets"
    what: ClassVar[str] = "paths of unix sockets"
    needs: ClassVar[Needs] = Needs.FILES

    def concerns(self, dump: Dump) -> bool:
        """Whether a socket has a path."""
        return bool(named_sockets(dump))

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """Every path that cannot be bound, or has no socket to connect to."""
        dump = attempt.dump
        sockets = named_sockets(dump)
        root = root_of(attempt)
        if root is None:
            yield Check(self.id, counted(len(sockets), "path"), State.UNKNOWN, ROOT_UNKNOWN, GIVE_ROOT)
            return
        who = holders(dump)
        fine = 0
        for entry in sockets:
            pid = next((holder.pid for holder in who.get(entry.id, ())), None)
            if entry.uflags & EXTERNAL and pid is None:
                pid = next((each.pid for each in _peers(dump, entry, who)), None)
            if entry.type != DGRAM and entry.state == STREAM_ESTABLISHED and not entry.uflags & EXTERNAL:
                # It has the name of the socket that accepted it, and is not bound.
                continue
            name = str(PurePosixPath(text_of(entry.name_dir), unix_name(entry.name)))
            if not name.startswith("/") or on_disk(dump, entry.mnt_id, name).elsewhere:
                yield Check(self.id, display_safe(name), State.SKIPPED, "it does not lie below the root", pid=pid)
                continue
            trouble = (
                _outside(root, name) if entry.uflags & EXTERNAL else _unbindable(root, name, deleted=entry.deleted)
            )
            if not trouble and entry.uflags & EXTERNAL and not _is_bound(root, name):
                # The file of a socket stays when whoever bound it ends; then CRIU's connect fails.
                why = "nobody is seen to have bound it: in another network namespace one may have"
                shown = display_safe(name)
                yield Check(self.id, f"{shown}: a socket outside", State.UNKNOWN, why, START_SERVICE, pid, shown)
                continue
            if not trouble:
                fine += 1
                continue
            what, why, advice = trouble
            shown = display_safe(name)
            yield Check(self.id, f"{shown}: {what}", State.FAILS, f"a socket{_of(pid)}; {why}", advice, pid, shown)
        if fine:
            yield Check(self.id, counted(fine, "path"), State.OK, "can be bound, or has a socket to connect to")


def bound_devices(dump: Dump) -> dict[str, int]:
    """Network devices that internet sockets are bound to, each with the id of such a socket's file."""
    return {
        text_of(name): entry.id
        for entry in (file.message for file in dump.files.values())
        if isinstance(entry, sk_inet_pb2.inet_sk_entry)
        for name in (entry.ifname, entry.opts.so_bound_dev)
        if name
    }


def named_sockets(dump: Dump) -> list[sk_unix_pb2.unix_sk_entry]:
    """Unix sockets with a path."""
    return [
        entry
        for entry in (file.message for file in dump.files.values())
        if isinstance(entry, sk_unix_pb2.unix_sk_entry) and entry.name[:1] not in (b"", b"\0")
    ]


def _peers(dump: Dump, outside: sk_unix_pb2.unix_sk_entry, who: dict[int, tuple[Holder, ...]]) -> Iterator[Holder]:
    for file in dump.files.values():
        if isinstance(file.message, sk_unix_pb2.unix_sk_entry) and file.message.peer == outside.ino:
            yield from who.get(file.id, ())


Words = tuple[str, str, str]


def _outside(root: Path, name: str) -> Words | None:
    try:
        mode = followed(root, name).stat().st_mode
    except OSError as error:
        return (
            reason_of(error),
            "it was connected to this one outside the dump; CRIU says “Can't connect … socket”",
            START_SERVICE,
        )
    if stat.S_ISSOCK(mode):
        return None
    return "is no socket", "it was connected to one outside the dump", START_SERVICE


def _is_bound(root: Path, name: str) -> bool:
    """Whether a socket of this network namespace has a path, see proc_net(5): as it is, or below the root."""
    try:
        lines = BOUND.read_text(errors="surrogateescape").splitlines()
    except OSError:
        return False
    paths = (fields[7] for line in lines if len(fields := line.split(maxsplit=7)) > 7)
    return not {name, str(root / name.lstrip("/"))}.isdisjoint(paths)


def _unbindable(root: Path, name: str, *, deleted: bool) -> Words | None:
    """CRIU removes a socket that is in the way, and nothing else (criu/sk-unix.c: unlink_sk)."""
    try:
        above = followed(root, str(PurePosixPath(name).parent))
        if not above.is_dir() and not deleted:
            return "its directory is missing", "CRIU says “Can't bind socket”", f"mkdir -p {display_safe(str(above))}"
        mode = (above / PurePosixPath(name).name).lstat().st_mode
    except FileNotFoundError:
        return None
    except OSError as error:
        return reason_of(error), "CRIU says “Can't bind socket”", "make its directory as it was when dumped"
    if stat.S_ISSOCK(mode) or deleted:
        return None
    return "something else has this name", "CRIU says “Can't bind socket: Address already in use”", "move it away"
