"""What the number in a field of an image stands for, by the way that proto/marks.proto names.

Names are Python's own where it has them; tables of what it lacks are here or in core/base/linux.py.
"""

from __future__ import annotations

import errno
import mmap
import os
import struct
import termios
from typing import TYPE_CHECKING

from criu_tui.core.base import linux
from criu_tui.core.base.capabilities import CAPABILITIES
from criu_tui.core.base.system_calls import system_call
from criu_tui.core.images.message_classes import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable

    Bits = tuple[tuple[int, str], ...]

_RESTARTS = {
    512: "ERESTARTSYS", 513: "ERESTARTNOINTR", 514: "ERESTARTNOHAND", 516: "ERESTART_RESTARTBLOCK",
}  # fmt: skip
"""The kernel's own error numbers, which a debugger sees in a call that a signal interrupts (<linux/errno.h>)."""
_LARGEST_ERROR = 4095
_SIGINFO = struct.Struct("<iii")
"""The beginning of a siginfo_t: signal, error and code (sigaction(2))."""
_SENT = {0: "by kill", -1: "by sigqueue", -2: "by a timer", -3: "by a message queue", -4: "by aio", -6: "by tkill"}
_TIMER_FLAGS: Bits = ((1, "ABSTIME"), (2, "CANCEL_ON_SET"))
_OWNERS = {0: "thread", 1: "process", 2: "process group"}
_STACK_FLAGS: Bits = ((1, "ONSTACK"), (2, "DISABLE"), (1 << 31, "AUTODISARM"))
_PERSONALITY: Bits = (
    (0x20000, "UNAME26"), (0x40000, "ADDR_NO_RANDOMIZE"), (0x80000, "FDPIC_FUNCPTRS"), (0x100000, "MMAP_PAGE_ZERO"),
    (0x200000, "ADDR_COMPAT_LAYOUT"), (0x400000, "READ_IMPLIES_EXEC"), (0x800000, "ADDR_LIMIT_32BIT"),
    (0x1000000, "SHORT_INODE"), (0x2000000, "WHOLE_SECONDS"), (0x4000000, "STICKY_TIMEOUTS"),
    (0x8000000, "ADDR_LIMIT_3GB"), (8, "LINUX32"),
)  # fmt: skip
"""Of personality(2)."""
_TCP_OPTIONS: Bits = ((1, "timestamps"), (2, "sack"), (4, "wscale"), (8, "ecn"), (16, "ecn seen"), (32, "syn data"))
"""TCPI_OPT_* of <linux/tcp.h>."""
_FANOTIFY_FLAGS: Bits = (
    (0x1, "CLOEXEC"), (0x2, "NONBLOCK"), (0x4, "CLASS_CONTENT"), (0x8, "CLASS_PRE_CONTENT"), (0x10, "UNLIMITED_QUEUE"),
    (0x20, "UNLIMITED_MARKS"), (0x40, "ENABLE_AUDIT"), (0x80, "REPORT_PIDFD"), (0x100, "REPORT_TID"),
    (0x200, "REPORT_FID"), (0x400, "REPORT_DIR_FID"), (0x800, "REPORT_NAME"), (0x1000, "REPORT_TARGET_FID"),
)  # fmt: skip
"""Of fanotify_init(2)."""
_FANOTIFY_MARK: Bits = (
    (0x1, "ADD"), (0x2, "REMOVE"), (0x4, "DONT_FOLLOW"), (0x8, "ONLYDIR"), (0x10, "MOUNT"), (0x20, "IGNORED_MASK"),
    (0x40, "IGNORED_SURV_MODIFY"), (0x80, "FLUSH"), (0x100, "FILESYSTEM"), (0x200, "EVICTABLE"), (0x400, "IGNORE"),
)  # fmt: skip
"""Of fanotify_mark(2)."""
_TUN_FLAGS: Bits = (
    (0x1, "TUN"), (0x2, "TAP"), (0x10, "NAPI"), (0x20, "NAPI_FRAGS"), (0x40, "NO_CARRIER"), (0x100, "MULTI_QUEUE"),
    (0x800, "PERSIST"), (0x1000, "NO_PI"), (0x2000, "ONE_QUEUE"), (0x4000, "VNET_HDR"), (0x8000, "EXCL"),
)  # fmt: skip
"""IFF_* of <linux/if_tun.h>."""
_BPF_MAPS = (
    "unspec hash array prog_array perf_event_array percpu_hash percpu_array stack_trace cgroup_array lru_hash "
    "lru_percpu_hash lpm_trie array_of_maps hash_of_maps devmap sockmap cpumap xskmap sockhash cgroup_storage "
    "reuseport_sockarray percpu_cgroup_storage queue stack sk_storage devmap_hash struct_ops ringbuf inode_storage "
    "task_storage bloom_filter user_ringbuf cgrp_storage arena"
)
"""BPF_MAP_TYPE_* of <linux/bpf.h>, from 0 on."""
_BPF_MAP_FLAGS: Bits = (
    (0x1, "NO_PREALLOC"), (0x2, "NO_COMMON_LRU"), (0x4, "NUMA_NODE"), (0x8, "RDONLY"), (0x10, "WRONLY"),
    (0x20, "STACK_BUILD_ID"), (0x40, "ZERO_SEED"), (0x80, "RDONLY_PROG"), (0x100, "WRONLY_PROG"), (0x200, "CLONE"),
    (0x400, "MMAPABLE"), (0x800, "PRESERVE_ELEMS"), (0x1000, "INNER_MAP"),
)  # fmt: skip
_FILTER_FLAGS: Bits = (
    (0x1, "TSYNC"), (0x2, "LOG"), (0x4, "SPEC_ALLOW"), (0x8, "NEW_LISTENER"), (0x10, "TSYNC_ESRCH"),
    (0x20, "WAIT_KILLABLE_RECV"),
)  # fmt: skip
"""SECCOMP_FILTER_FLAG_* of seccomp(2)."""
_BUFFER_LOCK: Bits = ((1, "SNDBUF"), (2, "RCVBUF"))


