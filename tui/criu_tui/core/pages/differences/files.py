"""What a task has open, as facts by descriptor; two checkpoints differ where these do.

CRIU's numbers of files, pipes, sockets and mounts are left out: they are new in every dump, and the kernel's after
every restore. A pipe or a socket is told by what has its other end.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base import linux
from criu_tui.core.base.limits import QUEUE_LIMIT
from criu_tui.core.base.units import counted, number, size
from criu_tui.core.dump.described import described
from criu_tui.core.dump.descriptors import descriptors, holders, locks
from criu_tui.core.dump.payloads import Payload, read
from criu_tui.core.dump.peers import peer_of
from criu_tui.core.dump.pipes import O_ACCMODE, O_WRONLY, end_flags, pipe_number, pipes
from criu_tui.core.dump.sockets import queue_of, sockets
from criu_tui.core.images.schema import events_pb2
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from criu_tui.core.dump.descriptors import Descriptor, Holder
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.files import File

_NUMBERS = ("mount", "inode", "pipe", "shared memory", "net namespace", "map", "expired")
"""Facts that are other numbers in every dump, or count on."""
SHOWN = 8
"""Holders of a file that are named; of more a digest tells whether they are the same."""


class OpenAs(NamedTuple):
    """What a descriptor is, in words that mean the same in every dump; text is as in the dump."""

    what: str
    aspects: tuple[tuple[str, str], ...]
    """Flags, position, size and what else is known: name and words."""


class Called(dict[int, int]):
    """The PIDs of the tasks of both checkpoints by those in one of them, as the first has them."""

    def __init__(self, pids: Iterable[tuple[int, int]]) -> None:
        super().__init__(pids)
        self._told: dict[int, tuple[Sequence[Holder], str]] = {}
        """Words by what they are of, which is kept so that its id stays its own."""

    def holders(self, held: Sequence[Holder]) -> str:
        """Who has a file, of those that both checkpoints have: a fork alone makes no other file of one it inherits."""
        known = self._told.get(id(held))
        if known is None:
            known = self._told[id(held)] = held, self._words(held)
        return known[1]

    def _words(self, held: Sequence[Holder]) -> str:
        words = sorted(
            "in flight" if each.pid is None else f"{self[each.pid]}:{each.fd}"
            for each in held
            if each.pid is None or each.pid in self
        )
        more = " ".join(words[SHOWN:])
        if more:
            # Each of thousands would name all the others.
            words[SHOWN:] = [
                f"and {number(len(words) - SHOWN)} more ({hashlib.blake2b(more.encode(), digest_size=4).hexdigest()})"
            ]
        return " ".join(words) or ("another task" if held else "nobody")


def open_files(dump: Dump, pid: int, called: Called) -> dict[int, OpenAs]:
    """What each descriptor of a task is; `called` are the PIDs of the tasks of both, as the first has them."""
    return {held.fd: _opened(dump, held, called) for held in descriptors(dump, pid)}


def _opened(dump: Dump, held: Descriptor, called: Called) -> OpenAs:
    found = described(dump, held.file_id, held.type)
    file = dump.files.get(held.file_id)
    what, aspects = found.what, dict(fact for fact in found.facts if fact[0] not in _NUMBERS)
    if found.flags is not None:
        aspects["flags"] = linux.open_flags(found.flags & ~linux.LARGEFILE)
    if found.pos is not None:
        aspects["position"] = number(found.pos)
    if found.size is not None:
        aspects["size"] = f"{size(found.size)} = {number(found.size)} bytes"
    if held.close_on_exec:
        aspects["close on exec"] = "yes"
    held_locks = locks(dump).get((held.pid, held.fd), ())
    if held_locks:
        aspects["locks"] = ", ".join(map(str, held_locks))
    if held.label:
        aspects["SELinux label"] = held.label
    if file is not None:
        what = _other_end(dump, file, what, called)
        aspects |= _waiting(dump, file)
    return OpenAs(f"{found.kind} {what}".strip(), tuple(sorted(aspects.items())))


def _other_end(dump: Dump, file: File, what: str, called: Called) -> str:
    """The words for a file without the numbers of pipes and sockets, and with what has the other end."""
    pipe = pipe_number(file)
    if pipe is not None:
        writes = end_flags(dump, file) & O_ACCMODE == O_WRONLY
        found = pipes(dump)[pipe]
        whose = called.holders(found.readers if writes else found.writers)
        side = f"writes, read by {whose}" if writes else f"reads, written by {whose}"
        return f"{'' if file.type == 'PIPE' else what} {side}".strip()
    socket = sockets(dump).get(file.id)
    if socket is not None:
        peer = peer_of(dump, socket)
        state = linux.named(socket.state, linux.SOCKET_STATES, "state") if socket.state else ""
        ends = socket.local or "unnamed"
        if peer is not None and peer.file_id is not None:
            return f"{state} {ends} with {called.holders(holders(dump).get(peer.file_id, ()))}".strip()
        return f"{state} {ends} {socket.remote or ('with an end outside' if peer is not None else '')}".strip()
    if isinstance(file.message, events_pb2.timerfd_entry):
        clock = linux.named(file.message.clockid, linux.CLOCKS, "clock")
        timer = file.message
        running = "set" if timer.vsec or timer.vnsec else "not set"
        return f"{clock}, {running}, every {timer.isec} s {timer.insec} ns"
    return what


def _waiting(dump: Dump, file: File) -> Iterator[tuple[str, str]]:
    """The data on its way to this end: how much, and whether it is other data."""
    pipe = pipe_number(file)
    reads = pipe is not None and end_flags(dump, file) & O_ACCMODE != O_WRONLY
    data = pipes(dump)[pipe].data if pipe is not None and reads else None
    if data is not None:
        yield "in it", payload_words(dump, data.payload)
    socket = sockets(dump).get(file.id)
    for index, queued in enumerate(() if socket is None else queue_of(dump, socket)):
        yield f"{queued.what} {index}", payload_words(dump, queued.payload)


def payload_words(dump: Dump, payload: Payload) -> str:
    """How many bytes there are, and a few digits that are others for other bytes."""
    length = counted(payload.length, "byte")
    if not 0 < payload.length <= QUEUE_LIMIT:
        return length
    try:
        data = read(dump, payload)
    except ImageError:
        return length
    return f"{length} ({hashlib.blake2b(data, digest_size=4).hexdigest()})"
