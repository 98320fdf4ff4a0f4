"""What CRIU dumps only when it is told to by an option, rule by rule, and the command line that the options make.

Each rule was tried on a process of its own with CRIU 4.3 (tests/real/test_will_it_dump.py).
"""

from __future__ import annotations

import os
import shlex
import shutil
import stat
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import size
from criu_tui.core.dump.sockets import ESTABLISHED, LISTEN
from criu_tui.core.images.schema import fdinfo_pb2
from criu_tui.core.live.external import external_mounts
from criu_tui.core.live.files import PTMX, type_of
from criu_tui.core.live.process import PROC

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from criu_tui.core.live.descriptors import OpenedFile
    from criu_tui.core.live.process import Process
    from criu_tui.core.live.sockets import LiveSocket
    from criu_tui.core.live.tree import LiveTree

LARGEST_GHOST = 1 << 20
"""Bytes of a deleted file that CRIU keeps without being told to (--ghost-limit)."""
_MIB = 1 << 20
_BLOCK = 512
"""Bytes of a block as stat(2) counts them."""
_CLOSED = 7
_STREAM, _DGRAM = 1, 2
_PTS = range(136, 144)
EXTERNAL = "--external"
"""An option that stands once for each thing that it names."""
LOCK_TOOLS = (("iptables-restore", ""), ("nft", "nftables"))
"""What CRIU keeps packets out with while it dumps, and the word of --network-lock for it."""


class Needed(NamedTuple):
    """One thing that is dumped with an option; texts are safe to show."""

    option: str
    """As it stands on CRIU's command line."""
    what: str
    why: str
    pid: int | None = None
    path: str | None = None


def needed(tree: LiveTree) -> Iterator[Needed]:
    """Every thing of a tree that takes an option; the first of them that takes it comes first."""
    if tree.inner(tree.root) != tree.session(tree.root):
        yield Needed("--shell-job", "the first task leads no session", "its session is that of a shell", None)
    for task in tree.tasks:
        for opened in tree.files(task):
            yield from _of_file(tree, task, opened)
        for name in ("cwd", "root"):
            yield from _of_name(tree, task, tree.directory(task, name))
        yield from _of_mapped(tree, task)
    yield from _of_mounts(tree)
    yield from _network_lock(tree)


def _of_mounts(tree: LiveTree) -> Iterator[Needed]:
    """The name of a mount that comes from outside is its place, as runc has it."""
    for external in external_mounts(tree)[0]:
        mount = external.seen.mount
        shown = display_safe(mount.point)
        what = f"{display_safe(mount.kind)} is mounted at {shown} from outside"
        why = f"{external.why}; a restore is told what lies there: --external {shlex.quote(f'mnt[{shown}]:DIRECTORY')}"
        yield Needed(f"{EXTERNAL} {shlex.quote(f'mnt[{shown}]:{shown}')}", what, why, None, shown)


def _of_file(tree: LiveTree, task: Process, opened: OpenedFile) -> Iterator[Needed]:
    pid = tree.inner(task)
    where = f"descriptor {opened.fd} of {tree.shown(task)}"
    if opened.all("lock"):
        why = "CRIU dumps locks when told to, for others may hold them too"
        yield Needed("--file-locks", f"{where} holds a lock on {display_safe(opened.target)}", why, pid)
    if opened.target.startswith("socket:"):
        socket = tree.sockets(task).get(opened.inode)
        if socket is not None:
            yield from _of_socket(tree, socket, where, pid)
    elif type_of(opened, {}) == fdinfo_pb2.TTY:
        if opened.device[0] in _PTS and not _has_master(tree, opened):
            what = f"{where} is terminal {display_safe(opened.target)}, whose other side is outside of the tree"
            yield Needed("--shell-job", what, "a restore then inherits the terminal of the shell that starts it", pid)
    else:
        yield from _of_name(tree, task, opened)


def _has_master(tree: LiveTree, opened: OpenedFile) -> bool:
    index = str((opened.device[0] - _PTS.start) * 256 + opened.device[1])
    held = (each for task in tree.tasks for each in tree.files(task))
    return any(each.device == PTMX and each.first("tty-index") == index for each in held)


