"""The open and mapped files of running processes as messages of files.img.

What a dump would hold of the inside of a socket or a file, such as queues, is left out: nothing is opened to see it.
"""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from criu_tui.core.images.schema import (
    events_pb2,
    fdinfo_pb2,
    fown_pb2,
    fsnotify_pb2,
    memfd_pb2,
    sk_opts_pb2,
    tty_pb2,
)
from criu_tui.core.live.descriptors import DELETED
from criu_tui.core.live.process import PROC
from criu_tui.core.live.vmas import SHARED_MEMORY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.live.descriptors import OpenedFile
    from criu_tui.core.live.memory import Mapped
    from criu_tui.core.live.process import Process
    from criu_tui.core.live.sockets import LiveSocket
    from criu_tui.core.live.tree import LiveTree

TTY_MAJORS = (4, 5, *range(136, 144))
"""Virtual terminals and serial lines, /dev/tty and /dev/console and /dev/ptmx, and the slaves of /dev/pts."""
PTMX = 5, 2
TUN = 10, 200
MEMFD = "/memfd:"
_O_CLOEXEC = 0o2000000
_SOCKETS = {1: fdinfo_pb2.UNIXSK, 2: fdinfo_pb2.INETSK, 10: fdinfo_pb2.INETSK, 16: fdinfo_pb2.NETLINKSK,
            17: fdinfo_pb2.PACKETSK}  # fmt: skip
_ANONYMOUS = {
    "eventfd": fdinfo_pb2.EVENTFD,
    "eventpoll": fdinfo_pb2.EVENTPOLL,
    "inotify": fdinfo_pb2.INOTIFY,
    "fanotify": fdinfo_pb2.FANOTIFY,
    "signalfd": fdinfo_pb2.SIGNALFD,
    "timerfd": fdinfo_pb2.TIMERFD,
    "bpf-map": fdinfo_pb2.BPFMAP,
    "pidfd": fdinfo_pb2.PIDFD,
}


def type_of(opened: OpenedFile, sockets: dict[int, LiveSocket]) -> int:
    """What kind of file a descriptor leads to, an fd_types; UND for what no image has a kind for."""
    mode = opened.mode
    if stat.S_ISSOCK(mode) and opened.target.startswith("socket:"):
        found = sockets.get(opened.inode)
        return fdinfo_pb2.UND if found is None else _SOCKETS.get(found.family, fdinfo_pb2.UND)
    if opened.target.startswith("pidfd:"):
        return fdinfo_pb2.PIDFD
    if opened.anonymous:
        return _ANONYMOUS.get(opened.anonymous, fdinfo_pb2.UND)
    if opened.target.startswith(MEMFD):
        return fdinfo_pb2.MEMFD
    if stat.S_ISFIFO(mode):
        return fdinfo_pb2.PIPE if opened.target.startswith("pipe:") else fdinfo_pb2.FIFO
    if stat.S_ISCHR(mode) and opened.device[0] in TTY_MAJORS:
        return fdinfo_pb2.TTY
    if opened.device == TUN:
        return fdinfo_pb2.TUNF
    if not opened.target.startswith("/") and ":[" in opened.target:
        return fdinfo_pb2.NS
    return fdinfo_pb2.REG


