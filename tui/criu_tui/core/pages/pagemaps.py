"""The pagemaps of a dump: of its tasks and of its shared memory, each read when first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.dump.credentials import credentials_of
from criu_tui.core.dump.user_namespace import user_namespace_of
from criu_tui.core.images.images import length_of
from criu_tui.core.pages.pagemap import Pagemap
from criu_tui.core.pages.reader import SMALL, OneByOne, decode_small, read_pagemap
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.pages.entries import Coverages
    from criu_tui.core.pages.reader import Builder
    from criu_tui.core.source.source import OpenFile

COLUMNS_FROM = 512 << 10
"""Bytes of a pagemap image, some 30,000 entries, from which decoding in columns is worth importing numpy."""


def pagemap_of(dump: Dump, pid: int) -> Pagemap:
    """The page runs of a task; none for a dead one."""
    return dump.recent(("pagemap", pid), lambda: _of_task(dump, pid))


def shared_pagemap_of(dump: Dump, shmid: int) -> Pagemap:
    """The page runs of a shared memory, by byte offset into it; none when the dump has no image of it."""
    name = f"pagemap-shmem-{shmid}.img"
    if name not in dump.files_listed:
        return Pagemap(name=name)
    return dump.recent(("pagemap", name), lambda: _read(dump, name))


def _held(dump: Dump, pid: int) -> Pagemap | None:
    """The page runs of a task in the checkpoint that this one is held with, where they are at hand."""
    return None if dump.held_with is None else dump.held_with.recent.at_hand(("pagemap", pid))


def coverages_of(dump: Dump, pid: int) -> Coverages:
    """The pages of each VMA of a task, by index of the VMA."""
    return dump.each(_cover)[pid]


def read_all(dump: Dump) -> None:
    """Reads what every pane needs, once, so that `dump.problems` is complete."""
    dump.once("all read", lambda: _read_all(dump))


def _read_all(dump: Dump) -> None:
    _ = dump.files, user_namespace_of(dump), dump.parent
    for task in dump.tasks:
        dump.core(task.pid)
        credentials_of(dump, task.pid)
        dump.address_space(task.pid)
        pagemap_of(dump, task.pid)


def _of_task(dump: Dump, pid: int) -> Pagemap:
    if not dump.core(pid).alive:
        return Pagemap()
    name = f"pagemap-{pid}.img"
    pagemap = _read(dump, name)
    dump.note_half_read(pid, (name,))
    known = _held(dump, pid)
    return pagemap if known is None or known != pagemap else known


def _read(dump: Dump, name: str) -> Pagemap:
    if name not in dump.files_listed:
        dump.note_absent(name)
        return Pagemap(name=name)
    if dump.refuses():
        return Pagemap(name=name)
    try:
        data = dump.source.read_small(name, SMALL)
        small = None if data is None else decode_small(data, name)
        if small is not None:
            return small
        with dump.source.open(name) as file:
            pagemap, problem = read_pagemap(file, _builder(file))
    except ImageError as error:
        dump.note_problem(name, error)
        return Pagemap(name=name)
    if problem is not None:
        dump.note_problem(name, problem)
    return pagemap


def _cover(dump: Dump, pid: int) -> Coverages:
    space, pagemap, other = dump.address_space(pid), pagemap_of(dump, pid), dump.held_with
    if other is not None and _held(dump, pid) is pagemap and other.address_space(pid) is space:
        return coverages_of(other, pid)
    starts, ends = space.starts, space.ends
    if not (pagemap.ordered and pagemap.in_columns):
        return pagemap.coverages(starts, ends)
    from criu_tui.core.pages import columns

    return columns.coverages(pagemap, starts, ends)


def _builder(file: OpenFile) -> Builder:
    """What decodes an open pagemap image."""
    size = length_of(file)
    if size < COLUMNS_FROM:
        return OneByOne()
    from criu_tui.core.pages.columns import InColumns

    # A sparse file may claim any size: room is made for what its disk holds.
    return InColumns(min(size, file.on_disk))
