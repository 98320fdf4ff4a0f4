"""What an open file is, in words: one function a kind, each from what CRIU keeps of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base import linux
from criu_tui.core.base.units import seconds, size
from criu_tui.core.dump.files import memfd_inodes
from criu_tui.core.dump.ghosts import remap_of
from criu_tui.core.dump.mapped_file import build_id
from criu_tui.core.dump.peers import peer_of
from criu_tui.core.dump.pipes import end_flags, fifo_file
from criu_tui.core.dump.sockets import protocol_name, socket_of
from criu_tui.core.dump.terminals import terminal_words
from criu_tui.core.images.messages import text_of
from criu_tui.core.images.schema import (
    bpfmap_pb2,
    events_pb2,
    fsnotify_pb2,
    memfd_pb2,
    ns_pb2,
    pidfd_pb2,
    pipe_pb2,
    regfile_pb2,
    sk_inet_pb2,
    sk_netlink_pb2,
    sk_packet_pb2,
    sk_unix_pb2,
    tty_pb2,
    tun_pb2,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.files import File

_SIGIO = 29
_OWNERS = {0: "thread", 1: "process", 2: "process group"}
WATCHED_SHOWN = 1000
"""Watches of one file that are told."""

TYPE_NAMES = {
    "REG": "regular", "PIPE": "pipe", "FIFO": "fifo", "INETSK": "inet", "UNIXSK": "unix", "EVENTFD": "eventfd",
    "EVENTPOLL": "eventpoll", "INOTIFY": "inotify", "SIGNALFD": "signalfd", "PACKETSK": "packet", "TTY": "tty",
    "FANOTIFY": "fanotify", "NETLINKSK": "netlink", "NS": "namespace", "TUNF": "tun", "EXT": "external",
    "TIMERFD": "timerfd", "MEMFD": "memfd", "BPFMAP": "bpf map", "PIDFD": "pidfd", "CTL_TTY": "control tty",
    "AUTOFS_PIPE": "autofs pipe", "UND": "undefined",
}  # fmt: skip
"""What people call CRIU's kinds of files."""
_MODES = {0o1: "fifo", 0o2: "character device", 0o4: "directory", 0o6: "block device", 0o12: "symlink", 0o14: "socket"}


class Described(NamedTuple):
    """An open file; text is as in the dump."""

    kind: str
    """What people call it: "regular", "directory", "inet" ..."""
    what: str
    """Its path, or what else tells it from others of its kind."""
    flags: int | None = None
    """O_* bits; None where the image has none."""
    pos: int | None = None
    """Bytes into the file."""
    size: int | None = None
    """Bytes."""
    facts: tuple[tuple[str, str], ...] = ()
    """What else is known: name and words."""


def described(dump: Dump, file_id: int, type_name: str) -> Described:
    """What the file of a descriptor is; `type_name` is the descriptor's own, in case files.img lacks the file."""
    file = dump.files.get(file_id)
    if file is None:
        return Described(TYPE_NAMES.get(type_name, type_name), dump.unlisted(f"{file_id:#x}"))
    return _described(dump, file)


def _described(dump: Dump, file: File) -> Described:
    made = _BY_KIND.get(type(file.message).__name__)
    kind = TYPE_NAMES.get(file.type, file.type)
    if made is None:
        return Described(kind, file.path or "")
    found = made(dump, file, file.message)
    return found._replace(facts=(*found.facts, *_owner(file.message)))


def _owner(message: Any) -> Iterator[tuple[str, str]]:
    """Who gets a signal when the file becomes ready: F_SETOWN_EX and F_SETSIG of fcntl(2), where nothing says SIGIO."""
    owner = getattr(message, "fown", None)
    if owner is not None and owner.pid:
        who = linux.named(owner.pid_type, _OWNERS, "owner")
        yield "signals", f"{linux.signal_name(owner.signum or _SIGIO)} to {who} {owner.pid}"


def _regular(dump: Dump, file: File, entry: regfile_pb2.reg_file_entry) -> Described:
    facts: list[tuple[str, str]] = []
    kind = "regular"
    if entry.HasField("mode"):
        kind = _MODES.get(entry.mode >> 12 & 0o17, "regular")
        facts.append(("mode", linux.mode_text(entry.mode)))
    if entry.mnt_id != -1:
        facts.append(("mount", str(entry.mnt_id)))
    if entry.ext:
        facts.append(("external", "yes"))
    if entry.build_id:
        facts.append(("build id", build_id(entry)))
    if entry.HasField("checksum"):
        facts.append(("checksum", f"{entry.checksum:08x}"))
    remap = remap_of(dump, file.id)
    if remap is not None:
        facts.append(("deleted", remap))
    known = entry.size if entry.HasField("size") else None
    return Described(kind, file.path or "", entry.flags, entry.pos, known, tuple(facts))


