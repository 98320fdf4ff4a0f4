"""The network devices of each network namespace, with their addresses, and its routes.

Addresses and routes are what `ip addr save` and `ip route save` wrote: a magic number, then netlink messages
(rtnetlink(7), netlink(7)).
"""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.limits import RAW_IMAGE_LIMIT
from criu_tui.core.dump.listed import of_stem
from criu_tui.core.images import kinds
from criu_tui.core.images.messages import text_of
from criu_tui.core.images.schema import netdev_pb2
from criu_tui.core.source.error import ImageError, reason_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump

_KINDS = {1: "loopback", 2: "veth", 3: "tun", 4: "external", 5: "venet", 6: "bridge", 7: "macvlan", 8: "sit"}
_NLMSG, _IFADDR, _RTMSG, _ATTRIBUTE = (struct.Struct(form) for form in ("<IHHII", "<BBBBI", "<BBBBBBBBI", "<HH"))
_NEWADDR, _NEWROUTE = 20, 24
_ADDRESS, _LOCAL = 1, 2
_DESTINATION, _DEVICE, _GATEWAY, _PRIORITY, _TABLE = 1, 4, 5, 6, 15
_FAMILIES: dict[int, int] = {socket.AF_INET: 4, socket.AF_INET6: 16}
"""Bytes of an address."""


class Device(NamedTuple):
    """One network device; text is as in the dump."""

    namespace: int
    number: int
    name: str
    kind: str
    mtu: int
    flags: int
    hardware: str
    addresses: tuple[str, ...]
    """With the length of their prefix: "127.0.0.1/8"."""
    peer: str
    """Of a veth: index and namespace of the other end."""
    master: int


class Route(NamedTuple):
    """One route."""

    namespace: int
    destination: str
    """ "default" or an address with the length of its prefix."""
    gateway: str
    device: int
    table: int
    metric: int


def devices(dump: Dump) -> tuple[Device, ...]:
    """Every network device, by namespace."""
    return dump.once("network devices", lambda: tuple(_devices(dump)))


def _devices(dump: Dump) -> Iterator[Device]:
    for namespace in _namespaces(dump, "netdev"):
        addresses: dict[int, list[str]] = {}
        for index, address in _addresses(dump, namespace):
            addresses.setdefault(index, []).append(address)
        for entry in dump.entries(f"netdev-{namespace}.img", kinds.NETDEV, netdev_pb2.net_device_entry):
            yield Device(
                namespace,
                entry.ifindex,
                text_of(entry.name),
                _KINDS.get(entry.type, f"type {entry.type}"),
                entry.mtu,
                entry.flags,
                entry.address[:32].hex(":"),
                tuple(addresses.get(entry.ifindex, ())),
                _peer(entry),
                entry.master,
            )


def _peer(entry: netdev_pb2.net_device_entry) -> str:
    known = entry.type == netdev_pb2.VETH and entry.HasField("peer_ifindex")
    return f"{entry.peer_ifindex} in {entry.peer_nsid}" if known else ""


def _namespaces(dump: Dump, kind: str) -> list[int]:
    numbers = (name.removeprefix(f"{kind}-").removesuffix(".img") for name in of_stem(dump, kind))
    return sorted({int(number) for number in numbers if number.isdecimal()})


def _addresses(dump: Dump, namespace: int) -> Iterator[tuple[int, str]]:
    for kind, body in _messages(dump, f"ifaddr-{namespace}.img"):
        if kind == _NEWADDR and len(body) >= _IFADDR.size:
            family, prefix, _, _, index = _IFADDR.unpack_from(body)
            found = dict(_attributes(body[_IFADDR.size :]))
            # Of a point-to-point device the address is the other end's.
            raw = found.get(_LOCAL, found.get(_ADDRESS, b""))
            if (words := _address(family, raw)) is not None:
                yield index, f"{words}/{prefix}"


def routes(dump: Dump) -> tuple[Route, ...]:
    """Every route, IPv4 before IPv6, by namespace."""
    return dump.once("network routes", lambda: tuple(_routes(dump)))


def _routes(dump: Dump) -> Iterator[Route]:
    for image in ("route", "route6"):
        for namespace in _namespaces(dump, image):
            for kind, body in _messages(dump, f"{image}-{namespace}.img"):
                if kind != _NEWROUTE or len(body) < _RTMSG.size:
                    continue
                family, prefix, _, _, table, *_ = _RTMSG.unpack_from(body)
                found = dict(_attributes(body[_RTMSG.size :]))
                where = _address(family, found.get(_DESTINATION, b""))
                yield Route(
                    namespace,
                    f"{where}/{prefix}" if where is not None else "default",
                    _address(family, found.get(_GATEWAY, b"")) or "",
                    int.from_bytes(found.get(_DEVICE, b""), "little"),
                    int.from_bytes(found[_TABLE], "little") if _TABLE in found else table,
                    int.from_bytes(found.get(_PRIORITY, b""), "little"),
                )


def _address(family: int, raw: bytes) -> str | None:
    return socket.inet_ntop(family, raw) if len(raw) == _FAMILIES.get(family, -1) else None


def _messages(dump: Dump, name: str) -> Iterator[tuple[int, bytes]]:
    """The netlink messages of a raw image, kind and body; what precedes damage is given."""
    if name not in dump.files_listed or dump.refuses():
        return
    try:
        with dump.source.file(name).open() as file:
            data = file.read_at(0, min(file.size, RAW_IMAGE_LIMIT))
    except ImageError as error:
        dump.note_problem(name, error)
        return
    except OSError as error:
        dump.note_problem(name, ImageError(name, None, reason_of(error)))
        return
    at = 4
    while at + _NLMSG.size <= len(data):
        length, kind, *_ = _NLMSG.unpack_from(data, at)
        if length < _NLMSG.size or at + length > len(data):
            dump.note_problem(name, ImageError(name, at, f"a message of {length} bytes, {len(data) - at} are left"))
            return
        yield kind, data[at + _NLMSG.size : at + length]
        at += -(-length // 4) * 4


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + _ATTRIBUTE.size <= len(data):
        length, kind = _ATTRIBUTE.unpack_from(data, at)
        if length < _ATTRIBUTE.size or at + length > len(data):
            return
        # The two upper bits say how the value is written.
        yield kind & 0x3FFF, data[at + _ATTRIBUTE.size : at + length]
        at += -(-length // 4) * 4
