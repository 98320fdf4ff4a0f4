"""Files of /proc by line: names in them are what their owners chose, and the kernel leaves most of each as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNIX = re.compile(rb"\S+: [0-9A-F]{8} [0-9A-F]{8} ([0-9A-F]{8}) ([0-9A-F]{4}) ([0-9A-F]{2}) +([0-9]+)(?: (.*))?", re.S)


def lines(text: str) -> list[str]:
    """The lines of such a file, which end at line feeds alone.

    `str.splitlines` ends one at nine more characters and text mode at a carriage return, which a name may hold.
    """
    return text.removesuffix("\n").split("\n") if text else []


class UnixRow(NamedTuple):
    """One socket of /proc/net/unix, see proc_net(5)."""

    flags: int
    type: int
    state: int
    inode: int
    name: bytes
    """A path, or an abstract name that begins with @; empty for a socket without a name."""


def unix_rows(data: bytes) -> Iterator[UnixRow]:
    """The sockets that the file lists. A line that is no row goes on with the name before it, which has a line feed."""
    row: UnixRow | None = None
    for line in data.removesuffix(b"\n").split(b"\n")[1:]:
        found = _UNIX.fullmatch(line)
        if found is not None:
            if row is not None:
                yield row
            flags, kind, state, inode, name = found.groups(default=b"")
            row = UnixRow(int(flags, 16), int(kind, 16), int(state, 16), int(inode), name)
        elif row is not None:
            row = row._replace(name=row.name + b"\n" + line)
    if row is not None:
        yield row