def _pipe(dump: Dump, file: File, entry: pipe_pb2.pipe_entry) -> Described:
    facts = [("uid", str(entry.uid)), ("gid", str(entry.gid))] if entry.HasField("uid") else []
    return Described("pipe", f"pipe:[{entry.pipe_id}]", entry.flags, None, None, tuple(facts))


def _fifo(dump: Dump, file: File, entry: pipe_pb2.fifo_entry) -> Described:
    regular = fifo_file(dump, file)
    path = "" if regular is None else regular.path or ""
    facts = [("pipe", str(entry.pipe_id))]
    if entry.wait_writer:
        facts.append(("waits", "for a writer"))
    return Described("fifo", path, end_flags(dump, file), None, None, tuple(facts))


def _socket(dump: Dump, file: File, entry: object) -> Described:
    found = socket_of(file)
    assert found is not None
    peer = peer_of(dump, found)
    family = linux.named(found.family, linux.FAMILIES, "family")
    words = [protocol_name(found), linux.named(found.state, linux.SOCKET_STATES, "state") if found.state else ""]
    ends = found.local or ("unnamed" if family == "unix" else "")
    if peer is not None:
        away = "" if peer.file_id is not None else " (not in the dump)"
        ends = f"{ends} -> {peer.name}{away}"
    elif found.remote:
        ends = f"{ends} -> {found.remote}"
    facts: list[tuple[str, str]] = [("type", linux.named(found.type, linux.SOCKET_TYPES, "type"))]
    if found.ino is not None:
        facts.append(("inode", str(found.ino)))
    if found.backlog and found.state == 10:
        facts.append(("backlog", str(found.backlog)))
    if found.shutdown:
        facts.append(("shutdown", linux.named(found.shutdown, linux.SHUTDOWNS, "shutdown")))
    if found.ns_id is not None:
        facts.append(("net namespace", str(found.ns_id)))
    what = " ".join(word for word in (*words, ends) if word)
    return Described(family, what, found.flags, None, None, (*facts, *found.facts))


def _eventfd(dump: Dump, file: File, entry: events_pb2.eventfd_file_entry) -> Described:
    return Described("eventfd", f"counter {entry.counter}", entry.flags)


def _eventpoll(dump: Dump, file: File, entry: events_pb2.eventpoll_file_entry) -> Described:
    watched = entry.tfd[:WATCHED_SHOWN]
    facts = tuple(
        (
            f"watches fd {each.tfd}",
            f"{' '.join(linux.bits(each.events, linux.EPOLL)) or 'nothing'}, data {each.data:#x}",
        )
        for each in watched
    )
    fds = " ".join(str(each.tfd) for each in watched[:16])
    more = f" and {len(entry.tfd) - 16} more" if len(entry.tfd) > 16 else ""
    return Described("eventpoll", f"watches {fds}{more}" if fds else "watches nothing", entry.flags, facts=facts)


def _signalfd(dump: Dump, file: File, entry: events_pb2.signalfd_entry) -> Described:
    return Described("signalfd", " ".join(linux.signal_names(entry.sigmask)) or "no signal", entry.flags)


def _timerfd(dump: Dump, file: File, entry: events_pb2.timerfd_entry) -> Described:
    clock = linux.named(entry.clockid, linux.CLOCKS, "clock")
    left = seconds(entry.vsec, entry.vnsec)
    what = f"{clock}, expires in {left} s" if entry.vsec or entry.vnsec else f"{clock}, not set"
    if entry.isec or entry.insec:
        what += f", every {seconds(entry.isec, entry.insec)} s"
    facts = (("expired", f"{entry.ticks} times"), ("set with", f"{entry.settime_flags:#x}"))
    return Described("timerfd", what, entry.flags, facts=facts)


def _inotify(dump: Dump, file: File, entry: fsnotify_pb2.inotify_file_entry) -> Described:
    watched = entry.wd[:WATCHED_SHOWN]
    facts = tuple(
        (
            f"watch {each.wd}",
            f"{handle_words(each.f_handle, each.i_ino)}: {' '.join(linux.bits(each.mask, linux.INOTIFY))}",
        )
        for each in watched
    )
    return Described(
        "inotify", _watches([handle_words(each.f_handle, each.i_ino) for each in watched]), entry.flags, facts=facts
    )


def _fanotify(dump: Dump, file: File, entry: fsnotify_pb2.fanotify_file_entry) -> Described:
    names: list[str] = []
    facts: list[tuple[str, str]] = [("fanotify flags", f"{entry.faflags:#x}"), ("event flags", f"{entry.evflags:#x}")]
    for mark in entry.mark[:WATCHED_SHOWN]:
        if mark.HasField("me"):
            name = f"mount {mark.me.mnt_id}" + (f" {text_of(mark.me.path)}" if mark.me.path else "")
        else:
            name = handle_words(mark.ie.f_handle, mark.ie.i_ino)
        ignored = linux.bits(mark.ignored_mask, linux.FANOTIFY)
        words = " ".join(linux.bits(mark.mask, linux.FANOTIFY))
        facts.append((f"mark on {name}", f"{words}; ignores {' '.join(ignored)}" if ignored else words))
        names.append(name)
    return Described("fanotify", _watches(names), entry.flags, facts=tuple(facts))