def _named_bits(names: Bits) -> Callable[[int], str]:
    return lambda value: " ".join(linux.bits(value, names))


def _named(names: dict[int, str], noun: str) -> Callable[[int], str]:
    return lambda value: linux.named(value, names, noun)


def error_name(number: int) -> str:
    """ "EINTR"; what errno(3) has no name for as a number."""
    return errno.errorcode.get(number) or _RESTARTS.get(number) or f"error {number}"


def _result(value: int) -> str:
    """Of what a register holds after a system call only an error is told; anything may be in it."""
    number = (1 << 64) - value
    return f"-{error_name(number)}" if 0 < number <= _LARGEST_ERROR else ""


def _call(value: int) -> str:
    """The register is -1 where the thread was in none."""
    return system_call(value) if value < 1 << 31 else "none"


def capabilities(word: int, position: int) -> str:
    """Capabilities of one of the words of 32 bits that a set is kept in."""
    from_bit = 32 * position
    numbers = [from_bit + bit for bit in range(32) if word >> bit & 1]
    return " ".join(CAPABILITIES[each] if each < len(CAPABILITIES) else str(each) for each in numbers)


def signal_info(data: bytes) -> str:
    """The signal of a siginfo_t, and where it came from."""
    if len(data) < _SIGINFO.size:
        return ""
    signal, error, code = _SIGINFO.unpack_from(data)
    said = f"{linux.signal_name(signal)} {_SENT.get(code, f'code {code}')}"
    return f"{said}, {error_name(error)}" if error else said


def _ethernet(value: int) -> str:
    """A protocol in the order of the network."""
    return linux.named(int.from_bytes(value.to_bytes(8, "little")[:2], "big"), linux.ETHERNET, "protocol")


def _terminal(names: str, *more: tuple[int, str]) -> Callable[[int], str]:
    """Bits of a terminal's settings, by Python's own names."""
    known = [(getattr(termios, name), name) for name in names.split() if hasattr(termios, name)]
    return _named_bits((*known, *more))


_SLOW = (0, 50, 75, 110, 134, 150, 200, 300, 600, 1200, 1800, 2400, 4800, 9600, 19200, 38400)
_FAST = (57600, 115200, 230400, 460800, 500000, 576000, 921600, 1000000)
_FASTEST = (1152000, 1500000, 2000000, 2500000, 3000000, 3500000, 4000000)
_SPEEDS = {number: f"B{speed}" for number, speed in (*enumerate(_SLOW), *enumerate((*_FAST, *_FASTEST), 0o10001))}
"""By the kernel's numbers (asm-generic/termbits-common.h, termbits.h): those of a C library may be the speeds."""
_SPEED_BITS = 0o10017
_CONTROL = _terminal("CSTOPB CREAD PARENB PARODD HUPCL CLOCAL CRTSCTS")


def _speed(value: int) -> str:
    name = _SPEEDS.get(value & _SPEED_BITS)
    return f"{name[1:]} baud" if name else ""


