"""System V objects of a dump, from images that have raw bytes between their entries (criu/ipc_ns.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from criu_tui.core.dump.listed import numbered
from criu_tui.core.dump.payloads import Payload, entry_of
from criu_tui.core.images import kinds
from criu_tui.core.images.images import frames_of
from criu_tui.core.images.payloads import ALIGNED, PAYLOADS
from criu_tui.core.images.schema import ipc_msg_pb2, ipc_sem_pb2, ipc_shm_pb2
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.images.messages import M
    from criu_tui.core.source.source import OpenFile


class SystemV(NamedTuple):
    """A segment, a set of semaphores or a queue of messages."""

    kind: str
    """shm, sem or msg, as ipcs(1) has them."""
    id: int
    key: int
    mode: int
    owner: tuple[int, int]
    """uid and gid, inside the user namespace."""
    creator: tuple[int, int]
    size: int
    """Of shm bytes, of sem semaphores, of msg messages."""
    parts: tuple[Payload, ...]
    """The bytes of a segment, of the values of a set (16 bits each), of each message; none where pages have them."""
    types: tuple[int, ...] = ()
    """Of the messages."""


def _of(kind: str, entry: Any, size: int, parts: list[Payload], types: list[int] | None = None) -> SystemV:
    desc = entry.desc
    return SystemV(
        kind,
        desc.id,
        desc.key,
        desc.mode,
        (desc.uid, desc.gid),
        (desc.cuid, desc.cgid),
        size,
        tuple(parts),
        tuple(types or ()),
    )


def _shm(file: OpenFile) -> Iterator[SystemV]:
    for entry, payload in _walk(file, kinds.IPCNS_SHM, ipc_shm_pb2.ipc_shm_entry):
        held = payload._replace(length=min(payload.length, entry.size))
        yield _of("shm", entry, entry.size, [held] if held.length else [])


def _sem(file: OpenFile) -> Iterator[SystemV]:
    for entry, payload in _walk(file, kinds.IPCNS_SEM, ipc_sem_pb2.ipc_sem_entry):
        yield _of("sem", entry, entry.nsems, [payload._replace(length=2 * entry.nsems)])


def _msg(file: OpenFile) -> Iterator[SystemV]:
    frames = frames_of(file, kinds.IPCNS_MSG)
    while frames.more:
        entry = entry_of(frames, ipc_msg_pb2.ipc_msg_entry)
        parts: list[Payload] = []
        types: list[int] = []
        try:
            for _ in range(entry.qnum):
                # Each message of the queue is an entry of its own with its bytes behind it.
                message = entry_of(frames, ipc_msg_pb2.ipc_msg)
                at = frames.at
                frames.skip(message.msize + -message.msize % ALIGNED)
                parts.append(Payload(file.name, at, message.msize))
                types.append(message.mtype)
        except ImageError:
            # What precedes damage is given.
            yield _of("msg", entry, entry.qnum, parts, types)
            raise
        yield _of("msg", entry, entry.qnum, parts, types)


def _walk(file: OpenFile, kind: kinds.ImageKind, message: type[M]) -> Iterator[tuple[M, Payload]]:
    """Entries, each with the raw bytes that follow it."""
    frames = frames_of(file, kind)
    while frames.more:
        entry = entry_of(frames, message)
        length = PAYLOADS[kind].length(entry, frames.peek)
        yield entry, Payload(file.name, frames.at, length)
        frames.skip(length)


def system_v(dump: Dump) -> tuple[tuple[int, SystemV], ...]:
    """Every object with the number of its namespace; damage becomes a problem of the dump."""
    return dump.once("system v", lambda: tuple(_all(dump)))


def _all(dump: Dump) -> Iterator[tuple[int, SystemV]]:
    if dump.refuses():
        return
    for kind, objects in OBJECTS.items():
        for namespace, name in numbered(dump, kind):
            try:
                with dump.source.open(name) as file:
                    yield from ((namespace, found) for found in objects(file))
            except ImageError as error:
                dump.note_problem(name, error)


OBJECTS: dict[kinds.ImageKind, Callable[[OpenFile], Iterator[SystemV]]] = {
    kinds.IPCNS_SHM: _shm,
    kinds.IPCNS_SEM: _sem,
    kinds.IPCNS_MSG: _msg,
}
"""By the kind of image what yields its objects.

Each takes the open image, and raises ImageError where they are not as CRIU writes them.
"""
