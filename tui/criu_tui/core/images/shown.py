"""Numbers as `crit decode --pretty` writes them, and read back: flags by name, devices, addresses, sockets.

Names and their order are those of crit 4.2.1 and 4.3 (lib/pycriu/images/pb2dict.py); which field is shown how stands
beside it in proto/.
"""

from __future__ import annotations

import os
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PROT = {"PROT_READ": 0x1, "PROT_WRITE": 0x2, "PROT_EXEC": 0x4}
MAP_FLAGS = {"MAP_SHARED": 0x1, "MAP_PRIVATE": 0x2, "MAP_DROPPABLE": 0x8, "MAP_ANON": 0x20, "MAP_GROWSDOWN": 0x100}
VMA_STATUS = {
    "VMA_AREA_REGULAR": 1 << 0,
    "VMA_AREA_STACK": 1 << 1,
    "VMA_AREA_VSYSCALL": 1 << 2,
    "VMA_AREA_VDSO": 1 << 3,
    "VMA_AREA_HEAP": 1 << 5,
    "VMA_FILE_PRIVATE": 1 << 6,
    "VMA_FILE_SHARED": 1 << 7,
    "VMA_ANON_SHARED": 1 << 8,
    "VMA_ANON_PRIVATE": 1 << 9,
    "VMA_AREA_SYSVIPC": 1 << 10,
    "VMA_AREA_SOCKET": 1 << 11,
    "VMA_AREA_VVAR": 1 << 12,
    "VMA_AREA_AIORING": 1 << 13,
    "VMA_AREA_MEMFD": 1 << 14,
    "VMA_AREA_SHSTK": 1 << 15,
    "VMA_AREA_UPROBES": 1 << 17,
    "VMA_AREA_NOT_ACCOUNTABLE": 1 << 18,
    "VMA_UNSUPP": 1 << 31,
}
OPEN_FLAGS = {
    "O_WRONLY": 0o1,
    "O_RDWR": 0o2,
    "O_CREAT": 0o100,
    "O_EXCL": 0o200,
    "O_NOCTTY": 0o400,
    "O_TRUNC": 0o1000,
    "O_APPEND": 0o2000,
    "O_NONBLOCK": 0o4000,
    "O_DSYNC": 0o10000,
    "FASYNC": 0o20000,
    "O_DIRECT": 0o40000,
    "O_LARGEFILE": 0o100000,
    "O_DIRECTORY": 0o200000,
    "O_NOFOLLOW": 0o400000,
    "O_NOATIME": 0o1000000,
    "O_CLOEXEC": 0o2000000,
}
SEALS = {
    "F_SEAL_SEAL": 0x1,
    "F_SEAL_SHRINK": 0x2,
    "F_SEAL_GROW": 0x4,
    "F_SEAL_WRITE": 0x8,
    "F_SEAL_FUTURE_WRITE": 0x10,
}
PAGEMAP_FLAGS = {"PE_PARENT": 0x1, "PE_LAZY": 0x2, "PE_PRESENT": 0x4, "PE_PAYLOAD_ALIGNED": 0x8}
FLAGS = {
    "PROT": PROT,
    "MAP_FLAGS": MAP_FLAGS,
    "VMA_STATUS": VMA_STATUS,
    "OPEN_FLAGS": OPEN_FLAGS,
    "SEALS": SEALS,
    "PAGEMAP_FLAGS": PAGEMAP_FLAGS,
}
"""Bits by name, for each way in proto/ to show flags."""

NUMBERS = {
    "SOCKET_FAMILY": {1: "UNIX", 2: "INET", 10: "INET6", 16: "NETLINK", 17: "PACKET"},
    "SOCKET_TYPE": {1: "STREAM", 2: "DGRAM", 3: "RAW", 5: "SEQPACKET", 10: "PACKET"},
    "SOCKET_STATE": {
        1: "ESTABLISHED",
        2: "SYN_SENT",
        3: "SYN_RECV",
        4: "FIN_WAIT1",
        5: "FIN_WAIT2",
        6: "TIME_WAIT",
        7: "CLOSE",
        8: "CLOSE_WAIT",
        9: "LAST_ACK",
        10: "LISTEN",
    },
    "SOCKET_PROTOCOL": {0: "IP", 6: "TCP", 17: "UDP", 136: "UDPLITE"},
    "TASK_STATE": {1: "Alive", 2: "Dead", 3: "Stopped", 6: "Zombie"},
}
"""Names of numbers, for each way in proto/ to show them."""
TASK_STATES_BEFORE_4_3 = {1: "Alive", 3: "Zombie", 6: "Stopped"}
"""As crit called a task's state up to 4.2.1, with two names the wrong way round."""

MINOR_BITS = 20
"""Bits of a minor number as the kernel keeps devices."""


def flag_names(value: int, bits: dict[str, int]) -> str:
    """The flags of a number, " | " between them, at last what has no name; "" for 0."""
    names = [name for name, bit in bits.items() if value & bit]
    rest = value & ~sum(bits.values())
    return " | ".join((*names, f"0x{rest:x}") if rest else names)


def as_shown(value: int, way: str, *, before_4_3: bool) -> str | int:
    """A number in words; numbers without a name stay numbers. `before_4_3` names states as crit did until then."""
    if way == "HEX":
        return f"0x{value:x}"
    if way == "LIBC_DEVICE":
        return f"{os.major(value)}:{os.minor(value)}"
    if way == "DEVICE":
        return f"{value >> MINOR_BITS}:{value & (1 << MINOR_BITS) - 1}"
    if way in FLAGS:
        return flag_names(value, FLAGS[way])
    names = TASK_STATES_BEFORE_4_3 if way == "TASK_STATE" and before_4_3 else NUMBERS.get(way, {})
    return names.get(value, value)


def from_shown(text: str, way: str) -> int:
    """The number that `as_shown` wrote, or one in decimal or hexadecimal digits. Raises ValueError for other words.

    States of tasks are taken as crit 4.3 calls them.
    """
    if way in ("DEVICE", "LIBC_DEVICE") and ":" in text:
        major, minor = map(int, text.split(":"))
        return os.makedev(major, minor) if way == "LIBC_DEVICE" else major << MINOR_BITS | minor
    if way in FLAGS:
        names = [name.strip() for name in text.split("|")]
        return 0 if names == [""] else sum(FLAGS[way].get(name) or int(name, 0) for name in names)
    for number, name in NUMBERS.get(way, {}).items():
        if name == text:
            return number
    return int(text, 0)


def address(words: Sequence[int]) -> str | None:
    """An IPv4 or IPv6 address of one or four numbers, as they lie in memory; None for other counts of them."""
    data = b"".join(word.to_bytes(4, "little") for word in words) if len(words) in (1, 4) else b""
    if not data:
        return None
    return (IPv4Address(data) if len(words) == 1 else IPv6Address(data)).compressed


def address_words(text: str) -> list[int]:
    """The numbers of an address, as they lie in memory. Raises ValueError for what is none."""
    data = ip_address(text).packed
    return [int.from_bytes(data[at : at + 4], "little") for at in range(0, len(data), 4)]
