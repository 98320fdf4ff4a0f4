"""Owners of System V objects, from their images, which have raw bytes between entries (criu/ipc_ns.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.dump.payloads import entry_of
from criu_tui.core.images import kinds
from criu_tui.core.images.images import frames_of
from criu_tui.core.images.schema import ipc_msg_pb2, ipc_sem_pb2, ipc_shm_pb2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from criu_tui.core.images.messages import M
    from criu_tui.core.images.schema import ipc_desc_pb2
    from criu_tui.core.source.source import OpenFile


class SystemV(NamedTuple):
    """Whose an object is; each pair is a uid and a gid, inside the user namespace."""

    id: int
    owner: tuple[int, int]
    creator: tuple[int, int]


def _of(desc: ipc_desc_pb2.ipc_desc_entry) -> SystemV:
    return SystemV(desc.id, (desc.uid, desc.gid), (desc.cuid, desc.cgid))


def _shm(file: OpenFile) -> Iterator[SystemV]:
    def raw(entry: ipc_shm_pb2.ipc_shm_entry) -> int:
        return 0 if entry.in_pagemaps else _rounded(entry.size, 4)

    for entry in _walk(file, kinds.IPCNS_SHM, ipc_shm_pb2.ipc_shm_entry, raw):
        yield _of(entry.desc)


def _sem(file: OpenFile) -> Iterator[SystemV]:
    def raw(entry: ipc_sem_pb2.ipc_sem_entry) -> int:
        return _rounded(2 * entry.nsems, 8)

    for entry in _walk(file, kinds.IPCNS_SEM, ipc_sem_pb2.ipc_sem_entry, raw):
        yield _of(entry.desc)


def _msg(file: OpenFile) -> Iterator[SystemV]:
    frames = frames_of(file, kinds.IPCNS_MSG)
    while frames.more:
        entry = entry_of(frames, ipc_msg_pb2.ipc_msg_entry)
        yield _of(entry.desc)
        for _ in range(entry.qnum):
            # Each message of the queue is an entry of its own with its bytes behind it.
            frames.skip(_rounded(entry_of(frames, ipc_msg_pb2.ipc_msg).msize, 8))


def _walk(file: OpenFile, kind: kinds.ImageKind, message: type[M], raw: Callable[[M], int]) -> Iterator[M]:
    """Entries that each say how many raw bytes follow them."""
    frames = frames_of(file, kind)
    while frames.more:
        entry = entry_of(frames, message)
        yield entry
        frames.skip(raw(entry))


def _rounded(count: int, unit: int) -> int:
    return -(-count // unit) * unit


OBJECTS: dict[str, tuple[str, Callable[[OpenFile], Iterator[SystemV]]]] = {
    "ipcns-shm-": ("sysv shm", _shm),
    "ipcns-sem-": ("sysv sem", _sem),
    "ipcns-msg-": ("sysv msg", _msg),
}
"""By the beginning of an image's name: what its objects are called, and what yields them.

Each takes the open image, and raises ImageError where they are not as CRIU writes them.
"""