def _of_socket(tree: LiveTree, socket: LiveSocket, where: str, pid: int) -> Iterator[Needed]:
    if socket.family in (2, 10) and socket.type == _STREAM:
        if socket.state == LISTEN and socket.queued:
            what = f"{where} has a connection that nobody has accepted"
            yield Needed("--skip-in-flight", what, "it cannot be dumped; the other side connects again", pid)
        elif socket.state not in (LISTEN, _CLOSED):
            what = f"{where} is a TCP connection"
            if socket.state != ESTABLISHED:
                what += " that is opened or closed just now"
            yield Needed("--tcp-established", what, "a restore goes on with it, from the same address", pid)
    if socket.family == 1 and socket.type == _DGRAM and socket.peer and socket.peer not in tree.held_sockets:
        what = f"{where} sends to unix socket {socket.peer}, which belongs to no task of the tree"
        yield Needed("--ext-unix-sk", what, "a restore connects it by name again", pid)


def _of_name(tree: LiveTree, task: Process, opened: OpenedFile) -> Iterator[Needed]:
    """Of a file that its name no longer leads to."""
    if opened.status is None or not opened.target.startswith("/") or not stat.S_ISREG(opened.mode):
        return
    if type_of(opened, {}) != fdinfo_pb2.REG:
        return
    yield from _gone(tree.inner(task), opened.path, opened.status, _leads_to(task, opened))


def _leads_to(task: Process, opened: OpenedFile) -> bool:
    """Whether the name of a file still leads the task to it."""
    if opened.nameless or opened.status is None:
        return False
    try:
        named = (PROC / str(task.pid) / "root" / opened.path.lstrip("/")).stat()
    except OSError:
        return False
    return os.path.samestat(named, opened.status)


def _gone(pid: int, path: str, status: os.stat_result, found: bool) -> Iterator[Needed]:
    shown = display_safe(path)
    if status.st_nlink == 0:
        held = status.st_blocks * _BLOCK
        if held > LARGEST_GHOST:
            why = f"it holds {size(held)}, and without being told to CRIU keeps up to {size(LARGEST_GHOST)}"
            yield Needed(f"--ghost-limit {-(-held // _MIB)}M", f"{shown} is deleted", why, pid, shown)
    elif not found:
        why = "CRIU gives it a name of its own beside where it lay, which stays there"
        yield Needed("--link-remap", f"{shown} no longer leads to the file, which has other links", why, pid, shown)


def _of_mapped(tree: LiveTree, task: Process) -> Iterator[Needed]:
    """Of mapped files that are deleted; memory of the kernel's own has no name either."""
    seen: set[int] = set()
    for mapped in tree.mappings(task):
        if not mapped.name.endswith(" (deleted)") or mapped.inode in seen or mapped.name.startswith(_NO_FILES):
            continue
        seen.add(mapped.inode)
        try:
            status = (PROC / str(task.pid) / "map_files" / f"{mapped.start:x}-{mapped.end:x}").stat()
        except OSError:
            continue
        yield from _gone(tree.inner(task), mapped.name.removesuffix(" (deleted)"), status, found=False)


_NO_FILES = ("/memfd:", "/SYSV", "/dev/zero", "/[aio]", "/secretmem", "/anon_hugepage")


def _network_lock(tree: LiveTree) -> Iterator[Needed]:
    """How to keep packets out: iptables where it is installed, which is CRIU's own choice."""
    connected = any(
        socket is not None and socket.family in (2, 10) and socket.type == _STREAM
        and socket.state not in (LISTEN, _CLOSED)
        for task in tree.tasks
        for each in tree.files(task)
        if each.target.startswith("socket:")
        for socket in (tree.sockets(task).get(each.inode),)
    )  # fmt: skip
    if not connected and not any(tree.outside(task, "net") for task in tree.tasks):
        return
    for tool, word in LOCK_TOOLS:
        if shutil.which(tool) is not None:
            if word:
                yield Needed(f"--network-lock {word}", "there is no iptables on this host", "CRIU then asks nft")
            return
    why = "packets that come while it dumps may then reset a connection"
    yield Needed("--network-lock skip", "there is neither iptables nor nft on this host", why)


def command(tree: LiveTree, found: Iterable[Needed]) -> str:
    """The command line that dumps a tree into the directory `images`; words are safe for a shell."""
    options: dict[str, str] = {}
    for each in found:
        name, _, value = each.option.partition(" ")
        if name == EXTERNAL:
            options[each.option] = ""
            continue
        kept = options.get(name, "")
        if not kept or (name == "--ghost-limit" and int(value[:-1]) > int(kept[:-1])):
            options[name] = value
    words = [f"{name} {value}".strip() for name, value in options.items()]
    return " ".join(("criu dump", f"--tree {tree.root.pid}", "--images-dir images", *words))