class LiveFiles:
    """Files of a tree by number: each open file once, as far as /proc tells two of them from one."""

    def __init__(self, tree: LiveTree) -> None:
        self._tree = tree
        self._numbers: dict[object, int] = {}
        self._entries: dict[int, fdinfo_pb2.file_entry] = {}
        self._memfds: dict[int, memfd_pb2.memfd_inode_entry] = {}
        self._terminals: dict[int, tty_pb2.tty_info_entry] = {}

    def _number(self, key: object) -> tuple[int, bool]:
        """The number of a file, and whether it is a new one."""
        known = self._numbers.get(key)
        if known is not None:
            return known, False
        self._numbers[key] = len(self._numbers) + 1
        return len(self._numbers), True

    def of_mapping(self, task: Process, mapped: Mapped) -> int:
        """The number of the file that a mapping is of."""
        number, new = self._number(("mapped", mapped.device, mapped.inode, mapped.name))
        if new:
            self._entries[number] = self._mapped(number, task, mapped)
        return number

    def of_opened(self, task: Process, opened: OpenedFile) -> tuple[int, int]:
        """The number and the type of what a descriptor, or a link such as cwd, leads to."""
        kind = type_of(opened, self._tree.sockets(task))
        key = (kind, opened.target, opened.inode, opened.position, opened.flags & ~_O_CLOEXEC, opened.mount)
        number, new = self._number(key)
        if new:
            self._entries[number] = self._opened(number, kind, task, opened)
        return number, kind

    def entries(self) -> Iterator[fdinfo_pb2.file_entry]:
        """All files so far, by number."""
        yield from (self._entries[number] for number in sorted(self._entries))

    def memfds(self) -> Iterator[memfd_pb2.memfd_inode_entry]:
        """The memory files among them, by number."""
        yield from (self._memfds[number] for number in sorted(self._memfds))

    def terminals(self) -> Iterator[tty_pb2.tty_info_entry]:
        """The terminals among them, by number."""
        yield from (self._terminals[number] for number in sorted(self._terminals))

    def _mapped(self, number: int, task: Process, mapped: Mapped) -> fdinfo_pb2.file_entry:
        if mapped.name.startswith(SHARED_MEMORY):
            entry = fdinfo_pb2.file_entry(type=fdinfo_pb2.MEMFD, id=number)
            entry.memfd.id, entry.memfd.flags, entry.memfd.pos = number, 2, 0
            entry.memfd.fown.CopyFrom(_nobody())
            entry.memfd.inode_id = self._memfd(mapped.name, mapped.inode, 0)
            return entry
        entry = fdinfo_pb2.file_entry(type=fdinfo_pb2.REG, id=number)
        entry.reg.id, entry.reg.flags, entry.reg.pos, entry.reg.name = number, 0, 0, _encodable(mapped.name)
        entry.reg.fown.CopyFrom(_nobody())
        try:
            status = (PROC / str(task.pid) / "map_files" / f"{mapped.start:x}-{mapped.end:x}").stat()
        except OSError:
            return entry
        entry.reg.size, entry.reg.mode = status.st_size, status.st_mode
        return entry

    def _memfd(self, target: str, inode: int, size: int) -> int:
        if inode not in self._memfds:
            name = _encodable(target.removeprefix(MEMFD).removesuffix(DELETED))
            self._memfds[inode] = memfd_pb2.memfd_inode_entry(
                name=name, uid=0, gid=0, size=size, shmid=inode & 0xFFFFFFFF, seals=0, inode_id=inode
            )
        return inode & 0xFFFFFFFF

    def _opened(self, number: int, kind: int, task: Process, opened: OpenedFile) -> fdinfo_pb2.file_entry:
        entry = fdinfo_pb2.file_entry(type=kind, id=number)  # type: ignore[arg-type]
        # Whether it is closed on exec is the descriptor's, not the file's.
        flags = opened.flags & 0xFFFFFFFF & ~_O_CLOEXEC
        made: object = None
        match kind:
            case fdinfo_pb2.REG:
                entry.reg.id, entry.reg.flags, entry.reg.pos = number, flags, opened.position
                entry.reg.name, entry.reg.mnt_id = _encodable(opened.path), opened.mount
                entry.reg.mode = opened.mode
                if opened.status is not None and stat.S_ISREG(opened.mode):
                    entry.reg.size = opened.status.st_size
                made = entry.reg
            case fdinfo_pb2.PIPE:
                entry.pipe.id, entry.pipe.pipe_id, entry.pipe.flags = number, opened.inode & 0xFFFFFFFF, flags
                made = entry.pipe
            case fdinfo_pb2.FIFO:
                entry.fifo.id, entry.fifo.pipe_id = number, opened.inode & 0xFFFFFFFF
            case fdinfo_pb2.EVENTFD:
                entry.efd.id, entry.efd.flags = number, flags
                entry.efd.counter = int(opened.first("eventfd-count") or "0", 16)
                made = entry.efd
            case fdinfo_pb2.EVENTPOLL:
                entry.epfd.id, entry.epfd.flags = number, flags
                entry.epfd.tfd.extend(_watched(number, opened))
                made = entry.epfd
            case fdinfo_pb2.SIGNALFD:
                entry.sgfd.id, entry.sgfd.flags = number, flags
                entry.sgfd.sigmask = int(opened.first("sigmask") or "0", 16)
                made = entry.sgfd
            case fdinfo_pb2.INOTIFY:
                entry.ify.id, entry.ify.flags = number, flags
                entry.ify.wd.extend(_watches(number, opened))
                made = entry.ify
            case fdinfo_pb2.MEMFD:
                entry.memfd.id, entry.memfd.flags, entry.memfd.pos = number, flags, opened.position
                size = 0 if opened.status is None else opened.status.st_size
                entry.memfd.inode_id = self._memfd(opened.target, opened.inode, size)
                made = entry.memfd
            case fdinfo_pb2.TTY:
                entry.tty.id, entry.tty.flags = number, flags
                entry.tty.tty_info_id = self._terminal(task, opened)
                made = entry.tty
            case fdinfo_pb2.UNIXSK | fdinfo_pb2.INETSK | fdinfo_pb2.NETLINKSK:
                made = _socket(entry, number, flags, self._tree.sockets(task)[opened.inode])
            case fdinfo_pb2.PIDFD:
                entry.pidfd.id, entry.pidfd.ino, entry.pidfd.flags = number, opened.inode & 0xFFFFFFFF, flags
                entry.pidfd.nspid = int((opened.first("NSpid") or "-1").split()[-1])
                made = entry.pidfd
        if made is not None:
            made.fown.CopyFrom(_nobody())  # type: ignore[attr-defined]
        return entry

    def _terminal(self, task: Process, opened: OpenedFile) -> int:
        major, minor = opened.device
        master = opened.device == PTMX
        index = int(opened.first("tty-index") or 0) if master else max(0, major - 136) * 256 + minor
        number = 2 * index + master + 1 if major >= 136 or master else 1 << 20 | major << 8 | minor
        if number not in self._terminals:
            kind = tty_pb2.PTY if major >= 136 or master else tty_pb2.CTTY if minor == 0 and major == 5 else tty_pb2.VT
            controlling = opened.status is not None and task.terminal == opened.status.st_rdev
            made = tty_pb2.tty_info_entry(
                id=number,
                type=kind,
                locked=False,
                exclusive=False,
                packet_mode=False,
                sid=self._tree.session(task) if controlling else 0,
                pgrp=self._tree.group(task) if controlling else 0,
                rdev=(major << 8 | minor) & 0xFFFFFFFF,
            )
            if kind == tty_pb2.PTY:
                made.pty.index = index
            self._terminals[number] = made
        return number


