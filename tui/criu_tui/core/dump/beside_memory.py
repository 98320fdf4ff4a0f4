"""All bytes that a dump keeps beside pages: data in flight, messages, what maps hold, deleted files."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.dump.bpf_maps import bpf_maps
from criu_tui.core.dump.descriptors import holders
from criu_tui.core.dump.files import of_type
from criu_tui.core.dump.ghosts import GHOST, chunks, ghosts, image_of, remaps
from criu_tui.core.dump.namespaces import ids_of
from criu_tui.core.dump.pipes import pipe_data, pipes
from criu_tui.core.dump.sockets import UNIX, queue_of, with_queues
from criu_tui.core.dump.system_v import system_v
from criu_tui.core.dump.terminals import terminal_of, unread_by
from criu_tui.core.images.schema import bpfmap_pb2, fdinfo_pb2
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.files import File
    from criu_tui.core.dump.payloads import Payload

_STREAM = 1


class Part(NamedTuple):
    """A piece of them, in one place of an image."""

    at: int
    """Offset among all bytes of the object, as they are taken out."""
    payload: Payload


class KeptBytes(NamedTuple):
    """What a dump keeps of one object."""

    name: str
    """As --extract has it: "pipe:469199"."""
    pids: tuple[int, ...]
    """Tasks that have it open; of an IPC object, those of its namespace."""
    parts: tuple[Part, ...]
    apart: bool
    """Whether each part is a message of its own, that does not go on in the next."""


def kept_bytes(dump: Dump) -> tuple[KeptBytes, ...]:
    """Every object with bytes. Who has one open is looked up only where there are any."""
    return dump.once("bytes beside memory", lambda: tuple(found for found in _all(dump) if found.parts))


def _all(dump: Dump) -> Iterator[KeptBytes]:
    for fifo in (False, True):
        for number, data in pipe_data(dump, fifo=fifo).items():
            pipe = pipes(dump).get(number)
            yield _of(dump, f"pipe:{number}", () if pipe is None else pipe.files, (data.payload,))
    for socket in with_queues(dump):
        stream = (socket.family, socket.type) == (UNIX, _STREAM)
        queue = (queued.payload for queued in queue_of(dump, socket))
        yield _of(dump, f"socket:{socket.id}", (socket.id,), queue, apart=not stream)
    for number, payload in unread_by(dump).items():
        files = _with(dump, fdinfo_pb2.TTY, terminal_of, number)
        yield _of(dump, f"tty:{number}", files, (payload,))
    for namespace, found in system_v(dump):
        kept = _of(dump, f"ipc:{found.kind}:{found.id}", (), found.parts, apart=True)
        yield kept._replace(pids=_inside(dump, namespace) if kept.parts else ())
    for held in bpf_maps(dump):
        files = _with(dump, fdinfo_pb2.BPFMAP, _map_of, held.map_id)
        yield _of(dump, f"bpf:{held.map_id}", files, (held.keys, held.values), apart=True)
    for ghost in ghosts(dump):
        try:
            parts = tuple(Part(chunk.at, chunk.payload) for chunk in chunks(dump, ghost.id) if chunk.payload.length)
        except ImageError as error:
            dump.note_problem(image_of(ghost.id), error)
            continue
        files = (file_id for file_id, remap in remaps(dump).items() if (remap.kind, remap.id) == (GHOST, ghost.id))
        yield KeptBytes(f"ghost:{ghost.id:x}", _who(dump, files), parts, apart=False)


def _of(dump: Dump, name: str, files: Iterable[int], payloads: Iterable[Payload], *, apart: bool = False) -> KeptBytes:
    """One whose parts are taken out one after another."""
    parts: list[Part] = []
    at = 0
    for payload in payloads:
        if payload.length:
            parts.append(Part(at, payload))
        at += payload.length
    return KeptBytes(name, _who(dump, files) if parts else (), tuple(parts), apart)


def _who(dump: Dump, files: Iterable[int]) -> tuple[int, ...]:
    held = (each.pid for file_id in files for each in holders(dump).get(file_id, ()))
    return tuple(dict.fromkeys(pid for pid in held if pid is not None))


def _with(dump: Dump, kind: int, object_of: Callable[[File], int | None], wanted: int) -> Iterator[int]:
    """Files of a type that stand for one object."""
    return (file.id for file in of_type(dump.files, kind) if object_of(file) == wanted)


def _map_of(file: File) -> int | None:
    return file.message.map_id if isinstance(file.message, bpfmap_pb2.bpfmap_file_entry) else None


def _inside(dump: Dump, namespace: int) -> tuple[int, ...]:
    """Tasks in an IPC namespace."""
    ids = ((pid, ids_of(dump, pid)) for pid in dump.pids)
    return tuple(pid for pid, own in ids if own is not None and own.ipc_ns_id == namespace)