def _control(value: int) -> str:
    size = 5 + (value & termios.CSIZE) // termios.CS6
    rest = _CONTROL(value & ~termios.CSIZE & ~_SPEED_BITS)
    return " ".join(filter(None, (f"CS{size}", rest, _SPEEDS.get(value & _SPEED_BITS, ""))))


_ADVICE: Bits = (
    *((1 << getattr(mmap, name), name.removeprefix("MADV_")) for name in sorted(dir(mmap)) if name[:5] == "MADV_"),
    (1 << 18, "WIPEONFORK"),
)
"""CRIU keeps each advice of madvise(2) as the bit of its number."""


def _file_system(value: int) -> str:
    named = SCHEMA.enum_types_by_name["fstype"].values_by_number.get(value)
    return "unknown" if named is None else str(named.name)


IN_WORDS: dict[str, Callable[[int], str]] = {
    "SIGNAL": lambda value: linux.signal_name(value) if value else "none",
    "SIGNALS": lambda value: " ".join(linux.signal_names(value)),
    "SIGNAL_FLAGS": _named_bits(linux.SIGACTION_FLAGS),
    "FLAGS_OF_OPEN": linux.open_flags,
    "MODE": linux.mode_text,
    "EPOLL": _named_bits(linux.EPOLL),
    "INOTIFY": _named_bits(linux.INOTIFY),
    "FANOTIFY": _named_bits(linux.FANOTIFY),
    "MOUNT_FLAGS": _named_bits(linux.MOUNT_FLAGS),
    "DEVICE_FLAGS": _named_bits(linux.DEVICE_FLAGS),
    "SECUREBITS": _named_bits(linux.SECUREBITS),
    "POLICY": _named(linux.POLICIES, "policy"),
    "CLOCK": _named(linux.CLOCKS, "clock"),
    "NETLINK": _named(linux.NETLINK, "protocol"),
    "LIMIT": lambda value: "unlimited" if value == linux.UNLIMITED else "",
    "FILE_SYSTEM": _file_system,
    "SYSTEM_CALL": _call,
    "RESULT": _result,
    "NOTIFY": _named(linux.SIGEV, "notification"),
    "TIMER_FLAGS": _named_bits(_TIMER_FLAGS),
    "OWNER": _named(_OWNERS, "owner"),
    "STACK_FLAGS": _named_bits(_STACK_FLAGS),
    "EXIT": linux.ended,
    "PERSONALITY": _named_bits(_PERSONALITY),
    "ETHERNET": _ethernet,
    "TYPE_OF_SOCKET": _named(linux.SOCKET_TYPES, "type"),
    "LOCK_KIND": _named_bits(linux.LOCK_KINDS),
    "LOCK_TYPE": _named(linux.LOCK_TYPES, "type"),
    "TCP_OPTIONS": _named_bits(_TCP_OPTIONS),
    "FANOTIFY_FLAGS": _named_bits(_FANOTIFY_FLAGS),
    "FANOTIFY_MARK": _named_bits(_FANOTIFY_MARK),
    "TERMINAL_INPUT": _terminal(
        "IGNBRK BRKINT IGNPAR PARMRK INPCK ISTRIP INLCR IGNCR ICRNL IUCLC IXON IXANY IXOFF IMAXBEL", (0o40000, "IUTF8")
    ),
    "TERMINAL_OUTPUT": _terminal("OPOST OLCUC ONLCR OCRNL ONOCR ONLRET OFILL OFDEL"),
    "TERMINAL_CONTROL": _control,
    "TERMINAL_LOCAL": _terminal(
        "ISIG ICANON XCASE ECHO ECHOE ECHOK ECHONL NOFLSH TOSTOP ECHOCTL ECHOPRT ECHOKE FLUSHO PENDIN IEXTEN EXTPROC"
    ),
    "SPEED": _speed,
    "DEVICE_NUMBER": lambda value: f"{os.major(value)}:{os.minor(value)}",
    "ADVICE": _named_bits(_ADVICE),
    "TUN_FLAGS": _named_bits(_TUN_FLAGS),
    "BPF_MAP": _named(dict(enumerate(_BPF_MAPS.split())), "type"),
    "BPF_MAP_FLAGS": _named_bits(_BPF_MAP_FLAGS),
    "FILTER_FLAGS": _named_bits(_FILTER_FLAGS),
    "BUFFER_LOCK": _named_bits(_BUFFER_LOCK),
    "DESCRIPTOR_FLAGS": _named_bits(((1, "CLOEXEC"),)),
}
"""Of one number. Sets of capabilities and siginfo_t have functions of their own."""