def _nobody() -> fown_pb2.fown_entry:
    """That no task is told of a file by a signal: /proc does not say who is."""
    return fown_pb2.fown_entry(uid=0, euid=0, signum=0, pid_type=0, pid=0)


def _encodable(name: str) -> str:
    """A name as images hold it: bytes that are no text are replaced."""
    return name.encode(errors="surrogateescape").decode(errors="replace")


def _watched(number: int, opened: OpenedFile) -> Iterator[events_pb2.eventpoll_tfd_entry]:
    for line in opened.all("tfd"):
        words = line.replace(":", ": ").split()
        known = {words[at].rstrip(":"): words[at + 1] for at in range(1, len(words) - 1, 2)}
        yield events_pb2.eventpoll_tfd_entry(
            id=number, tfd=int(words[0]), events=int(known.get("events", "0"), 16), data=int(known.get("data", "0"), 16)
        )


def _watches(number: int, opened: OpenedFile) -> Iterator[fsnotify_pb2.inotify_wd_entry]:
    for line in opened.all("inotify"):
        known = dict(each.partition(":")[::2] for each in line.split())
        yield fsnotify_pb2.inotify_wd_entry(
            id=number,
            wd=int(known.get("wd", "0"), 16),
            i_ino=int(known.get("ino", "0"), 16),
            s_dev=int(known.get("sdev", "0"), 16),
            mask=int(known.get("mask", "0"), 16),
            ignored_mask=0,
            f_handle=fsnotify_pb2.fh_entry(bytes=0, type=0),
        )


def _socket(entry: fdinfo_pb2.file_entry, number: int, flags: int, found: LiveSocket) -> object:
    made: object
    inode = found.inode & 0xFFFFFFFF
    options = sk_opts_pb2.sk_opts_entry(
        so_sndbuf=0, so_rcvbuf=0, so_snd_tmo_sec=0, so_snd_tmo_usec=0, so_rcv_tmo_sec=0, so_rcv_tmo_usec=0
    )
    match entry.type:
        case fdinfo_pb2.UNIXSK:
            own = entry.usk
            own.id, own.ino, own.type, own.state, own.flags = number, inode, found.type, found.state, flags
            own.uflags, own.backlog, own.peer, own.name = 0, 0, found.peer or 0, found.local[0]
            own.opts.CopyFrom(options)
            made = own
        case fdinfo_pb2.INETSK:
            sock = entry.isk
            sock.id, sock.ino, sock.family, sock.type = number, inode, found.family, found.type
            sock.proto, sock.state, sock.flags, sock.backlog = found.protocol, found.state, flags, 0
            sock.src_addr.extend(_words(found.local[0]))
            sock.src_port, sock.dst_port = found.local[1], found.remote[1]
            sock.dst_addr.extend(_words(found.remote[0]))
            sock.opts.CopyFrom(options)
            made = sock
        case _:
            link = entry.nlsk
            link.id, link.ino, link.protocol, link.state, link.flags = number, inode, found.protocol, found.state, flags
            link.portid, link.dst_portid, link.dst_group = found.local[1], 0, 0
            link.opts.CopyFrom(options)
            made = link
    return made


def _words(address: bytes) -> Iterator[int]:
    """An address in network order as the numbers that images hold."""
    return (int.from_bytes(address[at : at + 4], "little") for at in range(0, len(address), 4))