def handle_words(handle: fsnotify_pb2.fh_entry, ino: int) -> str:
    """What a file handle leads to: its path where CRIU found one, else the inode number."""
    return text_of(handle.path) if handle.path else f"inode {ino}"


def _watches(names: list[str]) -> str:
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return f"watches {', '.join(names[:4])}{more}" if names else "watches nothing"


def _memfd(dump: Dump, file: File, entry: memfd_pb2.memfd_file_entry) -> Described:
    inode = memfd_inodes(dump).get(entry.inode_id)
    if inode is None:
        return Described("memfd", f"inode {entry.inode_id} is not in memfd.img", entry.flags, entry.pos)
    facts = [
        ("seals", " ".join(linux.bits(inode.seals, linux.SEALS)) or "none"),
        ("shared memory", f"{inode.shmid:#x}"),
    ]
    facts.append(("owner", f"uid {inode.uid} gid {inode.gid}"))
    if inode.HasField("mode"):
        facts.append(("mode", linux.mode_text(inode.mode)))
    if inode.hugetlb_flag:
        facts.append(("hugetlb", f"pages of {size(1 << (inode.hugetlb_flag >> 26 & 63))}"))
    return Described("memfd", file.path or "", entry.flags, entry.pos, inode.size, tuple(facts))


def _tty(dump: Dump, file: File, entry: tty_pb2.tty_file_entry) -> Described:
    what, facts = terminal_words(dump, entry.tty_info_id)
    regular = dump.files.get(entry.regf_id)
    path = regular.path if regular is not None and regular.path else ""
    return Described("tty", f"{path} {what}".strip(), entry.flags, facts=facts)


def _tun(dump: Dump, file: File, entry: tun_pb2.tunfile_entry) -> Described:
    device = text_of(entry.netdev) if entry.netdev else "no device"
    return Described("tun", f"{device}{', detached' if entry.detached else ''}")


def _namespace(dump: Dump, file: File, entry: ns_pb2.ns_file_entry) -> Described:
    kind = linux.named(entry.ns_cflag, linux.NAMESPACES, "kind")
    return Described("namespace", f"{kind} namespace {entry.ns_id}", entry.flags)


def _pidfd(dump: Dump, file: File, entry: pidfd_pb2.pidfd_entry) -> Described:
    what = "of a task that has ended" if entry.nspid <= 0 else f"of task {entry.nspid}"
    return Described("pidfd", what, entry.flags, facts=(("inode", str(entry.ino)),))


def _bpf(dump: Dump, file: File, entry: bpfmap_pb2.bpfmap_file_entry) -> Described:
    facts = (
        ("map", f"id {entry.map_id}, type {entry.map_type}, flags {entry.map_flags:#x}"),
        ("entries", f"at most {entry.max_entries}: keys of {entry.key_size} bytes, values of {entry.value_size}"),
        ("frozen", "yes" if entry.frozen else "no"),
    )
    return Described("bpf map", text_of(entry.map_name), entry.flags, entry.pos, facts=facts)


def _external(dump: Dump, file: File, entry: object) -> Described:
    return Described("external", f"given by a plugin, id {file.id:#x}")


_BY_KIND: dict[str, Callable[[Dump, File, Any], Described]] = {
    made.__name__: function
    for made, function in (
        (regfile_pb2.reg_file_entry, _regular),
        (pipe_pb2.pipe_entry, _pipe),
        (pipe_pb2.fifo_entry, _fifo),
        (sk_unix_pb2.unix_sk_entry, _socket),
        (sk_inet_pb2.inet_sk_entry, _socket),
        (sk_packet_pb2.packet_sock_entry, _socket),
        (sk_netlink_pb2.netlink_sk_entry, _socket),
        (events_pb2.eventfd_file_entry, _eventfd),
        (events_pb2.eventpoll_file_entry, _eventpoll),
        (events_pb2.signalfd_entry, _signalfd),
        (events_pb2.timerfd_entry, _timerfd),
        (fsnotify_pb2.inotify_file_entry, _inotify),
        (fsnotify_pb2.fanotify_file_entry, _fanotify),
        (memfd_pb2.memfd_file_entry, _memfd),
        (tty_pb2.tty_file_entry, _tty),
        (tun_pb2.tunfile_entry, _tun),
        (ns_pb2.ns_file_entry, _namespace),
        (pidfd_pb2.pidfd_entry, _pidfd),
        (bpfmap_pb2.bpfmap_file_entry, _bpf),
    )
}
_BY_KIND["ext_file_entry"] = _external
