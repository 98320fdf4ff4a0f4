"""The raw bytes that follow an entry of some kinds: how many there are, and their JSON as crit writes it.

Which kinds, which counts and which padding: criu/pipes.c, sk-queue.c, sk-tcp.c, bpfmap.c, util/ipc_ns.c, files-reg.c;
the JSON: lib/pycriu/images/images.py, CRIU 4.2.1 and 4.3.
"""

from __future__ import annotations

import base64
import struct
from typing import TYPE_CHECKING, Any, NamedTuple

from criu_tui.core.images.crit_json import EntryError, fill, to_json
from criu_tui.core.images.framing import framed
from criu_tui.core.images.kinds import (
    BPFMAP_DATA,
    FIFO_DATA,
    GHOST_FILE,
    IPCNS_MSG,
    IPCNS_SEM,
    IPCNS_SHM,
    PIPES_DATA,
    SK_QUEUES,
    TCP_STREAM,
)
from criu_tui.core.images.schema import ghost_file_pb2, ipc_msg_pb2

if TYPE_CHECKING:
    from collections.abc import Callable

    from criu_tui.core.base.json import Json
    from criu_tui.core.images.kinds import ImageKind

    Peek = Callable[[int, int], bytes]
    """Bytes at an offset behind the message, up to a number of them."""

U16, U32 = 2, 4
REST = -1
"""For the number of bytes that follow: all that are left in the file."""
ALIGNED = 8
"""Bytes to whose multiple System V objects are filled up with zeros."""


class PayloadRule(NamedTuple):
    """What follows each entry of a kind."""

    length: Callable[[Any, Peek], int]
    """Bytes that follow a message, padding included, or REST."""
    to_json: Callable[[Any, bytes], Json]
    from_json: Callable[[Any, Json], bytes]
    """Raises EntryError, or ValueError for what is no base64."""


def base64_text(data: bytes) -> str:
    """Bytes as crit writes them: base64 in lines of 76 characters."""
    return base64.encodebytes(data).decode("ascii")


def bytes_of(extra: Json) -> bytes:
    """The bytes of a base64 text. Raises EntryError for what is no text, ValueError for another one."""
    if not isinstance(extra, str):
        raise EntryError("extra", "is not a text of base64")
    return base64.decodebytes(extra.encode())


def _padding(length: int, to: int) -> int:
    return -length % to


def _plain(length: Callable[[Any], int]) -> PayloadRule:
    """So many bytes, as they are."""
    return PayloadRule(lambda m, _: length(m), lambda _, data: base64_text(data), lambda _, extra: bytes_of(extra))


# A connection's two queues


def _queues_json(message: Any, data: bytes) -> Json:
    end = message.inq_len + message.outq_len
    return {"inq": base64_text(data[: message.inq_len]), "outq": base64_text(data[message.inq_len : end])}


def _queues_bytes(_: Any, extra: Json) -> bytes:
    if not isinstance(extra, dict):
        raise EntryError("extra", "is not an object with inq and outq")
    return bytes_of(extra.get("inq")) + bytes_of(extra.get("outq"))


# System V semaphores, messages and shared memory


def _sem_length(message: Any, _: Peek) -> int:
    length = U16 * int(message.nsems)
    return length + _padding(length, ALIGNED)


def _sem_json(message: Any, data: bytes) -> Json:
    count = min(message.nsems, len(data) // U16)
    return list(struct.unpack_from(f"={count}H", data))


def _sem_bytes(message: Any, extra: Json) -> bytes:
    if not isinstance(extra, list) or len(extra) != message.nsems:
        raise EntryError("extra", f"is not a list of {message.nsems} semaphores, as nsems has it")
    try:
        data = struct.pack(f"={len(extra)}H", *extra)
    except struct.error:
        raise EntryError("extra", "has a value that is no number of 16 bits") from None
    return data + bytes(_padding(len(data), ALIGNED))


def _messages(message: Any, peek: Peek) -> list[tuple[ipc_msg_pb2.ipc_msg, int, int]]:
    """The messages of a queue, each with the offset of its bytes and that of the next message."""
    found: list[tuple[ipc_msg_pb2.ipc_msg, int, int]] = []
    at = 0
    while len(found) < message.qnum:
        head = peek(at, U32)
        if len(head) < U32:
            break
        size = int.from_bytes(head, "little")
        each = ipc_msg_pb2.ipc_msg.FromString(peek(at + U32, size))
        start = at + U32 + size
        at = start + each.msize + _padding(each.msize, ALIGNED)
        found.append((each, start, at))
    return found


def _queue_length(message: Any, peek: Peek) -> int:
    found = _messages(message, peek)
    return found[-1][2] if found else 0


def _queue_json(message: Any, data: bytes) -> Json:
    extra: list[Json] = []
    for each, start, _ in _messages(message, lambda at, length: data[at : at + length]):
        extra += (to_json(each), base64_text(data[start : start + each.msize]))
    return extra


def _queue_bytes(message: Any, extra: Json) -> bytes:
    if not isinstance(extra, list) or len(extra) % 2:
        raise EntryError("extra", "is not a list of messages, each followed by its bytes")
    parts: list[bytes] = []
    for index in range(0, len(extra), 2):
        each = ipc_msg_pb2.ipc_msg()
        fill(each, extra[index], path=f"extra[{index}]")
        data = bytes_of(extra[index + 1])[: each.msize]
        parts += (framed(each.SerializeToString()), data, bytes(_padding(each.msize, ALIGNED)))
    return b"".join(parts)


def _segment_length(message: Any, _: Peek) -> int:
    # Since CRIU 3.9 the bytes lie in a pagemap as all memory does.
    return 0 if message.in_pagemaps else int(message.size) + _padding(message.size, U32)


def _segment_json(message: Any, data: bytes) -> Json:
    return base64_text(data[: message.size])


def _segment_bytes(message: Any, extra: Json) -> bytes:
    data = bytes_of(extra)[: message.size]
    return data + bytes(_padding(message.size, U32) if len(data) == message.size else 0)


# Deleted files


def _chunk_length(message: Any, _: Peek) -> int:
    """Of a chunk the bytes it says; of a file without chunks all that is left, of one with chunks none."""
    if isinstance(message, ghost_file_pb2.ghost_chunk_entry):
        return message.len
    return 0 if message.chunks else REST


PAYLOADS: dict[ImageKind, PayloadRule] = {
    BPFMAP_DATA: _plain(lambda m: m.keys_bytes + m.values_bytes),
    FIFO_DATA: _plain(lambda m: m.bytes),
    GHOST_FILE: PayloadRule(_chunk_length, lambda _, data: base64_text(data), lambda _, extra: bytes_of(extra)),
    IPCNS_MSG: PayloadRule(_queue_length, _queue_json, _queue_bytes),
    IPCNS_SEM: PayloadRule(_sem_length, _sem_json, _sem_bytes),
    IPCNS_SHM: PayloadRule(_segment_length, _segment_json, _segment_bytes),
    PIPES_DATA: _plain(lambda m: m.bytes),
    SK_QUEUES: _plain(lambda m: m.length),
    TCP_STREAM: PayloadRule(lambda m, _: m.inq_len + m.outq_len, _queues_json, _queues_bytes),
}
"""What follows the entries of each kind that has anything but messages."""


def crit_length(kind: ImageKind, message: Any, peek: Peek) -> int:
    """Bytes that crit reads behind a message: for shared memory its size also where nothing follows."""
    if kind is IPCNS_SHM:
        return int(message.size) + _padding(message.size, U32)
    return PAYLOADS[kind].length(message, peek)
