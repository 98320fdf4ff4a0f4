"""Owners of System V objects, from their images, which have raw bytes between entries (criu/ipc_ns.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.images import kinds
from criu_tui.core.images.framing import frame, payload_start
from criu_tui.core.images.messages import M, parse
from criu_tui.core.images.schema import ipc_msg_pb2, ipc_sem_pb2, ipc_shm_pb2
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from criu_tui.core.images.schema import ipc_desc_pb2


class SystemV(NamedTuple):
    """Whose an object is; each pair is a uid and a gid, inside the user namespace."""

    id: int
    owner: tuple[int, int]
    creator: tuple[int, int]


def _of(desc: ipc_desc_pb2.ipc_desc_entry) -> SystemV:
    return SystemV(desc.id, (desc.uid, desc.gid), (desc.cuid, desc.cgid))


def _shm(data: bytes, name: str) -> Iterator[SystemV]:
    def raw(entry: ipc_shm_pb2.ipc_shm_entry) -> int:
        return 0 if entry.in_pagemaps else _rounded(entry.size, 4)

    for entry in _walk(data, kinds.IPCNS_SHM, name, ipc_shm_pb2.ipc_shm_entry, raw):
        yield _of(entry.desc)


def _sem(data: bytes, name: str) -> Iterator[SystemV]:
    def raw(entry: ipc_sem_pb2.ipc_sem_entry) -> int:
        return _rounded(2 * entry.nsems, 8)

    for entry in _walk(data, kinds.IPCNS_SEM, name, ipc_sem_pb2.ipc_sem_entry, raw):
        yield _of(entry.desc)


def _msg(data: bytes, name: str) -> Iterator[SystemV]:
    offset = payload_start(data, kinds.IPCNS_MSG, name)
    index = 0
    while offset < len(data):
        entry, offset = _entry(data, offset, ipc_msg_pb2.ipc_msg_entry, name, index)
        yield _of(entry.desc)
        index += 1
        for _ in range(entry.qnum):
            # Each message of the queue is an entry of its own with its bytes behind it.
            message, offset = _entry(data, offset, ipc_msg_pb2.ipc_msg, name, index)
            offset = _behind(data, offset, _rounded(message.msize, 8), name, index)
            index += 1


def _walk(data: bytes, kind: kinds.ImageKind, name: str, message: type[M], raw: Callable[[M], int]) -> Iterator[M]:
    """Entries that each say how many raw bytes follow them."""
    offset = payload_start(data, kind, name)
    index = 0
    while offset < len(data):
        entry, offset = _entry(data, offset, message, name, index)
        yield entry
        offset = _behind(data, offset, raw(entry), name, index)
        index += 1


def _entry(data: bytes, offset: int, message: type[M], name: str, index: int) -> tuple[M, int]:
    """The entry at a byte offset, and the offset after it; raises ImageError as `frame` and `parse` do."""
    payload, after = frame(data, offset, name, index)
    return parse(payload, message, name, after - len(payload), index), after


def _behind(data: bytes, offset: int, raw: int, name: str, index: int) -> int:
    """The offset after an entry's raw bytes; raises ImageError when the file ends before they do."""
    left = len(data) - offset
    if raw > left:
        raise ImageError(name, offset, f"{raw} raw bytes follow the entry, but only {left} are left in the file", index)
    return offset + raw


def _rounded(count: int, unit: int) -> int:
    return -(-count // unit) * unit


OBJECTS: dict[str, tuple[str, Callable[[bytes, str], Iterator[SystemV]]]] = {
    "ipcns-shm-": ("sysv shm", _shm),
    "ipcns-sem-": ("sysv sem", _sem),
    "ipcns-msg-": ("sysv msg", _msg),
}
"""By the beginning of an image's name: what its objects are called, and what yields those of its bytes.

Each takes the image's bytes and name, and raises ImageError where they are not as CRIU writes them.
"""
