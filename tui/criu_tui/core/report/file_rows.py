"""What a task holds: its descriptors, its directories and its program, each a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.dump.descriptors import descriptors, directories

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump


class FileRow(NamedTuple):
    """One descriptor of a task, or the directory or program that it holds without one."""

    pid: int
    fd: int | None
    """None for "cwd", "root" and "exe"."""
    name: str
    """What lsof(8) calls it: the number, or one of these words."""
    file_id: int
    type: str
    close_on_exec: bool = False
    label: str = ""


def rows_of(dump: Dump, pid: int) -> Iterator[FileRow]:
    """What a task holds: its directories and program, then its descriptors in image order."""
    held = directories(dump, pid)
    if held is not None:
        yield FileRow(pid, None, "cwd", held.cwd_id, "REG")
        yield FileRow(pid, None, "root", held.root_id, "REG")
    exe = dump.address_space(pid).exe_file_id
    if exe:
        yield FileRow(pid, None, "exe", exe, "REG")
    for found in descriptors(dump, pid):
        yield FileRow(pid, found.fd, str(found.fd), found.file_id, found.type, found.close_on_exec, found.label)
