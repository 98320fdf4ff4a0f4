"""The mappings of a running process with the flags that CRIU reads, and which of their pages a dump would hold.

Sources: proc_pid_smaps(5) for VmFlags, Documentation/admin-guide/mm/pagemap.rst for PAGEMAP_SCAN (Linux 6.7).
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import re
import struct
from typing import NamedTuple

from criu_tui.core.base.units import PAGE
from criu_tui.core.live.process import PROC, LiveError, read
from criu_tui.core.source.error import reason_of

_SCAN = 0xC0606610
"""PAGEMAP_SCAN: _IOWR('f', 16, 96 bytes)."""
_REQUEST = struct.Struct("<12Q")
_REGION = struct.Struct("<3Q")
_FILE, _PRESENT, _SWAPPED, _ZERO, _GUARD = 1 << 2, 1 << 3, 1 << 4, 1 << 5, 1 << 8
"""PAGE_IS_* bits; guard pages are told from Linux 6.15 on."""
_FLAGS_AND_HEAD = re.compile(rb"\nVmFlags: ([^\n]*)\n([^\n]*)")
"""The last line of a mapping, and the first one of the mapping after it."""
_REGIONS_AT_ONCE = 4096
_MOST_REGIONS = 1 << 22
"""Runs of pages of one process that are kept."""


class Mapped(NamedTuple):
    """One mapping, [start, end) in bytes, as smaps has it."""

    start: int
    end: int
    permissions: str
    """Such as "rw-p"."""
    offset: int
    """Bytes into the file."""
    device: str
    """Major and minor in hexadecimal, such as "08:01"."""
    inode: int
    name: str
    """Path or the kernel's word for it, as it is: make it safe before it is shown."""
    flags: frozenset[str]
    """Of two letters each, such as "ac"; empty where the kernel does not say."""


class Run(NamedTuple):
    """Pages [start, end) in bytes that are in memory or swapped out, all of one kind."""

    start: int
    end: int
    file: bool
    """They belong to a file or to shared memory, or were never written."""
    guard: bool = False
    """They are guards (MADV_GUARD_INSTALL): touching one is a fault."""


def mappings(pid: int) -> list[Mapped]:
    """The mappings of a process in the order of their addresses. Raises LiveError.

    65,530 of them make 47 MB of text, of which two lines of each are looked at. What the process maps anew meanwhile
    may be seen twice.
    """
    text = read(PROC / str(pid) / "smaps")
    found: list[Mapped] = []
    known: dict[bytes, frozenset[str]] = {}
    head = text[: text.find(b"\n")]
    for written, following in _FLAGS_AND_HEAD.findall(text):
        flags = known.get(written)
        if flags is None:
            flags = known[written] = frozenset(written.decode().split())
        found.append(_mapped(head, flags))
        head = following
    return found


def _mapped(head: bytes, flags: frozenset[str]) -> Mapped:
    words = head.split(None, 5)
    start, _, end = words[0].partition(b"-")
    name = os.fsdecode(words[5]) if len(words) == 6 else ""
    return Mapped(
        int(start, 16),
        int(end, 16),
        words[1].decode(),
        int(words[2], 16),
        words[3].decode(),
        int(words[4]),
        # The kernel writes a newline within a name so.
        name.replace("\\012", "\n"),
        flags,
    )


def runs(pid: int) -> list[Run] | None:
    """The pages of a process that hold something, in order, those of the zero page left out.

    None where this kernel does not say it in one call (before Linux 6.7). Raises LiveError.
    """
    path = PROC / str(pid) / "pagemap"
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise LiveError(f"{path}: {reason_of(error)}") from error
    try:
        for also in (_GUARD, 0):
            try:
                return _scan(descriptor, also)
            except OSError as error:
                if error.errno not in (errno.EINVAL, errno.ENOTTY):
                    raise LiveError(f"{path}: {reason_of(error)}") from error
        return None
    finally:
        os.close(descriptor)


def _scan(descriptor: int, also: int) -> list[Run]:
    regions = ctypes.create_string_buffer(_REGIONS_AT_ONCE * _REGION.size)
    found: list[Run] = []
    start, end = 0, (1 << 47) - PAGE
    while start < end and len(found) < _MOST_REGIONS:
        # Neither the zero page, nor what is neither in memory nor swapped out.
        which = (_ZERO, _ZERO, _PRESENT | _SWAPPED | also, _FILE | also)
        request = (_REQUEST.size, 0, start, end, 0, ctypes.addressof(regions), _REGIONS_AT_ONCE, 0, *which)
        asked = bytearray(_REQUEST.pack(*request))
        count = fcntl.ioctl(descriptor, _SCAN, asked)
        for index in range(count):
            first, after, kind = _REGION.unpack_from(regions, index * _REGION.size)
            found.append(Run(first, after, bool(kind & _FILE), bool(kind & _GUARD)))
        if count < _REGIONS_AT_ONCE:
            # Where it says that it has stopped may be left from before its own buffer was full.
            break
        start = max(_REQUEST.unpack(asked)[4], found[-1].end)
    return found
