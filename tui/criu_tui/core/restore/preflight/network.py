"""Internet and unix sockets that a restore binds and connects: addresses, ports, paths and interfaces."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from criu_tui.core.base import linux
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted
from criu_tui.core.dump.descriptors import holders
from criu_tui.core.dump.sockets import INET6, endpoint
from criu_tui.core.images.messages import text_of
from criu_tui.core.images.schema import sk_inet_pb2
from criu_tui.core.restore.preflight.check import Check, Needs, State, by_name
from criu_tui.core.restore.preflight.where import own_namespace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.restore.preflight.attempt import Attempt
    from criu_tui.core.restore.preflight.machine import Port

TCP = 6


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
                f"{each}{of_task(each.pid)}; CRIU says “Can't bind inet socket: Cannot assign requested address”",
                f"ip addr add {each.address} to an interface first"
                + (", or restore connections with --tcp-close" if each.connected else ""),
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


def of_task(pid: int | None) -> str:
    """ " of task 7", or nothing."""
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
        """Every port that a socket here listens on, or of UDP has: bind(2) or listen(2) says EADDRINUSE.

        Of a TCP connection it depends on what it was told before it was bound (net/ipv4/inet_connection_sock.c).
        """
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
        said = 0
        for each in sockets:
            there = [other for other in taken if _same_port(each, other)]
            if any(other.listens or each.protocol != "tcp" for other in there):
                yield Check(
                    self.id,
                    f"{each.protocol} port {each.port} is taken",
                    State.FAILS,
                    f"{each}{of_task(each.pid)}; CRIU says “Can't bind inet socket: Address already in use”, "
                    "or “Can't listen”",
                    f"end what has it (ss -lnp sport = :{each.port}), or restore in a network namespace of its own",
                    each.pid,
                )
            elif there:
                # CRIU binds with SO_REUSEADDR, which helps where the other socket had it too; /proc does not say.
                yield Check(
                    self.id,
                    f"{each.protocol} port {each.port} has {counted(len(there), 'connection')}, open or just closed",
                    State.UNKNOWN,
                    f"{each}{of_task(each.pid)}; of a program without SO_REUSEADDR each keeps the port, a minute after "
                    "it was closed too (TIME_WAIT): CRIU then says “Can't bind inet socket: Address already in use”",
                    f"wait until ss -an sport = :{each.port} shows none, or restore in a network namespace of its own",
                    each.pid,
                )
            else:
                continue
            said += 1
        if said < len(sockets):
            yield Check(self.id, counted(len(sockets) - said, "port"), State.OK, "free")


def _same_port(socket: Bound, other: Port) -> bool:
    """Whether a socket here has the port at an address that stands in the way."""
    return (other.protocol, other.port) == (socket.protocol, socket.port) and _overlap(socket, other.address)


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
        who = holders(attempt.dump)
        missing = {}
        for name, file_id in bound_devices(attempt.dump).items():
            pid = next((holder.pid for holder in who.get(file_id, ())), None)
            shown = display_safe(name, 64)
            missing[name] = Check(
                self.id,
                f"there is no network device {shown}",
                State.FAILS,
                f"a socket{of_task(pid)} is bound to it; CRIU says “couldn't find ifindex”",
                f"make it first: ip link add {shown} …",
                pid,
            )
        return by_name(missing, attempt.machine.interfaces, "is here", "the devices are not known")


def bound_devices(dump: Dump) -> dict[str, int]:
    """Network devices that internet sockets are bound to, each with the id of such a socket's file."""
    return {
        text_of(name): entry.id
        for entry in (file.message for file in dump.files.values())
        if isinstance(entry, sk_inet_pb2.inet_sk_entry)
        for name in (entry.ifname, entry.opts.so_bound_dev)
        if name
    }
