"""What other programs wrote into a dump: iproute2's and libnl's netlink messages, rules of the firewall, archives.

Layouts: linux/rtnetlink.h, linux/netfilter/nfnetlink_conntrack.h, and iproute2's own magic before what `ip ... save`
writes; the rest is text (iptables-save(8), nft(8)) and tar(5).
"""

from __future__ import annotations

import io
import struct
import tarfile
import zlib
from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base import linux
from criu_tui.core.base.limits import RAW_IMAGE_LIMIT, UNPACKED_LEAST, UNPACKED_LIMIT, UNPACKED_RATIO
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import size
from criu_tui.core.images.kinds import (
    IFADDR,
    IP6TABLES,
    IPTABLES,
    NETNF_CT,
    NETNF_EXP,
    NFTABLES,
    ROUTE,
    ROUTE6,
    RULE,
    TMPFS_DEV,
    TMPFS_IMG,
)
from criu_tui.core.source.error import ImageError, reason_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from criu_tui.core.base.json import Json
    from criu_tui.core.images.kinds import ImageKind
    from criu_tui.core.source.source import OpenFile

ROUTE_MAGICS = {IFADDR: 0x47361222, ROUTE: 0x45311224, ROUTE6: 0x45311224, RULE: 0x71706986}
_HEAD = struct.Struct("<IHHII")
_ATTRIBUTE = struct.Struct("<HH")
_NESTED = 0x3FFF
"""Bits of an attribute's type that are its number."""

Attributes = dict[int, bytes]


class RawEntry(NamedTuple):
    """One message, line or file of a raw image."""

    offset: int
    """In bytes; of an archive, into what it unpacks to."""
    fields: dict[str, Json]


def raw_entries(file: OpenFile, kind: ImageKind) -> Iterator[RawEntry]:
    """What a raw image says, one by one; nothing for kinds that hold no more than bytes.

    Raises ImageError where the bytes are not what they should be.
    """
    if kind in (TMPFS_IMG, TMPFS_DEV):
        yield from _members(file)
    elif kind in (IPTABLES, IP6TABLES, NFTABLES):
        yield from _lines(_read(file))
    elif kind in ROUTE_MAGICS:
        yield from _messages(file.name, _read(file), ROUTE_MAGICS[kind], _route_message)
    elif kind in (NETNF_CT, NETNF_EXP):
        yield from _messages(file.name, _read(file), None, _connection)


def _read(file: OpenFile) -> bytes:
    if file.size > RAW_IMAGE_LIMIT:
        raise ImageError(file.name, None, f"of {size(file.size)}: more than any image of this kind")
    try:
        return file.read_at(0, file.size)
    except OSError as error:
        raise ImageError(file.name, None, reason_of(error)) from error


def _lines(data: bytes) -> Iterator[RawEntry]:
    offset = 0
    for line in data.splitlines(keepends=True):
        yield RawEntry(offset, {"line": display_safe(line.decode("utf-8", "replace").rstrip("\r\n").expandtabs())})
        offset += len(line)


# Netlink messages


def _messages(
    name: str, data: bytes, magic: int | None, shown: Callable[[int, bytes], dict[str, Json]]
) -> Iterator[RawEntry]:
    at = 0
    if magic is not None and data:
        if int.from_bytes(data[:4], "little") != magic:
            raise ImageError(name, 0, f"does not begin with 0x{magic:08x}, as what `ip` saves does")
        at = 4
    while at < len(data):
        if at + _HEAD.size > len(data):
            raise ImageError(name, at, "cut within the head of a netlink message")
        length, kind, *_ = _HEAD.unpack_from(data, at)
        if length < _HEAD.size or at + length > len(data):
            raise ImageError(name, at, f"a netlink message of {length} bytes, but {len(data) - at} are left")
        try:
            yield RawEntry(at, shown(kind, data[at + _HEAD.size : at + length]))
        except (struct.error, IndexError, ValueError):
            raise ImageError(name, at, "a netlink message that is shorter than its kind") from None
        at += length + -length % 4


def _attributes(data: bytes) -> Attributes:
    found: Attributes = {}
    at = 0
    while at + _ATTRIBUTE.size <= len(data):
        length, kind = _ATTRIBUTE.unpack_from(data, at)
        if length < _ATTRIBUTE.size:
            break
        found[kind & _NESTED] = data[at + _ATTRIBUTE.size : at + length]
        at += length + -length % 4
    return found


_ROUTE_KINDS = {20: "address", 24: "route", 32: "rule"}
"""RTM_NEWADDR, RTM_NEWROUTE, RTM_NEWRULE."""


