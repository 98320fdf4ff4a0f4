"""What the number in an image's field leads to: an entry of another image, a file of the dump, a place in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.units import address
from criu_tui.core.dump.listed import numbered
from criu_tui.core.images import kinds
from criu_tui.core.images.entries import entries_of, head_of_file
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from google.protobuf.message import Message

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.images.fields import Field

NAMED = {
    "PAGES": "pages-{}.img",
    "SHARED_MEMORY": "pagemap-shmem-{}.img",
    "DESCRIPTORS": "fdinfo-{}.img",
    "TASK": "core-{}.img",
}
"""Images that a number names, by what it leads to."""
LISTED: dict[str, tuple[str, str]] = {
    "FILE": ("files.img", "id"),
    "MEMFD": ("memfd.img", "inode_id"),
    "TTY": ("tty-info.img", "id"),
    "PIPE": ("pipes-data.img", "pipe_id"),
    "FIFO": ("fifo-data.img", "pipe_id"),
}
"""Images that list what a number leads to, each with the field that holds the number there."""


class Target(NamedTuple):
    """Where a number leads."""

    words: str
    image: str = ""
    entry: int | None = None
    """Of the image; None: the image as a whole."""
    pid: int | None = None
    address: int | None = None
    """In the memory of task `pid`."""


def target_of(dump: Dump, field: Field, pid: int | None) -> Target | None:
    """What a field of an image leads to, `pid` being the task that the image belongs to; None where nothing is."""
    value = field.value
    if not field.points or not isinstance(value, int):
        return None
    if field.points == "ADDRESS":
        if pid is None or dump.address_space(pid).at(value) is None:
            return None
        return Target(f"memory at {address(value)}", pid=pid, address=value)
    if field.points in NAMED:
        name = NAMED[field.points].format(value)
        return Target(name, name) if name in dump.files_listed else None
    if field.points in LISTED:
        name, key = LISTED[field.points]
        return _listed(dump, name, key, value)
    find = _OTHERS.get(field.points)
    return None if find is None else find(dump, value)


def _listed(dump: Dump, name: str, key: str, value: int) -> Target | None:
    position = _positions(dump, name, key).get(value)
    return None if position is None else Target(f"{name} entry {position}", name, position)


def _positions(dump: Dump, name: str, key: str) -> dict[int, int]:
    """Where in an image the entry with each value of a field is; the first one of each."""

    def numbers(message: Message) -> list[int]:
        return [getattr(message, key)]

    return _numbered(dump, name, key, numbers)


def _numbered(dump: Dump, name: str, key: str, numbers: Callable[[Message], list[int]]) -> dict[int, int]:
    def find() -> dict[int, int]:
        found: dict[int, int] = {}
        if name not in dump.files_listed:
            return found
        try:
            with dump.source.open(name) as file:
                for entry in entries_of(file, head_of_file(file)):
                    for each in numbers(entry.message):
                        found.setdefault(each, entry.position)
        except ImageError:
            # What precedes the damage is still found; who opens the image is told of it.
            return found
        return found

    return dump.once(("entries by number", name, key), find)


def _mount(dump: Dump, value: int) -> Target | None:
    for _, name in numbered(dump, kinds.MNTS):
        if (found := _listed(dump, name, "mnt_id", value)) is not None:
            return found
    return None


def _ghost(dump: Dump, value: int) -> Target | None:
    name = f"ghost-file-{value:x}.img"
    return Target(name, name) if name in dump.files_listed else _listed(dump, *LISTED["FILE"], value)


def _mapped(dump: Dump, value: int) -> Target | None:
    name = f"pagemap-shmem-{value}.img"
    return _listed(dump, *LISTED["FILE"], value) or (Target(name, name) if name in dump.files_listed else None)


def _cgroups(dump: Dump, _: int) -> Target | None:
    return Target("cgroup.img", "cgroup.img") if "cgroup.img" in dump.files_listed else None


def _unix_socket(dump: Dump, value: int) -> Target | None:
    def numbers(message: Message) -> list[int]:
        socket = getattr(message, "usk", message)
        inode = getattr(socket, "ino", 0)
        return [inode] if inode else []

    for name in ("files.img", "unixsk.img"):
        position = _numbered(dump, name, "unix inode", numbers).get(value)
        if value and position is not None:
            return Target(f"{name} entry {position}", name, position)
    return None


_OTHERS: dict[str, Callable[[Dump, int], Target | None]] = {
    "MOUNT": _mount,
    "GHOST": _ghost,
    "MAPPED": _mapped,
    "CGROUPS": _cgroups,
    "UNIX_SOCKET": _unix_socket,
}