def _route_message(kind: int, data: bytes) -> dict[str, Json]:
    what = _ROUTE_KINDS.get(kind)
    family, length, source_length = data[0], data[1], data[2]
    found: dict[str, Json] = {"type": what or kind, "family": linux.FAMILIES.get(family, family)}
    if what == "address":
        attributes = _attributes(data[8:])
        words = attributes.get(2) or attributes.get(1)
        found["address"] = None if words is None else f"{_address(words)}/{length}"
        found["ifindex"] = struct.unpack_from("<I", data, 4)[0]
        _add(found, attributes, {3: ("label", _text), 4: ("broadcast", _address)})
    elif what is not None:
        attributes = _attributes(data[12:])
        found["to"] = f"{_address(attributes[1])}/{length}" if 1 in attributes else "all"
        if what == "rule":
            found["from"] = f"{_address(attributes[2])}/{source_length}" if 2 in attributes else "all"
            _add(found, attributes, {3: ("iif", _text), 17: ("oif", _text), 10: ("mark", _number)})
        else:
            _add(found, attributes, {5: ("via", _address), 4: ("ifindex", _number), 7: ("prefsrc", _address)})
        _add(found, attributes, {6: ("priority", _number), 15: ("table", _number)})
    return found


def _connection(kind: int, data: bytes) -> dict[str, Json]:
    """A connection that the firewall knows, or one that it expects (kind 2 of nfnetlink's subsystems)."""
    attributes = _attributes(data[4:])
    found: dict[str, Json] = {
        "type": "connection" if kind >> 8 == 1 else "expectation",
        "family": linux.FAMILIES.get(data[0], data[0]),
    }
    for number, name in ((1, "original"), (2, "reply")):
        if number not in attributes:
            continue
        parts = _attributes(attributes[number])
        addresses, ports = _attributes(parts.get(1, b"")), _attributes(parts.get(2, b""))
        ends = [addresses.get(v4) or addresses.get(v6) or b"" for v4, v6 in ((1, 3), (2, 4))]
        found[name] = " -> ".join(
            f"{_address(end) if end else '?'}:{int.from_bytes(ports.get(port, b''), 'big')}"
            for end, port in zip(ends, (2, 3), strict=True)
        )
        if 1 in ports:
            found["protocol"] = linux.PROTOCOLS.get(ports[1][0], ports[1][0])
    for number, name in ((3, "status"), (7, "timeout"), (8, "mark")):
        if number in attributes:
            found[name] = int.from_bytes(attributes[number], "big")
    return found


def _add(found: dict[str, Json], attributes: Attributes, named: dict[int, tuple[str, Callable[[bytes], Json]]]) -> None:
    for number, (name, read) in named.items():
        if number in attributes:
            found[name] = read(attributes[number])


def _address(data: bytes) -> str:
    return str(ip_address(data))


def _text(data: bytes) -> str:
    return display_safe(data.rstrip(b"\0").decode("utf-8", "replace"))


def _number(data: bytes) -> int:
    return int.from_bytes(data[:4], "little")


# Archives


class _Unpacked(io.RawIOBase):
    """A gzip file as it unpacks; a read beyond what its length allows raises EOFError."""

    def __init__(self, file: OpenFile) -> None:
        self._file = file
        self._at = 0
        self._left = min(UNPACKED_LIMIT, UNPACKED_LEAST + UNPACKED_RATIO * file.size)
        self._rest = b""
        self._unpacker = zlib.decompressobj(wbits=31)

    def readable(self) -> bool:
        return True

    def read(self, count: int = -1) -> bytes:
        while not self._rest and not self._unpacker.eof:
            packed = self._unpacker.unconsumed_tail
            if not packed:
                packed = self._file.read_at(self._at, 1 << 16)
                self._at += len(packed)
                if not packed:
                    break
            self._rest = self._unpacker.decompress(packed, 1 << 16)
        found = self._rest[: count if count >= 0 else None]
        self._rest = self._rest[len(found) :]
        self._left -= len(found)
        if self._left < 0:
            raise EOFError
        return found


def _members(file: OpenFile) -> Iterator[RawEntry]:
    try:
        with tarfile.open(fileobj=_Unpacked(file), mode="r|", encoding="utf-8", errors="surrogateescape") as archive:
            for member in archive:
                yield RawEntry(
                    member.offset,
                    {
                        "name": display_safe(member.name),
                        "mode": linux.mode_text(member.mode | _FILE_TYPES.get(member.type, 0o100000)),
                        "size": member.size,
                        "uid": member.uid,
                        "gid": member.gid,
                        "mtime": int(member.mtime),
                        **({"link": display_safe(member.linkname)} if member.linkname else {}),
                    },
                )
                # tarfile keeps every member it has seen.
                archive.members = []  # type: ignore[attr-defined]
    except EOFError:
        reason = "unpacks to much more than its own length: the rest is not read"
        raise ImageError(file.name, None, reason) from None
    except (tarfile.TarError, zlib.error, OSError, ValueError) as error:
        raise ImageError(file.name, None, f"no archive of files: {display_safe(str(error))}") from error


_FILE_TYPES = {tarfile.DIRTYPE: 0o040000, tarfile.SYMTYPE: 0o120000, tarfile.CHRTYPE: 0o020000,
               tarfile.BLKTYPE: 0o060000, tarfile.FIFOTYPE: 0o010000}  # fmt: skip
